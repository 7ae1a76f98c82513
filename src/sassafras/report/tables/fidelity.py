"""What of the fault-free run is exact, and what is modelled: by form of instruction."""

from __future__ import annotations

from sassafras.analysis.results import Results
from sassafras.campaign.fidelity import Fidelity, FormFidelity
from sassafras.isa.opcodes.fidelity import Degree
from sassafras.isa.reach import Way
from sassafras.report.cells import Text
from sassafras.report.numbers import percent
from sassafras.report.table import Table, made
from sassafras.report.tables.registry import CAMPAIGN, OWN

_COLUMNS = ("kernel", "instruction", "executed", "hardware may differ", "results may reach")
_CAPTION = (
    "instructions of the fault-free run that are not exact throughout; only: exact but there, not "
    "followed; executed: by all threads; results: by static data flow, which sees ways that do not exist, "
    "but misses none within a kernel"
)


@CAMPAIGN.at(110)
@OWN.at(30)
def fidelity(results: Results) -> list[Table]:
    """A row per form of instruction that is not exact; of campaigns that say so."""
    found = results.fidelity
    return [] if found is None or not found.forms else [forms(found)]


def forms(found: Fidelity) -> Table:
    """The table of a run."""
    rows = [
        [form.kernel, form.form, form.executed, Text(_bound(form)), Text(_ways(form))] for form in found.forms
    ]
    return made("fidelity", "Fidelity", _CAPTION, _COLUMNS, [rows], left=2)


def _bound(form: FormFidelity) -> str:
    return f"only {form.bound}" if form.degree == Degree.BORDER.value else form.bound


def _ways(form: FormFidelity) -> str:
    """Where results get to, as words: "branch; memory, through a branch"."""
    if form.degree == Degree.BORDER.value:
        return "–"
    places = {"address": form.address, "branch": form.branch, "memory": form.stored}
    direct, led = (
        [place for place, way in places.items() if way == one.value] for one in (Way.DATA, Way.BRANCH)
    )
    said = [", ".join(direct)] if direct else []
    said += [f"{', '.join(led)} {Way.BRANCH.value}"] if led else []
    return "; ".join(said) or "nothing"


def fidelity_line(found: Fidelity) -> str:
    """In one line: "fidelity: 0.02 % of the executed instructions modelled (MUFU.EX2), the others exact"
    (which of them, and where their results may get to).
    """
    shares: list[str] = []
    for degree in (Degree.MODELLED, Degree.BORDER):
        names = dict.fromkeys(
            form.form for form in found.forms if form.degree == degree.value and form.executed
        )
        if names:
            of = " of the executed instructions" * (not shares)
            share = percent(found.executed_as(degree) / found.executed)
            shares.append(f"{share} %{of} {degree.value} ({', '.join(names)})")
    said = f"{', '.join(shares)}, the others exact" if shares else "every executed instruction exact"
    return f"fidelity: {said}{_reached(found)}"


def _reached(found: Fidelity) -> str:
    """Where modelled values may get to; "" where there are none."""
    if not found.modelled:
        return ""
    places = {
        "addresses": [form.address for form in found.modelled],
        "branches": [form.branch for form in found.modelled],
        "memory": [form.stored for form in found.modelled],
    }
    named = [place for place, ways in places.items() if set(ways) != {Way.NO.value}]
    if found.outputs:
        named.append(f"the output {', '.join(found.outputs)}")
    return f"; modelled values may reach {', '.join(named)}" if named else "; no modelled value gets anywhere"
