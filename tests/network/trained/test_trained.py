"""Networks that somebody else trained: the answers are onnxruntime's, and the documentation says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.network.onnx.table import found_in
from tests.network.trained.measured import FAULTS, campaign, measure
from tests.network.trained.table import ANSWERS, HEADS, OUTCOMES, answers, outcomes
from tests.network.trained.trained import NETWORKS, Trained

LARGEST = 1e-5  #: difference of a probability; the documented one is from one processor
PEERS = "pip install 'sassafras[peers]'"


@pytest.fixture(scope="module", params=NETWORKS)
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    if request.param == "lite0":
        pytest.importorskip("torch", reason=f"no torch here, which reads the weights: {PEERS}")
    return NETWORKS[request.param](tmp_path_factory.mktemp(request.param))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*are nearly black:sassafras.network.images.ImageWarning")
def test_the_answers_are_those_of_onnxruntime(trained: Trained) -> None:
    pytest.importorskip("onnxruntime", reason=f"no onnxruntime here: {PEERS}")
    found = measure(trained)
    assert found.same == found.pictures
    assert found.ours == found.theirs
    assert found.worst < LARGEST
    (documented,) = [row for row in found_in(ANSWERS) if row.startswith(f"| {trained.name} |")]
    assert documented.split("|")[:-2] == answers(found).split("|")[:-2]


@pytest.mark.slow
def test_the_campaign_is_the_documented_one(trained: Trained, tmp_path: Path) -> None:
    rows = outcomes(trained.name, campaign(trained, tmp_path))
    assert [row for row in found_in(OUTCOMES) if row.startswith(f"| {trained.name} |")] == rows
    assert all(f"| {FAULTS} | 0 |" in row for row in rows)


@pytest.mark.parametrize("part", [ANSWERS, OUTCOMES])
def test_every_network_is_in_the_table(part: str) -> None:
    head, _, *rows = found_in(part)
    assert head == HEADS[part]
    assert len({row.split("|")[1] for row in rows}) == len(NETWORKS)
