"""Why the emulated device stopped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sassafras.emulator.traps import TrapKind
from sassafras.explanation.memory_map import MemoryMap, Spot
from sassafras.explanation.replay import Replay
from sassafras.explanation.track import Track, Trapped
from sassafras.faults.model import TargetKind
from sassafras.isa.operands import RZ, Address
from sassafras.isa.program import Instruction, Program

_AT_WRITE_BACK = (TargetKind.STORE_ADDRESS, TargetKind.REGISTER_INDEX)
_GLOBAL = (TrapKind.ILLEGAL_ADDRESS, TrapKind.MISALIGNED_ADDRESS)
_ROUND = 1000  #: last instructions of a hanging thread that are looked at


@dataclass(frozen=True)
class TrapTold:
    """A trap: its kind (``TrapKind``), the thread, the instruction, and what it wanted.

    ``issued``: instructions of the thread so far. ``address``, ``nbytes``: of the access, ``spot``: what lies
    there (global memory). ``register``: the index that does not exist, of ``allocated`` ones. ``limit``,
    ``loop``: of a hang: the watchdog, and the lowest and highest byte offset among its last instructions.
    """

    kind: str
    block: int
    thread: int
    offset: int
    text: str
    issued: int
    address: int | None = None
    nbytes: int | None = None
    spot: Spot | None = None
    register: int | None = None
    allocated: int | None = None
    limit: int | None = None
    loop: tuple[int, int] | None = None


def tell_trap(replay: Replay, track: Track, memory_map: MemoryMap) -> TrapTold | None:
    """The trap that ended the faulty launch, None if it did not trap."""
    trapped = track.trap
    if trapped is None:
        return None
    program, trap = replay.machine.program, trapped.trap
    at_strike = _at_strike(replay, trapped)
    pc = replay.fault.pc if at_strike else trapped.pc
    instruction = program.instructions[min(max(pc, 0), len(program.instructions) - 1)]
    address: int | None = None
    spot: Spot | None = None
    register: int | None = None
    if at_strike and replay.fault.target.kind is TargetKind.REGISTER_INDEX:
        register = replay.values[1]
    elif at_strike:
        address = replay.values[1]
    elif trap.kind in (*_GLOBAL, TrapKind.SHARED_OUT_OF_RANGE):
        address = _wanted(instruction, trapped)
    if address is not None and (_is_wide(instruction) or address >> 32):
        spot = memory_map.spot(address)
    hangs = trap.kind is TrapKind.HANG
    return TrapTold(
        trap.kind.name, trap.block, trap.thread, instruction.offset, instruction.text, trapped.issued,
        address=address,
        nbytes=None if address is None else _nbytes(instruction),
        spot=spot,
        register=register,
        allocated=program.register_count if trap.kind is TrapKind.ILLEGAL_INSTRUCTION else None,
        limit=replay.watchdog if hangs else None,
        loop=_loop(program, track) if hangs and trap.thread == replay.fault.site.thread else None,
    )  # fmt: skip


def _at_strike(replay: Replay, trapped: Trapped) -> bool:
    """Whether the trap is the strike itself: a misdirected result or store."""
    start = replay.points.get(trapped.trap.thread)
    kind = replay.fault.target.kind
    if start is None or trapped.issued != start + 1 or kind not in _AT_WRITE_BACK:
        return False
    return kind is TargetKind.STORE_ADDRESS or trapped.trap.kind is TrapKind.ILLEGAL_INSTRUCTION


def _wanted(instruction: Instruction, trapped: Trapped) -> int | None:
    """The address that an instruction computes from the registers of the thread that trapped; of one that
    copies, that of its store or of its load, by what is wrong with it.
    """
    operands = [operand for operand in instruction.operands if isinstance(operand, Address)]
    if not operands:
        return None
    address = _computed(operands[0], trapped, wide=_is_wide(instruction))
    if instruction.effects.beside is None or trapped.trap.kind is TrapKind.SHARED_OUT_OF_RANGE:
        return address
    loaded = _computed(operands[1], trapped, wide=True)
    misaligned = trapped.trap.kind is TrapKind.MISALIGNED_ADDRESS
    return address if misaligned and loaded % _nbytes(instruction) == 0 else loaded


def _computed(operand: Address, trapped: Trapped, *, wide: bool) -> int:
    value = 0
    if operand.register is not None and operand.register != RZ:
        value = int(trapped.registers[operand.register]) * operand.scale
        if wide and operand.register + 1 < len(trapped.registers):
            value += int(trapped.registers[operand.register + 1]) << 32
    return (value + operand.offset) % (1 << (64 if wide else 32))


def _is_wide(instruction: Instruction) -> bool:
    """Whether it takes an address of 64 bits."""
    return instruction.access is not None and instruction.access.space.address_bits == 64


def _nbytes(instruction: Instruction) -> int:
    return 4 if instruction.access is None else instruction.access.nbytes


def _loop(program: Program, track: Track) -> tuple[int, int] | None:
    """Where a hanging thread goes round."""
    offsets = [program.instructions[pc].offset for pc in np.unique(track.pcs[-_ROUND:]).tolist()]
    return (min(offsets), max(offsets)) if offsets else None
