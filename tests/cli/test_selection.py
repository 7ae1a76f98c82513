"""From options to settings."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Files

from sassafras.campaign.presets import PRESETS
from sassafras.cli.names import choose_list
from sassafras.cli.selection import INJECTABLE, Options, choose_kernels, make_settings, select
from sassafras.errors import UsageError
from sassafras.faults.model import FaultModel, Mode, Scope
from sassafras.isa.groups import Group
from sassafras.kernels.registry import KERNELS, PAPER_KERNELS
from sassafras.network.frames import FrameClasses


@pytest.mark.parametrize("name", PRESETS)
def test_without_options_the_preset_as_it_is(name: str) -> None:
    assert make_settings(Options(preset=name)) == PRESETS[name]


def test_every_option_reaches_the_settings() -> None:
    settings = make_settings(
        Options(
            modes="iov, RF",
            injections=7,
            models="zero-value",
            groups="store,FFMA,STORE",
            kernels="softmax,paper",
            frames=3,
            scope="warp",
            seed=5,
            engine="full",
        )
    )
    assert settings.modes == (Mode.IOV, Mode.RF)
    assert settings.models == (FaultModel.ZERO_VALUE,)
    assert settings.groups == (Group.STORE, Group.FFMA)
    assert settings.kernels == ("softmax", *(name for name in PAPER_KERNELS if name != "softmax"))
    assert (settings.injections, settings.frames, settings.seed) == (7, 3, 5)
    assert (settings.scope, settings.engine) == (Scope.WARP, "full")


def test_sets_of_kernels() -> None:
    assert choose_kernels("paper") == PAPER_KERNELS
    assert choose_kernels("all") == tuple(KERNELS)
    assert choose_kernels("GEMM") == ("gemm",)


def test_the_thirteen_groups() -> None:
    assert len(INJECTABLE) == 13
    assert "MISC" not in INJECTABLE


def test_unknown_names_are_named() -> None:
    with pytest.raises(UsageError, match=r"^unknown colour 'blu'; did you mean Blue\? known: Red, Blue$"):
        choose_list("colour", "red,blu", {"Red": 1, "Blue": 2})
    with pytest.raises(UsageError, match=r"^unknown colour 'q'; known: Red$"):
        choose_list("colour", "q", {"Red": 1})


def test_classes_of_frames() -> None:
    assert make_settings(Options(frame_classes="Balanced")).frame_classes is FrameClasses.BALANCED
    assert make_settings(Options("all", frame_classes="drawn")).frame_classes is FrameClasses.DRAWN
    with pytest.raises(UsageError, match="unknown choice of classes 'even'"):
        make_settings(Options(frame_classes="even"))


def test_images_are_not_balanced(files: Files) -> None:
    given = Options(network=files.cfg, weights=files.weights, images=files.images, frame_classes="balanced")
    with pytest.raises(UsageError, match="cannot go with --images"):
        select(given)
