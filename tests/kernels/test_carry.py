"""How kernels carry pieces of maps through a launch, against their twins on the whole faulty memory."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernels.cases import wild

from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.kernels.activation import Activation
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carried, Pieces
from sassafras.kernels.kernel import Kernel
from sassafras.kernels.pieces import Map, Patch, Shape
from sassafras.kernels.registry import KERNELS

Shapes = Mapping[str, Shape]


@dataclass
class Setting:
    """A launch of ``kernel``; ``maps``: shapes of what its pointers point to, ``plain``: its other arguments;
    ``unknown``: buffers that have no shape.
    """

    kernel: str
    maps: Shapes
    plain: Mapping[str, int]
    unknown: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.layout = lay_out([(name, 4 * math.prod(shape)) for name, shape in self.maps.items()])
        self.address = {name: self.layout[name].address for name in self.maps}
        self.arguments: Arguments = dict(self.plain) | self.address
        self.spec: Kernel = KERNELS[self.kernel]
        self.values = {
            name: wild(math.prod(shape), k).reshape(shape)
            for k, (name, shape) in enumerate(self.maps.items())
        }
        self.before = self.memory({})
        self.after = self.memory({})
        self._launch(self.after)

    def memory(self, pieces: Mapping[str, Patch]) -> DeviceMemory:
        """Golden memory before the launch, with pieces."""
        memory = DeviceMemory(self.layout, np.zeros(self.layout.nbytes, np.uint8))
        for name, values in self.values.items():
            whole = pieces[name].over(values) if name in pieces else values
            memory.array(self.address[name], whole.size)[:] = whole.ravel()
        return memory

    def _launch(self, memory: DeviceMemory) -> None:
        assert self.spec.twin is not None
        self.spec.twin(memory, self.arguments)

    def _name(self, address: int) -> str | None:
        return next((name for name, own in self.address.items() if own == address), None)

    def shape(self, address: int) -> Shape | None:
        name = self._name(address)
        return None if name is None or name in self.unknown else self.maps[name]

    def holding(self, address: int) -> tuple[int, Shape] | None:
        for name, start in self.address.items():
            if start <= address < start + 4 * math.prod(self.maps[name]) and name not in self.unknown:
                return start, self.maps[name]
        return None

    def _map(self, memory: DeviceMemory, address: int) -> Map:
        shape = self.maps[self._name(address) or ""]
        return memory.array(address, math.prod(shape)).reshape(shape)

    def floats(self, address: int, count: int) -> Map:
        return self.before.array(address, count)

    def floats_after(self, address: int, count: int) -> Map:
        return self.after.array(address, count)

    def map(self, address: int) -> Map:
        return self._map(self.before, address)

    def map_after(self, address: int) -> Map:
        return self._map(self.after, address)

    def carried(self, pieces: Pieces) -> Carried | None:
        """What the kernel's own way makes of pieces."""
        assert self.spec.carry is not None
        (found,) = self.spec.carry(self, [pieces], self.arguments)
        return found

    def check(self, pieces: Mapping[str, Patch]) -> None:
        """Every map behind the launch is what the twin leaves on faulty memory."""
        faulty = self.memory(pieces)
        self._launch(faulty)
        copies = [Patch(p.buffer, p.top, p.left, p.values.copy()) for p in pieces.values()]
        found = self.carried({piece.buffer: piece for piece in copies})
        assert found is not None
        for name, address in self.address.items():
            own = found.pieces.get(address) or (None if self.writes(name) else pieces.get(name))
            golden = self.map_after(address)
            whole = (
                golden
                if own is None
                else Patch(
                    address, own.top, own.left, own.values.reshape(len(golden), *own.values.shape[-2:])
                ).over(golden)
            )
            assert whole.tobytes() == self._map(faulty, address).tobytes(), name

    def writes(self, name: str) -> bool:
        """Whether the launch writes a buffer."""
        start = self.address[name]
        return any(
            region.address < start + 4 * math.prod(self.maps[name]) and start < region.end
            for region in self.spec.writes(self.arguments)
        )


