"""What a protection changes without a fault, in words."""

from __future__ import annotations

from dataclasses import replace

from sassafras.hardening.bounds import Calibration, Origin
from sassafras.hardening.fault_free import FaultFree
from sassafras.report.harden_lines import said_of

NOTHING = FaultFree(
    frames=40,
    held=0,
    activations=0,
    held_frames=0,
    other_words=0,
    other_outputs=0,
    other_answers=0,
    largest_change=0.0,
    alarms=0,
)


def test_nothing_changes() -> None:
    line = said_of(NOTHING, None)
    assert (
        line == "without a fault, on 40 frames of the campaign: every bit is that of the unhardened program"
    )


def test_values_are_held() -> None:
    found = replace(
        NOTHING,
        held=3,
        activations=1000,
        held_frames=2,
        other_words=9,
        other_outputs=1,
        largest_change=8.0466e-6,
    )
    assert said_of(found, Calibration((), Origin.RENDERED, 200)) == (
        "without a fault, on 40 frames of the campaign: range holds 3 of 1000 activations, in 2 frames; "
        "1 output other, by 8e-06 at most, 0 with another answer "
        "(bounds from 200 frames: rendered frames of a seed of their own)"
    )


def test_images_that_have_been_seen_are_called_so() -> None:
    line = said_of(replace(NOTHING, frames=1), Calibration((), Origin.IMAGES, 1))
    assert line.endswith("(bounds from 1 frame: the campaign's own images, which have been seen)")
