"""``--fail-if`` and ``--junit``: a stored campaign judged by conditions, for pipelines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from sassafras.analysis.conditions import Condition, Judged
    from sassafras.analysis.critical import Criticality
    from sassafras.campaign.record import CampaignRecord
    from sassafras.faults.model import FaultModel

CONDITION_TRUE = 1  #: exit code

FailIf: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CONDITION",
        help='Exit with 1 if true: "MALFUNCTION.high > 0.5%", "DUE in RF of gemm > 20%" (repeatable).',
    ),
]
Junit: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write the judged conditions as JUnit XML.")
]


def read_conditions(
    fail_if: Sequence[str] | None, junit: Path | None, own: Iterable[FaultModel] = ()
) -> tuple[Condition, ...]:
    """The conditions of ``--fail-if``, read before anything runs. ``own``: fault models beside the built-in
    ones. Raises UsageError for a bad one, and for ``--junit`` without any.
    """
    if not fail_if and junit is None:
        return ()
    from sassafras.analysis.condition_text import parse_condition
    from sassafras.errors import UsageError

    conditions = tuple(parse_condition(text, own) for text in fail_if or ())
    if junit is not None and not conditions:
        raise UsageError("--junit writes the conditions of --fail-if; give at least one")
    return conditions


def models_of_store(place: Path) -> tuple[FaultModel, ...]:
    """The fault models of the campaign in a folder or store. Raises CampaignError."""
    from sassafras.campaign.finished import read_finished

    return read_finished(place).settings.used_models


def models_of_options(texts: Sequence[str] | None) -> tuple[FaultModel, ...]:
    """The fault models that ``--models`` names. Raises UsageError."""
    from sassafras.cli.selection import choose_models

    found = choose_models(texts)
    own = (found.get("mode_models") or {}).values()
    return tuple(model for models in (found.get("models", ()), *own) for model in models)


def judge_store(
    place: Path, conditions: Sequence[Condition], junit: Path | None, critical: Criticality | None = None
) -> None:
    """Judge the campaign in a folder or store, print a line for each condition, write ``junit``.
    ``critical``: what ``CRITICAL`` means; None: the paper's reading.

    Raises typer.Exit with `CONDITION_TRUE` if any is true; CampaignError, UsageError.
    """
    if not conditions:
        return
    from sassafras.analysis.critical import PLAIN
    from sassafras.analysis.judging import judge_campaign
    from sassafras.campaign.finished import read_finished

    stored, meaning = read_finished(place), critical or PLAIN
    tell_judged(place, stored, judge_campaign(stored, conditions, meaning), junit, meaning)


def tell_judged(
    place: Path, stored: CampaignRecord, judged: Sequence[Judged], junit: Path | None, meaning: Criticality
) -> None:
    """Print a line for each condition, write ``junit``. Raises typer.Exit as `judge_store`."""
    from rich.console import Console

    from sassafras.analysis.events import Event

    console = Console()
    for one in judged:
        word = "FAILED" if one.is_true else "passed"
        line = f"{word}: fail if {one.condition.text}: it is {one.measured}"
        console.print(line, highlight=False, soft_wrap=True, markup=False)
        if one.note:
            console.print(f"note: {one.note}", highlight=False, soft_wrap=True, markup=False)
    if not meaning.is_plain and any(one.condition.event is Event.CRITICAL for one in judged):
        console.print(f"critical: {meaning.words}", highlight=False, soft_wrap=True, markup=False)
    if junit is not None:
        _write(junit, place, stored, judged, meaning)
    if any(one.is_true for one in judged):
        raise typer.Exit(CONDITION_TRUE)


def _write(
    path: Path,
    place: Path,
    stored: CampaignRecord,
    judged: Sequence[Judged],
    critical: Criticality,
) -> None:
    from sassafras.report.junit import write_junit

    settings = stored.settings
    properties = {
        "campaign": str(place),
        "version": str(stored.fingerprint["version"]),
        "network": str(stored.fingerprint["network"]),
        "arch": settings.arch,
        "modes": ",".join(settings.modes),
        "models": settings.models_text,
        "scope": settings.scope.value,
        "kernels": ",".join(settings.kernels),
        "frames": str(stored.frames),
        "seed": str(settings.seed),
        "planned": str(sum(stored.planned.values())),
        "injected": str(len(stored.injections)),
        "errors": str(len(stored.errors)),
    }
    ways = {"stratify": settings.stratify, "until": settings.until}
    properties |= {name: str(value) for name, value in ways.items() if value is not None}
    properties |= {} if critical.is_plain else {"tolerance": f"{critical.tolerance:g}"}
    write_junit(path, str(place), judged, properties, stored.seconds["total"], datetime.now(UTC))
