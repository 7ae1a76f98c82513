"""The content of ``summary.json``: the answers of a campaign for other programs."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from sassafras.analysis.intervals import CONFIDENCE
from sassafras.analysis.outcomes import SDC_CLASSES, OutcomeClass
from sassafras.analysis.over_frames import METHOD
from sassafras.analysis.results import Results
from sassafras.campaign.design.lanes import Standing
from sassafras.errors import CampaignError
from sassafras.faults.model import Mode

SCHEMA = 2


def summarise(results: Results) -> dict[str, Any]:
    """The summary: JSON types only, layers as text keys, a share that does not exist (a layer without
    injections) as None.

    Raises CampaignError when the campaign is not finished: planned = injected + errors holds in every
    summary.
    """
    inject = results.seconds["inject"]
    rate = len(results.injections) / inject if inject > 0 else None
    return {
        "schema": SCHEMA,
        "arch": results.arch,
        "seed": results.seed,
        "network": results.network,
        "frames": results.frames,
        "golden": {name: getattr(results.golden, name) for name in ("frames", "known", "right")},
        "tolerance": results.critical.tolerance,
        "struck": _struck(results),
        "sampling": _sampling(results),
        "self_check": None if results.self_check is None else dict(results.self_check),
        "modes": {mode.value: _mode(results, mode) for mode in results.modes},
        "seconds": {name: round(results.seconds[name], 3) for name in ("profile", "inject", "total")},
        "injections_per_second": None if rate is None else round(rate, 2),
    }


def _struck(results: Results) -> dict[str, Any] | None:
    """What part of an inference the struck kernels are."""
    struck = results.struck
    if struck is None:
        return None
    return {
        "kernels": list(struck.kernels),
        "not_struck": list(struck.others),
        "share_of_instructions": struck.instructions,
        "share_of_modelled_time": struck.seconds,
    }


def _sampling(results: Results) -> dict[str, Any]:
    sampling = results.sampling
    return {
        "stratify": sampling.stratify,
        "until": sampling.until,
        "intervals": {
            "method": sampling.intervals,
            "confidence": CONFIDENCE,
            "anytime_valid": sampling.until is not None,
            "of_frames": "fixed",
        },
        "lanes": [_lane(results, standing) for standing in sampling.standings],
    }


def _lane(results: Results, standing: Standing) -> dict[str, Any]:
    """How many injections a mode or a stratum of it was given, and with a goal how far that went."""
    lane, until = standing.lane, results.sampling.until
    found: dict[str, Any] = {"mode": lane.mode.value, "stratum": lane.label or None, "faults": standing.asked}
    if until is not None:
        found |= {"half_width": standing.half_width, "reached": standing.reached, "most": lane.cap}
    return found


def _mode(results: Results, mode: Mode) -> dict[str, Any]:
    planned, injected, errors = results.planned[mode], results.injected(mode), results.failed(mode)
    if planned != injected + errors:
        raise CampaignError(
            f"{mode.value}: of {planned} planned faults {injected} were injected and {errors} failed; "
            "run the same command again to finish"
        )
    exact = results.exact_masking() if mode is Mode.RF else None
    frames = _over_frames(results, mode)
    of_mode = results.sums()
    of_mode = of_mode[of_mode["mode"] == mode.value]
    return {
        "planned": planned,
        "injected": injected,
        "errors": errors,
        "outcomes": _counts(results, mode),
        "by_model": _by_model(results, mode),
        "ckv": _table(results.ckv(mode), "kernel"),
        "clv": _table(results.clv(mode), "layer"),
        "sums": {part: _table(rows, "name", "event") for part, rows in of_mode.groupby("part", sort=False)},
        **({} if exact is None else {"exact_masking": _exact(results, exact)}),
        **({} if frames is None else {"over_frames": frames}),
    }


def _over_frames(results: Results, mode: Mode) -> dict[str, Any] | None:
    """Outcomes with the frame as a random effect: no bounds where no event, or nothing else, was seen."""
    table = results.over_frames()
    rows = [] if table is None else table[table["mode"] == mode.value].to_dict("records")
    if not rows:
        return None
    bounds = {
        str(row["outcome"]): {
            "n": int(row["n"]),
            "share": float(row["share"]),
            "low": None if math.isnan(row["low"]) else float(row["low"]),
            "high": None if math.isnan(row["high"]) else float(row["high"]),
        }
        for row in rows
    }
    return {"method": METHOD, "frames": int(rows[0]["frames"]), "outcomes": bounds}


def _exact(results: Results, table: pd.DataFrame) -> dict[str, Any]:
    """Register-file outcomes with the provably masked share counted, not sampled."""
    weights = results.sampling.weights
    share = float(weights.loc[weights["mode"] == Mode.RF.value, "dead"].sum())
    parts = {part: _table(rows, "name") for part, rows in table.groupby("part", sort=False)}
    outcomes = parts["mode"][Mode.RF.value]
    return {
        "provably_masked": share,
        "outcomes": outcomes,
        "ckv": parts["kernel"],
        "clv": parts["layer"],
    }


def _by_model(results: Results, mode: Mode) -> dict[str, Any]:
    """Outcomes of each fault model of a mode, with how many injections it had."""
    rows = results.by_model()
    rows = rows[rows["mode"] == mode.value]
    injected = rows.groupby("model", sort=False)["n"].sum()
    return {
        model: {"injected": int(injected[model]), "outcomes": outcomes}
        for model, outcomes in _table(rows, "model").items()
    }


def _counts(results: Results, mode: Mode) -> dict[str, Any]:
    rows = results.outcomes()
    rows = rows[rows["mode"] == mode.value]
    n = {OutcomeClass(outcome): int(count) for outcome, count in zip(rows["outcome"], rows["n"], strict=True)}
    flat: dict[str, Any] = {c.value: n[c] for c in OutcomeClass if c not in SDC_CLASSES}
    return flat | {"SDC": {c.value: n[c] for c in SDC_CLASSES}}


def _table(
    rows: pd.DataFrame, column: str, kind: str = "outcome"
) -> dict[str, dict[str, dict[str, float | None]]]:
    table: dict[str, dict[str, dict[str, float | None]]] = {}
    for row in rows.to_dict("records"):
        share, below = float(row["share"]), float(row["below"])
        table.setdefault(str(row[column]), {})[str(row[kind])] = {
            "n": int(row["n"]),
            "share": None if math.isnan(share) else share,
            "low": float(row["low"]),
            "high": float(row["high"]),
            "below": None if math.isnan(below) else below,
        }
    return table
