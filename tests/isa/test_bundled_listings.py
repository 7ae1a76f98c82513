"""The bundled listings, parsed whole and held against plain searches in their text."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from pydantic import TypeAdapter
from tests.isa.conftest import FOLDER, bundled_names
from tests.kernels.sample import LISTINGS, sampled

from sassafras.architectures.registry import program_of
from sassafras.errors import ListingError
from sassafras.isa.liveness import live_registers
from sassafras.isa.metadata import KernelMetadata
from sassafras.kernels.hardened.registry import HARDENED
from sassafras.toolchain.cubin import read_code, read_metadata

if TYPE_CHECKING:
    from tests.isa.conftest import Bundled

AT_ENTRY = {"im2col_gpu_ext": 3}  #: three registers are written under complementary guards
SECTIONS = (".nv.shared", ".nv.constant2")  #: that not every kernel has


def _sections(name: str) -> tuple[bool, ...]:
    cubin = (FOLDER / f"{name}.cubin").read_bytes()
    return tuple(f"\0{section}.{name}\0".encode() in cubin for section in SECTIONS)


SHAPES = {_sections(name): name for name in sorted(LISTINGS, reverse=True)}
of_each_shape = pytest.mark.parametrize(
    "bundled", sampled(bundled_names(), frozenset(SHAPES.values()).__contains__), indirect=True
)
"""Thousands of damages each: what reads a cubin sees sections, not the kernel. The rest is slow."""
_OFFSET = re.compile(r"\s*\{?\s*/\*[0-9a-f]{4}\*/")


def test_every_printed_instruction_is_there(bundled: Bundled) -> None:
    program = program_of(bundled.text, read_metadata(bundled.cubin, bundled.name))
    offsets = [int(offset, 16) for offset in re.findall(r"/\*([0-9a-f]{4,})\*/", bundled.text)]
    assert [i.offset for i in program.instructions] == offsets
    pairs = bundled.text.count("}")  # the second of a dual-issue pair is closed by the brace alone
    assert len(program.instructions) == bundled.text.count(";") + pairs
    assert all(a < b for a, b in pairwise(offsets))
    assert all(offset % 32 and offset % 8 == 0 for offset in offsets)
    assert program.instruction_bytes == 8


def test_the_words_of_an_instruction_are_kept(bundled: Bundled) -> None:
    program = program_of(bundled.text, read_metadata(bundled.cubin, bundled.name))
    for instruction in program.instructions:
        assert instruction.text in bundled.text
        word = re.sub(r"^@!?P\w ", "", instruction.text).split()[0]
        assert word == ".".join((instruction.opcode, *instruction.modifiers))
        printed = {int(r) for r in re.findall(r"\bR(\d+)", instruction.text)}
        touched = set(instruction.effects.registers_read) | set(instruction.effects.registers_written)
        assert printed <= touched
        wide = 4 if "128" in instruction.modifiers else 2 if {"E", "64"} & set(instruction.modifiers) else 1
        assert touched <= {r + k for r in printed for k in range(wide)}


def test_metadata_agrees_with_the_listing(bundled: Bundled) -> None:
    metadata = read_metadata(bundled.cubin, bundled.name)
    registers = re.findall(r"SHI_REGISTERS=(\d+)", bundled.text)
    assert [str(metadata.register_count)] == registers
    assert (metadata.name, metadata.arch, metadata.parameter_base) == (bundled.name, "sm_50", 0x140)
    used = {int(offset, 16) for offset in re.findall(r"c\[0x0\] ?\[(0x[0-9a-f]+)\]", bundled.text)}
    ends = [metadata.parameter_base + p.offset + p.size for p in metadata.parameters]
    assert max(used) < max(ends)
    assert [p.ordinal for p in metadata.parameters] == list(range(len(ends)))
    banked = {int(offset, 16) for offset in re.findall(r"c\[0x2\] ?\[(0x[0-9a-f]+)\]", bundled.text)}
    assert all(offset + 4 <= len(metadata.constants) for offset in banked)
    assert (metadata.shared_bytes > 0) == ("STS" in bundled.text)
    text = json.dumps(metadata.to_json())
    assert TypeAdapter(KernelMetadata).validate_json(text, strict=True) == metadata


def test_branch_tables_lead_to_the_annotated_targets(bundled: Bundled) -> None:
    program = program_of(bundled.text, read_metadata(bundled.cubin, bundled.name))
    index = program.index_of_offset
    for position, brx in enumerate(program.instructions):
        if brx.opcode != "BRX":
            continue
        load = program.instructions[position - 1]
        start = int((re.search(r"\[R\d+\+?(0x[0-9a-f]+)?\]", load.text) or ["", ""])[1] or "0", 16)
        count = len(brx.branch_targets)
        table = [
            int.from_bytes(program.constants[start + 4 * k : start + 4 * k + 4], "little")
            for k in range(count)
        ]
        assert {index[offset] for offset in table} == {index[offset] for offset in brx.branch_targets}


def test_few_registers_seem_live_at_the_entry(bundled: Bundled) -> None:
    """Nothing is: what remains comes from writes under complementary guards.

    Hardened kernels are full of those, which this analysis cannot see through: that it does not matter what
    their registers hold at the start is shown by running them (``kernels/hardened/test_fault_free.py``).
    """
    if bundled.name in {kernel.name for kernel in HARDENED.values()}:
        return
    live = live_registers(program_of(bundled.text, read_metadata(bundled.cubin, bundled.name)))
    assert len(live[0]) <= AT_ENTRY.get(bundled.name, 1)


@of_each_shape
def test_a_cubin_cut_anywhere_is_refused(bundled: Bundled) -> None:
    cubin = bundled.cubin
    for size in [*range(200), *range(200, len(cubin), 37), len(cubin) - 1]:
        with pytest.raises(ListingError, match=bundled.name if size >= 20 else "not a cubin|broken"):
            read_metadata(cubin[:size], bundled.name)


@of_each_shape
def test_a_damaged_cubin_never_crashes(bundled: Bundled) -> None:
    for position in range(0, len(bundled.cubin), 7):
        damaged = bytearray(bundled.cubin)
        damaged[position] ^= 0xFF
        try:
            read_metadata(bytes(damaged), bundled.name)
        except ListingError:
            continue


def test_another_kernel_is_not_in_the_cubin(bundled: Bundled) -> None:
    with pytest.raises(ListingError, match=f"nobody: not in this cubin, which holds {bundled.name}"):
        read_metadata(bundled.cubin, "nobody")


def test_another_elf_file_is_no_cubin() -> None:
    with pytest.raises(ListingError, match="not a cubin"):
        read_metadata(b"\x7fELF\x02\x01\x01" + bytes(100), "k")


def test_every_line_is_missed(bundled: Bundled) -> None:
    """Without any one of its instructions, or cut after any number of them, a listing is refused."""
    metadata = read_metadata(bundled.cubin, bundled.name)
    assert metadata.code_bytes == len(read_code(bundled.cubin, bundled.name))
    lines = bundled.text.splitlines(keepends=True)
    places = [k for k, line in enumerate(lines) if _OFFSET.match(line)]
    for k in (places[0], places[1], places[len(places) // 2], places[-2], places[-1]):
        with pytest.raises(ListingError, match=rf"^{bundled.name}\+0x"):
            program_of("".join(lines[:k] + lines[k + 1 :]), metadata)
    for k in (places[1], places[20], places[-1]):
        with pytest.raises(ListingError, match=rf"^{bundled.name}\+0x.* ends at {metadata.code_bytes:#x}"):
            program_of("".join(lines[:k]), metadata)
