"""A slow scalar reference of warps in lock step, written from the rule alone: before *every* instruction, of
the lanes that can go on those with the deepest call/sync stack are taken, of these the ones with the lowest
program counter, and all of them carry out that one instruction, in lane order.

It knows a handful of instructions, in plain Python integers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sassafras.isa.operands import PT, RZ, Address, Immediate, Predicate, Register, SpecialRegister, Target
from sassafras.isa.program import Instruction, Program

M32 = 0xFFFFFFFF
_RELATIONS: dict[str, Callable[[int, int], bool]] = {
    "LT": lambda a, b: a < b,
    "EQ": lambda a, b: a == b,
    "LE": lambda a, b: a <= b,
    "GT": lambda a, b: a > b,
    "NE": lambda a, b: a != b,
    "GE": lambda a, b: a >= b,
}


@dataclass
class Lane:
    """A thread. ``waits``: barrier number and count (0: all), or None."""

    thread: int
    block: int
    registers: list[int] = field(default_factory=lambda: [0] * 256)
    predicates: list[int] = field(default_factory=lambda: [0] * 7 + [1])
    pc: int = 0
    stack: list[tuple[str, int]] = field(default_factory=list)
    ended: bool = False
    waits: tuple[int, int] | None = None
    brought: tuple[str, int] | None = None
    result: int = 0
    issued: int = 0

    @property
    def number(self) -> int:
        return self.thread % 32

    def value(self, operand: object) -> int:
        if isinstance(operand, Immediate):
            return operand.bits
        assert isinstance(operand, Register)
        value = 0 if operand.index == RZ else self.registers[operand.index]
        return -value & M32 if operand.negate else value

    def truth(self, operand: object) -> int:
        assert isinstance(operand, Predicate)
        return self.predicates[operand.index] ^ operand.negate

    def put(self, operand: object, value: int) -> None:
        if isinstance(operand, Predicate):
            if operand.index != PT:
                self.predicates[operand.index] = int(value)
        else:
            assert isinstance(operand, Register)
            if operand.index != RZ:
                self.registers[operand.index] = value & M32


def signed(value: int) -> int:
    return value - (value >> 31 << 32)


def shuffled(way: str, lane: int, b: int, c: int) -> tuple[int, bool]:
    """The lane that a lane reads from, and whether it is in range (PTX, "shfl")."""
    clamp, mask = c & 31, c >> 8 & 31
    first = lane & mask
    last = first | (clamp & ~mask)
    b &= 31
    j = {"UP": lane - b, "DOWN": lane + b, "BFLY": lane ^ b, "IDX": first | (b & ~mask & 31)}[way]
    found = j >= last if way == "UP" else j <= last
    return (j if found else lane), found


class Block:
    """A block of a launch over ``shared`` bytes; ``memory``: words of global memory by address."""

    def __init__(
        self, program: Program, threads: int, shared: int, memory: dict[int, int], block: int = 0
    ) -> None:
        self.program = program
        self.lanes = [Lane(t, block) for t in range(threads)]
        self.shared = bytearray(shared)
        self.memory = memory
        self.arrived = [0] * 16

    def run(self) -> None:
        """To the end. Raises TimeoutError where a barrier is never released."""
        while True:
            for start in range(0, len(self.lanes), 32):
                while self._step(self.lanes[start : start + 32]):
                    pass
            if all(lane.ended for lane in self.lanes):
                return
            if not self._release():
                raise TimeoutError

    def _step(self, warp: list[Lane]) -> bool:
        able = [lane for lane in warp if not lane.ended and lane.waits is None]
        if not able:
            return False
        depth, pc = min((-len(lane.stack), lane.pc) for lane in able)
        group = [lane for lane in able if (-len(lane.stack), lane.pc) == (depth, pc)]
        instruction = self.program.instructions[pc]
        for lane in group:
            lane.issued += 1
            lane.pc += 1
        guard = instruction.guard
        active = [lane for lane in group if guard is None or lane.truth(guard)]
        if active:
            getattr(self, f"_{instruction.opcode.lower()}")(instruction, active, warp)
        return True

    def _index(self, target: object) -> int:
        assert isinstance(target, Target)
        return self.program.index_of_offset[target.offset]

    # instructions ----------------------------------------------------------------------------------------

    def _each(self, i: Instruction, active: list[Lane], compute: Callable[[Lane], int]) -> None:
        for lane in active:
            lane.put(i.operands[0], compute(lane))

    def _mov32i(self, i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        self._each(i, active, lambda lane: lane.value(i.operands[1]))

    _mov = _mov32i

    def _s2r(self, i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        special = i.operands[1]
        assert isinstance(special, SpecialRegister)
        of: dict[str, Callable[[Lane], int]] = {
            "SR_TID.X": lambda lane: lane.thread,
            "SR_CTAID.X": lambda lane: lane.block,
            "SR_LANEID": lambda lane: lane.number,
            "SR_EQMASK": lambda lane: 1 << lane.number,
            "SR_LTMASK": lambda lane: (1 << lane.number) - 1,
        }
        self._each(i, active, of[special.name])

    def _iadd(self, i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        self._each(i, active, lambda lane: lane.value(i.operands[1]) + lane.value(i.operands[2]))

    def _lop(self, i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        operation = {"AND": int.__and__, "OR": int.__or__, "XOR": int.__xor__}[i.modifiers[0]]
        self._each(i, active, lambda lane: operation(lane.value(i.operands[1]), lane.value(i.operands[2])))

    def _shl(self, i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        self._each(i, active, lambda lane: lane.value(i.operands[1]) << min(lane.value(i.operands[2]), 32))

    def _isetp(self, i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        relation = _RELATIONS[i.modifiers[0]]
        for lane in active:
            true = relation(signed(lane.value(i.operands[2])), signed(lane.value(i.operands[3])))
            third = lane.truth(i.operands[4])
            lane.put(i.operands[0], true and third)
            lane.put(i.operands[1], (not true) and third)

    def _shfl(self, i: Instruction, active: list[Lane], warp: list[Lane]) -> None:
        given = {lane.number: lane.value(i.operands[2]) for lane in warp}  # of those elsewhere: as it stands
        for lane in active:
            _, _, _, b, c = i.operands
            source, found = shuffled(i.modifiers[0], lane.number, lane.value(b), lane.value(c))
            lane.put(i.operands[1], given.get(source, 0))
            lane.put(i.operands[0], found)

    def _vote(self, i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        *destinations, told, asked = i.operands
        votes = [lane.truth(asked) for lane in active]
        answer = {"ALL": all(votes), "ANY": any(votes), "EQ": len(set(votes)) == 1}[i.modifiers[0]]
        mask = sum(vote << lane.number for vote, lane in zip(votes, active, strict=True))
        for lane in active:
            lane.put(told, answer)
            for d in destinations:
                lane.put(d, mask)

    def _place(self, lane: Lane, operand: object) -> int:
        assert isinstance(operand, Address)
        return (
            lane.value(Register(RZ if operand.register is None else operand.register)) + operand.offset
        ) & M32

    def _lds(self, i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        for lane in active:
            at = self._place(lane, i.operands[1])
            lane.put(i.operands[0], int.from_bytes(self.shared[at : at + 4], "little"))

    def _sts(self, i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        for lane in active:
            at = self._place(lane, i.operands[0])
            self.shared[at : at + 4] = lane.value(i.operands[1]).to_bytes(4, "little")

    def _stg(self, i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        for lane in active:
            self.memory[self._place(lane, i.operands[0])] = lane.value(i.operands[1])

    def _nop(self, _i: Instruction, _active: list[Lane], _warp: list[Lane]) -> None:
        pass

    # control ---------------------------------------------------------------------------------------------

    def _bra(self, i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        for lane in active:
            lane.pc = self._index(i.operands[0])

    def _push(self, i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        for lane in active:
            lane.stack.append(({"SSY": "SSY", "PBK": "PBK"}[i.opcode], self._index(i.operands[0])))

    _ssy = _pbk = _push

    def _sync(self, _i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        for lane in active:
            kind, lane.pc = lane.stack.pop()
            assert kind == "SSY"

    def _brk(self, _i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        for lane in active:
            while (entry := lane.stack.pop())[0] != "PBK":
                pass
            lane.pc = entry[1]

    def _cal(self, i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        for lane in active:
            lane.stack.append(("CAL", lane.pc))
            lane.pc = self._index(i.operands[0])

    def _ret(self, _i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        for lane in active:
            kind, lane.pc = lane.stack.pop()
            assert kind == "CAL"

    def _exit(self, _i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        for lane in active:
            lane.ended = True

    # barriers --------------------------------------------------------------------------------------------

    def _bar(self, i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        numbers = [o for o in i.operands if not isinstance(o, Predicate)]
        packed = len(numbers) == 2 and all(isinstance(o, Register) for o in numbers)
        for lane in active:
            values = [lane.value(o) for o in numbers]
            number = values[0] & 15
            count = 0 if len(values) == 1 else values[1] >> 16 & 0xFFF if packed else values[1]
            if i.modifiers[0] == "ARV":
                self.arrived[number] += 32 * (lane is active[0])
                continue
            lane.waits = number, count
            lane.brought = (i.modifiers[1], lane.truth(i.operands[-1])) if i.modifiers[0] == "RED" else None

    def _b2r(self, i: Instruction, active: list[Lane], _warp: list[Lane]) -> None:
        for lane in active:
            lane.put(i.operands[0], lane.result)
            for predicate in i.operands[1:]:
                lane.put(predicate, lane.result != 0)

    def _release(self) -> bool:
        released = False
        for number in range(16):
            here = [lane for lane in self.lanes if lane.waits is not None and lane.waits[0] == number]
            if not here:
                continue
            count = max(lane.waits[1] for lane in here if lane.waits is not None)
            came = 32 * len({lane.thread // 32 for lane in here}) + self.arrived[number]
            alive = sum(not lane.ended for lane in self.lanes)
            if came < count if count else len(here) < alive:
                continue
            released, self.arrived[number] = True, 0
            brought = [lane.brought[1] for lane in here if lane.brought]
            for lane in here:
                lane.waits = None
                if lane.brought:
                    results = {"POPC": sum(brought), "AND": M32 * all(brought), "OR": M32 * any(brought)}
                    lane.result = results[lane.brought[0]]
        return released
