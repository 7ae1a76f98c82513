"""A workload that is no network through everything: two inputs, two launches, a judgement of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.campaign.rows import FAST_ONLY, assert_same

import sassafras
from sassafras.analysis.results import read_results
from sassafras.architectures.architecture import Architecture
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.finished import read_finished
from sassafras.campaign.record import on_record
from sassafras.campaign.status import read_status
from sassafras.errors import UsageError
from sassafras.faults.model import Mode
from sassafras.isa.program import Program
from sassafras.kernels.programs import load_program
from sassafras.kernels.registry import KERNELS
from sassafras.report.page.render import write_page
from sassafras.report.tables.registry import CAMPAIGN
from sassafras.simulation.outcome import Severity
from sassafras.workload.buffer import Buffer, Part
from sassafras.workload.given import Call, GivenWorkload
from sassafras.workload.inputs import GivenInput
from sassafras.workload.judgement import Judgement
from sassafras.workload.result import Result
from sassafras.workload.verdict import Verdict, largest_change

SHAPE = (6, 10)
COUNT = 60
TOLERANCE = 1e-3


@dataclass(frozen=True)
class Within(Judgement):
    """Right: every value of ``total`` within `TOLERANCE` of the golden one."""

    answers: tuple[str, ...] = ("right", "wrong")

    def judge(self, golden: Result, faulty: Result) -> Verdict:
        change = largest_change(golden["total"], faulty["total"])
        if golden.tobytes() == faulty.tobytes():
            severity = Severity.NO_MALFUNCTION
        elif change is None:
            severity = Severity.INVALID_OUTPUT
        else:
            severity = Severity.LIGHT_MALFUNCTION if change <= TOLERANCE else Severity.MALFUNCTION
        wrong = severity in (Severity.MALFUNCTION, Severity.INVALID_OUTPUT)
        nan = bool(np.isnan(faulty["total"]).any())
        return Verdict(severity, int(wrong), float(not wrong), wrong, nan, change)


def own_code(target: Architecture) -> Program:
    """Machine code that a workload brings: here, a copy of a bundled kernel's."""
    bundled = load_program("add", target.name)
    digest = hashlib.sha256(f"accumulate {bundled.digest}".encode()).hexdigest()
    return replace(bundled, name="accumulate", digest=digest)


ACCUMULATE = replace(KERNELS["add"], name="accumulate", source=own_code, twin=None, carry=None)


def sums() -> GivenWorkload:
    """total = (left + right) + left, and both sums are outputs; the second launch is a kernel of its own, in
    blocks of 16 threads.
    """
    left, right, once, total = (Buffer(n, 4 * COUNT, SHAPE) for n in ("left", "right", "once", "total"))
    calls = (
        Call(KERNELS["add"], 0, {"n": COUNT, "a": "left", "b": "right", "output": "once"}),
        Call(
            ACCUMULATE,
            1,
            {"n": COUNT, "a": "once", "b": "left", "output": "total"},
            geometry=((4, 1, 1), (16, 1, 1)),
        ),
    )
    parts = (Part(0, "sum", once), Part(1, "sum of sums", total))
    buffers = (left, right, once, total)
    return GivenWorkload("sums", Within(), buffers, calls, parts, ("left", "right"), ("once", "total"))


def pairs() -> list[GivenInput]:
    dice = np.random.Generator(np.random.Philox(7))
    return [
        GivenInput(f"pair{k}", tuple(dice.standard_normal(SHAPE).astype(np.float32) for _ in range(2)), 0)
        for k in range(2)
    ]


KERNELS_STRUCK = ("add", "accumulate")
ASKED = Settings(kernels=KERNELS_STRUCK, injections=80, seed=12)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    made = Campaign(tmp_path_factory.mktemp("sums"), ASKED, sums(), pairs())
    made.run()
    with closing(made.store):
        yield made


def expected(given: GivenInput) -> dict[str, NDArray[np.float32]]:
    left, right = given.arrays
    return {"once": left + right, "total": (left + right) + left}


