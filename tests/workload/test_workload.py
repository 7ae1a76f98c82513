"""Workloads that no network made: campaigns run on them, and both engines give the same rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.campaign.rows import FAST_ONLY, assert_same, run
from tests.kernels.sample import every_nth

from sassafras.architectures.registry import architecture
from sassafras.emulator.machine import machine_of
from sassafras.emulator.memory import lay_out
from sassafras.errors import UsageError
from sassafras.hardening.plan import launched, protect
from sassafras.hardening.workload import harden
from sassafras.kernels.activation import Activation
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.registry import KERNELS
from sassafras.network.images import Image
from sassafras.verify.small_network import SIDE, small_network
from sassafras.workload.alarms import Alarms
from sassafras.workload.buffer import Buffer, Part
from sassafras.workload.given import Call, GivenWorkload
from sassafras.workload.judgement import Classes
from sassafras.workload.running import run_twins
from sassafras.workload.workload import Workload, requests

VALUES = 40


def vectors(*, mapped: bool) -> GivenWorkload:
    """softmax(relu(x + b) + x): no layer of a network. ``mapped``: whether its vectors are feature maps."""

    def vector(name: str) -> Buffer:
        shape = (VALUES, 1, 1) if mapped or name == "x" else None
        return Buffer(name, 4 * VALUES, shape, is_map=mapped)

    x, b, y, z, result = (vector(name) for name in ("x", "b", "y", "z", "result"))
    add, activate, softmax = (KERNELS[name] for name in ("add", "activate_array", "softmax"))
    ends = {"batch": 1, "batch_offset": VALUES, "groups": 1, "group_offset": VALUES, "stride": 1, "temp": 1.0}
    calls = (
        Call(add, 0, {"n": VALUES, "a": "x", "b": "b", "output": "y"}),
        Call(activate, 0, {"x": "y", "n": VALUES, "a": int(Activation.RELU)}),
        Call(add, 1, {"n": VALUES, "a": "y", "b": "x", "output": "z"}),
        Call(softmax, 2, {"input": "z", "n": VALUES, "output": "result", **ends}),
    )
    parts = (Part(0, "bent", y, ("b",)), Part(1, "sum", z), Part(2, "softmax", result))
    contents = {"b": np.linspace(-1, 1, VALUES, dtype=np.float32)}
    judgement = Classes(tuple(f"value {k}" for k in range(VALUES)))
    return GivenWorkload(
        "vectors", judgement, (x, b, y, z, result), calls, parts, ("x",), ("result",), contents
    )


WORKLOADS: dict[str, Callable[[], Workload]] = {
    "of maps": lambda: vectors(mapped=True),
    "of bytes": lambda: vectors(mapped=False),
    "small": small_network,
}


def frames(of: Workload) -> list[Image]:
    dice = np.random.Generator(np.random.Philox(3))
    assert of.inputs[0].shape is not None
    return [Image(f"frame{k}", dice.standard_normal(of.inputs[0].shape).astype(np.float32)) for k in range(2)]


def by_hand(x: NDArray[np.float32]) -> NDArray[np.float64]:
    """The result in float64."""
    b = np.linspace(-1, 1, VALUES, dtype=np.float32).astype(np.float64)
    z = np.maximum(x + b, 0) + x
    powers = np.exp(z - z.max())
    return np.asarray(powers / powers.sum())


@pytest.mark.parametrize("mapped", [True, False])
def test_twins_and_machine_code_compute_what_is_given(mapped: bool) -> None:
    given = vectors(mapped=mapped)
    frame = frames(given)[0].pixels
    native, emulated = given.fresh_memory(), given.fresh_memory()
    for memory in (native, emulated):
        given.load(memory, frame)
    run_twins(given, native)
    for planned in given.plan:
        assert machine_of(planned.spec.code(given.architecture)).run(planned.launch, emulated).trap is None
    assert np.array_equal(native.data, emulated.data)
    np.testing.assert_allclose(given.result(native).numbers, by_hand(frame.reshape(-1)), rtol=1e-5)


@pytest.mark.parametrize("name", WORKLOADS)
def test_both_engines_agree_on_a_campaign(name: str, tmp_path: Path) -> None:
    """A whole campaign, profile and self-check included, without any network."""
    given = WORKLOADS[name]()
    fast, full = (
        run(tmp_path / e, given, frames(given), kernels=launched(given), injections=50, seed=6, engine=e)
        for e in ("fast", "full")
    )
    assert_same(fast, full, without=FAST_ONLY)
    assert len(fast) == 150
    assert {"MASKED", "SDC", "DUE"} == set(fast.outcome)
    assert len(set(fast.severity.dropna())) >= 2
    assert set(fast.layer) <= {part.index for part in given.parts}


def test_invocations_count_the_launches_of_a_kernel() -> None:
    assert [(p.index, p.kernel, p.invocation, p.part) for p in vectors(mapped=True).plan] == [
        (0, "add", 0, 0),
        (1, "activate_array", 0, 0),
        (2, "add", 1, 1),
        (3, "softmax", 0, 2),
    ]


def test_maps_are_the_buffers_that_say_so() -> None:
    given = vectors(mapped=True)
    assert set(given.maps.values()) == {(VALUES, 1, 1)}
    assert list(given.maps) == [given.layout[name].address for name in ("x", "b", "y", "z", "result")]
    assert vectors(mapped=False).maps == {}
    with pytest.raises(ValueError, match="y is no feature map"):
        _ = vectors(mapped=False).buffers[2].map_shape
    assert [part.shape for part in vectors(mapped=False).parts] == [(VALUES, 1, 1)] * 3


def test_the_digest_stands_for_buffers_launches_and_contents() -> None:
    given = vectors(mapped=True)
    other = vectors(mapped=True)
    assert other.digest == given.digest != vectors(mapped=False).digest
    changed = replace(given, given_contents={"b": np.zeros(VALUES, np.float32)})
    assert changed.digest != given.digest


def test_inputs_of_another_shape_are_refused() -> None:
    given = small_network()
    words = r"an input is float32 \(1, 6, 7\), known faults takes float32 \(1, 6, 6\) \(input\)"
    with pytest.raises(UsageError, match=words):
        given.load(given.fresh_memory(), np.zeros((1, SIDE, SIDE + 1), np.float32))


def test_buffers_lie_as_the_allocator_of_the_architecture_places_them() -> None:
    """Addresses in the launches follow; the default's rules are another architecture's business."""
    given = small_network()
    rules = replace(given.architecture.allocation_rules(), alignment=1024, base=0x7_0000_0000)
    moved = given.on(replace(given.architecture, name="sm_made", allocator=rules))
    assert given.on(given.architecture) is given
    assert moved.layout == lay_out(requests(given.buffers), rules) != given.layout
    assert moved.plan[0].arguments["x"] == moved.layout["layer0.output"].address
    assert moved.digest != given.digest
    unknown = given.on(architecture("sm_70"))
    with pytest.raises(UsageError, match="how device memory is laid out on sm_70 is not known here"):
        _ = unknown.layout


def test_a_launch_has_the_grid_and_the_block_that_it_is_given() -> None:
    """Three blocks of five threads instead of the kernel's own split: the first 15 values, and no others."""
    given = vectors(mapped=False)
    narrow = replace(given, calls=(replace(given.calls[0], geometry=((3, 1, 1), (5, 1, 1))),))
    (planned,) = narrow.plan
    assert (planned.launch.grid, planned.launch.block) == ((3, 1, 1), (5, 1, 1))
    assert planned.launch.parameters == given.plan[0].launch.parameters
    memory, x = narrow.fresh_memory(), frames(narrow)[0].pixels
    narrow.load(memory, x)
    replace(planned, variant=replace(planned.spec, twin=None)).run(memory, narrow.architecture)
    found = memory.array(narrow.layout["y"].address, VALUES)
    b = np.linspace(-1, 1, VALUES, dtype=np.float32)
    assert np.array_equal(found, np.where(np.arange(VALUES) < 15, x.reshape(-1) + b, 0))


