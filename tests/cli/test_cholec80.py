"""Campaigns on frames of Cholec80, and judging several tools at once: run, store, resume, page, explain."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from tests.cli.conftest import Type
from tests.cli.small_files import write_network
from tests.network.cholec80.made import SMALL, TOOLS, tool_rows, write_cholec80
from tests.report.browser import open_page, running_browser

from sassafras.campaign.finished import read_finished
from sassafras.campaign.source import open_campaign
from sassafras.explanation.stored import name_of
from sassafras.network.alexnet import load_alexnet
from sassafras.network.network import Network
from sassafras.network.source import NetworkSource
from sassafras.network.together import labels_of_tools
from sassafras.workload.choices import Choice

CFG = """
[net]
height=12
width=21
channels=3

[convolutional]
filters=4
size=3
stride=2
activation=relu

[maxpool]
size=2
stride=2
padding=0

[connected]
output=7
activation=logistic
"""
QUICK = ("--kernels", "all", "--models", "random-value", "--injections", "60", "--workers", "1")


@pytest.fixture(scope="session")  # as the shelf, on which the study of these frames stands
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cholec80(tmp_path_factory.mktemp("data") / "cholec80")


@pytest.fixture
def own(tmp_path: Path, data: Path) -> list[object]:
    cfg, weights, _ = write_network(tmp_path, CFG)
    (tmp_path / "tools.txt").write_text(
        "Grasper\nBipolar\nHook\nScissors\nClipper\nIrrigator\nSpecimen Bag\n"
    )
    files = ["--network", cfg, "--weights", weights, "--names", tmp_path / "tools.txt"]
    return [*files, "--cholec80", data, "--frames", "6"]


@pytest.fixture
def study(
    sassafras: Type,
    own: list[object],
    shelf: dict[tuple[str, ...], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A finished study by sets of tools: run once, and copied."""
    key = ("cholec80",)
    if key not in shelf:
        kept = tmp_path_factory.mktemp("shelf")
        files = [
            shutil.copy(name, kept) if isinstance(name, Path) and name.is_file() else name for name in own
        ]
        done = sassafras("run", *files, *QUICK, "--multi-label", "0.5", "--out", kept / "study")
        assert done.exit_code == 0, done.output
        (kept / "said").write_text(done.stdout)
        shelf[key] = kept
    shutil.copy(shelf[key] / "said", "said")
    return Path(shutil.copytree(shelf[key] / "study", "study"))


def stored(folder: str, table: str) -> list[sqlite3.Row]:
    with closing(sqlite3.connect(Path(folder) / "results.sqlite")) as base:
        base.row_factory = sqlite3.Row
        return base.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()  # noqa: S608


def meta(folder: str, key: str) -> dict[str, object]:
    found: dict[str, object] = json.loads({row["key"]: row["value"] for row in stored(folder, "meta")}[key])
    return found


def bits(names: str) -> int:
    return sum(1 << place for place, tool in enumerate(TOOLS) if tool in names.split())


