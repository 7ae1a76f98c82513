"""Twins of Darknet's kernels against straightforward references in exact arithmetic, thread by thread."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.kernels.awkward import SPECIAL_BITS, Case
from tests.kernels.cases import CASES
from tests.kernels.exact_floats import NAN, add, divide, fma, is_infinite, is_nan, multiply, rounded, value
from tests.kernels.twins import by_twin

from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.kernels.kernel import Kernel
from sassafras.kernels.registry import KERNELS

Words = NDArray[np.uint32]
SIGN = 0x80000000
WORDS = st.one_of(st.sampled_from(SPECIAL_BITS), st.integers(0, 0xFFFFFFFF))


def word(number: float) -> int:
    return int(np.float32(number).view(np.uint32))


def root(a: int) -> int:
    """sqrtf: the exact root, rounded once."""
    if is_nan(a) or (a & SIGN and a != SIGN):
        return NAN
    if is_infinite(a) or a & ~SIGN == 0:
        return a
    exact, shift = value(a), 400
    whole = isqrt((exact.numerator << (2 * shift)) // exact.denominator)
    inexact = Fraction(whole, 1 << shift) ** 2 != exact
    return rounded(Fraction(2 * whole + inexact, 1 << (shift + 1)))


def of(kernel: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", [c for c in CASES if c.kernel == kernel], ids=str)


class Before:
    """A case's memory before its launch, by names of the kernel's pointers, and after it."""

    def __init__(self, case: Case) -> None:
        self.kernel: Kernel = KERNELS[case.kernel]
        self.memory, self.arguments = case.build()
        self.before = {
            name: self.memory.array(
                int(self.memory.layout[name].address), case.contents[name].size, np.uint32
            ).copy()
            for name in case.contents
        }

    def __getitem__(self, name: str) -> list[int]:
        return [int(w) for w in self.before[name]]

    def number(self, name: str) -> int:
        return int(self.arguments[name])

    def check(self, output: str, expected: list[int]) -> None:
        by_twin(self.kernel, self.memory, self.arguments)
        found = self.memory.array(self.number(output), len(expected), np.uint32)
        np.testing.assert_array_equal(found, np.array(expected, np.uint32))


def normalized(x: int, mean: int, variance: int, epsilon: float) -> int:
    return divide(add(x, mean ^ SIGN), root(add(variance, word(epsilon))))


@of("normalize")
def test_normalize(case: Case) -> None:
    given_ = Before(case)
    batch, n, size = (given_.number(name) for name in ("batch", "n", "size"))
    x, mean, variance = given_["x"], given_["mean"], given_["variance"]
    epsilon = float(given_.arguments["epsilon"])
    expected = [
        normalized(x[i], mean[i // size % n], variance[i // size % n], epsilon)
        for i in range(batch * n * size)
    ]
    given_.check("x", expected)


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=8), st.sampled_from([1e-5, 0.0, 1e-3]))
def test_normalize_at_its_edges(numbers: list[tuple[int, int, int]], epsilon: float) -> None:
    n = len(numbers)
    memory = DeviceMemory(lay_out([(name, 4 * n) for name in ("x", "mean", "variance")]))
    for name, words in zip(("x", "mean", "variance"), zip(*numbers, strict=True), strict=True):
        memory.array(memory.layout[name].address, n, np.uint32)[:] = words
    places = {name: memory.layout[name].address for name in ("x", "mean", "variance")}
    by_twin(KERNELS["normalize"], memory, {**places, "batch": 1, "n": n, "size": 1, "epsilon": epsilon})
    found = memory.array(places["x"], n, np.uint32).tolist()
    assert found == [normalized(x, mean, variance, epsilon) for x, mean, variance in numbers]


@of("scale_bias")
def test_scale_bias(case: Case) -> None:
    given_ = Before(case)
    batch, n, size = (given_.number(name) for name in ("batch", "n", "size"))
    output, scales = given_["output"], given_["scales"]
    given_.check("output", [multiply(output[i], scales[i // size % n]) for i in range(batch * n * size)])


@of("im2col_gpu_ext")
def test_im2col_gpu_ext(case: Case) -> None:
    """Index by index, as AlexeyAB's ``im2col_cpu_ext`` goes: every row of the matrix, then every pixel."""
    given_ = Before(case)
    a = {name: given_.number(name) for name in given_.arguments}
    image, expected = given_["image"], []
    channels = a["n"] // (a["height_col"] * a["width_col"])
    for channel, i, j, y, x in np.ndindex(
        channels, a["kernel_h"], a["kernel_w"], a["height_col"], a["width_col"]
    ):
        row = y * a["stride_h"] - a["pad_h"] + i * a["dilation_h"]
        column = x * a["stride_w"] - a["pad_w"] + j * a["dilation_w"]
        inside = 0 <= row < a["height"] and 0 <= column < a["width"]
        expected.append(image[(channel * a["height"] + row) * a["width"] + column] if inside else 0)
    given_.check("columns", expected)


