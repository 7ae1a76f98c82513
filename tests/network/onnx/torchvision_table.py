"""torchvision's architectures with random weights, exported both ways and run, beside PyTorch:

python -m tests.network.onnx.torchvision_table              # all, and the table in the documentation
python -m tests.network.onnx.torchvision_table resnet50     # these alone, printed with the differences

It needs torch, torchvision and onnxscript: pip install 'sassafras[peers]'. Exit code 1 where one differs.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from tests.network.onnx.table import put

import sassafras
from sassafras.network.network import Network
from sassafras.workload.running import run_twins

PART = "torchvision"
HEAD = "| architecture | input | layers | parameters | newer exporter | older exporter |"
TOLERANCE = 2e-5  #: of the largest output; if PyTorch's own binary32 result is further off, twice that
SIZES = {  #: height and width; 64 where the architecture takes it
    "inception_v3": 96,
    "vgg16": 224,  # 7 x 7 behind its last pool, so that adaptive pooling does nothing
    "vgg16_bn": 224,
}
SMALL = 64
ARCHITECTURES = (
    *("vgg16", "vgg16_bn", "resnet18", "resnet50", "resnext50_32x4d", "densenet121", "densenet201"),
    *("squeezenet1_0", "squeezenet1_1", "googlenet", "inception_v3", "mobilenet_v2", "mobilenet_v3_small"),
    *("mobilenet_v3_large", "efficientnet_b0", "mnasnet1_0", "regnet_x_400mf", "regnet_y_400mf"),
    "shufflenet_v2_x1_0",
)


@dataclass(frozen=True)
class Exported:
    """By one exporter. ``worst``: the largest difference from binary64, as a share of the largest output."""

    layers: int
    worst: float


@dataclass(frozen=True)
class Row:
    """An architecture, by the newer exporter and by the older. ``own``: ``worst`` of PyTorch in binary32."""

    name: str
    size: int
    parameters: int
    own: float
    exports: tuple[Exported, ...]

    @property
    def results(self) -> tuple[str, ...]:
        """For the table: as close as PyTorch, twice over, is to rounding."""
        within = max(TOLERANCE, 2 * self.own)
        return tuple("agrees" if of.worst <= within else f"differs by {of.worst:.2g}" for of in self.exports)

    def __str__(self) -> str:
        layers = sorted({of.layers for of in self.exports})
        cells = (f"`{self.name}`", f"3 x {self.size} x {self.size}", " or ".join(map(str, layers)))
        return f"| {' | '.join((*cells, f'{self.parameters:,}', *self.results))} |"


def torchvision() -> Any:
    """The package. A build for GPUs beside a PyTorch without lacks detectors' operators: it is imported
    without their stand-ins, which no classifier needs.
    """
    import torch

    real = torch.library.register_fake

    def register(name: Any, *arguments: Any, **options: Any) -> Any:
        if str(name).startswith("torchvision::"):
            return lambda function: function
        return real(name, *arguments, **options)

    with patch.object(torch.library, "register_fake", register):
        import torchvision as found
    return found


def architecture(name: str, size: int) -> tuple[Any, Any]:
    """With random weights, in which batch normalisation normalises; and a random picture."""
    import torch

    torch.manual_seed(1)
    without = {"aux_logits": False, "init_weights": True} if name in ("googlenet", "inception_v3") else {}
    module = getattr(torchvision().models, name)(**without).eval()
    norms = [part for part in module.modules() if isinstance(part, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.train()
        norm.momentum = 1
        torch.nn.init.uniform_(norm.weight, 0.5, 1.5)
        torch.nn.init.normal_(norm.bias, 0, 0.1)
    with torch.inference_mode():
        module(torch.rand(4, 3, size, size))
    return module.eval(), torch.rand(1, 3, size, size)


def row_of(name: str) -> Row:
    """Of an architecture."""
    import torch

    size = SIZES.get(name, SMALL)
    module, picture = architecture(name, size)
    with torch.inference_mode():
        own = module(picture).numpy().reshape(-1)
        exact = module.double()(picture.double()).numpy().reshape(-1)
    module.float()
    exports = []
    for dynamo in (True, False):
        network, found = _run(module, picture, dynamo=dynamo)
        exports.append(Exported(len(network.layers), _share(found, exact)))
    count = sum(parameter.numel() for parameter in module.parameters())
    return Row(name, size, count, _share(own, exact), tuple(exports))


def _run(module: Any, picture: Any, *, dynamo: bool) -> tuple[Network, NDArray[np.float32]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporters', about themselves
        network = sassafras.load_torch(module, picture, dynamo=dynamo)
    memory = network.fresh_memory()
    network.load(memory, picture[0].numpy())
    run_twins(network, memory)
    return network, network.result(memory).numbers


def _share(found: NDArray[np.float32], exact: NDArray[np.float64]) -> float:
    return float(np.abs(found - exact).max() / np.abs(exact).max())


def lines_of(rows: Sequence[Row]) -> list[str]:
    """The table."""
    return [HEAD, "|" + "---|" * (HEAD.count("|") - 1), *map(str, rows)]


def main(arguments: Sequence[str], say: Callable[[str], Any] = sys.stdout.write) -> int:
    """The command."""
    rows = []
    for name in arguments or ARCHITECTURES:
        row = row_of(name)
        shares = ", ".join(f"{of.worst:.1g}" for of in row.exports)
        say(f"{row} {shares}; PyTorch {row.own:.1g}\n")
        sys.stdout.flush()
        rows.append(row)
    if not arguments:
        put(PART, lines_of(rows))
    return int(any(set(row.results) != {"agrees"} for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
