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
from sassafras.network.config import NetworkConfig, parse_cfg, write_cfg
from sassafras.network.frames import CLASS_NAMES
from sassafras.network.low_rank import LowRankParameters
from sassafras.network.network import Network, build_network

NAME = "alexnet"
WEIGHTS_FILE = "alexnet_laparoscopy.safetensors"


def load_alexnet() -> Network:
    """The bundled network. Raises NetworkError when the package's data is missing or damaged."""
    return make_alexnet(*_bundled())


@cache
def bundled_digest() -> str:
    """The digest of ``load_alexnet()``, without making it. Raises NetworkError as that does."""
    cfg, weights = _bundled()
    return _digest(parse_cfg(cfg), weights)


def _bundled() -> tuple[str, bytes]:
    data = files("sassafras").joinpath("data")
    try:
        return data.joinpath("alexnet.cfg").read_text("utf-8"), data.joinpath(WEIGHTS_FILE).read_bytes()
    except OSError:
        raise NetworkError(f"the bundled {WEIGHTS_FILE} cannot be read; install sassafras again") from None


def make_alexnet(cfg: str, weights: bytes) -> Network:
    """A network from a cfg text and a safetensors file of float16 tensors, named as `LowRankParameters` says.
    Raises NetworkError.
    """
    try:
        parameters = LowRankParameters(load(weights), WEIGHTS_FILE)
    except SafetensorError as error:
        raise NetworkError(f"{WEIGHTS_FILE} is damaged ({error}); install sassafras again") from None
    config = parse_cfg(cfg)
    return build_network(config, parameters, CLASS_NAMES, NAME, digest=_digest(config, weights))


def _digest(config: NetworkConfig, weights: bytes) -> str:
    return hashlib.sha256(write_cfg(config).encode() + b"\0" + weights).hexdigest()
