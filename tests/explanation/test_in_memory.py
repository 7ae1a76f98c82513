"""Faults in memory, told: what the story says is what the stored row and the golden run say."""

from __future__ import annotations

import pytest
from tests.campaign.rows import make
from tests.explanation.explained import Told, one_of_each, tell

from sassafras.campaign.campaign import Campaign
from sassafras.explanation.steps import Fate
from sassafras.faults.model import FaultModel, Mode
from sassafras.faults.secded import Ecc
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.report.explain_sentences import in_brief
from sassafras.report.tables.explain import place


@pytest.fixture(scope="module", params=list(Ecc))
def campaign(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    tiny: Network,
    images: list[Image],
) -> Campaign:
    folder = tmp_path_factory.mktemp("memory")
    models, ecc = (FaultModel.SINGLE_BIT, FaultModel.DOUBLE_BIT), request.param
    made = make(folder, tiny, images, injections=60, seed=5, modes=(Mode.MEM,), models=models, ecc=ecc)
    made.run(1)
    return made


@pytest.fixture(scope="module")
def told(campaign: Campaign) -> list[Told]:
    return [tell(campaign, fault) for fault in one_of_each(campaign.injections())]


def test_every_ending_is_told(campaign: Campaign, told: list[Told]) -> None:
    """Each is run again, and ends as it is stored; no thread is named."""
    guarded = campaign.settings.ecc is Ecc.SECDED
    assert {t.row.outcome.value for t in told} >= ({"MASKED", "DUE"} if guarded else {"MASKED", "SDC"})
    for one in told:
        story = one.explanation.story
        assert story.memory is not None and story.memory.buffer == one.row.buffer
        facts = {row.cells[0].text: row.cells[1].text for row in place(story).rows}
        assert one.row.buffer in str(facts) and "thread" not in facts
        assert facts["fault"].startswith(f"mode MEM, {one.row.model}, no thread")
        assert all(text.strip() for text in in_brief(story))


def test_what_ecc_did_is_what_the_fault_was(campaign: Campaign, told: list[Told]) -> None:
    for one in told:
        memory = one.explanation.story.memory
        assert memory is not None
        if campaign.settings.ecc is Ecc.NONE:
            assert (memory.corrected, memory.detected) == (0, 0)
        elif one.row.outcome.value == "DUE":
            assert memory.detected > 0 and one.explanation.story.fate is Fate.TRAPPED
        elif one.row.masked_reason == "corrected-by-ecc":
            assert memory.corrected > 0
