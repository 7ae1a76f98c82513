"""Twins against straightforward references, and the regions they promise to keep to."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.kernels.cases import CASES, Case
from tests.kernels.exact_floats import add, compare, divide, multiply
from tests.kernels.sample import sampled_cases
from tests.kernels.test_activations import ORACLES, exp_factors
from tests.kernels.twins import by_twin

from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.kernel import Region
from sassafras.kernels.registry import KERNELS

Words = NDArray[np.uint32]
MINUS_INFINITY = 0xFF800000


def words(memory: DeviceMemory, address: int | float, count: int) -> Words:
    view: Words = memory.array(int(address), count, np.uint32)
    return view


def ints(arguments: Arguments, *names: str) -> tuple[int, ...]:
    return tuple(int(arguments[name]) for name in names)


def mask(memory: DeviceMemory, regions: tuple[Region, ...]) -> NDArray[np.bool_]:
    covered = np.zeros(memory.layout.nbytes, np.bool_)
    for region in regions:
        start = region.address - memory.layout.base
        covered[start : start + region.nbytes] = True
    return covered


def of(kernel: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", [c for c in CASES if c.kernel == kernel], ids=str)


def test_cases_have_names_of_their_own_and_reach_every_kernel() -> None:
    assert len({str(case) for case in CASES}) == len(CASES)
    assert {case.kernel for case in CASES} == set(KERNELS)


@pytest.mark.parametrize("case", sampled_cases(CASES))
def test_a_twin_writes_what_it_says_and_reads_nothing_else(case: Case) -> None:
    kernel = KERNELS[case.kernel]
    memory, arguments = case.build()
    before = memory.data.copy()
    by_twin(kernel, memory, arguments)
    writes = mask(memory, kernel.writes(arguments))
    np.testing.assert_array_equal(memory.data[~writes], before[~writes])

    # Other bytes outside what it reads (for an overwriting kernel: in its output, too) change nothing in its
    # output.
    other, _ = case.build()
    free = ~mask(other, kernel.reads(arguments))
    free &= True if kernel.overwrites else ~writes
    other.data[free] ^= 0x5A
    by_twin(kernel, other, arguments)
    np.testing.assert_array_equal(other.data[writes], memory.data[writes])
    assert sum(r.nbytes for r in kernel.writes(arguments)) == np.count_nonzero(writes), "regions overlap"


@of("fill_gpu")
def test_fill(case: Case) -> None:
    memory, arguments = case.build()
    n, step = ints(arguments, "n", "incx")
    expected = words(memory, arguments["x"], (n - 1) * step + 1).copy()
    expected[::step] = np.float32(arguments["alpha"]).view(np.uint32)
    by_twin(KERNELS["fill_gpu"], memory, arguments)
    np.testing.assert_array_equal(words(memory, arguments["x"], expected.size), expected)


@of("im2col_gpu")
def test_im2col_thread_by_thread(case: Case) -> None:
    memory, arguments = case.build()
    n, height, width, ksize = ints(arguments, "n", "height", "width", "ksize")
    pad, stride, height_col, width_col = ints(arguments, "pad", "stride", "height_col", "width_col")
    channels = n // (height_col * width_col)
    image = words(memory, arguments["image"], channels * height * width).reshape(channels, height, width)
    expected = np.zeros((channels, ksize, ksize, height_col, width_col), np.uint32)
    for channel, i, j, row, column in np.ndindex(*expected.shape):
        h, w = row * stride - pad + i, column * stride - pad + j
        if 0 <= h < height and 0 <= w < width:
            expected[channel, i, j, row, column] = image[channel, h, w]
    by_twin(KERNELS["im2col_gpu"], memory, arguments)
    np.testing.assert_array_equal(words(memory, arguments["columns"], expected.size), expected.ravel())


@of("add_bias")
def test_add_bias(case: Case) -> None:
    memory, arguments = case.build()
    batch, n, size = ints(arguments, "batch", "n", "size")
    output = words(memory, arguments["output"], batch * n * size)
    biases = words(memory, arguments["biases"], n)
    expected = [add(int(x), int(biases[i // size % n])) for i, x in enumerate(output)]
    by_twin(KERNELS["add_bias"], memory, arguments)
    np.testing.assert_array_equal(output, expected)


@of("add")
def test_add(case: Case) -> None:
    memory, arguments = case.build()
    n = int(arguments["n"])
    a, b, output = (words(memory, arguments[name], n) for name in ("a", "b", "output"))
    expected = [add(int(x), int(y)) for x, y in zip(a, b, strict=True)]
    by_twin(KERNELS["add"], memory, arguments)
    np.testing.assert_array_equal(output, expected)


@of("concatenate")
def test_concatenate(case: Case) -> None:
    memory, arguments = case.build()
    n, offset = ints(arguments, "n", "offset")
    output = words(memory, arguments["output"], offset + n + 2)
    expected = [*output[:offset], *words(memory, arguments["input"], n), *output[offset + n :]]
    by_twin(KERNELS["concatenate"], memory, arguments)
    np.testing.assert_array_equal(output, expected)


@of("activate_array")
def test_activate(case: Case) -> None:
    memory, arguments = case.build()
    x = words(memory, arguments["x"], int(arguments["n"]))
    known = {int(code): oracle for code, oracle in ORACLES.items()}
    oracle = known.get(int(arguments["a"]))
    expected = [oracle(int(word)) if oracle else 0 for word in x]
    by_twin(KERNELS["activate_array"], memory, arguments)
    np.testing.assert_array_equal(x, expected)


@of("forward_maxpool")
def test_maxpool_thread_by_thread(case: Case) -> None:
    memory, arguments = case.build()
    n, in_h, in_w, stride, size, pad = ints(arguments, "n", "in_h", "in_w", "stride", "size", "pad")
    h, w = (in_h + pad - size) // stride + 1, (in_w + pad - size) // stride + 1
    source = words(memory, arguments["input"], n // (h * w) * in_h * in_w)
    expected = []
    for thread in range(n):
        plane, i, j = thread // (h * w), thread // w % h, thread % w
        best, where = MINUS_INFINITY, -1
        for row in range(size):
            for column in range(size):
                y, x = i * stride + row - pad // 2, j * stride + column - pad // 2
                index = x + in_w * (y + in_h * plane)
                if 0 <= y < in_h and 0 <= x < in_w and compare(int(source[index]), best) == 1:
                    best, where = int(source[index]), index
        expected.append((best, where & 0xFFFFFFFF))
    by_twin(KERNELS["forward_maxpool"], memory, arguments)
    found = zip(words(memory, arguments["output"], n), words(memory, arguments["indexes"], n), strict=True)
    assert [(int(a), int(b)) for a, b in found] == expected


def _softmax(source: list[int], temperature: int) -> list[int]:
    largest = MINUS_INFINITY
    for x in source:
        largest = x if compare(x, largest) == 1 else largest
    top, total, result = divide(largest, temperature), 0, []
    for x in source:
        e = multiply(*exp_factors(add(divide(x, temperature), top ^ 0x80000000)))
        total = add(total, e)
        result.append(e)
    return [divide(e, total) for e in result]


@of("softmax")
def test_softmax(case: Case) -> None:
    memory, arguments = case.build()
    n, batch, batch_offset, groups, group_offset, stride = ints(
        arguments, "n", "batch", "batch_offset", "groups", "group_offset", "stride"
    )
    source, expected = words(memory, arguments["input"], 60), words(memory, arguments["output"], 60).copy()
    temperature = int(np.float32(arguments["temp"]).view(np.uint32))
    for image in range(batch):
        for group in range(groups):
            start = image * batch_offset + group * group_offset
            places = [start + i * stride for i in range(n)]
            expected[places] = _softmax([int(x) for x in source[places]], temperature)
    by_twin(KERNELS["softmax"], memory, arguments)
    np.testing.assert_array_equal(words(memory, arguments["output"], 60), expected)


@pytest.mark.parametrize("kernel", ["im2col_gpu", "forward_maxpool"])
def test_a_launch_that_splits_a_channel_is_refused(kernel: str) -> None:
    case = next(c for c in CASES if c.kernel == kernel and int(c.arguments["n"]) > 20)
    memory, arguments = case.build()
    with pytest.raises(ValueError, match="whole number"):
        by_twin(KERNELS[kernel], memory, {**arguments, "n": int(arguments["n"]) - 1})
