from __future__ import annotations

from collections import Counter
from importlib.resources import files

import numpy as np
import pytest

from sassafras.kernels.kernel import Region
from sassafras.kernels.registry import KERNELS
from sassafras.network.importers.darknet.config import parse_cfg
from sassafras.network.network import Network, build_network


@pytest.fixture(scope="module")
def alexnet() -> Network:
    """The bundled cfg with weights that are all zero."""
    config = parse_cfg(files("sassafras").joinpath("data", "alexnet.cfg").read_text("utf-8"))
    zeros = {
        name: np.zeros(shape, np.float32)
        for layer in config.graph.nodes
        for name, shape in layer.parameter_shapes.items()
    }
    return build_network(config.graph, zeros, [f"class{index}" for index in range(7)], "alexnet")


@pytest.fixture(params=["alexnet", "small"])
def network(request: pytest.FixtureRequest) -> Network:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Network)
    return found


def test_alexnet_is_the_papers(alexnet: Network) -> None:
    shapes = [layer.output_shape for layer in alexnet.layers]
    assert [height for _, height, _ in shapes[:8]] == [55, 27, 27, 13, 13, 13, 13, 6]
    assert [channels for channels, _, _ in shapes] == [
        96,
        96,
        256,
        256,
        384,
        384,
        256,
        256,
        4096,
        4096,
        4096,
        4096,
        7,
        7,
    ]
    assert sum(values.size for values in alexnet.parameters.values()) == 58_310_023
    assert alexnet.layers[8].input_elements == 9216


def test_alexnet_makes_41_launches(alexnet: Network) -> None:
    assert Counter(planned.kernel for planned in alexnet.plan) == {
        "fill_gpu": 8,
        "im2col_gpu": 5,
        "gemm": 8,
        "add_bias": 8,
        "activate_array": 8,
        "forward_maxpool": 3,
        "softmax": 1,
    }
    convolution = ["fill_gpu", "im2col_gpu", "gemm", "add_bias", "activate_array"]
    connected = ["fill_gpu", "gemm", "add_bias", "activate_array"]
    pool = ["forward_maxpool"]
    expected = (convolution + pool) * 2 + convolution * 3 + pool + connected * 3 + ["softmax"]
    assert [planned.kernel for planned in alexnet.plan] == expected
    layers = (
        [0] * 5
        + [1]
        + [2] * 5
        + [3]
        + [4] * 5
        + [5] * 5
        + [6] * 5
        + [7]
        + [8] * 4
        + [10] * 4
        + [12] * 4
        + [13]
    )
    assert [planned.part for planned in alexnet.plan] == layers


def test_positions_and_invocations_count_up(network: Network) -> None:
    seen: Counter[str] = Counter()
    for index, planned in enumerate(network.plan):
        assert (planned.index, planned.invocation) == (index, seen[planned.kernel])
        seen[planned.kernel] += 1


def test_arguments_are_the_cuda_parameters(network: Network) -> None:
    for planned in network.plan:
        names = [name for name, _ in KERNELS[planned.kernel].parameters]
        assert list(planned.arguments) == names


def test_alexnet_first_and_last_arguments(alexnet: Network) -> None:
    layout = alexnet.layout
    fill, unfold, gemm, bias, activate = alexnet.plan[:5]
    output = layout["layer0.output"].address
    assert fill.arguments == {"n": 96 * 3025, "alpha": 0.0, "x": output, "incx": 1}
    assert unfold.arguments == {
        "n": 3 * 3025,
        "image": layout["input"].address,
        "height": 227,
        "width": 227,
        "ksize": 11,
        "pad": 0,
        "stride": 4,
        "height_col": 55,
        "width_col": 55,
        "columns": layout["workspace"].address,
    }
    assert gemm.arguments == {
        "transpose_b": 0,
        "m": 96,
        "n": 3025,
        "k": 363,
        "a": layout["layer0.weights"].address,
        "lda": 363,
        "b": layout["workspace"].address,
        "ldb": 3025,
        "c": output,
        "ldc": 3025,
    }
    assert bias.arguments == {
        "output": output,
        "biases": layout["layer0.biases"].address,
        "batch": 1,
        "n": 96,
        "size": 3025,
    }
    assert activate.arguments == {"x": output, "n": 96 * 3025, "a": 1}
    assert alexnet.plan[-4].arguments == {
        "transpose_b": 1,
        "m": 1,
        "n": 7,
        "k": 4096,
        "a": layout["layer10.output"].address,
        "lda": 4096,
        "b": layout["layer12.weights"].address,
        "ldb": 4096,
        "c": layout["layer12.output"].address,
        "ldc": 7,
    }
    assert alexnet.plan[-1].arguments == {
        "input": layout["layer12.output"].address,
        "n": 7,
        "batch": 1,
        "batch_offset": 7,
        "groups": 1,
        "group_offset": 7,
        "stride": 1,
        "temp": 1.0,
        "output": layout["layer13.output"].address,
    }


