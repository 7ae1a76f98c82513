"""Tables of ``sassafras compare`` about programs and cards: what an inference is, the register file, what
protection costs. Nothing here is a sample but the AVF.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sassafras.analysis.compare import Compared
from sassafras.analysis.contenders import Contender
from sassafras.campaign.usage import KernelUsage
from sassafras.report.cells import Milliseconds, Missing, Number, Overhead, Percent
from sassafras.report.harden_json import NAME
from sassafras.report.harden_model import read_harden_json
from sassafras.report.numbers import NONE_SEEN
from sassafras.report.table import Given, Table, made
from sassafras.report.tables.avf import OUTCOMES, avf_share, read_avf
from sassafras.report.tables.registry import COMPARE

WHOLE = "all kernels"
UNHARDENED = "unhardened"  #: the column of ``harden.json`` that costs nothing


@COMPARE.at(12)
def programs(compared: Compared) -> list[Table]:
    """What an inference is on each card, kernel by kernel, where the programs or the cards differ and every
    store says it.
    """
    found = {one.letter: (one, one.stored.usage) for one in compared.contest.contenders}
    reference = next(iter(found.values()))[1]
    if not all(usage for _, usage in found.values()) or all(u == reference for _, u in found.values()):
        return []
    groups = [
        [_program_row(kernel, one, usage, reference) for one, usage in found.values()]
        for kernel in (*dict.fromkeys(k.kernel for _, usage in found.values() for k in usage), WHOLE)
    ]
    columns = ("kernel", "of", "card", "instructions", "% of all", "x A's", "ms", "% of the ms", "x A's ms")
    caption = (
        "of one inference, all its kernels: dynamic thread-instructions, counted, and milliseconds, modelled "
        "for the card; % of: of that program's; x: how many times A's"
    )
    return [made("programs", "Programs", caption, columns, groups, left=3)]


def _program_row(
    kernel: str, one: Contender, usage: tuple[KernelUsage, ...], reference: tuple[KernelUsage, ...]
) -> list[Given]:
    parts, whole, first = _sums(usage, kernel), _sums(usage, WHOLE), _sums(reference, kernel)
    cells: list[Given] = [kernel, one.letter, card_of(one)]
    for value, of, before in zip(parts, whole, first, strict=True):
        cells.append(int(value) if isinstance(value, int) else Milliseconds(value))
        cells.append(Percent(value / of) if of else Missing())
        cells.append(Number(value / before) if before else Missing())
    return cells


def _sums(usage: tuple[KernelUsage, ...], kernel: str) -> tuple[int, float]:
    """Instructions and seconds of a kernel, or of all."""
    chosen = [one for one in usage if kernel in (one.kernel, WHOLE)]
    return sum(one.instructions for one in chosen), sum((one.seconds for one in chosen), 0.0)


def card_of(one: Contender) -> str:
    """The card whose time is modelled; the architecture where there is none."""
    target = one.stored.settings.architecture
    return target.name if target.device is None else target.device.name


@COMPARE.at(25)
def register_files(compared: Compared) -> list[Table]:
    """The AVF of the register file on each card, where the campaigns' folders hold it."""
    rows = [row for one in compared.contest.contenders for row in _avf_row(one)]
    if len(rows) < 2:
        return []
    caption = (
        "of the struck kernels while they run: SDC or DUE of single-bit strikes of allocated registers, x "
        "the share of the register file that is allocated, weighted by modelled time; percent, 95 % "
        f"intervals; {NONE_SEEN}"
    )
    columns = ("of", "card", "allocated", "n", *(outcome.value for outcome in OUTCOMES))
    return [made("register_files", "AVF of the register file", caption, columns, [rows], left=2)]


def _avf_row(one: Contender) -> Iterator[list[Given]]:
    numbers = read_avf(one.stored.path.parent, one.stored.injections)
    if numbers is not None and numbers["total"]["n"]:
        total = numbers["total"]
        shares = [avf_share(total["avf"][outcome.value], total["n"]) for outcome in OUTCOMES]
        yield [
            one.letter,
            numbers["device"],
            Percent(total["allocated_fraction"], 1),
            total["n"],
            *shares,
        ]


@COMPARE.at(45)
def protection(compared: Compared) -> list[Table]:
    """What the named plans cost on each card, where the campaigns have been hardened."""
    found = {one.letter: (one, _columns(one)) for one in compared.contest.contenders}
    known = {letter: pair for letter, pair in found.items() if pair[1]}
    if len(known) < 2:
        return []
    names = [name for name in next(iter(known.values()))[1] if name != UNHARDENED]
    groups = [
        [_cost_row(name, one, columns[name]) for one, columns in known.values() if name in columns]
        for name in names
    ]
    caption = (
        "added modelled time of the whole inference, and of the kernels that were struck; in brackets the "
        "model's band"
    )
    heads = ("plan", "of", "card", "protected", "of the whole", "of the struck kernels")
    return [made("protection", "What protection costs", caption, heads, groups, left=4)]


def _columns(one: Contender) -> Mapping[str, Any]:
    file = one.stored.path.parent / NAME
    content = read_harden_json(file) if file.exists() else None
    return {} if content is None else content["table2"]["columns"]


def _cost_row(name: str, one: Contender, column: Mapping[str, Any]) -> list[Given]:
    protected = ", ".join(f"{kernel}={how}" for kernel, how in column["protection"].items())
    ends = ("", "_low", "_high")
    return [
        name,
        one.letter,
        card_of(one),
        protected,
        Overhead(*(column[f"overhead{end}"] for end in ends)),
        Overhead(*(column[f"overhead_of_injected_kernels{end}"] for end in ends)),
    ]
