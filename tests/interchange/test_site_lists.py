"""Sites in the lists of other injectors: what their injectors would make of a line is our fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from tests.campaign import networks
from tests.emulator.turing.bench import program as turing_program

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.faults.model import (
    DRAWN_MODELS,
    THREAD_MODES,
    Fault,
    FaultModel,
    Mode,
    Operation,
    Scope,
    TargetKind,
)
from sassafras.interchange.formats import Tool
from sassafras.interchange.nvbitfi_groups import general_register_mask
from sassafras.interchange.site_lists import SiteLine, Unsaid, group_mask, nvbitfi_line, sassifi_line
from sassafras.interchange.traced_faults import Ranks, TracedFault, thread_ends, traced_faults
from sassafras.isa.groups import Group
from sassafras.progress import Silence
from sassafras.simulation.traced import run_golden
from sassafras.simulation.workbench import Workbench

N = 40


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    network = networks.tiny()
    settings = Settings(
        injections=N, frames=2, seed=9, models=DRAWN_MODELS, kernels=("im2col_gpu", "gemm", "add_bias")
    )
    return Campaign(tmp_path_factory.mktemp("sites"), settings, network, networks.images(network))


@pytest.fixture(scope="module")
def traced(campaign: Campaign) -> list[TracedFault]:
    wanted = [(mode, number) for mode in THREAD_MODES for number in range(N)]
    return traced_faults(campaign, wanted, 1, Silence())


@pytest.fixture(scope="module")
def ranks(campaign: Campaign, traced: list[TracedFault]) -> Ranks:
    assert traced  # has profiled
    return Ranks(campaign.profiled_launches())


def lines_of(
    tool: Tool, campaign: Campaign, traced: Sequence[TracedFault], ranks: Ranks
) -> list[tuple[Fault, SiteLine | Unsaid]]:
    found: list[tuple[Fault, SiteLine | Unsaid]] = []
    for item in traced:
        planned = campaign.network.plan[item.fault.site.launch]
        if tool is Tool.SASSIFI:
            found.append((item.fault, sassifi_line(item, planned, ranks)))
        else:
            found.append((item.fault, nvbitfi_line(item, planned, ranks, 0xDEADBEEF)))
    return found


def pick(count: int, seed: float) -> int:
    """How both tools pick: in single precision, cut off."""
    return int(np.float32(count) * np.float32(seed))


def test_they_are_the_faults_of_the_campaign(campaign: Campaign, traced: list[TracedFault]) -> None:
    campaign.run(1)
    rows = campaign.injections().set_index("id")
    for item in traced:
        row, site = rows.loc[item.fault.draw.id], item.fault.site
        assert (row["block"], row["thread"], row["instruction"]) == (
            site.block,
            site.thread,
            site.instruction,
        )
        assert (row["target"], row["target_index"]) == (item.fault.target.kind.value, item.fault.target.index)
        assert item.before.sum() <= site.instruction


def counted_by_running(campaign: Campaign, fault: Fault, mask: np.ndarray, *, issued: bool) -> int:
    """Every thread before the struck one, followed instruction by instruction, and its own up to the site."""
    bench = Workbench(campaign.network, campaign.images)
    golden, site = bench.golden(fault.site.frame), fault.site
    golden.go_before(site.launch)
    planned = golden.plan[site.launch]
    machine, shape = bench.machine(planned.spec), planned.launch
    count = 0
    for block in range(site.block + 1):
        last = site.thread + 1 if block == site.block else shape.threads_per_block
        threads = run_golden(machine, shape, golden.memory, block, range(last), 10**6)
        for thread, whole in threads.traces.items():
            trace = whole[: site.instruction] if (block, thread) == (site.block, site.thread) else whole
            reached = instruction_indexes(trace)
            count += int(mask[reached if issued else reached[executed_mask(trace)]].sum())
    return count


@pytest.mark.parametrize("mode", THREAD_MODES)
def test_numbers_are_those_of_threads_run_one_by_one(
    mode: Mode, campaign: Campaign, traced: list[TracedFault], ranks: Ranks
) -> None:
    of_mode = [item for item in traced if item.fault.draw.mode is mode]
    for item in of_mode[:: len(of_mode) // 4]:
        fault, line = item.fault, sassifi_line(item, campaign.network.plan[item.fault.site.launch], ranks)
        if isinstance(line, Unsaid):
            continue
        group = None if line.name.group is None else Group(line.name.group)
        mask = group_mask(ranks.program(fault), group)
        expected = counted_by_running(campaign, fault, mask, issued=mode is Mode.RF)
        # SASSIFI's injector counts from 1 in RF and IOA, from 0 in IOV.
        assert line.index == expected + (mode is not Mode.IOV)


def test_sassifi_would_strike_what_we_struck(
    campaign: Campaign, traced: list[TracedFault], ranks: Ranks
) -> None:
    kinds = set()
    for fault, line in lines_of(Tool.SASSIFI, campaign, traced, ranks):
        if isinstance(line, Unsaid):
            assert fault.draw.mode is Mode.IOA
            assert fault.draw.model in (FaultModel.RANDOM_VALUE, FaultModel.ZERO_VALUE)
            continue
        planned = campaign.network.plan[fault.site.launch]
        assert (line.kernel, line.count) == (planned.kernel, planned.invocation)
        assert (line.name.mode, line.name.model) == (fault.draw.mode, fault.draw.model)
        instruction = ranks.program(fault).instructions[fault.pc]
        target = fault.target
        if fault.draw.mode is Mode.RF:
            assert int(line.operand) == target.index
        elif target.kind in (TargetKind.REGISTER, TargetKind.REGISTER_INDEX):
            written = instruction.effects.registers_written
            assert written[pick(len(written), line.operand)] == target.index
        if fault.mask.operation is Operation.FLIP:
            assert fault.mask.value == struck_bits(fault, line, instruction.effects.store_bytes)
        elif fault.draw.model is FaultModel.RANDOM_VALUE and not line.note:
            assert pick(2**32, line.bit) == fault.mask.value
        kinds.add((fault.draw.mode, target.kind))
    assert len(kinds) >= 5


def struck_bits(fault: Fault, line: SiteLine, store_bytes: int) -> int:
    """SASSIFI's mask (``injector.cu``), within our 32-bit word."""
    double = fault.draw.model is FaultModel.DOUBLE_BIT
    flip = 3 if double else 1
    match fault.target.kind:
        case TargetKind.REGISTER:
            return flip << pick(31 if double else 32, line.bit)
        case TargetKind.REGISTER_INDEX:
            return flip << pick(8, line.bit)
        case TargetKind.STORE_ADDRESS:
            return flip << pick(64, line.bit)
        case TargetKind.CONDITION_CODE:
            return flip << pick(4, line.bit)
        case TargetKind.STORE_VALUE:
            return (flip << pick(8 * store_bytes, line.bit)) >> (32 * fault.target.index)
    return 1  # a predicate


