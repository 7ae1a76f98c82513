"""The kernels of a workload file, from their machine code."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from sassafras.architectures.architecture import Architecture
from sassafras.emulator.module_memory import module_request
from sassafras.errors import UsageError
from sassafras.isa.groups import Group
from sassafras.isa.program import Program
from sassafras.isa.refusals import MODEL_PRODUCTS, MODELLED_PRODUCTS, FormsRefused, Refusal
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.kernel import Geometry, Kernel, ParameterType, Region
from sassafras.kernels.registry import ADDED, KERNELS
from sassafras.toolchain.c_types import CType
from sassafras.toolchain.machine_code import find_kernel, load_kernel, read_machine_code
from sassafras.toolchain.nvrtc import Wish
from sassafras.toolchain.signature import Named, Signature
from sassafras.toolchain.structs import Leaf, Struct
from sassafras.workload.own.schema import Argument, KernelSpec, VariantSpec
from sassafras.workload.own.structs import type_named

_OF_SIZE = {1: CType.INT8, 2: CType.INT16, 4: CType.INT32, 8: CType.INT64}


@dataclass(frozen=True)
class Code:
    """A kernel's program, its parameters as far as they are known, and arguments that every launch has."""

    label: str
    program: Program
    signature: Signature
    more: Mapping[str, Argument] = field(default_factory=dict)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Bytes of each parameter."""
        return tuple(parameter.size for parameter in self.program.parameters)

    def name_of(self, place: int) -> str:
        """Of a parameter, by its place; ``p0`` where nobody knows it."""
        return self.signature[place].name or f"p{place}"


@dataclass(frozen=True, eq=False)
class Source:
    """`Kernel.source` of a program that is there."""

    program: Program

    def __call__(self, target: Architecture) -> Program:
        """The program. Raises UsageError for another architecture."""
        if target.name != self.program.architecture.name:
            raise UsageError(
                f"{self.program.name}: its machine code is for {self.program.architecture.name}, "
                f"not {target.name}"
            )
        return self.program


@dataclass(frozen=True)
class Touched:
    """`Kernel.reads` and `writes`: the buffers that arguments point into, and ``always`` the variables."""

    buffers: tuple[Region, ...]
    pointers: tuple[str, ...]
    always: tuple[Region, ...] = ()

    def __call__(self, arguments: Arguments) -> tuple[Region, ...]:
        """The buffers."""
        places = [int(arguments[name]) for name in self.pointers]
        pointed = (b for b in self.buffers if any(b.address <= place < b.end for place in places))
        return (*pointed, *self.always)


def _no_geometry(_: Arguments) -> Geometry:
    raise UsageError("a kernel of one's own is launched with a grid and a block")


def read_code(
    label: str,
    spec: KernelSpec,
    target: Architecture,
    folder: Path,
    structs: Mapping[str, Struct] = MappingProxyType({}),
) -> Code:
    """The code of an entry of ``kernels``. ``structs``: those that the file declares. Raises UsageError,
    ToolchainError and ListingError.
    """
    if label in KERNELS or label in ADDED:
        raise UsageError(
            f"kernels.{label}: Sassafras has a kernel of that name; call the entry my_{label}, "
            f'with function = "{spec.function or label}"'
        )
    function = spec.function or label
    path = folder / spec.file
    define = tuple((name, str(value)) for name, value in spec.define.items())
    include = tuple(folder / one for one in spec.include)
    wish = Wish(include, define, (function,) if "<" in function and spec.source else ())
    found = read_machine_code(path, target.name, wish)
    kernel = find_kernel(found, function, path)
    program = replace(load_kernel(found, kernel, target.name, path), name=label)
    program = _with_tensor_cores(program, target)
    sizes = [parameter.size for parameter in program.parameters]
    signature = kernel.signature if kernel.signature and len(kernel.signature) == len(sizes) else None
    known = signature or (Named(),) * len(sizes)
    more = spec.arguments if isinstance(spec, VariantSpec) else {}
    return Code(label, program, _named(label, spec, known, sizes, structs), more)


def _with_tensor_cores(program: Program, target: Architecture) -> Program:
    """The program, for a target that carries out products of matrices. Raises FormsRefused for a program with
    such products where the target does not.
    """
    if target.tensor_cores:
        return replace(program, architecture=target)
    products = [i for i in program.instructions if Group.TENSOR in i.groups]
    if products:
        refused = [Refusal(i.offset, i.text, MODELLED_PRODUCTS) for i in products]
        raise FormsRefused(program.name, refused, MODEL_PRODUCTS)
    return program


def _named(
    label: str, spec: KernelSpec, known: Signature, sizes: Sequence[int], structs: Mapping[str, Struct]
) -> Signature:
    """The parameters, with the names and types that the file says."""
    if spec.parameters is None:
        return known
    if len(spec.parameters) != len(known):
        raise UsageError(
            f"kernels.{label}.parameters: {len(spec.parameters)} are named, the kernel has {len(known)}"
        )
    where = f"kernels.{label}.parameters"
    every = zip(spec.parameters, known, sizes, strict=True)
    return tuple(_declared(where, text, one, size, structs) for text, one, size in every)


def _declared(where: str, text: str, known: Named, size: int, structs: Mapping[str, Struct]) -> Named:
    name, colon, said = (word.strip() for word in text.partition(":"))
    if not name.isidentifier():
        raise UsageError(f"{where}: {text!r} is no name")
    if not colon:
        return replace(known, name=name)
    kind = type_named(where, said, structs)
    if kind.nbytes != size:
        raise UsageError(f"{where}: {name}: {said} has {kind.nbytes} bytes, the kernel takes {size}")
    return replace(known.of(kind), name=name)


def guessed(size: int, value: object) -> CType:
    """The type of a parameter of that size that nobody knows, by the value it gets: a number with a point is
    a float.
    """
    if isinstance(value, float):
        return {8: CType.DOUBLE, 2: CType.HALF}.get(size, CType.FLOAT)
    return _OF_SIZE[size]


@dataclass(frozen=True)
class OwnKernel(Kernel):
    """A kernel whose parameters lie where its cubin says. ``slots``: every scalar of them; ``area``: bytes of
    all.
    """

    slots: tuple[Leaf, ...] = ()
    area: int = 0

    @property
    def pointers(self) -> tuple[str, ...]:
        """Names of the slots that hold addresses."""
        return tuple(slot.name for slot in self.slots if slot.kind is CType.POINTER)

    def pack(self, arguments: Arguments) -> bytes:
        """As `Kernel` says; what lies between the slots is zero."""
        area = bytearray(self.area)
        for slot in self.slots:
            struct.pack_into("<" + slot.kind.code, area, slot.offset, arguments[slot.name])
        return bytes(area)


def touched(program: Program, pointers: tuple[str, ...], buffers: Mapping[str, Region]) -> Touched:
    """What a kernel of that code may touch, by the names of its pointers."""
    request = module_request(program)
    always = () if request is None else (buffers[request[0]],)
    return Touched(tuple(buffers.values()), pointers, always)


def kernel_of(code: Code, slots: tuple[Leaf, ...], buffers: Mapping[str, Region], shared: bool) -> OwnKernel:
    """The kernel, with the scalars that launches give for its parameters. ``shared``: launches say how much
    dynamic shared memory they have, by the argument `SHARED`.
    """
    pointers = tuple(slot.name for slot in slots if slot.kind is CType.POINTER)
    memory = touched(code.program, pointers, buffers)
    return OwnKernel(
        name=code.label,
        parameters=tuple((slot.name, ParameterType(slot.kind.code)) for slot in slots),
        geometry=_no_geometry,
        reads=memory,
        writes=memory,
        overwrites=False,
        twin=None,
        shared_bytes=_shared if shared else None,
        source=Source(code.program),
        observed=True,
        slots=slots,
        area=max((p.offset + p.size for p in code.program.parameters), default=0),
    )


SHARED = "dynamic shared memory"  #: among the arguments of a launch: its bytes


def _shared(arguments: Arguments) -> int:
    return int(arguments.get(SHARED, 0))
