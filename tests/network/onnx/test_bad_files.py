"""Files that are no model, or not one of ours: one line that says what it is, and the way out."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto
from tests.network.onnx.made import NODE, model, number, saved, small, some

import sassafras
from sassafras.errors import NetworkError
from sassafras.network.importers.onnx.refusal import Reason, RefusedError


def refused(file: Path, output: str | None = None) -> str:
    with pytest.raises(NetworkError) as caught:
        sassafras.load_onnx(file, output=output)
    said = str(caught.value)
    assert said.startswith(f"{file}: ")
    assert "\n" not in said
    return said.removeprefix(f"{file}: ")


def reason(file: Path) -> Reason:
    with pytest.raises(RefusedError) as caught:
        sassafras.load_onnx(file)
    return caught.value.reason


@pytest.mark.parametrize("kept", [1, 100, 2000, -1])
def test_a_file_that_is_cut(tmp_path: Path, kept: int) -> None:
    whole = small().SerializeToString()
    file = tmp_path / "cut.onnx"
    file.write_bytes(whole[:kept])
    assert "an ONNX model, or not all of it: fetch or export it again" in refused(file)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "0 bytes are not an ONNX model: there is no graph in it"),
        (b"PK\x03\x04....", "a zip archive, not an ONNX model: unpack it"),
        (
            b"<!doctype html><html>",
            "an HTML page, not an ONNX model: download the file itself (on GitHub: Raw)",
        ),
        (b"version https://git-lfs.github.com/spec/v1\noid", "a git-LFS pointer, not an ONNX model"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "108 bytes are not an ONNX model"),
    ],
)
def test_what_is_no_model(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "x.onnx").write_bytes(data)
    assert refused(tmp_path / "x.onnx").startswith(said)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.onnx") == "cannot read the model: No such file or directory"
    assert refused(tmp_path) == "cannot read the model: Is a directory"


@pytest.mark.parametrize("fate", ["missing", "cut"])
def test_external_weights_that_are_not_all_there(tmp_path: Path, fate: str) -> None:
    file = saved(
        small(), tmp_path / "m.onnx", save_as_external_data=True, location="m.data", size_threshold=100
    )
    wanted = sassafras.load_onnx(file).digest
    data = tmp_path / "m.data"
    whole = data.read_bytes()
    if fate == "missing":
        data.unlink()
    else:
        data.write_bytes(whole[: len(whole) // 3])
    assert refused(file).endswith("are in the file m.data beside it, which is missing or not all there")
    data.write_bytes(whole)
    assert sassafras.load_onnx(file).digest == wanted


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        (
            ("n", 3, "h", "w"),
            "input x is n x 3 x h x w: only the batch may be open; export it with fixed sizes",
        ),
        ((1, 3, 0, 8), "input x is 1 x 3 x 0 x 8: only the batch may be open; export it with fixed sizes"),
    ],
)
def test_open_sizes(tmp_path: Path, shape: tuple[int | str, ...], said: str) -> None:
    file = saved(model([NODE("Softmax", ["x"], ["y"])], shape=shape), tmp_path / "open.onnx")
    assert refused(file) == said
    assert reason(file) is Reason.DYNAMIC


def test_an_open_batch_is_one(tmp_path: Path) -> None:
    made = small()
    made.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "batch"
    assert sassafras.load_onnx(saved(made, tmp_path / "open.onnx")).input_shape == (3, 8, 8)


def test_weights_that_do_not_fit_the_input(tmp_path: Path) -> None:
    made = model(
        [NODE("Conv", ["x", "w"], ["c"], name="first"), NODE("Relu", ["c"], ["y"])],
        {"w": some(1, 4, 5, 3, 3)},
    )
    said = refused(saved(made, tmp_path / "m.onnx"))
    assert said.startswith("node first (Conv): its ")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers(tmp_path: Path, value: float) -> None:
    weights = some(1, 4, 3, 3, 3)
    weights[2, 1, 0, 0] = value
    made = model([NODE("Conv", ["x", "w"], ["y"], name="first")], {"w": weights})
    assert refused(saved(made, tmp_path / "m.onnx")) == "node first (Conv): its weights hold NaN or infinity"


def test_other_types(tmp_path: Path) -> None:
    made = model([NODE("Softmax", ["x"], ["y"])], kind=TensorProto.FLOAT16)
    assert refused(saved(made, tmp_path / "m.onnx")) == "input x is no tensor of float32"
    assert reason(tmp_path / "m.onnx") is Reason.TYPE


def test_an_operator_that_is_not_read(tmp_path: Path) -> None:
    nodes = [NODE("Relu", ["x"], ["r"], name="a"), NODE("Det", ["r"], ["y"], name="the third")]
    file = saved(model(nodes), tmp_path / "m.onnx")
    said = refused(file)
    assert said.startswith(
        "node the third: operator Det is not supported; express it by others before export, or stop before "
        "it with --output; supported: "
    )
    assert "Conv, " in said
    assert reason(file) is Reason.OPERATOR
    assert sassafras.load_onnx(file, output="r").output_name


def test_operators_of_others(tmp_path: Path) -> None:
    made = model([NODE("Relu", ["x"], ["y"], domain="com.microsoft")])
    made.opset_import.add(domain="com.microsoft", version=1)
    assert "operator com.microsoft.Relu is not supported" in refused(saved(made, tmp_path / "m.onnx"))


def test_control_flow_and_training(tmp_path: Path) -> None:
    body = model([NODE("Relu", ["x"], ["y"])]).graph
    del body.input[:]
    made = model([NODE("If", ["c"], ["y"], then_branch=body, else_branch=body)], {"c": np.array(True)})
    assert reason(saved(made, tmp_path / "if.onnx")) is Reason.CONTROL
    made = model(
        [NODE("Dropout", ["x", "r", "t"], ["y"])],
        {"r": number(0.5), "t": np.array(True)},
    )
    assert reason(saved(made, tmp_path / "drop.onnx")) is Reason.TRAINING


def test_three_dimensions(tmp_path: Path) -> None:
    made = model([NODE("Conv", ["x", "w"], ["y"])], {"w": some(1, 2, 1, 2, 2, 2)}, (1, 1, 4, 4, 4))
    assert reason(saved(made, tmp_path / "m.onnx")) is Reason.RANK


@pytest.mark.parametrize(("opset", "said"), [(5, "read are 6 and newer"), (9999, "pip install -U onnx")])
def test_versions(tmp_path: Path, opset: int, said: str) -> None:
    file = saved(model([NODE("Relu", ["x"], ["y"])], opset=opset), tmp_path / "m.onnx")
    assert said in refused(file)


def test_outputs(tmp_path: Path) -> None:
    nodes = [NODE("Relu", ["x"], ["first"]), NODE("Softmax", ["first"], ["second"])]
    file = saved(model(nodes, outputs=("first", "second")), tmp_path / "m.onnx")
    assert refused(file) == "2 outputs: first, second; choose one with --output NAME"
    assert refused(file, "frist") == "no output 'frist'; did you mean first? outputs are: first, second"


def test_several_inputs(tmp_path: Path) -> None:
    made = model([NODE("Add", ["x", "z"], ["y"])])
    made.graph.input.append(made.graph.input[0])
    made.graph.input[1].name = "z"
    assert refused(saved(made, tmp_path / "m.onnx")) == (
        "inputs: x, z; an inference has one, the picture: make the others initializers"
    )


def test_what_nothing_makes(tmp_path: Path) -> None:
    file = saved(model([NODE("Relu", ["z"], ["y"], name="a")]), tmp_path / "m.onnx")
    assert refused(file) == "node a (Relu): nothing makes z; export the model again"
    assert (
        refused(saved(model([], outputs=("z",)), file))
        == "the result: nothing makes z; export the model again"
    )


def test_a_second_output_that_is_not_computed(tmp_path: Path) -> None:
    made = model([NODE("MaxPool", ["x"], ["y", "i"], kernel_shape=[2, 2], name="p")], outputs=("i",))
    assert refused(saved(made, tmp_path / "m.onnx")) == "node p (MaxPool): its output is not float32"
    nodes = [NODE("BatchNormalization", ["x", "k", "k", "k", "k"], ["y", "m"], name="l")]
    made = model(nodes, {"k": np.abs(some(1, 3))}, outputs=("m",), opset=8)
    assert refused(saved(made, tmp_path / "m.onnx")) == (
        "node l (BatchNormalization): the shape of its output is not known before it runs"
    )


def test_a_result_that_is_constant(tmp_path: Path) -> None:
    made = model([NODE("Relu", ["c"], ["y"])], {"c": some(1, 4)})
    assert refused(saved(made, tmp_path / "m.onnx")) == "output y does not depend on the input"


def test_without_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = saved(small(), tmp_path / "m.onnx")
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert refused(file) == (
        "ONNX models are read with the package onnx, which is missing: pip install 'sassafras[onnx]'"
    )
