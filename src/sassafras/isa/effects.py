"""What an instruction reads and writes, derived from its opcode's record and its operands."""

from __future__ import annotations

from collections.abc import Iterable

from sassafras.isa.groups import Group
from sassafras.isa.kinds import Space
from sassafras.isa.locations import ConstantWords, Effects, File, Location
from sassafras.isa.opcodes.fields import Fields
from sassafras.isa.opcodes.modifiers import EXTENDED, PART_OF_LONG
from sassafras.isa.opcodes.record import Opcode, Slot
from sassafras.isa.operands import (
    PT,
    RZ,
    URZ,
    Address,
    ConditionTest,
    Constant,
    ConstantOfWarp,
    ConvergenceBarrier,
    Immediate,
    Name,
    Operand,
    Predicate,
    Register,
    SpecialRegister,
    Target,
    UniformPredicate,
    UniformRegister,
    WholeFile,
)

_WORDS = (Register, UniformRegister, Constant, Immediate)
_PREDICATES = (Predicate, UniformPredicate)
_KINDS: dict[Slot, tuple[type, ...]] = {
    Slot.DESTINATION: (Register, UniformRegister),
    Slot.PREDICATE_DESTINATION: _PREDICATES,
    Slot.SOURCE: _WORDS,
    Slot.ADDEND: _WORDS,
    Slot.BARRIER: (ConvergenceBarrier,),
    Slot.REGISTER: (Register,),
    Slot.FACTOR: (Register,),
    Slot.IMMEDIATE: (Immediate,),
    Slot.PREDICATE: _PREDICATES,
    Slot.ADDRESS: (Address,),
    Slot.ADDRESS_READ: (Address,),
    Slot.CONSTANT: (Constant, ConstantOfWarp),
    Slot.TARGET: (Target, Immediate),
    Slot.CONDITION: (ConditionTest,),
    Slot.SPECIAL: (SpecialRegister,),
    Slot.NAME: (Name,),
    Slot.HINT: (Predicate,),
    Slot.FILE: (WholeFile,),
    Slot.FILE_DESTINATION: (WholeFile,),
}


def slots_of(record: Opcode, operands: tuple[Operand, ...], fields: Fields) -> tuple[Slot, ...] | None:
    """The signature of ``record`` that fits the operands, as slots; None if none fits."""
    for slots in record.forms:
        if len(slots) != len(operands):
            continue
        if all(isinstance(o, _KINDS[s]) for o, s in zip(operands, slots, strict=True)) and _tests(
            record, slots, fields
        ):
            return slots
    return None


def _tests(record: Opcode, slots: tuple[Slot, ...], fields: Fields) -> bool:
    """LOP's predicate destination and its test modifier come together or not at all."""
    if record.predicate_field is None:
        return True
    return (Slot.PREDICATE_DESTINATION in slots) == (fields[record.predicate_field] is not None)


def derive_effects(
    record: Opcode,
    slots: tuple[Slot, ...],
    operands: tuple[Operand, ...],
    fields: Fields,
    guard: Predicate | UniformPredicate | None,
) -> Effects:
    """Effects of one instruction; RZ and PT never appear. Registers read are listed once each."""
    pairs = tuple(zip(slots, operands, strict=True))
    destinations = [o for s, o in pairs if s is Slot.DESTINATION and isinstance(o, Register)]
    result_width = record.result_width(fields)
    return Effects(
        registers_read=tuple(dict.fromkeys(r for s, o in pairs for r in _read_by(record, s, o, fields))),
        registers_written=tuple(r for d in destinations for r in registers_from(d.index, result_width)),
        predicates_read=(
            *_predicates(o for s, o in pairs if s is Slot.PREDICATE),
            *_in_file(Slot.FILE, pairs),
        ),
        predicates_written=(
            *_predicates(o for s, o in pairs if s is Slot.PREDICATE_DESTINATION),
            *_in_file(Slot.FILE_DESTINATION, pairs),
        ),
        reads_cc=fields[EXTENDED]
        or fields[PART_OF_LONG].follows
        or Slot.CONDITION in slots
        or (Slot.FILE, WholeFile(File.CODES)) in pairs,
        writes_cc=any(d.writes_cc for d in destinations)
        or (Slot.FILE_DESTINATION, WholeFile(File.CODES)) in pairs,
        guard=guard.index if isinstance(guard, Predicate) and guard.index != PT else None,
        address_registers=tuple(r for s, o in pairs if isinstance(o, Address) for r in _base(record, s, o)),
        constants=tuple(
            _words(record, s, o, fields) for s, o in pairs if isinstance(o, Constant | ConstantOfWarp)
        ),
        access=record.access(fields),
        beside=record.access_beside(fields),
        uniform_read=tuple(
            dict.fromkeys(
                (
                    *_uniform_predicates([guard]),
                    *(u for s, o in pairs for u in _uniform_by(record, s, o, fields)),
                )
            )
        ),
        uniform_guard=_uniform_predicates([guard]),
        uniform_written=(
            *(
                u
                for s, o in pairs
                if s is Slot.DESTINATION and isinstance(o, UniformRegister)
                for u in uniform_from(o.index, result_width)
            ),
            *_uniform_predicates(o for s, o in pairs if s is Slot.PREDICATE_DESTINATION),
        ),
    )