@of("shortcut")
def test_shortcut(case: Case) -> None:
    given_ = Before(case)
    n, stride, w = (given_.number(name) for name in ("n", "stride", "w"))
    added = np.array(given_["add"][: n * stride**2]).reshape(-1, w * stride)[::stride, ::stride].reshape(-1)
    given_.check("output", [add(a, int(b)) for a, b in zip(given_["output"], added, strict=False)])


@of("forward_avgpool")
def test_forward_avgpool(case: Case) -> None:
    given_ = Before(case)
    n, size = given_.number("n"), given_.number("size")
    source, expected = given_["input"], []
    for plane in range(n):
        total = 0
        for x in source[plane * size : (plane + 1) * size]:
            total = add(total, x)
        expected.append(divide(total, word(size)))
    given_.check("output", expected)


@of("upsample")
def test_upsample(case: Case) -> None:
    given_ = Before(case)
    n, h, w, stride = (given_.number(name) for name in ("n", "h", "w", "stride"))
    scale, source = word(float(given_.arguments["scale"])), given_["input"]
    shape = n // (h * w * stride**2), h * stride, w * stride
    places = [(c * h + y // stride) * w + x // stride for c, y, x in np.ndindex(shape)]
    given_.check("output", [multiply(source[place], scale) for place in places])


@of("reorg")
def test_reorg(case: Case) -> None:
    given_ = Before(case)
    channels, h, w, stride = (given_.number(name) for name in ("channels", "h", "w", "stride"))
    few, source, expected = channels // stride**2, given_["input"], []
    for c, y, x in np.ndindex(channels, h, w):
        across, down = x * stride + c // few % stride, y * stride + c // few // stride
        expected.append(source[across + w * stride * (down + h * stride * (c % few))])
    given_.check("output", expected)


@of("forward_crop")
def test_forward_crop(case: Case) -> None:
    given_ = Before(case)
    h, w, crop_h, crop_w, top, left = (
        given_.number(name) for name in ("h", "w", "crop_h", "crop_w", "top", "left")
    )
    scale, translate = (word(float(given_.arguments[name])) for name in ("scale", "translate"))
    source, shape = given_["input"], (given_.number("n") // (crop_h * crop_w), crop_h, crop_w)
    places = [(c * h + top + y) * w + left + x for c, y, x in np.ndindex(shape)]
    given_.check("output", [fma(source[place], scale, translate) for place in places])


@pytest.mark.parametrize("kernel", ["im2col_gpu_ext", "upsample", "forward_crop"])
def test_a_launch_that_splits_a_channel_is_refused(kernel: str) -> None:
    case = next(c for c in CASES if c.kernel == kernel and int(c.arguments["n"]) > 20)
    memory, arguments = case.build()
    with pytest.raises(ValueError, match="whole number"):
        by_twin(KERNELS[kernel], memory, {**arguments, "n": int(arguments["n"]) - 1})