def test_nvbitfi_would_strike_what_we_struck(
    campaign: Campaign, traced: list[TracedFault], ranks: Ranks
) -> None:
    said = 0
    for fault, line in lines_of(Tool.NVBITFI, campaign, traced, ranks):
        planned = campaign.network.plan[fault.site.launch]
        if isinstance(line, Unsaid):
            assert fault.draw.mode is not Mode.IOV or fault.target.kind is not TargetKind.REGISTER
            continue
        said += 1
        assert (line.kernel, line.count, line.name.group) == (planned.kernel, planned.index, 7)
        mask = general_register_mask(ranks.program(fault))
        assert mask[fault.pc]
        if fault.draw.model in (FaultModel.SINGLE_BIT, FaultModel.DOUBLE_BIT):
            double = fault.draw.model is FaultModel.DOUBLE_BIT
            assert fault.mask.value == (3 if double else 1) << pick(31 if double else 32, line.bit)
        elif fault.draw.model is FaultModel.RANDOM_VALUE:
            assert pick(2**32, line.bit) == 0xDEADBE00  # 24 bits of the mask
            assert "24 bits" in line.note
    assert said > 20


def test_numbers_are_one_to_one(campaign: Campaign, ranks: Ranks) -> None:
    """All sites of a launch, numbered: every number once, thread after thread."""
    for item in campaign.profiled_launches():
        mask = group_mask(item.program, Group.GPR)
        ends = thread_ends(item.profile, mask, issued=False)
        each = item.profile.executed[:, mask].sum(axis=1)[item.profile.thread_class]
        assert np.diff(ends, prepend=0).tolist() == each.tolist()


def test_warp_faults(campaign: Campaign, traced: list[TracedFault], ranks: Ranks) -> None:
    for item in traced[:30]:
        draw = replace(item.fault.draw, scope=Scope.WARP)
        warp = replace(item, fault=replace(item.fault, draw=draw))
        planned = campaign.network.plan[draw.launch]
        line = sassifi_line(warp, planned, ranks)
        if draw.mode is Mode.IOV:
            assert isinstance(line, SiteLine)
            assert line.name.model_number >= 4
        else:
            assert isinstance(line, Unsaid)
        assert isinstance(nvbitfi_line(warp, planned, ranks, 1), Unsaid)


def test_nvbitfi_counts_by_its_own_table_of_opcodes() -> None:
    """What it does not know it takes for FADD; predicates alone and stores it leaves out."""
    counted = {
        "IADD3 R4, R5, R6, RZ": True,
        "ISETP.NE.AND P0, PT, R4, RZ, PT": False,
        "HSETP2.GT.AND P0, P1, R4, R5, PT": True,
        "UIADD3 UR4, UR5, UR6, URZ": True,
        "STG.E [R2.64], R4": False,
        "ATOMG.E.ADD.STRONG.GPU PT, R4, [R2.64], R5": True,
        "WARPSYNC 0xffffffff": False,
        "EXIT": False,
    }
    assert general_register_mask(turing_program(*counted)).tolist() == list(counted.values())
