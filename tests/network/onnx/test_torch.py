"""PyTorch modules by way of ONNX. torch itself is not needed here: what it would write, a stand-in writes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import onnx
import pytest
from tests.network.onnx.made import network, saved, small

import sassafras
from sassafras.errors import NetworkError


class Lenet:
    """Stands in for a ``torch.nn.Module``."""

    training = True

    def eval(self) -> None:
        self.training = False

    def train(self, mode: bool) -> None:
        self.training = mode


@pytest.fixture
def exported_by(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Installs a torch whose exporter is a function of ours."""

    def install(export: Callable[..., None]) -> None:
        torch, exporter = ModuleType("torch"), ModuleType("torch.onnx")
        vars(exporter)["export"] = export
        vars(torch)["onnx"] = exporter
        monkeypatch.setitem(sys.modules, "torch", torch)
        monkeypatch.setitem(sys.modules, "torch.onnx", exporter)

    return install


def test_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(NetworkError) as caught:
        sassafras.load_torch(Lenet(), "an image")
    assert str(caught.value) == (
        "PyTorch modules are read with torch, which is missing: pip install torch, or export the module "
        "where torch is and load the file with load_onnx"
    )


@pytest.mark.parametrize("dynamo", [True, False])
@pytest.mark.parametrize("outside", [True, False])
def test_a_module_is_exported_and_loaded(
    exported_by: Callable[..., None], dynamo: bool, outside: bool
) -> None:
    """As it is at inference, and left as it was; the newer exporter writes weights beside the model."""
    asked: dict[str, Any] = {}

    def export(module: Lenet, example: tuple[str], file: str, **options: Any) -> None:
        asked.update(options, example=example, training=module.training)
        beside = {"save_as_external_data": True, "location": "w.data", "size_threshold": 10}
        saved(small(), Path(file), **(beside if outside else {}))

    exported_by(export)
    module = Lenet()
    found = sassafras.load_torch(module, "an image", dynamo=dynamo)
    assert asked == {"dynamo": dynamo, "example": ("an image",), "training": False}
    assert module.training
    assert found.name == "Lenet"
    assert found.digest == network(small()).digest
    assert len(sassafras.load_torch(module, "", output="g").layers) == len(found.layers) - 1


def test_what_goes_wrong_is_one_line(exported_by: Callable[..., None]) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("no such operator\nand much more")

    exported_by(fails)
    module = Lenet()
    with pytest.raises(NetworkError, match=r"^Lenet: torch.onnx.export fails: no such operator$"):
        sassafras.load_torch(module, "")
    assert module.training
    made = small()
    made.graph.node[0].op_type = "Det"
    exported_by(lambda _module, _example, file, **_: onnx.save(made, file))
    with pytest.raises(NetworkError, match=r"^Lenet: node c: operator Det is not supported"):
        sassafras.load_torch(module, "")
