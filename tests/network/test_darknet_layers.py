"""Darknet's layers beside those of AlexNet: weights files, what is launched, where a network ends."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.campaign import networks
from tests.campaign.darknet_networks import DARKNET
from tests.network.float64 import convolved
from tests.network.one_convolution import network_of, pixels_of

from sassafras.errors import NetworkError
from sassafras.kernels.activation import Activation
from sassafras.network.graph import Graph
from sassafras.network.importers.darknet.config import NetworkConfig, parse_cfg, write_cfg
from sassafras.network.importers.darknet.load import load_darknet
from sassafras.network.importers.darknet.weights import format_weights, parse_weights
from sassafras.network.layers.batchnorm import BatchNorm
from sassafras.network.layers.convolution import Convolution
from sassafras.network.layers.convolutional import Convolutional
from sassafras.network.layers.layer import Node
from sassafras.network.tensor import Tensor
from sassafras.workload.running import run_twins

NET = "[net]\nheight=4\nwidth=4\nchannels=4\n"
IMAGE = Tensor("input", (1, 4, 4, 4))
YOLO = NET + "[conv]\nbatch_normalize=1\nfilters=3\n[upsample]\n[yolo]\nmask=0\n[conv]\nfilters=2\n[region]\n"


def test_a_weights_file_holds_the_statistics_where_darknet_has_them() -> None:
    """``load_convolutional_weights``: before the weights; ``load_connected_weights``: behind them."""
    text = (
        NET
        + "[conv]\nbatch_normalize=1\nfilters=2\ngroups=2\n[batchnorm]\n[conn]\nbatch_normalize=1\noutput=1\n"
    )
    nodes = parse_cfg(text).graph.nodes
    five = ("biases", "scales", "rolling_mean", "rolling_variance")
    order = [
        *((f"layer0.{name}", (2,)) for name in five),
        ("layer0.weights", (2, 2, 1, 1)),
        *((f"layer1.{name}", (2,)) for name in five),
        ("layer2.biases", (1,)),
        ("layer2.weights", (1, 32)),
        *((f"layer2.{name}", (1,)) for name in five[1:]),
    ]
    total = sum(int(np.prod(shape)) for _, shape in order)
    data = struct.pack("<iiiq", 0, 2, 0, 0) + np.arange(total, dtype="<f4").tobytes()
    found, start = parse_weights(data, nodes).parameters, 0
    assert list(found) == [name for name, _ in order]
    for name, shape in order:
        size = int(np.prod(shape))
        np.testing.assert_array_equal(found[name], np.arange(start, start + size).reshape(shape))
        start += size
    assert format_weights(found, nodes) == data


def test_launches_of_batch_normalisation_are_darknets() -> None:
    node = Node(0, Convolutional(3, 3, 1, 1, Activation.LEAKY, batch_normalize=1), (IMAGE,))
    names = ("weights", "biases", "output", "rolling_mean", "rolling_variance", "scales")
    assert [buffer.name for buffer in node.buffers] == [f"layer0.{name}" for name in names]
    at = {name: 512 * k for k, name in enumerate(("input", "workspace", *(f"layer0.{n}" for n in names)))}
    calls = list(node.calls(at.__getitem__))
    assert [call.kernel for call in calls] == [
        *("fill_gpu", "im2col_gpu", "gemm", "normalize", "scale_bias", "add_bias", "activate_array")
    ]
    size = {"batch": 1, "n": 3, "size": 16}
    assert calls[3].arguments == {
        "x": at["layer0.output"],
        "mean": at["layer0.rolling_mean"],
        "variance": at["layer0.rolling_variance"],
        "epsilon": 0.00001,
        **size,
    }
    assert calls[4].arguments == {"output": at["layer0.output"], "scales": at["layer0.scales"], **size}
    assert calls[5].arguments == {"output": at["layer0.output"], "biases": at["layer0.biases"], **size}
    alone = list(Node(0, BatchNorm(0.25), (IMAGE,)).calls(lambda name: 7))
    assert [call.kernel for call in alone] == ["concatenate", "normalize", "scale_bias", "add_bias"]
    assert alone[1].arguments["epsilon"] == 0.25


def test_each_group_has_a_product_of_its_own_filters_and_channels() -> None:
    network = networks.network(DARKNET["grouped"], 6)
    at = {allocation.name: allocation.address for allocation in network.layout.allocations}
    clear, unfold, *products, bias, activation = [p for p in network.plan if p.part == 0]
    assert (clear.kernel, bias.kernel, activation.kernel) == ("fill_gpu", "add_bias", "activate_array")
    assert unfold.kernel == "im2col_gpu_ext"
    assert {name: unfold.arguments[name] for name in ("stride_h", "stride_w", "kernel_h", "pad_w")} == {
        "stride_h": 1,
        "stride_w": 2,
        "kernel_h": 3,
        "pad_w": 1,
    }
    assert [p.arguments["m"] for p in products] == [4, 4]
    assert {p.arguments["k"] for p in products} == {2 * 9}
    for group, planned in enumerate(products):
        assert planned.arguments["a"] == at["layer0.weights"] + 4 * group * 4 * 18
        assert planned.arguments["b"] == at["workspace"] + 4 * group * 18 * 77
        assert planned.arguments["c"] == at["layer0.output"] + 4 * group * 4 * 77
    assert sum(p.kernel == "gemm" for p in network.plan if p.part == 1) == 8
    pointwise = [p.kernel for p in network.plan if p.part == 4]
    assert pointwise == ["fill_gpu", *["gemm"] * 4, "add_bias", "activate_array"]  # nothing to unfold


@given(data=st.data())
def test_convolutions_of_every_form_are_those_of_onnx(data: st.DataObject) -> None:
    """Windows, strides, paddings and dilations of rows and columns, groups; with biases and without."""
    pair = st.tuples(st.integers(1, 3), st.integers(1, 3))
    kernel, strides, dilations = (data.draw(pair) for _ in range(3))
    pads = data.draw(st.tuples(*[st.integers(0, 3)] * 4))
    group = data.draw(st.sampled_from([1, 2, 4]))
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)]
    height, width = (data.draw(st.integers(max(1, reach[k] - pads[k] - pads[k + 2]), 9)) for k in range(2))
    biased, filters = data.draw(st.booleans()), group * data.draw(st.integers(1, 2))
    layer = Convolution(filters, kernel, strides, pads, dilations, group, biased)
    network = network_of(layer, (4, height, width), 3)
    pixels, memory = pixels_of(network, 3), network.fresh_memory()
    network.load(memory, pixels)
    run_twins(network, memory)
    weights = network.parameters["layer0.weights"].astype(np.float64)
    expected = convolved(pixels.astype(np.float64), weights, pads, strides, dilations, group)
    if biased:
        expected += network.parameters["layer0.biases"][:, None, None]
    assert network.layers[0].output_shape == expected.shape
    found = memory.array(network.layout["layer0.output"].address, expected.size).reshape(expected.shape)
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-5)
    used = {p.kernel for p in network.plan}
    assert ("add_bias" in used) == biased
    assert not {"im2col_gpu", "im2col_gpu_ext"} <= used


def test_what_no_cfg_says_is_not_written() -> None:
    def written(layer: BatchNorm | Convolution) -> str:
        return write_cfg(NetworkConfig(1, Graph(IMAGE, (Node(0, layer, (IMAGE,)),))))

    assert written(BatchNorm()).endswith("[batchnorm]\n")
    with pytest.raises(NetworkError, match=r"^layer0 is BatchNorm\(epsilon=0\.001\): no section of a cfg"):
        written(BatchNorm(0.001))
    with pytest.raises(NetworkError, match=r"^layer0 \(convolution\): no section of a cfg is this"):
        written(Convolution(1, (1, 1)))


def test_options_at_their_default_leave_a_digest_as_it_was() -> None:
    layer = Convolutional(3, 3, 1, 1, Activation.RELU)
    plain = Node(0, layer, (IMAGE,))
    options = Graph(IMAGE, (plain,)).to_json()["nodes"][0]["options"]
    assert options == {"filters": 3, "size": 3, "stride": 1, "padding": 1, "activation": "relu"}
    grouped = replace(plain, layer=replace(layer, groups=1, dilation=1))
    assert Graph(IMAGE, (grouped,)).digest == Graph(IMAGE, (plain,)).digest


def test_a_detection_head_is_refused_and_what_stands_before_it_runs() -> None:
    said = r"^line 9: \[yolo\] this is a detection head, .*; what stands before it runs: --output 1$"
    with pytest.raises(NetworkError, match=said):
        parse_cfg(YOLO)
    with pytest.raises(NetworkError, match=r"\[yolo\] this is a detection head"):
        parse_cfg(YOLO, "3")  # behind it
    with pytest.raises(NetworkError, match=r"\[region\] this section is not supported"):
        parse_cfg(NET + "[region]\n")  # nothing stands before it
    for head in ("region", "detection", "Gaussian_yolo"):
        with pytest.raises(NetworkError, match=rf"\[{head}\] this is a detection head"):
            parse_cfg(YOLO.replace("yolo", head))
    assert [node.kind for node in parse_cfg(YOLO, "1").graph.nodes] == ["convolutional", "upsample"]
    assert parse_cfg(YOLO, "0").graph.output.image == (3, 4, 4)


@pytest.mark.parametrize("output", ["5", "-1", "two", "", "1.0", "9" * 400, "٣"])
def test_an_output_that_is_no_layer(output: str) -> None:
    with pytest.raises(NetworkError, match=r"^--output .* is no layer: give a number from 0 to 4$") as caught:
        parse_cfg(YOLO, output)
    assert "\n" not in str(caught.value)


def test_weights_of_the_part_before_a_head_are_the_first_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "yolo.cfg").write_text(YOLO)
    nodes = parse_cfg(YOLO, "1").graph.nodes
    parameters = {name: np.full(shape, 2, np.float32) for name, shape in nodes[0].parameter_shapes.items()}
    whole = format_weights(parameters, nodes) + np.ones(20, "<f4").tobytes()
    (tmp_path / "yolo.weights").write_bytes(whole)
    network = load_darknet(tmp_path / "yolo.cfg", tmp_path / "yolo.weights", output=1)
    assert len(network.classes) == 3 * 8 * 8
    assert all((network.parameters[name] == 2).all() for name in parameters)
    (tmp_path / "yolo.weights").write_bytes(whole[: 20 + 4 * 15])
    with pytest.raises(NetworkError, match=r"it ends inside layer0\.weights"):
        load_darknet(tmp_path / "yolo.cfg", tmp_path / "yolo.weights", output="1")
