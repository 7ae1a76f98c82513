"""A campaign on a local dask cluster that waits for Ctrl-C: ``python -m tests.campaign.interrupted FOLDER
INJECTIONS``.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from tests.campaign import networks
from tests.campaign.rows import make

from sassafras.campaign import campaign as campaign_module
from sassafras.campaign.execution.dask_pool import LocalCluster
from sassafras.errors import CampaignInterrupted

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started us may have ignored it
    campaign_module.BATCH = 5
    network = networks.tiny()
    made = make(Path(sys.argv[1]), network, networks.images(network), injections=int(sys.argv[2]))
    try:
        made.run(LocalCluster(2))
    except CampaignInterrupted as stopped:
        print(stopped, file=sys.stderr)  # noqa: T201
