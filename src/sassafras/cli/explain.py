"""``sassafras explain``: what exactly did one fault do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sassafras.cli.completion import campaigns

if TYPE_CHECKING:
    from sassafras.explanation.case import Case
    from sassafras.explanation.story import Explanation
    from sassafras.progress import Progress

SHOWN = 12  #: instructions of the thread in the terminal


def explain(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            help="A campaign's folder, or a store in its harden folder (*.sqlite).",
            autocompletion=campaigns,
        ),
    ],
    fault: Annotated[
        str, typer.Argument(metavar="ID", help="Id of the fault (417), or mode and number (IOV:417).")
    ],
    html: Annotated[
        bool, typer.Option("--html", help="Write a page, with pictures of the corrupted feature maps.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where the page goes [default: DIR/explain/IOV-417.html]"),
    ] = None,
    trace: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the thread's whole trace as CSV.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
    steps: Annotated[
        int, typer.Option(metavar="N", min=1, help="Instructions of the thread to show.")
    ] = SHOWN,
) -> None:
    """Replay one fault and tell what it did, from registers to layers.

    It ends as it is stored, bit for bit; where it does not, that is an error.
    """
    from rich.console import Console

    from sassafras.cli.progress import shown_progress
    from sassafras.explanation.tell import explain as tell
    from sassafras.report.explain_data import explain_json
    from sassafras.report.explain_text import print_story

    speaking = Console(stderr=True)
    with shown_progress(speaking) as progress:
        case = open_any(folder, fault, progress)
        explanation = tell(case)
    if json:
        typer.echo(explain_json(explanation.story), nl=False)
    else:
        print_story(Console(), explanation.story, steps)
    for written in _write(explanation, folder, out, trace, html=html or out is not None):
        typer.echo(written, err=json)


def open_any(folder: Path, fault: str, progress: Progress) -> Case:
    """The case in a campaign's folder, or in a store of its harden folder. Raises SassafrasError."""
    from sassafras.campaign.source import open_campaign
    from sassafras.explanation.case import open_case
    from sassafras.hardening.reopen import open_hardened_case

    if folder.is_file():
        return open_hardened_case(folder, fault, progress)
    campaign, _ = open_campaign(folder)
    return open_case(campaign, fault, progress)


def default_page(folder: Path, name: str) -> Path:
    """``DIR/explain/IOV-417.html``; beside a hardened store, in a folder of its name."""
    file = f"{name.replace(':', '-')}.html"
    return folder.parent / "explain" / folder.stem / file if folder.is_file() else folder / "explain" / file


def _write(
    explanation: Explanation, folder: Path, out: Path | None, trace: Path | None, *, html: bool
) -> list[str]:
    """Write the files that are asked for; a line about each."""
    from sassafras.errors import UsageError
    from sassafras.explanation.whole_trace import whole_trace
    from sassafras.report.explain_data import write_trace
    from sassafras.report.files import write_text
    from sassafras.report.page.explain import explain_page

    if trace is not None and explanation.story.memory is not None:
        raise UsageError(f"--trace: {explanation.story.name} strikes memory, and no thread: leave it out")
    lines = []
    if html:
        page = out or default_page(folder, explanation.story.name)
        write_text(page, explain_page(explanation))
        lines.append(f"page:  {page}")
    if trace is not None:
        rows = write_trace(trace, whole_trace(explanation.replay))
        lines.append(f"trace: {trace} ({rows:,} instructions)")
    return ["", *lines] if lines else []