def test_rows_are_judged_by_the_workload_s_own_judgement(campaign: Campaign) -> None:
    """Row by row, from what each holds of the two outputs."""
    rows = campaign.injections()
    assert len(rows) == 240
    assert len(campaign.errors()) == 0
    assert {"MASKED", "SDC", "DUE"} == set(rows.outcome)
    assert {"MALFUNCTION", "LIGHT_MALFUNCTION"} <= set(rows.severity.dropna())
    assert set(zip(rows.kernel, rows.layer, strict=True)) == {("add", 0), ("accumulate", 1)}
    assert set(rows.top1_golden) == {0}
    assert set(rows.confidence_golden) == {1.0}
    for values in rows[rows.outcome == "SDC"].to_dict("records"):
        row = SimpleNamespace(**{str(name): value for name, value in values.items()})
        found = np.frombuffer(row.probabilities, "<f4").reshape(2, *SHAPE)
        golden = expected(pairs()[row.frame])
        distance = np.abs(found[1].astype(np.float64) - golden["total"])
        same = [found[k].tobytes() == golden[name].tobytes() for k, name in enumerate(("once", "total"))]
        assert (row.severity == "NO_MALFUNCTION") == all(same)
        if row.severity in ("MALFUNCTION", "LIGHT_MALFUNCTION"):
            assert row.largest_change == distance.max()
            assert (row.severity == "MALFUNCTION") == (distance.max() > TOLERANCE) == (row.top1 == 1)


def test_both_engines_agree(tmp_path: Path, campaign: Campaign) -> None:
    full = Campaign(tmp_path, ASKED.model_copy(update={"engine": "full"}), sums(), pairs())
    full.run()
    assert_same(campaign.injections(), full.injections(), without=FAST_ONLY)


def test_tables_page_and_conditions(campaign: Campaign) -> None:
    """Whatever reads rows takes them."""
    record, shape = on_record(campaign)
    results = read_results(record, shape, synthetic=False)
    assert results.kernels == ("add", "accumulate")
    assert [layer.kind for layer in results.layers] == ["sum", "sum of sums"]
    assert CAMPAIGN.of(results)
    page = write_page(record, shape, results).read_text("utf-8")
    assert "sums" in page
    assert "right" in page
    (judged,) = sassafras.check(campaign.folder, "SDC.count > 0")
    assert judged.is_true
    assert read_finished(campaign.folder).injections.equals(record.injections)
    assert read_status(campaign.folder).complete
    assert [frame.top1 for frame in record.golden] == [0, 0]
    assert sassafras.open(campaign.folder, sums()).injections().equals(campaign.injections())


@pytest.mark.parametrize("severity", ["MALFUNCTION", "LIGHT_MALFUNCTION"])
def test_a_fault_is_explained(campaign: Campaign, severity: str) -> None:
    rows = campaign.injections()
    chosen = [rows[(rows.severity == severity) & (rows.kernel == kernel)] for kernel in KERNELS_STRUCK]
    told = 0
    for found in chosen:
        for fault in found.id.head(2):
            explained = sassafras.explain(campaign, int(fault))
            story = explained.explanation.story
            assert story.scene.network == "sums"
            assert story.scene.label == "right"
            assert [change.name for change in story.classes] == ["right", "wrong"]
            assert story.classes[1].faulty == float(severity == "MALFUNCTION")
            assert ("instead of right" in repr(explained)) == (severity == "MALFUNCTION")
            told += 1
    assert told >= 2


def test_a_campaign_of_other_kernels_or_inputs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no kernel 'accumulat'"):
        Campaign(tmp_path, Settings(kernels=("add", "accumulat")), sums(), pairs())
    single = [GivenInput("one", pairs()[0].arrays[:1])]
    with pytest.raises(UsageError, match="one has 1 arrays, sums takes 2"):
        Campaign(tmp_path, ASKED, sums(), single)
    assert not list(tmp_path.iterdir())


def test_the_reference_agrees_with_numpy() -> None:
    """And a result names its outputs, with their shapes."""
    given, pair = sums(), pairs()[0]
    memory = given.fresh_memory()
    given.load(memory, *pair.arrays)
    for planned in given.plan:
        planned.run(memory, given.architecture)
    result = given.result(memory)
    for name, values in expected(pair).items():
        assert np.array_equal(result[name], values)
    assert result.numbers.shape == (2 * COUNT,)
    assert {Mode.RF, Mode.IOA, Mode.IOV} == set(Settings().modes)
