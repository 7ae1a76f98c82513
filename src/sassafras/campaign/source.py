"""Where a campaign's network and frames came from, kept in its folder so that it can be opened again."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.store.stored import open_stored
from sassafras.errors import CampaignError, typed
from sassafras.network.alexnet import bundled_former_digest, load_alexnet
from sassafras.network.images import read_images
from sassafras.network.importers.darknet.config import read_cfg
from sassafras.network.importers.darknet.former import former_digest
from sassafras.network.importers.darknet.load import load_darknet
from sassafras.network.network import Network

KEY = "source"


class Source(BaseModel):
    """Files of a campaign. ``cfg``, ``weights`` None: the bundled network. ``images`` None: rendered frames;
    else the folder, of which the first ``count`` images were used. ``names``: of the classes, None: numbered.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cfg: Path | None = None
    weights: Path | None = None
    images: Path | None = None
    count: int | None = None
    names: Path | None = None


def facts_of(source: Source) -> dict[str, Any]:
    """What a store has to hold so that its campaign can be opened again (absolute paths)."""
    changes = {
        name: None if path is None else Path(path).resolve()
        for name, path in (
            ("cfg", source.cfg),
            ("weights", source.weights),
            ("images", source.images),
            ("names", source.names),
        )
    }
    said = source.model_copy(update=changes).model_dump(mode="json")
    if said["names"] is None:  # as it was written before there were names
        del said["names"]
    return {KEY: said}


def describe(campaign: Campaign, source: Source) -> None:
    """Keep in the campaign's folder what it takes to open it again; nothing is written where it is there."""
    wanted = facts_of(source)[KEY]
    if campaign.store.meta(KEY) != wanted:
        campaign.store.put_meta(KEY, wanted)


def open_campaign(folder: Path, *, reading: bool = False) -> tuple[Campaign, Source]:
    """The campaign in a folder, as it was made: network, frames, settings. ``reading``: without its frames,
    and nothing can be added to it; one of an older version will do, as long as its network and its machine
    code are those of today.

    Raises CampaignError where there is none, where it does not say what it was made of, and where network,
    frames, machine code or version are no longer those it was made with; NetworkError for missing files.
    """
    settings, source = _read(folder)
    if source.cfg is None or source.weights is None:
        network = load_alexnet()
    else:
        network = load_darknet(source.cfg, source.weights, source.names)
    images = None
    if source.images is not None and not reading:
        images = read_images(
            source.images, network.input_shape, network.classes, settings.fit, source.count
        ).images
    try:
        former = partial(_former_digest, source, network) if reading else None
        return Campaign(folder, settings, network, images, reading=reading, former=former), source
    except CampaignError as error:
        reason, _, _ = str(error).partition(";")
        if "another campaign" not in reason or reading:
            raise
        raise CampaignError(
            f"{reason}: network, frames, kernels or version have changed since it was made; "
            "run it again into another folder"
        ) from None


def _former_digest(source: Source, network: Network) -> str:
    """What stores of schema 1 and 2 know a source's network by."""
    if source.cfg is None:
        return bundled_former_digest()
    return former_digest(read_cfg(source.cfg), network.parameters)


def open_to_read(folder: Path | str, network: Network | None = None) -> Campaign:
    """The campaign in a folder, to be read: nothing is made and nothing can be added. ``network``: its own,
    where the folder does not say which (a campaign made from Python); None: the bundled one.

    Raises CampaignError where there is none, and where it was made with another network or machine code.
    """
    place = Path(folder)
    with open_stored(place) as stored:
        facts = stored.facts
    if facts.source is not None and network is None:
        return open_campaign(place, reading=True)[0]
    used = network or load_alexnet()
    if (
        facts.source is None
        and network is None
        and facts.fingerprint["network"]
        not in {
            used.digest,
            bundled_former_digest(),
        }
    ):
        raise CampaignError(
            f"{place} does not say which network it was made with, and it is not the bundled one; give it: "
            "sassafras.open(folder, network)"
        )
    return Campaign(place, facts.settings, used, reading=True, former=bundled_former_digest)


def _read(folder: Path) -> tuple[Settings, Source]:
    with open_stored(folder) as stored:
        facts = stored.facts
    if facts.source is None:
        raise CampaignError(
            f"{folder} does not say what its campaign was made of; "
            "give the command that made it once more (sassafras run ...)"
        )
    try:
        return facts.settings, Source.model_validate(facts.source)
    except ValidationError as error:
        reason = error.errors()[0]
        raise CampaignError(
            f"{folder} is a campaign of another version ({reason['loc'][0]}: {reason['msg']}); "
            "run it again into another folder"
        ) from None


def is_bundled(campaign: Campaign) -> bool:
    """Whether its network is the one that comes with Sassafras, as the store says."""
    stored = campaign.store.meta(KEY)
    return stored is not None and stored["cfg"] is None


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
