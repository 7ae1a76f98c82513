"""The parts of the page before they are drawn: plain data and coordinates."""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.conftest import Finished
from tests.report.test_figure_drawers import luminance

from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import read_results
from sassafras.analysis.sampling import Sampling
from sassafras.campaign.finished import read_finished
from sassafras.errors import CampaignError
from sassafras.faults.model import THREAD_MODES, Mode
from sassafras.faults.strata import Stratify
from sassafras.hardening.ranking import share
from sassafras.report.cells import sampled
from sassafras.report.figures.axes import percent_tick, share_ticks
from sassafras.report.figures.breakdowns import bit_parts
from sassafras.report.harden_model import read_harden_json
from sassafras.report.numbers import band_text, percent
from sassafras.report.page.filled import script_json
from sassafras.report.page.hardened import read_hardening
from sassafras.report.page.hotspots import hot_spots
from sassafras.report.page.instructions import known_instructions
from sassafras.report.page.material import gather
from sassafras.report.page.render import LIMIT, render
from sassafras.report.page.rows import pack
from sassafras.report.page.verdict import tiles, verdict
from sassafras.report.page.wording import duration, listed
from sassafras.report.tables.avf import read_avf
from sassafras.report.tables.harden import points


@given(st.floats(0.001, 1))
def test_ticks_are_round_few_and_reach_the_top(top: float) -> None:
    ticks = share_ticks(top)
    assert ticks[0] == 0
    assert 2 <= len(ticks) <= 6
    assert ticks[-1] <= top * (1 + 1e-9)
    assert top - ticks[-1] < ticks[1] * (1 + 1e-9)


def test_words() -> None:
    assert [percent_tick(0.1 * k) for k in range(4)] == ["0 %", "10 %", "20 %", "30 %"]
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
    assert [duration(s) for s in (0.04, 59.9, 60, 3599, 3600 * 3 + 61)] == [
        "0.0 s",
        "59.9 s",
        "1 min 00 s",
        "59 min 59 s",
        "3 h 01 min",
    ]
    some, none = sampled(share(127, 1000)), sampled(share(0, 1000))
    assert some.said == "12.7 (10.7–14.9) %"
    assert none.said == none.alone == "below 0.30 %"
    assert sampled(share(0, 0)).said == "–"
    assert some.alone == "12.7 %"


def test_plans_are_those_of_the_study(finished: Finished) -> None:
    hardening = read_hardening(finished.record, finished.results)
    assert hardening is not None
    np.testing.assert_allclose(hardening.plans.failures, finished.study.plans.failures, rtol=1e-12)
    np.testing.assert_allclose(hardening.plans.overhead, finished.study.plans.overhead, rtol=1e-12)
    assert hardening.plans.front == finished.study.plans.front
    listed = [dict(p["protection"]) for p in hardening.numbers["pareto"]]
    assert listed == [dict(p.protection.chosen) for p in finished.study.plans.front]


def test_named_plans_are_those_of_the_study(finished: Finished) -> None:
    hardening = read_hardening(finished.record, finished.results)
    assert hardening is not None
    (table,) = points(hardening.numbers)
    texts = [[cell.text for cell in row.cells] for row in table.rows]
    assert [row[0] for row in texts] == [*(p.name for p in finished.study.points), "SHS", "chosen"]
    for row, point in zip(texts, finished.study.points, strict=False):
        band = finished.study.costs.overhead(point.plan.protection)
        assert row[1] == f"{band.value * 100:+.2f} % ({band_text(band.low, band.high)})"
        assert row[2] == f"{point.plan.failures * 100:.2f}"
        assert row[6].replace(" ", "") == str(point.plan.protection)


def test_parts_count_every_injection(finished: Finished) -> None:
    results = finished.results
    spots = hot_spots(results, known_instructions(results))
    assert sum(spot.trials for spot in spots) == len(results.injections)
    for spot in spots:
        assert spot.mapped
        assert sum(n for line in spot.sass.lines for _, n in line.counts.values()) == spot.trials


