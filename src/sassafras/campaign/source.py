"""Where a campaign's network and frames came from, kept in its folder so that it can be opened again."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from sassafras.campaign.campaign import STORE_NAME, Campaign
from sassafras.campaign.settings import Settings
from sassafras.campaign.store import read_meta
from sassafras.errors import CampaignError
from sassafras.network.alexnet import load_alexnet
from sassafras.network.darknet import load_darknet
from sassafras.network.images import load_images

KEY = "source"


class Source(BaseModel):
    """Files of a campaign. ``cfg``, ``weights`` None: the bundled network. ``images`` None: rendered frames;
    else the folder, of which the first ``count`` images were used.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cfg: Path | None = None
    weights: Path | None = None
    images: Path | None = None
    count: int | None = None


def describe(campaign: Campaign, source: Source) -> None:
    """Keep in the campaign's folder what it takes to open it again (absolute paths)."""
    changes = {
        name: None if path is None else Path(path).resolve()
        for name, path in (("cfg", source.cfg), ("weights", source.weights), ("images", source.images))
    }
    campaign.store.put_meta(KEY, source.model_copy(update=changes).model_dump(mode="json"))


def open_campaign(folder: Path) -> tuple[Campaign, Source]:
    """The campaign in a folder, as it was made: network, frames, settings.

    Raises CampaignError where there is none, where it does not say what it was made of, and where network,
    frames, machine code or version are no longer those it was made with; NetworkError for missing files.
    """
    path = folder / STORE_NAME
    if not path.is_file():
        raise CampaignError(f"{folder} holds no campaign; make one with: sassafras run --out {folder}")
    settings, source = _read(path)
    if source.cfg is None or source.weights is None:
        network = load_alexnet()
    else:
        network = load_darknet(source.cfg, source.weights)
    images = None
    if source.images is not None:
        images = load_images(source.images, network.input_shape, network.classes)[: source.count]
    try:
        return Campaign(folder, settings, network, images), source
    except CampaignError as error:
        reason = str(error).partition(";")[0]
        raise CampaignError(
            f"{reason}: network, frames, kernels or version have changed since it was made; "
            "run it again into another folder"
        ) from None


def _read(path: Path) -> tuple[Settings, Source]:
    stored = {key: read_meta(path, key) for key in ("settings", KEY)}
    if None in stored.values():
        raise CampaignError(
            f"{path.parent} does not say what its campaign was made of; "
            "give the command that made it once more (sassafras run ...)"
        )
    try:
        return Settings.model_validate(stored["settings"]), Source.model_validate(stored[KEY])
    except ValidationError as error:
        reason = error.errors()[0]
        raise CampaignError(
            f"{path.parent} is a campaign of another version ({reason['loc'][0]}: {reason['msg']}); "
            "run it again into another folder"
        ) from None


def check_finished(campaign: Campaign) -> None:
    """Raise CampaignError unless every planned fault was injected or failed with an error of ours."""
    missing = campaign.missing()
    if missing:
        total = sum(campaign.planned.values())
        raise CampaignError(
            f"{campaign.folder} is unfinished: {total - len(missing)} of {total} injections are stored; "
            "finish it first with the command that began it (sassafras run ...)"
        )
