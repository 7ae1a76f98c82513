"""A whole population counted by classes is what brute force finds, fault by fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.campaign.rows import assert_same, make

from sassafras.analysis.results import read_results
from sassafras.campaign import campaign as campaign_module
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.exact import NotCountable
from sassafras.campaign.finished import read_finished
from sassafras.campaign.record import on_record
from sassafras.emulator.probed import ProbedBlock
from sassafras.errors import CampaignError, CampaignInterrupted
from sassafras.faults.classes import FaultClass, parts_of_site
from sassafras.faults.ids import fault_id
from sassafras.faults.model import FaultModel, IoaRegister, Mode
from sassafras.faults.targets import Selection
from sassafras.isa.groups import Group
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.report.tables.exact import exact_shares
from sassafras.simulation.fault_classes import Wanted, classes_of_launch, struck_faults
from sassafras.simulation.injector import Injector
from sassafras.simulation.profiles import launch_profiles
from sassafras.simulation.record import Injection
from sassafras.simulation.rules import Rules
from sassafras.simulation.traced import run_golden
from sassafras.simulation.workbench import Workbench

EXACT: dict[str, Any] = {
    "exact": True,
    "modes": (Mode.IOV,),
    "models": (FaultModel.SINGLE_BIT,),
    "injections": 100_000,
}
FEW = EXACT | {"kernels": ("softmax",), "groups": (Group.PR,)}
OF_SITE = (
    "id",
    "block",
    "thread",
    "instruction",
    "offset",
    "opcode",
    "sass",
    "target",
    "target_index",
    "before",
)


def ending(row: Injection) -> str:
    """All that a row says, but of its site. (As text: NaN is not NaN.)"""
    return repr([(name, value) for name, value in vars(row).items() if name not in (*OF_SITE, "after")])


def every_fault(bench: Workbench, launch: int, selection: Selection) -> Iterator[FaultClass]:
    """Each single-bit fault of a launch as a class of its own, and in front of it its key."""
    golden = bench.golden(0)
    golden.go_before(launch)
    planned = golden.plan[launch]
    machine = bench.machine(planned.spec)
    longest = launch_profiles(bench, 0, (launch,))[0].longest
    golden.go_before(launch)
    for block in range(planned.launch.blocks):
        threads = range(planned.launch.threads_per_block)
        traces = run_golden(machine, planned.launch, golden.memory, block, threads, longest).traces
        for thread, trace in traces.items():
            chosen = None if machine.barrier else (thread,)
            armed = ProbedBlock(machine, planned.launch, golden.memory, block, chosen)
            for one in struck_faults(armed, thread, trace, selection):
                yield FaultClass(0, launch, block, thread, *one[:-1], longest, 1, 1)
            armed.undo()


def by_brute_force(
    bench: Workbench, launch: int, groups: frozenset[Group] | None
) -> tuple[list[FaultClass], list[Injection], list[FaultClass], list[Injection], int]:
    """The classes of a launch with their rows, all faults with theirs, and the parts of a site."""
    selection = Selection(Mode.IOV, FaultModel.SINGLE_BIT, groups)
    planned = bench.workload.plan[launch]
    parts = parts_of_site([planned.spec.code(bench.workload.architecture)], selection)
    longest = launch_profiles(bench, 0, (launch,))[0].longest
    classes = classes_of_launch(bench, Wanted(0, launch, selection, parts, longest))
    faults = list(every_fault(bench, launch, selection))
    injector = Injector(bench, Rules(groups, 10, full=False, ioa_register=IoaRegister.SASSIFI))

    def run(found: list[FaultClass]) -> list[Injection]:
        draws = [one.draw(fault_id(Mode.IOV, number)) for number, one in enumerate(found)]
        rows: list[Injection] = []
        for start in range(0, len(draws), 4096):
            some, errors = injector.inject_all(0, draws[start : start + 4096])
            assert not errors
            rows += some
        return rows

    return classes, run(classes), faults, run(faults), parts


def check_launch(bench: Workbench, launch: int, groups: frozenset[Group] | None = None) -> None:
    """Every fault ends as its class, and all of them together weigh what the classes do."""
    classes, rows, faults, brute, parts = by_brute_force(bench, launch, groups)
    assert sum(one.faults for one in classes) == len(faults)
    places = {
        (one.block, one.thread, one.ordinal, one.target, one.bit): ending(row)
        for one, row in zip(faults, brute, strict=True)
    }
    for one, row in zip(classes, rows, strict=True):
        assert places[one.block, one.thread, one.ordinal, one.target, one.bit] == ending(row)
    by_classes: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for one, row in zip(classes, rows, strict=True):
        by_classes[ending(row)] += one.weight
        counts[ending(row)] += one.faults
    one_by_one: Counter[str] = Counter()
    for one, row in zip(faults, brute, strict=True):
        one_by_one[ending(row)] += parts // (one.targets * one.bits)
    assert counts == Counter(map(ending, brute))
    assert by_classes == one_by_one


def launches_of(network: Network, kernel: str) -> list[int]:
    return [planned.index for planned in network.plan if planned.kernel == kernel]


def test_predicates_of_a_launch_are_what_brute_force_finds(bench: Workbench, tiny: Network) -> None:
    check_launch(bench, launches_of(tiny, "softmax")[0], frozenset([Group.PR]))


@pytest.mark.slow
@pytest.mark.parametrize(("kernel", "invocation"), [("softmax", 0), ("fill_gpu", -1), ("activate_array", -1)])
def test_every_fault_of_a_launch_is_what_brute_force_finds(
    bench: Workbench, tiny: Network, kernel: str, invocation: int
) -> None:
    check_launch(bench, launches_of(tiny, kernel)[invocation])


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, tiny: Network, images: list[Image]) -> Campaign:
    campaign = make(tmp_path_factory.mktemp("exact"), tiny, images[:1], **FEW)
    campaign.run()
    return campaign


def test_its_shares_are_those_of_the_population(counted: Campaign) -> None:
    classes, rows = counted.design().classes, counted.injections()
    total = sum(one.weight for one in classes)
    results = read_results(*on_record(counted), synthetic=False)
    shares = exact_shares(results)
    whole = shares[shares["part"] == "mode"].set_index("event")
    outcomes = rows["severity"].where(rows["outcome"] == "SDC", rows["outcome"])
    for outcome in set(outcomes):
        weight = sum(one.weight for one, own in zip(classes, outcomes, strict=True) if own == outcome)
        found = whole.loc[outcome]
        assert (
            found["share"] == found["low"] == found["high"] == pytest.approx(float(Fraction(weight, total)))
        )
        assert found["kinds"] == (outcomes == outcome).sum()
    (cell,) = counted.census
    parts = total // cell.sites
    assert total == parts * cell.sites  # each site weighs the same


def test_it_is_the_same_by_two_workers_and_after_an_interruption(
    tmp_path: Path, tiny: Network, images: list[Image], counted: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign_module, "BATCH", 64)
    campaign = make(tmp_path, tiny, images[:1], **FEW)
    add = campaign.store.add
    added: list[Any] = []

    def once(*given: Any) -> None:
        if added:
            raise KeyboardInterrupt
        added.append(given)
        add(*given)

    monkeypatch.setattr(campaign.store, "add", once)
    with pytest.raises(CampaignInterrupted, match=f"of {len(counted.design().classes)} injections"):
        campaign.run()
    campaign.store.close()
    again = make(tmp_path, tiny, images[:1], **FEW)
    again.run(2)
    classes = again.design().classes
    assert classes == counted.design().classes
    assert_same(again.injections(), counted.injections())
    again.store.close()
    assert read_finished(tmp_path).classes == classes


def test_stopped_before_its_kinds_are_known_it_is_unfinished(
    tmp_path: Path, tiny: Network, images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    campaign = make(tmp_path, tiny, images[:1], **FEW)
    monkeypatch.setattr("sassafras.campaign.execution.workers.classes_of_launch", stopped)
    with pytest.raises(CampaignInterrupted, match="0 of 1 injections"):
        campaign.run()
    campaign.store.close()
    with pytest.raises(CampaignError, match="unfinished"):
        read_finished(tmp_path)


def test_too_many_are_refused(
    tmp_path: Path, tiny: Network, images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotCountable, match=r"kinds of fault would have to be run, more than 5; .*--injec"):
        make(tmp_path / "one", tiny, images[:1], **FEW | {"injections": 5}).run()
    assert not (tmp_path / "one").exists()
    monkeypatch.setattr("sassafras.campaign.exact.MOST_SITES", 10)
    with pytest.raises(NotCountable, match=r"^--exact: \d+ sites are more than 10; take fewer kernels"):
        make(tmp_path / "two", tiny, images[:1], **FEW).run()


@pytest.mark.parametrize(
    "changed", [{"modes": (Mode.RF,)}, {"models": (FaultModel.ZERO_VALUE,)}, {"until": 0.01}]
)
def test_it_is_of_single_bits_of_results_alone(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="exact counts single-bit IOV faults of single threads"):
        Settings(**EXACT | changed)


def test_the_draw_of_a_class_means_its_target_and_bit() -> None:
    first = FaultClass(0, 1, 2, 3, 4, 0, 1, 0, 1, 9, 1, 1)
    for targets in (1, 2, 3, 7):
        for bits in (1, 4, 8, 32):
            for target in range(targets):
                for bit in range(bits):
                    one = replace(first, target=target, targets=targets, bit=bit, bits=bits).draw(2)
                    assert one.target_word * targets >> 64 == target
                    assert one.bit_word * bits >> 64 == bit
                    assert max(one.target_word, one.bit_word) < 1 << 64
