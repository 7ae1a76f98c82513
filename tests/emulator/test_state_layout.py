"""The records that compiled code and Python share: each field has bytes of its own, aligned."""

from __future__ import annotations

import numpy as np
import pytest

from sassafras.emulator import layout

RECORDS = {name: value for name, value in vars(layout).items() if isinstance(value, np.dtype) and value.names}


@pytest.mark.parametrize("name", RECORDS)
def test_fields_lie_one_behind_the_other(name: str) -> None:
    fields = [(offset, kind) for kind, offset, *_ in (RECORDS[name].fields or {}).values()]
    ends = [0, *(offset + kind.itemsize for offset, kind in fields)]
    starts = [*(offset for offset, _ in fields), RECORDS[name].itemsize]
    assert all(end <= start for end, start in zip(ends, starts, strict=True))
    assert [offset for offset, _ in fields] == sorted(offset for offset, _ in fields)
    assert all(offset % kind.base.itemsize == 0 for offset, kind in fields)


def test_a_thread_has_the_registers_and_flags_of_the_architecture() -> None:
    """255 registers and RZ, seven predicates and PT, four flags of the condition code."""
    wanted = {"registers": (256,), "predicates": (8,), "cc": (4,), "tid": (3,), "ctaid": (3,)}
    assert {name: layout.STATE[name].shape for name in wanted} == wanted


def test_records_in_a_row_stay_aligned() -> None:
    for record in RECORDS.values():
        widest = max(kind.base.itemsize for kind, *_ in (record.fields or {}).values())
        assert record.itemsize % widest == 0


def test_what_is_looked_at_is_all_there_is() -> None:
    assert set(RECORDS) == {"STATE", "CONTEXT", "ACCESS"}
