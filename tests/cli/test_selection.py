"""From options to settings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.cli.conftest import Files

from sassafras.campaign.design.presets import PRESETS
from sassafras.cli.names import choose_list
from sassafras.cli.options import Options
from sassafras.cli.selection import INJECTABLE, choose_kernels, make_settings, select
from sassafras.errors import UsageError
from sassafras.faults.model import FaultModel, IoaRegister, Mode, Scope
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
            models=["zero-value"],
            groups="store,FFMA,STORE",
            kernels="softmax,paper",
            frames=3,
            scope="warp",
            seed=5,
            engine="full",
            arch="SM_50",
            ioa_register="HARDWARE",
        )
    )
    assert settings.modes == (Mode.IOV, Mode.RF)
    assert settings.models == (FaultModel.ZERO_VALUE,)
    assert settings.groups == (Group.STORE, Group.FFMA)
    assert settings.kernels == ("softmax", *(name for name in PAPER_KERNELS if name != "softmax"))
    assert (settings.injections, settings.frames, settings.seed) == (7, 3, 5)
    assert (settings.scope, settings.engine, settings.arch) == (Scope.WARP, "full", "sm_50")
    assert settings.ioa_register is IoaRegister.HARDWARE


def test_models_of_each_mode() -> None:
    models = ["rf=single-bit,double-bit", "IOV=zero-value"]
    settings = make_settings(Options(models=models))
    assert settings.models_of(Mode.RF) == (FaultModel.SINGLE_BIT, FaultModel.DOUBLE_BIT)
    assert settings.models_of(Mode.IOV) == (FaultModel.ZERO_VALUE,)
    assert settings.models_of(Mode.IOA) == PRESETS["paper"].models
    said = "RF=single-bit,double-bit IOA=single-bit,random-value IOV=zero-value"
    assert settings.models_text == said
    assert make_settings(Options(models=said.split())) == settings
    mixed = make_settings(Options(models=["double-bit", "IOA=single-bit"]))
    assert [mixed.models_of(mode) for mode in (Mode.RF, Mode.IOV)] == [(FaultModel.DOUBLE_BIT,)] * 2
    assert mixed.models_of(Mode.IOA) == (FaultModel.SINGLE_BIT,)


def test_models_of_a_mode_that_are_those_of_all_are_nothing_of_its_own() -> None:
    assert make_settings(Options(models=["RF=single-bit,random-value"])) == PRESETS["paper"]
    turned = make_settings(Options(models=["RF=random-value,single-bit"]))
    assert turned.mode_models == {Mode.RF: (FaultModel.RANDOM_VALUE, FaultModel.SINGLE_BIT)}


@pytest.mark.parametrize(
    ("models", "modes", "said"),
    [
        (
            ["RF=single-bit", "RF=zero-value"],
            None,
            "--models RF=zero-value: the models of RF are given already",
        ),
        (
            ["single-bit", "zero-value"],
            None,
            "--models zero-value: the models of all modes are given already",
        ),
        (["RG=single-bit"], None, "unknown mode 'RG'; known: RF, IOA, IOV"),
        (["RF=single"], None, "unknown fault model 'single'; did you mean"),
        (["RF="], None, "no fault model given; known: single-bit"),
        (["=single-bit"], None, "unknown mode ''"),
        (["RF=single-bit"], "IOV", "--models RF=...: the campaign has no mode RF; see --modes"),
    ],
)
def test_models_that_mean_nothing(models: list[str], modes: str | None, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        make_settings(Options(models=models, modes=modes))
    assert str(caught.value).startswith(said)


def test_sets_of_kernels() -> None:
    assert choose_kernels("paper") == PAPER_KERNELS
    assert choose_kernels("all") == tuple(KERNELS)
    assert choose_kernels("GEMM") == ("gemm",)


def test_all_are_the_kernels_that_the_network_launches(files: Files) -> None:
    """Those of AlexNet are in the order of the registry: campaigns over them go on."""
    seven = ("fill_gpu", "im2col_gpu", "gemm", "add_bias", "activate_array", "forward_maxpool", "softmax")
    own = Options(network=files.cfg, weights=files.weights, images=files.images)
    for start in (Options("all"), Options(kernels="all"), replace(own, kernels="all")):
        assert select(start).settings.kernels == seven
    assert select(replace(own, kernels="add,softmax")).settings.kernels == ("add", "softmax")
    with pytest.raises(UsageError, match="launches none of add, concatenate; it launches: fill_gpu"):
        select(replace(own, kernels="add,concatenate"))


def test_the_groups_are_sassifis_thirteen_and_three_of_later_gpus() -> None:
    assert len(INJECTABLE) == 16
    assert {"FP16", "UNIFORM", "TENSOR"} < set(INJECTABLE)
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
