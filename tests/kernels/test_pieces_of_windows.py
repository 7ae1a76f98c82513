"""Max-pooling of a faulty piece gives what pooling the whole faulty map gives, from either start."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernels.cases import SPECIAL_BITS, bits

from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.kernels.forward_maxpool import pool_maps
from sassafras.kernels.maxpool_ir import Start
from sassafras.kernels.pieces import Map, Patch
from sassafras.kernels.windows import Window, crop, pool

WORDS = st.one_of(st.sampled_from((*SPECIAL_BITS, 0x3F800000, 0x40000000)), st.integers(0, 0xFFFFFFFF))


def whole(values: Map, size: int, stride: int, pad: int, start: Start) -> Map:
    """All maxima of a map, by the twin of the launch."""
    channels, in_h, in_w = values.shape
    h, w = ((extent + pad - size) // stride + 1 for extent in (in_h, in_w))
    n = channels * h * w
    memory = DeviceMemory(lay_out([("input", values.nbytes), ("output", 4 * n), ("indexes", 4 * n)]))
    places = {name: memory.layout[name].address for name in ("input", "output", "indexes")}
    memory.array(places["input"], values.size)[:] = values.reshape(-1)
    numbers = {"n": n, "in_h": in_h, "in_w": in_w, "in_c": channels}
    pool_maps(memory, {**numbers, "stride": stride, "size": size, "pad": pad, **places}, start)
    found: Map = memory.array(places["output"], n).reshape(channels, h, w)
    return found


@pytest.mark.parametrize("start", Start)
@given(data=st.data())
def test_a_piece(start: Start, data: st.DataObject) -> None:
    size, stride = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3))
    pad = data.draw(st.integers(0, 2 * (size - 1)))
    shape = data.draw(st.integers(1, 2)), *(data.draw(st.integers(max(1, size - pad), 8)) for _ in range(2))
    few = data.draw(st.lists(WORDS, min_size=1, max_size=4))
    count = int(np.prod(shape))
    golden = bits(*data.draw(st.lists(st.sampled_from(few), min_size=count, max_size=count))).reshape(shape)
    top, left = (data.draw(st.integers(0, extent - 1)) for extent in shape[1:])
    bottom, right = data.draw(st.integers(top + 1, shape[1])), data.draw(st.integers(left + 1, shape[2]))
    values = golden[:, top:bottom, left:right].copy()
    values.view(np.uint32)[...] = data.draw(WORDS)
    patch = Patch(0, top, left, values)

    before, after = (whole(m, size, stride, pad, start) for m in (golden, patch.over(golden)))
    down, across = (Window(size, stride, -(pad // 2), extent) for extent in after.shape[1:])
    piece = pool(golden, patch, down, across, 1, start)
    found = before if piece is None else piece.over(before)
    assert found.tobytes() == after.tobytes()


@given(data=st.data())
def test_a_rectangle_of_a_patched_map_wherever_it_lies(data: st.DataObject) -> None:
    height, width = (data.draw(st.integers(1, 5)) for _ in range(2))
    golden = np.arange(2 * height * width, dtype=np.float32).reshape(2, height, width)
    top, left = (data.draw(st.integers(0, extent - 1)) for extent in (height, width))
    bottom, right = data.draw(st.integers(top + 1, height)), data.draw(st.integers(left + 1, width))
    patch = Patch(0, top, left, -1 - golden[:, top:bottom, left:right])
    rows, columns = (sorted(data.draw(st.tuples(*[st.integers(-3, 8)] * 2))) for _ in range(2))
    around = np.pad(patch.over(golden), ((0, 0), (3, 8), (3, 8)), constant_values=0.5)
    expected = around[:, rows[0] + 3 : rows[1] + 3, columns[0] + 3 : columns[1] + 3]
    assert (
        crop(golden, patch, (rows[0], rows[1]), (columns[0], columns[1]), 0.5).tolist() == expected.tolist()
    )
