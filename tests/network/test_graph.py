"""The graph of a network: what it refuses, what its digest stands for, and who may know cfg text."""

from __future__ import annotations

import ast
import hashlib
import json
from dataclasses import fields, replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import sassafras
from sassafras.errors import NetworkError
from sassafras.kernels.activation import Activation
from sassafras.network.graph import Graph
from sassafras.network.importers.darknet.config import NetworkConfig, parse_cfg, write_cfg
from sassafras.network.layers.connected import Connected
from sassafras.network.layers.convolutional import Convolutional
from sassafras.network.layers.dropout import Dropout
from sassafras.network.layers.layer import Layer, MisfitError, Node
from sassafras.network.layers.maxpool import Maxpool
from sassafras.network.layers.route import Route
from sassafras.network.layers.shortcut import Shortcut
from sassafras.network.layers.softmax import Softmax
from sassafras.network.network import build_network
from sassafras.network.tensor import INDEX, Tensor

NETWORK = Path(sassafras.__file__).parent / "network"
IMAGE = Tensor("input", (1, 2, 8, 6))
CONV = Node(0, Convolutional(3, 3, 1, 1, Activation.RELU), (IMAGE,))
POOL = Node(1, Maxpool(2, 2, 0), (CONV.output,))
BOTH = Graph(IMAGE, (CONV, POOL))

CANONICAL = (
    '{"input":{"dtype":"float32","name":"input","shape":[1,2,8,6]},"nodes":[{"inputs":["input"],'
    '"kind":"convolutional","name":"layer0","options":{"activation":"relu","filters":3,"padding":1,"size":3,'
    '"stride":1},"output":"layer0.output"},{"inputs":["layer0.output"],"kind":"maxpool","name":"layer1",'
    '"options":{"padding":0,"size":2,"stride":2},"output":"layer1.output"}],"output":"layer1.output"}'
)


def test_the_digest_is_of_canonical_json() -> None:
    assert BOTH.canonical == CANONICAL
    assert json.loads(BOTH.canonical) == BOTH.to_json()
    assert BOTH.digest == hashlib.sha256(CANONICAL.encode()).hexdigest()


def test_a_cfg_and_hands_make_the_same_graph() -> None:
    text = (
        "[net]\nbatch=9\nheight=8\nwidth=6\nchannels=2\n"
        "[conv]\nfilters=3\nsize=3\npad=1\nactivation=relu\n[max]\nsize=2\nstride=2\npadding=0\n"
    )
    assert parse_cfg(text).graph == BOTH
    assert parse_cfg(write_cfg(NetworkConfig(9, BOTH))) == parse_cfg(text)


def test_everything_that_decides_the_result_decides_the_digest() -> None:
    changed = [
        Graph(IMAGE, (CONV,)),
        Graph(IMAGE, (CONV, replace(POOL, layer=Maxpool(2, 2, 1)))),
        Graph(IMAGE, (replace(CONV, layer=Convolutional(3, 3, 1, 1, Activation.LEAKY)), POOL)),
        Graph(IMAGE, (CONV, replace(POOL, inputs=(IMAGE,)))),
        Graph(IMAGE, (CONV, Node(1, Dropout(0.5), (CONV.output,)))),
        Graph(IMAGE, (CONV, Node(1, Dropout(0.25), (CONV.output,)))),
        Graph(IMAGE, (CONV, Node(1, Shortcut(Activation.LINEAR), (CONV.output, CONV.output)))),
    ]
    assert len({graph.digest for graph in (BOTH, *changed)}) == 1 + len(changed)


def test_a_graph_that_is_none_is_refused() -> None:
    with pytest.raises(NetworkError, match="a network needs a layer"):
        Graph(IMAGE, ())
    with pytest.raises(NetworkError, match="node 0 says that it is node 1"):
        Graph(IMAGE, (POOL,))
    with pytest.raises(NetworkError, match=r"layer1 reads layer0.output, which nothing before it makes"):
        Graph(IMAGE, (replace(CONV, layer=Dropout(0.5)), POOL))
    with pytest.raises(NetworkError, match="an inference is of one image, not of 2"):
        Graph(replace(IMAGE, shape=(2, 2, 8, 6)), (replace(CONV, inputs=(Tensor("input", (2, 2, 8, 6)),)),))


@pytest.mark.parametrize(
    ("layer", "inputs", "message"),
    [
        (Convolutional(1, 9, 1, 0, Activation.RELU), (IMAGE,), "a window of 9x9 .* do not fit .* of 8x6"),
        (Maxpool(9, 1, 0), (IMAGE,), "a window of 9x9 .* do not fit .* of 8x6"),
        (Softmax(5, 1.0), (IMAGE,), "groups=5 does not divide the 96 inputs"),
        (Softmax(1, 0.0), (IMAGE,), "temperature=0 must be a positive binary32 number"),
        (Route(), (IMAGE, POOL.output), "maps of input are 8x6, of layer1.output 4x3: only equal ones"),
        (
            Shortcut(Activation.LINEAR),
            (CONV.output, POOL.output),
            "layer1.output is 3x4x3, layer0.output is 3x8x6: only maps that are as large, or so many times",
        ),
        (Connected(2**31 - 1, Activation.RELU), (IMAGE,), "needs a buffer of 206158430112 elements"),
    ],
)
def test_a_layer_says_itself_what_it_cannot_take(
    layer: Layer, inputs: tuple[Tensor, ...], message: str
) -> None:
    """Whoever made the graph: no importer has to know."""
    with pytest.raises(MisfitError, match=message):
        Node(2, layer, inputs)


