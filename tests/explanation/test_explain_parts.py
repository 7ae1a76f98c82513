"""Ids, alignment, places in memory, and the struck thread's trace."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.campaign.rows import make
from tests.explanation.explained import Told, tell

from sassafras.campaign.campaign import Campaign
from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.errors import CampaignError, UsageError
from sassafras.explanation import track
from sassafras.explanation.alignment import align
from sassafras.explanation.memory_map import MemoryMap
from sassafras.explanation.steps import Path as Way
from sassafras.explanation.stored import find_row, name_of, parse_id
from sassafras.explanation.story import Story
from sassafras.explanation.whole_trace import whole_trace
from sassafras.faults.ids import fault_id
from sassafras.faults.model import Mode
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.report.tables.explain import place
from sassafras.simulation.workbench import Workbench

# ids ------------------------------------------------------------------------------------------------------


@given(st.sampled_from(list(Mode)), st.integers(0, 10**9))
def test_an_id_and_its_name_are_the_same_fault(mode: Mode, number: int) -> None:
    fault = fault_id(mode, number)
    assert parse_id(str(fault)) == parse_id(name_of(fault)) == fault
    assert parse_id(f" {mode.value.lower()}:{number} ") == fault


@pytest.mark.parametrize("text", ["", "-1", "1.5", "IOV:", ":3", "IOV:x", "IOV:1:2", "x"])
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(
        UsageError, match=r"is no fault: give its id \(417\), or its mode and number \(IOV:417\)"
    ):
        parse_id(text)


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(
        UsageError, match=r"there is no mode IOX; did you mean IOV\? the modes are RF, IOA, IOV"
    ):
        parse_id("IOX:3")


def test_faults_that_are_not_there_say_why(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    campaign = make(tmp_path, tiny, images, injections=3, modes=("RF", "IOV"))
    campaign.store.add([], [(fault_id(Mode.RF, 1), "RF", "its site did not occur")])
    with pytest.raises(CampaignError, match=r"fault RF:1 \(id 3\) .* in an error: its site did not occur"):
        find_row(campaign, "RF:1")
    with pytest.raises(CampaignError, match=r"fault IOV:2 \(id \d+\) .* is not injected yet; finish the"):
        find_row(campaign, "IOV:2")
    for unknown in ("IOV:3", "IOA:0", "99999"):
        with pytest.raises(UsageError, match=r"its faults are RF:0 to RF:2, IOV:0 to IOV:2$"):
            find_row(campaign, unknown)


# alignment ------------------------------------------------------------------------------------------------

walks = st.lists(st.integers(0, 5), max_size=60)


@given(walks, walks)
def test_alignment_keeps_everything_in_order(golden: list[int], faulty: list[int]) -> None:
    pairs = align(np.array(golden, np.int64), np.array(faulty, np.int64))
    assert [g for g, _ in pairs if g is not None] == list(range(len(golden)))
    assert [f for _, f in pairs if f is not None] == list(range(len(faulty)))
    assert all(golden[g] == faulty[f] for g, f in pairs if g is not None and f is not None)
    same = next((k for k, (a, b) in enumerate(zip(golden, faulty, strict=False)) if a != b), None)
    assert pairs[:same] == [(k, k) for k in range(same)] if same is not None else True


@given(walks)
def test_the_same_way_is_paired_throughout(way: list[int]) -> None:
    pcs = np.array(way, np.int64)
    assert align(pcs, pcs) == [(k, k) for k in range(len(way))]


def test_a_loop_left_early_meets_again_behind_it() -> None:
    before, body, after = [0, 1, 2], [3, 4, 5], [6, 7, 8, 9, 10, 11, 12]
    golden = np.array(before + body * 5 + after, np.int64)
    faulty = np.array(before + body * 2 + after, np.int64)
    pairs = align(golden, faulty)
    alone = [g for g, f in pairs if f is None]
    assert alone == list(range(9, 18))
    assert pairs[-len(after) :] == [(18 + k, 9 + k) for k in range(len(after))]
    assert [f for g, f in align(faulty, golden) if g is None] == alone


def test_ways_that_never_meet_again_stand_apart() -> None:
    pairs = align(np.array([1, 2, 3]), np.array([1, 8, 9, 9]))
    assert pairs == [(0, 0), (1, None), (2, None), (None, 1), (None, 2), (None, 3)]


# places ---------------------------------------------------------------------------------------------------


def test_every_value_of_every_map_is_found_by_its_address(bench: Workbench) -> None:
    golden = bench.golden(0)
    found = MemoryMap(golden, len(golden.plan) - 1)
    for part in golden.workload.parts:
        start, shape = golden.workload.layout[part.output.name].address, part.output.map_shape
        names = np.arange(int(np.prod(shape))).reshape(shape)
        for index in list(np.ndindex(shape))[::7]:
            spot = found.spot(start + 4 * int(names[index]) + 3)
            wanted = index if shape[1:] != (1, 1) else index[:1]
            assert (spot.buffer, spot.index, spot.mapped, spot.is_float) == (
                part.output.name,
                wanted,
                True,
                True,
            )


def test_the_workspace_is_the_unfolded_image_of_its_layer(bench: Workbench) -> None:
    golden = bench.golden(0)
    number = next(p.index for p in golden.plan if p.kernel == "im2col_gpu" and p.part == 2)
    arguments = golden.plan[number].arguments
    shape = (8, 3, 3, int(arguments["height_col"]), int(arguments["width_col"]))
    address = int(arguments["columns"]) + 4 * int(np.ravel_multi_index((5, 2, 1, 3, 0), shape))
    spot = MemoryMap(golden, number).spot(address)
    assert (spot.buffer, spot.index) == ("workspace", (5, 2, 1, 3, 0))


def test_memory_of_nobody_and_unmapped_memory_name_their_neighbour(bench: Workbench) -> None:
    golden = bench.golden(0)
    found, layout = MemoryMap(golden, 0), golden.workload.layout
    last = max(layout.allocations, key=lambda a: a.end)
    behind, unmapped, before = (
        found.spot(a) for a in (last.end + 8, layout.base + layout.nbytes, layout.base - 16)
    )
    assert (behind.buffer, behind.mapped, behind.nearest, behind.distance) == (None, True, last.name, 8)
    assert behind.name == f"nobody's memory, 8 bytes behind {last.name}"
    assert (unmapped.mapped, unmapped.nearest) == (False, last.name)
    assert before.name == f"unmapped, 16 bytes before {layout.allocations[0].name}"
    assert not found.spot(layout["layer1.indexes"].address).is_float


# the trace ------------------------------------------------------------------------------------------------


def test_the_golden_side_is_the_golden_trace(told: list[Told]) -> None:
    for t in told:
        again = t.explanation.replay
        trace = again.threads.traces[again.fault.site.thread]
        steps = [s for s in whole_trace(again) if s.golden_number is not None]
        offsets = [again.machine.program.instructions[k].offset for k in instruction_indexes(trace).tolist()]
        assert [s.golden_number for s in steps] == list(range(len(steps)))
        assert [s.offset for s in steps] == offsets[: len(steps)]
        assert [s.executed[0] for s in steps] == executed_mask(trace).tolist()[: len(steps)]
        assert len(steps) == len(trace) or t.row.outcome == "DUE"


def test_the_faulty_side_ends_in_the_trap_or_in_what_memory_holds(told: list[Told]) -> None:
    for t in told:
        again, story = t.explanation.replay, t.explanation.story
        steps = [s for s in whole_trace(again) if s.faulty_number is not None]
        assert [s.faulty_number for s in steps] == list(range(len(steps)))
        assert sum(s.struck for s in steps) == 1
        if story.trap is not None:
            assert len(steps) == story.trap.issued
            assert steps[-1].offset == story.trap.offset or story.trap.kind == "HANG"
            continue
        stored = {
            w.faulty_spot.address: w.faulty for s in steps for w in s.stores if w.faulty_spot and w.bits == 32
        }
        for word in story.words:
            address = word.spot.address
            assert stored.get(address, word.faulty) == word.faulty


def test_a_guard_that_changed_leads_another_way(told: list[Told]) -> None:
    """Somewhere among the faults a branch went the other way; both sides are told."""
    ways = {step.path for t in told for step in t.explanation.story.steps}
    assert ways == set(Way)
    assert any(s.executed[0] != s.executed[1] for t in told for s in t.explanation.story.steps)


def test_a_thread_that_loads_what_others_write_sees_what_they_wrote(finished: Campaign) -> None:
    """In the defined order the threads before the struck one have stored already, and their places are not
    written again: what the struck thread stores there, memory holds.
    """
    rows = finished.injections()
    rows = rows[(rows["outcome"] == "SDC") & rows["kernel"].isin(["add_bias", "activate_array"])]
    found = 0
    for fault in rows["id"].tolist():
        t = tell(finished, int(fault))
        again, start = t.explanation.replay, t.row.instruction
        again.golden.go_before(again.planned.index)
        alone = track._follow(again, again.threads.threads, start, 10**4)
        if not track._reads_of_others(again, alone):
            continue
        found += 1
        story = t.explanation.story
        words = {word.spot.address: word.faulty for word in story.words}
        makes = story.scene.makes
        own = 1 << 64 if makes is None else makes.last.address  # who writes nothing comes last
        stores = [s for step in story.steps for s in step.stores if s.faulty_spot is not None]
        stored = {s.faulty_spot.address: s.faulty for s in stores if s.faulty_spot}
        assert all(words.get(at, word) == word for at, word in stored.items() if at <= own)
        if found == 3:
            break
    assert found == 3


def test_a_campaign_is_left_as_it_was(finished: Campaign, told: list[Told]) -> None:
    assert len(finished.injections()) == 615
    assert told


def test_a_race_that_the_fault_makes_is_among_the_facts(told: list[Told]) -> None:
    story = told[0].explanation.story
    assert "race" not in facts(story)
    raced = replace(story, row=replace(story.row, race="threads 3 and 4 store to byte 8 of out"))
    assert facts(raced)["race"] == "threads 3 and 4 store to byte 8 of out"


def facts(story: Story) -> dict[str, str]:
    return {row.cells[0].text: row.cells[1].text for row in place(story).rows}