def test_a_campaign_judged_by_sets_of_tools(study: Path, data: Path) -> None:
    source = meta("study", "source")
    assert source["cholec80"] == str(data)
    assert (source["split"], source["multi_label"]) == ("test", 0.5)
    assert "judgement" in meta("study", "fingerprint")
    frames = stored("study", "inputs")
    assert len(frames) == 6
    for frame in frames:  # labels are the sets that the annotations say
        video, number = frame["name"].split("-")[:2]
        assert int(video.removeprefix("video")) in (41, 42)
        tools = SMALL[int(video.removeprefix("video"))][int(number) // 25]
        assert frame["label"] == bits(tools)
    check_rows("study")
    right = sum(frame["label"] == frame["top1"] for frame in frames)
    assert (
        f"golden: {right} of 6 frames right (all of their true classes and no other)"
        in Path("said").read_text()
    )


def check_rows(folder: str) -> None:
    """Every row once more: its set and its severity, from the output that it keeps."""
    severities = set()
    campaign, _ = open_campaign(Path(folder))
    with closing(campaign.store):
        golden = golden_outputs(campaign)
    for row in stored(folder, "injections"):
        if row["outcome"] != "SDC":
            continue
        severities.add(row["severity"])
        before, now = golden[row["input"]], np.frombuffer(row["output"], "<f4")
        sets = [{k for k in range(7) if values[k] >= 0.5} for values in (before, now)]
        assert row["top1_golden"] == sum(1 << k for k in sets[0])
        assert row["top1"] == sum(1 << k for k in sets[1])
        if not np.isfinite(now).all():
            expected = "INVALID_OUTPUT"
        elif sets[0] != sets[1]:
            expected = "MALFUNCTION"
        else:
            expected = "NO_MALFUNCTION" if before.tobytes() == now.tobytes() else "LIGHT_MALFUNCTION"
        assert row["severity"] == expected
        if np.isfinite(now).all():
            assert row["largest_change"] == np.abs(now.astype(float) - before.astype(float)).max()
            parts = [float(now[k]) if k in sets[0] else 1 - float(now[k]) for k in range(7)]
            assert row["confidence"] == pytest.approx(np.prod(np.clip(parts, 0, 1)), rel=1e-12)
    assert {"MALFUNCTION", "LIGHT_MALFUNCTION"} <= severities


def golden_outputs(campaign: object) -> list[np.ndarray]:
    """By the twins, without the engine."""
    network, images = campaign.network, campaign.images  # type: ignore[attr-defined]
    assert isinstance(network, Network)
    found = []
    memory = network.fresh_memory()
    for image in images:
        network.load(memory, *image.arrays)
        for launch in network.plan:
            launch.run(memory, network.architecture)
        found.append(network.result(memory).numbers)
    return found


def test_both_engines_judge_alike(sassafras: Type, own: list[object]) -> None:
    rows = []
    for engine in ("fast", "full"):
        options = (*QUICK[:-4], "--injections", "8", "--workers", "1", "--engine", engine)
        done = sassafras("run", *own, *options, "--multi-label", "0.5", "--out", engine)
        assert done.exit_code == 0, done.output
        rows.append([tuple(row[k] for k in COMPARED) for row in stored(engine, "injections")])
    assert rows[0] == rows[1]


COMPARED = ("id", "outcome", "severity", "top1_golden", "top1", "confidence", "largest_change", "output")


def test_the_paper_has_one_class(sassafras: Type, own: list[object]) -> None:
    """Without --multi-label: the largest is the answer, and frames with one tool have a true class."""
    done = sassafras("run", *own, *QUICK, "--out", "single")
    assert done.exit_code == 0, done.output
    assert "multi_label" not in meta("single", "source")
    assert "judgement" not in meta("single", "fingerprint")
    for frame in stored("single", "inputs"):
        tools = SMALL[int(frame["name"][5:7])][int(frame["name"][8:14]) // 25].split()
        assert frame["label"] == (TOOLS.index(tools[0]) if len(tools) == 1 else None)


def test_it_is_gone_on_with_and_another_threshold_is_another_campaign(
    sassafras: Type, study: Path, own: list[object]
) -> None:
    campaign, source = open_campaign(study)
    with closing(campaign.store):
        assert isinstance(source, NetworkSource)
        assert source.together == 0.5
        assert campaign.network.judgement.answers[5] == "Grasper + Hook"
    files = ["--network", source.cfg, "--weights", source.weights, "--names", source.names, *own[6:]]
    before = [tuple(row) for row in stored("study", "injections")]
    refused = sassafras("run", *files, *QUICK, "--multi-label", "0.25", "--out", "study")
    assert refused.exit_code == 2
    assert "holds another campaign (different: judgement)" in refused.stderr
    refused = sassafras("run", *files, *QUICK, "--multi-label", "0.5", "--split", "train", "--out", "study")
    assert "holds another campaign (different: frames)" in refused.stderr
    again = sassafras("resume", "study")
    assert again.exit_code == 0, again.output
    assert [tuple(row) for row in stored("study", "injections")] == before


NAMES = ("Grasper", "Bipolar", "Hook", "Scissors", "Clipper", "Irrigator", "Specimen Bag")


def called(number: int) -> str:
    """The name of a set."""
    return " + ".join(name for k, name in enumerate(NAMES) if number >> k & 1) or "none"


@pytest.mark.parametrize("severity", ["MALFUNCTION", "LIGHT_MALFUNCTION"])
def test_explanations_name_the_sets(sassafras: Type, study: Path, severity: str) -> None:
    row = next(row for row in stored("study", "injections") if row["severity"] == severity)
    told = sassafras("explain", "study", row["id"])
    assert told.exit_code == 0, told.output
    lines, words = told.stdout.splitlines(), " ".join(told.stdout.split())
    before, after = called(row["top1_golden"]), called(row["top1"])
    if severity == "MALFUNCTION":
        assert f"instead of {before} (" in words
        assert f"the network says {after}; {before} has " in words
    else:
        assert f"which still says {before}: " in words
    for mark, answer in (("golden", before), ("faulty", after)):
        marked = {name for name in NAMES if any(re.search(rf"{name} .*\b{mark}\b", line) for line in lines)}
        assert marked == set(answer.split(" + ")) - {"none"}
    assert sassafras("explain", "study", row["id"], "--html").exit_code == 0
    (page,) = {*study.rglob("*.html")} - {study / "report.html"}
    assert f"<b>{before}, " in page.read_text()


def test_the_page_knows_that_answers_are_sets(study: Path) -> None:
    page = Path("study/report.html").read_text()
    assert '"sets": true' in page or '"sets":true' in page
    assert "of Cholec80, split test, drawn by the seed" in page
    assert read_finished(Path("study")).judges_sets


@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("severity", ["MALFUNCTION", "LIGHT_MALFUNCTION"])
def test_an_opened_row_on_the_page_names_the_sets(study: Path, severity: str) -> None:
    row = next(row for row in stored("study", "injections") if row["severity"] == severity)
    with running_browser() as browser:
        found = open_page(browser, (study / "report.html").resolve(), 1440, "light")
        found.page.fill("[name=text]", name_of(row["id"]))
        found.page.locator(".row-button").first.click()
        first = found.page.locator(".explanation > *").first.inner_text()
        whole = found.page.locator(".explanation").first.inner_text()
    now = np.frombuffer(row["output"], "<f4").astype(float)
    shares = (row["confidence_golden"], certainty(now, row["top1"]))
    for number, share, text in zip((row["top1_golden"], row["top1"]), shares, first.split("→"), strict=True):
        assert f" {called(number)}, " in text
        sure = re.search(r", ([\d.]+) %", text)
        assert sure, text
        assert float(sure[1]) == pytest.approx(100 * share, rel=1e-3)
    assert (f"Present are still {called(row['top1'])}" in whole) == (severity == "LIGHT_MALFUNCTION")


def certainty(values: np.ndarray, number: int) -> float:
    inside = np.clip(values, 0, 1)
    return float(np.prod([inside[k] if number >> k & 1 else 1 - inside[k] for k in range(7)]))


def test_the_papers_network_has_the_tools_as_classes(data: Path) -> None:
    network = load_alexnet()
    source = NetworkSource(cholec80=data)
    (image,) = source.inputs(network, Choice(seed=5, count=1))
    assert image.pixels.shape == (3, 227, 227)
    label_of = labels_of_tools(network)
    assert label_of is not None
    assert [label_of(frozenset({tool})) for tool in TOOLS] == list(range(7))
    assert label_of(frozenset({"hook", "grasper"})) is None


def test_a_network_of_other_classes_is_told(sassafras: Type, own: list[object]) -> None:
    done = sassafras("profile", *own[:4], *own[6:], "--kernels", "add_bias", "--workers", "1")
    assert done.exit_code == 0, done.output
    said = "tiny: its classes are not the seven tools of Cholec80: frames have no true classes"
    assert said in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--split", "tst"], "unknown split 'tst'; did you mean test? known: train, test, all"),
        (
            ["--frame-classes", "balanced"],
            "--frame-classes is of rendered frames: it cannot go with --cholec80",
        ),
        (["--images", "x"], "--images and --cholec80: give one of them"),
        (["--frames", "9"], "8 frames of split test are annotated, 9 are asked for"),
        (["--multi-label", "1.5"], "a threshold of 1.5: give one between 0 and 1, such as 0.5"),
    ],
)
def test_what_does_not_go(sassafras: Type, own: list[object], options: list[str], said: str) -> None:
    refused = sassafras("run", *own, *options, "--out", "study")
    assert refused.exit_code == 2
    assert refused.stdout == ""
    (line,) = refused.stderr.splitlines()[-1:]
    assert said in line
    assert not Path("study").exists()


def test_options_that_need_others(sassafras: Type, own: list[object], tmp_path: Path) -> None:
    assert "--split is of Cholec80: it needs --cholec80" in sassafras("run", "--split", "train").stderr
    (tmp_path / "tiny.cfg").write_text(CFG.replace("activation=logistic", "activation=linear"))
    refused = sassafras("run", *own, "--multi-label", "0.5", "--out", "study")
    assert refused.exit_code == 2
    assert "tiny ends in layer2 (connected), whose values are no probabilities" in refused.stderr


def test_a_data_set_that_is_damaged(sassafras: Type, own: list[object], tmp_path: Path) -> None:
    """One line, exit code 2, nothing written (what is refused: `tests/network/cholec80/test_reader.py`)."""
    data = write_cholec80(tmp_path / "damaged", {41: SMALL[41]})
    (data / "tool_annotations/video41-tool.txt").write_text(tool_rows([*SMALL[41], "hook"]))
    refused = sassafras("run", *own, "--cholec80", data, "--frames", "1", "--out", "study")
    assert refused.exit_code == 2
    assert refused.stderr.count("error: ") == 1
    assert "line 5: frame 75 is out of range: video41.mp4 has 75 frames" in refused.stderr
    assert not Path("study").exists()
