"""Techniques that leave every kernel as it is and add launches: what they add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sassafras.emulator.memory import DeviceMemory, MemoryLayout
from sassafras.kernels import regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.gemm import GEMM
from sassafras.kernels.hardened.checksum import column_bounds
from sassafras.kernels.hardened.gemm_check import GEMM_CHECK
from sassafras.kernels.hardened.gemm_repair import GEMM_REPAIR
from sassafras.kernels.hardened.guard import GUARD
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.kernel import Kernel, Region

NETWORK = "network"  #: stands for a kernel's name where a technique is of the whole network

ADDING: Mapping[tuple[str, Technique], tuple[Kernel, ...]] = {
    (GEMM.name, Technique.CHECKSUM): (GEMM_CHECK, GEMM_REPAIR),
    (GEMM.name, Technique.SELECTIVE_CHECKSUM): (GEMM_CHECK, GEMM_REPAIR),
    (NETWORK, Technique.GUARD): (GUARD,),
}
"""The kernels that are launched behind each launch of a kernel, or behind the last one (NETWORK)."""

CHECKED = frozenset(slot for slot, kernels in ADDING.items() if GEMM_CHECK in kernels)
"""Those whose results are compared with checksums."""

WITHIN: Mapping[tuple[str, Technique], Technique] = {
    (GEMM.name, Technique.SELECTIVE_CHECKSUM): Technique.SELECTIVE
}
"""The technique of the kernel itself, where launches are added to a hardened one; else it runs as it is."""

CONVOLUTION_SHIFT = 9  #: log2 of the rows that share a checksum
CONNECTED_SHIFT = 6


@dataclass(frozen=True)
class Product:
    """A gemm launch as C = W D, the weights on the left: ``rows`` x ``k`` times ``k`` x ``columns``.
    Addresses of ``w``, ``d``, ``c``; floats between rows of ``ldd`` and ``ldc``. ``shift``: log2 of the rows
    of a group. ``launch``: its number, for a layer may have several.
    """

    launch: int
    rows: int
    columns: int
    k: int
    w: int
    d: int
    ldd: int
    c: int
    ldc: int
    shift: int

    @classmethod
    def of(cls, launch: int, arguments: Arguments) -> Product:
        """Of a launch as the layers make them: rows without gaps; one image, where the weights are B."""
        a = {name: int(value) for name, value in arguments.items()}
        if a["transpose_b"]:
            assert a["m"] == 1
            return cls(launch, a["n"], 1, a["k"], a["b"], a["a"], 1, a["c"], 1, CONNECTED_SHIFT)
        shape = (a["m"], a["n"], a["k"])
        return cls(launch, *shape, a["a"], a["b"], a["ldb"], a["c"], a["ldc"], CONVOLUTION_SHIFT)

    @property
    def groups(self) -> int:
        """Groups of rows."""
        return ((self.rows - 1) >> self.shift) + 1

    @property
    def checksums(self) -> str:
        """Name of the buffer of checksums: float32 (groups, k, 2)."""
        return f"hardening.launch{self.launch}.checksums"

    @property
    def flags(self) -> str:
        """Name of the buffer of flags: int32 (groups, columns)."""
        return f"hardening.launch{self.launch}.flags"

    @property
    def buffers(self) -> tuple[tuple[str, int], ...]:
        """Names and bytes."""
        return (self.checksums, self.groups * self.k * 2 * regions.WORD), (
            self.flags,
            self.groups * self.columns * regions.WORD,
        )

    def fill(self, memory: DeviceMemory) -> None:
        """Make the checksums from the weights in memory: each the nearest float32 to the sum of a group's
        weights, and a float32 at least as large as the sum of their absolute values.
        """
        weights = memory.array(self.w, self.rows * self.k).reshape(self.rows, self.k)
        place = memory.layout[self.checksums].address
        made = memory.array(place, self.groups * self.k * 2).reshape(self.groups, self.k, 2)
        with np.errstate(over="ignore", invalid="ignore"):
            for g in range(self.groups):
                part = weights[g << self.shift : (g + 1) << self.shift]
                made[g, :, 0] = part.sum(axis=0, dtype=np.float64)
                size = np.abs(part).sum(axis=0, dtype=np.float64)
                near = size.astype(np.float32)
                made[g, :, 1] = np.where(near < size, np.nextafter(near, np.float32(np.inf)), near)

    def launches(self, layout: MemoryLayout, corrected: int) -> tuple[tuple[Kernel, Arguments], ...]:
        """The check and the repair. ``corrected``: address of the word that says that there was one."""
        shape = {"rows": self.rows, "columns": self.columns, "k": self.k}
        place = {"d": self.d, "ldd": self.ldd, "c": self.c, "ldc": self.ldc}
        flags = layout[self.flags].address
        check = {
            **shape,
            "group": 1 << self.shift,
            "shift": 0 if self.columns == 1 else 5,
            "checksums": layout[self.checksums].address,
            **place,
            **column_bounds(self.k, min(self.rows, 1 << self.shift)),
            "flags": flags,
        }
        again = {
            **shape,
            "shift": self.shift,
            "flags": flags,
            "w": self.w,
            **place,
            "corrected": corrected,
        }
        return (GEMM_CHECK, check), (GEMM_REPAIR, again)


def guarded(output: Region, detected: int) -> tuple[Kernel, Arguments]:
    """The launch behind the last one. ``output``: the probabilities; ``detected``: address of the word."""
    return GUARD, {"n": output.nbytes // regions.WORD, "x": output.address, "detected": detected}
