"""Parameters stored small: as binary16, large matrices as a product ``left @ right`` of low rank.

A product is multiplied out when somebody asks for it: an inference that finds the whole network's memory in
the cache never does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import NetworkError
from sassafras.kernels.exact_gemm import gemm

Tensors = Mapping[str, NDArray[np.float16]]


class LowRankParameters(Mapping[str, NDArray[np.float32]]):
    """Parameters by name, read-only float32 arrays, made from float16 tensors when first asked for.

    A tensor NAME is a parameter; so is a pair of factors, ``NAME`` less "weights" plus "left" (outputs, rank)
    and "right" (rank, inputs). ``shapes``: of every parameter. ``source``: where the tensors are from, for
    errors. Raises NetworkError for a ``left`` without a fitting ``right``.
    """

    def __init__(self, tensors: Tensors, source: str) -> None:
        self._tensors = tensors
        self.shapes: dict[str, tuple[int, ...]] = {}
        for name, values in tensors.items():
            layer, _, kind = name.partition(".")
            if kind == "left":
                self.shapes[f"{layer}.weights"] = _product_shape(tensors, layer, source)
            elif kind != "right":
                self.shapes[name] = values.shape
        self._made: dict[str, NDArray[np.float32]] = {}

    def __getstate__(self) -> dict[str, Any]:
        """For another process: what is small."""
        return {**self.__dict__, "_made": {}}

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        if name not in self.shapes:
            raise KeyError(name)
        if name not in self._made:
            values = self._stored(name) if name in self._tensors else self._product(name)
            values.flags.writeable = False
            self._made[name] = values
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        """Without making it, as `Mapping` would."""
        return name in self.shapes

    def __iter__(self) -> Iterator[str]:
        return iter(self.shapes)

    def __len__(self) -> int:
        return len(self.shapes)

    def _stored(self, name: str) -> NDArray[np.float32]:
        return np.ascontiguousarray(self._tensors[name], np.float32)

    def _product(self, name: str) -> NDArray[np.float32]:
        """In `sassafras.kernels.exact_gemm`'s fixed order: the same bits on every machine."""
        layer = name.removesuffix(".weights")
        product = np.zeros(self.shapes[name], np.float32)
        left, right = (self._stored(f"{layer}.{side}") for side in ("left", "right"))
        gemm(left, right, product, transpose_b=False)
        return product


def _product_shape(tensors: Tensors, layer: str, source: str) -> tuple[int, int]:
    left, right = tensors[f"{layer}.left"], tensors.get(f"{layer}.right")
    if right is None or left.ndim != 2 or right.ndim != 2 or left.shape[1] != right.shape[0]:
        found = "nothing" if right is None else right.shape
        raise NetworkError(
            f"{source}: {layer}.left {left.shape} has no fitting {layer}.right (found {found})"
        )
    return left.shape[0], right.shape[1]
