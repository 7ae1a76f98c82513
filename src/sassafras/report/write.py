"""Everything that a campaign leaves in its folder beside the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sassafras.analysis.campaign_avf import FILE as AVF_FILE
from sassafras.analysis.campaign_avf import CampaignAvf
from sassafras.analysis.counted import with_weights
from sassafras.analysis.results import Results
from sassafras.analysis.summary import summarise
from sassafras.campaign.design.from_store import CHOSEN, COUNTED
from sassafras.faults.model import Mode
from sassafras.report.drawing import Drawing
from sassafras.report.export import decimals
from sassafras.report.figures.registry import campaign_figures
from sassafras.report.figures.value import Figure
from sassafras.report.files import PAGE, SUMMARY, write_json, write_tables, write_text
from sassafras.report.tables.avf import campaign_numbers
from sassafras.report.tables.exact import exact_shares
from sassafras.report.tables.own import counts, endings_of
from sassafras.simulation.record import INJECTION


def begin_figures(
    folder: Path, figures: Sequence[Figure], processes: int = 1, formats: Sequence[str] = ("png",)
) -> Drawing:
    """Begin to draw ``folder/NAME.FORMAT``. ``processes``: 1 draws in this process, when it is asked to
    finish.
    """

    def draw(some: Sequence[Figure]) -> None:
        from sassafras.report.figures.files import Format, write_figures  # matplotlib: only where needed

        write_figures(folder, some, [Format(name) for name in formats])

    return Drawing(draw, figures, processes)


def write_report(
    folder: Path, results: Results, avf: CampaignAvf | None = None, drawing: Drawing | None = None
) -> list[Path]:
    """Write ``summary.json``, ``*.csv`` and ``figures/*.png``; returns their paths. ``drawing``: the figures,
    where they have been begun.

    Raises CampaignError when the campaign is not finished.
    """
    if results.sampling.chosen or results.sampling.counted is not None:
        return write_own_report(folder, results)
    summary = summarise(results)
    if avf is not None:
        summary["avf"] = campaign_numbers(avf)
        write_tables(folder, {Path(AVF_FILE).stem: avf.cells})
    paths = write_tables(folder, csv_tables(results))
    drawing = drawing or begin_figures(folder / "figures", campaign_figures(results, run=True))
    drawing.finish()
    paths += [folder / "figures" / f"{figure.name}.png" for figure in drawing.figures]
    return [*paths, write_json(folder / SUMMARY, summary)]  # last: where it is, everything is


def csv_tables(results: Results) -> dict[str, pd.DataFrame]:
    """Every table by file name without suffix."""
    exact = results.exact_masking()
    return {
        "outcomes": results.outcomes(),
        "by_model": results.by_model(),
        "ckv": _by_mode(results, results.ckv),
        "clv": _by_mode(results, results.clv),
        "sums": results.sums(),
        "due": results.due_kinds(),
        "masked": results.masked_reasons(),
        "population": results.sampling.weights,
        **({} if exact is None else {"exact_masking": exact}),
        "injections": printable(results.injections),
        "errors": results.errors,
    }


def _by_mode(results: Results, metric: Callable[[Mode], pd.DataFrame]) -> pd.DataFrame:
    found = pd.concat({mode.value: metric(mode) for mode in results.modes}, names=["mode"])
    return found.reset_index(level="mode").reset_index(drop=True)


def printable(injections: pd.DataFrame) -> pd.DataFrame:
    """Whole numbers as such even in columns with gaps; vectors as decimals that read back to the same
    bits.
    """
    table = injections.convert_dtypes()
    for column in INJECTION:
        if column.vector and column.shown in injections:
            table[column.shown] = [decimals(value, column.vector) for value in injections[column.shown]]
    return table


def write_own_report(folder: Path, results: Results) -> list[Path]:
    """Write ``injections.csv``, ``errors.csv``, of a whole population ``exact.csv`` and the page, and, last,
    ``summary.json``; returns their paths, without that of the page.
    """
    tables = {"injections": printable(results.injections), "errors": results.errors}
    if results.sampling.counted is not None:
        tables["injections"] = with_weights(tables["injections"], results.sampling.counted)
        tables["exact"] = exact_shares(results)
    paths = write_tables(folder, tables)
    if results.sampling.counted is not None:
        from sassafras.report.page.exact import exact_page  # templates take a while to load

        write_text(folder / PAGE, exact_page(results))
    return [*paths, write_json(folder / SUMMARY, own_summary(results))]


def own_summary(results: Results) -> dict[str, Any]:
    """What became of the faults, as JSON: counts, and of a whole population its shares."""
    rows, counted = results.injections, results.sampling.counted
    names = endings_of(rows)
    return {
        "faults": CHOSEN if counted is None else COUNTED,
        **({} if counted is None else {"exact": _exact(results, counted)}),
        "arch": results.arch,
        "network": results.network,
        "frames": results.frames,
        "seed": results.seed,
        "self_check": None if results.self_check is None else dict(results.self_check),
        "modes": {
            mode.value: {
                "planned": results.planned[mode],
                "injected": results.injected(mode),
                "errors": results.failed(mode),
                "endings": dict(zip(names, counts(rows[rows["mode"] == mode.value], names), strict=True)),
            }
            for mode in results.modes
        },
    }


def _exact(results: Results, counted: pd.DataFrame) -> dict[str, Any]:
    """The population and its shares; ``low`` and ``high`` differ only where a class could not be run."""
    table = exact_shares(results)
    whole = table[table["part"] == "mode"]
    shares = {
        row["event"]: {name: row[name] for name in ("faults", "kinds", "share", "low", "high")}
        for row in whole.to_dict("records")
    }
    return {"faults": int(counted["faults"].sum()), "kinds": len(counted), "shares": shares}
