"""The kernel ``reorg`` (``cuda/reorg.cu``): an image taken apart into smaller ones, as Darknet does."""

from __future__ import annotations

import numpy as np

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carried, Golden, Pieces, covers, one_by_one
from sassafras.kernels.copied import Copied
from sassafras.kernels.kernel import Kernel, ParameterType, Region, Role
from sassafras.kernels.pieces import Map, Patch


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(int(arguments["n"]))


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["input"]), int(arguments["n"]))


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["output"]), int(arguments["n"]))


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    source = memory.array(int(arguments["input"]), int(arguments["n"]))
    made = _apart(arguments, source).view(np.uint32).reshape(-1)
    memory.array(int(arguments["output"]), made.size, np.uint32)[:] = made


def _apart(arguments: Arguments, source: Map) -> Map:
    """The input as (channels / stride^2, h x stride, w x stride): its pixels by place in the stride."""
    channels, h, w, stride = (int(arguments[name]) for name in ("channels", "h", "w", "stride"))
    found = source.reshape(channels // stride**2, h, stride, w, stride).transpose(2, 4, 0, 1, 3)
    return np.ascontiguousarray(found)


def _carry(golden: Golden, pieces: Pieces, arguments: Arguments) -> Carried | None:
    """The whole of the faulty map taken apart: a piece may come to lie anywhere."""
    source, target = int(arguments["input"]), int(arguments["output"])
    shape, made = golden.shape(source), golden.shape(target)
    size = tuple(int(arguments[name]) for name in ("channels", "h", "w"))
    if shape != size or made is None or not covers(golden, target, int(arguments["n"])):
        return None
    piece = pieces.get(source)
    if piece is None:  # what the launch overwrites was faulty
        return Carried({})
    if not isinstance(piece, Patch):
        return None
    values = _apart(arguments, piece.over(golden.map(source))).reshape(made)
    return Carried({target: Patch(target, 0, 0, values)})


REORG = Kernel(
    name="reorg",
    role=Role("reorg", "take apart"),
    parameters=(
        ("n", ParameterType.INT),
        ("input", ParameterType.POINTER),
        ("channels", ParameterType.INT),
        ("h", ParameterType.INT),
        ("w", ParameterType.INT),
        ("stride", ParameterType.INT),
        ("output", ParameterType.POINTER),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=True,
    twin=_twin,
    owner_of=owners.element_of("output"),
    carry=one_by_one(_carry),
    copied=Copied("input output n channels h w stride"),
)
