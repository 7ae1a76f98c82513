"""What is known of faults before they are run: the whole population of a small campaign, put into classes
(``--exact``), and how many single ones were proven (``--proofs``).
"""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from sassafras.campaign.design.from_store import CLASSES
from sassafras.campaign.design.sampling import Sampler
from sassafras.campaign.execution.workers import BatchResult, Pool
from sassafras.campaign.store.results import Store
from sassafras.errors import UsageError
from sassafras.faults.classes import FaultClass, classes_from, parts_of_site, stored_classes
from sassafras.faults.model import FaultModel, Mode
from sassafras.faults.targets import Selection
from sassafras.progress import Progress
from sassafras.simulation.fault_classes import Wanted

MOST_SITES = 200_000  #: whose faults are put into classes: about three milliseconds of a core each
PROVEN = "proven"  #: key in the store: faults whose ending was proven
FEWER = "take fewer kernels (--kernels), frames (--frames 1) or destinations (--groups), or leave out --exact"


_KNOWN: WeakKeyDictionary[Store, tuple[FaultClass, ...]] = WeakKeyDictionary()


class NotCountable(UsageError):
    """The population is too large, or nothing can be proven of it."""


def with_proven(store: Store, done: BatchResult) -> dict[str, int]:
    """How many faults have needed no run, with those of a batch; nothing where no batch says so."""
    return {PROVEN: (store.meta(PROVEN) or 0) + done.proven} if done.proven else {}


def known_classes(store: Store) -> tuple[FaultClass, ...]:
    """The classes that a store holds; they never change."""
    if store not in _KNOWN:
        found = classes_from(store.meta(CLASSES))
        if not found:
            return ()
        _KNOWN[store] = found
    return _KNOWN[store]


def classify(store: Store, sampler: Sampler, pool: Pool, progress: Progress) -> None:
    """Find the classes of a campaign that is to be exact, and keep them in its store, once. Raises
    NotCountable.
    """
    settings = sampler.settings
    if not settings.exact or known_classes(store):
        return
    sites = sampler.populations(Mode.IOV)[FaultModel.SINGLE_BIT].total
    if sites > MOST_SITES:
        raise NotCountable(f"--exact: {sites} sites are more than {MOST_SITES}; {FEWER}")
    selection = Selection(Mode.IOV, FaultModel.SINGLE_BIT, settings.rules.groups)
    parts = parts_of_site((item.program for item in sampler.launches), selection)
    wanted = [
        Wanted(item.frame, item.launch, selection, parts, item.profile.longest) for item in sampler.launches
    ]
    progress.begin("classes", len(wanted))
    found: dict[tuple[int, int], Sequence[FaultClass]] = {}
    try:
        for number, classes in pool.map("classes", [(one,) for one in wanted], [w.frame for w in wanted]):
            found[wanted[number].frame, wanted[number].launch] = classes
            progress.advance(1)
    except UsageError as error:
        raise NotCountable(f"--exact: {error}") from error
    progress.end()
    every = [one for place in sorted(found) for one in found[place]]
    if len(every) > settings.injections:
        raise NotCountable(
            f"--exact: {len(every)} kinds of fault would have to be run, more than {settings.injections}; "
            f"{FEWER}, or allow more (--injections {len(every)})"
        )
    store.put_meta(CLASSES, stored_classes(every))
