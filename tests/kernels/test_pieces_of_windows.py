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
from sassafras.kernels.windows import Window, pool

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
