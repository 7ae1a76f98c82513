"""``first-valid`` and ``range``: twin, machine code and an oracle agree on every bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.kernels.cases import CASES, SPECIAL_BITS, Case, Named
from tests.kernels.hardened.launches import Prepared, prepare
from tests.kernels.hardened.variant_oracles import first_valid, held, is_nan
from tests.kernels.twins import by_twin

from sassafras.errors import UsageError
from sassafras.kernels.activation import Activation
from sassafras.kernels.hardened.registry import harden_arguments
from sassafras.kernels.hardened.technique import Technique

POOLS = [case for case in CASES if case.kernel == "forward_maxpool"]
ACTIVATIONS = [case for case in CASES if case.kernel == "activate_array"]
FULL = 0xFFFFFFFF
WORDS = st.one_of(st.sampled_from((*SPECIAL_BITS, 0x3F800000, 0x3F800000)), st.integers(0, FULL))
BOUNDS = (
    *((-1.5, 2.25), (0.0, 1.0), (-0.0, 0.0), (-0.0, 3.0e38), (1.0, 1.0)),
    *((-np.inf, np.inf), (-2.0, -1e-42)),
)


def array(words: NDArray[np.uint32] | list[int]) -> NDArray[np.float32]:
    return np.array(words, np.uint32).view(np.float32)


def agreed(case: Case, technique: Technique, bounds: tuple[float, float] = BOUNDS[0]) -> Prepared:
    """The launch after it was emulated; the twin leaves the same memory."""
    emulated, twin = (prepare(case, technique, bounds) for _ in range(2))
    assert emulated.machine.run(emulated.launch, emulated.memory, limit=100_000).trap is None
    by_twin(twin.kernel, twin.memory, twin.arguments)
    np.testing.assert_array_equal(twin.memory.data, emulated.memory.data)
    assert not emulated.flags.any()
    return emulated


def words_at(prepared: Prepared, name: str, count: int) -> NDArray[np.uint32]:
    found: NDArray[np.uint32] = prepared.memory.array(int(prepared.arguments[name]), count, np.uint32)
    return found


# first-valid --------------------------------------------------------------------------------------------


def check_pool(case: Case) -> None:
    """Twin, machine code and oracle; and the plain kernel's memory where it is defined to be the same."""
    after = agreed(case, Technique.FIRST_VALID)
    n = int(after.arguments["n"])
    source = case.contents["input"].view(np.uint32)
    best, where = first_valid(source, after.arguments)
    np.testing.assert_array_equal(words_at(after, "output", n), best)
    np.testing.assert_array_equal(words_at(after, "indexes", n).view(np.int32), where)
    plain = prepare(case, None)
    by_twin(plain.kernel, plain.memory, plain.arguments)
    if not any(is_nan(word) for word in source.tolist()):
        np.testing.assert_array_equal(words_at(plain, "output", n), best)
        said = best != 0xFF800000  # minus infinity alone: the plain kernel says that there is no number
        np.testing.assert_array_equal(words_at(plain, "indexes", n).view(np.int32)[said], where[said])
        assert (words_at(plain, "indexes", n)[~said] == FULL).all()


@pytest.mark.parametrize("case", POOLS, ids=str)
def test_first_valid(case: Case) -> None:
    check_pool(case)


@pytest.mark.parametrize("case", POOLS, ids=str)
def test_first_valid_leaves_the_plain_kernels_bits_on_numbers_with_ties(case: Case) -> None:
    generator = np.random.Generator(np.random.Philox(5))
    values = generator.choice(array([0, 1 << 31, 0x3F800000, 0xBF800000, 1]), case.contents["input"].size)
    check_pool(replace(case, contents={**case.contents, "input": values}))
    plain = prepare(replace(case, contents={**case.contents, "input": values}), None)
    hardened = prepare(replace(case, contents={**case.contents, "input": values}), Technique.FIRST_VALID)
    for prepared in (plain, hardened):
        assert prepared.machine.run(prepared.launch, prepared.memory).trap is None
    np.testing.assert_array_equal(hardened.memory.data, plain.memory.data)


