"""A user's own network: a Darknet cfg, its weights, and optionally the names of its classes."""

from __future__ import annotations

from pathlib import Path

from sassafras.errors import NetworkError
from sassafras.network.fit import Fit
from sassafras.network.importers.darknet.config import read_cfg
from sassafras.network.importers.darknet.text_files import check_kind, decode, lines_of
from sassafras.network.importers.darknet.weights import read_weights
from sassafras.network.network import Network, build_network
from sassafras.network.picture_folders import printable


def load_darknet(cfg: Path | str, weights: Path | str, names: Path | str | None = None) -> Network:
    """The network in these files, named after the cfg. ``names``: one class per line; without it "class0",
    "class1", ...

    Raises NetworkError.
    """
    cfg, weights = Path(cfg), Path(weights)
    config = read_cfg(cfg)
    parameters = read_weights(weights, config.graph.nodes).parameters
    outputs = config.graph.output.per_image
    classes = _read_names(Path(names)) if names else [f"class{index}" for index in range(outputs)]
    fit = Fit.LETTERBOX if config.letter_box else None
    return build_network(config.graph, parameters, classes, printable(cfg.stem), fit=fit)


def _read_names(path: Path) -> list[str]:
    """Not empty lines; UTF-8, else Latin-1 (Darknet prints the bytes as they are)."""
    expected = "expected a text file, one name per line"
    try:
        data = path.read_bytes()
    except OSError:
        raise NetworkError(f"{path}: cannot read the class names; {expected}") from None
    try:
        check_kind(data, "class names")
        lines = lines_of(decode(data))
    except NetworkError as error:
        raise NetworkError(f"{path}: cannot read the class names: {error}; {expected}") from None
    return [line.strip() for line in lines if line.strip()]
