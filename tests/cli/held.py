"""The command line, held in one phase: ``python -m tests.cli.held PHASE MARK run ...``, run by tests.

When the phase is reached the file ``MARK`` appears; then the phase lasts longer than anyone waits.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sassafras.__main__ import main
from sassafras.campaign import campaign as campaign_module
from sassafras.campaign.execution.workers import Worker
from sassafras.campaign.store.results import Store
from sassafras.cli import selection
from sassafras.report import write

LONG = 60.0  #: seconds

PLACES: dict[str, tuple[Any, str, int]] = {
    "loading": (selection, "choose_source", 0),
    "golden": (Worker, "prepare", 0),
    "injecting": (Worker, "inject", 3),
    "report": (write, "begin_figures", 0),
    "closing": (Store, "close", 0),
}  #: whose function holds the phase, and how many calls of it go through first


def hold(phase: str, mark: Path) -> None:
    """Let that phase last."""
    owner, name, through = PLACES[phase]
    real: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def held(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > through:
            mark.touch()
            time.sleep(LONG)
        return real(*given, **named)

    setattr(owner, name, held)


if __name__ == "__main__":
    campaign_module.BATCH = campaign_module.FEWEST = 5
    hold(sys.argv.pop(1), Path(sys.argv.pop(1)))
    main()
