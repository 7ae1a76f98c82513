"""Workload files: what they mean, and what is wrong with them, in one line each."""

from __future__ import annotations

import copy
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sassafras.errors import GoldenTrap, SassafrasError, UsageError
from sassafras.simulation.check_golden import check_golden
from sassafras.workload.own.load import OwnWorkload, load_workload, make_workload
from sassafras.workload.result import Result
from sassafras.workload.verdict import Severity

OWN = Path(__file__).parent / "own"
ARGUMENTS = {"old": "a", "now": "b", "n": "n", "rate": 0.25}
SMALL: dict[str, Any] = {
    "name": "small",
    "outputs": ["b"],
    "constants": {"n": 8},
    "kernels": {"diffuse": {"listing": "kernels.sass"}},
    "buffers": {"a": {"shape": ["n", "n"], "random": "uniform"}, "b": {"shape": ["n", "n"]}},
    "launches": [{"kernel": "diffuse", "grid": 1, "block": [8, 8], "arguments": ARGUMENTS}],
}


def made(**changes: Any) -> OwnWorkload:
    values = copy.deepcopy(SMALL)
    for path, value in changes.items():
        *way, last = path.split("__")
        place: Any = values
        for key in way:
            place = place[int(key)] if key.isdigit() else place[key]
        if value is ...:
            del place[last]
        else:
            place[int(last) if last.isdigit() else last] = value
    return make_workload(values, OWN)


LAUNCH = "launches__0"
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"output": ["b"]}, r"output: there is no such key; did you mean outputs\?"),
    ({"buffers__a__shap": 4}, r"buffers\.a\.shap: there is no such key; did you mean shape\?"),
    ({f"{LAUNCH}__blok": 4}, r"launches\.0\.blok: there is no such key; did you mean block\?"),
    ({"name": ...}, "name is missing"),
    ({"launches": []}, "launches: .*at least 1 item"),
    ({"buffers__a__dtype": "float31"}, r"buffers\.a\.dtype: input should be 'float16'"),
    ({"buffers__a__fill": 2}, r"buffers\.a: fill and random: a buffer has one content"),
    ({"buffers__a__mean": 2}, r"buffers\.a: mean does not go with uniform"),
    (
        {"buffers__a": {"shape": [8, 8], "values": [1, 2]}},
        r"buffers\.a has shape \(2,\), the buffer a has \(8, 8\)",
    ),
    ({"buffers__a": {"shape": 8, "file": "none.npy"}}, r"cannot read .*none\.npy: No such file"),
    ({"buffers__a": {"shape": 8, "file": "kernels.cu"}}, r"kernels\.cu has \d+ bytes, the buffer a has 32"),
    ({"buffers__a__shape": ["m", 8]}, r"buffers\.a\.shape: 'm': nothing is named 'm'"),
    ({"buffers__a__shape": "n * 2 ** 40"}, "at most 4294967296 can be emulated"),
    ({"kernels__diffuse": {}}, r"kernels\.diffuse: give one of source, cubin and listing"),
    ({"kernels__diffuse__function": "difuse"}, "there is no kernel 'difuse'; did you mean diffuse"),
    ({"kernels__add": {"listing": "kernels.sass"}}, r"kernels\.add: Sassafras has a kernel of that name"),
    ({"kernels__diffuse__parameters": ["a"]}, "1 are named, the kernel has 4"),
    ({"architecture": "sm_52"}, r"kernels\.sass is for sm_50, the workload for sm_52"),
    ({"architecture": "sm_5"}, "sm_5"),
    ({f"{LAUNCH}__kernel": "difuse"}, "there is no kernel 'difuse'; did you mean diffuse"),
    ({f"{LAUNCH}__arguments__rate": ...}, "arguments: rate is missing; diffuse takes old, now, n, rate"),
    ({f"{LAUNCH}__arguments__rato": 1}, "there is no 'rato'; did you mean rate"),
    ({f"{LAUNCH}__arguments": ["a", "b", "n"]}, "arguments: rate is missing"),
    ({f"{LAUNCH}__arguments": ["a", "b", "n", 1, 2]}, "there are 5; diffuse takes"),
    ({f"{LAUNCH}__arguments__n": "a"}, "a is a buffer, the kernel takes int32"),
    ({f"{LAUNCH}__arguments__old": 5}, "5 is a number, the kernel takes a pointer"),
    ({f"{LAUNCH}__arguments__n": 0.5}, "0.5 is no whole number, the kernel takes int32"),
    ({f"{LAUNCH}__arguments__n": 2**40}, "does not fit into int32"),
    ({f"{LAUNCH}__arguments__old": "a + 300"}, "outside its 256 bytes"),
    ({f"{LAUNCH}__arguments__n": {"value": 1, "type": "int64"}}, "int64 has 8 bytes, the kernel takes 4"),
    ({f"{LAUNCH}__block": [64, 64]}, "4096 threads, a block has at most 1024"),
    ({f"{LAUNCH}__grid": "n / 3"}, "not a whole number"),
    ({f"{LAUNCH}__grid": 0}, "give at least 1"),
    ({f"{LAUNCH}__when": "n < 8"}, "none is left"),
    ({"outputs": ["c"]}, "there is no buffer 'c'"),
    ({"parts": {"other": {"output": "b"}}}, r"parts\.other: no launch is for it"),
    ({"judgement": {"compare": "absolute"}}, "compare = 'absolute' needs a tolerance"),
    ({"judgement": {"tolerance": 1.0}}, "a tolerance needs compare"),
    ({"judgement": {"function": "judge"}}, 'give "file.py:name"'),
    ({"judgement": {"function": "none.py:judge"}}, "cannot be imported"),
    ({"inputs": [{"name": "x", "buffers": {"q": {"fill": 1}}}]}, "inputs: there is no buffer 'q'"),
]