@pytest.mark.parametrize("name", every_nth(2, ["of maps", "of bytes"]))
def test_a_workload_that_is_no_network_can_be_hardened(name: str) -> None:
    """The same bits in every buffer of the plain one, which stay where they are; no alarm."""
    given = WORKLOADS[name]()
    hardened = harden(given, protect({"add": Technique.TMR, "softmax": Technique.DMR}))
    assert hardened.digest != given.digest == hardened.parameters_digest
    assert all(hardened.layout[b.name] == given.layout[b.name] for b in given.buffers)
    one, two = given.fresh_memory(), hardened.fresh_memory()
    for workload, memory in ((given, one), (hardened, two)):
        workload.load(memory, *frames(given)[0].arrays)
        for planned in workload.plan:
            assert (
                machine_of(planned.spec.code(workload.architecture)).run(planned.launch, memory).trap is None
            )
    for buffer in given.buffers:
        place = given.layout[buffer.name].address
        assert np.array_equal(one.at(place, buffer.nbytes), two.at(place, buffer.nbytes))
    assert not two.array(hardened.alarms.detected, 1, np.uint32)[0]


def test_alarms_are_two_words_and_nothing_beside_them() -> None:
    assert Alarms(detected=0x1010, corrected=0x1014).places(0x1000) == ((0x10, 0x14), (0x14, 0x18))
    assert Alarms(detected=0x2000, corrected=0x1000).places(0x1000) == ((0x1000, 0x1004), (0, 4))
