"""Who does the work: processes of this machine, or dask workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from sassafras.campaign.execution.dask_pool import DaskScheduler, LocalCluster

    Workforce: TypeAlias = int | DaskScheduler | LocalCluster

Scheduler: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Work on the workers of a dask scheduler: tcp://HOST:PORT"),
]
LocalProcesses: TypeAlias = Annotated[
    int | None,
    typer.Option("--local-cluster", metavar="N", min=1, help="Work on N dask processes of this machine."),
]


def choose_workforce(workers: int | None, scheduler: str | None, local: int | None) -> Workforce:
    """What the options say; processes on every core when they say nothing. Raises UsageError where they
    contradict each other.
    """
    from sassafras.campaign.execution.limits import check_workers
    from sassafras.cli.cores import available_cores
    from sassafras.errors import UsageError

    given = {"--workers": workers, "--scheduler": scheduler, "--local-cluster": local}
    chosen = [name for name, value in given.items() if value is not None]
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(chosen)} both say who does the work; give one of them")
    check_workers(workers or local or 1)
    if scheduler is None and local is None:
        return workers or available_cores()
    from sassafras.campaign.execution.dask_pool import DaskScheduler, LocalCluster

    return LocalCluster(local) if local is not None else DaskScheduler(scheduler or "")


def described(workforce: Workforce) -> str:
    """For people: "2 workers", "dask workers of tcp://node1:8786"."""
    if isinstance(workforce, int):
        return f"{workforce} worker{'s' * (workforce != 1)}"
    return str(workforce)
