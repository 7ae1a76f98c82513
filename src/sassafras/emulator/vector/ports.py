"""The ports of the wide builds: predicates are truth values, and an address remembers what it was made of."""

from __future__ import annotations

from dataclasses import replace
from inspect import signature
from typing import Any

from llvmlite import ir

from sassafras.building import I1, I32, I64
from sassafras.emulator.ports import Ports
from sassafras.emulator.vector.lanes import NoWideForm, Wide
from sassafras.isa.kinds import Space
from sassafras.isa.operands import PT, Address, Operand, Predicate, UniformPredicate

_WORDS = frozenset(
    (
        *("load", "store", "update", "fixed_constant", "special", "trap_if"),
        *("jump", "jump_if", "jump_to", "push", "pop_and_jump", "exit", "barrier"),
        *("part", "leave_barrier"),
    )
)  #: of a build, that the wide ones know


class WideBuild:
    """A build as semantic functions see it: whoever asks it for anything else, or with more, means what has
    no wide form yet.
    """

    def __init__(self, build: Any) -> None:
        self._build = build

    def __getattr__(self, name: str) -> Any:
        if name not in _WORDS:
            raise NoWideForm(f"the wide builds do not know {name}")
        word = getattr(self._build, name)

        def say(*arguments: Any, **named: Any) -> Any:
            try:
                signature(word).bind(*arguments, **named)
            except TypeError as error:
                raise NoWideForm(f"{name}: {error}") from None
            return word(*arguments, **named)

        return say


class Addressed(Wide):
    """An address per lane. ``operand``: what it was made of; ``words``: without what is added, low word
    first.
    """

    __slots__ = ("operand", "words")

    def __init__(self, address: Wide, operand: Address, words: tuple[Wide, ...]) -> None:
        super().__init__(address.parts, address.type)
        self.operand = operand
        self.words = words


class WidePorts(Ports):
    """What differs from those of one thread."""

    def predicate(self, operand: Operand) -> ir.Value:
        """A predicate operand, negation applied."""
        assert isinstance(operand, Predicate | UniformPredicate)
        if operand.index == PT:
            return I1(0 if operand.negate else 1)
        value = self.b.load(self._predicate_slot(operand))
        return self.b.not_(value) if operand.negate else value

    def set_predicate(self, operand: Operand, value: ir.Value) -> None:
        """Write a predicate register (PT swallows it)."""
        assert isinstance(operand, Predicate | UniformPredicate)
        if operand.index != PT:
            self.b.store(value, self._predicate_slot(operand))

    def global_address(self, operand: Operand) -> Any:
        """With what it is made of."""
        address = super().global_address(operand)
        if not isinstance(address, Wide) or not isinstance(operand, Address):
            return address
        return Addressed(address, operand, self.address_words(Space.GLOBAL, operand))

    def shared_address(self, operand: Operand) -> Any:
        """With what it is made of."""
        address = super().shared_address(operand)
        if not isinstance(address, Wide) or not isinstance(operand, Address):
            return address
        return Addressed(address, operand, self.address_words(Space.SHARED, operand))

    def address_words(self, space: Space, operand: Address) -> tuple[Wide, ...]:
        """What an address is made of before a constant is added, low word first."""
        count, base = 2 if space is Space.GLOBAL else 1, replace(operand, offset=0)
        if base.register is not None and base.uniform is None:
            registers = (self.register(base.register + k) for k in range(count))
            words = [self.b.mul(word, I32(base.scale)) for word in registers]
        elif space is Space.GLOBAL:
            whole = super().global_address(base)
            words = [self.b.trunc(whole, I32), self.b.trunc(self.b.lshr(whole, I64(32)), I32)]
        else:
            words = [super().shared_address(base)]
        return tuple(self.b.splat(word) for word in words)