def test_batch_and_sizes_are_the_tensors() -> None:
    three = Tensor("input", (3, 2, 8, 6))
    assert (three.batch, three.image, three.per_image, three.elements) == (3, (2, 8, 6), 96, 288)
    assert three.nbytes == 4 * 288
    assert Tensor("half", (1, 2, 8, 6), np.dtype(np.float16)).nbytes == 192
    pool = Node(0, Maxpool(2, 2, 0), (three,))
    assert pool.output == Tensor("layer0.output", (3, 2, 4, 3))
    assert pool.buffers[0] == Tensor("layer0.indexes", (3, 2, 4, 3), INDEX)
    (call,) = pool.calls(lambda _: 0)
    assert call.arguments["n"] == 72
    _, gemm, *_ = Node(0, Connected(5, Activation.RELU), (three,)).calls(lambda _: 0)
    assert (gemm.arguments["m"], gemm.arguments["k"]) == (3, 96)


def test_a_graph_that_no_cfg_says_is_not_written() -> None:
    first = Node(0, Softmax(1, 1.0), (IMAGE,))
    apart = Graph(IMAGE, (first, replace(POOL, inputs=(IMAGE,))))
    with pytest.raises(NetworkError, match="layer1 reads input: no section of a cfg says that"):
        write_cfg(NetworkConfig(1, apart))
    image_too = Node(0, Shortcut(Activation.LINEAR), (IMAGE, IMAGE))
    with pytest.raises(NetworkError, match="layer0 reads input, input: no section of a cfg says that"):
        write_cfg(NetworkConfig(1, Graph(IMAGE, (image_too,))))


# who knows what -------------------------------------------------------------------------------------


def names_in(path: Path) -> set[str]:
    """Modules that a file imports."""
    tree = ast.parse(path.read_text("utf-8"))
    return {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_layers_graph_and_network_know_no_importer() -> None:
    pure = [*(NETWORK / "layers").glob("*.py"), *(NETWORK / f"{n}.py" for n in ("graph", "network", "plan"))]
    for path in pure:
        assert not [name for name in names_in(path) if "importers" in name or "alexnet" in name], path.name
        assert "cfg" not in path.read_text("utf-8").lower(), path.name
        assert "alexnet" not in path.read_text("utf-8").lower(), path.name


NEW_LAYER = '''
"""Negation."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.kernels.activation import Activation
from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, Node, activate
from sassafras.network.tensor import Shape


@dataclass(frozen=True)
class Twice(Layer):
    """The input and itself, added."""

    activation: Activation

    kind: ClassVar[str] = "twice"

    def output_shape(self, inputs: Inputs) -> Shape:
        return inputs[0].image

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        read, output = address_of(node.input.name), address_of(node.output_name)
        yield KernelCall("add", {"n": node.output.elements, "a": read, "b": read, "output": output})
        yield activate(node, self.activation, address_of)
'''

ITS_READING = """
@reads("twice", "double")
def read_twice(section: Section) -> Layer:
    from sassafras.network.layers.twice import Twice

    section.check_keys(("activation",), {})
    return Twice(_activation(section))
"""


def test_a_new_layer_is_one_file_and_its_reading_one_function(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recipe, followed: the file in ``layers``, the function in the importer, nothing else. Then a cfg
    with it is read, runs, is written, and has a digest of its own.
    """
    from sassafras.network import layers
    from sassafras.network.importers.darknet import readings

    (tmp_path / "twice.py").write_text(NEW_LAYER)
    monkeypatch.setattr(layers, "__path__", [*layers.__path__, str(tmp_path)])
    monkeypatch.setattr(readings, "READINGS", list(readings.READINGS))
    exec(ITS_READING, readings.__dict__)  # noqa: S102 - as if it stood at the end of the file

    text = "[net]\nheight=2\nwidth=2\nchannels=1\n[twice]\nactivation=relu\n[softmax]\n"
    config = parse_cfg(text)
    network = build_network(config.graph, {}, "abcd", "twice")
    memory = network.fresh_memory()
    network.load(memory, np.array([[[1, -2], [0, 3]]], np.float32))
    for planned in network.plan:
        planned.run(memory, network.architecture)
    made = memory.array(network.layout["layer0.output"].address, 4)
    assert made.tolist() == [2, 0, 0, 6]
    assert parse_cfg(write_cfg(config)) == config
    assert "(0 twice, 1 softmax)" in repr(network)
    other = parse_cfg(text.replace("relu", "linear"))
    assert config.graph.digest != other.graph.digest
    with pytest.raises(NetworkError, match=r"\[crop\], \[twice\]"):
        parse_cfg(text + "[lstm]\n")


def test_every_kind_that_is_read_is_a_file_of_its_own() -> None:
    """Kind, file and first name of the section are one word; nothing lists them a second time. Layers that no
    cfg says stand in other files.
    """
    from sassafras.network.importers.darknet.readings import READINGS

    stems = {path.stem for path in (NETWORK / "layers").glob("*.py")} - {"__init__", "layer"}
    modules = {stem: vars(import_module(f"sassafras.network.layers.{stem}")) for stem in stems}
    layers = {
        stem: [v for v in found.values() if isinstance(v, type) and v.__module__.endswith(f".{stem}")]
        for stem, found in modules.items()
    }
    kinds = {stem: [v for v in found if issubclass(v, Layer)] for stem, found in layers.items()}
    for reading in READINGS:
        assert [kind.kind for kind in kinds[reading.names[0]]] == [reading.names[0]]
    assert all(entry.name != "index" for found in kinds.values() for kind in found for entry in fields(kind))
