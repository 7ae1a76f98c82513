"""The architectures by name. Each module ``sm_...`` of this room is one; there is no list to keep."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from sassafras.architectures.architecture import Architecture
from sassafras.architectures.device import Device
from sassafras.errors import ListingError, UsageError, did_you_mean
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.parser import parse_listing
from sassafras.isa.program import Program

DEFAULT = "sm_50"  #: where nothing else is said
_PREFIX = "sm_"
_CARDS = "cards"  #: the package of those


def name_of(capability: int) -> str:
    """The name of compute capability ``capability`` (major and minor number as one: 50)."""
    return f"{_PREFIX}{capability}"


@cache
def architectures() -> Mapping[str, Architecture]:
    """All that are known, in the order of their compute capability."""
    modules = pkgutil.iter_modules([str(Path(__file__).parent)])
    names = [module.name for module in modules if module.name.startswith(_PREFIX)]
    found = (import_module(f"sassafras.architectures.{name}").ARCHITECTURE for name in names)
    in_order = sorted(found, key=lambda one: int(one.name.removeprefix(_PREFIX)))
    return MappingProxyType({one.name: one for one in in_order})


@cache
def cards() -> Mapping[str, Device]:
    """All cards whose time is modelled, by the name that ``--device`` takes. Each module of ``cards`` that
    has a ``CARD`` is one.
    """
    folder = Path(__file__).parent / _CARDS
    names = sorted(module.name for module in pkgutil.iter_modules([str(folder)]))
    modules = {name: import_module(f"sassafras.architectures.{_CARDS}.{name}") for name in names}
    return MappingProxyType(
        {name.replace("_", "-"): one.CARD for name, one in modules.items() if hasattr(one, "CARD")}
    )


def card(name: str) -> Device:
    """The card of that name. Raises UsageError for an unknown one."""
    known = cards()
    if name not in known:
        hint = did_you_mean(name, known)
        raise UsageError(f"unknown device {name!r}; {hint}known are: {', '.join(known)}")
    return known[name]


def architecture_of_device(device: str, name: str | None = None) -> Architecture:
    """The architecture whose code a card runs, with that card's time modelled. ``name``: that is asked for.
    Raises as `architecture`.
    """
    return architecture(name or card(device).architecture, device)


def architecture(name: str, device: str | None = None, tensor_cores: bool = False) -> Architecture:
    """The architecture of that name; ``device``: with that card's time modelled instead of its usual one's;
    ``tensor_cores``: with their products modelled instead of refused. Raises UsageError for an unknown one,
    and for a card of another.
    """
    known = architectures()
    if name not in known:
        hint = did_you_mean(name, known)
        raise UsageError(f"unknown architecture {name!r}; {hint}known are: {', '.join(known)}")
    usual = known[name]
    card_of_it = usual.card if device is None else device
    if card_of_it == usual.card and not tensor_cores:
        return usual
    return _changed(name, card_of_it, tensor_cores)


@cache
def _changed(name: str, device: str | None, tensor_cores: bool) -> Architecture:
    """One object for each, since objects are what caches go by."""
    if device is not None and (other := card(device).architecture) != name:
        raise UsageError(f"device {device} runs code of {other}, not of {name}: choose --arch {other}")
    return replace(architectures()[name], card=device, tensor_cores=tensor_cores)


def default_architecture() -> Architecture:
    """The one where nothing else is said."""
    return architecture(DEFAULT)


def program_of(listing: str, metadata: KernelMetadata) -> Program:
    """The program of a listing, for the architecture that its metadata names.

    Raises ListingError where that is unknown, where its family's opcodes are, and as `parse_listing` does.
    """
    found = architectures().get(metadata.arch)
    if found is None or not found.family.is_known:
        readable = ", ".join(one.name for one in architectures().values() if one.family.is_known)
        raise ListingError(f"architecture {metadata.arch} is not supported; compile for one of {readable}")
    return parse_listing(listing, metadata, found)
