"""A kernel's machine code as the rest of the house sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from pydantic import NonNegativeInt

from sassafras.isa.groups import Group
from sassafras.isa.kinds import Access, Action, Flow, Pipe
from sassafras.isa.locations import Effects
from sassafras.isa.module import Module
from sassafras.isa.opcodes.fidelity import Fidelity
from sassafras.isa.opcodes.fields import Fields
from sassafras.isa.opcodes.record import Opcode
from sassafras.isa.operands import PT, Operand, Predicate, UniformPredicate
from sassafras.isa.target import CodeTarget


@dataclass(frozen=True)
class Instruction:
    """One machine instruction.

    ``index``: position in ``Program.instructions``; ``offset``: byte offset in the function (what ``SYNC``
    and ``BRX`` targets are); ``guard``: its predicate or None; ``record``: what its opcode is; ``modifiers``:
    the dotted words after the opcode, in printed order, for people, and ``fields``: what they mean;
    ``operands``: in printed order, destinations included; ``branch_targets``: byte offsets from nvdisasm's
    ``BRANCH_TARGETS`` annotation (empty if none); ``text``: the printed instruction, without annotation, for
    people.
    """

    index: int
    offset: int
    guard: Predicate | UniformPredicate | None
    record: Opcode = field(hash=False)
    modifiers: tuple[str, ...]
    fields: Fields = field(hash=False)
    operands: tuple[Operand, ...]
    branch_targets: tuple[int, ...]
    text: str
    effects: Effects
    groups: frozenset[Group]

    @property
    def opcode(self) -> str:
        """The word before the first dot."""
        return self.record.name

    @cached_property
    def flow(self) -> Flow:
        """Where it leads."""
        return self.record.flow_of(self.operands)

    @property
    def access(self) -> Access | None:
        """What it does with memory at an address or in a constant bank."""
        return self.effects.access

    @property
    def may_store_nothing(self) -> bool:
        """Whether it may be carried out without storing, though it stores: a lane may have no part in it, a
        predicate keep a copy from happening.
        """
        return self.effects.is_store and (self.cross_lane or self.effects.beside is not None)

    @property
    def is_atomic(self) -> bool:
        """Whether it combines an operand with what memory holds."""
        return self.access is not None and self.access.action is Action.REDUCE

    @cached_property
    def cross_lane(self) -> bool:
        """Whether it needs other lanes of its warp."""
        return self.record.cross_lane(self.fields, self.operands)

    @cached_property
    def fidelity(self) -> Fidelity:
        """How far what it does is known to be what hardware does."""
        return self.record.fidelity(self.fields, self.operands)

    @property
    def pipe(self) -> Pipe:
        """What runs it."""
        return self.record.pipe_of(self.fields)

    @property
    def is_guarded(self) -> bool:
        """Whether a guard may keep it from running (``@PT`` never does)."""
        return self.guard is not None and (self.guard.index != PT or self.guard.negate)


@dataclass(frozen=True)
class Parameter:
    """A kernel parameter: byte offset and size inside the parameter area (from the cubin's
    ``EIATTR_KPARAM_INFO``).
    """

    ordinal: NonNegativeInt
    offset: NonNegativeInt
    size: NonNegativeInt


@dataclass(frozen=True)
class Program:
    """The machine code of one kernel for one architecture.

    ``register_count``: allocated registers per thread (R0 .. R(count-1) exist); ``shared_bytes``: static
    shared memory per block; ``parameter_base``: offset of the parameters in constant bank 0; ``constants``:
    contents of the compiler's constant bank 2; ``stack_bytes``: local memory per thread that the compiler
    asks for; ``module``: the variables of its cubin, None where it has none. ``lock_step``: lanes of a warp
    may tell each other something through memory, which machine code does not say.
    """

    name: str
    architecture: CodeTarget
    instructions: tuple[Instruction, ...]
    register_count: int
    shared_bytes: int
    parameter_base: int
    parameters: tuple[Parameter, ...]
    constants: bytes = b""
    stack_bytes: int = 0
    module: Module | None = None
    digest: str = field(default="", compare=False)  #: sha256 of listing and metadata: a key on disk
    lock_step: bool = False

    @cached_property
    def found(self) -> dict[Any, Any]:
        """What has been found out about it, by what and with what (`of_program`); it does not travel."""
        return {}

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "found"}

    @cached_property
    def index_of_offset(self) -> dict[int, int]:
        """Instruction index by byte offset.

        Where bundles begin with a scheduling word, its offset names the bundle's first instruction: BRX
        tables in the constant bank hold such addresses.
        """
        code = self.architecture.family.code
        bundles = {code.bundle_of(i.offset): i.index for i in self.instructions}
        exact = {i.offset: i.index for i in self.instructions}
        return {offset: index for offset, index in bundles.items() if offset is not None} | exact

    @cached_property
    def is_warp_synchronous(self) -> bool:
        """Whether lanes can tell how their warp runs: it has to run in lock step. (What copies from memory to
        memory, too: the builds of threads alone know one access of an instruction.)
        """
        copies = any(i.effects.beside is not None for i in self.instructions)
        return self.lock_step or copies or any(i.cross_lane for i in self.instructions)

    @cached_property
    def in_lock_step(self) -> Program:
        """The same program, whose warps run in lock step."""
        return self if self.is_warp_synchronous else replace(self, lock_step=True)

    @property
    def instruction_bytes(self) -> int:
        """Bytes of an instruction."""
        return self.architecture.family.code.instruction_bytes


_More = ParamSpec("_More")
_Found = TypeVar("_Found")


def of_program(
    find: Callable[Concatenate[Program, _More], _Found],
) -> Callable[Concatenate[Program, _More], _Found]:
    """A function of a program (and hashable arguments by place) that is asked once; the program keeps the
    answer.
    """

    @wraps(find)
    def known(program: Program, /, *more: _More.args, **named: _More.kwargs) -> _Found:
        key = (find, more, *named.items())
        if key not in program.found:
            program.found[key] = find(program, *more, **named)
        answer: _Found = program.found[key]
        return answer

    return known
