"""What must be said beside every result of a model that is no definition."""

from __future__ import annotations

from collections.abc import Iterable

from sassafras.faults.model import DRAWN_MODELS, FaultModel, Scope

ALL_LANES = (
    "several lanes: all active lanes of the warp are struck, an assumption (how many is not public), each by "
    "the same class and bits"
)


def said_of(models: Iterable[FaultModel], scope: Scope) -> list[str]:
    """A line for each model from tables: its source, how sure it is, what is assumed; one for lanes."""
    lines = []
    for model in dict.fromkeys(models):
        if model in DRAWN_MODELS or model == FaultModel.MASK:
            continue
        file = model.file
        parts = [f"{model}: {file.says}", f"source: {file.source}", f"of: {file.conditions}", f"sure: {file.sure}"]
        lines.append("; ".join([*parts, *(f"assumed: {text}" for text in file.assumptions)]))
    return [*lines, ALL_LANES] if scope is Scope.LANES else lines
