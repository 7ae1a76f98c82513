"""A store is read as it was written, and what is no finished campaign is refused."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.campaign.networks import CFG
from tests.campaign.rows import assert_same, make
from tests.campaign.stores import FINGERPRINT, filled, make_older, row, settings

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.lanes import half_width
from sassafras.campaign.design.shard import Shard
from sassafras.campaign.finished import read_finished
from sassafras.campaign.record import REPLAY
from sassafras.campaign.source import KEY
from sassafras.campaign.store.results import Store
from sassafras.campaign.store.store_errors import STORE_NAME
from sassafras.errors import CampaignError
from sassafras.faults.model import Mode
from sassafras.faults.strata import Stratify
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.network.source import NetworkSource

FEW = {"kernels": ("fill_gpu", "add_bias"), "modes": (Mode.RF, Mode.IOV), "injections": 6}
CHAIN = ("convolutional", "maxpool", "convolutional", "connected", "dropout", "connected", "softmax")


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory, tiny: Network, images: list[Image]) -> Campaign:
    made = make(tmp_path_factory.mktemp("campaign"), tiny, images, **FEW)
    made.run()
    return made


def change(campaign: Campaign, folder: Path, *commands: str) -> Path:
    """A copy of a campaign's store in a folder, changed."""
    folder.mkdir(exist_ok=True)
    with (
        closing(sqlite3.connect(campaign.folder / STORE_NAME)) as source,
        closing(sqlite3.connect(folder / STORE_NAME)) as db,
        db,
    ):
        source.backup(db)
        for command in commands:
            db.execute(command)
    return folder


def asking(campaign: Campaign, folder: Path, **settings: object) -> Path:
    """A copy whose settings ask for something else."""
    copy = change(campaign, folder)
    changed = campaign.settings.model_copy(update=settings).model_dump_json()
    with closing(sqlite3.connect(copy / STORE_NAME)) as db, db:
        db.execute("UPDATE meta SET value = ? WHERE key = 'settings'", (changed,))
    return copy


def test_all_that_was_stored_is_read(campaign: Campaign) -> None:
    stored = read_finished(campaign.folder)
    assert_same(stored.injections, campaign.injections())
    assert stored.settings == campaign.settings
    assert stored.fingerprint == json.loads(json.dumps(campaign.fingerprint()))
    assert (stored.planned, stored.unfinished) == (campaign.planned, 0)
    assert (stored.frames, stored.seconds) == (2, campaign.seconds)
    assert (stored.source, stored.replay_of, stored.layer_kinds()) == (None, None, None)
    assert read_finished(campaign.folder / STORE_NAME).path == stored.path


def test_layers_are_read_from_the_cfg(campaign: Campaign, tmp_path: Path) -> None:
    cfg = tmp_path / "tiny.cfg"
    cfg.write_text(CFG)
    folder = change(campaign, tmp_path / "copy")
    with closing(sqlite3.connect(folder / STORE_NAME)) as db, db:
        source = NetworkSource(cfg=cfg, weights=cfg).model_dump_json()
        db.execute("INSERT INTO meta VALUES (?, ?)", (KEY, source))
    assert read_finished(folder).layer_kinds() == CHAIN
    cfg.unlink()
    assert read_finished(folder).layer_kinds() is None


def test_the_bundled_network_has_its_layers(campaign: Campaign, tmp_path: Path) -> None:
    folder = change(campaign, tmp_path / "copy")
    with closing(sqlite3.connect(folder / STORE_NAME)) as db, db:
        db.execute("INSERT INTO meta VALUES (?, ?)", (KEY, NetworkSource().model_dump_json()))
    kinds = read_finished(folder).layer_kinds()
    assert kinds is not None
    assert (len(kinds), kinds[0], kinds[-1]) == (14, "convolutional", "softmax")


def test_only_what_the_settings_ask_for(campaign: Campaign, tmp_path: Path) -> None:
    """A folder may hold more: of a longer run, or of other modes."""
    rows = read_finished(asking(campaign, tmp_path, injections=4, modes=(Mode.IOV,))).injections
    assert (len(rows), set(rows["mode"])) == (4, {"IOV"})


def test_unfinished(campaign: Campaign, tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match="is unfinished: 12 of 14 injections are stored"):
        read_finished(asking(campaign, tmp_path, injections=7))


def test_a_part_of_the_faults_is_read_as_that_part(campaign: Campaign, tmp_path: Path) -> None:
    stored = read_finished(asking(campaign, tmp_path, shard=Shard(1, 2)))
    assert stored.planned == {Mode.RF: 3, Mode.IOV: 3}
    assert len(stored.injections) == 6


