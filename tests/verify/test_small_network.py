"""The small network of the self-check, given as launches, is the network that its description says."""

from __future__ import annotations

import numpy as np

from sassafras.network.importers.darknet.config import parse_cfg
from sassafras.network.network import build_network
from sassafras.verify.small_network import small_network

CFG = """
[net]
height=6
width=6
channels=1
[convolutional]
filters=2
size=3
stride=1
pad=1
activation=relu
[maxpool]
size=2
stride=2
padding=0
[connected]
output=4
activation=linear
[softmax]
"""


def test_it_is_the_workload_of_a_network() -> None:
    """Buffers, places, launches and parts, one by one."""
    given = small_network()
    made = build_network(parse_cfg(CFG).graph, given.contents, given.judgement.answers, given.name)
    assert given.layout == made.layout
    assert given.buffers == made.buffers
    assert given.plan == made.plan
    assert given.parts == made.parts
    assert (given.inputs, given.outputs, given.maps) == (made.inputs, made.outputs, made.maps)
    assert np.array_equal(given.fresh_memory().data, made.fresh_memory().data)
    for name, values in made.parameters.items():
        assert np.array_equal(given.contents[name], values)
