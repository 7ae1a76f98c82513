"""Golden profiles are made once, kept by content, and are what the traces say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.campaign.rows import assert_same, make, run

from sassafras.cache import read_cached, write_cached
from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.profile import LaunchProfile
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.simulation.profiles import launch_profiles
from sassafras.simulation.workbench import Workbench


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where profiles are kept; compiled kernels stay where they are."""
    folder = tmp_path / "profiles"
    folder.mkdir()
    monkeypatch.setattr(
        "sassafras.simulation.profiles.read_cached", lambda name: _within(folder, read_cached, name)
    )
    monkeypatch.setattr(
        "sassafras.simulation.profiles.write_cached",
        lambda name, content: _within(folder, write_cached, name, content),
    )
    return folder


def _within(folder: Path, function, *arguments):  # type: ignore[no-untyped-def]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SASSAFRAS_CACHE", str(folder))
        return function(*arguments)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kernels of the profiles that are really made."""
    calls: list[str] = []
    profile, without_data = Machine.profile, Machine.profile_without_data

    def run_whole(self: Machine, *arguments: object) -> LaunchProfile:
        calls.append(self.program.name)
        return profile(self, *arguments)  # type: ignore[arg-type]

    def counted(self: Machine, launch: Launch) -> LaunchProfile | None:
        found = without_data(self, launch)
        if found is not None:
            calls.append(self.program.name)
        return found

    monkeypatch.setattr(Machine, "profile", run_whole)
    monkeypatch.setattr(Machine, "profile_without_data", counted)
    return calls


def test_a_second_campaign_makes_no_profile(
    tmp_path: Path, tiny: Network, images: list[Image], kept: Path, made: list[str]
) -> None:
    first = run(tmp_path / "first", tiny, images, injections=3)
    assert len(made) == 2 * len(tiny.plan), "once per launch and frame"
    assert len(list(kept.iterdir())) == 2 * len(set(made)), "kept per kernel and frame"
    made.clear()
    assert_same(run(tmp_path / "second", tiny, images, injections=3), first)
    assert made == []


def test_damaged_files_are_ignored_and_made_again(
    tmp_path: Path, tiny: Network, images: list[Image], kept: Path, made: list[str]
) -> None:
    first = run(tmp_path / "first", tiny, images, injections=3)
    count = len(made)
    contents = {path.name: path.read_bytes() for path in kept.iterdir()}
    for number, path in enumerate(sorted(kept.iterdir())):
        good = path.read_bytes()
        damage = [b"", good[:20], good[:-1], good[:40] + bytes([good[40] ^ 1]) + good[41:], b"x" * len(good)]
        path.write_bytes(damage[number % len(damage)])
    made.clear()
    assert_same(run(tmp_path / "second", tiny, images, injections=3), first)
    assert len(made) == count
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == contents


def test_other_images_get_profiles_of_their_own(
    tmp_path: Path, tiny: Network, images: list[Image], kept: Path, made: list[str]
) -> None:
    """Max-pooling branches on what it reads."""
    make(tmp_path / "one", tiny, images[:1], injections=1).run()
    made.clear()
    make(tmp_path / "two", tiny, images[1:], injections=1).run()
    assert "forward_maxpool" in made


def test_a_profile_is_what_the_traces_say(bench: Workbench, kept: Path) -> None:
    """From the machine and from the cache, for a launch of every kernel; memory stays in place."""
    golden = bench.golden(0)
    seen = set()
    for number, planned in enumerate(golden.plan):
        if planned.kernel in seen:
            continue
        seen.add(planned.kernel)
        golden.go_before(number)
        before = golden.memory.data.copy()
        fresh, cached = (launch_profiles(bench, 0, [number])[0] for _ in range(2))
        golden.go_before(number)
        assert np.array_equal(golden.memory.data, before)
        machine = bench.machine(planned.spec)
        armed = machine.arm(planned.launch, golden.memory, 0)
        for thread in (0, planned.launch.threads_per_block - 1):
            armed.keep_trace(thread, fresh.longest)
        armed.run(fresh.longest)
        for profile in (fresh, cached):
            for thread in (0, planned.launch.threads_per_block - 1):
                trace, kind = armed.trace(thread), profile.thread_class[thread]
                size = len(machine.program.instructions)
                indexes = instruction_indexes(trace)
                assert np.bincount(indexes, minlength=size).tolist() == profile.issued[kind].tolist()
                executed = np.bincount(indexes[executed_mask(trace)], minlength=size)
                assert executed.tolist() == profile.executed[kind].tolist()
        armed.undo()
