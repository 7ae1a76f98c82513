"""What must be said beside every result of a model that is no definition."""

from __future__ import annotations

from collections.abc import Iterable

from sassafras.faults.model import DRAWN_MODELS, FaultModel, Scope

ALL_LANES = (
    "several lanes: all active lanes of the warp are struck, an assumption (how many is not public), each by "
    "the same class and bits"
)


def said_of(models: Iterable[FaultModel], scope: Scope) -> list[str]:
    """A line for each model that is no definition: source, how sure it is, what is assumed; one for lanes."""
    lines = []
    for model in _from_tables(models):
        file = model.file
        known = f"{file.says}; source: {file.source}; of: {file.conditions}; sure: {file.sure}"
        lines.append(f"{model}: {known}; {_assumed(model)}")
    return [*lines, ALL_LANES] if scope is Scope.LANES else lines


def assumed_of(models: Iterable[FaultModel], scope: Scope) -> list[str]:
    """The same, of each model what is assumed alone."""
    lines = [f"{model} ({model.file.sure}): {_assumed(model)}" for model in _from_tables(models)]
    return [*lines, ALL_LANES] if scope is Scope.LANES else lines


def _assumed(model: FaultModel) -> str:
    return "assumed: " + ("; ".join(model.file.assumptions) or "nothing beyond its tables")


def _from_tables(models: Iterable[FaultModel]) -> list[FaultModel]:
    return [m for m in dict.fromkeys(models) if m not in DRAWN_MODELS and m != FaultModel.MASK]
