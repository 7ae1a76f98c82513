"""``sassafras fit``: failures in time of the register file."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Annotated

import typer

from sassafras.cli import options as given

if TYPE_CHECKING:
    from sassafras.analysis.raw_rates import MultiBitShare, RateBand


def fit(
    folder: given.Finished,
    raw: Annotated[
        str | None,
        typer.Option(
            "--raw-fit-per-mbit",
            metavar="X|LOW-HIGH",
            help="Your own raw soft-error rate, FIT per Mbit [default: cited rates of the card's process]",
        ),
    ] = None,
    multi_bit: Annotated[
        str | None,
        typer.Option(
            "--multi-bit-share",
            metavar="X|LOW-HIGH",
            help="Share of upsets that ECC cannot correct, such as 0-5% [default: 0-30%]",
        ),
    ] = None,
    tolerance: given.Tolerance = 0.0,
    workers: given.Workers = None,
) -> None:
    """Failures in time of the register file, beside 10 FIT.

    Per outcome, kernel and layer; with and without hardening and ECC. From the single-bit register-file
    faults of DIR, and of every protection evaluated in it.
    """
    from rich.console import Console

    from sassafras.campaign.source import check_finished, open_campaign
    from sassafras.cli.cores import available_cores
    from sassafras.cli.loudness import phase
    from sassafras.cli.progress import shown_progress
    from sassafras.hardening.fit_study import fit_study
    from sassafras.report.fit_files import closing_lines, write_fit_files
    from sassafras.report.renderers.terminal import print_tables
    from sassafras.report.tables.registry import FIT

    band, share, critical = parse_raw(raw), parse_multi_bit(multi_bit), given.criticality(tolerance)
    with phase("loading network"):
        campaign, _ = open_campaign(folder)
    check_finished(campaign)
    with shown_progress(Console(stderr=True)) as progress:
        found = fit_study(campaign, band, share, workers or available_cores(), progress, critical)
    answers, vocabulary = Console(), campaign.network.vocabulary
    print_tables(answers, FIT.of(found), vocabulary)
    paths = write_fit_files(folder, found)
    for line in (
        *map(vocabulary.said, closing_lines(found)),
        f"files: {', '.join(str(path) for path in paths)}",
    ):
        answers.print(line, highlight=False, soft_wrap=True)


def parse_raw(text: str | None) -> RateBand | None:
    """Read --raw-fit-per-mbit. Raises UsageError."""
    from sassafras.analysis.raw_rates import given_band

    return None if text is None else given_band(*parse_range("--raw-fit-per-mbit", text))


def parse_multi_bit(text: str | None) -> MultiBitShare | None:
    """Read --multi-bit-share. Raises UsageError."""
    from sassafras.analysis.raw_rates import MultiBitShare
    from sassafras.errors import UsageError

    if text is None:
        return None
    scale = 100.0 if text.strip().endswith("%") else 1.0
    low, high = parse_range("--multi-bit-share", text.strip().removesuffix("%"))
    if high > scale:
        raise UsageError(f"--multi-bit-share {text}: a share is at most 1 (100%)")
    return MultiBitShare(low / scale, high / scale, "given by the user")


def parse_range(option: str, text: str) -> tuple[float, float]:
    """Read one number of 0 or more, or two with a dash between them, the smaller first. Raises UsageError."""
    from sassafras.errors import UsageError

    number = r"\s*(\d+\.?\d*(?:[eE][+-]?\d+)?)\s*"
    found = re.fullmatch(f"{number}(?:-{number})?", text)
    low, high = (float(found[1]), float(found[2] or found[1])) if found else (1.0, 0.0)
    if low > high or math.isinf(high):
        raise UsageError(f"{option} {text}: give a number such as 15, or a range such as 10-25")
    return low, high
