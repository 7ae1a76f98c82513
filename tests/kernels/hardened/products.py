"""Products C = W D in device memory, with their checksums and flags, for the launches that check and repair
them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.kernels import exact_gemm
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.hardened.adding import Product
from sassafras.kernels.kernel import Kernel

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Prepared:
    """``c``, ``flags``: views of memory. ``check``, ``repair``: the launches."""

    memory: DeviceMemory
    c: Floats
    flags: NDArray[np.int32]
    alarm: NDArray[np.int32]
    check: tuple[Kernel, Arguments]
    repair: tuple[Kernel, Arguments]


def prepare(w: Floats, d: Floats, shift: int, more: int = 0) -> Prepared:
    """C is the exact product; rows of D and C are ``more`` floats longer than they need."""
    (rows, k), columns = w.shape, d.shape[1]
    step = columns + more
    sizes = {"w": rows * k, "d": k * step, "c": rows * step, "alarms": 2}
    names = [(name, 4 * count) for name, count in sizes.items()]
    product = Product(0, rows, columns, k, 0, 0, step, 0, step, shift)
    layout = lay_out([*names, *product.buffers])
    memory = DeviceMemory(layout, np.full(layout.nbytes, 0xA5, np.uint8))
    place = {name: layout[name].address for name in sizes}
    product = Product(0, rows, columns, k, place["w"], place["d"], step, place["c"], step, shift)
    memory.array(place["w"], rows * k)[:] = w.reshape(-1)
    memory.array(place["d"], k * step).reshape(k, step)[:, :columns] = d
    c = memory.array(place["c"], rows * step).reshape(rows, step)[:, :columns]
    c[...] = 0
    exact_gemm.gemm(w, d, c)
    alarm = memory.array(place["alarms"], 2, np.int32)
    alarm[:] = 0
    product.fill(memory)
    check, repair = product.launches(layout, place["alarms"] + 4)
    flags = memory.array(layout[product.flags].address, product.groups * columns, np.int32)
    return Prepared(memory, c, flags.reshape(-1, columns), alarm, check, repair)
