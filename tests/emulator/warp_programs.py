"""Random small programs whose lanes part, meet, and tell each other things."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

DATA = 6  #: R0 to R5 hold data; R8 is an address, R16 and up count loops
SHARED = 256


class Writer:
    """Lines of a program, from a stream of dice."""

    def __init__(self, seed: int) -> None:
        self._dice = np.random.Generator(np.random.Philox(seed))
        self.lines: list[str] = []
        self._labels = 0
        self._loops = 0

    def _die(self, sides: int) -> int:
        return int(self._dice.integers(sides))

    def _register(self) -> str:
        return f"R{self._die(DATA)}"

    def _predicate(self) -> str:
        return ("", "!")[self._die(2)] + f"P{self._die(3)}"

    def _label(self) -> str:
        self._labels += 1
        return f".L_{self._labels}"

    def _guard(self) -> str:
        return f"@{self._predicate()} " if self._die(4) == 0 else ""

    # statements ------------------------------------------------------------------------------------------

    def _arithmetic(self) -> None:
        operation = ("IADD", "LOP.AND", "LOP.OR", "LOP.XOR")[self._die(4)]
        other = self._register() if self._die(2) else f"{self._die(1 << 12):#x}"
        self.lines.append(f"{self._guard()}{operation} {self._register()}, {self._register()}, {other}")

    def _test(self) -> None:
        relation = ("LT", "EQ", "LE", "GT", "NE", "GE")[self._die(6)]
        bits = (1, 3, 31)[self._die(3)]
        register = self._register()
        self.lines += [
            f"LOP.AND R8, {register}, {bits:#x}",
            f"ISETP.{relation}.AND P{self._die(3)}, PT, R8, {self._die(bits + 1):#x}, PT",
        ]

    def _shuffle(self) -> None:
        way = ("IDX", "UP", "DOWN", "BFLY")[self._die(4)]
        b = self._register() if self._die(2) else f"{self._die(32):#x}"
        c = self._register() if self._die(4) == 0 else f"{self._die(32) << 8 | (0, 31)[self._die(2)]:#x}"
        told = ("PT", f"P{self._die(3)}")[self._die(2)]
        self.lines.append(
            f"{self._guard()}SHFL.{way} {told}, {self._register()}, {self._register()}, {b}, {c}"
        )

    def _vote(self) -> None:
        kind = ("ALL", "ANY", "EQ")[self._die(3)]
        mask = f"{self._register()}, " if self._die(2) else ""
        self.lines.append(f"{self._guard()}VOTE.{kind} {mask}P{self._die(3)}, {self._predicate()}")

    def _memory(self) -> None:
        self.lines.append(f"LOP.AND R8, {self._register()}, {SHARED - 4:#x}")
        register = self._register()
        self.lines.append(
            f"{self._guard()}{f'STS [R8], {register}' if self._die(2) else f'LDS {register}, [R8]'}"
        )

    def _branch(self, depth: int) -> None:
        other, end = self._label(), self._label()
        if self._die(2):
            self.lines += [f"SSY `({end})", f"@{self._predicate()} BRA `({other})"]
            self._some(depth + 1)
            self.lines += ["SYNC", f"{other}:"]
            self._some(depth + 1)
            self.lines += ["SYNC", f"{end}:"]
        else:
            self.lines.append(f"@{self._predicate()} BRA `({other})")
            self._some(depth + 1)
            self.lines += [f"BRA `({end})"] if self._die(2) else []
            self.lines.append(f"{other}:")
            self._some(depth + 1)
            self.lines.append(f"{end}:")

    def _loop(self, depth: int) -> None:
        top, end = self._label(), self._label()
        counter = f"R{16 + self._loops}"
        self._loops += 1
        breaks = self._die(2)
        self.lines += [f"LOP.AND {counter}, {self._register()}, 0x3", *([f"PBK `({end})"] if breaks else [])]
        self.lines.append(f"{top}:")
        self._some(depth + 1)
        self.lines += [f"IADD {counter}, {counter}, -0x1", f"ISETP.GE.AND P6, PT, {counter}, RZ, PT"]
        if breaks:
            self.lines += ["@!P6 BRK", f"BRA `({top})", f"{end}:"]
        else:
            self.lines.append(f"@P6 BRA `({top})")

    def _call(self) -> None:
        self.lines.append(f"{self._guard()}CAL `(.L_called)")

    def _some(self, depth: int) -> None:
        simple: list[Callable[[], None]] = [
            self._arithmetic, self._test, self._shuffle, self._vote, self._memory, self._memory, self._call,
        ]  # fmt: skip
        nested: list[Callable[[int], None]] = [self._branch, self._loop]
        for _ in range(1 + self._die(3)):
            if depth < 3 and self._die(4) == 0:
                nested[self._die(2)](depth)
            else:
                simple[self._die(len(simple))]()

    def program(self) -> list[str]:
        """Start values from the thread's number; statements, barriers between; the registers to memory."""
        self.lines = ["S2R R0, SR_TID.X", "S2R R1, SR_LANEID", "S2R R2, SR_LTMASK"]
        self.lines += [f"MOV32I R{k}, {int(self._dice.integers(1 << 32)):#x}" for k in range(3, DATA)]
        self.lines.append("IADD R3, R3, R0")
        for _ in range(2):
            self._some(0)
            if self._die(3) == 0:
                self._test()
                self.lines.append(f"@{self._predicate()} EXIT")
            self.lines.append("BAR.SYNC 0x0")
        self._some(0)
        self.lines += ["S2R R40, SR_TID.X", "SHL R40, R40, 0x5", "IADD R40, R40, c[0x0][0x140]"]
        self.lines.append("MOV R41, c[0x0][0x144]")
        self.lines += [f"STG.E [R40+{4 * k:#x}], R{k}" for k in range(DATA)]
        self.lines += ["EXIT", ".L_called:"]
        self._arithmetic()
        self._shuffle()
        self.lines.append("RET")
        return self.lines
