"""All injections, packed: columns of whole numbers, deflated, in base64. ``rows.js`` reads them back.

Values that occur together (a launch with its kernel and layer, an instruction with its text) are kept once
in a dictionary and named by number. A column is written byte plane by byte plane, lowest first, which
deflates well. 100,000 injections take some 2.5 MB.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sassafras.report.page.instructions import UNKNOWN, Instructions
from sassafras.simulation.outcome import Severity

FEW_CLASSES = 16  #: with more, only the most probable ones of an injection are kept
TOP = 5
DIGITS = 16  #: of the widest words, in hex
ROOM = 4096  #: left free
MOST_ROWS = 400_000  #: more would not fit into any page

TUPLES: Mapping[str, tuple[str, ...]] = {
    "kind": ("mode", "model", "scope"),
    "golden": ("frame", "top1_golden", "confidence_golden"),
    "site": ("launch", "kernel", "invocation", "layer"),
    "code": ("kernel", "offset", "opcode", "sass"),
    "target": ("target", "target_index", "buffer"),
    "end": ("outcome", "severity", "due_kind", "masked_reason"),
    "sdc": ("top5_changed", "output_nan", "died_layer"),
    "raced": ("race",),
}
"""Columns of the store that become one column of numbers each, by its name."""

PLAIN = ("block", "thread", "instruction")
OPTIONAL = ("top1", "differing_bytes")  #: 0: none; else the value + 1


@dataclass(frozen=True)
class PackedRows:
    """``data``: base64. ``spec``: what ``rows.js`` needs to read it. ``kept`` of ``total`` rows are in it,
    the first by number: faults are independent draws, so these are a sample like any other.
    """

    data: str
    spec: Mapping[str, Any]
    kept: int
    total: int


class _Stream:
    """Columns one behind the other, with their names, widths in bytes and lengths."""

    def __init__(self) -> None:
        self.columns: list[tuple[str, int, int]] = []
        self._parts: list[bytes] = []

    def add(self, name: str, values: ArrayLike) -> None:
        """Append a column of whole numbers from 0 to 2^32 - 1."""
        array = np.asarray(values, dtype=np.uint32)
        largest = int(array.max()) if array.size else 0
        width = 1 if largest < 1 << 8 else 2 if largest < 1 << 16 else 4
        planes = array.astype(f"<u{width}").view(np.uint8).reshape(-1, width).T
        self.columns.append((name, width, len(array)))
        self._parts.append(np.ascontiguousarray(planes).tobytes())

    def packed(self) -> str:
        """Everything, deflated, in base64."""
        return base64.b64encode(zlib.compress(b"".join(self._parts), 6)).decode("ascii")


def pack(injections: pd.DataFrame, known: Instructions, limit: int) -> PackedRows:
    """As many of the injections as fit into ``limit`` bytes, with their dictionaries."""
    total = len(injections)
    kept = min(total, MOST_ROWS)
    while True:
        data, spec = _pack(injections.head(kept), known)
        nbytes = len(data) + len(json.dumps(spec))
        if nbytes + ROOM <= limit or kept == 0:
            return PackedRows(data, spec | {"kept": kept, "total": total}, kept, total)
        kept = int(kept * max(0.0, min(0.95, (limit - ROOM) / nbytes * 0.98)))


def _pack(rows: pd.DataFrame, known: Instructions) -> tuple[str, dict[str, Any]]:
    stream = _Stream()
    stream.add("id", np.diff(rows["id"].to_numpy(np.int64), prepend=0))
    dictionaries = {}
    for name, columns in TUPLES.items():
        codes, dictionaries[name] = _tuples(rows, columns)
        stream.add(name, codes)
    dictionaries["code"] = [
        [*entry, instruction.groups, instruction.source]
        for entry in dictionaries["code"]
        for instruction in (known.get((entry[0], entry[1]), UNKNOWN),)
    ]
    for name in PLAIN:
        stream.add(name, np.maximum(rows[name].to_numpy(np.int64), 0))  # -1: no thread
    for name in OPTIONAL:
        stream.add(name, rows[name].astype("Float64").fillna(-1).to_numpy(np.float64) + 1)
    _add_words(stream, rows)
    confidence = rows["confidence"].to_numpy(np.float32, na_value=np.nan)
    stream.add("confidence", confidence.view(np.uint32))
    change = rows["largest_change"].astype("Float64").to_numpy(np.float64, na_value=np.nan).view(np.uint64)
    stream.add("change_low", change & np.uint64(0xFFFFFFFF))
    stream.add("change_high", change >> np.uint64(32))
    _add_corrupted(stream, rows["corrupted"].tolist())
    golden = golden_probabilities(rows)
    _add_probabilities(stream, rows, golden)
    likely: dict[str, Any] = {str(frame): _floats(values) for frame, values in golden.items()}
    likely |= {frame: known for frame, known in golden_parts(rows).items() if frame not in likely}
    return stream.packed(), {
        "columns": stream.columns,
        "dictionaries": dictionaries,
        "probabilities": likely,
        "few_classes": FEW_CLASSES,
        "top": TOP,
    }


def _tuples(rows: pd.DataFrame, columns: Sequence[str]) -> tuple[NDArray[np.int64], list[list[Any]]]:
    """Number of each row's tuple, and the tuples; missing values as None."""
    names = list(columns)
    codes = np.asarray(rows.groupby(names, sort=True, dropna=False).ngroup(), dtype=np.int64)
    _, first = np.unique(codes, return_index=True)
    plain = rows[names].iloc[first].astype(object)
    entries = plain.where(plain.notna(), None).to_numpy().tolist()
    return codes, [[_whole(value) for value in entry] for entry in entries]


