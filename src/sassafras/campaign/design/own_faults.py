"""Faults that the user chose, in a campaign: what its settings then are, and the draws that mean them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sassafras.emulator.profile import LaunchProfile
from sassafras.errors import UsageError
from sassafras.faults.ids import fault_id
from sassafras.faults.model import Draw, Mode, Scope, known_models
from sassafras.faults.own import OwnFault
from sassafras.faults.own_file import read_own_faults
from sassafras.kernels.registry import KERNELS
from sassafras.workload.launches import PlannedLaunch

OF_A_SAMPLE = ("groups", "mode_models", "until", "stratify", "per_stratum")  #: settings that choose faults


def own_faults(given: object) -> tuple[OwnFault, ...]:
    """The faults in a file (a path), or in a sequence of `OwnFault` or of mappings of its fields. Raises
    UsageError.
    """
    if isinstance(given, str | Path):
        return read_own_faults(Path(given))
    if not isinstance(given, Sequence) or not given:
        raise UsageError("faults: give the path of a CSV file, or a list of at least one OwnFault")
    return tuple(_one(number, item) for number, item in enumerate(given))


def _one(number: int, item: object) -> OwnFault:
    if isinstance(item, OwnFault):
        return item
    try:
        if not isinstance(item, Mapping):
            raise TypeError(f"{item!r} is no fault")
        return OwnFault(**{"where": f"faults[{number}]", **item})
    except TypeError as error:
        raise UsageError(f"faults[{number}]: {error}; give an OwnFault") from None


def settings_for(faults: Sequence[OwnFault]) -> dict[str, Any]:
    """What follows for a campaign's settings: its modes, models and kernels are those of the faults. A kernel
    that is none of ours may be the workload's: `launch_of` knows.
    """
    models, kernels = {own.fault_model for own in faults}, dict.fromkeys(own.kernel for own in faults)
    modes = tuple(mode for mode in Mode if any(own.mode is mode for own in faults))
    return {
        "faults": tuple(faults),
        "modes": modes,
        "models": tuple(model for model in known_models() if model in models),
        "kernels": (*(k for k in KERNELS if k in kernels), *(k for k in kernels if k not in KERNELS)),
        "injections": max(len(of_mode(faults, mode)) for mode in modes),
        "scope": Scope.THREAD,
    }


def of_mode(faults: Iterable[OwnFault], mode: Mode) -> list[OwnFault]:
    """Those of a mode, in their order: the place of each is its number within the mode."""
    return [own for own in faults if own.mode is mode]


def _hint(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = get_close_matches(name, names, n=1)
    return (f"did you mean {close[0]}? " if close else "") + f"known: {', '.join(names)}"


def own_draws(
    plan: Sequence[PlannedLaunch],
    faults: Sequence[OwnFault],
    mode: Mode,
    numbers: Iterable[int],
    profiles: Mapping[tuple[int, int], LaunchProfile],
) -> list[Draw]:
    """The faults of a mode with these numbers. ``profiles``: golden ones by (frame, launch)."""
    found, known = [], of_mode(faults, mode)
    for number in numbers:
        own = known[number]
        launch = launch_of(plan, own).index
        kind = (fault_id(mode, number), own.mode, own.fault_model, own.scope)
        place, words = (own.frame, launch, own.block, own.thread), (0, 0, 0, 0)
        longest = profiles[own.frame, launch].longest
        found.append(Draw(*kind, *place, *words, longest=longest, own=own))
    return found


def launch_of(plan: Sequence[PlannedLaunch], own: OwnFault) -> PlannedLaunch:
    """The launch that a fault strikes. Raises UsageError."""
    found = [planned for planned in plan if planned.kernel == own.kernel]
    if not found:
        launched = dict.fromkeys(planned.kernel for planned in plan)
        if own.kernel not in KERNELS and all(name in KERNELS for name in launched):
            raise own.refuse("kernel", f"there is no {own.kernel!r}; {_hint(own.kernel, KERNELS)}")
        raise own.refuse("kernel", f"the network does not launch {own.kernel}; {_hint(own.kernel, launched)}")
    if own.invocation >= len(found):
        raise own.refuse("invocation", beyond(own.invocation, len(found), f"launches of {own.kernel}"))
    return found[own.invocation]


def beyond(number: int, count: int, what: str) -> str:
    """Words for a number that is too large, of so many things."""
    return f"{number}: there are {count} {what}, 0 to {count - 1}"
