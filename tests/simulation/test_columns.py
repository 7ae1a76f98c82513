"""Columns are declared once, by the fields of the row."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest

from sassafras.campaign.store.schema import SCHEMA, TABLES
from sassafras.emulator.traps import TrapKind
from sassafras.faults.model import Mode
from sassafras.simulation.columns import Column, ColumnType, Says, columns_of_row
from sassafras.simulation.record import INJECTION, SHOWN, injection_of, shown_of

ROOT = Path(__file__).parents[2]

MASKED = {
    "id": 1, "mode": "IOA", "model": "single-bit", "scope": "thread", "frame": 0, "launch": 2,
    "kernel": "gemm", "invocation": 0, "layer": 3, "block": 0, "thread": 0, "instruction": 9, "offset": 8,
    "opcode": "MOV", "sass": "MOV R1, R2", "target": "REGISTER_INDEX", "target_index": 1, "before": "0x01",
    "after": "0x03", "outcome": "DUE", "due_kind": "HANG", "top1_golden": 3, "confidence_golden": 0.5,
}  # fmt: skip


def test_what_a_field_says() -> None:
    @dataclass(frozen=True)
    class Row:
        id: Annotated[int, Says("number", key=True)]
        mode: Annotated[Mode, Says("what")]
        why: Annotated[TrapKind | None, Says("the trap", shown="reason")]
        share: Annotated[float | None, Says("how much")]
        values: Annotated[bytes | None, Says("numbers", vector="<f4")]

    named, mode, why, share, values = columns_of_row(Row)
    assert named == Column("id", ColumnType.INTEGER, False, "number", "id", key=True)
    assert mode == Column("mode", ColumnType.TEXT, False, "what: RF, IOA, IOV, MEM", "mode", Mode)
    assert (why.type, why.optional, why.shown, why.words) == (ColumnType.TEXT, True, "reason", TrapKind)
    assert why.comment.startswith("the trap: MISALIGNED_ADDRESS, ILLEGAL_ADDRESS, ")
    assert (share.type, share.optional) == (ColumnType.REAL, True)
    assert (values.type, values.vector) == (ColumnType.BLOB, "<f4")
    assert [c.sql for c in (named, mode, why)] == [
        "id INTEGER PRIMARY KEY",
        "mode TEXT NOT NULL",
        "why TEXT",
    ]


@pytest.mark.parametrize("hint", [int, Annotated[list[int], Says("many")], Annotated[int | str, Says("two")]])
def test_a_field_that_declares_no_column(hint: object) -> None:
    row: type = dataclass(type("Row", (), {"__annotations__": {"odd": hint}}))
    with pytest.raises(TypeError, match=r"odd: .* declares no column"):
        columns_of_row(row)


def test_the_table_is_the_declaration() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(SCHEMA)
        for name, columns in TABLES.items():
            rows = db.execute(f"PRAGMA table_info({name})")
            found = [(row[1], row[2], bool(row[3] or row[5])) for row in rows]
            assert found == [(c.name, c.type.value, not c.optional) for c in columns]


def test_words_become_members_and_words_again() -> None:
    row = injection_of(MASKED)
    assert (row.mode, row.due_kind, row.severity) == (Mode.IOA, TrapKind.HANG, None)
    assert (row.input, row.part) == (0, 3)
    assert shown_of(row) == dict.fromkeys(SHOWN) | MASKED
    assert injection_of(shown_of(row)) == row
    nan = injection_of(MASKED | {"confidence": float("nan"), "top1": 2.0})
    assert (nan.confidence, nan.top1, type(nan.top1)) == (None, 2, int)
    with pytest.raises(ValueError, match="'DEAD' is none of MASKED, DUE, SDC, DETECTED, CORRECTED"):
        injection_of(MASKED | {"outcome": "DEAD"})
    with pytest.raises(KeyError, match="kernel"):
        injection_of({name: value for name, value in MASKED.items() if name != "kernel"})


def test_names_of_columns_are_used_once() -> None:
    for columns in TABLES.values():
        assert len({c.name for c in columns}) == len({c.shown for c in columns}) == len(columns)
    renamed = {c.name: c.shown for c in INJECTION if c.shown != c.name}
    assert renamed.items() >= {
        "input": "frame", "part": "layer", "died_part": "died_layer", "output": "probabilities"
    }.items()  # fmt: skip


ADDED = """    luck: Annotated[int | None, Says("how lucky it was", shown="fortune")] = None
"""
USES_IT = """
import json, sys
from importlib.util import find_spec, module_from_spec
from pathlib import Path

name, folder = "sassafras.simulation.record", Path(sys.argv[1])
spec = find_spec(name)
text = Path(spec.origin).read_text("utf-8")
mark = "\\n\\nINJECTION = "
assert text.count(mark) == 1
module = module_from_spec(spec)
sys.modules[name] = module
exec(compile(text.replace(mark, "\\n" + sys.argv[2] + mark), spec.origin, "exec"), vars(module))

from dataclasses import replace
from sassafras.campaign.store.stored import open_stored
from sassafras.report.export import Format, Table, export
from tests.campaign.stores import new_store, row, settings
sys.path.insert(0, "docs/hooks")
import code_tables

store = new_store(folder, settings())
store.add([replace(row(0), luck=7), row(3)])
frame = store.injections()
with open_stored(folder) as stored:
    for kind in Format:
        export(stored, Table.INJECTIONS, kind, folder / f"rows.{kind.value}")
import pyarrow.parquet as pq
field = pq.read_schema(folder / "rows.parquet").field("fortune")
print(json.dumps({
    "frame": frame["fortune"].tolist()[0],
    "parquet": [str(field.type), field.nullable, field.metadata[b"comment"].decode()],
    "csv": (folder / "rows.csv").read_text().splitlines()[0].split(",")[-1],
    "json": [r["fortune"] for r in json.loads((folder / "rows.json").read_text())["injections"]],
    "docs": "| `luck` | `fortune` | INTEGER |  | how lucky it was |" in code_tables.store_page(),
}))
"""


def test_adding_a_column_touches_one_place(tmp_path: Path) -> None:
    """One line more in the row's declaration, and every table, format and page has the column."""
    done = subprocess.run(
        [sys.executable, "-c", USES_IT, str(tmp_path / "run"), ADDED],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "frame": 7.0,
        "parquet": ["int64", True, "how lucky it was"],
        "csv": "fortune",
        "json": [7, None],
        "docs": True,
    }