MAP = (3, 5, 4)
WHOLE = math.prod(MAP)
SETTINGS = {
    "activate_array": Setting("activate_array", {"x": MAP}, {"n": WHOLE, "a": int(Activation.TANH)}),
    "add": Setting("add", {"a": MAP, "b": MAP, "output": MAP}, {"n": WHOLE}),
    "add_bias": Setting(
        "add_bias",
        {"output": MAP, "biases": (3, 1, 1)},
        {"batch": 1, "n": 3, "size": 20},
        frozenset({"biases"}),
    ),
    "concatenate": Setting("concatenate", {"input": MAP, "output": (7, 5, 4)}, {"n": WHOLE, "offset": 40}),
}
"""A launch that takes pieces, of each kernel that works value by value."""
READ = {"activate_array": "x", "add": "ab", "add_bias": ("output",), "concatenate": ("input", "output")}


@st.composite
def patches(draw: st.DrawFn, setting: Setting, name: str) -> Patch:
    """A piece of a map, anywhere in it."""
    channels, height, width = setting.maps[name]
    top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    size = channels, draw(st.integers(1, height - top)), draw(st.integers(1, width - left))
    values = wild(math.prod(size), draw(st.integers(0, 1000)), share=0.5).reshape(size)
    return Patch(setting.address[name], top, left, values)


@pytest.mark.parametrize("kernel", SETTINGS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_is_carried_is_what_the_twin_leaves(kernel: str, data: st.DataObject) -> None:
    setting = SETTINGS[kernel]
    faulty = data.draw(st.sets(st.sampled_from(list(READ[kernel])), min_size=1))
    setting.check({name: data.draw(patches(setting, name)) for name in sorted(faulty)})


def _a_piece(setting: Setting) -> Pieces:
    (name, *_) = READ[setting.kernel]
    channels = setting.maps[name][0]
    return {setting.address[name]: Patch(setting.address[name], 1, 1, np.ones((channels, 2, 2), np.float32))}


@pytest.mark.parametrize("kernel", SETTINGS)
def test_part_of_a_map_is_not_carried(kernel: str) -> None:
    """A launch that ends before the map does."""
    setting = SETTINGS[kernel]
    assert setting.carried(_a_piece(setting)) is not None
    short = "size" if kernel == "add_bias" else "n"
    less = Setting(kernel, setting.maps, {**setting.plain, short: setting.plain[short] - 1}, setting.unknown)
    assert less.carried(_a_piece(less)) is None


@pytest.mark.parametrize("kernel", SETTINGS)
def test_buffers_that_are_no_maps_are_not_carried(kernel: str) -> None:
    setting = SETTINGS[kernel]
    for name in READ[kernel]:
        unknown = Setting(kernel, setting.maps, setting.plain, setting.unknown | {name})
        assert unknown.carried(_a_piece(unknown)) is None, name


def test_only_whole_channels_of_equal_size_are_concatenated() -> None:
    for maps, offset in (
        ({"input": MAP, "output": (7, 4, 5)}, 40),
        ({"input": MAP, "output": (7, 5, 4)}, 41),
    ):
        setting = Setting("concatenate", maps, {"n": WHOLE, "offset": offset})
        assert setting.carried(_a_piece(setting)) is None


def _connected(**other: int) -> Setting:
    """A connected layer: 6 values, 4 outputs; B has room for a longer row."""
    plain = {"transpose_b": 1, "m": 1, "n": 4, "k": 6, "lda": 6, "ldb": 6, "ldc": 4} | other
    maps = {"a": (6, 1, 1), "b": (4 * 8, 1, 1), "c": (4, 1, 1)}
    return Setting("gemm", maps, plain, frozenset({"b"}))


@pytest.mark.parametrize("other", [{"ldb": 7}, {"m": 2}, {"k": 5, "ldb": 5}, {"n": 3}], ids=str)
def test_only_one_whole_vector_goes_through_a_connected_layer(other: dict[str, int]) -> None:
    piece = np.ones((6, 1, 1), np.float32)
    for setting, is_carried in ((_connected(), True), (_connected(**other), False)):
        address = setting.address["a"]
        assert (setting.carried({address: Patch(address, 0, 0, piece)}) is not None) == is_carried
