"""A stored fault of a hardened program, together with what it takes to run it again."""

from __future__ import annotations

from pathlib import Path

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.source import open_campaign
from sassafras.campaign.store.results import Store, read_meta
from sassafras.campaign.store.store_errors import STORE_NAME
from sassafras.errors import CampaignError, UsageError
from sassafras.explanation.case import Case, open_case, profile_again, rules_of, workbench_of
from sassafras.explanation.stored import name_of, parse_id, row_of
from sassafras.faults.ids import number_of
from sassafras.hardening.calibration import as_stored
from sassafras.hardening.evaluate import FOLDER
from sassafras.hardening.own_variants import parse_choice, variant_campaign
from sassafras.hardening.plan import launched, parse_protection
from sassafras.hardening.replay import NO_COUNTERPART, TranslatingInjector, placed
from sassafras.hardening.triplicated import STORE, thrice, triplicated
from sassafras.hardening.workload import harden
from sassafras.progress import Progress
from sassafras.simulation.record import Injection
from sassafras.workload.own.load import OwnWorkload

FRESH, REPLAY = ".fresh.sqlite", ".replay.sqlite"


def open_hardened_case(path: Path, text: str, progress: Progress) -> Case:
    """The case of a fault in a store that ``sassafras harden`` has left in a campaign's folder
    (``DIR/harden/PLAN.fresh.sqlite`` or ``PLAN.replay.sqlite``).

    Raises CampaignError where the file is none, where the fault is not there or has no counterpart;
    UsageError for an unknown fault.
    """
    if path.name == STORE and path.parent.name == FOLDER:
        plain, _ = open_campaign(path.parent.parent)
        return open_case(_triplicated(plain, path), text, progress, source=path)
    end = next((end for end in (FRESH, REPLAY) if path.name.endswith(end)), None)
    if end is None or path.parent.name != FOLDER or not (path.parent.parent / STORE_NAME).is_file():
        raise CampaignError(
            f"{path} is no store of a hardened program; give a campaign's folder, or a file "
            f"DIR/{FOLDER}/PLAN{FRESH} or DIR/{FOLDER}/PLAN{REPLAY}"
        )
    plain, _ = open_campaign(path.parent.parent)
    fresh = _fresh(plain, path.with_name(path.name.removesuffix(end) + FRESH))
    if end == FRESH:
        return open_case(fresh, text, progress, source=path)
    return _replayed_case(plain, fresh, path, text, progress)


def _fresh(plain: Campaign, path: Path) -> Campaign:
    """The campaign of its own in a hardened program. Raises CampaignError."""
    settings = read_meta(path, "settings") if path.is_file() else None
    if settings is None:
        raise CampaignError(f"{path} is missing or was never run; run sassafras harden again")
    plan = path.name.removesuffix(FRESH).replace("+", ",")
    wanted = Settings.from_store(settings)
    if isinstance(plain.network, OwnWorkload):
        return variant_campaign(plain, parse_choice(plain.network, plan), wanted.injections)
    protection = as_stored(path, parse_protection(plan, launched(plain.network)))
    network = harden(plain.network, protection)
    return Campaign(path.parent, wanted, network, plain.images, store_name=path.name)


def _triplicated(plain: Campaign, path: Path) -> Campaign:
    """The campaign of its own in a workload that runs three times. Raises CampaignError."""
    settings = read_meta(path, "settings") if path.is_file() else None
    if settings is None:
        raise CampaignError(f"{path} is missing or was never run; run sassafras harden again")
    wanted, images = Settings.from_store(settings), [thrice(given) for given in plain.images]
    return Campaign(path.parent, wanted, triplicated(plain.network), images, store_name=path.name)


def _replayed_case(plain: Campaign, fresh: Campaign, path: Path, text: str, progress: Progress) -> Case:
    row = _replayed_row(plain, fresh, path, parse_id(text))
    profile_again(plain, progress)
    profile_again(fresh, progress)
    (draw,) = plain.draws([number_of(row.id)])
    bench, rules = workbench_of(fresh), rules_of(fresh)
    injector = TranslatingInjector(bench, rules, plain.network, fresh.network)
    return Case(path, row, placed(draw, fresh.network, fresh.longest), bench, injector, rules, plain.images)


def _replayed_row(plain: Campaign, fresh: Campaign, path: Path, fault: int) -> Injection:
    store = Store(path, fresh.fingerprint() | {"replay": plain.fingerprint()})
    try:
        row = row_of(store.injections(), fault)
        errors = store.errors()
    finally:
        store.close()
    if row is not None:
        return row
    messages = errors.loc[errors["id"] == fault, "message"].tolist()
    if messages and str(messages[0]).startswith(NO_COUNTERPART):
        raise CampaignError(f"fault {name_of(fault)} does not exist in the hardened program ({messages[0]})")
    if messages:
        raise CampaignError(f"fault {name_of(fault)} of {path} ended in an error: {messages[0]}")
    raise UsageError(f"{path} has no fault {name_of(fault)}; its faults are those of {plain.folder}")
