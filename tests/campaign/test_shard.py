"""The parts of a campaign are disjoint, and together they are the campaign."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sassafras.campaign.design.settings import Settings
from sassafras.campaign.design.shard import Shard, numbers_of, parse_shard
from sassafras.errors import UsageError


@given(count=st.integers(0, 200), of=st.integers(1, 40))
def test_parts_are_the_whole(count: int, of: int) -> None:
    parts = [numbers_of(Shard(index, of), count) for index in range(1, of + 1)]
    assert sorted(number for part in parts for number in part) == list(numbers_of(None, count))
    sizes = [len(part) for part in parts]
    assert max(sizes) - min(sizes) <= 1


@given(of=st.integers(1, 9), data=st.data())
def test_a_longer_campaign_keeps_the_parts(of: int, data: st.DataObject) -> None:
    shard = Shard(data.draw(st.integers(1, of)), of)
    assert set(numbers_of(shard, 50)) <= set(numbers_of(shard, 80))


@pytest.mark.parametrize(
    ("text", "shard"), [("2/5", Shard(2, 5)), (" 1 / 1 ", Shard(1, 1)), ("7/7", Shard(7, 7))]
)
def test_spelling(text: str, shard: Shard) -> None:
    assert parse_shard(text) == shard
    assert parse_shard(str(shard)) == shard


@pytest.mark.parametrize("text", ["0/5", "6/5", "1/0", "-1/5", "2", "2/", "a/b", "", "1/5/2", "1.5/2"])
def test_what_is_no_shard(text: str) -> None:
    with pytest.raises(UsageError, match="give part and parts, such as 2/5"):
        parse_shard(text)


def test_settings_keep_it() -> None:
    settings = Settings(injections=11, shard=Shard(2, 4))
    assert list(settings.numbers) == [1, 5, 9]
    assert Settings.model_validate(settings.model_dump(mode="json")) == settings
    with pytest.raises(ValidationError):
        Settings.model_validate({"shard": {"index": 5, "of": 4}})
