"""Which register-file faults are masked whatever they do: their register is dead where they strike."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sassafras.errors import CampaignError
from sassafras.faults.census import dead_registers
from sassafras.faults.model import Mode
from sassafras.isa.program import Program
from sassafras.simulation.outcome import Outcome


def provably_masked(injections: pd.DataFrame, programs: Mapping[str, Program]) -> frozenset[int]:
    """Ids of the RF injections into a register that is dead by the static control flow (see
    `faults.census`).

    ``programs``: the machine code of each kernel. Raises CampaignError when one of them was not masked:
    then the proof or the emulator is wrong.
    """
    rows = injections[injections["mode"] == Mode.RF.value]
    if rows.empty:
        return frozenset()
    found = []
    columns = ("id", "kernel", "offset", "target_index", "outcome")
    for fault, kernel, offset, register, outcome in zip(*(rows[name] for name in columns), strict=True):
        program = programs[kernel]
        if dead_registers(program)[program.index_of_offset[offset], register]:
            if outcome != Outcome.MASKED.value:
                raise CampaignError(
                    f"fault {fault} struck R{register} of {kernel} at {offset:#x}, which is dead there, and "
                    f"ended as {outcome}: an error in Sassafras; please report it"
                )
            found.append(int(fault))
    return frozenset(found)
