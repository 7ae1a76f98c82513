"""A user's own network out of an ONNX model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from sassafras.errors import NetworkError
from sassafras.network.importers.class_names import class_names
from sassafras.network.importers.importer import Importer
from sassafras.network.importers.onnx.channels_last import channels_first
from sassafras.network.importers.onnx.interface import interface_of
from sassafras.network.importers.onnx.model_file import read_model
from sassafras.network.importers.onnx.refusal import RefusedError, SeveralImagesError, about
from sassafras.network.importers.onnx.walk import Translated, Walk
from sassafras.network.network import Network, build_network
from sassafras.network.picture_folders import printable

if TYPE_CHECKING:
    from onnx import ModelProto


def translate(
    model: ModelProto, output: str | None = None, bound: Mapping[str, NDArray[Any]] | None = None
) -> Translated:
    """A model as graph and parameters, up to ``output`` (any tensor's name; None: the only output).
    ``bound``: inputs that have a constant value. A model made for several images becomes one for one image,
    where an operator takes images one by one. Raises RefusedError and NetworkError.
    """
    bound = bound or {}
    interface = channels_first(model, interface_of(model, output, bound))
    try:
        return Walk(model, interface, bound).translate()
    except SeveralImagesError as error:
        if interface.shape[:1] in ((), (1,)):
            raise
        try:
            return Walk(model, interface, bound, one_by_one=True).translate()
        except NetworkError as other:
            if type(other) is RefusedError:
                raise
            raise error from None  # a number in the model counts on them


def load_onnx(path: Path | str, names: Path | str | None = None, output: str | None = None) -> Network:
    """The network in a model file, named after it. ``names``: of the classes, one per line; without it
    "class0", "class1", ... ``output``: the name of the output, or of any tensor in the model, whose values
    are judged; None: the only output.

    Raises NetworkError.
    """
    path = Path(path)
    return network_of(read_model(path), path, names, output)


def network_of(
    model: ModelProto, path: Path, names: Path | str | None = None, output: str | None = None
) -> Network:
    """The network in a model that is said to come from ``path``. As `load_onnx` otherwise."""
    with about(path):
        found = translate(model, output)
    classes = class_names(names, found.graph.output.per_image)
    return build_network(found.graph, found.parameters, classes, printable(path.stem))


IMPORTER = Importer(
    format="ONNX",
    endings=(".onnx",),
    load=lambda files: load_onnx(files.network, files.names, files.output),
)
