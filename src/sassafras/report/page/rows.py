"""All injections, packed: JSON, deflated, in base64. ``rows.js`` makes an object of each row again, with the
names of the store's columns.

A column is a list; columns whose values occur together (a launch with its kernel and layer, an instruction
with its text) are one list of numbers and a dictionary. 100,000 injections take some 4 MB.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sassafras.analysis.vulnerability import flipped_bit
from sassafras.report.page.instructions import UNKNOWN, Instructions
from sassafras.simulation.outcome import Severity

FEW_CLASSES = 16  #: with more, only the most probable ones of an injection are kept
TOP = 5
ROOM = 4096  #: left free
MOST_ROWS = 400_000  #: more would not fit into any page

TOGETHER = (
    ("mode", "model", "scope"),
    ("frame", "top1_golden", "confidence_golden"),
    ("launch", "kernel", "invocation", "layer"),
    ("kernel", "offset", "opcode", "sass"),
    ("target", "target_index", "buffer"),
    ("outcome", "severity", "due_kind", "masked_reason"),
    ("top5_changed", "output_nan", "died_layer"),
    ("race",),
)
"""Columns of the store that become one list of numbers each."""
ALONE = ("block", "thread", "instruction", "top1", "differing_bytes", "before", "after", "largest_change")
CODE = ("groups", "source")  #: what is known of an instruction, behind its columns

Real = float | str | None  #: NaN is None
_ENDLESS = {np.inf: "Infinity", -np.inf: "-Infinity"}


def pack(injections: pd.DataFrame, known: Instructions, limit: int) -> str:
    """As many of the injections as fit into ``limit`` bytes, the first by number: faults are independent
    draws, so these are a sample like any other.
    """
    kept = min(len(injections), MOST_ROWS)
    while True:
        data = _packed(content(injections.head(kept), known))
        if len(data) + ROOM <= limit or kept == 0:
            return data
        kept = int(kept * max(0.0, min(0.95, (limit - ROOM) / len(data) * 0.98)))


def _packed(found: Mapping[str, Any]) -> str:
    text = json.dumps(found, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode("ascii"), 6)).decode("ascii")


def content(rows: pd.DataFrame, known: Instructions) -> dict[str, Any]:
    """What ``rows.js`` reads. ``id``: less the one before; ``probabilities``:
    pairs of class and value, or true for the frame's golden ones, which are under ``golden``, by class.
    """
    golden = golden_probabilities(rows)
    bits = flipped_bit(rows)
    columns = {
        "id": np.diff(rows["id"].to_numpy(np.int64), prepend=0).tolist(),
        **{name: _listed(rows[name]) for name in ALONE},
        "bit": _listed(bits.where(bits >= 0)),
        "confidence": _floats(rows["confidence"].to_numpy(np.float32, na_value=np.nan)),
        "corrupted": [json.loads(text) if isinstance(text, str) else None for text in rows["corrupted"]],
        "probabilities": list(_probabilities(rows, golden)),
    }
    likely: dict[str, Any] = {
        str(frame): dict(enumerate(_floats(values))) for frame, values in golden.items()
    }
    return {
        "columns": columns,
        "together": [_together(rows, names, known) for names in TOGETHER],
        "golden": golden_parts(rows) | likely,
    }


def _listed(column: pd.Series) -> list[Any]:
    """Values as JSON has them: missing ones None, whole numbers as such (a column with gaps holds floats)."""
    plain = column.astype(object)
    return [_whole(value) for value in plain.where(column.notna(), None).tolist()]


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _together(rows: pd.DataFrame, names: Sequence[str], known: Instructions) -> dict[str, Any]:
    """Number of each row's values, and the values."""
    codes = np.asarray(rows.groupby(list(names), sort=True, dropna=False).ngroup(), dtype=np.int64)
    _, first = np.unique(codes, return_index=True)
    entries = [list(entry) for entry in zip(*(_listed(rows[n].iloc[first]) for n in names), strict=True)]
    if "offset" in names:
        places = [known.get((kernel, offset), UNKNOWN) for kernel, offset, *_ in entries]
        entries = [[*entry, at.groups, at.source] for entry, at in zip(entries, places, strict=True)]
        names = (*names, *CODE)
    return {"names": names, "entries": entries, "codes": codes.tolist()}


def golden_probabilities(rows: pd.DataFrame) -> dict[int, NDArray[np.float32]]:
    """The golden probabilities of frames, from injections after which they were bitwise golden; frames
    without such an injection whose row holds them all are missing.
    """
    same = rows[_is_golden(rows) & rows["probability_places"].isna()]
    first = same.drop_duplicates("frame")
    pairs = zip(first["frame"], first["probabilities"], strict=True)
    return {int(frame): np.frombuffer(blob, "<f4") for frame, blob in pairs}


def golden_parts(rows: pd.DataFrame) -> dict[str, dict[str, Real]]:
    """By frame, what is known of its golden probabilities, by class, from injections whose rows hold a part
    of them.
    """
    found: dict[str, dict[str, Real]] = {}
    same = rows[_is_golden(rows) & rows["probability_places"].notna()]
    columns = (same[name] for name in ("frame", "probabilities", "probability_places"))
    for frame, blob, where in zip(*columns, strict=True):
        places, values = np.frombuffer(where, "<i4").tolist(), _floats(np.frombuffer(blob, "<f4"))
        found.setdefault(str(frame), {}).update(zip(map(str, places), values, strict=True))
    return found


def _is_golden(rows: pd.DataFrame) -> pd.Series:
    return (rows["severity"] == Severity.NO_MALFUNCTION.value) & rows["probabilities"].notna()


def _probabilities(rows: pd.DataFrame, golden: Mapping[int, NDArray[np.float32]]) -> Iterator[Any]:
    known = {frame: array.tobytes() for frame, array in golden.items()}
    columns = (rows[name] for name in ("frame", "probabilities", "probability_places"))
    for frame, blob, where in zip(*columns, strict=True):
        if not isinstance(blob, bytes):
            yield None
        elif blob == known.get(frame) and not isinstance(where, bytes):
            yield True
        else:
            yield _pairs(np.frombuffer(blob, "<f4"), where)


def _pairs(values: NDArray[np.float32], where: object) -> list[tuple[int, Real]]:
    """Class and probability, of many classes the most probable. ``where``: the classes, where not all."""
    classes = np.frombuffer(where, "<i4") if isinstance(where, bytes) else np.arange(values.size)
    is_short = values.size <= FEW_CLASSES and not isinstance(where, bytes)
    order = slice(None) if is_short else np.argsort(-values, kind="stable")[:TOP]
    return list(zip(classes[order].tolist(), _floats(values[order]), strict=True))


def _floats(values: NDArray[np.float32]) -> list[Real]:
    """The shortest decimals that are these binary32 numbers, as JSON has them."""
    return [float(str(one)) if np.isfinite(one) else _ENDLESS.get(float(one)) for one in values]
