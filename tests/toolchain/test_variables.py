"""Variables and stack of a kernel as its cubin says, and as they travel in JSON."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.module import Module
from sassafras.toolchain.cubin import read_metadata

CUDA = Path(__file__).parent.parent / "cuda"


def metadata(path: str, kernel: str) -> KernelMetadata:
    return read_metadata((CUDA / f"{path}.cubin").read_bytes(), kernel)


def module(path: str, kernel: str) -> Module:
    found = metadata(path, kernel).module
    assert found is not None
    return found


def test_variables_and_the_pointers_between_them() -> None:
    made = module("constant/pointers", "pointers")
    places = {v.name: (v.offset, v.nbytes) for v in made.variables}
    assert {name: nbytes for name, (_, nbytes) in places.items()} == {
        "left_": 16, "right_": 16, "sides": 16, "second": 8, "offsets": 12, "chosen": 8,
    }  # fmt: skip
    start = {name: offset for name, (offset, _) in places.items()}
    assert {(p.at, p.to) for p in made.pointers} == {
        (start["sides"], start["left_"]),
        (start["sides"] + 8, start["right_"]),
        (start["second"], start["right_"] + 8),
        (start["chosen"], start["offsets"] + 4),
    }
    ends = sorted((offset, offset + nbytes) for offset, nbytes in places.values())
    assert all(end <= following for (_, end), (following, _) in pairwise(ends))
    assert max(start[name] for name in ("sides", "offsets")) < made.constant_bytes, "bank 3 comes first"
    assert made.unknown == ()


def test_variables_without_a_value_come_last() -> None:
    made = module("constant/counters", "counters")
    seen, calls = made.variable("seen"), made.variable("calls")
    assert seen is not None and calls is not None
    assert made.image[calls.offset : calls.offset + 4] == (5).to_bytes(4, "little")
    assert seen.offset == len(made.image) and made.zeros == 32 and made.nbytes == seen.offset + 32
    assert {p.to for p in made.addresses} == {seen.offset, calls.offset}
    assert module("constant/counters", "look") == made, "kernels of one cubin share them"


@pytest.mark.parametrize(
    ("path", "stack", "has_module"),
    [("local/bytes", 144, False), ("local/recursion", 0, False), ("constant/counters", 0, True)],
)
def test_json_says_only_what_there_is(path: str, stack: int, has_module: bool) -> None:
    """What few kernels have stays out of the JSON of the others, and so out of their digests."""
    made = metadata(path, path.rpartition("/")[2])
    said = made.to_json()
    assert ("module" in said, said.get("stack_bytes", 0)) == (has_module, stack)
    assert ("stack_bytes" in said) == bool(stack)
    assert TypeAdapter(KernelMetadata).validate_json(json.dumps(said), strict=True) == made
    assert ('"module"' in made.canonical_json()) == has_module