@st.composite
def pools(draw: st.DrawFn) -> Case:
    """Any window that overlaps the map, with any words in it."""
    size, stride = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    pad = draw(st.integers(0, 2 * (size - 1)))
    in_h, in_w = (draw(st.integers(max(1, size - pad), 7)) for _ in range(2))
    planes = draw(st.integers(1, 2))
    h, w = ((extent + pad - size) // stride + 1 for extent in (in_h, in_w))
    count = planes * in_h * in_w
    few = draw(st.lists(WORDS, min_size=1, max_size=4))
    words = draw(st.lists(st.sampled_from(few), min_size=count, max_size=count))
    names = ("n", "in_h", "in_w", "in_c", "stride", "size", "pad")
    numbers = dict(zip(names, (planes * h * w, in_h, in_w, planes, stride, size, pad), strict=True))
    places = {name: np.zeros(planes * h * w, np.float32) for name in ("output", "indexes")}
    arguments: Named = {**numbers, "input": "input", "output": "output", "indexes": "indexes"}
    return Case("drawn", "forward_maxpool", arguments, {"input": array(words), **places})


@settings(max_examples=150, deadline=None)
@given(case=pools())
def test_first_valid_on_any_words(case: Case) -> None:
    check_pool(case)


@pytest.mark.parametrize(
    ("size", "pad", "stride", "extent", "fits"),
    [
        (3, 4, 1, 1, True),  # the first and the last window touch one row
        (3, 5, 1, 3, False),  # the last one begins behind the map
        (3, 5, 2, 3, True),  # with this stride there is none so late
        (3, 6, 1, 4, False),  # the first one ends before it
        (1, 1, 1, 4, False),
        (1, 0, 1, 1, True),
    ],
)
def test_windows_that_lie_beside_the_map_are_refused(
    size: int, pad: int, stride: int, extent: int, fits: bool
) -> None:
    arguments = {"in_h": extent, "in_w": extent, "size": size, "pad": pad, "stride": stride}
    starts = [k * stride - pad // 2 for k in range((extent + pad - size) // stride + 1)]
    assert fits is all(start + size > 0 and start < extent for start in starts)
    if fits:
        assert harden_arguments("forward_maxpool", Technique.FIRST_VALID, arguments, 0) == arguments
    else:
        with pytest.raises(UsageError, match=r"windows that overlap the map.* tmr, dmr or dmr-retry$"):
            harden_arguments("forward_maxpool", Technique.FIRST_VALID, arguments, 0)


# range --------------------------------------------------------------------------------------------------


def check_range(case: Case, bounds: tuple[float, float]) -> None:
    after, plain = agreed(case, Technique.RANGE, bounds), prepare(case, None)
    assert plain.machine.run(plain.launch, plain.memory).trap is None
    n = int(after.arguments["n"])
    np.testing.assert_array_equal(words_at(after, "x", n), held(words_at(plain, "x", n), *bounds))
    values = words_at(after, "x", n).view(np.float32)
    assert ((values >= np.float32(bounds[0])) & (values <= np.float32(bounds[1]))).all()


@pytest.mark.parametrize("bounds", BOUNDS, ids=str)
@pytest.mark.parametrize("case", ACTIVATIONS, ids=str)
def test_range(case: Case, bounds: tuple[float, float]) -> None:
    check_range(case, bounds)


@settings(max_examples=100, deadline=None)
@given(
    words=st.lists(WORDS, min_size=1, max_size=40),
    bounds=st.tuples(*[st.floats(width=32, allow_nan=False)] * 2).map(lambda pair: tuple(sorted(pair))),
    code=st.sampled_from([Activation.LINEAR, Activation.RELU, Activation.LEAKY]),
)
def test_range_on_any_words(words: list[int], bounds: tuple[float, float], code: Activation) -> None:
    arguments: Named = {"x": "x", "n": len(words), "a": int(code)}
    check_range(Case("drawn", "activate_array", arguments, {"x": array(words)}), bounds)


def test_values_within_the_bounds_keep_every_bit() -> None:
    words = [0, 1 << 31, 1, 0x80000001, 0x3F800000, 0xBF800000]
    arguments: Named = {"x": "x", "n": len(words), "a": int(Activation.LINEAR)}
    case = Case("kept", "activate_array", arguments, {"x": array(words)})
    after = agreed(case, Technique.RANGE, (-1.0, 1.0))
    assert words_at(after, "x", len(words)).tolist() == words


def test_range_without_bounds_is_refused() -> None:
    with pytest.raises(UsageError, match="range needs bounds"):
        harden_arguments("activate_array", Technique.RANGE, {"x": 0, "n": 1, "a": 2}, 0)


def test_what_changes_the_flow_says_so() -> None:
    changing = {technique for technique in Technique if technique.changes_flow}
    assert {Technique.FIRST_VALID, Technique.RANGE} <= changing
    assert not changing & {Technique.TMR, Technique.DMR, Technique.DMR_RETRY, Technique.ABFT}
