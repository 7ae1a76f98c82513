"""What hardening adds to a network beside other machine code: launches, and buffers of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sassafras.emulator.memory import DeviceMemory, MemoryLayout
from sassafras.hardening.plan import Protection
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.gemm import GEMM
from sassafras.kernels.hardened.checksum import column_bounds
from sassafras.kernels.hardened.gemm_check import GEMM_CHECK
from sassafras.kernels.hardened.gemm_repair import GEMM_REPAIR
from sassafras.kernels.hardened.guard import GUARD
from sassafras.kernels.hardened.registry import NETWORK
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.kernel import Kernel, Region
from sassafras.workload.alarms import Alarms
from sassafras.workload.buffer import FLOAT
from sassafras.workload.launches import PlannedLaunch

CONVOLUTION_SHIFT = 9  #: log2 of the rows that share a checksum
CONNECTED_SHIFT = 6


@dataclass(frozen=True)
class Product:
    """A gemm launch as C = W D, the weights on the left: ``rows`` x ``k`` times ``k`` x ``columns``.
    Addresses of ``w``, ``d``, ``c``; floats between rows of ``ldd`` and ``ldc``. ``shift``: log2 of the rows
    of a group.
    """

    layer: int
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
    def of(cls, planned: PlannedLaunch) -> Product:
        """Of a launch as the layers make them: rows without gaps; one image, where the weights are B."""
        a = {name: int(value) for name, value in planned.arguments.items()}
        if a["transpose_b"]:
            assert a["m"] == 1
            return cls(planned.part, a["n"], 1, a["k"], a["b"], a["a"], 1, a["c"], 1, CONNECTED_SHIFT)
        shape = (a["m"], a["n"], a["k"])
        return cls(planned.part, *shape, a["a"], a["b"], a["ldb"], a["c"], a["ldc"], CONVOLUTION_SHIFT)

    @property
    def groups(self) -> int:
        """Groups of rows."""
        return ((self.rows - 1) >> self.shift) + 1

    @property
    def checksums(self) -> str:
        """Name of the buffer of checksums: float32 (groups, k, 2)."""
        return f"hardening.layer{self.layer}.checksums"

    @property
    def flags(self) -> str:
        """Name of the buffer of flags: int32 (groups, columns)."""
        return f"hardening.layer{self.layer}.flags"

    @property
    def buffers(self) -> tuple[tuple[str, int], ...]:
        """Names and bytes."""
        return (self.checksums, self.groups * self.k * 2 * FLOAT.itemsize), (
            self.flags,
            self.groups * self.columns * FLOAT.itemsize,
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

    def launches(self, layout: MemoryLayout, alarms: Alarms) -> tuple[tuple[Kernel, Arguments], ...]:
        """The check and the repair."""
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
            "corrected": alarms.corrected,
        }
        return (GEMM_CHECK, check), (GEMM_REPAIR, again)


def products(plan: Sequence[PlannedLaunch], protection: Protection) -> tuple[Product, ...]:
    """The products that get checksums."""
    if protection.of(GEMM.name) is not Technique.CHECKSUM:
        return ()
    return tuple(Product.of(planned) for planned in plan if planned.kernel == GEMM.name)


def added_behind(
    planned: PlannedLaunch, protection: Protection, layout: MemoryLayout, alarms: Alarms
) -> Iterator[tuple[Kernel, Arguments]]:
    """What is launched behind a launch of the plain network: kernels with their arguments."""
    for product in products([planned], protection):
        yield from product.launches(layout, alarms)


def added_at_the_end(
    protection: Protection, output: Region, alarms: Alarms
) -> Iterator[tuple[Kernel, Arguments]]:
    """What is launched behind the last launch. ``output``: the probabilities."""
    if protection.of(NETWORK) is Technique.GUARD:
        yield GUARD, {"n": output.nbytes // FLOAT.itemsize, "x": output.address, "detected": alarms.detected}


def added_kernels(protection: Protection, kernels: Sequence[str]) -> tuple[str, ...]:
    """Kernels that a protection adds, of those that serve one of ``kernels`` or the network."""
    found: list[str] = []
    if protection.of(GEMM.name) is Technique.CHECKSUM and GEMM.name in kernels:
        found += [GEMM_CHECK.name, GEMM_REPAIR.name]
    if protection.of(NETWORK) is Technique.GUARD:
        found.append(GUARD.name)
    return tuple(found)
