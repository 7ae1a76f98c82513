"""Every number on the page is the store's: the page is read in a browser, the store with SQL and scipy, and
the shares and intervals are worked out here once more.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from tests.report.browser import Opened
from tests.report.conftest import Finished

from sassafras.kernels.programs import load_program

pytestmark = pytest.mark.xdist_group("browser")

MODES = ("RF", "IOA", "IOV")
CLASSES = ("MASKED", "DUE", "MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION", "NO_MALFUNCTION")
KERNELS = ("im2col_gpu", "fill_gpu", "add_bias", "activate_array", "forward_maxpool", "softmax")
CRITICAL = ("MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION")
OF_A_NETWORK = {"input": "frame", "part": "layer", "died_part": "died_layer", "output": "probabilities"}


@pytest.fixture(scope="module")
def store(finished: Finished) -> pd.DataFrame:
    path = finished.campaign.folder / "results.sqlite"
    with closing(sqlite3.connect(path)) as db:
        rows = pd.read_sql_query("SELECT * FROM injections ORDER BY id", db).rename(columns=OF_A_NETWORK)
    rows["ending"] = rows["severity"].where(rows["severity"].notna(), rows["outcome"])
    rows["critical"] = rows["ending"].isin(CRITICAL)
    return rows


@pytest.fixture(scope="module")
def tables(opened: Opened) -> dict[str, list[list[str]]]:
    return opened.tables()


def check_share(text: str, n: int, total: int) -> None:
    """ "12.7 (10.7–14.9) %", "below 0.30 %" or "–", to the last digit that is shown."""
    if not total:
        assert text == "–"
    elif not n:
        found = re.fullmatch(r"below ([\d.]+) %†?", text)
        assert found, text
        bound = 100 * (1 - 0.05 ** (1 / total))
        assert bound - 1e-9 <= float(found[1]) <= max(100 if bound > 99 else 0, bound * 1.1)
    else:
        found = re.fullmatch(r"([\d.e-]+) \(([\d.e-]+)–([\d.e-]+)\) %†?", text)
        assert found, text
        exact = stats.binomtest(n, total).proportion_ci(0.95, method="exact")
        for shown, wanted in zip(found.groups(), (n / total, exact.low, exact.high), strict=True):
            half = 0.5 * 10.0 ** -len(shown.partition(".")[2])
            assert float(shown) == pytest.approx(100 * wanted, abs=half + 1e-9)


def check_row(cells: Sequence[str], rows: pd.DataFrame, total: int | None = None) -> None:
    """n, then a share for every outcome; what was not struck has none."""
    if not len(rows):
        assert cells[0] in ("not struck", "no launches", "0")
        assert set(cells[1:]) == {"–"}
        return
    assert cells[0] == f"{len(rows):,}"
    for text, name in zip(cells[1:], CLASSES, strict=True):
        check_share(text, int((rows["ending"] == name).sum()), len(rows) if total is None else total)


@pytest.mark.parametrize("mode", MODES)
def test_ckv(tables: dict[str, list[list[str]]], store: pd.DataFrame, mode: str) -> None:
    own = store[store["mode"] == mode]
    rows = tables[f"ckv_{mode}"][1:]
    assert [row[0] for row in rows] == list(KERNELS)
    for kernel, *cells in rows:
        check_row(cells, own[own["kernel"] == kernel], len(own))


@pytest.mark.parametrize("mode", MODES)
def test_clv(tables: dict[str, list[list[str]]], store: pd.DataFrame, mode: str) -> None:
    own = store[store["mode"] == mode]
    rows = tables[f"clv_{mode}"][1:]
    assert [row[0].split()[0] for row in rows] == [str(k) for k in range(7)]
    for layer, *cells in rows:
        check_row(cells, own[own["layer"] == int(layer.split()[0])])


def test_avf(tables: dict[str, list[list[str]]], finished: Finished) -> None:
    stored = json.loads((finished.campaign.folder / "summary.json").read_text("utf-8"))["avf"]
    header, *rows = tables["avf"]
    assert header[:6] == ["kernel", "registers", "limit", "time", "allocated", "n"]
    assert [row[0] for row in rows] == [*stored["kernels"], "all injected"]
    for row, part in zip(rows, [*stored["kernels"].values(), stored["total"]], strict=True):
        limits, time = ", ".join(part.get("limits", ())), f"{100 * part['seconds']:.2f} %"
        assert row[1:6] == [str(part.get("registers", "")), limits, time, "50.0 %", str(part["n"])]
        for name, text in zip(header[6:], row[6:], strict=True):
            share = part["avf"][name]
            assert text == "12 (5–25) %" + "†" * (part["n"] < 10)
            assert share == {"share": 0.125, "low": 0.05, "high": 0.25}


def test_outcomes_and_kinds(tables: dict[str, list[list[str]]], store: pd.DataFrame) -> None:
    for mode, _, _, *cells in tables["outcomes"][1:]:
        check_row(cells, store[store["mode"] == mode])
    for name, column, ending in (
        ("due", "due_kind", "DUE"),
        ("masked", "masked_reason", "MASKED"),
    ):
        (_, *modes), *rows = tables[name]
        ended = store[store["ending"] == ending]
        assert len(rows) == ended[column].nunique()
        for kind, *cells in rows:
            for mode, count, cell in zip(modes[1::2], cells[::2], cells[1::2], strict=True):
                of_mode = ended[ended["mode"] == mode]
                n, total = int((of_mode[column] == kind).sum()), len(of_mode)
                assert count == f"{n}/{total}"
                check_share(cell, n, total)


@pytest.mark.parametrize("metric", ["ckv", "clv"])
@pytest.mark.parametrize("mode", MODES)
def test_bars_are_as_long_as_they_say(opened: Opened, store: pd.DataFrame, metric: str, mode: str) -> None:
    """The share in words, the filter behind it and the length of the bar belong to the same injections."""
    own = store[store["mode"] == mode]
    marks = opened.marks(f"{metric}_{mode}")
    column = "kernel" if metric == "ckv" else "layer"
    scales = set()
    for mark in marks:
        chosen = mark["filter"]
        rows = own[own[column].astype(str) == str(chosen[column])]
        n = int((rows["ending"] == chosen["outcome"]).sum())
        total = len(own) if metric == "ckv" else len(rows)
        lines = mark["tip"].split("\n")
        check_share(lines[1].partition(": ")[2], n, total)
        assert lines[2] == f"{n:,} injections; {len(rows):,} in all here"
        if n:
            scales.add(round(mark["bars"][0]["width"] / (n / total)))
    struck = own[column].nunique()
    assert len(marks) == struck * (4 if metric == "ckv" else 5)
    assert max(scales) - min(scales) <= 0.05 * max(scales)  # coordinates have one decimal


def test_tiles_verdict_and_facts(opened: Opened, store: pd.DataFrame) -> None:
    verdict = opened.page.text_content(".verdict") or ""
    for mode in MODES:
        own = store[store["mode"] == mode]
        check_share(
            opened.page.inner_text(f"[data-number=critical-{mode}]"), int(own["critical"].sum()), len(own)
        )
        told = re.search(rf"([\d.]+) % of the {mode} faults", verdict)
        assert told
        half = 0.5 * 10.0 ** -len(told[1].partition(".")[2])
        assert float(told[1]) == pytest.approx(100 * own["critical"].mean(), abs=half + 1e-9)
    tiles = opened.page.locator(".tiles li")
    for number, mode in enumerate(MODES):
        own = store[store["mode"] == mode]
        cells = tiles.nth(number).locator("dd").all_inner_texts()
        shown = (CRITICAL[:1], CRITICAL[1:2], CRITICAL[:2], ("DUE",), ("MASKED",))
        for text, endings in zip(cells, shown, strict=True):
            check_share(text, int(own["ending"].isin(endings).sum()), len(own))
    facts = opened.page.inner_text(".facts")
    counts = ", ".join(f"{(store['mode'] == mode).sum()} {mode}" for mode in MODES)
    assert f"359 of 360 planned ({counts}); 1 errors of ours" in facts
    assert "1 min 16 s in all: profiling 1.0 s, injecting 1 min 04 s, 5.6 per second" in facts


def test_table_1(tables: dict[str, list[list[str]]], store: pd.DataFrame, finished: Finished) -> None:
    headings, *rows = tables["table1"]
    assert headings[-3:] == [f"{mode} faults" for mode in MODES]
    plan = finished.campaign.network.plan
    for row in rows:
        program = load_program(row[0], "sm_50")
        assert row[3:5] == [str(program.register_count), str(len(program.instructions))]
        assert row[5] == str(sum(planned.kernel == row[0] for planned in plan))
        own = store[store["kernel"] == row[0]]
        wanted = [str((own["mode"] == mode).sum()) for mode in MODES]
        assert row[6:] == (["not struck"] * 3 if row[0] == "gemm" else wanted)


@pytest.mark.parametrize("mode", MODES)
def test_where_errors_die(opened: Opened, store: pd.DataFrame, mode: str) -> None:
    marks = opened.marks(f"deaths_{mode}")
    own = store[(store["mode"] == mode) & (store["outcome"] == "SDC")]
    total = 0
    for mark in marks:
        chosen = mark["filter"]
        rows = own[own["layer"].astype(str) == chosen["layer"]]
        died = rows["died_layer"] == chosen.get("died")
        n = int((died if "died" in chosen else rows["ending"] == chosen["outcome"]).sum())
        assert mark["text"] == f"{n:,}"
        assert mark["tip"].split("\n")[1].startswith(f"{n:,} of {len(rows):,} silent corruptions: ")
        check_share(mark["tip"].rpartition(": ")[2], n, len(rows))
        total += n
    assert total == len(own)


def check_stacks(rows: Iterable[Sequence[str]], parts: dict[str, pd.DataFrame]) -> None:
    shown = list(rows)
    assert {row[0] for row in shown} == set(parts)
    for name, n, critical, *shares in shown:
        part = parts[name]
        check_share(critical, int(part["critical"].sum()), len(part))
        check_row([n, *shares], part)


@pytest.mark.parametrize("mode", MODES)
def test_opcodes_and_groups(tables: dict[str, list[list[str]]], store: pd.DataFrame, mode: str) -> None:
    own = store[store["mode"] == mode]
    opcodes = dict(iter(own.groupby(own["opcode"].str.split(".").str[0])))
    check_stacks(tables[f"opcodes_{mode}"][1:], {str(k): v for k, v in opcodes.items()})
    groups: dict[str, list[int]] = {}
    for place, (kernel, offset) in enumerate(zip(own["kernel"], own["offset"], strict=True)):
        for instruction in load_program(kernel, "sm_50").instructions:
            if instruction.offset == offset:
                for group in instruction.groups:
                    groups.setdefault(group.name, []).append(place)
    check_stacks(tables[f"groups_{mode}"][1:], {name: own.iloc[places] for name, places in groups.items()})


def test_bits(opened: Opened, tables: dict[str, list[list[str]]], store: pd.DataFrame) -> None:
    single = store[(store["model"] == "single-bit") & store["before"].notna()]
    changed = [int(a, 16) ^ int(b, 16) for a, b in zip(single["before"], single["after"], strict=True)]
    single = single.assign(bit=[value.bit_length() - 1 for value in changed])
    seen = 0
    for name, rows in tables.items():
        if found := re.fullmatch(r"bits_(RF|IOA|IOV)_(\w+)", name):
            own = single[(single["mode"] == found[1]) & (single["target"] == found[2])]
            assert sum(int(row[1]) for row in rows[1:]) == len(own)
            parts = {row[0]: own[own["bit"] == int(row[0])] for row in rows[1:]}
            check_stacks(rows[1:], parts)
            seen += len(own)
    assert seen == (single["target"] != "PREDICATE").sum()
    left_out = store[(store["mode"] == "RF") & (store["model"] == "single-bit") & store["before"].isna()]
    note = opened.page.inner_text("#figure-bits_RF_REGISTER figcaption")
    assert f"without {len(left_out)} proven masked" in note


@pytest.mark.parametrize("kernel", KERNELS)
def test_hot_spots(opened: Opened, store: pd.DataFrame, kernel: str) -> None:
    lines: list[list[Any]] = opened.page.evaluate(
        """(kernel) => [...document.querySelectorAll(`#code-${kernel} .listing:last-child tbody tr`)].map(
             (row) => [JSON.parse(row.dataset.filter).offset,
                       [...row.querySelectorAll("td:not(.text,.part)")].map((x) => x.textContent.trim())])""",
        kernel,
    )
    own = store[store["kernel"] == kernel]
    assert [offset for offset, _ in lines] == [i.offset for i in load_program(kernel, "sm_50").instructions]
    for offset, cells in lines:
        for mode, cell in zip(MODES, cells, strict=True):
            here = own[(own["offset"] == offset) & (own["mode"] == mode)]
            assert cell == (f"{here['critical'].sum()}/{len(here)}" if len(here) else "")
    sources: list[list[str]] = opened.page.evaluate(
        """(kernel) => [...document.querySelectorAll(`#code-${kernel} .listing:first-child tbody tr`)].map(
             (row) => [...row.querySelectorAll("td:not(.text,.part)")].map((x) => x.textContent.trim()))""",
        kernel,
    )
    for column, mode in enumerate(MODES):
        counts = [cells[column].split("/") for cells in sources if cells[column]]
        here = own[own["mode"] == mode]
        assert sum(int(n) for _, n in counts) == len(here)  # every injection is on one line of the source
        assert sum(int(n) for n, _ in counts) == here["critical"].sum()


def test_each_line_says_its_part_of_all_critical_faults(opened: Opened, store: pd.DataFrame) -> None:
    """Of machine code against the store; of each CUDA line against the counts beside it."""
    lines: list[tuple[str, str, list[str], str]] = opened.page.evaluate(
        """() => [...document.querySelectorAll("#code tbody tr")].map((row) => [
             row.closest("details").id.slice(5), row.id,
             [...row.querySelectorAll("button")].map((cell) => cell.textContent),
             row.querySelector(".part").textContent.trim()])"""
    )
    total, seen = int(store["critical"].sum()), 0
    at_offset = store[store["critical"]].groupby(["kernel", "offset"]).size()
    for kernel, address, counts, text in lines:
        n = sum(int(count.partition("/")[0]) for count in counts)
        assert (text == "") == (n == 0)
        if n:
            assert float(text.removesuffix(" %")) == pytest.approx(100 * n / total, abs=0.051)
        key = address.removeprefix(f"{kernel}:")
        if key.startswith("0x"):
            assert n == at_offset.get((kernel, int(key, 16)), 0)
            seen += n
    assert seen == total


def test_every_row_of_the_table(opened: Opened, store: pd.DataFrame) -> None:
    records: list[dict[str, Any]] = opened.page.evaluate("() => sassafras.rows")
    assert len(records) == len(store)
    for record, row in zip(records, store.to_dict("records"), strict=True):
        for name in ("golden", "bit", "groups", "source"):  # not of the store, looked at elsewhere
            record.pop(name)
        for name, value in record.items():
            wanted = row[name]
            missing = wanted is None or (isinstance(wanted, float) and np.isnan(wanted))
            if name == "probabilities" and not missing:
                floats = np.frombuffer(wanted, "<f4")
                shown = [np.float32(np.nan if v is None else v) for _, v in value]
                assert [at for at, _ in value] == list(range(len(floats)))
                np.testing.assert_array_equal(np.array(shown, np.float32), floats)
            elif name == "corrupted" and not missing:
                assert value == json.loads(wanted)
            elif missing:
                assert value is None, (name, record["id"])
            else:
                assert value == wanted, (name, record["id"])
        # Places are in the pairs of ``probabilities``; digests are left to store and exports.
        assert set(record) == set(row) - {"ending", "critical", "output_places", "output_digest"}


def test_hardening_is_what_harden_stored(opened: Opened, tables: Any, finished: Finished) -> None:
    numbers = json.loads((finished.campaign.folder / "harden.json").read_text("utf-8"))
    endings = ("critical", "MASKED", "CORRECTED", "DETECTED", "DUE", *CLASSES[2:])
    for mode, program, n, *shares in tables["before_after"][1:]:
        found = numbers["before" if program == "unhardened" else "fresh"][mode]
        assert n == str(found["injections"])
        for text, name in zip(shares, endings, strict=True):
            check_share(text, found[name]["n"], found[name]["of"])
    columns = numbers["table2"]["columns"]
    for heading, _, *cells in tables["table2"][1:]:
        for cell, column in zip(cells, columns.values(), strict=True):
            if heading in column["kernels"]:
                seconds = column["kernels"][heading]["seconds"]
                assert float(cell.split()[0]) == pytest.approx(seconds * 1e3, abs=5e-5)
            elif heading == "whole model":
                seconds = column["whole_model"]["seconds"]
                assert float(cell.split()[0]) == pytest.approx(seconds * 1e3, abs=5e-5)
    shown = [row[2:] for row in tables["table2"] if row[0] == "overhead"]
    for cells, name in zip(shown, ("overhead", "overhead_without_gemm"), strict=True):
        for cell, column in zip(cells, columns.values(), strict=True):
            value, band = re.fullmatch(r"(\S+) % \((\S+)\)", cell).groups()  # type: ignore[union-attr]
            assert float(value) == pytest.approx(column[name] * 100, abs=5e-3)
            ends = [float(end.replace("\N{MINUS SIGN}", "-")) for end in band.split("\N{EN DASH}")]
            wanted = [column[f"{name}_{end}"] * 100 for end in ("low", "high")]
            assert ends == pytest.approx(wanted, rel=6e-3, abs=6e-3)
    check_measured(tables["table2_measured"], columns)
    for group, mode, *cells in tables["replay"][1:]:
        pair = numbers["replay"][f"{group}_kernels"][mode]
        assert cells[:3] == [str(pair[k]) for k in ("pairs", "critical_before", "critical_after")]
    tips = "\n".join(mark["tip"] for mark in opened.marks("harden_pareto"))
    for plan in numbers["pareto"]:
        assert f"overhead {plan['overhead'] * 100:+.2f} %" in tips
    assert len(opened.marks("harden_pareto")) == len(numbers["pareto"]) + 2


def check_measured(table: list[list[str]], columns: dict[str, Any]) -> None:
    found = {row[0]: row[2:] for row in table if row[0] != "overhead"}
    for number, column in enumerate(columns.values()):
        measured = column["measured"]
        for kernel, cost in measured["kernels"].items():
            assert float(found[kernel][number]) == pytest.approx(cost["seconds"] * 1e3, abs=5e-5)
        assert float(found["whole model"][number]) == pytest.approx(
            measured["whole_model"]["seconds"] * 1e3, abs=5e-5
        )
        rest = sum(cost["seconds"] for kernel, cost in measured["kernels"].items() if kernel != "gemm")
        assert float(found["without gemm"][number]) == pytest.approx(rest * 1e3, abs=5e-5)
    first = next(row for row in table if row[0] == "overhead")
    assert first[2:] == [f"{column['measured']['overhead'] * 100:+.2f} %" for column in columns.values()]


@pytest.mark.parametrize("mode", MODES)
def test_after_hardening(opened: Opened, finished: Finished, mode: str) -> None:
    (path,) = (finished.campaign.folder / "harden").glob("*.fresh.sqlite")
    with closing(sqlite3.connect(path)) as db:
        fresh = pd.read_sql_query("SELECT * FROM injections WHERE mode = ?", db, params=(mode,))
        fresh = fresh.rename(columns=OF_A_NETWORK)
    ending = fresh["severity"].where(fresh["severity"].notna(), fresh["outcome"])
    labels = {name: name.replace("_", "-").title() if name != "DUE" else name for name in CLASSES}
    seen = 0
    for mark in opened.marks(f"harden_ckv_{mode}"):
        first, second, third = mark["tip"].split("\n")
        if not first.endswith(", hardened"):
            continue
        kernel = first.split(", ")[1]
        label, _, text = second.partition(": ")
        outcome = next(name for name, shown in labels.items() if shown == label)
        n = int(((ending == outcome) & (fresh["kernel"] == kernel)).sum())
        check_share(text, n, len(fresh))
        assert third == f"{n} injections; {(fresh['kernel'] == kernel).sum()} in all here"
        seen += 1
    assert seen == 4 * fresh["kernel"].isin(KERNELS).groupby(fresh["kernel"]).any().sum()
