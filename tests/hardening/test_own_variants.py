"""Hardened kernels that the user gives: what is launched, what they cost, what becomes of faults in them."""

from __future__ import annotations

import copy
import tomllib
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.presets import preset
from sassafras.errors import UsageError
from sassafras.hardening.own_variants import (
    Choice,
    choices,
    compare_bits,
    parse_choice,
    study_variants,
    with_variants,
)
from sassafras.progress import Silence
from sassafras.simulation.workbench import Workbench
from sassafras.workload.own.load import OwnWorkload, load_workload, make_workload
from sassafras.workload.own.source import OwnSource

OWN = Path(__file__).parents[1] / "workload" / "own"
FILE = OWN / "variants.toml"


def changed(**changes: Any) -> OwnWorkload:
    values = tomllib.loads(FILE.read_text("utf-8"))
    for path, value in changes.items():
        *way, last = path.split("__")
        place: Any = values
        for key in way:
            place = place[key]
        place[last] = value
    return make_workload(values, OWN)


def result(workload: OwnWorkload) -> np.ndarray:
    return Workbench(workload, workload.given_inputs, shared=False).golden(0).result["out"]


def test_the_variant_runs_instead_with_its_own_arguments() -> None:
    plain = load_workload(FILE)
    assert plain.alarms is None
    hardened = with_variants(plain, {"smooth": "dmr"})
    assert [p.kernel for p in hardened.plan] == [p.kernel for p in plain.plan] == ["smooth", "scale"]
    first, second = hardened.plan
    assert first.arguments["alarms"] == hardened.layout["alarms"].address
    assert first.spec.code(hardened.architecture).digest != plain.plan[0].spec.code(plain.architecture).digest
    assert second.launch == plain.plan[1].launch
    assert [b.name for b in hardened.buffers] == [b.name for b in plain.buffers]
    assert hardened.alarms is not None
    assert (hardened.alarms.detected, hardened.alarms.corrected) == (
        hardened.layout["alarms"].address,
        hardened.layout["alarms"].address + 4,
    )
    assert hardened.name == "smoothing, smooth=dmr"
    assert len({one.digest for one in (plain, hardened, with_variants(plain, {"smooth": "tmr"}))}) == 3
    assert np.array_equal(result(hardened), result(plain))


def test_a_short_form_names_a_file() -> None:
    found = changed(kernels__smooth__variants={"same": "variants.sass"})
    assert np.array_equal(result(with_variants(found, {"smooth": "same"})), result(found))


def test_what_can_be_chosen() -> None:
    plain = load_workload(FILE)
    assert choices(plain) == tuple(
        {kernel: name}
        for kernel, name in (("smooth", "dmr"), ("smooth", "tmr"), ("smooth", "wrong"), ("scale", "guard"))
    )
    assert parse_choice(plain, "smooth=tmr") == {"smooth": "tmr"}


REFUSED = [
    ("smoth=dmr", "smoth=dmr: no kernel 'smoth'; did you mean smooth"),
    ("smooth=tmd", "smooth has no variant 'tmd'; did you mean tmr"),
    ("scale=dmr", "scale has no variant 'dmr'; there are: guard"),
    ("smooth", "smooth: give KERNEL=TECHNIQUE"),
    ("smooth=dmr,smooth=tmr", "smooth is named twice"),
]


