"""Random small programs without races: arithmetic, branches, loops, calls, shared memory and barriers.

Several stand in one listing, each run by a block of its own: compiling costs more than running. The
statements are those of every family; how each is written, its `Dialect` says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st
from tests.emulator.vector.dialects import DATA, Dialect, Labels, Lines

from sassafras.isa.program import Program

Write = Callable[[Labels], Lines]
registers = st.sampled_from(DATA)


@dataclass(frozen=True)
class Statements:
    """Strategies for statements of a dialect."""

    dialect: Dialect

    @property
    def guards(self) -> st.SearchStrategy[str]:
        """Of any instruction."""
        return st.sampled_from(("", "", *(f"@{predicate} " for predicate in self.dialect.guards)))

    def arithmetic(self) -> st.SearchStrategy[Write]:
        """One instruction, perhaps with a guard."""

        @st.composite
        def make(draw: st.DrawFn) -> Write:
            names = {key: draw(registers) for key in "abcd"}
            text = draw(self.guards) + draw(st.sampled_from(self.dialect.words)).format(**names)
            return lambda _: [text]

        return make()

    def comparison(self) -> st.SearchStrategy[Write]:
        """A predicate from data."""

        @st.composite
        def make(draw: st.DrawFn) -> Write:
            names = {"a": draw(registers), "b": draw(registers)}
            names["p"] = draw(st.sampled_from(("P0", "P1", "P2", "P3")))
            text = draw(st.sampled_from(self.dialect.tests)).format(**names)
            return lambda _: [text]

        return make()

    def memory(self) -> st.SearchStrategy[Write]:
        """A word of the buffer, near the thread's own or anywhere in it; or of shared memory, its own."""
        words = self.dialect

        @st.composite
        def make(draw: st.DrawFn) -> Write:
            d, a, near, guard = draw(registers), draw(registers), draw(st.booleans()), draw(self.guards)
            if draw(st.booleans()):
                return lambda _: [f"{guard}STS [R6], {a}", words.load_shared.format(d=d, at="R6")]
            index = ["MOV R7, R0"] if near else [words.masked.format(d="R7", a=a, n="0x3ff")]
            more = draw(st.sampled_from((0, 4, 0x400)))
            load = guard + draw(st.sampled_from(words.loads)).format(d=d, n=f"{more:#x}")
            return lambda _: [*index, words.scaled.format(d="R14", a="R7", b="R10"), "MOV R15, R11", load]

        return make()

    def exchange(self) -> st.SearchStrategy[Write]:
        """What another thread of the block has left in shared memory, behind a barrier."""
        words = self.dialect

        @st.composite
        def make(draw: st.DrawFn) -> Write:
            d, a, turn = draw(registers), draw(registers), draw(st.sampled_from((4, 8, 0x40, 0x80)))
            lines = [
                f"STS [R6], {a}",
                "BAR.SYNC 0x0",
                words.turned.format(d="R7", a="R6", n=f"{turn:#x}"),
                words.load_shared.format(d=d, at="R7"),
                "BAR.SYNC 0x0",
            ]
            return lambda _: lines

        return make()

    def condition(self, draw: st.DrawFn) -> Lines:
        """P0, from data or from bits of the thread's number."""
        if draw(st.booleans()):
            bits = self.dialect.masked.format(d="R7", a="R0", n=f"{draw(st.integers(1, 63)):#x}")
            return [bits, "ISETP.NE.AND P0, PT, R7, RZ, PT"]
        return [f"ISETP.GT.AND P0, PT, {draw(registers)}, {draw(registers)}, PT"]

    def branch(self, inner: st.SearchStrategy[Write]) -> st.SearchStrategy[Write]:
        """If and else, that meet where compiled code says so, or with jumps alone."""

        @st.composite
        def make(draw: st.DrawFn) -> Write:
            condition, one, other = self.condition(draw), draw(bodies(inner)), draw(bodies(inner))
            form = self.dialect.branch if draw(st.booleans()) else _jumping

            def write(labels: Labels) -> Lines:
                with labels.deeper():
                    sides = [_written(body, labels) for body in (one, other)]
                    return [*condition, *form(labels, *sides)]

            return write

        return make()

    def loop(self, inner: st.SearchStrategy[Write]) -> st.SearchStrategy[Write]:
        """Up to four rounds, by data; left in the middle, or at the end."""

        @st.composite
        def make(draw: st.DrawFn) -> Write:
            body, count, breaks = draw(bodies(inner)), draw(registers), draw(st.booleans())
            depth = f"R{draw(st.integers(22, 27))}"  # that inner loops do not count in, mostly

            def write(labels: Labels) -> Lines:
                with labels.deeper():
                    lines = [
                        *_written(body, labels),
                        self.dialect.lessened.format(d=depth),
                        f"ISETP.LT.AND P0, PT, {depth}, RZ, PT",
                    ]
                    rounds = self.dialect.loop(labels, lines, breaks)
                return [self.dialect.masked.format(d=depth, a=count, n="0x3"), *rounds]

            return write

        return make()

    def call(self) -> st.SearchStrategy[Write]:
        """Of one of two functions, perhaps by some lanes only."""

        @st.composite
        def make(draw: st.DrawFn) -> Write:
            guard, function = draw(self.guards), draw(st.integers(0, 1))
            return lambda labels: self.dialect.call(labels, guard, function)

        return make()

    def end(self) -> st.SearchStrategy[Write]:
        """Some threads end."""

        @st.composite
        def make(draw: st.DrawFn) -> Write:
            condition, stored = self.condition(draw), draw(st.booleans())
            store = [f"@P0 {self.dialect.store.format(n='0x0', a='R16')}"] if stored else []
            return lambda _: [*condition, *store, "@P0 EXIT"]

        return make()

    def whole(self) -> st.SearchStrategy[list[Write]]:
        """A program."""
        simple = self.arithmetic() | self.arithmetic() | self.comparison() | self.memory()
        deep = st.recursive(
            simple, lambda inner: self.branch(inner) | self.loop(inner) | self.call(), max_leaves=2
        )
        top = deep | self.branch(deep) | self.loop(deep) | self.exchange() | self.call() | self.end()
        return st.lists(top, min_size=1, max_size=2)


def _jumping(labels: Labels, one: Lines, other: Lines) -> Lines:
    there, meet = labels.new(), labels.new()
    return [f"@P0 BRA `({there})", *one, f"BRA `({meet})", f"{there}:", *other, f"{meet}:"]


def _written(body: list[Write], labels: Labels) -> Lines:
    return [line for write in body for line in write(labels)]


def bodies(inner: st.SearchStrategy[Write]) -> st.SearchStrategy[list[Write]]:
    """A few statements."""
    return st.lists(inner, min_size=1, max_size=2)


def assembled(dialect: Dialect, wholes: list[list[Write]]) -> Program:
    """One program in which block k runs the k-th."""
    labels, lines = Labels(), list(dialect.start)
    for number, whole in enumerate(wholes):
        other = labels.new()
        lines += [f"ISETP.NE.AND P6, PT, R1, {number:#x}, PT", f"@P6 BRA `({other})"]
        lines += [*_written(whole, labels), "BRA `(.L_store)", f"{other}:"]
    stores = [dialect.store.format(n=f"{4 * k:#x}", a=name) for k, name in enumerate(DATA)]
    return dialect.program(*lines, "EXIT", ".L_store:", *stores, "EXIT", *dialect.functions)