def registers_from(first: int, count: int) -> tuple[int, ...]:
    """``count`` consecutive registers, RZ and anything behind it left out (RZ as a wide operand is zero
    throughout).
    """
    return () if first == RZ else tuple(range(first, min(first + count, RZ)))


def uniform_from(first: int, count: int) -> tuple[Location, ...]:
    """The same of registers of the warp."""
    numbers = () if first == URZ else range(first, min(first + count, URZ))
    return tuple(Location(File.UNIFORM, number) for number in numbers)


def _width(record: Opcode, slot: Slot, fields: Fields) -> int:
    """Registers of an operand that is read."""
    match slot:
        case Slot.ADDEND:
            return record.addend_width(fields)
        case Slot.FACTOR:
            return record.factor_width(fields)
        case _:
            return record.source_width(fields)


def _uniform_by(record: Opcode, slot: Slot, operand: Operand, fields: Fields) -> tuple[Location, ...]:
    """What is read of the warp's registers and predicates."""
    space = _space_of(record, slot)
    if isinstance(operand, ConstantOfWarp):
        return uniform_from(operand.register, 1)
    if isinstance(operand, Address) and operand.uniform is not None and space is not None:
        return uniform_from(operand.uniform, space.address_bits // 32)
    if isinstance(operand, UniformRegister) and slot is not Slot.DESTINATION:
        return uniform_from(operand.index, _width(record, slot, fields))
    return _uniform_predicates([operand]) if slot is Slot.PREDICATE else ()


def _uniform_predicates(operands: Iterable[Operand | None]) -> tuple[Location, ...]:
    """Predicates of the warp, UPT left out, each once."""
    found = (o.index for o in operands if isinstance(o, UniformPredicate) and o.index != PT)
    return tuple(Location(File.UNIFORM_PREDICATES, number) for number in dict.fromkeys(found))


def _read_by(record: Opcode, slot: Slot, operand: Operand, fields: Fields) -> tuple[int, ...]:
    if slot in (Slot.SOURCE, Slot.ADDEND, Slot.FACTOR, Slot.REGISTER) and isinstance(operand, Register):
        return registers_from(operand.index, _width(record, slot, fields))
    if isinstance(operand, Address):
        return _base(record, slot, operand)
    if isinstance(operand, Constant) and operand.register is not None:
        return registers_from(operand.register, 1)
    return ()


def _space_of(record: Opcode, slot: Slot) -> Space | None:
    """What an address in a slot points into."""
    return record.copies_from if slot is Slot.ADDRESS_READ else record.address_space


def _base(record: Opcode, slot: Slot, address: Address) -> tuple[int, ...]:
    """The registers of a memory address."""
    space = _space_of(record, slot)
    if address.register is None or space is None:
        return ()
    return registers_from(address.register, space.address_bits // 32)


def _words(record: Opcode, slot: Slot, operand: Constant | ConstantOfWarp, fields: Fields) -> ConstantWords:
    """What an operand reads of a constant bank: as much as a load moves, or as a source is wide."""
    access = record.access(fields) if slot is Slot.CONSTANT else None
    nbytes = 4 * _width(record, slot, fields) if access is None else access.nbytes
    if isinstance(operand, ConstantOfWarp):
        return ConstantWords(operand.bank, operand.offset, nbytes, None, behind_uniform=True)
    return ConstantWords(operand.bank, operand.offset, nbytes, operand.register)


def _in_file(slot: Slot, pairs: tuple[tuple[Slot, Operand], ...]) -> tuple[int, ...]:
    """The predicates of ``PR`` that the mask, which is the last operand, chooses."""
    if (slot, WholeFile(File.PREDICATES)) not in pairs:
        return ()
    mask = getattr(pairs[-1][1], "bits", 0)
    return tuple(k for k in range(PT) if mask >> k & 1)


def _predicates(operands: Iterable[Operand]) -> tuple[int, ...]:
    """Predicate numbers, PT left out, each once."""
    return tuple(dict.fromkeys(o.index for o in operands if isinstance(o, Predicate) and o.index != PT))


def groups_of(record: Opcode, effects: Effects) -> frozenset[Group]:
    """SASSIFI's groups: by destination kind (0 to 3, any number of them), and one by opcode (4 to 13)."""
    by_destination = {
        Group.GPR: bool(effects.registers_written),
        Group.CC: effects.writes_cc,
        Group.PR: bool(effects.predicates_written),
        Group.STORE: effects.is_store,
    }
    by_opcode = Group.MISC if record.group is None else record.group
    return frozenset(group for group, member in by_destination.items() if member) | {by_opcode}
