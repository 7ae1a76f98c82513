"""The store of imported results: a SQLite file of its own, so that nobody takes them for a campaign."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path

import pandas as pd

from sassafras.errors import CampaignError, UsageError, typed
from sassafras.interchange.formats import Tool
from sassafras.interchange.record import COLUMNS, ImportedInjection

IMPORTED = "imported.sqlite"  #: in the folder of an import
SCHEMA_VERSION = 1

_SCHEMA = """
-- Results of another injector, imported. Version 1. Columns up to masked_reason as in the store of a
-- campaign; NULL: the format does not say.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,  -- schema, tool, files
    value TEXT NOT NULL      -- JSON
);
CREATE TABLE injections (
    id                 INTEGER PRIMARY KEY,  -- number of the line among all that were imported, from 0
    mode               TEXT NOT NULL,     -- RF, IOA or IOV
    model              TEXT NOT NULL,     -- single-bit, double-bit, random-value or zero-value
    scope              TEXT NOT NULL,     -- thread or warp
    launch             INTEGER,           -- NVBitFI: launches of any kernel before it
    kernel             TEXT NOT NULL,     -- kernel, as the tool names it
    invocation         INTEGER,           -- SASSIFI: launches of the same kernel before it
    layer              INTEGER,           -- always NULL
    thread             INTEGER,           -- linear thread of the launch
    offset             INTEGER,           -- NVBitFI: byte offset of the instruction in the kernel
    opcode             TEXT,              -- opcode
    target_index       INTEGER,           -- struck register, where one is named
    before             TEXT,              -- struck word before, hex
    after              TEXT,              -- struck word after, hex
    outcome            TEXT,              -- MASKED, DUE, SDC; NULL: not injected or not classified
    severity           TEXT,              -- always NULL
    due_kind           TEXT,              -- HANG for timeouts
    masked_reason      TEXT,              -- never-read or overwritten, where the tool says so
    tool               TEXT NOT NULL,     -- sassifi or nvbitfi
    file               TEXT NOT NULL,     -- name of the result file
    line               INTEGER NOT NULL,  -- its line, from 1
    instruction_group  TEXT,              -- the tool's group; NULL: register file
    instruction_number INTEGER NOT NULL,  -- the tool's number of the thread-instruction
    operand_seed       REAL NOT NULL,     -- the tool's choice of an operand (RF: of a register)
    bit_seed           REAL NOT NULL,     -- the tool's choice of a bit
    pc                 TEXT,              -- program counter, as recorded
    category           INTEGER NOT NULL,  -- the tool's outcome category
    category_text      TEXT NOT NULL,     -- and its name
    potential_due      INTEGER NOT NULL,  -- 1: a symptom that only a monitor would have noticed
    seconds            REAL NOT NULL,     -- time of the run
    dmesg              TEXT               -- what the system's log said
);
"""


@dataclass(frozen=True, eq=False)
class Imported:
    """An import: whose, from which files, and its rows (columns: ``record.ImportedInjection``)."""

    tool: Tool
    files: tuple[str, ...]
    injections: pd.DataFrame

    @property
    def classified(self) -> pd.DataFrame:
        """Rows with an outcome."""
        return self.injections[self.injections["outcome"].notna()]

    @property
    def repeated(self) -> int:
        """Rows whose site was there before in the same file: both tools append when they are run again."""
        site = ["file", "kernel", "launch", "invocation", "instruction_number", "operand_seed", "bit_seed"]
        return int(self.injections.duplicated(site).sum())


def write_imported(
    folder: Path, tool: Tool, files: Sequence[Path], rows: Sequence[ImportedInjection]
) -> Imported:
    """Store an import in a folder, whole or not at all. Raises UsageError where the folder holds something
    already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there and not an empty folder; choose another --out")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / IMPORTED
    partial = path.with_suffix(".partial")
    facts = {"schema": SCHEMA_VERSION, "tool": tool.value, "files": [file.name for file in files]}
    try:
        with closing(sqlite3.connect(partial)) as db, db:
            db.executescript(f"BEGIN; {_SCHEMA}")
            db.executemany("INSERT INTO meta VALUES (?, ?)", [(k, json.dumps(v)) for k, v in facts.items()])
            marks = ", ".join("?" * len(COLUMNS))
            insert = f"INSERT INTO injections VALUES ({marks})"  # noqa: S608  (question marks alone)
            db.executemany(insert, [astuple(row) for row in rows])
    except sqlite3.OperationalError as error:
        raise CampaignError(f"{partial} cannot be written ({error}); choose another --out") from error
    partial.replace(path)
    return read_imported(folder)


def is_import(folder: Path) -> bool:
    """Whether a folder holds an import."""
    return (folder / IMPORTED).is_file()


def read_imported(folder: Path) -> Imported:
    """The import in a folder. Raises CampaignError where there is none that can be read."""
    path = folder / IMPORTED
    if not path.is_file():
        raise CampaignError(
            f"{folder} holds no import; make one with: {typed('import', 'FILE', '--out', folder)}"
        )
    try:
        with closing(sqlite3.connect(path)) as db:
            facts = {key: json.loads(value) for key, value in db.execute("SELECT key, value FROM meta")}
            if facts.get("schema") != SCHEMA_VERSION:
                raise CampaignError(
                    f"{path} has schema {facts.get('schema')}, this version of Sassafras reads "
                    f"{SCHEMA_VERSION}; import the files again"
                )
            rows = pd.read_sql_query("SELECT * FROM injections ORDER BY id", db)
    except (sqlite3.DatabaseError, pd.errors.DatabaseError) as error:
        raise CampaignError(
            f"{path} cannot be read as an import ({error}); import the files again"
        ) from error
    return Imported(Tool(facts["tool"]), tuple(facts["files"]), rows)
