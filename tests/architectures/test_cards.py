"""Cards whose time is modelled: found by name, of one architecture each, with numbers that hang together."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from sassafras.architectures.device import Device, Range
from sassafras.architectures.registry import architecture, architectures, card, cards
from sassafras.campaign.design.settings import Settings
from sassafras.errors import UsageError
from sassafras.isa.kinds import Pipe

#: name: architecture, multiprocessors, TFLOPS of single precision as the makers' data sheets say, GB/s
KNOWN = {
    "a100": ("sm_80", 108, 19.5, 1555),
    "agx-orin": ("sm_87", 16, 5.3, 204.8),
    "gtx-750-ti": ("sm_50", 5, 1.39, 86.4),
    "h100": ("sm_90", 132, 67, 3350),
    "h200": ("sm_90", 132, 67, 4800),
    "l4": ("sm_89", 58, 30.3, 300),
    "rtx-3090": ("sm_86", 82, 35.6, 936),
    "t4": ("sm_75", 40, 8.1, 320),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_card_is_what_its_maker_says(name: str) -> None:
    one = card(name)
    flops = 2 * one.multiprocessors * one.lanes[Pipe.FULL].nominal * one.clock.fast
    arch, count, tflops, bandwidth = KNOWN[name]
    assert (one.architecture, one.multiprocessors) == (arch, count)
    assert flops / 1e12 == pytest.approx(tflops, rel=0.01)
    assert one.bandwidth == bandwidth * 1e9
    assert one.limits is architecture(one.architecture).limits()


def test_there_are_no_others() -> None:
    assert set(cards()) == set(KNOWN)


@pytest.mark.parametrize("one", cards().values(), ids=cards())
def test_bands_hold_their_nominal_values(one: Device) -> None:
    quick = [one.clock, one.efficiency, one.issue, one.overlap, *one.lanes.values()]
    slow = [one.launch_seconds, *one.waits.values()]
    assert all(_in_order(band.slow, band.nominal, band.fast) for band in quick)
    assert all(_in_order(band.fast, band.nominal, band.slow) for band in slow)
    assert set(one.lanes) == {*Pipe} - {Pipe.ISSUE}


def _in_order(*values: float) -> bool:
    return list(values) == sorted(values) and values[0] > 0


def test_every_architecture_with_a_card_names_one_of_its_own() -> None:
    for one in architectures().values():
        assert one.card is None or one.modelled_card().architecture == one.name
    assert architecture("sm_90", "h200").modelled_card() is card("h200")
    assert architecture("sm_90", "h100") is architecture("sm_90")
    assert architecture("sm_90", "h200") is architecture("sm_90", "h200")


def test_a_chosen_card_travels_with_its_architecture() -> None:
    chosen = architecture("sm_90", "h200")
    assert pickle.loads(pickle.dumps(chosen)) is chosen  # noqa: S301


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: card("h100x"), "^unknown device 'h100x'; did you mean h100[?] known are: a100, "),
        (
            lambda: architecture("sm_80", "h200"),
            "^device h200 runs code of sm_90, not of sm_80: choose --arch sm_90$",
        ),
        (lambda: architecture("sm_80", "none"), "^unknown device 'none'; known are"),
        (
            lambda: Settings().model_copy(update={"device": "t4"}),
            "device t4 runs code of sm_75, not of sm_50",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(ask: Callable[[], object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        ask()


def test_a_card_decides_the_architecture() -> None:
    settings = Settings.model_validate({"device": "t4"})
    assert (settings.arch, settings.architecture.modelled_card()) == ("sm_75", card("t4"))
    assert Settings().architecture is architecture("sm_50")


def test_exactly_is_a_band_without_width() -> None:
    assert card("a100").issue == Range(128, 128, 128)
