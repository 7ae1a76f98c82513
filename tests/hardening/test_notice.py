"""The rules for DETECTED and CORRECTED."""

from __future__ import annotations

import numpy as np
import pytest

from sassafras.hardening.plan import Protection
from sassafras.hardening.workload import HardenedWorkload, harden
from sassafras.network.network import Network
from sassafras.simulation.outcome import Outcome
from sassafras.simulation.raised_alarms import graver, read_alarms, read_notice, verdict
from sassafras.simulation.struck_launch import Difference


@pytest.fixture
def hardened(tiny: Network, mixed: Protection) -> HardenedWorkload:
    return harden(tiny, mixed)


def difference(*offsets: int) -> Difference:
    places = np.array(sorted(offsets), np.int64)
    return Difference(places, np.ones(len(places), np.uint8))


def words(network: HardenedWorkload) -> tuple[int, int]:
    base = network.layout.base
    return network.alarms.detected - base, network.alarms.corrected - base


def test_detected_whatever_else_differs(hardened: HardenedWorkload) -> None:
    detected, corrected = words(hardened)
    for found in (difference(detected), difference(detected, 64), difference(detected, corrected, 64)):
        assert read_notice(found, hardened).outcome is Outcome.DETECTED


def test_corrected_only_if_all_else_is_golden(hardened: HardenedWorkload) -> None:
    _, corrected = words(hardened)
    assert read_notice(difference(corrected), hardened).outcome is Outcome.CORRECTED
    wrong = read_notice(difference(corrected, 64, 65), hardened)
    assert wrong.outcome is None
    assert wrong.alarm is Outcome.CORRECTED
    assert wrong.difference.offsets.tolist() == [64, 65]


def test_any_byte_of_a_word_is_the_word(hardened: HardenedWorkload) -> None:
    detected, corrected = words(hardened)
    assert read_notice(difference(detected + 3), hardened).outcome is Outcome.DETECTED
    assert read_notice(difference(corrected + 3), hardened).outcome is Outcome.CORRECTED
    assert read_notice(difference(corrected + 4), hardened).outcome is None


def test_an_alarm_and_what_is_left_decide() -> None:
    assert (
        verdict(Outcome.DETECTED, golden=False) is verdict(Outcome.DETECTED, golden=True) is Outcome.DETECTED
    )
    assert verdict(Outcome.CORRECTED, golden=True) is Outcome.CORRECTED
    assert verdict(Outcome.CORRECTED, golden=False) is None
    assert verdict(None, golden=True) is verdict(None, golden=False) is None


def test_the_graver_alarm_counts() -> None:
    alarms = (None, Outcome.CORRECTED, Outcome.DETECTED)
    for one in range(3):
        for other in range(3):
            assert graver(alarms[one], alarms[other]) is alarms[max(one, other)]


def test_alarms_in_memory(hardened: HardenedWorkload, tiny: Network) -> None:
    memory = hardened.fresh_memory()
    assert read_alarms(memory, hardened) is read_alarms(tiny.fresh_memory(), tiny) is None
    memory.at(hardened.alarms.corrected + 2, 1)[0] = 1
    assert read_alarms(memory, hardened) is Outcome.CORRECTED
    memory.at(hardened.alarms.detected, 1)[0] = 1
    assert read_alarms(memory, hardened) is Outcome.DETECTED


def test_nothing_said(hardened: HardenedWorkload, tiny: Network) -> None:
    detected, _ = words(hardened)
    same = read_notice(difference(1, 2), hardened)
    assert (same.outcome, same.difference.offsets.tolist()) == (None, [1, 2])
    assert read_notice(difference(detected), tiny).outcome is None
