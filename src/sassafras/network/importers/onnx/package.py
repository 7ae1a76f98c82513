"""The package ``onnx``, which is asked for only where a model is read."""

from __future__ import annotations

from types import ModuleType

from sassafras.errors import NetworkError


def onnx_package() -> ModuleType:
    """The package. Raises NetworkError, with what to install, where there is none."""
    try:
        import onnx
        import onnx.external_data_helper
        import onnx.reference
        import onnx.shape_inference
    except ImportError:
        raise NetworkError(
            "ONNX models are read with the package onnx, which is missing: pip install 'sassafras[onnx]'"
        ) from None
    return onnx
