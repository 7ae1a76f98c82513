"""The kernel ``forward_avgpool`` (``cuda/forward_avgpool.cu``): the mean of each plane."""

from __future__ import annotations

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carried, Golden, Pieces, covers, one_by_one
from sassafras.kernels.copied import Copied, place_and_zero
from sassafras.kernels.elementwise import native
from sassafras.kernels.kernel import Kernel, ParameterType, Region, Role
from sassafras.kernels.pieces import Patch


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(int(arguments["n"]))


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["input"]), int(arguments["n"]) * int(arguments["size"]))


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["output"]), int(arguments["n"]))


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    n, size = int(arguments["n"]), int(arguments["size"])
    source = memory.array(int(arguments["input"]), n * size)
    output = memory.array(int(arguments["output"]), n)
    native()["average"](source.ctypes.data, output.ctypes.data, n, size)


def _carry(golden: Golden, pieces: Pieces, arguments: Arguments) -> Carried | None:
    """All means of the faulty map."""
    source, target, n, size = (int(arguments[name]) for name in ("input", "output", "n", "size"))
    shape, piece = golden.shape(source), pieces.get(source)
    if shape is None or shape[0] != n or not covers(golden, source, n * size):
        return None
    if not covers(golden, target, n):
        return None
    if piece is None:  # what the launch overwrites was faulty
        return Carried({})
    if not isinstance(piece, Patch):
        return None
    whole, means = piece.over(golden.map(source)), golden.map_after(target).copy()
    native()["average"](whole.ctypes.data, means.ctypes.data, n, size)
    return Carried({target: Patch(target, 0, 0, means)})


FORWARD_AVGPOOL = Kernel(
    name="forward_avgpool",
    role=Role("average pooling", "mean of a map"),
    parameters=(
        ("n", ParameterType.INT),
        ("size", ParameterType.INT),
        ("input", ParameterType.POINTER),
        ("output", ParameterType.POINTER),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=True,
    twin=_twin,
    owner_of=owners.element_of("output"),
    carry=one_by_one(_carry),
    copied=Copied("input output n size", place_and_zero),
)
