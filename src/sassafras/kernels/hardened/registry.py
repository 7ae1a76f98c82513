"""The hardened kernels by plain name and technique.

A hardened kernel has its plain kernel's grid and block, reads what that reads, and its twin is that kernel's:
a fault-free launch leaves the same bits and raises no flag (of variants, which have their own, that is said
there). Flags are words that only a fault makes 1; ``writes`` lists them all the same, so that whatever
compares a faulty launch with a golden one sees a flag that was raised.
"""

from __future__ import annotations

from dataclasses import replace

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.errors import UsageError, did_you_mean
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.hardened.adding import ADDING, NETWORK, WITHIN
from sassafras.kernels.hardened.layout import STRUCTURES, Structure
from sassafras.kernels.hardened.technique import COPIES, FLAGS, VARIANTS, Copies, Technique, Variant
from sassafras.kernels.kernel import Kernel, ParameterType, Region
from sassafras.kernels.registry import KERNELS

__all__ = [
    "ADDING",
    "HARDENED",
    "NETWORK",
    "WITHIN",
    "check_technique",
    "harden_arguments",
    "hardened_kernel",
    "kernels_of",
    "techniques_of",
]


def _hardened(structure: Structure, technique: Technique, shape: Copies) -> Kernel:
    plain, own = structure.kernel, structure.kernel.twin

    def geometry(arguments: Arguments) -> tuple[Dim, Dim]:
        return plain.geometry(structure.plain(arguments))

    def reads(arguments: Arguments) -> tuple[Region, ...]:
        return plain.reads(structure.plain(arguments))

    def writes(arguments: Arguments) -> tuple[Region, ...]:
        raised = (Region(int(arguments[flag]), 4) for flag in shape.flags)
        return (*plain.writes(structure.plain(arguments)), *raised)

    def twin(memory: DeviceMemory, arguments: Arguments) -> None:
        assert own is not None
        own(memory, structure.plain(arguments))

    numbers = tuple((name, ParameterType.FLOAT) for name in shape.numbers)
    flags = tuple((name, ParameterType.POINTER) for name in shape.flags)
    return replace(
        plain,
        name=plain.name + technique.suffix,
        parameters=(*structure.parameters(shape.count), *numbers, *flags),
        geometry=geometry,
        reads=reads,
        writes=writes,
        overwrites=plain.overwrites and not flags,
        twin=None if own is None else twin,
        source=None,
        copied=None,
    )


_COPIES: dict[tuple[str, Technique], Kernel] = {
    (name, technique): _hardened(structure, technique, shape)
    for name, structure in STRUCTURES.items()
    for technique, shape in COPIES.items()
    if shape.kernel in (None, name)
}

HARDENED: dict[tuple[str, Technique], Kernel] = {
    **_COPIES,
    **{slot: variant.kernel for slot, variant in VARIANTS.items()},
}
"""By name of the plain kernel and technique. A value's ``name`` is that of its machine code: ``gemm_tmr``."""


def techniques_of(kernel: str) -> tuple[Technique, ...]:
    """The techniques offered for a plain kernel or for NETWORK; none for any other name."""
    return tuple(technique for name, technique in (*HARDENED, *ADDING) if name == kernel)


def kernels_of(technique: Technique) -> tuple[str, ...]:
    """The plain kernels (or NETWORK) that a technique is offered for."""
    return tuple(name for name, offered in (*HARDENED, *ADDING) if offered is technique)


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
    if kernel in KERNELS:
        raise UsageError(f"{kernel} cannot be hardened: its record does not say how it is copied")
    hint = did_you_mean(kernel, STRUCTURES)
    raise UsageError(f"there is no kernel {kernel!r} to harden; {hint}there are: {', '.join(STRUCTURES)}")


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
    if variant := VARIANTS.get((kernel, technique)):
        return _variant_arguments(kernel, technique, variant, arguments, bounds)
    shape = COPIES[technique]
    flags = {flag: flag_address + 4 * FLAGS.index(flag) for flag in shape.flags}
    return {**STRUCTURES[kernel].arguments(arguments, shape.count), **shape.values(arguments), **flags}


def _variant_arguments(
    kernel: str,
    technique: Technique,
    variant: Variant,
    arguments: Arguments,
    bounds: tuple[float, float] | None,
) -> dict[str, int | float]:
    variant.check(arguments)
    if variant.bounds and bounds is None:
        raise UsageError(f"{technique} needs bounds for every launch of {kernel} (hardening.calibration)")
    return {**arguments, **dict(zip(variant.bounds, bounds or (), strict=bool(variant.bounds)))}
