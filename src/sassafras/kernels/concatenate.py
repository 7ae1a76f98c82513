"""The kernel ``concatenate`` (``cuda/concatenate.cu``): output[offset + i] = input[i], one part of many."""

from __future__ import annotations

import numpy as np

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carried, Golden, Pieces, channels_of, one_by_one
from sassafras.kernels.copied import Copied
from sassafras.kernels.kernel import Kernel, ParameterType, Region, Role
from sassafras.kernels.pieces import Patch, around, put_over


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(int(arguments["n"]))


def _start(arguments: Arguments) -> int:
    """Device address of the part."""
    return int(arguments["output"]) + regions.WORD * int(arguments["offset"])


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["input"]), int(arguments["n"]))


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(_start(arguments), int(arguments["n"]))


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    n = int(arguments["n"])
    memory.array(_start(arguments), n, np.uint32)[:] = memory.array(int(arguments["input"]), n, np.uint32)


def _carry(golden: Golden, pieces: Pieces, arguments: Arguments) -> Carried | None:
    """Channels of the output that are the input's, or some of them; others keep what differs of them."""
    target, whole = int(arguments["output"]), golden.shape(int(arguments["output"]))
    if whole is None:
        return None
    pixels, n = whole[1] * whole[2], int(arguments["n"])
    written = channels_of(golden, _start(arguments), n // pixels, whole[1:])
    read = channels_of(golden, int(arguments["input"]), n // pixels, whole[1:])
    if n % pixels or read is None or written is None or read.buffer == target:
        return None
    here, so_far = pieces.get(read.buffer), pieces.get(target)
    box = around(here, so_far)
    values = golden.map_after(target)[box.place].copy()
    if so_far is not None:
        kept = np.ones(len(values), bool)
        kept[written.first : written.end] = False
        values[kept] = put_over(golden.map(target), so_far, box)[kept]
    values[written.first : written.end] = read.of(put_over(golden.map(read.buffer), here, box))
    return Carried({target: Patch(target, box.top, box.left, values)})


CONCATENATE = Kernel(
    name="concatenate",
    role=Role("route", "join maps"),
    parameters=(
        ("n", ParameterType.INT),
        ("input", ParameterType.POINTER),
        ("offset", ParameterType.INT),
        ("output", ParameterType.POINTER),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=True,
    twin=_twin,
    owner_of=owners.part_element,
    carry=one_by_one(_carry),
    copied=Copied("input output n offset"),
)
