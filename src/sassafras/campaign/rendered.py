"""The rendered frames of a campaign, as images, and what its settings say of loaded ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sassafras.campaign.design.settings import Settings
from sassafras.campaign.execution.limits import check_frames
from sassafras.network.frames import CLASS_NAMES, render_frames
from sassafras.network.images import Image, image_from_frame


def rendered_images(settings: Settings, classes: Sequence[str]) -> tuple[Image, ...]:
    """``settings.frames`` frames of the campaign's seed. ``classes``: of the network; only where they are the
    instruments that frames show does a frame have a label. Raises UsageError for more than memory holds.
    """
    check_frames(settings.frames)
    frames = render_frames(settings.seed, settings.frames, classes=settings.frame_classes)
    images = tuple(image_from_frame(frame) for frame in frames)
    if tuple(classes) == CLASS_NAMES:
        return images
    return tuple(replace(image, label=None) for image in images)


def with_fit_of(images: Sequence[Image], settings: Settings) -> Settings:
    """The settings, with the fit that loaded images were given, where it is one and the same."""
    fits = {image.fit for image in images} - {None}
    if len(fits) != 1 or settings.fit in fits:
        return settings
    return settings.model_copy(update={"fit": fits.pop()})
