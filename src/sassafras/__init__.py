"""Sassafras: faults injected into GPU machine code, emulated on the CPU, and what becomes of a network.

In a few lines:

    import sassafras

    network = sassafras.load_alexnet()  # or load_onnx("my.onnx"), load_darknet("my.cfg", "my.weights")
    campaign = sassafras.Campaign("runs/mine", sassafras.preset("paper"), network)
    campaign.run(workers=2)
    print(sassafras.ckv(campaign.injections(), "IOV"))

Names are imported when first used, so that ``import sassafras`` is instant.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sassafras.analysis.vulnerability import ckv, clv
    from sassafras.api import check, compare, explain, fit, harden, open, write_report  # noqa: A004
    from sassafras.campaign.campaign import Campaign
    from sassafras.campaign.design.presets import preset
    from sassafras.campaign.design.settings import Settings
    from sassafras.errors import SassafrasError
    from sassafras.faults.model import FaultModel, Mode, Scope
    from sassafras.faults.own import OwnFault
    from sassafras.isa.groups import Group
    from sassafras.network.alexnet import load_alexnet
    from sassafras.network.frames import render_frames
    from sassafras.network.images import load_images
    from sassafras.network.importers.darknet.load import load_darknet
    from sassafras.network.importers.onnx.load import load_onnx
    from sassafras.network.importers.onnx.torch_module import load_torch
    from sassafras.network.lenet import load_lenet
    from sassafras.report.plots import plots
    from sassafras.workload.own.load import load_workload, make_workload

__version__ = "0.1.0"

#: Where workloads come from (`sassafras.workload.source`): kind, module and class. The first is the default.
SOURCES = {
    "network": "sassafras.network.source:NetworkSource",
    "own": "sassafras.workload.own.source:OwnSource",
}

_HOME_OF = {
    "Campaign": "sassafras.campaign.campaign",
    "FaultModel": "sassafras.faults.model",
    "Group": "sassafras.isa.groups",
    "Mode": "sassafras.faults.model",
    "OwnFault": "sassafras.faults.own",
    "SassafrasError": "sassafras.errors",
    "Scope": "sassafras.faults.model",
    "Settings": "sassafras.campaign.design.settings",
    "check": "sassafras.api",
    "ckv": "sassafras.analysis.vulnerability",
    "clv": "sassafras.analysis.vulnerability",
    "compare": "sassafras.api",
    "explain": "sassafras.api",
    "fit": "sassafras.api",
    "harden": "sassafras.api",
    "load_alexnet": "sassafras.network.alexnet",
    "load_darknet": "sassafras.network.importers.darknet.load",
    "load_images": "sassafras.network.images",
    "load_lenet": "sassafras.network.lenet",
    "load_onnx": "sassafras.network.importers.onnx.load",
    "load_torch": "sassafras.network.importers.onnx.torch_module",
    "load_workload": "sassafras.workload.own.load",
    "make_workload": "sassafras.workload.own.load",
    "open": "sassafras.api",
    "plots": "sassafras.report.plots",
    "preset": "sassafras.campaign.design.presets",
    "render_frames": "sassafras.network.frames",
    "write_report": "sassafras.api",
}

__all__ = [
    "Campaign",
    "FaultModel",
    "Group",
    "Mode",
    "OwnFault",
    "SassafrasError",
    "Scope",
    "Settings",
    "__version__",
    "check",
    "ckv",
    "clv",
    "compare",
    "explain",
    "fit",
    "harden",
    "load_alexnet",
    "load_darknet",
    "load_images",
    "load_lenet",
    "load_onnx",
    "load_torch",
    "load_workload",
    "make_workload",
    "open",
    "plots",
    "preset",
    "render_frames",
    "write_report",
]


def __getattr__(name: str) -> Any:
    """Import a public name from where it lives."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'sassafras' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    """The public names too that have not been used yet."""
    return sorted({*globals(), *__all__})
