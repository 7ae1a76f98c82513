"""Shards put together: the rows of the undivided campaign, or one clear line and nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from tests.campaign.rows import as_bytes, make, run
from tests.campaign.stores import FINGERPRINT, content, filled, new_store, row, settings

from sassafras.campaign.design.settings import Settings
from sassafras.campaign.design.shard import Shard, numbers_of, parse_shard
from sassafras.campaign.merge import merge, merged_settings
from sassafras.campaign.status import read_status
from sassafras.campaign.store.store_errors import STORE_NAME
from sassafras.campaign.store.stored import open_stored
from sassafras.errors import CampaignError
from sassafras.faults.ids import fault_id
from sassafras.faults.model import THREAD_MODES
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.report.status_lines import status_json, status_lines


def test_shards_of_a_real_campaign(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    """Three machines, one of them with two workers, merged: row for row what one machine finds."""
    whole = run(tmp_path / "whole", tiny, images, injections=23)
    folders = []
    for index in (1, 2, 3):
        folder = tmp_path / f"part{index}"
        part = run(folder, tiny, images, 1 + index % 2, injections=23, shard=Shard(index, 3))
        assert set(as_bytes(part)) < set(as_bytes(whole))
        folders.append(folder)
    parts = merge(tmp_path / "merged", folders[::-1])
    assert [part.injections for part in parts] == [21, 24, 24]
    assert content(tmp_path / "merged") == content(tmp_path / "whole")
    status = read_status(tmp_path / "merged")
    assert status.complete
    assert status.merged == 3
    assert status.digest == read_status(tmp_path / "whole").digest == read_status(folders[0]).digest
    # The merged folder is a campaign like any other: it goes on.
    longer = make(tmp_path / "merged", tiny, images, injections=25)
    longer.run()
    assert as_bytes(longer.injections()) == as_bytes(run(tmp_path / "whole", tiny, images, injections=25))


def test_a_shard_asks_for_its_faults_only(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    campaign = make(tmp_path, tiny, images, injections=10, shard=Shard(2, 4))
    assert set(campaign.planned.values()) == {3}
    assert campaign.asked == {3 * number + mode for number in (1, 5, 9) for mode in range(3)}
    assert {
        3 * number + list(THREAD_MODES).index(mode) for mode, number in campaign.missing()
    } == campaign.asked
    rest = make(tmp_path, tiny, images, injections=10)  # the whole of it is the same campaign
    assert rest.fingerprint() == campaign.fingerprint()


@effort(max_examples=25)
@given(data=st.data())
def test_any_parts_with_any_overlap(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Merging is the union, in whatever order, as long as equal ids have equal rows."""
    base = tmp_path_factory.mktemp("merge")
    some = st.lists(st.integers(0, 40), max_size=12, unique=True)
    sets = data.draw(st.lists(some, min_size=1, max_size=4))
    failed = set(data.draw(some))
    folders = []
    for k, ids in enumerate(sets):
        with closing(new_store(base / str(k), settings())) as store:
            store.add([row(n) for n in ids if n not in failed])
            store.add([], [(n, row(n).mode, f"{n} not reached") for n in ids if n in failed])
        folders.append(base / str(k))
    parts = merge(base / "out", folders)
    union = set().union(*sets)
    found = content(base / "out")
    assert [r[0] for r in found["injections"]] == sorted(union - failed)
    assert [r[0] for r in found["errors"]] == sorted(union & failed)
    assert sum(part.new for part in parts) == len(union)
    assert content(base / "out") == content_of_union(base / "whole", union, failed)


def content_of_union(folder: Path, ids: set[int], failed: set[int]) -> dict[str, list[tuple[object, ...]]]:
    with closing(new_store(folder, settings())) as store:
        store.add([row(n) for n in sorted(ids - failed)])
        store.add([], [(n, row(n).mode, f"{n} not reached") for n in sorted(ids & failed)])
    return {**content(folder)}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"outcome": "DUE", "severity": None}, "outcome, severity"),
        ({"confidence": 0.1 + 17 / 1e6 + 1e-16}, "confidence"),
        ({"probabilities": b"\0" * 28}, "probabilities"),
        ({"corrupted": None}, "corrupted"),
    ],
)
def test_different_rows_of_one_fault(tmp_path: Path, changes: dict[str, Any], named: str) -> None:
    one = filled(tmp_path / "one", [1, 2])
    two = filled(tmp_path / "two", [16, 17, 18])
    three = filled(tmp_path / "three", [17], **changes)
    with pytest.raises(CampaignError) as caught:
        merge(tmp_path / "out", [one, two, three])
    line = str(caught.value)
    assert line.startswith(f"fault 17 (IOV number 5) differs between {two} and {three} (different: {named});")
    assert line.endswith("nothing was merged")
    assert not (tmp_path / "out").exists()


def test_injected_here_and_failed_there(tmp_path: Path) -> None:
    one = filled(tmp_path / "one", [3, 4])
    with closing(new_store(tmp_path / "two", settings())) as store:
        store.add([], [(4, "IOA", "not reached")])
    for folders in ([one, tmp_path / "two"], [tmp_path / "two", one]):
        with pytest.raises(
            CampaignError, match=r"fault 4 .IOA number 1. .*injected in one and failed in the"
        ):
            merge(tmp_path / "out", folders)


def test_errors_that_say_different_things(tmp_path: Path) -> None:
    for name in ("one", "two"):
        with closing(new_store(tmp_path / name, settings())) as store:
            store.add([], [(4, "IOA", f"not reached in {name}")])
    with pytest.raises(CampaignError, match=r"fault 4 .*different: message"):
        merge(tmp_path / "out", [tmp_path / "one", tmp_path / "two"])


