from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sassafras.errors import NetworkError
from sassafras.network.importers.darknet.config import NetworkConfig, parse_cfg
from sassafras.network.importers.darknet.weights import (
    WeightsHeader,
    format_weights,
    parse_weights,
    read_weights,
    write_weights,
)
from sassafras.network.layers.layer import Node

MakeParameters = Callable[[Sequence[Node], int], dict[str, NDArray[np.float32]]]
TINY = parse_cfg(
    "[net]\nheight=3\nwidth=3\nchannels=2\n[conv]\nfilters=2\nsize=2\n[conn]\noutput=3\n[softmax]\n"
).graph.nodes
HEADERS = [
    WeightsHeader(),
    WeightsHeader(0, 1, 0, 7),
    WeightsHeader(0, 2, 5, 1 << 40),
    WeightsHeader(1, 0, 0, 9),
    WeightsHeader(1000, 0, 0, 3),
    WeightsHeader(1001, 0, 0, 3),
    WeightsHeader(0, 1001, 0, 3),
]


def by_hand(header: bytes, transposed: bool = False) -> tuple[bytes, dict[str, NDArray[np.float32]]]:
    """A file for TINY put together number by number, and what it says."""
    numbers = [float(n) for n in range(2 + 16 + 3 + 24)]
    data = header + b"".join(struct.pack("<f", n) for n in numbers)
    connected = np.array(numbers[21:], np.float32)
    expected = {
        "layer0.biases": np.array(numbers[:2], np.float32),
        "layer0.weights": np.array(numbers[2:18], np.float32).reshape(2, 2, 2, 2),
        "layer1.biases": np.array(numbers[18:21], np.float32),
        "layer1.weights": connected.reshape(8, 3).T if transposed else connected.reshape(3, 8),
    }
    return data, expected


@pytest.mark.parametrize(
    ("header", "seen", "transposed"),
    [
        (struct.pack("<iiiq", 0, 2, 0, 1 << 33), 1 << 33, False),
        (struct.pack("<iiiq", 1, 0, 0, 5), 5, False),
        (struct.pack("<iiii", 0, 1, 0, 5), 5, False),
        (struct.pack("<iiii", 0, 0, 0, 6), 6, False),
        (struct.pack("<iiii", 1000, 0, 0, 6), 6, False),
        (struct.pack("<iiii", 1001, 0, 0, 6), 6, True),
        (struct.pack("<iiii", 0, 1001, 0, 6), 6, True),
    ],
)
def test_files_of_every_version_are_read(header: bytes, seen: int, transposed: bool) -> None:
    data, expected = by_hand(header, transposed)
    weights = parse_weights(data, TINY)
    assert weights.header.seen == seen
    assert list(weights.parameters) == list(expected)
    for name, values in expected.items():
        found = weights.parameters[name]
        np.testing.assert_array_equal(found, values)
        assert found.dtype == np.float32
        assert found.flags.c_contiguous
    assert format_weights(weights.parameters, TINY, weights.header) == data


@pytest.mark.parametrize("header", HEADERS, ids=str)
def test_round_trip_of_every_version(
    header: WeightsHeader, small_config: NetworkConfig, make_parameters: MakeParameters, tmp_path: Path
) -> None:
    layers = small_config.graph.nodes
    parameters = make_parameters(layers, 3)
    parameters["layer0.biases"][:3] = np.array([0x7FC12345, 0x80000000, 1], np.uint32).view(
        np.float32
    )  # NaN, -0, denormal
    path = tmp_path / "small.weights"
    write_weights(path, parameters, layers, header)
    found = read_weights(path, layers)
    assert found.header == header
    for name, values in parameters.items():
        assert found.parameters[name].tobytes() == values.tobytes()
        assert found.parameters[name].shape == values.shape


@given(st.sampled_from(HEADERS), st.binary(min_size=180, max_size=180))
def test_any_bits_make_the_round_trip(header: WeightsHeader, body: bytes) -> None:
    data = (
        struct.pack("<iii", header.major, header.minor, header.revision)
        + header.seen_format.pack(header.seen)
        + body
    )
    weights = parse_weights(data, TINY)
    assert format_weights(weights.parameters, TINY, weights.header) == data


@pytest.mark.parametrize("header", [struct.pack("<iiii", 0, 1, 0, 0), struct.pack("<iiiq", 0, 2, 0, 0)])
def test_every_other_length_is_refused(header: bytes) -> None:
    data, _ = by_hand(header)
    ends = [len(header) + 4 * count for count in (2, 18, 21, 45)]
    names = ["layer0.biases", "layer0.weights", "layer1.biases", "layer1.weights"]
    for length in range(len(data)):
        with pytest.raises(NetworkError) as caught:
            parse_weights(data[:length], TINY)
        if length < len(header):
            assert f"{length} bytes are no Darknet weights file" in str(caught.value)
            continue
        broken = next(name for name, end in zip(names, ends, strict=True) if length < end)
        assert f"expected {len(data)} bytes for this network, found {length}" in str(caught.value)
        assert f"ends inside {broken} " in str(caught.value)
    for extra in (1, 4, 100):
        with pytest.raises(NetworkError, match=f"found {len(data) + extra}: {extra} bytes are left"):
            parse_weights(data + b"\0" * extra, TINY)


