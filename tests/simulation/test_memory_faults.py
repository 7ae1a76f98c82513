"""Faults in memory: against NumPy's inference on corrupted weights, and engine against engine."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.campaign import networks
from tests.campaign.rows import FAST_ONLY, assert_same, run

from sassafras.emulator.traps import TrapKind
from sassafras.faults.model import Draw, FaultModel, Mode, Scope
from sassafras.faults.secded import Ecc, Seen, after_flips
from sassafras.kernels.registry import KERNELS
from sassafras.network.images import Image
from sassafras.network.lenet import LENET, load_lenet
from sassafras.network.network import Network
from sassafras.simulation.injector import Injector
from sassafras.simulation.kept_output import Outputs
from sassafras.simulation.outcome import MaskedReason, Outcome
from sassafras.simulation.record import Injection
from sassafras.simulation.rules import Rules
from sassafras.simulation.workbench import Workbench
from sassafras.workload.own.load import load_workload

Vector = NDArray[np.float32]
CONNECTED = """
[net]
height=3
width=3
channels=1
[connected]
output=6
activation=relu
[connected]
output=4
activation=linear
"""
HBM2 = FaultModel("hbm2-entries")


@pytest.fixture(scope="module")
def connected() -> Network:
    return networks.network(CONNECTED, 8, "connected")


@pytest.fixture
def bench(connected: Network) -> Iterator[Workbench]:
    made = Workbench(connected, networks.images(connected), shared=False)
    yield made
    made.golden(0).leave()


def draw(bench: Workbench, buffer: str, word: int, launch: int, model: FaultModel, seed: int) -> Draw:
    """A fault in a word of a buffer."""
    layout = bench.workload.layout
    ordinal = (layout[buffer].address - layout.base) // 4 + word
    first, second = np.random.Generator(np.random.Philox(seed)).integers(0, 2**64, 2, np.uint64).tolist()
    kind = (seed, Mode.MEM, model, Scope.THREAD)
    return Draw(*kind, 0, launch, 0, 0, ordinal, 0, first, second, longest=1)


def rules(ecc: Ecc = Ecc.NONE, *, full: bool = False) -> Rules:
    return Rules(None, 10, full, outputs=Outputs.WHOLE, ecc=ecc)


_library = ctypes.CDLL(ctypes.util.find_library("m"))
_library.fmaf.restype = ctypes.c_float
_library.fmaf.argtypes = [ctypes.c_float] * 3


def layer(weights: Vector, biases: Vector, given: Vector) -> Vector:
    """A connected layer: one chain of fused multiply-adds for each output, then the bias."""
    sums = np.zeros(len(weights), np.float32)
    for row, values in enumerate(weights):
        total = 0.0
        for weight, value in zip(values.tolist(), given.tolist(), strict=True):
            total = _library.fmaf(value, weight, total)
        sums[row] = total
    with np.errstate(over="ignore", invalid="ignore"):
        found: Vector = sums + biases
    found.view(np.uint32)[np.isnan(found)] = 0x7FFFFFFF  # as every instruction has it
    return found


def by_numpy(network: Network, given: Vector, changed: dict[str, Vector]) -> Vector:
    """The inference with other contents of some buffers, which shares nothing with the code under test."""
    held = {name: np.array(values, np.float32) for name, values in network.contents.items()} | changed
    first = layer(held["layer0.weights"].reshape(6, 9), held["layer0.biases"].reshape(-1), given.reshape(-1))
    with np.errstate(invalid="ignore"):
        first = first * (first > 0)  # as Darknet does: NaN stays NaN
    return layer(held["layer1.weights"].reshape(4, 6), held["layer1.biases"].reshape(-1), first)


def corrupted(network: Network, row: Injection) -> dict[str, Vector]:
    """The struck buffer as a row says it: bits before and after, from a word on."""
    assert row.buffer is not None
    assert row.before is not None
    assert row.after is not None
    words = np.array(network.contents[row.buffer], np.float32).reshape(-1).view(np.uint32)
    flipped = int(row.before, 16) ^ int(row.after, 16)
    for k in range(8 if row.model == HBM2 else 1):
        flips, place = flipped >> 32 * k & 0xFFFFFFFF, row.target_index + k
        if flips and place < len(words):
            held = int(row.before, 16) >> 32 * k & 0xFFFFFFFF
            assert words[place] == held
            words[place] ^= np.uint32(flips)
    return {row.buffer: words.view(np.float32)}


MODELS = (FaultModel.SINGLE_BIT, FaultModel.DOUBLE_BIT, FaultModel.ZERO_VALUE, HBM2)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("buffer", ["layer0.weights", "layer0.biases", "layer1.weights", "layer1.biases"])
def test_struck_weights_are_numpys_corrupted_inference(
    bench: Workbench, connected: Network, buffer: str, model: FaultModel
) -> None:
    given, size = bench.inputs[0].arrays[0], connected.contents[buffer].size
    last = max(p.index for p in connected.plan if any(_in(connected, buffer, p.reads)))
    draws = [draw(bench, buffer, n * 7 % size, n % (last + 1), model, n) for n in range(25)]
    rows, errors = Injector(bench, rules()).inject_all(0, draws)
    assert errors == []
    golden = by_numpy(connected, given, {})
    assert golden.tobytes() == bench.golden(0).result["layer1.output"].tobytes()
    reached = 0
    for row in rows:
        expected = by_numpy(connected, given, corrupted(connected, row))
        if row.outcome is Outcome.SDC:
            assert row.output == expected.tobytes()
        else:
            assert row.outcome is Outcome.MASKED
            assert expected.tobytes() == golden.tobytes()
        reached += expected.tobytes() != golden.tobytes()
    assert reached > 3


def _in(network: Network, buffer: str, regions: object) -> Iterator[bool]:
    place = network.layout[buffer]
    for region in regions:  # type: ignore[attr-defined]
        yield region.address < place.end and place.address < region.end


def test_what_nobody_reads_any_more_is_masked(bench: Workbench, connected: Network) -> None:
    end = len(connected.plan) - 1
    injector = Injector(bench, rules())
    behind = injector.inject(draw(bench, "layer0.weights", 3, end, FaultModel.SINGLE_BIT, 1))
    assert (behind.outcome, behind.masked_reason) == (Outcome.MASKED, MaskedReason.NEVER_READ)
    over = injector.inject(draw(bench, "layer1.output", 2, 0, FaultModel.SINGLE_BIT, 2))
    assert (over.outcome, over.masked_reason) == (Outcome.MASKED, MaskedReason.OVERWRITTEN)
    zero = injector.inject(draw(bench, "layer1.output", 2, 0, FaultModel.ZERO_VALUE, 3))
    assert (zero.outcome, zero.masked_reason) == (Outcome.MASKED, MaskedReason.NO_EFFECT)
    assert (over.block, over.thread, over.instruction, over.offset) == (-1,) * 4
    assert (over.opcode, over.sass, over.buffer, over.target_index) == ("", "", "layer1.output", 2)


@pytest.mark.parametrize("full", [False, True], ids=["fast", "full"])
def test_ecc_corrects_one_bit_and_stops_at_two(bench: Workbench, full: bool) -> None:
    injector = Injector(bench, rules(Ecc.SECDED, full=full))
    one = injector.inject(draw(bench, "layer0.weights", 5, 0, FaultModel.SINGLE_BIT, 1))
    assert (one.outcome, one.masked_reason) == (Outcome.MASKED, MaskedReason.CORRECTED)
    assert one.before != one.after
    two = injector.inject(draw(bench, "layer0.weights", 5, 0, FaultModel.DOUBLE_BIT, 1))
    assert (two.outcome, two.due_kind) == (Outcome.DUE, TrapKind.UNCORRECTABLE_ECC)
    unread = injector.inject(draw(bench, "layer1.output", 1, 0, FaultModel.DOUBLE_BIT, 1))
    assert (unread.outcome, unread.masked_reason) == (Outcome.MASKED, MaskedReason.OVERWRITTEN)


def test_ecc_lets_through_what_it_must(bench: Workbench, connected: Network) -> None:
    """Wider patterns: what the code leaves of each 64 bits is what the inference gets."""
    given = bench.inputs[0].arrays[0]
    draws = [draw(bench, "layer0.weights", n % 48, 0, HBM2, n) for n in range(400)]
    rows, _ = Injector(bench, rules(Ecc.SECDED)).inject_all(0, draws)
    through = 0
    for row in rows:
        assert row.before is not None
        assert row.after is not None
        flipped = int(row.before, 16) ^ int(row.after, 16)
        found = [after_flips(flipped >> 64 * k & (1 << 64) - 1) for k in range(4)]
        left = sum(one.left << 64 * k for k, one in enumerate(found))
        if any(one.seen is Seen.DETECTED for one in found):
            assert row.outcome is Outcome.DUE
            continue
        words = np.array(connected.contents["layer0.weights"], np.float32).reshape(-1).view(np.uint32)
        for k in range(8):
            if row.target_index + k < len(words):
                words[row.target_index + k] ^= np.uint32(left >> 32 * k & 0xFFFFFFFF)
        expected = by_numpy(connected, given, {"layer0.weights": words.view(np.float32)})
        if row.outcome is Outcome.SDC:
            through += 1
            assert row.output == expected.tobytes()
        else:
            assert row.outcome is Outcome.MASKED
            assert left == 0
    assert through > 0


HOW = (FaultModel.SINGLE_BIT, FaultModel.DOUBLE_BIT, HBM2)
MEMORY: dict[str, Any] = {"modes": (Mode.MEM,), "models": HOW}


@pytest.mark.parametrize("ecc", Ecc)
def test_engines_agree(tmp_path: Path, tiny: Network, images: list[Image], ecc: Ecc) -> None:
    """Every bit of every row; what is masked is emulated to the end, too."""
    asked = MEMORY | {"injections": 60, "kernels": tuple(KERNELS), "ecc": ecc, "seed": 4}
    fast = run(tmp_path / "fast", tiny, images, **asked)
    assert set(fast.outcome) >= {"MASKED", "SDC"} or ecc is Ecc.SECDED
    assert fast.kernel.nunique() > 4
    assert fast.buffer.nunique() > 5
    assert_same(fast, run(tmp_path / "full", tiny, images, engine="full", **asked), without=FAST_ONLY)


@pytest.mark.slow
@pytest.mark.parametrize("name", networks.BRANCHES)
def test_engines_agree_on_branches(tmp_path: Path, name: str) -> None:
    network = networks.BRANCHES[name]()
    asked = MEMORY | {"injections": 60, "kernels": tuple(KERNELS), "seed": 4}
    pictures = networks.images(network)
    fast = run(tmp_path / "fast", network, pictures, **asked)
    assert_same(fast, run(tmp_path / "full", network, pictures, engine="full", **asked), without=FAST_ONLY)


@pytest.mark.slow
def test_engines_agree_on_lenet(tmp_path: Path) -> None:
    asked = MEMORY | {"injections": 300, "kernels": tuple(KERNELS), "seed": 9}
    pictures = LENET.images(3)
    fast = run(tmp_path / "fast", load_lenet(), pictures, **asked)
    assert_same(
        fast, run(tmp_path / "full", load_lenet(), pictures, engine="full", **asked), without=FAST_ONLY
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["histogram", "spmv", "stencil"])
def test_engines_agree_on_kernels_of_ones_own(tmp_path: Path, name: str) -> None:
    """Struck indexes send loads astray: traps and hangs of later launches, too."""
    own = load_workload(Path(__file__).parents[2] / "docs" / "examples" / "own" / name / "workload.toml")
    kernels = tuple(dict.fromkeys(planned.kernel for planned in own.plan))
    asked = MEMORY | {"injections": 120, "kernels": kernels, "seed": 3}
    given = own.brought_inputs or ()
    fast = run(tmp_path / "fast", own, given, **asked)
    assert name != "spmv" or (fast.due_kind == "ILLEGAL_ADDRESS").any()
    assert_same(fast, run(tmp_path / "full", own, given, engine="full", **asked), without=FAST_ONLY)
