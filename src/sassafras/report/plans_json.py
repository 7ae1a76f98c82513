"""Plans of protection in ``harden.json``: written, and read again for pages and papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sassafras.hardening.fates import FATES, Numbers, Weights
from sassafras.hardening.planner import Choice, Plans, Scored, enumerate_plans
from sassafras.hardening.study import Study
from sassafras.kernels.cost import Overhead
from sassafras.kernels.hardened.technique import Technique


def planner_content(study: Study) -> dict[str, Any]:
    """What was planned with: weights, seconds of the unhardened inference, and every choice; the chosen
    plan as predicted and as measured, and the points of the front that have names.
    """
    plans = study.plans
    chosen = plans.find(study.protection)
    shs = plans.find(study.named["shs"]) if "shs" in study.named else None
    return {
        "weights": vars(plans.weights),
        "fates": [fate.value for fate in FATES],
        "seconds": plans.seconds,
        "choices": {
            slot: [_choice(choice) for choice in ways]
            for slot, ways in zip(plans.slots, plans.choices, strict=True)
        },
        "measured": {
            "failures": study.weighed.value,
            "low": study.weighed.low,
            "high": study.weighed.high,
        },
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


def _choice(choice: Choice) -> dict[str, Any]:
    return {
        "technique": None if choice.technique is None else choice.technique.value,
        "left": choice.left.tolist(),
        "seconds": choice.seconds,
        "elsewhere": matrices(choice.elsewhere),
    }


def _read_choice(content: Mapping[str, Any]) -> Choice:
    return Choice(
        None if content["technique"] is None else Technique(content["technique"]),
        np.array(content["left"]),
        content["seconds"],
        read_matrices(content["elsewhere"]),
    )


def matrices(found: Mapping[str, Numbers] | None) -> dict[str, Any] | None:
    """Matrices by kernel, as JSON."""
    return None if found is None else {kernel: matrix.tolist() for kernel, matrix in found.items()}


def read_matrices(content: Mapping[str, Any] | None) -> dict[str, Numbers] | None:
    """What `matrices` made."""
    if content is None:
        return None
    size = len(FATES)
    return {kernel: np.array(matrix, float).reshape(size, size) for kernel, matrix in content.items()}
