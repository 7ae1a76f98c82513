"""What is said where a folder holds no campaign: only ways out that work."""

from __future__ import annotations

from pathlib import Path

import pytest

from sassafras.campaign.finished import read_finished
from sassafras.campaign.merge import merge
from sassafras.campaign.store.store_errors import STORE_NAME
from sassafras.campaign.store.stored import check_folder
from sassafras.errors import CampaignError

READERS = {"folder": check_folder, "store": read_finished}


def said(reader: str, place: Path) -> str:
    """The line for a place."""
    with pytest.raises(CampaignError) as error:
        READERS[reader](place)
    return str(error.value)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("there", [False, True])
def test_a_place_where_one_can_be_made(tmp_path: Path, reader: str, there: bool) -> None:
    place = tmp_path / "new"
    if there:
        place.mkdir()
    assert said(reader, place) == f"{place} holds no campaign; make one with: sassafras run --out {place}"


@pytest.mark.parametrize("reader", READERS)
def test_a_folder_of_something_else(tmp_path: Path, reader: str) -> None:
    """A run would refuse it."""
    (tmp_path / "notes.txt").write_text("mine")
    assert said(reader, tmp_path) == f"{tmp_path} holds no campaign; give the folder of one"


@pytest.mark.parametrize("reader", READERS)
def test_a_folder_of_campaigns(tmp_path: Path, reader: str) -> None:
    for name in ("b", "a", "c", "d"):
        (tmp_path / name).mkdir()
        (tmp_path / name / STORE_NAME).touch()
    (tmp_path / "e").mkdir()
    named = ", ".join(str(tmp_path / name) for name in "abc")
    assert said(reader, tmp_path) == f"{tmp_path} holds no campaign; those in it are {named} and 1 more"


def test_a_file_instead_of_its_folder(tmp_path: Path) -> None:
    store, other = tmp_path / STORE_NAME, tmp_path / "notes.txt"
    store.touch()
    other.touch()
    assert said("folder", store) == f"{store} is a file; give the folder of the campaign: {tmp_path}"
    assert said("folder", other) == f"{other} is a file; give the folder of a campaign"


def test_the_new_folder_comes_first(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / STORE_NAME).touch()
    first, second, new = tmp_path / "a", tmp_path / "b", tmp_path / "new"
    with pytest.raises(CampaignError) as error:
        merge(first, [second, new])
    assert str(error.value) == (
        f"{first} holds a campaign already, and is left as it is; name a new folder first: "
        f"sassafras merge {new} {first} {second}"
    )
    with pytest.raises(CampaignError, match=r"name a new folder first: sassafras merge NEW"):
        merge(first, [second])
