"""The command line, storing every few rows: ``python -m tests.cli.small_batches run ...``, run by tests."""

from __future__ import annotations

from sassafras.campaign import campaign as campaign_module
from sassafras.cli.main import main

if __name__ == "__main__":
    campaign_module.BATCH = campaign_module.FEWEST = 5
    main()
