"""Finding one injection in a campaign by what a person types."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from sassafras.campaign.campaign import Campaign
from sassafras.errors import CampaignError, UsageError, did_you_mean
from sassafras.faults.ids import fault_id, number_of
from sassafras.faults.model import Mode
from sassafras.simulation.record import INJECTION, Injection, injection_of

_NUMBER = re.compile(r"(?:(\w+):)?(\d+)")


def parse_id(text: str) -> int:
    """The id that ``417`` or ``IOV:417`` (fault 417 of a mode) means. Raises UsageError."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"{text!r} is no fault: give its id (417), or its mode and number (IOV:417)")
    modes = {mode.value: mode for mode in Mode}
    try:
        if found[1] is None:
            return fault_id(*number_of(int(found[2])))
        if found[1].upper() in modes:
            return fault_id(modes[found[1].upper()], int(found[2]))
    except ValueError as error:
        raise UsageError(f"{text!r} is no fault: {error}") from None
    hint = did_you_mean(found[1], modes)
    raise UsageError(f"{text!r}: there is no mode {found[1]}; {hint}the modes are {', '.join(modes)}")


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


def as_stored(row: Injection) -> Injection:
    """A fresh row as the store gives it back: a confidence that is NaN becomes NULL."""
    nan = row.confidence is not None and row.confidence != row.confidence
    return replace(row, confidence=None) if nan else row


def differing_columns(one: Injection, other: Injection) -> tuple[str, ...]:
    """Names of the columns in which two rows differ, as they are shown."""
    return tuple(c.shown for c in INJECTION if getattr(one, c.name) != getattr(other, c.name))
