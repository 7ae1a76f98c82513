"""The layers of a network struck in machine code, and in one value that they hand on (docs/cross-level.md).

    python benchmarks/cross_level.py [--faults N] [--workers N] [--seed N] [--tolerance T] [--model FILE.onnx]

Machine code: single bits of destination values (IOV) of every kernel, N in each layer. Tensor level: one bit
of one value of the layer's output, each as likely, as PyTorchFI, MRFI and other tools strike it; struck in
device memory before the launch behind the layer, so that both run on the same bits ever after. The last layer
hands nothing on.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from enum import Enum

import numpy as np
import pandas as pd
from one_campaign import random_pictures

from sassafras.analysis.critical import Criticality
from sassafras.analysis.cross_level import Agreement, LayerLevels, agreement, counts_of, layer_levels
from sassafras.analysis.differences import Difference
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.presets import preset
from sassafras.faults.ids import fault_id
from sassafras.faults.model import Draw, FaultModel, Mode, Scope
from sassafras.faults.strata import Stratify
from sassafras.network.importers.onnx.load import load_onnx
from sassafras.simulation.injector import Injector
from sassafras.simulation.workbench import Workbench
from sassafras.workload.workload import Workload

WORD = 4  #: bytes of a value


def machine_rows(campaign: Campaign, workers: int) -> pd.DataFrame:
    """Rows of faults in machine code."""
    campaign.run(workers)
    return campaign.injections()


def tensor_rows(campaign: Campaign, faults: int, seed: int) -> pd.DataFrame:
    """Rows of faults in what layers hand on; ``faults`` of each layer but the last."""
    bench = Workbench(campaign.network, campaign.images)
    injector = Injector(bench, campaign.settings.rules)
    draws = list(_draws(campaign.network, len(campaign.images), faults, seed))
    layer_of = {draw.id: layer for layer, draw in draws}
    rows = []
    for frame in range(len(campaign.images)):
        found, errors = injector.inject_all(frame, [draw for _, draw in draws if draw.frame == frame])
        assert not errors, errors[:3]
        rows += [asdict(row) | {"layer": layer_of[row.id]} for row in found]
    return pd.DataFrame(rows).map(lambda value: value.value if isinstance(value, Enum) else value)


def _draws(network: Workload, frames: int, faults: int, seed: int) -> Iterator[tuple[int, Draw]]:
    """Layers with faults in what they hand on."""
    last = {planned.part: planned.index for planned in network.plan}
    count = 0
    for part in network.parts:
        behind = last.get(part.index, len(network.plan)) + 1
        if behind >= len(network.plan):
            continue
        start = (network.region(part.output).address - network.layout.base) // WORD
        values = part.output.nbytes // WORD
        dice = np.random.Generator(np.random.Philox(key=[seed, part.index]))
        places = dice.integers(values, size=faults)
        bits = dice.integers(2**64, size=faults, dtype=np.uint64)  # as whoever picks a bit expects them
        for number in range(faults):
            word, draw_id = start + int(places[number]), fault_id(Mode.MEM, count)
            count += 1
            yield part.index, Draw(
                draw_id, Mode.MEM, FaultModel.SINGLE_BIT, Scope.THREAD, number % frames, behind, 0, 0, word,
                0, int(bits[number]), 0, longest=1,
            )  # fmt: skip


def levels_of(
    network: Workload, machine: pd.DataFrame, tensor: pd.DataFrame, critical: Criticality
) -> tuple[LayerLevels, ...]:
    """Both levels, layer by layer."""
    found = [
        {f"{part.index} {part.kind}": counts_of(own, critical) for part in network.parts
         if len(own := rows[rows["layer"] == part.index])}
        for rows in (machine, tensor)
    ]  # fmt: skip
    return layer_levels([f"{part.index} {part.kind}" for part in network.parts], *found)


def _difference(found: Difference) -> str:
    return f"{found.value * 100:+.1f} ({found.low * 100:+.1f} to {found.high * 100:+.1f})"


def _table(levels: Sequence[LayerLevels]) -> None:
    heads = (
        "layer",
        "machine code: DUE",
        "reach memory",
        "critical",
        "tensor level: critical",
        "bias, points",
    )
    print("| " + " | ".join([*heads, "bias, of those that reach memory"]) + " |")
    print("|---" * (len(heads) + 1) + "|")
    for one in levels:
        m, t = one.machine, one.tensor
        shares = [m.due / m.total, m.reached / m.total, m.critical / m.total, t.critical / t.total]
        cells = [one.layer, *(f"{share * 100:.1f} %" for share in shares)]
        print("| " + " | ".join([*cells, _difference(one.bias), _difference(one.bias_reached)]) + " |")


def _said(name: str, found: Agreement) -> None:
    if found.rho is None:
        print(f"{name}: a level does not tell its layers apart")
    else:
        print(f"{name}: Spearman's rho {found.rho:.2f} (p {found.rho_p:.2g}), Kendall's tau {found.tau:.2f} "
              f"(p {found.tau_p:.2g})")  # fmt: skip


def main() -> None:
    """Run both levels, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--faults", type=int, default=2000, help="of each layer and level")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=2018)
    parser.add_argument("--tolerance", type=float, default=0.0, help="least change that is critical")
    parser.add_argument("--model", help="an ONNX model, struck on two random pictures")
    given = parser.parse_args()
    settings = preset(
        "all", modes=(Mode.IOV,), seed=given.seed, stratify=Stratify.LAYER, per_stratum=given.faults
    )
    with tempfile.TemporaryDirectory() as folder:
        own = (load_onnx(given.model), random_pictures()) if given.model else ()
        campaign = Campaign(folder, settings, *own)
        machine = machine_rows(campaign, given.workers)
        tensor = tensor_rows(campaign, given.faults, given.seed)
        network = campaign.network
        campaign.store.close()
    for tolerance in dict.fromkeys((given.tolerance, 0.01)):
        critical = Criticality(tolerance)
        levels = levels_of(network, machine, tensor, critical)
        print(f"\ncritical: {critical.words}")
        _table(levels)
        _said("order of the layers, all faults", agreement(levels))
        _said("order of the layers, faults that reach memory", agreement(levels, reached=True))


if __name__ == "__main__":
    main()
