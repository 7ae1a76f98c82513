"""``sassafras resume``: finish a campaign that was stopped, however it was stopped."""

from __future__ import annotations

from sassafras.cli import cluster
from sassafras.cli import options as given


def resume(
    folder: given.Folder,
    workers: given.Workers = None,
    scheduler: cluster.Scheduler = None,
    local_cluster: cluster.LocalProcesses = None,
    tolerance: given.Tolerance = 0.0,
) -> None:
    """Go on with a stopped campaign, as its folder says.

    The same settings, network and frames; what is stored is not run again; the rows are those of a campaign
    that was never stopped.
    """
    from sassafras.campaign.source import open_campaign
    from sassafras.cli.loudness import phase
    from sassafras.cli.run import carry_out

    critical = given.criticality(tolerance)
    workforce = cluster.choose_workforce(workers, scheduler, local_cluster)
    with phase("loading network"):
        campaign, source = open_campaign(folder)
    carry_out(campaign, workforce, critical, synthetic=source.is_synthetic)
