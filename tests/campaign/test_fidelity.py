"""What a run says of its exactness, of kernels for which it is known."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console
from tests.simulation.hand_written import THREADS, kernel, workload

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.fidelity import LOADED, Fidelity, fidelity_from, fidelity_of, stored_fidelity
from sassafras.campaign.record import on_record
from sassafras.faults.population import ProfiledLaunch
from sassafras.isa.opcodes.fidelity import Degree
from sassafras.kernels.kernel import Kernel
from sassafras.report.renderers.terminal import print_table
from sassafras.report.tables.fidelity import fidelity_line, forms
from sassafras.simulation.profiles import launch_profiles
from sassafras.simulation.workbench import Workbench

RECIPROCAL = kernel("reciprocal", "LDG.E R6, [R2]", "MUFU.RCP R7, R6", "STG.E [R4], R7", "EXIT")
COPY = kernel("copied", "LDG.E R6, [R2]", "STG.E [R4], R6", "EXIT")
#: odd values (their lowest bit as a float: 1, 3, 5 are) are not stored
BRANCH = kernel(
    "chosen",
    "LDG.E R6, [R2]",
    "MUFU.RCP R7, R6",
    "FSETP.LT.AND P0, PT, R7, 0.25, PT",
    "@P0 BRA `(.L_1)",
    "STG.E [R4], R6",
    ".L_1:",
    "EXIT",
)
CLOCK = kernel("timed", "S2R R8, SR_CLOCKLO", "LDG.E R6, [R2]", "STG.E [R4], R6", "EXIT")
NEVER = kernel("never", "ISETP.GT.AND P0, PT, RZ, RZ, PT", "LDG.E R6, [R2]", "@P0 MUFU.RCP R6, R6",
               "STG.E [R4], R6", "EXIT")  # fmt: skip
FLUSHED = kernel("flushed", "LDG.E R6, [R2]", "FADD.FTZ R6, R6, R6", "STG.E [R4], R6", "EXIT")


def measured(*launches: tuple[Kernel, str, str], of: tuple[str, ...] = ()) -> Fidelity:
    """``of``: the kernels that are looked at; all by default."""
    made, given = workload(*launches)
    bench = Workbench(made, [given], shared=False)
    numbers = [p.index for p in made.plan if not of or p.kernel in of]
    found = launch_profiles(bench, 0, numbers)
    programs = [made.plan[n].spec.code(made.architecture) for n in numbers]
    each = zip(numbers, programs, found, strict=True)
    return fidelity_of(made, [ProfiledLaunch(0, n, code, THREADS, profile) for n, code, profile in each])


def rows(found: Fidelity) -> list[tuple[str, str, int | None, str, str, str]]:
    return [(f.kernel, f.form, f.executed, f.address, f.branch, f.stored) for f in found.forms]


def test_a_reciprocal_that_is_stored_in_the_output() -> None:
    found = measured((RECIPROCAL, "in", "out"))
    assert rows(found) == [("reciprocal", "MUFU.RCP", THREADS, "no", "no", "yes")]
    assert (found.forms[0].degree, found.forms[0].bound) == ("modelled", "1 ulp")
    assert found.forms[0].source.startswith("PTX ISA")
    assert found.outputs == ("out",)
    assert found.executed == THREADS * 10
    assert found.executed_as(Degree.EXACT) == THREADS * 9
    assert fidelity_line(found) == (
        "fidelity: 10.0 % of the executed instructions modelled (MUFU.RCP), the others exact; "
        "modelled values may reach memory, the output out"
    )


def test_a_reciprocal_that_decides_a_branch() -> None:
    found = measured((BRANCH, "in", "out"))
    assert rows(found) == [("chosen", "MUFU.RCP", THREADS, "through a branch", "yes", "through a branch")]
    assert "may reach addresses, branches, memory, the output out" in fidelity_line(found)


def test_a_clock_that_nobody_reads() -> None:
    found = measured((CLOCK, "in", "out"))
    assert rows(found) == [("timed", "S2R SR_CLOCKLO", THREADS, "no", "no", "no")]
    assert found.outputs == ()
    assert fidelity_line(found).endswith("; no modelled value gets anywhere")


def test_what_is_never_executed_is_not_listed() -> None:
    found = measured((NEVER, "in", "out"))
    assert (rows(found), found.outputs) == ([], ())
    assert fidelity_line(found) == "fidelity: every executed instruction exact"


def test_what_is_exact_but_for_a_border_case_is_said_and_not_followed() -> None:
    found = measured((FLUSHED, "in", "out"))
    assert rows(found) == [("flushed", "FADD.FTZ", THREADS, "", "", "")]
    assert found.forms[0].bound == "results that round up to 2^-126"
    assert found.outputs == ()
    assert "exact but for a border case (FADD.FTZ), the others exact" in fidelity_line(found)


def test_modelled_values_go_from_launch_to_launch() -> None:
    found = measured((COPY, "in", "b"), (RECIPROCAL, "b", "c"), (COPY, "c", "out"))
    assert rows(found) == [
        ("copied", LOADED, None, "no", "no", "yes"),
        ("reciprocal", "MUFU.RCP", THREADS, "no", "no", "yes"),
    ]
    assert found.outputs == ("out",)
    before = measured((COPY, "in", "out"), (RECIPROCAL, "out", "c"))
    assert rows(before) == [("reciprocal", "MUFU.RCP", THREADS, "no", "no", "yes")]
    assert before.outputs == ()


def test_of_kernels_that_are_not_looked_at_values_still_come() -> None:
    found = measured((RECIPROCAL, "in", "c"), (COPY, "c", "out"), of=("copied",))
    assert rows(found) == [("copied", LOADED, None, "no", "no", "yes")]
    assert fidelity_line(found) == (
        "fidelity: every executed instruction exact; modelled values may reach memory, the output out"
    )


@pytest.mark.parametrize("launch", [RECIPROCAL, CLOCK, FLUSHED, NEVER], ids=lambda one: one.name)
def test_a_store_gives_back_what_was_kept(launch: Kernel) -> None:
    found = measured((launch, "in", "out"))
    assert fidelity_from(stored_fidelity(found)) == found
    assert fidelity_from(None) is None


def test_a_campaign_keeps_it(tmp_path: Path) -> None:
    made, given = workload((RECIPROCAL, "in", "out"))
    campaign = Campaign(tmp_path, Settings(kernels=("reciprocal",), injections=2, seed=1), made, [given])
    assert campaign.fidelity is None
    campaign.run()
    record, _ = on_record(campaign)
    campaign.store.close()
    assert record.fidelity == measured((RECIPROCAL, "in", "out"))
    console = Console(file=io.StringIO(), width=300)
    print_table(console, forms(record.fidelity))
    assert isinstance(console.file, io.StringIO)
    assert "reciprocal  MUFU.RCP" in console.file.getvalue()
