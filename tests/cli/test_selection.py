"""From options to settings."""

from __future__ import annotations

import pytest

from sassafras.campaign.presets import PRESETS
from sassafras.cli.names import choose_list
from sassafras.cli.selection import INJECTABLE, Options, choose_kernels, make_settings
from sassafras.errors import UsageError
from sassafras.faults.model import FaultModel, IoaRegister, Mode, Scope
from sassafras.isa.groups import Group
from sassafras.kernels.registry import KERNELS, PAPER_KERNELS


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
            ioa_register="HARDWARE",
        )
    )
    assert settings.modes == (Mode.IOV, Mode.RF)
    assert settings.models == (FaultModel.ZERO_VALUE,)
    assert settings.groups == (Group.STORE, Group.FFMA)
    assert settings.kernels == ("softmax", *(name for name in PAPER_KERNELS if name != "softmax"))
    assert (settings.injections, settings.frames, settings.seed) == (7, 3, 5)
    assert (settings.scope, settings.engine) == (Scope.WARP, "full")
    assert settings.ioa_register is IoaRegister.HARDWARE


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
