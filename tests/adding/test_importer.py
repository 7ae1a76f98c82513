"""The recipes "an importer", followed: of networks, and of another injector's results. One file each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image as Pillow
from tests.adding.tree import Tree, copied

NETWORKS = '''"""Networks out of JSON: the shape of the input, and the layers in a line."""

from __future__ import annotations

import json
from pathlib import Path

from sassafras.errors import NetworkError
from sassafras.network.graph import Graph
from sassafras.network.importers.importer import Importer
from sassafras.network.layers.layer import Layer, Node
from sassafras.network.layers.maxpool import Maxpool
from sassafras.network.layers.softmax import Softmax
from sassafras.network.network import Network, build_network
from sassafras.network.tensor import Tensor

KINDS: dict[str, type[Layer]] = {kind.kind: kind for kind in (Maxpool, Softmax)}


def load_json(file: Path) -> Network:
    """The network of a file, named after it. Raises NetworkError."""
    said = json.loads(file.read_text("utf-8"))
    tensor = Tensor("input", (1, *said["input"]))
    nodes: list[Node] = []
    for options in said["layers"]:
        if (kind := options.pop("kind")) not in KINDS:
            raise NetworkError(f"{file}: there is no layer {kind!r}; there are: {', '.join(KINDS)}")
        nodes.append(Node(len(nodes), KINDS[kind](**options), (nodes[-1].output if nodes else tensor,)))
    return build_network(Graph(tensor, tuple(nodes)), {}, said["classes"], file.stem)


IMPORTER = Importer("JSON", (".json",), lambda files: load_json(files.network))
'''
ASKED = """
from pathlib import Path
from tests.campaign.networks import images
from tests.campaign.rows import FAST_ONLY, assert_same, run
from sassafras.errors import NetworkError
from sassafras.network.importers.plain import load_json

Path("small.json").write_text('''{"input": [1, 4, 4], "classes": ["a", "b", "c", "d"], "layers": [
    {"kind": "maxpool", "size": 2, "stride": 2, "padding": 0},
    {"kind": "softmax", "groups": 1, "temperature": 1.0}]}''')
network = load_json(Path("small.json"))
assert repr(network).count("softmax") == 1
fast, full = (run(Path(e), network, images(network), injections=40, engine=e) for e in ("fast", "full"))
assert_same(fast, full, without=FAST_ONLY)
assert set(fast.kernel) == {"forward_maxpool", "softmax"}
Path("other.json").write_text('{"input": [1, 4, 4], "classes": [], "layers": [{"kind": "lstm"}]}')
try:
    load_json(Path("other.json"))
except NetworkError as error:
    print(error)
"""

TOOL = """    Tool.CSVFI: Format(
        label="CsvFI",
        groups=("everything",),
        categories={0: Category("fine", Outcome.MASKED), 1: Category("wrong", Outcome.SDC)},
        site=re.compile(
            r"(?P<kernel>\\w+),(?P<count>\\d+),(?P<index>\\d+),(?P<operand>[.\\d]+),(?P<bit>[.\\d]+),"
        ),
        record=re.compile(
            r"(?P<pc>\\w*),(?P<opcode>\\w*),(?P<thread>\\d*),(?P<seconds>[.\\d]+),(?P<category>\\d+)"
            r"(?P<dmesg>)(?P<values>)"
        ),
        values=lambda _: Values(),
    ),
"""
NAME = "results-modeinst_value-igid0.bfm2.3.txt"
LINES = "gemm,4,77,0.5,0.25,8,FFMA,12,1.5,1\ngemm,4,78,0.5,0.25,8,FFMA,12,1.5,0\n"


@pytest.mark.long
def test_an_importer_of_networks_is_one_file(tmp_path: Path) -> None:
    tree = copied(tmp_path / "tree")
    tree.make("network/importers/plain.py", NETWORKS)
    assert tree.python(ASKED, tmp_path) == (
        "other.json: there is no layer 'lstm'; there are: maxpool, softmax\n"
    )
    write_pictures(tmp_path / "pictures")
    words = (
        "run",
        "--network",
        "small.json",
        "--images",
        "pictures",
        "--kernels",
        "softmax",
        "--modes",
        "RF",
    )
    tree.run(*words, "--injections", "5", "--out", "mine", folder=tmp_path)
    assert "softmax" in tree.run("status", "mine", folder=tmp_path)
    assert tree.touched == {"network/importers/plain.py"}


def write_pictures(folder: Path) -> None:
    folder.mkdir()
    Pillow.fromarray(np.arange(16, dtype=np.uint8).reshape(4, 4) * 9).save(folder / "0.png")


def of_results(folder: Path) -> Tree:
    tree = copied(folder)
    tree.behind("interchange/formats.py", '    NVBITFI = "nvbitfi"', '    CSVFI = "csvfi"\n')
    tree.behind("interchange/formats.py", "FORMATS: Mapping[Tool, Format] = {", TOOL)
    return tree


def test_an_importer_of_results_is_one_file(tmp_path: Path) -> None:
    tree = of_results(tmp_path / "tree")
    assert tree.touched == {"interchange/formats.py"}
    (tmp_path / NAME).write_text(LINES)
    shown = tree.run("import", NAME, "--format", "csvfi", "--out", "mine", folder=tmp_path)
    assert "CsvFI" in shown
    rows = pd.read_csv(tmp_path / "mine" / "injections.csv")
    assert rows["outcome"].tolist() == ["SDC", "MASKED"]
    assert rows["invocation"].tolist() == [4, 4]
    assert set(rows["model"]) == {"random-value"}
    assert set(rows["instruction_group"]) == {"everything"}
