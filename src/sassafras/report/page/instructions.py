"""Outcomes by instruction group and by opcode, per mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from sassafras.analysis.critical import Criticality
from sassafras.analysis.results import Results
from sassafras.analysis.vulnerability import of_mode
from sassafras.errors import SassafrasError
from sassafras.faults.model import Mode
from sassafras.isa.groups import Group
from sassafras.kernels.cuda_lines import load_lines
from sassafras.kernels.programs import load_program
from sassafras.report.page.stacks import Stack, StackFigure, place_rows, stacks

NEEDED = [
    "mode",
    "kernel",
    "offset",
    "opcode",
    "outcome",
    "severity",
    "largest_change",
]  #: columns of the store
MOST = 14  #: opcodes drawn per mode; the table has all


@dataclass(frozen=True)
class Known:
    """What is known of an instruction: SASSIFI's groups, and the CUDA line it comes from ("file:line" or
    "").
    """

    groups: tuple[str, ...] = ()
    source: str = ""


Instructions = Mapping[tuple[str, int], Known]  #: by kernel and byte offset
UNKNOWN = Known()


@dataclass(frozen=True)
class InstructionPart:
    """Stacks of a mode. ``figure`` draws the first of them."""

    mode: Mode
    stacks: tuple[Stack, ...]
    figure: StackFigure


def known_instructions(results: Results) -> Instructions:
    """Every instruction of the campaign's kernels; none of a kernel that is not bundled."""
    found: dict[tuple[str, int], Known] = {}
    for kernel in results.kernels:
        try:
            program, lines = load_program(kernel, results.arch), load_lines(kernel, results.arch)
        except SassafrasError:
            continue
        for instruction in program.instructions:
            places = lines.at(instruction.offset)
            source = f"{places[0].file}:{places[0].line}" if places else ""
            groups = tuple(group.name for group in sorted(instruction.groups))
            found[kernel, instruction.offset] = Known(groups, source)
    return found


def group_parts(results: Results, known: Instructions) -> list[InstructionPart]:
    """By SASSIFI's groups, in their order. An instruction may be in several of them."""
    rows, critical = results.injections[NEEDED], results.critical
    return [_by_group(of_mode(rows, mode), mode, known, critical) for mode in results.modes]


def _by_group(rows: pd.DataFrame, mode: Mode, known: Instructions, critical: Criticality) -> InstructionPart:
    places = zip(rows["kernel"], rows["offset"], strict=True)
    own = rows.assign(group=pd.Series([known.get(place, UNKNOWN).groups for place in places], rows.index))
    own = own.explode("group").dropna(subset="group")
    names = [g.name for g in Group if (own["group"] == g.name).any()]
    shown = stacks(own.reset_index(drop=True), "group", names, critical)
    figure = place_rows(
        f"groups_{mode.value}",
        f"Outcomes by instruction group, {mode.value}",
        shown,
        {},
        {"mode": mode.value},
        "group",
    )
    return InstructionPart(mode, tuple(shown), figure)


def opcode_parts(results: Results) -> list[InstructionPart]:
    """By opcode without modifiers, those with most critical faults first."""
    rows, critical = results.injections[NEEDED], results.critical
    return [_by_opcode(of_mode(rows, mode), mode, critical) for mode in results.modes]


def _by_opcode(rows: pd.DataFrame, mode: Mode, critical: Criticality) -> InstructionPart:
    own = rows.assign(op=rows["opcode"].str.split(".").str[0])
    shown = sorted(stacks(own, "op", critical=critical), key=lambda s: (-s.critical.n, -s.trials, s.value))
    figure = place_rows(
        f"opcodes_{mode.value}",
        f"Outcomes by opcode, {mode.value}",
        shown[:MOST],
        {},
        {"mode": mode.value},
        "op",
    )
    return InstructionPart(mode, tuple(shown), figure)
