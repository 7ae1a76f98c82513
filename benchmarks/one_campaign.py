"""A fresh campaign in a process of its own, as a user runs it; prints injections and injection seconds.

Run: ``python benchmarks/one_campaign.py PRESET INJECTIONS WORKERS`` (injections per mode).
"""

from __future__ import annotations

import sys
import tempfile

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.presets import preset


def main() -> None:
    """Run it."""
    name, injections, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(folder, preset(name).model_copy(update={"injections": injections}))
        campaign.run(workers)
        print(len(campaign.injections()), campaign.seconds["inject"])
        campaign.store.close()


if __name__ == "__main__":
    main()
