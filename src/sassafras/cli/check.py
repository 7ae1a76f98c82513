"""``sassafras check``: a finished campaign judged by conditions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sassafras.cli import options as given
from sassafras.cli.completion import campaigns
from sassafras.cli.judging import FailIf, Junit, judge_store, models_of_store, read_conditions


def check(
    place: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            help="Folder of a finished campaign, or a store (DIR/harden/*.sqlite).",
            autocompletion=campaigns,
        ),
    ],
    tolerance: given.Tolerance = 0.0,
    fail_if: FailIf = None,
    junit: Junit = None,
) -> None:
    """Judge a campaign by conditions: exit code 1 if one is true.

    A condition: OUTCOME or SEVERITY [.low|.high|.share|.count] [in MODE] [of KERNEL] [layer N], > >= < or
    <=, and a value such as 0.5%. The paper's Malfunction (wrong class or invalid output): PAPER_MALFUNCTION.
    """
    from sassafras.errors import UsageError

    conditions = read_conditions(fail_if, junit, models_of_store(place) if fail_if else ())
    if not conditions:
        raise UsageError('nothing to judge: give --fail-if, for example --fail-if "MALFUNCTION.high > 0.5%"')
    judge_store(place, conditions, junit, given.criticality(tolerance))
