"""Tables about kernels: what they are, and how much of the inference they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table

from sassafras.faults.model import Mode

#: Kernel -> layer of the network and task, after the paper's Table 1 (which names no gemm: we infer a closed
#: library; the last two are of networks with branches).
ROLES: Mapping[str, tuple[str, str]] = {
    "im2col_gpu": ("convolution", "patches to columns"),
    "fill_gpu": ("convolution", "clear the output"),
    "gemm": ("–", "multiply"),
    "add_bias": ("convolution", "add the biases"),
    "activate_array": ("activation", "nonlinearity"),
    "forward_maxpool": ("max pooling", "window maxima"),
    "softmax": ("softmax", "probabilities"),
    "add": ("shortcut", "sum of maps"),
    "concatenate": ("route", "join maps"),
}


@dataclass(frozen=True)
class KernelFacts:
    """A kernel in figures: registers per thread, static instructions, launches per inference."""

    name: str
    registers: int
    instructions: int
    launches: int


@dataclass(frozen=True)
class KernelShare:
    """A kernel's part of a campaign, over all its frames: launches, threads, dynamic thread-instructions and
    share of each mode's sites.
    """

    name: str
    launches: int
    threads: int
    instructions: int
    shares: Mapping[Mode, float]


def kernels_table(facts: Sequence[KernelFacts], network: str, arch: str) -> Table:
    """The list of kernels."""
    table = _table(
        f"Kernels, {arch}", f"launches: of one inference of {network}; layer: see the paper's Table 1"
    )
    for heading in ("kernel", "layer", "task"):
        table.add_column(heading, no_wrap=heading == "kernel")
    for heading in ("registers", "instructions", "launches"):
        table.add_column(heading, justify="right")
    for fact in facts:
        layer, task = ROLES.get(fact.name, ("", ""))
        table.add_row(fact.name, layer, task, *map(str, (fact.registers, fact.instructions, fact.launches)))
    return table


def profile_table(rows: Sequence[KernelShare], frames: int, modes: Sequence[Mode]) -> Table:
    """The profile of a campaign: where its faults will fall."""
    caption = f"over {frames} frame{'s' * (frames != 1)}; share: percent of the sites that a mode may strike"
    table = _table("Golden profile", caption)
    table.add_column("kernel", no_wrap=True)
    for heading in ("launches", "threads", "instructions", *(f"{mode.value} share" for mode in modes)):
        table.add_column(heading, justify="right")
    for row in rows:
        counts = [f"{n:,}" for n in (row.launches, row.threads, row.instructions)]
        table.add_row(row.name, *counts, *(f"{row.shares[mode] * 100:.2f}" for mode in modes))
    totals = [
        f"{sum(column):,}"
        for column in zip(*((r.launches, r.threads, r.instructions) for r in rows), strict=True)
    ]
    table.add_section()
    table.add_row("total", *totals, *(f"{sum(r.shares[mode] for r in rows) * 100:.2f}" for mode in modes))
    return table


def _table(title: str, caption: str) -> Table:
    return Table(
        title=title,
        caption=caption,
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=0,
        title_justify="left",
        caption_justify="left",
        title_style="bold",
    )
