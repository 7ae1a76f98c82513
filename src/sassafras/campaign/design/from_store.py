"""From what a store says of a campaign to the faults it asks for: without its network or its frames."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sassafras.campaign.design.lanes import Design, Lane
from sassafras.campaign.design.own_faults import of_mode
from sassafras.campaign.design.settings import Settings
from sassafras.faults.census import Cell
from sassafras.faults.classes import FaultClass
from sassafras.faults.model import FaultModel, Mode
from sassafras.faults.strata import Stratify

STRATA = "strata"  #: key in the store: names of the strata, one without a name if it is not stratified
CHOSEN = "chosen by you, not a sample"  #: of faults of one's own, wherever they are counted
COUNTED = "counted, not sampled"  #: of a whole population by classes, wherever its shares are shown
CLASSES = "classes"  #: key in the store: the classes of a whole population (`faults.classes`)
CENSUS = "census"  #: key in the store: sites by mode, model, kernel and layer, once the profile is known

Place = tuple[str, int]  #: a kernel in a layer


def stratum_of(place: Place, stratify: Stratify | None) -> str:
    """The name of the stratum of a kernel in a layer."""
    kernel, layer = place
    return {Stratify.KERNEL: kernel, Stratify.LAYER: str(layer), None: ""}[stratify]


def cells_of(stored: Iterable[dict[str, Any]] | None) -> tuple[Cell, ...]:
    """The census, from the store's JSON."""
    return tuple(
        Cell(**(cell | {"mode": Mode(cell["mode"]), "model": FaultModel(cell["model"])}))
        for cell in stored or ()
    )


def design_of(
    settings: Settings, strata: Sequence[str], cells: Iterable[Cell], classes: Sequence[FaultClass] = ()
) -> Design:
    """Which faults the settings ask for. Strata without a site are left out, once the census is known.
    ``classes``: of a whole population, once these are known.
    """
    if settings.exact:
        whole = (Lane(Mode.IOV, 0, "", len(classes) or 1),)  # not yet known: at least one is missing
        return Design(whole, 1, None, None, tuple(classes))
    if settings.faults is not None:
        own = [Lane(mode, 0, "", len(of_mode(settings.faults, mode))) for mode in settings.modes]
        return Design(tuple(own), 1, None, settings.shard)
    struck = {(c.mode, stratum_of((c.kernel, c.layer), settings.stratify)) for c in cells}
    known = {mode for mode, _ in struck}
    lanes = tuple(
        Lane(mode, number, label, settings.most_per_lane(len(strata)))
        for mode in settings.modes
        for number, label in enumerate(strata)
        if mode not in known or (mode, label) in struck
    )
    return Design(lanes, len(strata), settings.until, settings.shard)


def asked_for(settings: Settings, strata: int) -> str:
    """What the settings ask for, in words: "1000 RF + 1000 IOA faults", in each stratum, at most."""
    if settings.faults is not None:
        counts = [f"{len(of_mode(settings.faults, mode))} {mode.value}" for mode in settings.modes]
        return f"{' + '.join(counts)} faults {CHOSEN},"
    if settings.exact:
        return "every single-bit IOV fault, by kinds,"
    each = settings.most_per_lane(strata)
    text = " + ".join(f"{each} {mode.value}" for mode in settings.modes) + " faults"
    if settings.stratify is not None:
        text += f" in each of {strata} {settings.stratify}s,"
    if settings.until is not None:
        text = f"until every share is known to ±{settings.until * 100:g} %, at most {text.rstrip(',')},"
    return text
