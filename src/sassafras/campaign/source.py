"""A campaign opened again from what its folder says of its source."""

from __future__ import annotations

from pathlib import Path

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.presets import preset_source
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.store.stored import open_stored
from sassafras.errors import CampaignError, typed
from sassafras.workload.source import Source, source_of, stored_source
from sassafras.workload.workload import Workload

KEY = "source"


def describe(campaign: Campaign, source: Source) -> None:
    """Keep in the campaign's folder what it takes to open it again; nothing is written where it is there."""
    wanted = stored_source(source)
    if campaign.store.meta(KEY) != wanted:
        campaign.store.put_meta(KEY, wanted)


def open_campaign(folder: Path, *, reading: bool = False) -> tuple[Campaign, Source]:
    """The campaign in a folder, as it was made: workload, inputs, settings. ``reading``: without its inputs,
    and nothing can be added to it; one of an older version will do, as long as its workload and its machine
    code are those of today.

    Raises CampaignError where there is none, where it does not say what it was made of, and where workload,
    inputs, machine code or version are no longer those it was made with; NetworkError for missing files.
    """
    settings, source = _read(folder)
    try:
        return Campaign(folder, settings, source=source, reading=reading), source
    except CampaignError as error:
        reason, _, _ = str(error).partition(";")
        if "another campaign" not in reason or reading:
            raise
        raise CampaignError(
            f"{reason}: network, frames, kernels or version have changed since it was made; "
            "run it again into another folder"
        ) from None


def open_to_read(folder: Path | str, network: Workload | None = None) -> Campaign:
    """The campaign in a folder, to be read: nothing is made and nothing can be added. ``network``: its own
    workload, where the folder does not say which (a campaign made from Python); None: the bundled one.

    Raises CampaignError where there is none, and where it was made with another workload or machine code.
    """
    place = Path(folder)
    with open_stored(place) as stored:
        facts = stored.facts
    if network is None:
        if facts.source is not None:
            return open_campaign(place, reading=True)[0]
        source = preset_source(facts.settings.preset)
        used = source.build(facts.settings.architecture)
        if facts.fingerprint["network"] not in {used.digest, source.former_digest(used)}:
            raise CampaignError(
                f"{place} does not say which network it was made with, and it is not the bundled one; give "
                "it: sassafras.open(folder, network)"
            )
        network = used
    return Campaign(place, facts.settings, network, reading=True)


def _read(folder: Path) -> tuple[Settings, Source]:
    with open_stored(folder) as stored:
        settings, source = stored.facts.settings, stored.source
    if source is None:
        raise CampaignError(
            f"{folder} does not say what its campaign was made of; "
            "give the command that made it once more (sassafras run ...)"
        )
    return settings, source


def everything_of(campaign: Campaign) -> str | None:
    """The preset that strikes every kernel of its workload, as the store says; None where there is none."""
    stored = campaign.store.meta(KEY)
    return None if stored is None else source_of(stored).everything


def check_finished(campaign: Campaign) -> None:
    """Raise CampaignError unless every planned fault was injected or failed with an error of ours."""
    missing = campaign.missing()
    if missing:
        total = sum(campaign.planned.values())
        raise CampaignError(
            f"{campaign.folder} is unfinished: {total - len(missing)} of {total} injections are stored; "
            f"finish it first with: {typed('resume', campaign.folder)} "
            "(or the sassafras run ... that began it)"
        )