def test_different_campaigns(tmp_path: Path) -> None:
    one = filled(tmp_path / "one", [1])
    with closing(new_store(tmp_path / "two", settings(), FINGERPRINT | {"seed": 2, "network": "m"})):
        pass
    with pytest.raises(
        CampaignError, match=r"one and .*two are different campaigns .different: network, seed."
    ):
        merge(tmp_path / "out", [one, tmp_path / "two"])
    assert not (tmp_path / "out").exists()


def test_different_golden_results(tmp_path: Path) -> None:
    one, two = filled(tmp_path / "one", [1]), filled(tmp_path / "two", [2])
    with closing(sqlite3.connect(two / STORE_NAME)) as db:
        db.execute("UPDATE inputs SET confidence = 0.26 WHERE input = 1")
        db.commit()
    with pytest.raises(CampaignError, match="golden results of frame 1 differ between"):
        merge(tmp_path / "out", [one, two])


def test_a_folder_that_holds_a_campaign_is_left_alone(tmp_path: Path) -> None:
    one, out = filled(tmp_path / "one", [1]), filled(tmp_path / "out", [2])
    before = content(out)
    for folders in ([one], [one, out]):
        with pytest.raises(CampaignError, match="out holds a campaign already, and is left as it is"):
            merge(out, folders)
    assert content(out) == before


def test_a_folder_with_other_things_keeps_them(tmp_path: Path) -> None:
    one, out = filled(tmp_path / "one", [1]), tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    with pytest.raises(CampaignError, match="holds no campaign"):
        merge(out, [one, tmp_path / "none"])
    assert [path.name for path in out.iterdir()] == ["notes.txt"]
    merge(out, [one])
    assert (out / "notes.txt").read_text() == "mine"
    assert not [path for path in out.iterdir() if "merging" in path.name]


def test_what_the_merged_campaign_is() -> None:
    def of(**changes: object) -> Settings:
        return Settings.model_validate(changes)

    merged = merged_settings(
        [
            of(injections=10, modes=("IOV",), shard=Shard(1, 2)),
            of(injections=30, modes=("RF", "IOV"), shard=Shard(2, 2)),
        ]
    )
    assert merged == of(injections=30, modes=("RF", "IOV"))
    same = [of(shard=Shard(1, 2)), of(shard=Shard(1, 2))]
    assert merged_settings(same).shard == Shard(1, 2)


def test_an_unfinished_shard_may_be_merged_again_with_its_rest(tmp_path: Path) -> None:
    """Overlaps cost nothing: time counts once per folder, rows once."""
    asked = settings(4)
    early = filled(tmp_path / "early", [0, 1, 2], asked)
    late = filled(tmp_path / "late", list(range(12)), asked)
    merge(tmp_path / "out", [early, late, early])
    with open_stored(tmp_path / "out") as stored:
        assert stored.facts.seconds == {"profile": 2.0, "inject": 4.0, "total": 8.0}
    assert read_status(tmp_path / "out").complete


def shards_of(folder: Path, *parts: str) -> list[Path]:
    """Folders with everything that these shards ask for, of 60 faults per mode."""
    made = []
    for text in parts:
        shard = parse_shard(text)
        ids = [fault_id(mode, n) for n in numbers_of(shard, 60) for mode in THREAD_MODES]
        made.append(filled(folder / f"part{text.replace('/', 'of')}", ids, settings(60, shard)))
    return made


def told(folder: Path) -> tuple[str, str]:
    """The first line of a status, and the one on shards."""
    lines = status_lines(read_status(folder))
    return lines[0], next(line for line in lines if line.startswith("merged from"))


def test_a_merged_half_is_called_one(tmp_path: Path) -> None:
    merge(tmp_path / "half", shards_of(tmp_path, "1/2"))
    first, line = told(tmp_path / "half")
    assert first.endswith("half: complete, 90 of 90 faults done (100 %), 1 of 2 shards")
    assert line == "merged from  1 folder: 1 of 2 shards, missing 2/2"
    found = status_json(read_status(tmp_path / "half"))
    assert found["shards"] == {"of": 2, "merged": [1], "missing": [2]}


def test_which_shards_are_missing(tmp_path: Path) -> None:
    merge(tmp_path / "some", shards_of(tmp_path, "2/6", "6/6"))
    first, line = told(tmp_path / "some")
    assert first.endswith("some: unfinished, 60 of 180 faults done (33 %), 2 of 6 shards")
    assert line == "merged from  2 folders: 2 of 6 shards, missing 1/6, 3/6 to 5/6"
    merge(tmp_path / "more", [tmp_path / "some", *shards_of(tmp_path, "3/6")])  # a merged folder, and another
    assert told(tmp_path / "more")[1] == "merged from  2 folders: 3 of 6 shards, missing 1/6, 4/6 to 5/6"
    merge(tmp_path / "all", [tmp_path / "more", *shards_of(tmp_path, "1/6", "4/6", "5/6")])
    first, line = told(tmp_path / "all")
    assert first.endswith("all: complete, 180 of 180 faults done (100 %)")
    assert line == "merged from  4 folders: 6 of 6 shards"


def test_folders_that_are_no_shards_of_one_division(tmp_path: Path) -> None:
    whole = filled(tmp_path / "whole", range(180), settings(60))
    merge(tmp_path / "one", [whole])
    merge(tmp_path / "mixed", shards_of(tmp_path, "1/2", "2/3"))
    merge(tmp_path / "both", [whole, *shards_of(tmp_path, "1/4")])
    for name in ("one", "mixed", "both"):
        assert read_status(tmp_path / name).shards is None
        assert "shards" not in " ".join(told(tmp_path / name))
