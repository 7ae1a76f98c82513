"""``harden.json``: every number of a study of hardening (`harden_model`), for other programs; plans are read
again for pages and papers. ``harden.txt``: all its tables.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.campaign.campaign import Campaign
from sassafras.errors import CampaignError
from sassafras.hardening.coverage import Coverage, Coverages
from sassafras.hardening.fates import FATES, Numbers, Weights
from sassafras.hardening.gpu.measurement import Measurement
from sassafras.hardening.overhead import CostBook
from sassafras.hardening.plan import Protection
from sassafras.hardening.planner import Choice, Plans, Scored, enumerate_plans
from sassafras.hardening.residual import Residual
from sassafras.hardening.study import Study, replayed_residual
from sassafras.kernels.cost import Overhead
from sassafras.kernels.hardened.technique import Technique
from sassafras.report.files import write_json, write_text
from sassafras.report.harden_lines import benefit_lines
from sassafras.report.harden_model import SCHEMA, checked, read_harden_json
from sassafras.report.renderers.terminal import WIDE, print_tables
from sassafras.report.tables.failures import failure_rows
from sassafras.report.tables.harden import LARGE
from sassafras.report.tables.ranking import ranked_content
from sassafras.report.tables.registry import HARDEN

NAME = "harden.json"
TEXT = "harden.txt"


def write_harden_json(study: Study) -> Path:
    """Write the numbers to the campaign's folder."""
    return write_json(study.campaign.folder / NAME, content(study))


def content(study: Study) -> dict[str, Any]:
    """JSON types only; shares are fractions of 1."""
    return checked(_content(study))


def _content(study: Study) -> dict[str, Any]:
    evaluation = study.evaluation
    return {
        "schema": SCHEMA,
        "campaign": study.campaign.fingerprint(),
        "tolerance": study.critical.tolerance,
        "protection": dict(study.protection.chosen),
        "calibration": None
        if study.protection.calibration is None
        else study.protection.calibration.to_json(),
        "fault_free": None if study.fault_free is None else study.fault_free.to_json(),
        "ranking": [ranked_content(r) for r in study.ranking],
        "table2": _table2(study),
        "plans": len(study.plans),
        "planner": planner_content(study),
        "pareto": [scored_content(study, plan) for plan in study.plans.front],
        "coverage": [
            {
                "kernel": kernel,
                "technique": technique.value,
                "share": found.share,
                "becomes": found.becomes,
                "elsewhere": found.elsewhere,
            }
            for (kernel, technique), found in study.coverages.items()
        ],
        "before": {mode: _residual(r) for mode, r in study.before.items()},
        "fresh": {mode: _residual(r) for mode, r in study.after.items()}
        | {"errors": evaluation.fresh_errors},
        "replay": {
            "endings": _residual(replayed_residual(study)),
            "no_counterpart": sorted(evaluation.no_counterpart),
            "errors": evaluation.replay_errors,
            "protected_kernels": dict(study.protected_pairs),
            "all_kernels": dict(study.all_pairs),
            "corrected_by_voters": dict(study.outvoted),
        },
        "struck": study.struck,
        "failures": failure_rows(study.failures),
        "benefit": benefit_lines(study),
        "verdict": study.judgement,
        "survivors": list(evaluation.survivors),
    }


def known_coverages(campaign: Campaign, critical: Criticality = PLAIN) -> Coverages:
    """Coverages that an earlier study of this very campaign measured, with the same meaning of critical; none
    where there is no such file.
    """
    try:
        stored = read_harden_json(campaign.folder / NAME)
    except (OSError, CampaignError):
        return {}
    if stored is None or stored["campaign"] != json.loads(json.dumps(campaign.fingerprint())):
        return {}
    if stored["tolerance"] != critical.tolerance:
        return {}
    return {
        (row["kernel"], Technique(row["technique"])): Coverage(
            np.array(row["becomes"], float).reshape(len(FATES), len(FATES)),
            row["share"],
            measured=True,
            elsewhere=read_matrices(row["elsewhere"]),
        )
        for row in stored["coverage"]
    }


def _residual(found: Residual) -> dict[str, Any]:
    return {"injections": found.injections, "critical": found.critical, **dict(found.endings)}


