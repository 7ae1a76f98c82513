"""How much of real code loads: a seeded sample of the kernels that PyTorch's CUDA library has for an
architecture (``--arch``: sm_50, or one of Turing's successors).

Run from the repository's root, on a machine of your own::

    pip download torch==2.7.1 --no-deps && unzip torch-2.7.1*.whl torch/lib/libtorch_cuda.so
    pip install nvidia-cuda-cuobjdump
    PYTHONPATH=. python benchmarks/pytorch_kernels.py torch/lib/libtorch_cuda.so --cuobjdump cuobjdump
    PYTHONPATH=. python benchmarks/pytorch_kernels.py ... --arch sm_80

Cubins and listings stay in a temporary folder (``--keep``: in one of your own). A kernel loads when its
listing is read and every instruction of it compiles in the plain and the armed build; it counts when every
form in it (opcode and modifiers) has an oracle as well (``oracles.py`` of ``tests/emulator`` or of its
``turing``). The table says what stops the others; "alone" are kernels that only this form stops.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from elftools.elf.elffile import ELFFile
from tests.emulator import oracles as of_maxwell
from tests.emulator.bench import listing as maxwell_listing
from tests.emulator.turing import oracles as of_turing
from tests.emulator.turing.bench import listing as turing_listing

from sassafras.architectures.registry import architecture, program_of
from sassafras.emulator.armed_function import ArmedFunction
from sassafras.emulator.plain import PlainFunction
from sassafras.emulator.warp_function import PlainWarpFunction, WarpFunction
from sassafras.errors import ListingError
from sassafras.isa.family import MAXWELL
from sassafras.isa.listing_lines import read_listing
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.program import Parameter
from sassafras.toolchain.cubin import read_metadata
from sassafras.toolchain.nvdisasm import find_nvdisasm

_SECTION = re.compile(r"\s*\.section\s+\.text\.([^\s,]+)")
_LABEL = re.compile(r"`\([^()]+\)")
_PLACE = re.compile(r"\b0x[0-9a-f]+\b|(?<=[RP])\d+")


class Kernel(NamedTuple):
    """A kernel: its cubin's file name, and the number and name of its symbol."""

    cubin: str
    symbol: int
    name: str


def extract(library: Path, tool: str, folder: Path, arch: str) -> list[Path]:
    """The cubins of a library for an architecture, extracted unless they are there already."""
    if not any(folder.glob(f"*.{arch}.cubin")):
        command = [tool, "-xelf", arch, str(library.resolve())]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return sorted(folder.glob(f"*.{arch}.cubin"))


def kernels_of(cubin: Path) -> Iterator[Kernel]:
    """All kernels of a cubin: functions with a bank of parameters."""
    file = ELFFile(BytesIO(cubin.read_bytes()))
    names = {section.name for section in file.iter_sections()}
    for number, symbol in enumerate(file.get_section_by_name(".symtab").iter_symbols()):
        if symbol["st_info"]["type"] == "STT_FUNC" and f".nv.constant0.{symbol.name}" in names:
            yield Kernel(cubin.name, number, symbol.name)


def disassembled(tool: Path, cubin: Path, kernels: list[Kernel], folder: Path) -> dict[str, str]:
    """The listings of some kernels of a cubin, by name."""
    chosen = ",".join(str(kernel.symbol) for kernel in kernels)
    kept = folder / f"{cubin.stem}-{kernels[0].symbol}-{len(kernels)}.hex.sass"
    if not kept.exists():
        done = subprocess.run(
            [tool, "-c", "-hex", "-fun", chosen, cubin], check=True, capture_output=True, text=True
        )
        code = re.split(r"(?m)^(?=\s*\.section\s)", done.stdout)
        kept.write_text("".join(part for part in code if part.lstrip().startswith(".section\t.text.")))
    listings = re.split(r"(?m)^(?=\s*\.section\s)", kept.read_text())
    return {match[1]: one for one in listings if (match := _SECTION.match(one))}


_REASONS: dict[str, str | None] = {}  #: by form: what is said against it, None for nothing


def is_maxwell(metadata: KernelMetadata) -> bool:
    """Whether a kernel is of the first family."""
    return architecture(metadata.arch).family is MAXWELL


def reason_of(text: str, metadata: Callable[[], KernelMetadata]) -> str | None:
    """Why an instruction of a kernel does not load, or does not count. Asked once for each form: all numbers
    of registers, offsets and literals are one.
    """
    text = _LABEL.sub("`(.L_x)", text)
    form = _PLACE.sub("0", text)
    if form not in _REASONS:
        # A NaN's text needs its encoding, which cannot stand in the program that is made of one instruction.
        sure = text.replace("-QNAN", "-INF").replace("+QNAN", "+INF")
        oracles = of_maxwell if is_maxwell(metadata()) else of_turing
        tested = oracles.head(text) in oracles.heads_with_oracle()
        _REASONS[form] = _refusal(sure, metadata()) or (None if tested else "no oracle")
    return _REASONS[form]


