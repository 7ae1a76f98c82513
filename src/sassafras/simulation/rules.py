"""What the injections of a campaign share."""

from __future__ import annotations

from dataclasses import dataclass

from sassafras.faults.model import IoaRegister
from sassafras.faults.secded import Ecc
from sassafras.isa.groups import Group
from sassafras.simulation.kept_output import Outputs


@dataclass(frozen=True)
class Rules:
    """How faults are injected: groups (None: every destination), watchdog factor, engine (``full``: every
    launch emulated to the end), what a register index beyond the allocated ones does, what rows keep of
    outputs, and what guards device memory. ``proofs``: faults whose ending the golden run proves are not run
    (`proofs`); their rows are the same.
    """

    groups: frozenset[Group] | None
    watchdog: int
    full: bool
    ioa_register: IoaRegister = IoaRegister.SASSIFI
    outputs: Outputs = Outputs.SHORT
    ecc: Ecc = Ecc.NONE
    proofs: bool = False
