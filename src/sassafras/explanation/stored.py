"""Finding one injection in a campaign by what a person types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace

import pandas as pd

from sassafras.campaign.campaign import Campaign
from sassafras.errors import CampaignError, UsageError, did_you_mean
from sassafras.faults.model import Mode
from sassafras.faults.population import fault_id
from sassafras.simulation.record import Injection

_MODES = tuple(Mode)
_NUMBER = re.compile(r"(?:(\w+):)?(\d+)")


def parse_id(text: str) -> int:
    """The id that ``417`` or ``IOV:417`` (fault 417 of a mode) means. Raises UsageError."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"{text!r} is no fault: give its id (417), or its mode and number (IOV:417)")
    if found[1] is None:
        return int(found[2])
    modes = {mode.value: mode for mode in _MODES}
    if found[1].upper() not in modes:
        hint = did_you_mean(found[1], modes)
        raise UsageError(f"{text!r}: there is no mode {found[1]}; {hint}the modes are {', '.join(modes)}")
    return fault_id(modes[found[1].upper()], int(found[2]))


def number_of(fault: int) -> tuple[Mode, int]:
    """Mode and number of an id."""
    return _MODES[fault % len(_MODES)], fault // len(_MODES)


def name_of(fault: int) -> str:
    """An id as people see it: ``IOV:417``."""
    mode, number = number_of(fault)
    return f"{mode.value}:{number}"


def find_row(campaign: Campaign, text: str) -> Injection:
    """The stored injection that a person means.

    Raises UsageError for an id that the campaign does not have, CampaignError for one that is not injected
    yet and for one that ended in an error of ours.
    """
    fault = parse_id(text)
    row = row_of(campaign.injections(), fault)
    if row is not None:
        return row
    where, name = campaign.folder, f"{name_of(fault)} (id {fault})"
    errors = campaign.errors()
    messages = errors.loc[errors["id"] == fault, "message"].tolist()
    if messages:
        raise CampaignError(f"fault {name} of {where} has no outcome, it ended in an error: {messages[0]}")
    if fault in campaign.asked:
        raise CampaignError(
            f"fault {name} of {where} is not injected yet; finish the campaign with the command that began "
            "it (sassafras run ...)"
        )
    numbers: dict[Mode, list[int]] = {mode: [] for mode in campaign.settings.modes}
    for asked in sorted(campaign.asked):
        numbers[number_of(asked)[0]].append(number_of(asked)[1])
    ends = ((mode.value, found[0], found[-1]) for mode, found in numbers.items() if found)
    known = ", ".join(f"{mode}:{first} to {mode}:{last}" for mode, first, last in ends)
    raise UsageError(f"{where} has no fault {name}; its faults are {known}")


def row_of(rows: pd.DataFrame, fault: int) -> Injection | None:
    """The row with that id, None if there is none."""
    found = rows[rows["id"] == fault].to_dict("records")
    return None if not found else injection_of({str(k): v for k, v in found[0].items()})


def injection_of(record: Mapping[str, object]) -> Injection:
    """A row of a data frame as a record: NULLs are None again, and integers integers."""
    values: dict[str, object] = {}
    for field in fields(Injection):
        value = record[field.name]
        missing = value is None or (isinstance(value, float) and value != value)  # noqa: PLR0124  (NaN)
        if not missing and "int" in str(field.type):
            value = int(str(value).removesuffix(".0"))
        values[field.name] = None if missing else value
    return Injection(**values)  # type: ignore[arg-type]


def as_stored(row: Injection) -> Injection:
    """A fresh row as the store gives it back: a confidence that is NaN becomes NULL."""
    nan = row.confidence is not None and row.confidence != row.confidence
    return replace(row, confidence=None) if nan else row


def differing_columns(one: Injection, other: Injection) -> tuple[str, ...]:
    """Names of the columns in which two rows differ."""
    return tuple(f.name for f in fields(Injection) if getattr(one, f.name) != getattr(other, f.name))