def _refusal(text: str, metadata: KernelMetadata) -> str | None:
    """What the parser or a build says against an instruction that stands alone."""
    area = (Parameter(0, 0, 4096),)
    base = architecture(metadata.arch).family.known_bank().parameters
    alone = replace(metadata, register_count=255, parameter_base=base, parameters=area, code_bytes=0)
    listing = maxwell_listing if is_maxwell(metadata) else turing_listing
    try:
        program = program_of(listing([".L_x:", "NOP", text, "EXIT"]), alone)
        lock_step = program.is_warp_synchronous
        for build in (PlainWarpFunction, WarpFunction) if lock_step else (PlainFunction, ArmedFunction):
            build(program).emit()
    except ListingError as refusal:
        return str(refusal).partition(text)[2].strip(" \"':").partition(";")[0]
    return None


def stops(listing_text: str, cubin: bytes, name: str) -> tuple[int, dict[str, str]]:
    """The number of a kernel's instructions, and the forms that stop it with the reason why."""
    lines = read_listing(listing_text, name).lines
    metadata = cache(partial(read_metadata, cubin, name))  # which takes long in a cubin of many kernels
    found = {}
    for text in dict.fromkeys(line.text for line in lines):
        reason = reason_of(text, metadata)
        if reason is not None:
            opcode, modifiers = of_maxwell.head(text)
            found[".".join((opcode, *sorted(modifiers)))] = reason
    if not found:
        try:
            program_of(listing_text, metadata())
        except ListingError as refusal:
            found["the kernel"] = str(refusal).replace(name, "").strip(" :+")[:120]
    return len(lines), found


def survey(sample: list[Kernel], folder: Path, tool: Path) -> tuple[int, dict[Kernel, dict[str, str]]]:
    """Instructions of the sample, and what stops each kernel."""
    by_cubin: dict[str, list[Kernel]] = defaultdict(list)
    for kernel in sample:
        by_cubin[kernel.cubin].append(kernel)
    total, found = 0, {}
    for number, (name, kernels) in enumerate(sorted(by_cubin.items())):
        print(f"\r{number + 1} of {len(by_cubin)} cubins", end="", file=sys.stderr, flush=True)
        texts = disassembled(tool, folder / name, kernels, folder)
        content = (folder / name).read_bytes()
        for kernel in kernels:
            count, found[kernel] = stops(texts[kernel.name], content, kernel.name)
            total += count
    print(file=sys.stderr)
    return total, found


def table(found: dict[Kernel, dict[str, str]]) -> list[tuple[int, int, str, str]]:
    """(kernels, kernels that it alone stops, form, reason), most first."""
    stopped: Counter[tuple[str, str]] = Counter()
    alone: Counter[tuple[str, str]] = Counter()
    for forms in found.values():
        stopped.update(forms.items())
        alone.update(forms.items() if len(forms) == 1 else [])
    return [(count, alone[what], *what) for what, count in stopped.most_common()]


def main() -> None:
    """Sample, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("library", type=Path, help="libtorch_cuda.so")
    parser.add_argument("--cuobjdump", default="cuobjdump", help="NVIDIA's cuobjdump")
    parser.add_argument("--nvdisasm", type=Path, help="an nvdisasm of CUDA 12 (default: the toolchain's)")
    parser.add_argument("--arch", default="sm_50", help="whose kernels (default: sm_50)")
    parser.add_argument("--count", type=int, default=3000, help="kernels in the sample")
    parser.add_argument("--seed", type=int, default=2026, help="of the sample")
    parser.add_argument("--keep", type=Path, help="a folder for cubins and listings")
    parser.add_argument("--json", type=Path, help="write what stops each kernel there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        cubins = extract(asked.library, asked.cuobjdump, folder, asked.arch)
        everything = [kernel for cubin in cubins for kernel in kernels_of(cubin)]
        sample = random.Random(asked.seed).sample(everything, min(asked.count, len(everything)))
        total, found = survey(sample, folder, asked.nvdisasm or find_nvdisasm())
    good = sum(not forms for forms in found.values())
    untested = sum(set(forms.values()) <= {"no oracle"} for forms in found.values())
    print(f"{len(everything)} kernels in {len(cubins)} cubins; sample of {len(sample)}: {total} instructions")
    print(
        f"load and count: {good} ({good / len(sample):.1%}); load: {untested} ({untested / len(sample):.1%})"
    )
    print("kernels  alone  form: what is said against it")
    for count, alone, form, reason in table(found):
        print(f"{count:7} {alone:6}  {form}: {reason}")
    if asked.json:
        asked.json.write_text(json.dumps([[*kernel, forms] for kernel, forms in found.items()]))


if __name__ == "__main__":
    main()