def _table2(study: Study) -> dict[str, Any]:
    book = study.costs
    columns: Mapping[str, Protection] = study.columns
    return {
        "device": study.campaign.settings.architecture.modelled_card().name,
        **({} if study.measurement is None else {"measured_on": study.measurement}),
        "columns": {
            name: {
                "protection": dict(protection.chosen),
                "kernels": {k: book.kernel(k, protection) for k in book.kernels},
                "whole_model": book.model(protection),
                **overhead_content(book.overhead(protection)),
                **overhead_content(
                    book.overhead(protection, [r.kernel for r in study.ranking]),
                    "overhead_of_injected_kernels",
                ),
                **_without_large(book, protection),
            }
            | _measured(study.measurement, name)
            for name, protection in columns.items()
        },
        "techniques": {
            f"{kernel}={'none' if technique is None else technique.value}": cost
            for (kernel, technique), cost in book.costs.items()
        },
    }


def _without_large(book: CostBook, protection: Protection) -> dict[str, Any]:
    """The overhead of all kernels but the largest; nothing where there is none, or no other."""
    small = [kernel for kernel in book.kernels if kernel != LARGE]
    if not 0 < len(small) < len(book.kernels):
        return {}
    return overhead_content(book.overhead(protection, small), f"overhead_without_{LARGE}")


def _measured(found: Measurement | None, name: str) -> dict[str, Any]:
    """Seconds on that GPU, and words of results: compared with the twins', and differing."""
    if found is None:
        return {}
    program = found.programs[name]
    return {
        "measured": {
            "kernels": {
                kernel: {
                    "seconds": seconds,
                    "compared_words": program.compared[kernel],
                    "differing_words": program.differing[kernel],
                }
                for kernel, seconds in program.kernel_seconds.items()
            },
            "whole_model": {"seconds": program.seconds},
            "overhead": found.overhead(name),
        }
    }


def planner_content(study: Study) -> dict[str, Any]:
    """What was planned with: weights, seconds of the unhardened inference, and every choice; the chosen
    plan as predicted and as measured, and the points of the front that have names.
    """
    plans = study.plans
    chosen = plans.find(study.protection)
    shs = plans.find(study.named["shs"]) if "shs" in study.named else None
    return {
        "weights": plans.weights,
        "fates": FATES,
        "seconds": plans.seconds,
        "choices": dict(zip(plans.slots, plans.choices, strict=True)),
        "measured": study.weighed,
        "chosen": None if chosen is None else scored_content(study, chosen),
        "shs": None if shs is None else scored_content(study, shs),
        "points": [
            {"key": point.key, "name": point.name, **scored_content(study, point.plan)}
            for point in study.points
        ],
    }


def scored_content(study: Study, plan: Scored) -> dict[str, Any]:
    """A plan: what it is predicted to cost and to leave."""
    return {
        "protection": dict(plan.protection.chosen),
        **overhead_content(study.costs.overhead(plan.protection)),
        "failures": plan.failures,
        "critical": plan.critical,
        "due": plan.due,
        "detected": plan.detected,
    }


def overhead_content(found: Overhead, name: str = "overhead") -> dict[str, Any]:
    """An overhead and its band."""
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def read_plans(content: Mapping[str, Any]) -> Plans:
    """The plans again. ``content``: what `planner_content` made."""
    choices = {slot: [_read_choice(way) for way in ways] for slot, ways in content["choices"].items()}
    return enumerate_plans(choices, content["seconds"], Weights(**content["weights"]))


def _read_choice(content: Mapping[str, Any]) -> Choice:
    return Choice(
        None if content["technique"] is None else Technique(content["technique"]),
        np.array(content["left"]),
        content["seconds"],
        read_matrices(content["elsewhere"]),
    )


def read_matrices(content: Mapping[str, Any] | None) -> dict[str, Numbers] | None:
    """Matrices by kernel, from JSON."""
    if content is None:
        return None
    size = len(FATES)
    return {kernel: np.array(matrix, float).reshape(size, size) for kernel, matrix in content.items()}


def write_harden_text(study: Study, folder: Path) -> Path:
    """Write every table, `WIDE` columns wide, into the campaign's folder; the path."""
    text = io.StringIO()
    print_tables(Console(file=text, width=WIDE, color_system=None), HARDEN.of(content(study)))
    lines = [line.rstrip() for line in text.getvalue().splitlines()]
    write_text(folder / TEXT, "\n".join(lines) + "\n")
    return folder / TEXT
