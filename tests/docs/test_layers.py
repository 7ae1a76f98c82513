"""The documented layers are those of the code, with the kernels that they launch."""

from __future__ import annotations

import re

from tests.campaign import networks
from tests.campaign.darknet_networks import DARKNET
from tests.docs.transcripts import ROOT

from sassafras.kernels.registry import KERNELS
from sassafras.network.importers.darknet.readings import READINGS
from sassafras.network.layers.mapped import Mapped

ROW = re.compile(r"^\| `\[(\w+)\]` \| ([^|]*) \|", re.MULTILINE)


def test_the_table_of_layers_is_true() -> None:
    launched: dict[str, set[str]] = {}
    darknet = [networks.network(cfg) for cfg in DARKNET.values()]
    for network in (networks.tiny(), networks.residual(), networks.dense(), *darknet):
        for layer in network.layers:
            kernels = {p.kernel for p in network.plan if p.part == layer.index}
            launched.setdefault(layer.kind, set()).update(kernels)
    assert set(launched) == {reading.names[0] for reading in READINGS}
    table = dict(ROW.findall((ROOT / "docs" / "definitions.md").read_text(encoding="utf-8")))
    named = {
        kind: {word for word in re.findall(r"`(\w+)`", cell) if word in KERNELS}
        for kind, cell in table.items()
    }
    activations = {mapped.value[0] for mapped in Mapped}  # named below the table, of every layer with one
    assert {kind: kernels - activations for kind, kernels in named.items()} == {
        **{kind: kernels - activations for kind, kernels in launched.items()},
        "cost": set(),
    }
