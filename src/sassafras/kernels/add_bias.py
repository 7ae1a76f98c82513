"""The kernel ``add_bias`` (``cuda/add_bias.cu``): output[image, filter, :] += biases[filter], in place."""

from __future__ import annotations

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carried, Golden, Pieces, covers, one_by_one, only
from sassafras.kernels.copied import Copied
from sassafras.kernels.elementwise import native
from sassafras.kernels.kernel import Kernel, ParameterType, Region, Role
from sassafras.kernels.pieces import Patch


def _elements(arguments: Arguments) -> int:
    return int(arguments["batch"]) * int(arguments["n"]) * int(arguments["size"])


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(_elements(arguments))


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    biases = regions.words(int(arguments["biases"]), int(arguments["n"]))
    return (*_writes(arguments), *biases)


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["output"]), _elements(arguments))


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    output = memory.array(int(arguments["output"]), _elements(arguments))
    biases = memory.array(int(arguments["biases"]), int(arguments["n"]))
    batch, n, size = (int(arguments[name]) for name in ("batch", "n", "size"))
    native()["add_bias"](output.ctypes.data, biases.ctypes.data, batch, n, size)


def _carry(golden: Golden, pieces: Pieces, arguments: Arguments) -> Carried | None:
    """In place, where the filters are the map's channels, and the biases no map."""
    address, filters = int(arguments["output"]), int(arguments["n"])
    shape, piece = golden.shape(address), pieces.get(address)
    if shape is None or shape[0] != filters or not isinstance(piece, Patch) or not only(pieces, address):
        return None
    if not covers(golden, address, _elements(arguments)):
        return None
    values, biases = piece.values, golden.floats(int(arguments["biases"]), filters)
    native()["add_bias"](values.ctypes.data, biases.ctypes.data, 1, filters, values.size // filters)
    return Carried({address: piece})


ADD_BIAS = Kernel(
    name="add_bias",
    role=Role("convolution", "add the biases"),
    parameters=(
        ("output", ParameterType.POINTER),
        ("biases", ParameterType.POINTER),
        ("batch", ParameterType.INT),
        ("n", ParameterType.INT),
        ("size", ParameterType.INT),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=False,
    twin=_twin,
    owner_of=owners.element_of("output"),
    carry=one_by_one(_carry),
    copied=Copied("output biases batch n size"),
)
