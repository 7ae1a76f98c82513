"""A campaign to be killed: ``python -m tests.campaign.killed FOLDER INJECTIONS``, run by a test."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.campaign import networks
from tests.campaign.rows import make

from sassafras.campaign import campaign as campaign_module

if __name__ == "__main__":
    campaign_module.BATCH = 5
    network = networks.tiny()
    made = make(Path(sys.argv[1]), network, networks.images(network), injections=int(sys.argv[2]))
    made.run(workers=2)
