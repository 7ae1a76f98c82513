"""How long the compiler takes results of arithmetic to need, read off the machine code that is bundled.

    python -m benchmarks.compiled_waits sm_80 sm_90

From Turing on an instruction's control word says how many clock cycles the warp waits before the next one is
sent (bits 105 to 108 of 128). For each instruction of a class, the cycles up to the next instruction in
straight line that reads what it wrote: how many pairs stand at each distance, nearest first. The nearest is
what the compiler takes the result to need; loads and other results of variable time are waited for otherwise,
and left out. The waits of `sassafras.architectures.cards.since_turing` are from here.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import PurePosixPath

from elftools.elf.elffile import ELFFile

from sassafras.architectures.registry import architecture
from sassafras.isa.kinds import Flow, Pipe
from sassafras.isa.program import Instruction, Program
from sassafras.kernels.programs import load_program

WORD = 16  #: bytes of an instruction
FIXED = (Pipe.FULL, Pipe.HALF)
SHOWN = 6  #: distances of a class


def stalls(cubin: bytes) -> list[int]:
    """Of each instruction of a cubin's only kernel."""
    text = next(s for s in ELFFile(io.BytesIO(cubin)).iter_sections() if s.name.startswith(".text."))
    code = text.data()
    words = (code[at : at + WORD] for at in range(0, len(code), WORD))
    return [int.from_bytes(word, "little") >> 105 & 15 for word in words]


def distances(program: Program, waited: list[int]) -> Iterator[tuple[str, int]]:
    """Class and cycles of each pair of an instruction and the next that reads its result."""
    code = program.instructions
    for first in code:
        if first.pipe not in FIXED or first.effects.uniform_written:
            continue
        cycles = 0
        for second in code[first.index + 1 :]:
            before = code[second.index - 1]
            if before.flow is not Flow.NEXT:
                break
            cycles += waited[before.index]
            if set(first.effects.writes) & set(second.effects.reads):
                yield class_of(first, second), cycles
                break


def class_of(first: Instruction, second: Instruction) -> str:
    """What is waited for: a register, or the predicate that guards the second or that it reads."""
    if not {*first.effects.registers_written} & {*second.effects.registers_read}:
        operand = {*first.effects.predicates_written} & {*second.effects.predicates_read}
        if operand:
            return "a predicate as an operand"
        return "the guard of a computation" if second.flow is Flow.NEXT else "the guard of a branch"
    return f"a register, {'in the same pipe' if first.pipe is second.pipe else 'in another pipe'}"


def main(names: list[str]) -> None:
    """Print the table of each architecture."""
    for name in names or ["sm_75", "sm_80", "sm_86", "sm_89", "sm_90"]:
        found: dict[str, Counter[int]] = {}
        packed = files("sassafras.kernels") / "listings" / f"{name}.zip"
        with packed.open("rb") as content, zipfile.ZipFile(content) as archive:
            for path in (path for path in archive.namelist() if path.endswith(".cubin")):
                program = load_program(PurePosixPath(path).stem, architecture(name).name)
                for kind, cycles in distances(program, stalls(archive.read(path))):
                    found.setdefault(kind, Counter())[cycles] += 1
        for kind, counts in sorted(found.items()):
            nearest = ", ".join(f"{cycles}: {count}" for cycles, count in sorted(counts.items())[:SHOWN])
            most = counts.most_common(1)[0][0]
            print(f"{name}  {kind:<30} most often {most:>2}; {nearest}")


if __name__ == "__main__":
    main(sys.argv[1:])