@pytest.mark.parametrize(("changes", "words"), REFUSED, ids=[words[:40] for _, words in REFUSED])
def test_what_is_wrong_is_said_in_one_line(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(SassafrasError, match=words) as error:
        made(**changes)
    assert "\n" not in str(error.value)


def test_a_golden_run_that_traps_and_an_output_that_nobody_writes() -> None:
    trapping = made(**{f"{LAUNCH}__arguments__n": 200_000})
    with pytest.raises(GoldenTrap, match=r"diffuse, .*without a fault, thread .*ILLEGAL_ADDRESS"):
        check_golden(trapping, trapping.given_inputs)
    unwritten = made(outputs=["a"])
    with pytest.raises(UsageError, match="small: no launch writes the output a; give the buffer"):
        check_golden(unwritten, unwritten.given_inputs)


def test_a_listing_without_its_record_or_of_another(tmp_path: Path) -> None:
    for name in ("kernels.sass", "kernels.json"):
        shutil.copy(OWN / name, tmp_path)
    with (tmp_path / "kernels.sass").open("a") as file:
        file.write("\n")
    with pytest.raises(SassafrasError, match=r"is not the listing that kernels\.json was made for"):
        make_workload(SMALL, tmp_path)
    (tmp_path / "kernels.json").write_text("{}")
    with pytest.raises(SassafrasError, match="is no record of a listing"):
        make_workload(SMALL, tmp_path)
    (tmp_path / "kernels.json").unlink()
    with pytest.raises(SassafrasError, match=r"its record kernels\.json is not beside it"):
        make_workload(SMALL, tmp_path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read the workload .*: No such file"):
        load_workload(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("name = ")
    with pytest.raises(UsageError, match=r"bad\.toml: "):
        load_workload(tmp_path / "bad.toml")


def test_contents(tmp_path: Path) -> None:
    np.save(tmp_path / "c.npy", np.arange(4, dtype=np.int16))
    (tmp_path / "d.bin").write_bytes(bytes(range(8)))
    for name in ("kernels.sass", "kernels.json"):
        shutil.copy(OWN / name, tmp_path)
    buffers = {
        "c": {"dtype": "int16", "shape": 4, "file": "c.npy"},
        "d": {"dtype": "uint16", "shape": 4, "file": "d.bin"},
        "e": {"shape": 3, "range": [1, 0.5]},
        "f": {"dtype": "uint8", "shape": 2, "fill": 7},
        "g": {"dtype": "float64", "shape": 5, "random": "normal", "mean": 10, "std": 0.1, "seed": 3},
        "h": {"dtype": "int32", "shape": 1000, "random": "integers", "low": -2, "high": 2},
        "i": {"dtype": "int32", "shape": 2, "uninitialised": True},
        "j": {"shape": [1, 2], "values": [[1, 2.5]]},
    }
    found = make_workload({**SMALL, "buffers": {**SMALL["buffers"], **buffers}}, tmp_path)
    held = found.contents
    assert held["c"].tolist() == [0, 1, 2, 3]
    assert held["d"].tolist() == [0x100, 0x302, 0x504, 0x706]
    assert held["e"].tolist() == [1, 1.5, 2]
    assert held["f"].tolist() == [7, 7]
    assert np.abs(held["g"] - 10).max() < 1
    assert set(held["h"].tolist()) == {-2, -1, 0, 1}
    assert held["i"].tolist() == [-1, -1]
    assert held["j"].tolist() == [[1, 2.5]]
    assert "b" not in held
    memory = found.fresh_memory()
    for name, values in held.items():
        place = memory.array(found.layout[name].address, values.size, values.dtype)
        assert place.tobytes() == values.tobytes()


@pytest.mark.parametrize("key", ["seed", "buffers__a__seed"])
def test_random_contents_depend_on_seed_and_name(key: str) -> None:
    one, same, other = made(), made(), made(**{key: 5})
    assert one.contents["a"].tobytes() == same.contents["a"].tobytes() != other.contents["a"].tobytes()
    assert one.digest == same.digest != other.digest


@pytest.mark.parametrize(
    "changes",
    [
        {f"{LAUNCH}__arguments__rate": 0.5},
        {f"{LAUNCH}__block": [8, 4]},
        {f"{LAUNCH}__shared": 64},
        {"outputs": ["a"]},
    ],
)
def test_the_digest_depends_on_all_that_decides(changes: dict[str, Any]) -> None:
    assert made().digest != made(**changes).digest


def test_loops_and_conditions_become_launches() -> None:
    workload = load_workload(OWN / "all.toml")
    assert [p.kernel for p in workload.plan][:5] == ["diffuse"] * 4 + ["indexes"]
    a, b = (workload.layout[name].address for name in ("a", "b"))
    given = [(p.arguments["old"], p.arguments["now"]) for p in workload.plan[:4]]
    assert given == [(a, b), (b, a), (a, b), (b, a)]
    assert [part.kind for part in workload.parts] == ["diffuse", "indexes", "follow", "sums", "histogram"]
    assert [i.name for i in workload.given_inputs] == ["first", "second"]


def judged(workload: OwnWorkload, change: Callable[[np.ndarray], None]) -> Any:
    golden = np.arange(1, 65, dtype=np.float32)
    faulty = golden.copy()
    change(faulty)
    results = [Result(v.view(np.uint8), workload.outputs) for v in (golden, faulty)]
    return workload.judge(*results)


def by(amount: float) -> Callable[[np.ndarray], None]:
    def change(values: np.ndarray) -> None:
        values[9] += amount

    return change


def test_judgements(tmp_path: Path) -> None:
    bitwise, absolute = made(), made(judgement={"compare": "absolute", "tolerance": 0.5})
    relative = made(judgement={"compare": "relative", "tolerance": 0.1, "words": ["good", "bad"]})
    same, malfunction, light = Severity.NO_MALFUNCTION, Severity.MALFUNCTION, Severity.LIGHT_MALFUNCTION
    for workload, amount, severity in (
        (bitwise, 0, same),
        (bitwise, 1e-5, malfunction),
        (absolute, 0.5, light),
        (absolute, 0.6, malfunction),
        (absolute, float("nan"), Severity.INVALID_OUTPUT),
        (relative, 0.9, light),
        (relative, -1.1, malfunction),
    ):
        assert judged(workload, by(amount)).severity is severity, amount
    assert judged(absolute, by(0.5)).largest_change == 0.5
    assert relative.judgement.answers == ("good", "bad")
    (tmp_path / "own.py").write_text("def judge(golden, faulty):\n    return faulty['b'][1, 1] > 20\n")
    for name in ("kernels.sass", "kernels.json"):
        shutil.copy(OWN / name, tmp_path)
    own = make_workload({**SMALL, "judgement": {"function": "own.py:judge"}}, tmp_path)
    assert judged(own, by(5)).severity is light
    assert judged(own, by(15)).severity is malfunction


def test_python_says_the_same_as_a_file() -> None:
    with (OWN / "all.toml").open("rb") as file:
        values = tomllib.load(file)
    assert make_workload(values, OWN).digest == load_workload(OWN / "all.toml").digest
    arrays = {**SMALL["buffers"], "a": {"shape": [8, 8], "values": np.eye(8, dtype=np.float32)}}
    assert make_workload({**SMALL, "buffers": arrays}, OWN).contents["a"].trace() == 8
