"""Stores with made-up rows: what a store does with them does not depend on what they mean."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from sassafras.campaign.design.settings import Settings
from sassafras.campaign.design.shard import Shard
from sassafras.campaign.store.results import Store
from sassafras.campaign.store.store_errors import STORE_NAME
from sassafras.faults.model import THREAD_MODES
from sassafras.simulation.record import Injection, injection_of

FINGERPRINT = {"version": "0.1.0", "meaning": "m", "network": "n", "frames": "f", "seed": 1}
NOBODY = 65534  #: the user without rights
FRAMES = [(0, "zero", None, 3, 0.5), (1, "one", 2, 2, 0.25)]


def row(number: int, **changes: Any) -> Injection:
    """The row of a fault, with something in every column that a masked one may leave empty."""
    made = {
        "id": number,
        "mode": list(THREAD_MODES)[number % 3].value,
        "model": "single-bit",
        "scope": "thread",
        "frame": number % 2,
        "launch": 4,
        "kernel": "fill_gpu",
        "invocation": 1,
        "layer": 2,
        "block": 7,
        "thread": number % 32,
        "instruction": number,
        "offset": 8,
        "opcode": "STG",
        "sass": "STG.E [R2], R0",
        "target": "REGISTER",
        "target_index": 2,
        "before": "0x00000001",
        "after": "0x00000003",
        "outcome": "SDC",
        "severity": "LIGHT_MALFUNCTION",
        "due_kind": None,
        "masked_reason": None,
        "top1_golden": 3,
        "top1": 3,
        "confidence_golden": 0.5,
        "confidence": 0.1 + number / 1e6,
        "top5_changed": 0,
        "output_nan": 0,
        "largest_change": 0.25 - number / 1e6,
        "died_layer": None,
        "differing_bytes": 4,
        "corrupted": '{"2": 1, "3": 17}',
        "probabilities": np.array([0.1, 1 / 3, np.nan, np.inf, -np.inf, 0, 1e-40], "<f4").tobytes(),
    }
    return injection_of(made | changes)


def settings(injections: int = 100, shard: Shard | None = None, **changes: Any) -> Settings:
    """Settings of a campaign with made-up rows."""
    return Settings(injections=injections, shard=shard, **changes)


def new_store(folder: Path, asked: Settings, fingerprint: dict[str, Any] | None = None) -> Store:
    """A campaign's store without rows."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = {
        "settings": asked.model_dump(mode="json"),
        "seconds": {"profile": 1.0, "inject": 2.0, "total": 4.0},
    }
    store = Store(folder / STORE_NAME, fingerprint or FINGERPRINT, facts)
    store.put_frames(FRAMES)
    return store


def filled(folder: Path, ids: range | list[int], asked: Settings | None = None, **changes: Any) -> Path:
    """A folder with the rows of these faults; ``changes``: of every row."""
    store = new_store(folder, asked or settings())
    store.add([row(number, **changes) for number in ids])
    store.close()
    return folder


def content(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the tables of rows, as any reader of SQLite finds it."""
    with closing(sqlite3.connect(folder / STORE_NAME)) as db:
        tables = ("inputs", "injections", "errors")
        return {t: list(db.execute(f"SELECT * FROM {t} ORDER BY 1")) for t in tables}  # noqa: S608


def make_older(folder: Path, schema: int) -> None:
    """Let a store say that it is of schema 1 or 2, with the names that columns had then."""
    names = {"input": "frame", "part": "layer", "died_part": "died_layer", "output": "probabilities"}
    with closing(sqlite3.connect(folder / STORE_NAME)) as db, db:
        for now, then in names.items():
            db.execute(f"ALTER TABLE injections RENAME COLUMN {now} TO {then}")
        db.execute("ALTER TABLE inputs RENAME TO frames")
        db.execute("ALTER TABLE frames RENAME COLUMN input TO frame")
        db.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (json.dumps(schema),))


def damage(folder: Path, mark: bytes) -> int:
    """Overwrite with zeros the last page that holds a text; how often it held it."""
    path = folder / STORE_NAME
    with closing(sqlite3.connect(path)) as db:
        size = int(db.execute("PRAGMA page_size").fetchone()[0])
    data = bytearray(path.read_bytes())
    page = data.rindex(mark) // size * size
    held = bytes(data[page : page + size]).count(mark)
    data[page : page + size] = bytes(size)
    path.write_bytes(data)
    return held


@contextmanager
def without_rights(folder: Path) -> Iterator[None]:
    """A folder and its files that may only be read. An administrator may write anyway: acts as nobody."""
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [*folder.rglob("*"), folder]}
    for path in modes:
        path.chmod(0o555 if path.is_dir() else 0o444)
    administrator = os.geteuid() == 0
    if administrator:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if administrator:
            os.seteuid(0)
        for path, mode in reversed(modes.items()):
            path.chmod(mode)