def test_buffers_are_asked_for_in_darknets_order(small: Network) -> None:
    with_weights = ("weights", "biases", "output")
    expected = [f"layer0.{buffer}" for buffer in with_weights]
    expected += ["layer1.indexes", "layer1.output"]
    expected += [f"layer{index}.{buffer}" for index in (2, 3) for buffer in with_weights]
    expected += ["layer4.indexes", "layer4.output"]
    expected += [f"layer{index}.{buffer}" for index in (5, 7) for buffer in with_weights]
    expected += ["layer8.output", "input", "workspace"]
    assert [allocation.name for allocation in small.layout.allocations] == expected
    assert small.layout["workspace"].nbytes == max(3 * 9 * 7 * 6, 6 * 7 * 6, 5 * 4 * 8 * 7) * 4


def test_a_one_by_one_window_reads_the_image_itself() -> None:
    net = "[net]\nheight=4\nwidth=4\nchannels=2\n[conv]\nfilters=3\n"
    kernels = {}
    for options in ("", "stride=2\n", "padding=1\n"):
        config = parse_cfg(net + options)
        parameters = {
            "layer0.weights": np.zeros((3, 2, 1, 1), np.float32),
            "layer0.biases": np.zeros(3, np.float32),
        }
        outputs = config.graph.nodes[0].outputs
        network = build_network(config.graph, parameters, ["x"] * outputs, "one")
        kernels[options] = [planned.kernel for planned in network.plan]
        gemm = next(planned for planned in network.plan if planned.kernel == "gemm")
        assert gemm.arguments["b"] == network.layout["workspace" if options else "input"].address
    assert "im2col_gpu" not in kernels[""]
    assert "im2col_gpu" in kernels["stride=2\n"]
    assert "im2col_gpu" in kernels["padding=1\n"]


def covers(network: Network, region: Region) -> bool:
    return any(a.address <= region.address and region.end <= a.end for a in network.layout.allocations)


def test_every_launch_stays_inside_its_allocations(network: Network) -> None:
    for planned in network.plan:
        assert planned.writes, planned
        for region in (*planned.reads, *planned.writes):
            assert region.nbytes > 0
            assert covers(network, region), planned


def test_nothing_is_read_before_it_is_written(network: Network) -> None:
    """Parameters and the image are there from the start; whatever else is read, an earlier launch wrote."""
    layout = network.layout
    known = np.zeros(layout.nbytes // 4, np.bool)

    def words(region: Region) -> slice:
        return slice((region.address - layout.base) // 4, (region.end - layout.base) // 4)

    for name in (*network.parameters, "input"):
        known[words(Region(layout[name].address, layout[name].nbytes))] = True
    for planned in network.plan:
        for region in planned.reads:
            assert known[words(region)].all(), planned
        for region in planned.writes:
            known[words(region)] = True
    output = layout[network.output_name]
    assert known[words(Region(output.address, output.nbytes))].all()


def test_launches_have_a_thread_per_element(alexnet: Network) -> None:
    for planned in alexnet.plan:
        launch = planned.launch
        assert launch.threads >= planned.arguments.get("n", 0) or planned.kernel in {"gemm", "softmax"}
