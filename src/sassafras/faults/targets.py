"""Which parts of an instruction a mode, a model and a choice of groups may strike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from sassafras.faults.model import FaultModel, Mode, Target, TargetKind
from sassafras.isa.groups import Group
from sassafras.isa.locations import File
from sassafras.isa.program import Instruction, Program, of_program

REGISTER_BITS = 32
INDEX_BITS = 8  #: a register index in the machine code has 8 bits
UNIFORM_INDEX_BITS = 6  #: and one of a register of the warp 6
_CC_FLAGS = 4

#: Groups that name a kind of destination rather than an opcode.
_KIND_OF_GROUP = {
    Group.GPR: TargetKind.REGISTER,
    Group.CC: TargetKind.CONDITION_CODE,
    Group.PR: TargetKind.PREDICATE,
    Group.STORE: TargetKind.STORE_VALUE,
}


@dataclass(frozen=True)
class Selection:
    """What a campaign strikes: ``groups`` None means every destination (IOV) or every index and store address
    (IOA). ``own``: the digest of a model of the user's own: two of one name are two selections.
    """

    mode: Mode
    model: FaultModel
    groups: frozenset[Group] | None = None
    own: str = field(default="", init=False)

    def __post_init__(self) -> None:
        if self.model.own is not None:
            object.__setattr__(self, "own", self.model.own.digest)


def value_targets(instruction: Instruction) -> tuple[Target, ...]:
    """Every destination of an instruction: registers, predicates, condition codes, 32-bit words of the stored
    value, registers and predicates of the warp.
    """
    effects = instruction.effects
    found = [Target(TargetKind.REGISTER, r, REGISTER_BITS) for r in effects.registers_written]
    found += [Target(TargetKind.PREDICATE, p, 1) for p in effects.predicates_written]
    if effects.writes_cc:
        found.append(Target(TargetKind.CONDITION_CODE, 0, _CC_FLAGS))
    if effects.is_store:
        bits = min(effects.store_bytes, 4) * 8
        found += [Target(TargetKind.STORE_VALUE, w, bits) for w in range(max(1, effects.store_bytes // 4))]
    return (*found, *_values_of_warp(instruction))


def _values_of_warp(instruction: Instruction) -> tuple[Target, ...]:
    kinds = {
        File.UNIFORM: (TargetKind.UNIFORM_REGISTER, REGISTER_BITS),
        File.UNIFORM_PREDICATES: (TargetKind.UNIFORM_PREDICATE, 1),
    }
    written = ((place.number, *kinds[place.file]) for place in instruction.effects.uniform_written)
    return tuple(Target(kind, number, bits) for number, kind, bits in written)


def address_targets(instruction: Instruction) -> tuple[Target, ...]:
    """The destination indexes of an instruction, or its store address."""
    effects = instruction.effects
    found = [Target(TargetKind.REGISTER_INDEX, r, INDEX_BITS) for r in effects.registers_written]
    if effects.access is not None and effects.is_store:
        found.append(Target(TargetKind.STORE_ADDRESS, 0, effects.access.space.address_bits))
    found += [
        Target(TargetKind.UNIFORM_INDEX, place.number, UNIFORM_INDEX_BITS)
        for place in effects.uniform_written
        if place.file is File.UNIFORM
    ]
    return tuple(found)


def targets(instruction: Instruction, selection: Selection) -> tuple[Target, ...]:
    """What the selection may strike in an instruction; empty if nothing.

    A register-file fault may strike any allocated register at any instruction, a memory fault none: they have
    no targets here.
    The law of the model says which of them it takes; a mask of one's own takes any.
    """
    match selection.mode:
        case Mode.RF | Mode.MEM:
            return ()
        case Mode.IOA:
            found = address_targets(instruction)
        case Mode.IOV:
            found = value_targets(instruction)
        case _:
            assert_never(selection.mode)
    if selection.model != FaultModel.MASK:
        law = selection.model.file.law
        found = tuple(t for t in found if law.takes(instruction, t))
    if selection.groups is None:
        return found
    return tuple(t for t in found if _chosen(instruction, t, selection.groups))


def _chosen(instruction: Instruction, target: Target, groups: frozenset[Group]) -> bool:
    """An opcode group takes all destinations of its instructions; a destination group takes only its kind."""
    by_opcode = groups & instruction.groups - set(_KIND_OF_GROUP)
    kinds = {TargetKind.REGISTER_INDEX: TargetKind.REGISTER, TargetKind.STORE_ADDRESS: TargetKind.STORE_VALUE}
    kind = kinds.get(target.kind, target.kind)
    return bool(by_opcode) or any(_KIND_OF_GROUP.get(g) is kind for g in groups)


@of_program
def strike_mask(program: Program, selection: Selection) -> NDArray[np.bool_]:
    """For each instruction, whether the selection may strike what it does for a thread (when executed; for
    RF: when issued). bool (instructions,).
    """
    register_file = selection.mode is Mode.RF
    struck = np.array([register_file or bool(targets(i, selection)) for i in program.instructions], bool)
    struck[warp_strike_mask(program, selection)] = False
    return struck


def may_strike(program: Program, selection: Selection) -> bool:
    """Whether there is anything in it that the selection may strike."""
    return any(mask(program, selection).any() for mask in (strike_mask, warp_strike_mask))


@of_program
def warp_strike_mask(program: Program, selection: Selection) -> NDArray[np.bool_]:
    """The same of what it does for the warp, once for all of its threads: its destinations are the warp's."""
    choices = ([] if selection.mode is Mode.RF else targets(i, selection) for i in program.instructions)
    return np.array([bool(found) and all(t.kind.of_warp for t in found) for found in choices], bool)
