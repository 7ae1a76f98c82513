"""A user's own network out of a PyTorch module, by way of ONNX."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sassafras.errors import NetworkError
from sassafras.network.importers.onnx.load import network_of
from sassafras.network.importers.onnx.model_file import read_model
from sassafras.network.importers.onnx.package import onnx_package
from sassafras.network.network import Network


def load_torch(
    module: Any,
    example: Any,
    names: Path | str | None = None,
    output: str | None = None,
    *,
    dynamo: bool = True,
) -> Network:
    """The network of a ``torch.nn.Module``, named after its class. ``example``: an input, float32 (1,
    channels, height, width), whose shape it will have. ``names``, ``output``: as `load_onnx` has them.
    ``dynamo``: which of the two exporters of ``torch.onnx.export`` is used, the newer (it needs the package
    onnxscript) or the older. The module is exported as it is at inference (``eval``), and left as it was.

    torch is needed here alone. Raises NetworkError, also where it is missing or cannot export the module.
    """
    onnx_package()
    try:
        import torch
        import torch.onnx
    except ImportError:
        raise NetworkError(
            "PyTorch modules are read with torch, which is missing: pip install torch, or export the module "
            "where torch is and load the file with load_onnx"
        ) from None
    called = Path(type(module).__name__)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "module.onnx"
        training = module.training
        module.eval()
        try:
            torch.onnx.export(module, (example,), str(file), dynamo=dynamo)
        except Exception as error:  # noqa: BLE001 - whatever somebody else's module and exporter raise
            why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise NetworkError(f"{called}: torch.onnx.export fails: {why}") from None
        finally:
            module.train(training)
        return network_of(read_model(file), called, names, output)
