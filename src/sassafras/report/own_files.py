"""Files of faults that the user chose: counts, no shares. And of a whole population: shares without a
sampling error.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from sassafras.analysis.counted import with_weights
from sassafras.analysis.results import Results
from sassafras.campaign.design.from_store import CHOSEN, COUNTED
from sassafras.report.csv_files import printable
from sassafras.report.files import PAGE, SUMMARY, write_text
from sassafras.report.tables.exact import exact_shares
from sassafras.report.tables.own import counts, endings_of


def write_own_report(folder: Path, results: Results) -> list[Path]:
    """Write ``injections.csv``, ``errors.csv``, of a whole population ``exact.csv`` and the page, and, last,
    ``summary.json``; returns their paths, without that of the page.
    """
    tables = {"injections": printable(results.injections), "errors": results.errors}
    if results.sampling.counted is not None:
        tables["injections"] = with_weights(tables["injections"], results.sampling.counted)
        tables["exact"] = exact_shares(results)
    for name, table in tables.items():
        write_text(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
    if results.sampling.counted is not None:
        from sassafras.report.page.exact import exact_page  # templates take a while to load

        write_text(folder / PAGE, exact_page(results))
    write_text(folder / SUMMARY, json.dumps(own_summary(results), indent=2, allow_nan=False) + "\n")
    return [*(folder / f"{name}.csv" for name in tables), folder / SUMMARY]


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
