"""Which instructions of the fault-free run are exact and which modelled, and where modelled values may get to
(`sassafras.isa.reach`: static, so a way that is named need not be one; a "no" is one).

Kept in the store, for a statement about results needs it wherever they are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sassafras.faults.population import ProfiledLaunch
from sassafras.isa.idioms import fidelity_in
from sassafras.isa.opcodes.fidelity import Degree
from sassafras.isa.opcodes.fidelity import Fidelity as Known
from sassafras.isa.operands import SpecialRegister
from sassafras.isa.program import Instruction, Program
from sassafras.isa.reach import Reach, Way, reach
from sassafras.kernels.kernel import Region
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.workload import Workload

FIDELITY = "fidelity"  #: key in the store: `stored_fidelity`, once the campaign has run
LOADED = "what launches before it stored"
_INHERITED = "as where it was computed"


@dataclass(frozen=True)
class FormFidelity:
    """A form of instruction of a kernel that is not exact throughout. ``executed``: how often, by all threads
    of all launches that were looked at (None: of `LOADED`, values that others have modelled). ``bound``,
    ``source``: of its `Fidelity`. ``address``, ``branch``, ``stored``: where its results may get to, words of
    `Way` ("" where it is exact but for a border case: not followed).
    """

    kernel: str
    form: str
    degree: str
    executed: int | None
    bound: str
    source: str
    address: str = ""
    branch: str = ""
    stored: str = ""


@dataclass(frozen=True)
class Fidelity:
    """Of the fault-free run. ``executed``: thread-instructions of the kernels that were looked at; ``forms``:
    those that are not exact throughout; ``outputs``: outputs of the workload that modelled values may reach.
    """

    executed: int
    forms: tuple[FormFidelity, ...]
    outputs: tuple[str, ...]

    def executed_as(self, degree: Degree) -> int:
        """Thread-instructions of a degree."""
        if degree is Degree.EXACT:
            return self.executed - sum(form.executed or 0 for form in self.forms)
        return sum(form.executed or 0 for form in self.forms if form.degree == degree.value)

    @property
    def modelled(self) -> tuple[FormFidelity, ...]:
        """The forms that are modelled."""
        return tuple(form for form in self.forms if form.degree == Degree.MODELLED.value)


def fidelity_of(workload: Workload, launches: Sequence[ProfiledLaunch]) -> Fidelity:
    """Of the programs of these launches, by their golden profiles."""
    programs = {item.program.name: item.program for item in launches}
    counts = {name: _executed(launches, name) for name in programs}
    inherited, outputs = _through_memory(workload, counts)
    forms: list[FormFidelity] = []
    for name, program in programs.items():
        forms += _forms(program, counts[name])
        if name in inherited:
            words = reach(program, frozenset(), True).words
            forms.append(FormFidelity(name, LOADED, Degree.MODELLED.value, None, _INHERITED, "", *words))
    return Fidelity(sum(int(one.sum()) for one in counts.values()), tuple(forms), outputs)


def _executed(launches: Iterable[ProfiledLaunch], name: str) -> NDArray[np.int64]:
    """How often each instruction of a program is executed."""
    each = [
        item.profile.threads_per_class @ item.profile.executed
        for item in launches
        if item.program.name == name
    ]
    total: NDArray[np.int64] = np.sum(each, axis=0, dtype=np.int64)
    return total


def _forms(program: Program, executed: NDArray[np.int64]) -> list[FormFidelity]:
    found: dict[tuple[str, Known], list[Instruction]] = {}
    for instruction in program.instructions:
        known = fidelity_in(program, instruction)
        if executed[instruction.index] and known.degree is not Degree.EXACT:
            found.setdefault((form_of(instruction), known), []).append(instruction)
    return [_form(program, name, known, own, executed) for (name, known), own in found.items()]


def _form(
    program: Program, name: str, known: Known, own: Sequence[Instruction], executed: NDArray[np.int64]
) -> FormFidelity:
    indexes = [i.index for i in own]
    modelled = known.degree is Degree.MODELLED
    words = reach(program, frozenset(indexes), False).words if modelled else ()
    count = int(executed[indexes].sum())
    return FormFidelity(program.name, name, known.degree.value, count, known.bound, known.source, *words)


def form_of(instruction: Instruction) -> str:
    """Opcode and modifiers, and the special register that it reads: "MUFU.RCP", "S2R SR_CLOCKLO"."""
    name = ".".join((instruction.opcode, *instruction.modifiers))
    return " ".join((name, *(o.name for o in instruction.operands if isinstance(o, SpecialRegister))))


def _through_memory(
    workload: Workload, counts: Mapping[str, NDArray[np.int64]]
) -> tuple[frozenset[str], tuple[str, ...]]:
    """The programs that may load what an earlier launch has stored of modelled values, and the outputs that
    hold some in the end. By buffers: what a launch may read and write.
    """
    held: list[Region] = []
    inherited = set()
    for planned in workload.plan:
        loads = _meet(planned.reads, held)
        if loads:
            inherited.add(planned.program)
        if _reach_of(workload, planned, counts, loads=loads).stored is not Way.NO:
            held += planned.writes
    outputs = (b.name for b in workload.outputs if _meet([workload.region(b)], held))
    return frozenset(inherited), tuple(outputs)


def _reach_of(
    workload: Workload, planned: PlannedLaunch, counts: Mapping[str, NDArray[np.int64]], *, loads: bool
) -> Reach:
    program = planned.spec.code(workload.architecture)
    executed = counts.get(program.name)
    sources = frozenset(
        i.index
        for i in program.instructions
        if fidelity_in(program, i).degree is Degree.MODELLED and (executed is None or executed[i.index])
    )
    return reach(program, sources, loads)


def _meet(some: Iterable[Region], others: Sequence[Region]) -> bool:
    return any(one.address < two.end and two.address < one.end for one in some for two in others)


def stored_fidelity(found: Fidelity) -> dict[str, Any]:
    """As JSON."""
    return asdict(found)


def fidelity_from(stored: Mapping[str, Any] | None) -> Fidelity | None:
    """From the store's JSON; None where it does not say."""
    if stored is None:
        return None
    forms = tuple(FormFidelity(**one) for one in stored["forms"])
    return Fidelity(stored["executed"], forms, tuple(stored["outputs"]))
