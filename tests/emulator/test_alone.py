"""One thread of a block run alone, although threads wait for each other, against the whole block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernels.cases import CASES
from tests.kernels.hardened.launches import Prepared, prepare

from sassafras.emulator.alone import AroundBlock, BlockImages, LoneBlock
from sassafras.emulator.armed import ArmedBlock, Stop
from sassafras.emulator.block_images import ImageRoom, block_images, run_with, stored_by
from sassafras.emulator.layout import AccessKind
from sassafras.emulator.machine import Machine
from sassafras.emulator.vector.choice import Form
from sassafras.errors import GoldenTrap
from sassafras.isa.operands import Address
from sassafras.isa.slicing import (
    has_known_phases,
    has_known_way,
    shared_memory_slice,
    without_tail,
)
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.programs import bundled_architectures, load_program

LIMIT = 20_000
TMR = pytest.param(Technique.TMR, marks=pytest.mark.long)  # three copies of a product compile long
RETRY = pytest.param(Technique.DMR_RETRY, marks=pytest.mark.long)
FORMS = [None, TMR, Technique.DMR, RETRY, Technique.ABFT]
GEMMS = [case for case in CASES if case.kernel == "gemm" and "wild" in case.name]


def prepared(number: int, form: Technique | None) -> Prepared:
    return prepare(GEMMS[number % len(GEMMS)], form)


_WIDE: dict[str, Machine] = {}


def wide(case: Prepared) -> Machine:
    program = case.machine.program
    return _WIDE.setdefault(program.name, Machine(program, Form.WIDE))


def images_of(case: Prepared, machine: Machine, block: int, *, private: bool = True) -> BlockImages:
    """Memory is put back."""
    before = case.memory.data.copy()
    found = block_images(machine, case.launch, case.memory, block, 1, ImageRoom(), private=private)
    assert found is not None
    stores = not private or shared_memory_slice(without_tail(case.machine.program)) is None
    assert stores or (case.memory.data == before).all()
    case.memory.data[:] = before
    return found


def stored(log: np.ndarray, thread: int | None = None) -> set[int]:
    """Offsets of the bytes of global memory that are stored."""
    chosen = log[log["kind"] == int(AccessKind.GLOBAL_STORE)]
    chosen = chosen if thread is None else chosen[chosen["thread"] == thread]
    return {int(e["offset"]) + k for e in chosen for k in range(e["nbytes"])}


@pytest.mark.alike(4)
@pytest.mark.parametrize("form", FORMS, ids=str)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_all_builds_leave_the_same_shared_memory(form: Technique | None, data: st.DataObject) -> None:
    """The whole program, what matters to shared memory alone, and the wide build; at each barrier, and at the
    end that of the block under control.
    """
    case = prepared(data.draw(st.integers(0, 50)), form)
    block = data.draw(st.integers(0, case.launch.blocks - 1))
    whole, sliced = (
        images_of(case, case.machine, block, private=private).phases for private in (False, True)
    )
    assert (whole == sliced).all()
    armed = case.machine.arm(case.launch, case.memory, block)
    assert armed.run(LIMIT) is Stop.FINISHED
    assert (armed.shared == whole[-1]).all()
    armed.undo()
    vectors = images_of(case, wide(case), block)
    assert (vectors.phases == whole).all()
    assert (vectors.rows[1 : max(vectors.row_of) + 1] != vectors.rows[: max(vectors.row_of)]).any(1).all()
    if form is None:
        assert (images_of(case, wide(case), block, private=False).phases == whole).all()
        stores = stored_by(wide(case), case.launch, case.memory, block)
        assert stores is not None and set(stores.tolist()) == stored(armed.accesses())
        assert (np.diff(stores) > 0).all()


@dataclass
class Alone:
    """A thread, what it finds, and what it stores in the golden run."""

    case: Prepared
    block: int
    thread: int
    images: BlockImages

    def golden(self, *, blind: bool = False) -> LoneBlock:
        images = None if blind else self.images
        lone = LoneBlock(
            self.case.machine,
            self.case.launch,
            self.case.memory,
            self.block,
            self.thread,
            images,
            most_turns=99,
        )
        lone.keep_trace(self.thread, LIMIT)
        assert lone.run(LIMIT) is Stop.FINISHED
        lone.undo()
        return lone

    def lone(self, views: np.ndarray | None = None) -> LoneBlock:
        known = self.golden().turns
        place = self.case.launch, self.case.memory, self.block, self.thread
        return LoneBlock(self.case.machine, *place, self.images, known, views)

    @property
    def whole(self) -> ArmedBlock:
        return self.case.machine.arm(self.case.launch, self.case.memory, self.block)


def alone(data: st.DataObject, form: Technique | None = None) -> Alone:
    case = prepared(data.draw(st.integers(0, 50)), form)
    block = data.draw(st.integers(0, case.launch.blocks - 1))
    thread = data.draw(st.integers(0, case.launch.threads_per_block - 1))
    machine = wide(case) if form is None else case.machine
    return Alone(case, block, thread, images_of(case, machine, block))


Change = Callable[[ArmedBlock, int], None]


def struck(armed: ArmedBlock, thread: int, at: int, change: Change | None) -> Stop:
    """Run with a change before dynamic instruction ``at``; what is stored stays."""
    armed.keep_trace(thread, LIMIT)
    if armed.run_until(thread, at) is Stop.REACHED and change is not None:
        change(armed, thread)
    return armed.run(LIMIT)


def flip(data: st.DataObject) -> Change:
    register, bit = data.draw(st.integers(0, 30)), data.draw(st.integers(0, 31))

    def change(armed: ArmedBlock, thread: int) -> None:
        registers = armed.registers(thread)
        registers[register % len(registers)] ^= np.uint32(1 << bit)

    return change


def places(log: np.ndarray) -> list[tuple[int, ...]]:
    return [tuple(e) for e in log[["offset", "nbytes", "kind", "pc"]].tolist()]


def test_the_golden_run_of_a_thread_needs_no_shared_memory_where_its_way_is_known() -> None:
    case = prepared(0, None)
    assert has_known_way(case.machine.program)
    for block in range(case.launch.blocks):
        for thread in range(0, case.launch.threads_per_block, 7):
            one = Alone(case, block, thread, images_of(case, case.machine, block))
            seeing, blind = one.golden(), one.golden(blind=True)
            assert (seeing.trace(thread) == blind.trace(thread)).all()
            assert places(seeing.accesses()) == places(blind.accesses())
            assert (seeing.turns.stored == blind.turns.stored).all()
            assert (seeing.turns.ends == blind.turns.ends).all()


def test_which_products_have_a_known_way() -> None:
    """A vote over copies is data, and decides where a thread goes on."""
    known = {
        name: has_known_way(load_program(name)) for name in ("gemm", "gemm_check", "gemm_tmr", "gemm_dmr")
    }
    assert known == {"gemm": True, "gemm_check": True, "gemm_tmr": False, "gemm_dmr": False}
    assert all(has_known_phases(load_program(name)) for name in known)


def test_the_product_has_a_known_way_on_every_architecture() -> None:
    """For sm_90 its loads are guarded, and so is what makes their addresses."""
    assert all(has_known_way(load_program("gemm", arch)) for arch in bundled_architectures())


@pytest.mark.parametrize("form", FORMS, ids=str)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_thread_alone_does_what_it_does_in_its_block(form: Technique | None, data: st.DataObject) -> None:
    """Where nobody else can tell, memory, registers, trace and trap are those of the whole block."""
    one, at = alone(data, form), data.draw(st.integers(0, 300))
    memory, change = one.case.memory, data.draw(st.sampled_from([None, flip(data)]))
    lone, whole = one.lone(), one.whole
    stop = struck(lone, one.thread, at, change)
    mine = memory.data.copy()
    lone.undo()
    if change is None:
        assert stop is Stop.FINISHED and not lone.heard
    if stop is Stop.DIFFERS or lone.heard:
        return
    whole_stop = struck(whole, one.thread, at, change)
    together = memory.data.copy()
    whole.undo()
    assert stop is whole_stop and lone.trap == whole.trap
    assert (lone.trace(one.thread) == whole.trace(one.thread)).all()
    assert (lone.registers(one.thread) == whole.registers(one.thread)).all()
    assert (lone.predicates(one.thread) == whole.predicates(one.thread)).all()
    log = whole.accesses()
    assert places(log[log["thread"] == one.thread]) == places(lone.accesses())
    if stop is Stop.FINISHED:
        golden = one.whole
        golden.run(LIMIT)
        theirs = sorted(stored(golden.accesses()) - stored(golden.accesses(), one.thread))
        mine[theirs] = memory.data[theirs]
        golden.undo()
        assert mine.tobytes() == together.tobytes()


@pytest.mark.parametrize("form", [Technique.DMR, TMR], ids=str)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_so_are_those_that_data_steer_behind_the_last_barrier(form: Technique, data: st.DataObject) -> None:
    """Copies that differ are looked at there: what the others of the whole block store, wherever that is."""
    one, change = alone(data, form), flip(data)
    assert has_known_phases(one.case.machine.program)
    at = data.draw(st.integers(0, len(one.golden().trace(one.thread)) - 1))
    whole, lone = one.whole, one.lone(np.zeros_like(one.images.phases))
    whole_stop = struck(whole, one.thread, at, change)
    theirs = sorted(stored(whole.accesses()) - stored(whole.accesses(), one.thread))
    together = one.case.memory.data[theirs]
    whole.undo()
    stop = struck(lone, one.thread, at, change)
    lone.undo()
    if stop is not Stop.FINISHED or lone.heard or lone.deviates is None:
        return
    ran = run_with(wide(one.case), one.case.launch, one.case.memory, lone, lone.deviates, LIMIT)
    if ran is None:
        return
    assert whole_stop is Stop.FINISHED and set(theirs) <= set(ran[0].tolist())
    assert (ran[1][np.isin(ran[0], theirs)] == together).all()


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_the_others_are_run_with_what_a_thread_has_left_them(data: st.DataObject) -> None:
    """At every strike point: where a thread has stored other values in shared memory, what the others store
    is what they store in the whole block; and so it is with the others around it.
    """
    one, change = alone(data), flip(data)
    at = data.draw(st.integers(0, len(one.golden().trace(one.thread)) - 1))
    memory, views = one.case.memory, np.zeros_like(one.images.phases)
    golden, whole, lone = memory.data.copy(), one.whole, one.lone(views)
    whole_stop = struck(whole, one.thread, at, change)
    together = memory.data.copy()
    whole.undo()
    around = AroundBlock(one.case.machine, one.case.launch, memory, one.block, one.thread)
    assert struck(around, one.thread, at, change) is whole_stop and around.trap == whole.trap
    assert (around.registers(one.thread) == whole.registers(one.thread)).all()
    if whole_stop is Stop.FINISHED:
        assert memory.data.tobytes() == together.tobytes()
        assert (around.shared == whole.shared).all()
    around.undo()
    memory.data[:] = golden
    stop = struck(lone, one.thread, at, change)
    mine = stored(lone.accesses())
    lone.undo()
    phases = lone.deviates
    if stop is Stop.DIFFERS or lone.heard or phases is None:
        return
    assert (phases.start > 0) or one.images.phases[0].any()
    ran = run_with(wide(one.case), one.case.launch, memory, lone, phases)
    assert (memory.data == golden).all()
    if ran is None:
        return
    assert stop is whole_stop and lone.trap == whole.trap
    if stop is Stop.FINISHED:
        own = stored(one.golden().accesses()) | mine
        theirs = ~np.isin(ran[0], sorted(own))
        assert (ran[1][theirs] == together[ran[0][theirs]]).all()
        assert (views[-1] == whole.shared).all()


def test_a_wrong_word_in_shared_memory_is_noticed() -> None:
    """The thread's own tile elements are read by others: each of them, changed, is noticed where the thread
    may leave nothing else, and handed on to the others where it may.
    """
    case = prepared(0, None)
    one = Alone(case, 0, 17, images_of(case, wide(case), 0))
    trace = one.golden().trace(17)
    stores = [k for k in range(len(trace)) if is_shared_store(case, int(trace[k]))]
    assert len(stores) == len(one.golden().turns.stored) > 0

    def spoil(armed: ArmedBlock, thread: int) -> None:
        armed.step(thread)
        entry = armed.accesses()[-1]
        armed.shared[int(entry["offset"])] ^= 1

    for at in stores:
        assert struck(one.lone(), 17, at, spoil) is Stop.DIFFERS
        lone, whole = one.lone(np.zeros_like(one.images.phases)), one.whole
        assert struck(lone, 17, at, spoil) is Stop.FINISHED
        lone.undo()
        assert lone.deviates is not None
        ran = run_with(wide(case), case.launch, case.memory, lone, lone.deviates)
        struck(whole, 17, at, spoil)
        theirs = sorted(stored(whole.accesses()) - stored(whole.accesses(), 17))
        assert ran is not None
        assert (ran[1][np.isin(ran[0], theirs)] == case.memory.data[theirs]).all()
        whole.undo()


def is_shared_store(case: Prepared, entry: int) -> bool:
    instruction = case.machine.program.instructions[entry & 0x7FFFFFFF]
    return instruction.opcode == "STS" and bool(entry >> 31)


def test_a_view_that_is_not_what_the_others_leave_is_noticed() -> None:
    """Whoever runs a thread alone supposes what it finds; the run of the others tells whether that was so."""
    case = prepared(0, None)
    one = Alone(case, 0, 17, images_of(case, wide(case), 0))
    views = one.images.phases.copy()
    lone = one.lone(views)
    assert run_with(wide(case), case.launch, case.memory, lone, range(len(views))) is not None
    views[-1, 3] ^= 1
    assert run_with(wide(case), case.launch, case.memory, lone, range(len(views) - 1)) is not None
    assert run_with(wide(case), case.launch, case.memory, lone, range(len(views))) is None


def test_a_store_elsewhere_is_noticed() -> None:
    case = prepared(0, None)
    one = Alone(case, 0, 17, images_of(case, wide(case), 0))
    trace = one.golden().trace(17)
    at = next(k for k in range(len(trace)) if is_shared_store(case, int(trace[k])))
    address = case.machine.program.instructions[int(trace[at]) & 0x7FFFFFFF].effects.address_registers[0]

    def move(armed: ArmedBlock, thread: int) -> None:
        armed.registers(thread)[address] ^= np.uint32(8)

    assert struck(one.lone(np.zeros_like(one.images.phases)), 17, at, move) is Stop.DIFFERS


def test_what_others_may_have_stored_is_heard() -> None:
    """A thread that loads in a phase what others store in it depends on their order."""
    case = max((prepared(k, None) for k in range(len(GEMMS))), key=lambda c: c.launch.blocks)
    one = Alone(case, 0, 0, images_of(case, wide(case), 0))
    load = next(i for i in case.machine.program.instructions if i.opcode == "LDS")
    operand = next(o for o in load.operands if isinstance(o, Address))
    assert operand.register is not None
    own = one.golden().turns.stored[:, 0].tolist()
    words = [4 * int(k) for k in np.flatnonzero(one.images.phases[0].view(np.uint32))]
    heard = {}
    for place in words:
        lone = one.lone()
        assert lone.run_until(0, 30) is Stop.REACHED and not lone.heard
        lone.registers(0)[operand.register] = np.uint32(place - operand.offset & 0xFFFFFFFF)
        lone._states["pc"][0] = load.index
        lone.run_until(0, 31)
        heard[place] = lone.heard
        assert lone.heard == (not lone.shared[place : place + 4].any())
    assert sum(heard.values()) >= len(words) - len(own) > 0


def test_a_thread_that_ends_early_is_noticed() -> None:
    case = prepared(0, None)
    one = Alone(case, 0, 3, images_of(case, case.machine, 0))
    exits = next(i.index for i in case.machine.program.instructions if i.opcode == "EXIT" and i.guard is None)

    def leave(armed: ArmedBlock, thread: int) -> None:
        armed._states["pc"][0] = exits

    assert struck(one.lone(), 3, 20, leave) is Stop.DIFFERS


def test_others_that_hang_are_not_told_exactly() -> None:
    case = prepared(0, None)
    around = AroundBlock(case.machine, case.launch, case.memory, 0, 17)
    assert around.run_to({17: 5}, 30)[0] is Stop.TRAPPED and around.hangs


def test_more_threads_and_blocks_that_trap_are_refused() -> None:
    case = prepared(0, None)
    with pytest.raises(ValueError, match="barriers"):
        case.machine.arm(case.launch, case.memory, 0, (1, 2))
    nowhere = case.kernel.launch({**case.arguments, "a": 8})
    for machine in (case.machine, wide(case)):
        with pytest.raises(GoldenTrap, match="status"):
            block_images(machine, nowhere, case.memory, 0, 1, ImageRoom(), private=True)
