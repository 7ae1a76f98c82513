"""A network that comes with Sassafras: a cfg and weights among the package's data, and perhaps pictures.

Weights are stored as binary16, large matrices perhaps as a product of low rank (see
`sassafras.network.low_rank`): the network is by definition that of these values widened to binary32.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load

from sassafras.errors import NetworkError
from sassafras.network.graph import Graph
from sassafras.network.images import Image
from sassafras.network.importers.darknet.config import parse_cfg
from sassafras.network.importers.darknet.former import former_digest_of_file
from sassafras.network.low_rank import LowRankParameters
from sassafras.network.network import Network, build_network


@dataclass(frozen=True)
class Bundled:
    """``cfg``, ``weights``: files of the package's data. ``everything``: the preset that strikes every kernel
    of it. ``trained_on``: in words. ``pictures``: a file with test pictures, as `images` reads it; None:
    frames are rendered.
    """

    name: str
    cfg: str
    weights: str
    classes: tuple[str, ...]
    everything: str
    trained_on: str
    pictures: str | None = None

    def load(self) -> Network:
        """The network. Raises NetworkError when the package's data is missing or damaged."""
        return self.make(_read(self.cfg).decode(), _read(self.weights))

    def make(self, cfg: str, weights: bytes) -> Network:
        """A network from a cfg text and a safetensors file of float16 tensors, named as `LowRankParameters`
        says. Raises NetworkError.
        """
        try:
            parameters = LowRankParameters(load(weights), self.weights)
        except SafetensorError as error:
            raise NetworkError(f"{self.weights} is damaged ({error}); install sassafras again") from None
        graph = parse_cfg(cfg).graph
        return build_network(graph, parameters, self.classes, self.name, digest=_digest(graph, weights))

    @cached_property
    def digest(self) -> str:
        """The digest of ``load()``, without making it. Raises NetworkError as that does."""
        return _digest(self.graph, _read(self.weights))

    @property
    def former_digest(self) -> str:
        """What stores of schema 1 and 2 know ``load()`` by. Raises NetworkError as that does."""
        return former_digest_of_file(parse_cfg(_read(self.cfg).decode()), _read(self.weights))

    @property
    def graph(self) -> Graph:
        """The layers of ``load()``, without its parameters. Raises NetworkError as that does."""
        return parse_cfg(_read(self.cfg).decode()).graph

    def images(self, count: int | None = None) -> tuple[Image, ...]:
        """The first ``count`` pictures (None: all) with their true classes; none where frames are rendered.
        The file: ``pixels`` uint8 (n, h, w), ``labels`` uint8 (n), ``numbers`` uint16 (n), of each in its
        data set. Raises NetworkError for more than there are.
        """
        if self.pictures is None:
            return ()
        stored = load(_read(self.pictures))
        total = len(stored["pixels"])
        if count is not None and count > total:
            raise NetworkError(f"{self.name} comes with {total} pictures, {count} are asked for")
        pixels = stored["pixels"][:count, np.newaxis].astype(np.float32) / np.float32(255)
        pixels.flags.writeable = False
        return tuple(
            Image(f"{number:05}-{self.classes[label]}", one, int(label))
            for one, label, number in zip(pixels, stored["labels"], stored["numbers"], strict=False)
        )


def _read(name: str) -> bytes:
    try:
        return files("sassafras").joinpath("data", name).read_bytes()
    except OSError:
        raise NetworkError(f"the bundled {name} cannot be read; install sassafras again") from None


def _digest(graph: Graph, weights: bytes) -> str:
    return hashlib.sha256(graph.canonical.encode() + b"\0" + weights).hexdigest()