def _whole(value: Any) -> Any:
    """Whole numbers as such: a column with gaps holds floats."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _add_words(stream: _Stream, rows: pd.DataFrame) -> None:
    """The struck word before, what changed in it (before XOR after), and how many hex digits they have. Of
    more than 64 bits, the first 64 that changed.
    """
    pairs = [_narrow(*pair) for pair in zip(rows["before"].tolist(), rows["after"].tolist(), strict=True)]
    before, after = [one for one, _ in pairs], [other for _, other in pairs]
    for name, texts in (("before_digits", before), ("after_digits", after)):
        stream.add(name, [len(text) - 2 if isinstance(text, str) else 0 for text in texts])
    old = np.array([int(text, 16) if isinstance(text, str) else 0 for text in before], np.uint64)
    new = np.array([int(text, 16) if isinstance(text, str) else 0 for text in after], np.uint64)
    for name, word in (("before", old), ("flip", old ^ new)):
        stream.add(f"{name}_low", word & np.uint64(0xFFFFFFFF))
        stream.add(f"{name}_high", word >> np.uint64(32))


def _narrow(before: object, after: object) -> tuple[str | None, str | None]:
    if not isinstance(before, str) or not isinstance(after, str):
        return None, None
    if len(before) - 2 <= DIGITS:
        return before, after
    one, other = int(before, 16), int(after, 16)
    changed = one ^ other
    first = ((changed & -changed).bit_length() - 1) // 64 * 64 if changed else 0
    texts = (f"{word >> first & (1 << 64) - 1:#0{DIGITS + 2}x}" for word in (one, other))
    return next(texts), next(texts)


def _add_corrupted(stream: _Stream, texts: Sequence[str | None]) -> None:
    """Pairs of layer and differing values, as many as ``corrupted_count`` says (plus 1; 0: none stored)."""
    found = [json.loads(text) if isinstance(text, str) else None for text in texts]
    stream.add("corrupted_count", [0 if pairs is None else len(pairs) + 1 for pairs in found])
    pairs = [(int(layer), n) for layers in found if layers for layer, n in layers.items()]
    stream.add("corrupted_layer", [layer for layer, _ in pairs])
    stream.add("corrupted_values", [n for _, n in pairs])


def golden_probabilities(rows: pd.DataFrame) -> dict[int, NDArray[np.float32]]:
    """The golden probabilities of frames, from injections after which they were bitwise golden; frames
    without such an injection whose row holds them all are missing.
    """
    same = rows[_is_golden(rows) & rows["probability_places"].isna()]
    first = same.drop_duplicates("frame")
    pairs = zip(first["frame"], first["probabilities"], strict=True)
    return {int(frame): np.frombuffer(blob, "<f4") for frame, blob in pairs}


def golden_parts(rows: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    """By frame, what is known of its golden probabilities, by class, from injections whose rows hold a part
    of them.
    """
    found: dict[str, dict[str, float | None]] = {}
    same = rows[_is_golden(rows) & rows["probability_places"].notna()]
    columns = (same[name] for name in ("frame", "probabilities", "probability_places"))
    for frame, blob, where in zip(*columns, strict=True):
        places, values = np.frombuffer(where, "<i4").tolist(), _floats(np.frombuffer(blob, "<f4"))
        found.setdefault(str(frame), {}).update(zip(map(str, places), values, strict=True))
    return found


def _is_golden(rows: pd.DataFrame) -> pd.Series:
    return (rows["severity"] == Severity.NO_MALFUNCTION.value) & rows["probabilities"].notna()


def _add_probabilities(
    stream: _Stream, rows: pd.DataFrame, golden: Mapping[int, NDArray[np.float32]]
) -> None:
    """``probability_kind``: 0 none, 1 the frame's golden ones, 2 those that follow in the other columns."""
    kinds, classes, values = [], [], []
    known = {frame: array.tobytes() for frame, array in golden.items()}
    columns = (rows[name] for name in ("frame", "probabilities", "probability_places"))
    for frame, blob, where in zip(*columns, strict=True):
        if not isinstance(blob, bytes):
            kinds.append(0)
        elif blob == known.get(frame) and not isinstance(where, bytes):
            kinds.append(1)
        else:
            kinds.append(2)
            array = np.frombuffer(blob, "<f4")
            few = array.size <= FEW_CLASSES and not isinstance(where, bytes)
            order = np.arange(array.size) if few else np.argsort(-array, kind="stable")[:TOP]
            classes.append(np.frombuffer(where, "<i4")[order] if isinstance(where, bytes) else order)
            values.append(array[order])
    stream.add("probability_kind", kinds)
    stream.add("probability_count", [len(order) for order in classes])
    stream.add("probability_class", np.concatenate(classes) if classes else [])
    bits = np.concatenate(values).astype("<f4").view(np.uint32) if values else np.array([], np.uint32)
    stream.add("probability_value", bits)


def _floats(values: NDArray[np.float32]) -> list[float | None]:
    """As JSON has them: NaN and infinities are none."""
    return [float(value) if np.isfinite(value) else None for value in values]
