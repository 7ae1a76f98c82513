"""Cells of the tables of ``sassafras harden``: two decimals, since what is left after hardening is little."""

from __future__ import annotations

from rich.text import Text

from sassafras.analysis.intervals import none_seen_bound
from sassafras.hardening.plan import Protection
from sassafras.hardening.ranking import Share
from sassafras.kernels.cost import Cost, Overhead
from sassafras.report.numbers import NOTHING, below


def interval_cell(share: Share, *, wide: bool = True) -> Text:
    """Percentages: "12.70 (10.70–14.90)", or the interval on a line of its own; see `share_cell`."""
    if not share.n:
        return share_cell(share, wide=wide)
    bounds = f"{share.low * 100:.2f}–{share.high * 100:.2f}"
    return Text.assemble(
        f"{share.value * 100:.2f}", " " if wide else "\n", (f"({bounds})" if wide else bounds, "dim")
    )


def share_cell(share: Share, *, wide: bool = True) -> Text:
    """A percentage without its interval; "below 0.30 %" where no event was seen, a dash without trials."""
    if share.n:
        return Text(f"{share.value * 100:.2f}")
    if not share.trials:
        return Text(NOTHING)
    text = below(float(none_seen_bound(share.trials)))
    return Text(text if wide else text.replace(" ", "\n", 1), "dim")


def said(share: Share, *, interval: bool = False) -> str:
    """A share in a sentence, with its unit: "2.22 %", "below 0.83 %"."""
    shown = (interval_cell if interval else share_cell)(share).plain
    return f"{shown} %" if share.n else shown


def cost_cell(cost: Cost, measured: float | None, *, wide: bool = True) -> Text:
    """Modelled milliseconds, in brackets those measured (``measured``: seconds), million instructions."""
    instructions = f"{cost.instructions / 1e6:.1f}"
    modelled, found = f"{cost.seconds * 1e3:.4f}", "" if measured is None else f"\n[{measured * 1e3:.4f}]"
    if not wide:
        return Text.assemble(f"{modelled}{found}\n", (instructions, "dim"))
    return Text(f"{modelled}{found}{' ' if measured is None else chr(10)}({instructions} M)")


def overhead_cell(modelled: Overhead, measured: float | None, *, wide: bool = True) -> Text:
    """Overheads in percent: the modelled one and below it its band, the measured one in brackets; with the
    sign of percent where there is room.
    """
    sign = "\N{NO-BREAK SPACE}%" if wide else ""
    return Text.assemble(
        f"{modelled.value * 100:+.2f}{sign}\n",
        (band_text(modelled), "dim"),
        "" if measured is None else f"\n[{measured * 100:+.2f}{sign}]",
    )


def band_text(found: Overhead) -> str:
    """The ends of a band in percent, with three digits: "1.16–4.86"."""
    return f"{_short(found.low)}–{_short(found.high)}"


def _short(share: float) -> str:
    value = share * 100
    digits = 0 if abs(value) >= 99.95 else 1 if abs(value) >= 9.995 else 2
    return f"{value:.{digits}f}".replace("-", "\N{MINUS SIGN}")


def protection_cell(protection: Protection, width: int) -> str:
    """A protection in lines of at most so many columns, broken behind commas, where that can be."""
    lines = [""]
    for part in str(protection).split(","):
        word = f"{part},"
        if lines[-1] and len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] += word
    return "\n".join(lines).removesuffix(",")