def unpacked(data: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """A row for each injection, and the rest, read back without rows.js."""
    found = json.loads(zlib.decompress(base64.b64decode(data)))
    columns = {name: pd.Series(values, dtype=object) for name, values in found["columns"].items()}
    for part in found["together"]:
        rows = [part["entries"][code] for code in part["codes"]]
        for k, name in enumerate(part["names"]):
            columns[name] = pd.Series([row[k] for row in rows], dtype=object)
    return pd.DataFrame(columns).assign(id=columns["id"].cumsum()), found


def test_packed_columns(finished: Finished) -> None:
    rows = finished.results.injections
    packed = pack(rows, {}, 10**7)
    read, _ = unpacked(packed)
    assert len(read) == len(rows)
    for name in (
        "id",
        "thread",
        "before",
        "largest_change",
        "sass",
        "outcome",
        "masked_reason",
        "died_layer",
    ):
        wanted = [None if pd.isna(value) else value for value in rows[name]]
        assert read[name].tolist() == wanted, name
    confidence = read["confidence"].dropna().astype(float).astype(np.float32)
    np.testing.assert_array_equal(confidence, rows["confidence"].dropna())
    assert np.isinf(confidence).any()


def test_a_race_is_packed_with_its_row(finished: Finished) -> None:
    rows = finished.results.injections.head(3)
    races = [None, "threads 3 and 4 store to byte 8 of out", None]
    packed = pack(rows.assign(race=np.array(races, object)), {}, 10**7)
    assert unpacked(packed)[0]["race"].tolist() == races


def test_what_does_not_fit_is_left_out_from_the_end(finished: Finished) -> None:
    rows = finished.results.injections
    limit = len(pack(rows, {}, 10**7)) + 3000
    part = pack(rows, {}, limit)
    kept = unpacked(part)[0]["id"].astype(int)
    assert 0 < len(kept) < len(rows)
    assert len(part) <= limit
    np.testing.assert_array_equal(kept, rows["id"].head(len(kept)))
    assert unpacked(pack(rows, {}, 100))[0].empty


def test_largest_numbers_and_many_classes_are_kept(finished: Finished) -> None:
    rows = finished.results.injections
    rows = rows[rows["severity"] == OutcomeClass.LIGHT_MALFUNCTION.value].head(1)
    floats = np.arange(1000, dtype="<f4") / 4097
    wide = "0x" + "f" * 32
    rows = rows.assign(
        instruction=2**32 - 1,
        model="single-bit",
        target="STORE_ADDRESS",
        before=wide,
        after="0x7" + wide[3:],
        probabilities=[floats.tobytes()],
        top1=999,
    )
    ((_, row),) = unpacked(pack(rows, {}, 10**7))[0].iterrows()
    assert (row["instruction"], row["top1"], row["bit"]) == (2**32 - 1, 999, 127)
    assert (row["before"], row["after"]) == (wide, "0x7" + wide[3:])
    assert [at for at, _ in row["probabilities"]] == [999, 998, 997, 996, 995]
    np.testing.assert_array_equal(np.array([v for _, v in row["probabilities"]], "<f4"), floats[::-1][:5])


def test_a_campaign_without_rows_has_a_page(finished: Finished) -> None:
    material = gather(finished.record, finished.shape, finished.results)
    empty = replace(finished.results, injections=finished.results.injections.head(0))
    page = render(replace(material, results=empty, hardening=None))
    assert "No fault was injected." in page
    assert unpacked(pack(empty.injections, {}, 10**6))[0].empty


def test_one_mode_alone(finished: Finished) -> None:
    material = gather(finished.record, finished.shape, finished.results)
    results = finished.results
    own = results.injections[results.injections["mode"] == "IOV"]
    alone = replace(results, modes=(Mode.IOV,), injections=own, planned={Mode.IOV: 120})
    page = render(replace(material, results=alone, hardening=None))
    assert "the paper&#39;s Figure 9" in page
    assert "Figure 7" not in page


def test_the_same_campaign_gives_the_same_page(finished: Finished) -> None:
    material = gather(finished.record, finished.shape, finished.results)
    page = render(material)
    assert page == finished.page.read_text("utf-8")
    assert len(page.encode()) <= LIMIT
    assert "@@" not in page
    assert not re.search(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", page)  # nothing to fetch from anywhere
    assert "im2col_gpu" in verdict(material)


def test_a_store_read_alone_gives_the_same_page(finished: Finished) -> None:
    record = read_finished(finished.campaign.folder)
    results = read_results(record, finished.shape, synthetic=False)
    assert render(gather(record, finished.shape, results)) == finished.page.read_text("utf-8")


@pytest.mark.parametrize("stratify", [Stratify.KERNEL, None])
def test_a_sampled_campaign_is_judged_by_its_estimates(finished: Finished, stratify: Stratify | None) -> None:
    """Where strata or a stop decided how many faults fell where, counts are no estimate."""
    rows = finished.results.injections
    pairs = rows[["mode", "kernel", "layer"]].drop_duplicates()
    share = pairs["kernel"].map({"fill_gpu": 8.0}).fillna(1.0)  # far from what the counts say
    weights = pairs.assign(weight=share / share.groupby(pairs["mode"]).transform("sum"), dead=0.0)
    until = None if stratify else 0.05
    results = replace(finished.results, sampling=Sampling(stratify, until, (), weights))
    outcomes = results.outcomes().set_index(["mode", "outcome"])["share"]
    page = render(replace(gather(finished.record, finished.shape, results), results=results, hardening=None))
    parts = ("MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION")
    for tile in tiles(results):
        mode = tile.mode.value
        wanted = sum(outcomes[mode, part] for part in parts)
        for text, exact in ((tile.critical.said, wanted), (tile.masked.said, outcomes[mode, "MASKED"])):
            shown = text.partition(" (")[0]
            half = 0.5 * 10.0 ** -len(shown.partition(".")[2])
            assert float(shown) == pytest.approx(exact * 100, abs=half + 1e-9)
        said = f"{tile.critical.said.partition(' (')[0]} % of the {mode} faults"
        assert said in verdict(gather(finished.record, finished.shape, results))
    assert ("counts of the stratified sample, not weighted" in page) is (stratify is not None)
    assert ("weighted over strata" in page) is (stratify is not None)
    if stratify:
        critical = (rows["mode"] == "IOV") & rows["severity"].isin(parts)
        plain = critical.sum() / (rows["mode"] == "IOV").sum()
        assert f"{percent(plain)} %" not in [tile.critical.alone for tile in tiles(results)]


def test_what_no_gpu_has_measured_is_called_modelled(finished: Finished) -> None:
    material = gather(finished.record, finished.shape, finished.results)
    assert material.hardening is not None
    assert "except in the table that says measured" in render(material)
    numbers = json.loads(json.dumps(material.hardening.numbers))
    del numbers["table2"]["measured_on"]
    page = render(replace(material, hardening=replace(material.hardening, numbers=numbers)))
    assert "not measured on a GPU" in page
    assert "table2_measured" not in page


def test_nothing_closes_the_script() -> None:
    assert "</" not in script_json({"name": "</script><b>"})
    assert json.loads(script_json({"name": "</script>"})) == {"name": "</script>"}


def test_hardening_of_another_campaign_is_not_shown(finished: Finished, tmp_path: Path) -> None:
    path = finished.campaign.folder / "harden.json"
    kept = path.read_text("utf-8")
    numbers = json.loads(kept)
    try:
        path.write_text(json.dumps(numbers | {"campaign": {"seed": 1}}))
        assert read_hardening(finished.record, finished.results) is None
        path.write_text("{")
        with pytest.raises(CampaignError, match=r"harden\.json cannot be read .* run sassafras harden again"):
            read_hardening(finished.record, finished.results)
        for changed, said in (
            ({"colour": 1}, "colour: extra inputs are not permitted"),
            ({"plans": "many"}, "plans: input should be a valid integer"),
            ({"protection": {"fill_gpu": "prayer"}}, r"protection\.fill_gpu: input should be "),
        ):
            path.write_text(json.dumps(numbers | changed))
            with pytest.raises(CampaignError, match=rf"cannot be read \({said}.*\); run sassafras harden"):
                read_hardening(finished.record, finished.results)
        path.write_text(json.dumps({name: value for name, value in numbers.items() if name != "ranking"}))
        with pytest.raises(CampaignError, match=r"\(ranking: field required\)"):
            read_hardening(finished.record, finished.results)
        path.write_text(json.dumps(numbers | {"protection": {"fill_gpu": "tmr"}}))
        with pytest.raises(CampaignError, match=r"fill_gpu=tmr\.fresh\.sqlite is missing"):
            read_hardening(finished.record, finished.results)
    finally:
        path.write_text(kept)


def test_what_was_written_is_read_again_to_the_byte(finished: Finished) -> None:
    path = finished.campaign.folder / "harden.json"
    again = read_harden_json(path)
    assert path.read_text("utf-8") == json.dumps(again, indent=2, allow_nan=False) + "\n"


def test_words_in_drawings_stand_out_from_the_page() -> None:
    """What axe cannot see: text in a drawing is ink or soft, on the page's ground."""
    css = (Path(__file__).parents[2] / "src/sassafras/report/page/style.css").read_text("utf-8")
    light, dark = re.findall(r"--bg: .*?--accent: #\w+", css, re.DOTALL)
    for block in (light, dark):
        colours = dict(re.findall(r"--([a-z]+): (#\w{6})", block))
        for ground in ("bg", "panel"):
            for ink in ("ink", "soft", "accent"):
                one, other = sorted((luminance(colours[ground]), luminance(colours[ink])))
                assert (other + 0.05) / (one + 0.05) >= 4.5, (ground, ink)


def test_groups_are_shares_of_their_own_injections(finished: Finished) -> None:
    parts = bit_parts(finished.results)
    assert {part.mode for part in parts} == set(THREAD_MODES)
    assert isinstance(finished.results.injections, pd.DataFrame)
    for part in parts:
        assert sum(stack.trials for stack in part.slices) > 0
        for stack in part.slices:
            assert sum(bar.events for bar in stack.bars.values()) == stack.trials


@pytest.mark.alike(3)
@pytest.mark.parametrize("content", [None, "{", "[]", "{}", '{"avf": null}', '{"avf": {"total": {"n": 1}}}'])
def test_an_avf_of_other_injections_is_not_shown(
    finished: Finished, tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "summary.json").write_text(content, "utf-8")
    assert read_avf(tmp_path, finished.results.injections) is None
    assert read_avf(finished.campaign.folder, finished.results.injections) is not None
    material = gather(finished.record, finished.shape, finished.results)
    assert 'id="avf"' in render(material)
    assert "avf-h" not in render(replace(material, avf=None))
