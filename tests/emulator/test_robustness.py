"""No fault crashes or hangs the host: the storm runs in a process of its own, so that a crash is a failure
and not the end of the tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sassafras.architectures.registry import DEFAULT
from sassafras.kernels.programs import bundled_architectures

ROOT = Path(__file__).parents[2]


def endings(count: int, seed: int, *which: str) -> dict[str, int]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    command = [sys.executable, "-m", "tests.emulator.storm", str(count), str(seed), *which]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    ends: dict[str, int] = json.loads(done.stdout)
    return ends


def test_a_short_storm_of_faults() -> None:
    ends = endings(2_000, seed=1)
    assert sum(ends.values()) == 2_000
    assert {"FINISHED", "ILLEGAL_ADDRESS", "MISALIGNED_ADDRESS"} <= set(ends)


def test_the_same_storm_twice_ends_the_same() -> None:
    assert endings(200, seed=2) == endings(200, seed=2)


@pytest.mark.slow
def test_a_hundred_thousand_faults(capsys: pytest.CaptureFixture[str]) -> None:
    ends = endings(100_000, seed=3)
    with capsys.disabled():
        sys.stdout.write(f"\n{sum(ends.values())} faults: {ends}\n")
    assert sum(ends.values()) == 100_000
    assert {"FINISHED", "ILLEGAL_ADDRESS", "MISALIGNED_ADDRESS", "HANG", "STACK_ERROR", "INVALID_PC"} <= set(
        ends
    )


@pytest.mark.parametrize(
    "arch",
    [
        arch if arch == "sm_80" else pytest.param(arch, marks=pytest.mark.long)
        for arch in bundled_architectures()
        if arch != DEFAULT
    ],
)
def test_a_short_storm_on_other_architectures(arch: str) -> None:
    ends = endings(500, 6, arch)
    assert sum(ends.values()) == 500
    assert {"FINISHED", "ILLEGAL_ADDRESS", "MISALIGNED_ADDRESS"} <= set(ends)


@pytest.mark.slow
@pytest.mark.parametrize("arch", [arch for arch in bundled_architectures() if arch != DEFAULT])
def test_a_hundred_thousand_faults_on_other_architectures(
    arch: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ends = endings(100_000, 7, arch)
    with capsys.disabled():
        sys.stdout.write(f"\n{arch}: {sum(ends.values())} faults: {ends}\n")
    assert sum(ends.values()) == 100_000
    assert {"FINISHED", "ILLEGAL_ADDRESS", "MISALIGNED_ADDRESS", "HANG", "INVALID_PC"} <= set(ends)


def test_a_short_storm_on_warps_in_lock_step() -> None:
    ends = endings(500, 4, "warps")
    assert sum(ends.values()) == 500
    assert {"FINISHED", "ILLEGAL_ADDRESS", "MISALIGNED_ADDRESS", "HANG"} <= set(ends)


@pytest.mark.slow
def test_a_hundred_thousand_faults_on_warps_in_lock_step(capsys: pytest.CaptureFixture[str]) -> None:
    ends = endings(100_000, 5, "warps")
    with capsys.disabled():
        sys.stdout.write(f"\n{sum(ends.values())} faults in warps: {ends}\n")
    assert sum(ends.values()) == 100_000
    assert set(ends) >= {
        "FINISHED",
        "ILLEGAL_ADDRESS",
        "HANG",
        "STACK_ERROR",
        "SHARED_OUT_OF_RANGE",
        "INVALID_PC",
    }
