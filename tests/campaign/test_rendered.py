"""The rendered frames of a campaign."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from sassafras.campaign.design.presets import PRESETS
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.rendered import rendered_images
from sassafras.network.frames import CLASS_NAMES, FrameClasses, render_frames
from sassafras.network.images import image_from_frame


def test_the_paper_preset_has_the_frames_that_it_always_had() -> None:
    """Its rows are known (19 Malfunctions and 65 invalid outputs): seed 2021 draws three specimen bags."""
    images = rendered_images(PRESETS["paper"], CLASS_NAMES)
    before = [image_from_frame(frame) for frame in render_frames(2021, 8)]
    assert [(i.name, i.label, i.pixels.tobytes()) for i in images] == [
        (i.name, i.label, i.pixels.tobytes()) for i in before
    ]
    assert Counter(image.label for image in images) == {0: 1, 1: 1, 3: 1, 4: 1, 5: 1, 6: 3}


def test_the_whole_network_is_run_on_balanced_frames() -> None:
    images = rendered_images(PRESETS["all"], CLASS_NAMES)
    assert sorted(Counter(image.label for image in images).values()) == [1] * 6 + [2]


def test_settings_stored_before_mean_drawn_frames() -> None:
    stored = json.loads(Settings().model_dump_json())
    assert stored.pop("frame_classes") == "drawn"
    assert Settings.model_validate(stored).frame_classes is FrameClasses.DRAWN


@pytest.mark.parametrize("classes", [("class0", "class1"), tuple(f"class{k}" for k in range(7))])
def test_a_network_of_other_classes_is_neither_right_nor_wrong(classes: tuple[str, ...]) -> None:
    images = rendered_images(Settings(frames=2), classes)
    assert [image.label for image in images] == [None, None]
