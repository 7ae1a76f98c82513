"""A fresh campaign in a process of its own, as a user runs it; prints injections and injection seconds.

Run: ``python benchmarks/one_campaign.py PRESET INJECTIONS WORKERS [MODEL.onnx]`` (injections per mode). A
model is struck on two random pictures.
"""

from __future__ import annotations

import sys
import tempfile

import numpy as np

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.presets import preset
from sassafras.network.images import Image
from sassafras.network.importers.onnx.load import load_onnx

SIZE = 224  #: of the pictures of ImageNet's networks


def random_pictures() -> list[Image]:
    """Two, always the same."""
    dice = np.random.Generator(np.random.Philox(2021))
    return [Image(f"random{k}", dice.random((3, SIZE, SIZE), np.float32)) for k in range(2)]


def main() -> None:
    """Run it."""
    name, injections, workers, *model = sys.argv[1:]
    settings = preset(name, injections=int(injections))
    with tempfile.TemporaryDirectory() as folder:
        if model:
            campaign = Campaign(folder, settings, load_onnx(model[0]), random_pictures())
        else:
            campaign = Campaign(folder, settings)
        campaign.run(int(workers))
        print(len(campaign.injections()), campaign.seconds["inject"])
        campaign.store.close()


if __name__ == "__main__":
    main()
