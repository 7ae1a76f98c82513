"""A model file, and the files beside it that hold its weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sassafras.errors import NetworkError
from sassafras.network.importers.darknet.text_files import check_kind
from sassafras.network.importers.onnx.package import onnx_package
from sassafras.network.importers.onnx.refusal import Reason, RefusedError, about

if TYPE_CHECKING:
    from onnx import ModelProto

OLDEST_OPSET = 6
DOMAINS = ("", "ai.onnx")  #: two names of ONNX's own operators
WANTED = "an ONNX model"


def read_model(path: Path) -> ModelProto:
    """The model of a file, with its external data in place. Raises NetworkError with the path."""
    with about(path):
        try:
            data = path.read_bytes()
        except OSError as error:
            raise NetworkError(f"cannot read the model: {error.strerror or error}") from None
        return _with_weights(parse_model(data), path)


def parse_model(data: bytes) -> ModelProto:
    """The model of these bytes, external data left where it is. Raises NetworkError for what is no model, and
    RefusedError for operators older than ours.
    """
    onnx = onnx_package()
    from google.protobuf.message import DecodeError

    check_kind(data, WANTED)
    try:
        model: ModelProto = onnx.load_model_from_string(data)
    except DecodeError:
        raise NetworkError(
            f"{len(data)} bytes are not {WANTED}, or not all of it: fetch or export it again"
        ) from None
    if not model.ir_version or not model.opset_import or not model.graph.output:
        raise NetworkError(f"{len(data)} bytes are not {WANTED}: there is no graph in it")
    opset = opset_of(model)
    newest = onnx.defs.onnx_opset_version()
    if opset > newest:
        raise NetworkError(
            f"operators of opset {opset}; the installed onnx knows up to {newest}: pip install -U onnx"
        )
    if opset < OLDEST_OPSET:
        raise RefusedError(
            f"operators of opset {opset}; read are {OLDEST_OPSET} and newer: "
            "convert it with onnx.version_converter",
            Reason.OPERATOR,
        )
    return model


def opset_of(model: ModelProto) -> int:
    """The version of ONNX's own operators; the newest known where a model uses others alone."""
    versions = [entry.version for entry in model.opset_import if entry.domain in DOMAINS]
    return versions[0] if versions else int(onnx_package().defs.onnx_opset_version())


def _with_weights(model: ModelProto, path: Path) -> ModelProto:
    """External data read into the model."""
    onnx = onnx_package()
    helper = onnx.external_data_helper
    outside = [tensor for tensor in model.graph.initializer if helper.uses_external_data(tensor)]
    for tensor in outside:
        place = next((entry.value for entry in tensor.external_data if entry.key == "location"), "?")
        try:
            helper.load_external_data_for_tensor(tensor, str(path.parent))
        except (OSError, ValueError, onnx.checker.ValidationError):
            raise NetworkError(
                f"the weights {tensor.name} are in the file {place} beside it, "
                "which is missing or not all there"
            ) from None
        tensor.data_location = onnx.TensorProto.DEFAULT
        del tensor.external_data[:]
    return model