@pytest.mark.parametrize(
    "settings",
    [
        {"stratify": Stratify.KERNEL, "per_stratum": 4},
        {"stratify": Stratify.LAYER, "per_stratum": 3},
        {"until": 0.4, "injections": 300},
        {"until": 0.4, "stratify": Stratify.KERNEL, "per_stratum": 250},
    ],
)
def test_sampled_campaigns_are_read_as_they_were_asked_for(
    tmp_path: Path, tiny: Network, images: list[Image], settings: dict[str, Any]
) -> None:
    made = make(tmp_path, tiny, images, **FEW | settings)
    made.run()
    stored = read_finished(tmp_path)
    asked = made.injections()
    assert_same(stored.injections, asked[asked["id"].isin(made.asked)].reset_index(drop=True))
    assert (stored.planned, stored.unfinished, stored.census) == (made.planned, 0, made.census)
    with pytest.raises(CampaignError, match="is unfinished: "):
        read_finished(asking(made, tmp_path / "more", until=0.001, injections=900, per_stratum=None))


def test_replayed_faults_of_a_campaign_that_got_a_goal(campaign: Campaign, tmp_path: Path) -> None:
    folder = asking(campaign, tmp_path, until=0.1)
    with closing(sqlite3.connect(folder / STORE_NAME)) as db, db:
        (text,) = db.execute("SELECT value FROM meta WHERE key = 'fingerprint'").fetchone()
        changed = json.dumps(json.loads(text) | {REPLAY: json.loads(text)})
        db.execute("UPDATE meta SET value = ? WHERE key = 'fingerprint'", (changed,))
    with pytest.raises(CampaignError, match="was run with --until since"):
        read_finished(folder)


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        (["DELETE FROM meta WHERE key = 'settings'"], "does not say what its campaign was"),
        (["DELETE FROM meta WHERE key = 'fingerprint'"], "does not say what its campaign was"),
        (["DROP TABLE injections"], "cannot be read as a campaign's store"),
        (["UPDATE meta SET value = '{\"colour\": 1}' WHERE key = 'settings'"], "of another version (colour"),
    ],
)
def test_what_is_no_finished_campaign(
    campaign: Campaign, tmp_path: Path, commands: list[str], said: str
) -> None:
    folder = change(campaign, tmp_path, *commands)
    with pytest.raises(CampaignError) as caught:
        read_finished(folder)
    assert said in str(caught.value)


def test_an_error_of_ours_counts_as_finished(campaign: Campaign, tmp_path: Path) -> None:
    folder = asking(campaign, tmp_path, injections=7)
    with closing(sqlite3.connect(folder / STORE_NAME)) as db, db:
        db.executemany("INSERT INTO errors VALUES (?, ?, 'x')", [(18, "RF"), (20, "IOV")])
    stored = read_finished(folder)
    assert (len(stored.injections), len(stored.errors), stored.unfinished) == (12, 2, 0)


def test_no_store(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match="holds no campaign"):
        read_finished(tmp_path)
    (tmp_path / STORE_NAME).write_text("a text, not a database, and long enough to have a header" * 3)
    with pytest.raises(CampaignError, match="cannot be read"):
        read_finished(tmp_path)


def test_reading_leaves_the_store_alone(campaign: Campaign, tmp_path: Path) -> None:
    folder = change(campaign, tmp_path)
    before = (folder / STORE_NAME).read_bytes()
    read_finished(folder)
    assert (folder / STORE_NAME).read_bytes() == before


def test_a_sequential_stop_of_an_older_store_stays_where_it_was(tmp_path: Path) -> None:
    """It went by that version's outcomes: 216 of 240 Malfunctions, half of them NaN, which today are two
    outcomes, each less well known than their sum.
    """
    then: dict[str | None, int] = {"MALFUNCTION": 216, "MASKED": 24}
    today: dict[str | None, int] = {"MALFUNCTION": 108, "INVALID_OUTPUT": 108, "MASKED": 24}
    assert half_width(then) < 0.09 < half_width(today)
    asked = settings(1000, until=0.09, modes=(Mode.IOV,))
    invalid = np.full(7, np.nan, "<f4").tobytes()
    finite = np.full(7, 1 / 7, "<f4").tobytes()
    folder = filled(tmp_path, [], asked)
    with closing(Store(folder / STORE_NAME, FINGERPRINT)) as store:
        store.add(
            row(3 * n + 2, outcome="MASKED", severity=None)
            if n < 24
            else row(3 * n + 2, severity="MALFUNCTION", probabilities=invalid if n % 2 else finite)
            for n in range(240)
        )
    make_older(folder, 1)
    stored = read_finished(folder)
    assert len(stored.injections) == 240
    assert (stored.injections["severity"] == "INVALID_OUTPUT").sum() == 108
