"""Which campaigns can be compared, on what, and which hold the same faults."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.analysis.finished import finished

from sassafras.analysis.contenders import contest, same_faults
from sassafras.errors import UsageError
from sassafras.faults.model import FaultModel, IoaRegister, Mode, Scope
from sassafras.isa.groups import Group
from sassafras.network.source import NetworkSource


def named(*campaigns: Any) -> list[tuple[str, Any]]:
    return [(str(c.path.parent), c) for c in campaigns]


def test_what_they_share() -> None:
    one = finished("one", modes=(Mode.RF, Mode.IOA, Mode.IOV))
    two = finished("two", seed=3, modes=(Mode.IOV, Mode.RF), kernels=("add_bias", "im2col_gpu"))
    found = contest(named(one, two))
    assert [(c.letter, c.name) for c in found.contenders] == [("A", "one"), ("B", "two")]
    assert found.modes == (Mode.RF, Mode.IOV)
    assert found.kernels == ("im2col_gpu", "add_bias")
    assert found.layers is not None
    assert found.layers[0] == "convolutional"
    assert found.notes == (
        "not in all campaigns, left out: modes IOA",
        "not in all campaigns, left out: kernels forward_maxpool",
    )
    first = found.contenders[0].rows
    assert set(first["mode"]) == {"RF", "IOV"}
    assert set(first["kernel"]) == {"im2col_gpu", "add_bias"}
    kept = one.injections["mode"].ne("IOA") & one.injections["kernel"].ne("forward_maxpool")
    assert list(first["id"]) == list(one.injections["id"][kept])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"models": (FaultModel.ZERO_VALUE,)},
            "two strikes with --models zero-value, one with --models random-value,single-bit: ",
        ),
        ({"scope": Scope.WARP}, "two strikes with --scope warp, one with --scope thread: "),
        ({"groups": (Group.STORE,)}, "two strikes with --groups STORE, one with --groups all: "),
        ({"modes": (Mode.IOA,)}, "the campaigns share no mode (one: RF, IOV; two: IOA)"),
        ({"kernels": ("softmax",)}, "the campaigns share no kernel (one: im2col_gpu, "),
    ],
)
def test_what_cannot_be_compared(change: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        contest(named(finished("one"), finished("two", **change)))
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_how_many() -> None:
    with pytest.raises(UsageError, match="at least two"):
        contest(named(finished("one")))
    with pytest.raises(UsageError, match="9 campaigns are too many to look at; give at most 8"):
        contest(named(*(finished(str(k), seed=k, injections=1) for k in range(9))))
    one = finished("one")
    with pytest.raises(UsageError, match="one and one are the same campaign"):
        contest(named(one, finished("two"), one))


def test_layers_of_different_networks(tmp_path: Path) -> None:
    cfg = tmp_path / "other.cfg"
    cfg.write_text("[net]\nheight=9\nwidth=9\nchannels=3\n[connected]\noutput=3\n[softmax]\n")
    other = finished("two", seed=4, source=NetworkSource(cfg=cfg, weights=cfg))
    found = contest(named(finished("one"), other))
    assert (found.layers, found.notes) == (None, ("no layers: the networks do not have the same ones",))
    cfg.unlink()
    (note,) = contest(named(finished("one"), other)).notes
    assert note.startswith("no layers: a campaign does not say")


def test_same_faults() -> None:
    """The same seed and the same sites: another engine, another version, the same campaign made twice."""
    one, again = finished("one"), finished("two", dice=5, injections=150)
    a, b = contest(named(one, again)).contenders
    assert same_faults(a, b)
    other_seed = finished("two", seed=5)
    a, b = contest(named(one, other_seed)).contenders
    assert not same_faults(a, b)
    turns = finished("two", models=tuple(reversed(one.settings.models)))
    a, b = contest(named(one, turns)).contenders
    assert not same_faults(a, b)
    assert not contest(named(one, other_seed)).notes


def test_the_rule_for_registers_beyond_the_allocated_ones_is_said() -> None:
    """The same faults by two definitions: they are compared one by one, and it is said."""
    one = finished("one", modes=(Mode.IOA,))
    two = finished("two", modes=(Mode.IOA,), ioa_register=IoaRegister.HARDWARE)
    found = contest(named(one, two))
    assert same_faults(*found.contenders)
    (note,) = found.notes
    assert note.startswith("A ran with --ioa-register sassifi, B with hardware: IOA outcomes differ by defin")
    without = [finished(name, ioa_register=rule) for name, rule in zip("ab", IoaRegister, strict=True)]
    assert not contest(named(*without)).notes, "no IOA, nothing to say"


def test_two_ways_to_judge_an_answer_are_said() -> None:
    """A fault that is a Malfunction by one threshold may be none by the other."""
    one, two = finished("one"), finished("two", dice=1)
    half, most = (NetworkSource(multi_label=value) for value in (0.5, 0.9))
    sets = contest(named(replace(one, source=half), replace(two, source=most))).notes
    assert sets[0].startswith("A judges sets of classes from 0.5 on, B sets of classes from 0.9 on: ")
    single = contest(named(one, replace(two, source=most))).notes
    assert single[0].startswith("A judges one class, B sets of classes from 0.9 on: ")
    assert not contest(named(replace(one, source=half), replace(two, source=half))).notes


@pytest.mark.parametrize("other", [{"meaning": "n"}, {}])
def test_rows_of_another_meaning_are_compared_and_it_is_said(other: dict[str, str]) -> None:
    one, two = finished("one"), finished("two", dice=1)
    one = replace(one, fingerprint={**one.fingerprint, "meaning": "m"})
    two = replace(two, fingerprint={**two.fingerprint, **other})
    (note,) = contest(named(one, two)).notes
    assert note.startswith("A and B hold rows of two meanings (the code of the emulator or of the faults")


def test_models_of_each_mode() -> None:
    """Those of the modes that both have count, in whatever way they were given."""
    double = (FaultModel.SINGLE_BIT, FaultModel.DOUBLE_BIT)
    one, own = finished("one"), finished("own", mode_models={Mode.IOA: double})
    assert same_faults(*contest(named(one, own)).contenders)
    other = finished("other", mode_models={Mode.RF: double})
    with pytest.raises(UsageError, match="other strikes with --models RF=double-bit,single-bit IOV=random-v"):
        contest(named(one, other))
    whole = finished("whole", modes=(Mode.RF,), models=double)
    assert same_faults(*contest(named(other, whole)).contenders)


def test_the_same_seed_over_another_population_is_said() -> None:
    one, two = finished("one"), finished("two")
    two.injections["thread"] += 1
    found = contest(named(one, two))
    assert not same_faults(*found.contenders)
    (note,) = found.notes
    assert note.startswith("A and B were drawn with the same seed, but from different populations")


def test_replayed_faults() -> None:
    """They are those of their campaign, whatever instruction they struck in the hardened program."""
    one, other = finished("one"), finished("other", seed=9)
    replay, second = finished("replay", replay_of=one), finished("second", replay_of=one)
    replay.injections["offset"] += 16
    for pair in ((one, replay), (replay, one), (replay, second)):
        assert same_faults(*contest(named(*pair)).contenders)
    for bad in ((other, replay), (replay, other), (one, other, replay)):
        with pytest.raises(UsageError, match="replay holds faults replayed from another campaign"):
            contest(named(*bad))
