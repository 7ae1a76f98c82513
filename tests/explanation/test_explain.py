"""What is told of a fault is what is stored of it, and what an emulation of every launch shows."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.campaign.rows import make
from tests.explanation.explained import Told, one_of_each, tell

from sassafras.campaign.campaign import Campaign
from sassafras.errors import CampaignError
from sassafras.explanation.case import open_case
from sassafras.explanation.steps import Fate
from sassafras.explanation.tell import explain
from sassafras.faults.model import THREAD_MODES, Scope
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.simulation.faulty_launch import FaultyLaunch
from sassafras.simulation.full_engine import infer_in_full
from sassafras.simulation.outcome import MaskedReason, Outcome

FATE_OF = {
    MaskedReason.NEVER_READ.value: {Fate.NEVER_READ, Fate.UNCHANGED},
    MaskedReason.OVERWRITTEN.value: {Fate.OVERWRITTEN, Fate.UNCHANGED},
    MaskedReason.NO_EFFECT.value: {Fate.NO_EFFECT, Fate.UNCHANGED},
}


def test_there_is_one_of_each_class_in_each_mode(told: list[Told]) -> None:
    by_mode = {m.value: [t.row for t in told if t.row.mode == m.value] for m in THREAD_MODES}
    for rows in by_mode.values():
        assert {r.outcome for r in rows} == {"MASKED", "DUE", "SDC"}
        assert {r.severity for r in rows} >= {"LIGHT_MALFUNCTION", "NO_MALFUNCTION"}
    every = [r for rows in by_mode.values() for r in rows]
    assert {r.severity for r in every} >= {"MALFUNCTION", "INVALID_OUTPUT"}
    assert {r.masked_reason for r in by_mode["RF"]} >= set(FATE_OF)
    assert {r.due_kind.name for r in every if r.due_kind is not None} >= {
        "HANG", "ILLEGAL_ADDRESS", "MISALIGNED_ADDRESS", "ILLEGAL_INSTRUCTION", "SHARED_OUT_OF_RANGE",
    }  # fmt: skip


def test_it_is_the_stored_fault(told: list[Told]) -> None:
    for t in told:
        story, row = t.explanation.story, t.row
        assert story.row == row
        assert story.strike.kind.value == row.target
        assert (story.strike.mode.value, story.name) == (row.mode, f"{row.mode}:{row.id // 3}")
        (struck,) = [line for line in story.listing if line.struck]
        assert (struck.offset, struck.text) == (row.offset, row.sass)
        assert story.steps[0].struck
        assert (story.steps[0].faulty_number, story.steps[0].offset) == (row.instruction, row.offset)
        if row.before is not None:
            assert (story.strike.before, story.strike.after) == (int(row.before, 16), int(str(row.after), 16))
            flipped = sum(1 << bit for bit in story.strike.flipped)
            assert story.strike.before ^ story.strike.after == flipped


def test_masked_faults_leave_nothing_and_say_why(told: list[Told]) -> None:
    for t in (t for t in told if t.row.outcome == "MASKED"):
        story = t.explanation.story
        assert (story.trap, story.word_count) == (None, 0)
        assert not (story.words or story.layers or story.classes)
        assert story.fate not in (Fate.TRAPPED, Fate.REACHED_MEMORY)
        assert (story.fate is Fate.UNCHANGED) == (story.strike.before == story.strike.after)
        if t.row.masked_reason is not None:
            assert story.fate in FATE_OF[t.row.masked_reason]
        if story.fate is Fate.OVERWRITTEN:
            assert story.strike.overwritten is not None
            assert story.strike.read is None or story.strike.read.number > story.strike.overwritten.number
        if t.row.masked_reason == MaskedReason.NEVER_READ.value:
            assert (story.strike.read, story.strike.overwritten) == (None, None)


def test_traps_are_the_stored_ones_and_say_why(told: list[Told]) -> None:
    for t in (t for t in told if t.row.outcome == "DUE"):
        story = t.explanation.story
        trap, layout = story.trap, t.case.bench.workload.layout
        assert trap is not None
        assert t.row.due_kind is not None
        assert (trap.kind, story.fate) == (t.row.due_kind.name, Fate.TRAPPED)
        assert (story.words, story.layers) == ((), ())
        if trap.kind == "HANG":
            assert trap.limit == trap.issued == t.case.rules.watchdog * t.case.draw.longest
            assert trap.loop is not None
            assert trap.loop[0] <= trap.offset <= trap.loop[1]
        elif trap.kind == "ILLEGAL_INSTRUCTION":
            assert trap.register is not None
            assert trap.allocated is not None
            assert trap.allocated <= trap.register < 255
        elif trap.kind == "MISALIGNED_ADDRESS":
            assert trap.address is not None
            assert trap.nbytes is not None
            assert trap.address % trap.nbytes
        elif trap.kind == "ILLEGAL_ADDRESS":
            assert trap.address is not None
            assert trap.spot is not None
            assert not layout.base <= trap.address < layout.base + layout.nbytes
            assert not trap.spot.mapped


def test_corruption_that_spread_is_told_as_it_is_stored(told: list[Told]) -> None:
    for t in (t for t in told if t.row.outcome == "SDC"):
        story, row, journey = t.explanation.story, t.row, t.explanation.journey
        assert journey is not None
        assert story.fate is Fate.REACHED_MEMORY
        differing = sum((w.golden ^ w.faulty) >> 8 * k & 255 != 0 for w in story.words for k in range(4))
        assert differing == row.differing_bytes
        corrupted = {str(c.layer): c.differing for c in story.layers if c.differing}
        assert corrupted == json.loads(str(row.corrupted))
        assert (None if story.died is None else story.died.layer) == row.died_part
        assert journey.result.numbers.astype("<f4").tobytes() == row.output
        faulty = [change.faulty for change in story.classes]
        assert np.array(faulty, np.float32).tobytes() == row.output
        assert story.classes[row.top1_golden].golden == row.confidence_golden
        if not row.output_nan:
            assert story.classes[row.top1_golden].faulty == row.confidence
            assert int(np.argmax(faulty)) == row.top1


def emulated_outputs(t: Told) -> dict[int, NDArray[np.float32]]:
    """Every layer's output behind the fault, every launch emulated from its machine code."""
    again = t.explanation.replay
    golden, first, difference = again.golden, again.planned.index, again.difference
    golden.go_before(first)
    memory, found = golden.memory, {}
    kept = memory.data[difference.offsets]
    golden.put_after(first)
    memory.data[difference.offsets] = difference.contents
    for number, planned in enumerate(golden.plan):
        if number > first:
            assert t.case.bench.machine(planned.spec).run(planned.launch, memory).trap is None
        if number >= first:
            start, end = golden.output_of(planned.part)
            found[planned.part] = memory.data[start:end].copy().view(np.float32)
    memory.data[difference.offsets] = kept
    golden.put_back(first, len(golden.plan) - 1)
    return found


