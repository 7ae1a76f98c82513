"""The hardened kernels by plain name and technique.

A hardened kernel has its plain kernel's grid and block, reads what that reads, and its twin is that kernel's:
a fault-free launch leaves the same bits and raises no flag (of ``variants``, which have their own, that is
said there). Flags are words that only a fault makes 1; ``writes`` lists them all the same, so that whatever
compares a faulty launch with a golden one sees a flag that was raised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.errors import UsageError
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.hardened.checksum import rounding_bounds
from sassafras.kernels.hardened.layout import STRUCTURES, Structure
from sassafras.kernels.hardened.technique import FLAGS, SHAPES, Technique
from sassafras.kernels.hardened.variants import VARIANTS, check_windows
from sassafras.kernels.kernel import Kernel, ParameterType, Region

_EVERYWHERE = (Technique.TMR, Technique.DMR, Technique.DMR_RETRY)


def _flag_regions(technique: Technique, arguments: Arguments) -> tuple[Region, ...]:
    return tuple(Region(int(arguments[flag]), 4) for flag in SHAPES[technique].flags)


def _hardened(structure: Structure, technique: Technique) -> Kernel:
    plain, shape = structure.kernel, SHAPES[technique]
    own = plain.twin

    def geometry(arguments: Arguments) -> tuple[Dim, Dim]:
        return plain.geometry(structure.plain(arguments))

    def reads(arguments: Arguments) -> tuple[Region, ...]:
        return plain.reads(structure.plain(arguments))

    def writes(arguments: Arguments) -> tuple[Region, ...]:
        return (*plain.writes(structure.plain(arguments)), *_flag_regions(technique, arguments))

    def twin(memory: DeviceMemory, arguments: Arguments) -> None:
        assert own is not None
        own(memory, structure.plain(arguments))

    numbers = tuple((name, ParameterType.FLOAT) for name in shape.numbers)
    flags = tuple((name, ParameterType.POINTER) for name in shape.flags)
    return replace(
        plain,
        name=plain.name + technique.suffix,
        parameters=(*structure.parameters(shape.copies), *numbers, *flags),
        geometry=geometry,
        reads=reads,
        writes=writes,
        overwrites=plain.overwrites and not flags,
        twin=None if own is None else twin,
    )


_COPIES: dict[tuple[str, Technique], Kernel] = {
    (name, technique): _hardened(structure, technique)
    for name, structure in STRUCTURES.items()
    for technique in (*_EVERYWHERE, *((Technique.ABFT,) if name == "gemm" else ()))
}

HARDENED: dict[tuple[str, Technique], Kernel] = {**_COPIES, **VARIANTS}
"""By name of the plain kernel and technique. A value's ``name`` is that of its machine code: ``gemm_tmr``."""

_NUMBERS: dict[Technique, Callable[[Arguments], dict[str, float]]] = {
    Technique.ABFT: lambda arguments: rounding_bounds(int(arguments["k"]))
}


NETWORK = "network"  #: stands for a kernel's name where a technique is of the whole network
ADDING: tuple[tuple[str, Technique], ...] = (("gemm", Technique.CHECKSUM), (NETWORK, Technique.GUARD))
"""What leaves every kernel as it is and adds launches (`sassafras.hardening.added`)."""


def techniques_of(kernel: str) -> tuple[Technique, ...]:
    """The techniques offered for a plain kernel or for NETWORK; none for any other name."""
    return tuple(technique for name, technique in (*HARDENED, *ADDING) if name == kernel)


def check_technique(kernel: str, technique: Technique) -> None:
    """Raise UsageError where a kernel (or NETWORK) cannot be hardened so, naming how it can."""
    if (kernel, technique) not in ADDING:
        hardened_kernel(kernel, technique)


def hardened_kernel(kernel: str, technique: Technique) -> Kernel:
    """The hardened form of a plain kernel. Raises UsageError where there is none, naming what there is."""
    if (kernel, technique) in HARDENED:
        return HARDENED[kernel, technique]
    if offered := techniques_of(kernel):
        raise UsageError(f"{kernel} cannot be hardened with {technique}; it can with: {', '.join(offered)}")
    raise UsageError(f"there is no kernel {kernel!r} to harden; there are: {', '.join(STRUCTURES)}")


def harden_arguments(
    kernel: str,
    technique: Technique,
    arguments: Arguments,
    flag_address: int,
    bounds: tuple[float, float] | None = None,
) -> dict[str, int | float]:
    """A plain kernel's arguments as those of its hardened form.

    ``flag_address``: device address of FLAG_BYTES bytes, zero before the launch: words ``detected`` and
    ``corrected``. A technique without flags does not use it. ``bounds``: low and high of ``range``. Raises
    UsageError as ``hardened_kernel`` does, for a gemm too long for its checksums, for windows that
    first-valid cannot take, and for ``range`` without bounds.
    """
    hardened_kernel(kernel, technique)
    if (kernel, technique) in VARIANTS:
        return _variant_arguments(technique, arguments, bounds)
    shape = SHAPES[technique]
    numbers = _NUMBERS[technique](arguments) if technique in _NUMBERS else {}
    flags = {flag: flag_address + 4 * FLAGS.index(flag) for flag in shape.flags}
    return {**STRUCTURES[kernel].arguments(arguments, shape.copies), **numbers, **flags}


def _variant_arguments(
    technique: Technique, arguments: Arguments, bounds: tuple[float, float] | None
) -> dict[str, int | float]:
    if technique is Technique.FIRST_VALID:
        check_windows(arguments)
        return dict(arguments)
    if bounds is None:
        raise UsageError("range needs bounds for every launch of activate_array (hardening.calibration)")
    return {**arguments, **dict(zip(SHAPES[technique].numbers, bounds, strict=True))}
