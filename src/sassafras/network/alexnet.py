"""The bundled network: AlexNet with 7 classes of laparoscopic instruments.

Weights are stored as binary16, the two large connected layers as a product of low rank (see
`sassafras.network.low_rank`).
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from safetensors import SafetensorError
from safetensors.numpy import load

from sassafras.errors import NetworkError
from sassafras.network.frames import CLASS_NAMES
from sassafras.network.graph import Graph
from sassafras.network.importers.darknet.config import parse_cfg
from sassafras.network.importers.darknet.former import former_digest_of_file
from sassafras.network.low_rank import LowRankParameters
from sassafras.network.network import Network, build_network

NAME = "alexnet"
CFG_FILE = "alexnet.cfg"
WEIGHTS_FILE = "alexnet_laparoscopy.safetensors"


def load_alexnet() -> Network:
    """The bundled network. Raises NetworkError when the package's data is missing or damaged."""
    return make_alexnet(*_bundled())


@cache
def bundled_digest() -> str:
    """The digest of ``load_alexnet()``, without making it. Raises NetworkError as that does."""
    cfg, weights = _bundled()
    return _digest(parse_cfg(cfg).graph, weights)


def bundled_former_digest() -> str:
    """What stores of schema 1 and 2 know ``load_alexnet()`` by. Raises NetworkError as that does."""
    cfg, weights = _bundled()
    return former_digest_of_file(parse_cfg(cfg), weights)


def bundled_graph() -> Graph:
    """The layers of ``load_alexnet()``, without its parameters. Raises NetworkError as that does."""
    return parse_cfg(_read(CFG_FILE).decode()).graph


def _bundled() -> tuple[str, bytes]:
    return _read(CFG_FILE).decode(), _read(WEIGHTS_FILE)


def _read(name: str) -> bytes:
    try:
        return files("sassafras").joinpath("data", name).read_bytes()
    except OSError:
        raise NetworkError(f"the bundled {name} cannot be read; install sassafras again") from None


def make_alexnet(cfg: str, weights: bytes) -> Network:
    """A network from a cfg text and a safetensors file of float16 tensors, named as `LowRankParameters` says.
    Raises NetworkError.
    """
    try:
        parameters = LowRankParameters(load(weights), WEIGHTS_FILE)
    except SafetensorError as error:
        raise NetworkError(f"{WEIGHTS_FILE} is damaged ({error}); install sassafras again") from None
    graph = parse_cfg(cfg).graph
    return build_network(graph, parameters, CLASS_NAMES, NAME, digest=_digest(graph, weights))


def _digest(graph: Graph, weights: bytes) -> str:
    return hashlib.sha256(graph.canonical.encode() + b"\0" + weights).hexdigest()
