"""Kinds of sources: a campaign on one that is not ours, stored, and opened again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import pytest
from tests.workload.test_no_network import ASKED, pairs, sums

import sassafras
from sassafras.architectures.architecture import Architecture
from sassafras.architectures.registry import default_architecture
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.finished import read_finished
from sassafras.campaign.source import KEY, describe, open_campaign
from sassafras.errors import UsageError
from sassafras.network.source import NetworkSource
from sassafras.workload.choices import Choice
from sassafras.workload.inputs import Input
from sassafras.workload.source import Source, default_source, source_of, stored_source
from sassafras.workload.workload import Workload


class SumsSource(Source):
    """The workload of `test_no_network`, of as many pairs as it is told."""

    kind: ClassVar[str] = "sums"

    def __init__(self, count: int) -> None:
        self.count = count

    name = property(lambda _: "sums")
    is_bundled = property(lambda _: False)
    is_synthetic = property(lambda _: False)
    digest = property(lambda _: sums().digest)

    def build(self, target: Architecture) -> Workload:
        return sums().on(target)

    def inputs(self, workload: Workload, choice: Choice) -> Iterable[Input]:
        return pairs()[: self.count]

    def former_digest(self, workload: Workload) -> str:
        return workload.digest

    def part_kinds(self) -> tuple[str, ...]:
        return ("sum", "sum of sums")

    def to_json(self) -> dict[str, Any]:
        return {"count": self.count}

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> SumsSource:
        return cls(stored["count"])


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sassafras.SOURCES, "sums", f"{__name__}:SumsSource")


@pytest.mark.usefixtures("known")
def test_a_campaign_of_another_kind_is_opened_again(tmp_path: Path) -> None:
    """Made of its source alone, gone on with, read, explained, and known to the readers of its store."""
    settings = ASKED.model_copy(update={"injections": 6})
    with closing((made := Campaign(tmp_path, settings, source=SumsSource(1))).store):
        describe(made, made.source)
        assert made.store.meta(KEY) == {"count": 1, "kind": "sums"}
        assert (len(made.images), made.rendered) == (1, False)
        made.run()
        rows = made.injections()
    again, source = open_campaign(tmp_path)
    with closing(again.store):
        assert (source.kind, source.name, len(again.images)) == ("sums", "sums", 1)
        again.run()
        assert again.injections().equals(rows)
    read, _ = open_campaign(tmp_path, reading=True)
    with closing(read.store):
        assert (read.images, read.network.name) == ((), "sums")
    record = read_finished(tmp_path)
    assert record.layer_kinds() == ("sum", "sum of sums")
    assert record.source is not None
    assert not record.source.is_bundled
    fault = int(rows[rows.outcome == "SDC"].id.iloc[0])
    assert sassafras.explain(tmp_path, fault).explanation.story.scene.network == "sums"


@pytest.mark.usefixtures("known")
def test_a_source_that_says_no_kind_is_a_network_s() -> None:
    """As stores wrote it before there were kinds."""
    stored = {"cfg": None, "weights": None, "images": None, "count": None}
    assert source_of(stored) == NetworkSource() == default_source()
    assert stored_source(NetworkSource()) == stored
    assert isinstance(source_of({"kind": "sums", "count": 2}), SumsSource)
    with pytest.raises(UsageError, match="unknown kind of source 'sum'; did you mean sums"):
        source_of({"kind": "sum"})


def test_the_bundled_source_knows_its_workload_without_making_it() -> None:
    source = default_source()
    built = source.build(default_architecture())
    assert source.digest == built.digest
    assert source.part_kinds() == tuple(part.kind for part in built.parts)
    assert (source.name, source.is_bundled, source.is_synthetic) == (built.name, True, True)
