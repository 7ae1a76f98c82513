"""The bundled network: AlexNet with 7 classes of laparoscopic instruments.

Weights are stored as binary16; the two large connected layers as a product ``left @ right`` of low rank. They
are multiplied out here with `sassafras.kernels.exact_gemm`, in a fixed order, so that the weights are the
same bits on every machine.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from sassafras.errors import NetworkError
from sassafras.kernels.exact_gemm import gemm
from sassafras.network.config import NetworkConfig, parse_cfg, write_cfg
from sassafras.network.frames import CLASS_NAMES
from sassafras.network.network import Network, build_network

NAME = "alexnet"
WEIGHTS_FILE = "alexnet_laparoscopy.safetensors"

Tensors = dict[str, NDArray[np.float16]]


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
    """A network from a cfg text and a safetensors file of float16 tensors: ``NAME``, or its factors ``NAME``
    less "weights" plus "left" (outputs, rank) and "right" (rank, inputs). Raises NetworkError.
    """
    try:
        tensors: Tensors = load(weights)
    except SafetensorError as error:
        raise NetworkError(f"{WEIGHTS_FILE} is damaged ({error}); install sassafras again") from None
    config = parse_cfg(cfg)
    return build_network(config, _expanded(tensors), CLASS_NAMES, NAME, digest=_digest(config, weights))


def _digest(config: NetworkConfig, weights: bytes) -> str:
    return hashlib.sha256(write_cfg(config).encode() + b"\0" + weights).hexdigest()


def _expanded(tensors: Tensors) -> dict[str, NDArray[np.float32]]:
    """All tensors in float32, low-rank pairs multiplied out."""
    parameters: dict[str, NDArray[np.float32]] = {}
    for name, values in tensors.items():
        layer, _, kind = name.partition(".")
        if kind == "left":
            parameters[f"{layer}.weights"] = _product(layer, values, tensors.get(f"{layer}.right"))
        elif kind != "right":
            parameters[name] = values.astype(np.float32)
    return parameters


def _product(layer: str, left: NDArray[np.float16], right: NDArray[np.float16] | None) -> NDArray[np.float32]:
    if right is None or left.ndim != 2 or right.ndim != 2 or left.shape[1] != right.shape[0]:
        found = "nothing" if right is None else right.shape
        raise NetworkError(
            f"{WEIGHTS_FILE}: {layer}.left {left.shape} has no fitting {layer}.right (found {found})"
        )
    product = np.zeros((left.shape[0], right.shape[1]), np.float32)
    gemm(left.astype(np.float32), right.astype(np.float32), product, transpose_b=False)
    return product
