"""The paper's Table 2 for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from sassafras.hardening.gpu.measurement import Measurement
from sassafras.hardening.study import Study
from sassafras.kernels.cost import total
from sassafras.kernels.hardened.registry import NETWORK
from sassafras.kernels.registry import KERNELS
from sassafras.report.harden_cells import cost_cell, overhead_cell
from sassafras.report.harden_layout import Layout, headed
from sassafras.report.shares import NOTHING

#: The paper's Table 2 is without (we infer a closed library).
LARGE = next(k.name for k in KERNELS.values() if k.role is not None and k.role.library)


def overhead_tables(study: Study, layout: Layout = Layout.WIDE) -> list[Table]:
    """The paper's Table 2: modelled milliseconds per kernel and of the whole, and instructions; measured
    milliseconds too, where a GPU was asked.
    """
    book, wide = study.costs, layout is Layout.WIDE
    names = [name if name == "chosen" or name not in study.named else name.upper() for name in study.columns]
    if not wide:
        names = [name.replace("unhardened", "unhar-\ndened") for name in names]
    table = headed(
        "Table 2: overhead",
        f"{_overhead_caption(wide=wide)}; SHS: {study.named['shs']}{_measured_caption(study.measurement)}",
        ["kernel", "invocations" if wide else "n", *names],
        layout,
    )
    overhead = "  overhead" if wide else "  overhead %"
    for kernel in book.kernels:
        table.add_row(kernel, *_costs(study, [kernel], measured=[kernel], wide=wide, alone=True))
    if any(protection.of(NETWORK) for protection in study.columns.values()):
        table.add_row(NETWORK, *_network_costs(study, wide=wide))
    small = [kernel for kernel in book.kernels if kernel != LARGE]
    table.add_section()
    table.add_row("whole model", *_costs(study, book.kernels, measured=None, wide=wide))
    table.add_row(overhead, "", *_overheads(study, None, wide=wide))
    if len(small) < len(book.kernels):
        table.add_row(f"without {LARGE}", *_costs(study, small, measured=small, wide=wide))
        table.add_row(overhead, "", *_overheads(study, small, wide=wide))
    return [table]


def _overhead_caption(*, wide: bool) -> str:
    modelled, counted = (
        "modelled milliseconds on the GTX 750 Ti",
        "million dynamic thread-instructions, counted",
    )
    band = "below overheads the band of the model's constants"
    shown = f"{modelled}; M: {counted}" if wide else f"n: invocations; {modelled}; below them {counted}"
    return f"{shown}; {band}"


def _measured_caption(found: Measurement | None) -> str:
    if found is None:
        return ""
    words = sum(sum(program.compared.values()) for program in found.programs.values())
    other = sum(sum(program.differing.values()) for program in found.programs.values())
    return (
        f"; [ ]: measured milliseconds on {found.device} ({found.arch}), median of {found.runs} inferences; "
        f"{other:,} of {words:,} words of its results differ from the emulated ones"
    )


def _costs(
    study: Study,
    kernels: Sequence[str],
    measured: Sequence[str] | None,
    *,
    wide: bool,
    alone: bool = False,
) -> list[str | Text]:
    """Invocations, and each column's cost of some kernels. ``measured``: those, or None: the whole model.
    ``alone``: without what is added for the whole network.
    """
    book = study.costs
    costs = {
        name: total(book.kernel(k, protection) for k in kernels) if alone else book.model(protection, kernels)
        for name, protection in study.columns.items()
    }
    found = study.measurement
    return [
        str(next(iter(costs.values())).invocations),
        *(
            cost_cell(cost, None if found is None else found.seconds(name, measured), wide=wide)
            for name, cost in costs.items()
        ),
    ]


def _network_costs(study: Study, *, wide: bool) -> list[str | Text]:
    """The row of what is added for the whole network; only kernels are measured one by one."""
    cells: list[str | Text] = ["1"]
    for protection in study.columns.values():
        technique = protection.of(NETWORK)
        cells.append(
            NOTHING
            if technique is None
            else cost_cell(study.costs.costs[NETWORK, technique], None, wide=wide)
        )
    return cells


def _overheads(study: Study, kernels: Sequence[str] | None, *, wide: bool) -> list[Text]:
    found = study.measurement
    return [
        overhead_cell(
            study.costs.overhead(protection, kernels),
            None if found is None else found.overhead(name, kernels),
            wide=wide,
        )
        for name, protection in study.columns.items()
    ]
