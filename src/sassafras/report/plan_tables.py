"""Tables of ``sassafras plan``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
from rich.table import Table

from sassafras.analysis.sample_size import Aim, Way
from sassafras.report.frames import plain_table
from sassafras.report.numbers import NOTHING, percent


def needs_table(table: pd.DataFrame, aim: Aim, kinds: dict[str, str]) -> Table:
    """Uniform injections of each mode until a part of it is known well enough (`sample_size.needs`).

    ``kinds``: kind of each layer, by its index as text.
    """
    caption = (
        f"share: percent of the mode's sites; N: uniform injections of the mode until {aim.injections:,} are "
        f"expected there: enough for ±{percent(aim.half_width)} % at {_expected(aim)}, "
        f"{aim.confidence * 100:g} % Clopper-Pearson"
    )
    modes = list(table["mode"].unique())
    headings = ["", *(text for mode in modes for text in (f"{mode}\nshare", "\nN"))]
    shown = plain_table("Injections needed", caption, headings)
    parts = table[table["part"] != "mode"][["part", "name"]].drop_duplicates()
    _add(shown, "whole mode", table[table["part"] == "mode"], modes)
    for part in ("kernel", "layer"):
        shown.add_section()
        for name in parts.loc[parts["part"] == part, "name"]:
            rows = table[(table["part"] == part) & (table["name"] == name)]
            label = name if part == "kernel" else f"layer {name} {kinds.get(name, '')}".rstrip()
            _add(shown, label, rows, modes)
    return shown


def _expected(aim: Aim) -> str:
    share = f"a share of {aim.expected * 100:g} %"
    return f"{share} (the worst case)" if aim.expected == 0.5 else share


def _add(shown: Table, label: str, rows: pd.DataFrame, modes: Sequence[str]) -> None:
    by_mode = {row["mode"]: row for row in rows.to_dict("records")}
    cells = []
    for mode in modes:
        row = by_mode.get(mode)
        cells += [NOTHING, NOTHING] if row is None else [percent(row["weight"]), f"{row['uniform']:,}"]
    shown.add_row(label, *cells)


def ways_table(
    ways: Sequence[Way], rate: float, said: str, duration: Callable[[float], str], *, wide: bool = True
) -> Table:
    """What each kind of campaign takes. ``rate``: injections per second; ``said``: where that comes from."""
    caption = f"time at {rate:,.1f} injections per second: {said}"
    headings = ["to know", "sassafras run ...", "injections", "time"]
    shown = plain_table("Ways to get there", caption, headings, left=2, wide=wide)
    for column in shown.columns[:2]:
        column.no_wrap = False
    for way in ways:
        most = "≤ " if way.at_most else ""
        seconds = duration(way.injections / rate)
        shown.add_row(way.what, way.options, f"{most}{way.injections:,}", f"{most}{seconds}")
    return shown