@pytest.mark.parametrize(("text", "words"), REFUSED)
def test_wrong_choices(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_choice(load_workload(FILE), text)


V = "kernels__smooth__variants"
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({f"{V}__dmr__arguments": {}}, "dmr", "alarms is missing; smooth takes in, out, n, alarms, zero"),
    (
        {f"{V}__dmr__arguments": {"alarm": "alarms", "zero": 0}},
        "dmr",
        "there is no 'alarm'; did you mean alarms",
    ),
    ({f"{V}__dmr__arguments": {"alarms": "b", "zero": 0}}, "dmr", "nothing is named 'b'"),
    ({f"{V}__dmr__function": "smooth_dnr"}, "dmr", "no kernel 'smooth_dnr'; did you mean smooth_dmr"),
    ({f"{V}__dmr": {}}, "", "kernels.smooth.variants.dmr: give one of source, cubin and listing"),
    ({f"{V}__dmr__lsting": "x"}, "", "variants.dmr.lsting: there is no such key; did you mean listing"),
    ({"alarms": {"detected": "alarms"}}, "", "alarms.corrected is missing"),
    ({"alarms": {"detected": "alarms", "corrected": "alarms + 8"}}, "dmr", "outside its 8 bytes"),
    ({"alarms": {"detected": "alarms", "corrected": "n"}}, "dmr", "alarms.corrected: 250 is no buffer"),
    ({"alarms": {"detected": "alarms", "corrected": "alarms"}}, "dmr", "alarms: two different words"),
]


@pytest.mark.parametrize(("changes", "technique", "words"), WRONG, ids=[words[:30] for *_, words in WRONG])
def test_wrong_variants(changes: dict[str, Any], technique: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as error:
        with_variants(changed(**changes), {"smooth": technique})
    assert "\n" not in str(error.value)


def test_fault_free_bits_are_compared() -> None:
    plain = load_workload(FILE)
    same = compare_bits(plain, with_variants(plain, {"smooth": "tmr"}))
    assert (same.inputs, same.other, same.largest_change) == (1, 0, 0.0)
    other = compare_bits(plain, with_variants(plain, {"smooth": "wrong"}))
    assert (other.inputs, other.other) == (1, 1)
    assert 0 < other.largest_change < 1e-5


def test_an_alarm_without_a_fault_is_refused() -> None:
    """The plain kernel's output is where the alarm word is."""
    values = {"alarms": {"detected": "out", "corrected": "out + 4"}}
    wrong = changed(**copy.deepcopy(values))
    with pytest.raises(UsageError, match="smooth=tmr raises its alarm without a fault"):
        compare_bits(wrong, with_variants(wrong, {"smooth": "tmr"}))


@pytest.mark.long
@pytest.mark.parametrize(
    ("chosen", "outcome"),
    [
        ({"smooth": "dmr"}, "DETECTED"),
        ({"smooth": "tmr"}, "CORRECTED"),
        ({"scale": "guard"}, "DETECTED"),  # what a launch in front of it has left
    ],
    ids=str,
)
def test_faults_are_noticed_and_engines_agree(chosen: Choice, outcome: str, tmp_path: Path) -> None:
    source = OwnSource(FILE)
    campaign = Campaign(tmp_path, preset("all", injections=60), source=source)
    with closing(campaign.store):
        campaign.run()
        found = study_variants(campaign, chosen, 120, 1, Silence())
        assert (len(found.after), found.errors) == (360, 0)
        assert (
            found.overhead is not None and found.overhead > 0
        )  # of launches this small the time is mostly that of a launch
        kernels = set(found.after["kernel"][found.after["outcome"] == outcome])
        assert "smooth" in kernels
        assert len(found.replayed) + found.no_counterpart + found.replay_errors == 180
        assert found.replay_errors == 0
        assert found.paired.after < found.paired.before or "scale" in chosen
        fast = found.after.sort_values("id").drop(columns=["seconds"], errors="ignore")
    full = campaign.settings.model_copy(update={"engine": "full", "injections": 120})
    other = Campaign(
        tmp_path / "full",
        full,
        with_variants(source.build(campaign.network.architecture), chosen),
    )
    with closing(other.store):
        other.run()
        slow = other.injections()
    for column in ("id", "outcome", "severity", "due_kind", "largest_change"):
        left, right = fast[column].tolist(), slow.sort_values("id")[column].tolist()
        assert [repr(one) for one in left] == [repr(one) for one in right], column