def test_files_that_cannot_be_used_are_named(tmp_path: Path, make_parameters: MakeParameters) -> None:
    with pytest.raises(NetworkError, match=r"none.weights: cannot read"):
        read_weights(tmp_path / "none.weights", TINY)
    (tmp_path / "short.weights").write_bytes(b"abc")
    with pytest.raises(NetworkError, match=r"short.weights: 3 bytes"):
        read_weights(tmp_path / "short.weights", TINY)
    with pytest.raises(NetworkError, match="cannot write"):
        write_weights(tmp_path / "no" / "folder", make_parameters(TINY, 1), TINY)


def test_parameters_that_do_not_fit_are_not_written(make_parameters: MakeParameters) -> None:
    parameters = make_parameters(TINY, 1)
    with pytest.raises(NetworkError, match=r"layer1.weights is of shape"):
        format_weights({**parameters, "layer1.weights": parameters["layer1.weights"].T}, TINY)
    del parameters["layer1.biases"]
    with pytest.raises(NetworkError, match=r"layer1.biases is missing"):
        format_weights(parameters, TINY)
    with pytest.raises(NetworkError, match="does not fit the header"):
        format_weights(make_parameters(TINY, 1), TINY, WeightsHeader(0, 1, 0, 1 << 40))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (
            b"\n\n\n<!DOCTYPE html>\n<html lang=en>" + b"x" * 9999,
            "an HTML page, not Darknet weights: download",
        ),
        (b"<!-- saved -->\n<HTML><head>", "an HTML page, not Darknet weights"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
            "a git-LFS pointer, not Darknet weights: .* git lfs pull",
        ),
        (b"PK\x03\x04\x14\0\0\0\x08\0\0\0", "a zip archive, not Darknet weights"),
        (b"\x1f\x8b\x08\0\0\0\0\0\0\0\0\0", "a gzip archive, not Darknet weights"),
        (b"404: Not Found", "text that begins '404: Not Found', not Darknet weights"),
        (b'{"message": "Not Found"}' * 9, r"text that begins '\{.message.*, not Darknet weights"),
        (b"[net]\nheight=8\nwidth=6", "text that begins '.net.', not Darknet weights"),
    ],
)
def test_what_is_no_weights_file_is_called_what_it_is(data: bytes, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "net.weights"
    path.write_bytes(data)
    with pytest.raises(NetworkError, match=kind) as caught:
        read_weights(path, TINY)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


CHANNELS = {
    "[conv]\nfilters=5\nsize=3\n[conn]\noutput=3\n": 5 * 9,
    "[max]\nsize=2\nstride=2\n[dropout]\n[conv]\nfilters=2\nsize=1\n": 2,
    "[conn]\noutput=3\n[softmax]\n": 3 * 36,
}


@pytest.mark.parametrize(("made", "said"), [(3, 1), (1, 3), (4, 3)])
@pytest.mark.parametrize("body", CHANNELS)
def test_other_channels_are_named(body: str, made: int, said: int, make_parameters: MakeParameters) -> None:
    net = "[net]\nheight=6\nwidth=6\nchannels={}\n"
    ours, theirs = (parse_cfg(net.format(n) + body).graph.nodes for n in (said, made))
    data = format_weights(make_parameters(theirs, 3), theirs)
    named = f"it fits channels={made}, the cfg says channels={said}"
    with pytest.raises(NetworkError, match=named) as caught:
        parse_weights(data, ours)
    assert "are left behind" not in str(caught.value)
    expected = len(data) + 4 * (said - made) * CHANNELS[body]
    assert f"expected {expected} bytes for this network, found {len(data)}" in str(caught.value)
    for near in (data + b"\0" * 2, data[:-1]):
        with pytest.raises(NetworkError, match=r"are left behind|ends inside") as caught:
            parse_weights(near, ours)
        assert "channels=" not in str(caught.value)


def test_behind_a_branch_no_other_channels_are_named(make_parameters: MakeParameters) -> None:
    """Weights of two layers depend on the image's channels there: the size of a file made for two would fit
    three, if the first layer alone did.
    """
    text = "[net]\nheight=6\nwidth=6\nchannels={}\n[max]\n[conv]\n[route]\nlayers=0,1\n[conv]\n"
    ours, theirs = (parse_cfg(text.format(n)).graph.nodes for n in (1, 2))
    data = format_weights(make_parameters(theirs, 3), theirs)
    with pytest.raises(NetworkError, match="8 bytes are left behind the last layer") as caught:
        parse_weights(data, ours)
    assert "channels=" not in str(caught.value)
