"""The documented layers are those of the code, with the kernels that they launch."""

from __future__ import annotations

import re

from tests.campaign import networks
from tests.docs.transcripts import ROOT

from sassafras.kernels.registry import KERNELS
from sassafras.network.layers import LAYER_KINDS

ROW = re.compile(r"^\| `\[(\w+)\]` \| ([^|]*) \|", re.MULTILINE)


def test_the_table_of_layers_is_true() -> None:
    launched: dict[str, list[str]] = {}
    for network in (networks.tiny(), networks.residual(), networks.dense()):
        for layer in network.layers:
            kernels = dict.fromkeys(p.kernel for p in network.plan if p.layer == layer.index)
            known = launched.setdefault(layer.kinds[0], [])
            launched[layer.kinds[0]] = max(known, list(kernels), key=len)
    assert set(launched) == {kind.kinds[0] for kind in LAYER_KINDS}
    table = dict(ROW.findall((ROOT / "docs" / "definitions.md").read_text(encoding="utf-8")))
    named = {
        kind: list(dict.fromkeys(word for word in re.findall(r"`(\w+)`", cell) if word in KERNELS))
        for kind, cell in table.items()
    }
    assert named == launched | {"cost": []}
