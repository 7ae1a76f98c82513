"""The rendered frames of a campaign."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.presets import PRESETS
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.made_inputs import made_inputs, with_fit_of
from sassafras.network.alexnet import load_alexnet
from sassafras.network.fit import Fit
from sassafras.network.frames import CLASS_NAMES, FrameClasses, render_frames
from sassafras.network.images import Image, image_from_frame
from sassafras.workload.inputs import Input
from sassafras.workload.source import default_source


def rendered(settings: Settings, classes: tuple[str, ...]) -> tuple[Input, ...]:
    of = replace(load_alexnet(), classes=classes)
    return made_inputs(default_source(), of, settings)


def test_the_paper_preset_has_the_frames_that_it_always_had() -> None:
    """Its rows are known (19 Malfunctions and 65 invalid outputs): seed 2021 draws three specimen bags."""
    images = rendered(PRESETS["paper"], CLASS_NAMES)
    before = [image_from_frame(frame) for frame in render_frames(2021, 8)]
    assert [(i.name, i.label, i.arrays[0].tobytes()) for i in images] == [
        (i.name, i.label, i.pixels.tobytes()) for i in before
    ]
    assert Counter(image.label for image in images) == {0: 1, 1: 1, 3: 1, 4: 1, 5: 1, 6: 3}


def test_the_whole_network_is_run_on_balanced_frames() -> None:
    images = rendered(PRESETS["all"], CLASS_NAMES)
    assert sorted(Counter(image.label for image in images).values()) == [1] * 6 + [2]


def test_settings_stored_before_mean_drawn_frames() -> None:
    stored = json.loads(Settings().model_dump_json())
    assert stored.pop("frame_classes") == "drawn"
    assert Settings.model_validate(stored).frame_classes is FrameClasses.DRAWN


@pytest.mark.parametrize("classes", [("class0", "class1"), tuple(f"class{k}" for k in range(7))])
def test_a_network_of_other_classes_is_neither_right_nor_wrong(classes: tuple[str, ...]) -> None:
    images = rendered(Settings(frames=2), classes)
    assert [image.label for image in images] == [None, None]


@pytest.mark.parametrize("fit", Fit)
def test_a_campaign_says_how_its_images_were_made_to_fit(tmp_path: Path, fit: Fit) -> None:
    """Whatever its settings said: from Python, images come ready."""
    pixels = np.zeros((3, 227, 227), np.float32)
    images = [Image("one", pixels, None, fit), Image("two", pixels, None, fit)]
    with closing(Campaign(tmp_path / "made", PRESETS["paper"], images=images).store) as store:
        assert store.meta("settings")["fit"] == fit
    assert with_fit_of(images, PRESETS["paper"]).fit is fit


def test_images_that_were_not_loaded_or_variously_say_nothing() -> None:
    pixels = np.zeros((3, 4, 4), np.float32)
    cropped = Settings(fit=Fit.CROP)
    assert with_fit_of([Image("made", pixels)], cropped) is cropped
    various = [Image("one", pixels, None, Fit.STRETCH), Image("two", pixels, None, Fit.LETTERBOX)]
    assert with_fit_of(various, cropped) is cropped
    assert with_fit_of([], cropped) is cropped


def test_fit_is_not_part_of_what_identifies_rows(tmp_path: Path) -> None:
    """Pixels are: a store made before there was a choice is gone on with."""
    with closing(Campaign(tmp_path / "made", PRESETS["paper"]).store) as store:
        fingerprint = store.meta("fingerprint")
    assert "fit" not in fingerprint
    assert "frames" in fingerprint