def test_layers_equal_an_emulation_of_every_launch(told: list[Told]) -> None:
    for t in (t for t in told if t.row.outcome == "SDC"):
        journey, again = t.explanation.journey, t.explanation.replay
        assert journey is not None
        outputs = emulated_outputs(t)
        assert [m.layer for m in journey.maps] == sorted(outputs)
        for maps, change in zip(journey.maps, journey.layers, strict=True):
            assert maps.faulty.tobytes() == outputs[maps.layer].tobytes()
            assert_numbers(maps.golden, outputs[maps.layer], change)
        again.golden.go_before(again.planned.index)
        full = infer_in_full(t.case.bench, again.golden, again.planned.index, again.difference, None)
        assert full.result.tobytes() == journey.result.tobytes()


def assert_numbers(golden: NDArray[np.float32], faulty: NDArray[np.float32], change: object) -> None:
    """Counts and largest changes, value by value in Python's floats."""
    pairs = list(zip(golden.reshape(-1).tolist(), faulty.tolist(), strict=True))
    bits = zip(golden.reshape(-1).view(np.uint32).tolist(), faulty.view(np.uint32).tolist(), strict=True)
    differing = [k for k, (a, b) in enumerate(bits) if a != b]
    changes = [
        (a, abs(b - a)) for a, b in (pairs[k] for k in differing) if math.isfinite(a) and math.isfinite(b)
    ]
    assert change.differing == len(differing)  # type: ignore[attr-defined]
    assert change.largest == max((d for _, d in changes), default=None)  # type: ignore[attr-defined]
    relative = max((d / abs(a) for a, d in changes if a), default=None)
    assert change.relative == relative  # type: ignore[attr-defined]


def test_words_equal_a_launch_emulated_in_full(told: list[Told]) -> None:
    for t in (t for t in told if t.row.outcome == "SDC"):
        again, story = t.explanation.replay, t.explanation.story
        again.golden.go_before(again.planned.index)
        effect = FaultyLaunch(again.golden, again.machine, again.fault, again.points, again.threads, 10).run(
            in_full=True
        )
        base = again.golden.memory.layout.base
        difference = effect.difference
        expected = dict(zip(difference.offsets.tolist(), difference.contents.tolist(), strict=True))
        found = {
            w.spot.address - base + k: w.faulty >> 8 * k & 255
            for w in story.words
            for k in range(4)
            if (w.golden ^ w.faulty) >> 8 * k & 255
        }
        assert found == expected


def test_every_fault_of_a_warp_campaign_is_told_as_it_is_stored(
    tmp_path: Path, tiny: Network, images: list[Image]
) -> None:
    campaign = make(tmp_path, tiny, images, injections=60, seed=3, scope=Scope.WARP)
    campaign.run(1)
    struck = set()
    for fault in one_of_each(campaign.injections()):
        t = tell(campaign, fault)
        story = t.explanation.story
        struck.add(story.scene.struck_threads)
        assert (story.trap is not None) == (t.row.outcome == "DUE")
        assert (story.word_count > 0) == (t.row.outcome == "SDC")
        corrupted = {str(c.layer): c.differing for c in story.layers if c.differing}
        assert corrupted == json.loads(t.row.corrupted or "{}")
    assert max(struck) == 32


def test_memory_is_as_before(finished: Campaign) -> None:
    """The same case tells the same story twice."""
    case = open_case(finished, str(int(finished.injections().query("outcome == 'SDC'")["id"].iloc[0])))
    assert explain(case).story == explain(case).story


def test_a_row_that_does_not_come_out_again_is_an_error_that_names_the_columns(finished: Campaign) -> None:
    case = open_case(finished, "IOV:1")
    other = replace(case, row=replace(case.row, outcome=Outcome.CORRECTED, thread=case.row.thread + 1))
    with pytest.raises(
        CampaignError, match=r"^fault IOV:1 of .* \(different: thread, outcome\); machine code"
    ):
        explain(other)
