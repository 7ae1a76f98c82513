"""A user's own network: a Darknet cfg, its weights, and optionally the names of its classes."""

from __future__ import annotations

from pathlib import Path

from sassafras.errors import NetworkError
from sassafras.network.config import read_cfg
from sassafras.network.network import Network, build_network
from sassafras.network.picture_folders import printable
from sassafras.network.text_files import check_kind, decode, lines_of
from sassafras.network.weights import read_weights


def load_darknet(cfg: Path | str, weights: Path | str, names: Path | str | None = None) -> Network:
    """The network in these files, named after the cfg. ``names``: one class per line; without it "class0",
    "class1", ...

    Raises NetworkError.
    """
    cfg, weights = Path(cfg), Path(weights)
    config, name = read_cfg(cfg), printable(cfg.stem)
    outputs = config.layers[-1].outputs
    classes = _read_names(Path(names)) if names else [f"class{index}" for index in range(outputs)]
    return build_network(config, read_weights(weights, config.layers).parameters, classes, name)


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
