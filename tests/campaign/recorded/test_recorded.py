"""Rows of recorded campaigns: a change that should not change a row has not changed one.

``digests.json`` holds, per store, the number of rows and the SHA-256 of their text, as written before the
rooms of the core were moved (commit 953159d). A change that means to change rows writes it anew: a failing
test prints what it found.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DIGESTS: dict[str, list[int | str]] = json.loads((HERE / "digests.json").read_text())
# fmt: off
COLUMNS = (
    "id", "mode", "model", "scope", "input", "launch", "kernel", "invocation", "part", "block",
    "thread", "instruction", "offset", "opcode", "sass", "target", "target_index", "before", "after",
    "outcome", "severity", "due_kind", "masked_reason", "top1_golden", "top1", "confidence_golden",
    "confidence", "top5_changed", "output_nan", "largest_change", "died_part", "differing_bytes",
    "corrupted", "output",
)
# fmt: on
CAMPAIGNS = {
    "paper": "--injections 400",
    "paper-hardware": "--injections 300 --ioa-register hardware --seed 5",
    "all": "--preset all --injections 150",
    "all-groups": "--preset all --modes IOA,IOV --groups GPR,STORE,FFMA,SETP --injections 100 --seed 9",
    "warp": "--scope warp --injections 150 --seed 3",
    "models": "--models zero-value,double-bit --models RF=single-bit --injections 200 --seed 4",
    "strata-kernel": "--preset all --stratify kernel --per-stratum 25 --seed 8",
    "strata-layer": "--stratify layer --per-stratum 20 --frames 3 --frame-classes balanced",
    "shard": "--shard 2/3 --injections 600 --seed 11",
    "until": "--until 4% --injections 900 --modes IOV,RF --kernels im2col_gpu,forward_maxpool,softmax",
    "hardened": "--preset all --injections 60 --seed 77",
    "full": "--engine full --injections 6 --frames 2 --kernels add_bias,softmax --modes IOV",
}
PROTECTED = "gemm=checksum,forward_maxpool=first-valid,add_bias=tmr,im2col_gpu=dmr,network=guard"
HARDEN = {"hardened": f"--protect {PROTECTED} --injections 60"}


def sassafras(*words: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3] / "src")}
    line = [sys.executable, "-m", "sassafras", *words]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{line}: {done.returncode}\n{done.stderr}"


def rows(store: Path) -> list[str]:
    """The rows of a store as text, ordered by id, and how many errors it holds."""
    with sqlite3.connect(store) as database:
        chosen = ", ".join(f'"{column}"' for column in COLUMNS)
        found = [repr(row) for row in database.execute(f"SELECT {chosen} FROM injections ORDER BY id")]  # noqa: S608
        ((errors,),) = database.execute("SELECT count(*) FROM errors")
    return [*found, f"errors {errors}"]


@pytest.mark.slow
@pytest.mark.parametrize("name", CAMPAIGNS)
def test_the_rows_are_those_recorded(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    sassafras("run", "--out", str(folder), "--workers", "2", *CAMPAIGNS[name].split())
    if name in HARDEN:
        sassafras("harden", str(folder), *HARDEN[name].split())
    found = {}
    for store in sorted(folder.rglob("*.sqlite")):
        lines = rows(store)
        digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        found[f"{name}.{store.stem}"] = [len(lines) - 1, digest]
    assert found == {key: value for key, value in DIGESTS.items() if key.split(".")[0] == name}


def test_every_campaign_has_its_digest() -> None:
    assert {key.split(".")[0] for key in DIGESTS} == set(CAMPAIGNS)
