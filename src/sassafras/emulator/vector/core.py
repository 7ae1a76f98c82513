"""The wide form of a program, from which a warp is run: what its parts share.

``thread(warp, context) -> status`` runs a warp until its lanes have ended or wait at a barrier. Registers are
wide slots, written in all lanes: those that are not active are never looked at. The active lanes are a word
with a bit each, which guards stores, traps and branches.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from llvmlite import ir

from sassafras.architectures.multiprocessor import WARP
from sassafras.building import I32, I64, POINTER
from sassafras.emulator.function import FIXED, ThreadFunction
from sassafras.emulator.layout import CONTEXT, Status, offset_of
from sassafras.emulator.plain import used_registers, used_uniform
from sassafras.emulator.ports import Ports
from sassafras.emulator.storage import Storage, state_pointer
from sassafras.emulator.traps import TrapKind
from sassafras.emulator.vector.builder import Value, WideBuilder
from sassafras.emulator.vector.facts import Facts
from sassafras.emulator.vector.lane_memory import LaneMemory
from sassafras.emulator.vector.lanes import NoWideForm, Shape, Wide
from sassafras.emulator.vector.layout import WarpLayout
from sassafras.emulator.vector.ports import WideBuild, WidePorts
from sassafras.emulator.vector.scheduling import Scheduling, at, wide_load
from sassafras.emulator.vector.storage import WideStorage
from sassafras.isa.kinds import Action, Space
from sassafras.isa.locations import Location
from sassafras.isa.program import Instruction, Program

_UNLIKELY = (1, 2000)


class WarpCore(ThreadFunction):
    """Slots, blocks and small words that control and memory are written in."""

    b: WideBuilder
    ports: WidePorts

    def __init__(self, program: Program, shape: Shape) -> None:
        self.shape = shape
        self.facts = Facts(program)
        self.layout = WarpLayout(
            tuple(sorted(used_registers(program.instructions))),
            tuple(sorted(used_uniform(program.instructions))),
            _global_loads(program),
            shape.parts,
        )
        super().__init__(program)
        self.scheduling = Scheduling(self.module, shape)
        self.lane_memory = LaneMemory(self.module, shape)

    # what a build decides --------------------------------------------------------------------------------

    def make_builder(self, block: ir.Block) -> ir.IRBuilder:
        """One that lifts."""
        return WideBuilder(block, self.shape)

    def make_specials(self) -> dict[str, Any]:
        """Of the lanes, from the table of the launch; of the block, from the header."""
        b = self.b
        thread = b.load(at(b, self.state, "thread"), typ=I32)
        table = b.load(state_pointer(b, self.context, offset_of(CONTEXT, "tids")), typ=POINTER)
        row = b.gep(table, [b.mul(thread, I32(3))], source_etype=I32)
        found: dict[str, Any] = {**FIXED, "SR_LANEID": self._numbers()}
        for k, axis in enumerate("XYZ"):
            found[f"SR_TID.{axis}"] = wide_load(b, state_pointer(b, row, 4 * WARP * k), I32)
            found[f"SR_CTAID.{axis}"] = b.load(at(b, self.state, "ctaid", 4 * k), typ=I32)
        return found

    def _numbers(self) -> Wide:
        """Of the lanes."""
        lanes = self.shape.lanes
        vector = self.shape.vector(I32)
        return Wide(
            [ir.Constant(vector, list(range(lanes * k, lanes * k + lanes))) for k in self.shape.all], I32
        )

    def make_storage(self) -> Storage:
        """Wide slots; and slots for what is of the warp: the active lanes, the instructions that they have
        issued, how many these may be, their stack and its entries, the highest key of a lane that waits.
        """
        b = self.b
        words = ("mask", "depth", "node", "best")
        self.mask, self.depth, self.node, self.best = (b.alloca(I32, name=name) for name in words)
        self.running, self.room = (b.alloca(I64, name=n) for n in ("running", "room"))
        self._stacks = b.load(state_pointer(b, self.context, offset_of(CONTEXT, "stacks")), typ=POINTER)
        self._pushes = 0
        self.storage = WideStorage(b, self.state, self.layout)
        return self.storage

    def leaders(self) -> list[int]:
        """Starts of basic blocks."""
        return list(self.facts.sizes)

    @abstractmethod
    def remembered_behind(self, barrier: int) -> frozenset[Location]:
        """What lanes that wait at a barrier must put into the warp's memory."""

    def executed(self, instruction: Instruction) -> None:
        """Counted elsewhere."""

    def logged(self, space: Space, pointer: ir.Value, offset: ir.Value, nbytes: int, *, store: bool) -> None:
        """Nothing is logged."""

    def issued(self) -> ir.Value:
        """Lanes have clocks of their own."""
        raise NoWideForm("the clock of a lane")

    def stop(self, kind: TrapKind) -> None:
        """A trap is told thread by thread."""
        raise NoWideForm(f"a trap that is asked for: {kind.name}")

    # words -----------------------------------------------------------------------------------------------

    def active(self) -> ir.Value:
        """The active lanes, a bit each."""
        return self.b.load(self.mask, typ=I32)

    def lanes_of(self, condition: Value | None) -> ir.Value:
        """The active lanes in which the guard and a condition hold."""
        word = self.active()
        for one in (self.b.guard, condition):
            if one is not None:
                word = self.b.and_(word, self.b.bits(one))
        return word

    def block(self, name: str) -> ir.Block:
        """A new block."""
        return self.function.append_basic_block(name)

    def unless(self, condition: ir.Value, elsewhere: ir.Block) -> None:
        """Go elsewhere where a condition holds, which is rare, and on otherwise."""
        onward = self.block("on")
        self.b.cbranch(condition, elsewhere, onward).set_weights(list(_UNLIKELY))
        self.b.position_at_end(onward)

    def redo_if(self, condition: ir.Value) -> None:
        """Leave the block to the scalar build where a condition holds."""
        stop = self.block("redo")
        self.unless(condition, stop)
        with self.b.goto_block(stop):
            self.b.ret(I32(Status.REDO))

    def trap_if(self, condition: Value, kind: TrapKind) -> None:
        """A lane that would trap: the scalar build says which, and where."""
        self.redo_if(self.b.icmp_unsigned("!=", self.lanes_of(condition), I32(0)))

    def leave(self, status: int, *, pc: int) -> None:
        """A trap."""
        self.b.ret(I32(Status.REDO))

    def following(self) -> int:
        """Index of the next instruction. There must be one."""
        index = self.ports.at.index + 1
        if index == len(self.program.instructions):
            raise NoWideForm("lanes would go on behind the end")
        return index

    def index_at(self, offset: int) -> int:
        """Index of the instruction at a byte offset."""
        index = self.program.index_of_offset.get(offset)
        if index is None:
            raise self.ports.refuse(f"{offset:#x} is no instruction")
        return index

    def make_ports(self, storage: Storage) -> Ports:
        """Those that keep predicates as truth values."""
        return WidePorts(self.program, self.b, storage, WideBuild(self))

    def special(self, name: str) -> Any:
        """Of lanes and blocks."""
        return self._specials.get(name)


def _global_loads(program: Program) -> tuple[int, ...]:
    """Of a block of gemm, run for its images, half the time was waiting for them."""
    found = ((i.index, i.access) for i in program.instructions)
    return tuple(
        k for k, access in found if access and access.space is Space.GLOBAL and access.action is Action.LOAD
    )
