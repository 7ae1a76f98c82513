"""``harden.json``: every number of a study of hardening, for other programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.campaign.campaign import Campaign
from sassafras.errors import CampaignError
from sassafras.hardening.coverage import Coverage, Coverages
from sassafras.hardening.fates import FATES
from sassafras.hardening.gpu.measurement import Measurement
from sassafras.hardening.mcnemar import Paired
from sassafras.hardening.overhead import CostBook
from sassafras.hardening.plan import Protection
from sassafras.hardening.residual import Residual
from sassafras.hardening.study import Study, replayed_residual
from sassafras.hardening.survivors import Survivor
from sassafras.kernels.cost import Cost
from sassafras.kernels.hardened.technique import Technique
from sassafras.report.files import write_text
from sassafras.report.harden_benefit import benefit_lines
from sassafras.report.harden_model import SCHEMA, checked, read_harden_json
from sassafras.report.plans_json import (
    matrices,
    overhead_content,
    planner_content,
    read_matrices,
    scored_content,
)
from sassafras.report.tables.failures import failure_rows
from sassafras.report.tables.harden import LARGE
from sassafras.report.tables.ranking import ranked_content, share_content

NAME = "harden.json"


def write_harden_json(study: Study) -> Path:
    """Write the numbers to the campaign's folder."""
    path = study.campaign.folder / NAME
    write_text(path, json.dumps(content(study), indent=2, allow_nan=False) + "\n")
    return path


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
                "becomes": found.becomes.tolist(),
                "elsewhere": matrices(found.elsewhere),
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
            "protected_kernels": {mode: _paired(p) for mode, p in study.protected_pairs.items()},
            "all_kernels": {mode: _paired(p) for mode, p in study.all_pairs.items()},
            "corrected_by_voters": dict(study.outvoted),
        },
        "struck": _struck(study),
        "failures": failure_rows(study.failures),
        "benefit": benefit_lines(study),
        "verdict": None
        if study.judgement is None
        else {
            "target": study.judgement.target,
            "verdict": study.judgement.verdict.value,
            "observed": share_content(study.judgement.observed),
            "injections_needed": study.judgement.needed,
        },
        "survivors": [_survivor(s) for s in evaluation.survivors],
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


def _struck(study: Study) -> dict[str, Any] | None:
    """What part of an inference benefit and cost are about."""
    struck = study.struck
    return None if struck is None else asdict(struck)


def _residual(found: Residual) -> dict[str, Any]:
    return {
        "injections": found.injections,
        "critical": share_content(found.critical),
        **{name: share_content(share) for name, share in found.endings},
    }


def _paired(pair: Paired) -> dict[str, Any]:
    return {
        "pairs": pair.pairs,
        "critical_before": pair.before,
        "critical_after": pair.after,
        "both": pair.both,
        "only_before": pair.only_before,
        "only_after": pair.only_after,
        "reduction": pair.reduction,
        "p_value": pair.p_value,
    }


def _survivor(survivor: Survivor) -> dict[str, Any]:
    return {name: value for name, value in vars(survivor).items() if name != "reason"} | {
        "reason": survivor.reason.value
    }


def _table2(study: Study) -> dict[str, Any]:
    book = study.costs
    columns: Mapping[str, Protection] = study.columns
    return {
        "device": study.campaign.settings.architecture.modelled_card().name,
        **_measured_on(study.measurement),
        "columns": {
            name: {
                "protection": dict(protection.chosen),
                "kernels": {k: _cost(book.kernel(k, protection)) for k in book.kernels},
                "whole_model": _cost(book.model(protection)),
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
            f"{kernel}={'none' if technique is None else technique.value}": _cost(cost)
            for (kernel, technique), cost in book.costs.items()
        },
    }


def _without_large(book: CostBook, protection: Protection) -> dict[str, Any]:
    """The overhead of all kernels but the largest; nothing where there is none, or no other."""
    small = [kernel for kernel in book.kernels if kernel != LARGE]
    if not 0 < len(small) < len(book.kernels):
        return {}
    return overhead_content(book.overhead(protection, small), f"overhead_without_{LARGE}")


def _measured_on(found: Measurement | None) -> dict[str, Any]:
    """Which GPU was asked; nothing where none was."""
    if found is None:
        return {}
    return {"measured_on": {"device": found.device, "arch": found.arch, "runs": found.runs}}


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


def _cost(cost: Cost) -> dict[str, Any]:
    return {"invocations": cost.invocations, "instructions": cost.instructions, "seconds": cost.seconds}
