"""A user's own network: a Darknet cfg, its weights, and optionally the names of its classes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sassafras.network.fit import Fit
from sassafras.network.importers.class_names import class_names
from sassafras.network.importers.darknet.config import read_cfg
from sassafras.network.importers.darknet.former import former_digest
from sassafras.network.importers.darknet.weights import read_weights
from sassafras.network.importers.importer import Importer, NetworkFiles
from sassafras.network.network import Network, build_network
from sassafras.network.picture_folders import printable


def load_darknet(
    cfg: Path | str, weights: Path | str, names: Path | str | None = None, output: str | int | None = None
) -> Network:
    """The network in these files, named after the cfg. ``names``: one class per line; without it "class0",
    "class1", ... ``output``: the number of the layer with which it ends, as Darknet counts from 0, and whose
    values are judged; None: the last.

    Raises NetworkError.
    """
    output = None if output is None else str(output)
    cfg, weights = Path(cfg), Path(weights)
    config = read_cfg(cfg, output)
    parameters = read_weights(weights, config.graph.nodes, partly=output is not None).parameters
    classes = class_names(names or None, config.graph.output.per_image)
    fit = Fit.LETTERBOX if config.letter_box else None
    return build_network(config.graph, parameters, classes, printable(cfg.stem), fit=fit)


def _load(files: NetworkFiles) -> Network:
    assert files.weights is not None
    return load_darknet(files.network, files.weights, files.names, files.output)


def _former_digest(files: NetworkFiles, parameters: Mapping[str, NDArray[np.float32]]) -> str:
    return former_digest(read_cfg(files.network, files.output), parameters)


IMPORTER = Importer(
    format="Darknet",
    endings=(".cfg", ""),
    load=_load,
    needs_weights=True,
    graph=lambda files: read_cfg(files.network, files.output).graph,
    former_digest=_former_digest,
)
