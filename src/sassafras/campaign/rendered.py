"""The rendered frames of a campaign, as images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sassafras.campaign.design.settings import Settings
from sassafras.network.frames import CLASS_NAMES, render_frames
from sassafras.network.images import Image, image_from_frame


def rendered_images(settings: Settings, classes: Sequence[str]) -> tuple[Image, ...]:
    """``settings.frames`` frames of the campaign's seed. ``classes``: of the network; only where they are the
    instruments that frames show does a frame have a label.
    """
    frames = render_frames(settings.seed, settings.frames, classes=settings.frame_classes)
    images = tuple(image_from_frame(frame) for frame in frames)
    if tuple(classes) == CLASS_NAMES:
        return images
    return tuple(replace(image, label=None) for image in images)
