"""Integer, logic, move and predicate opcodes of Turing and its successors.

An opcode with a U in front does the same to registers and predicates of the warp (`pair_of`).
"""

from __future__ import annotations

from sassafras.isa.groups import Group
from sassafras.isa.kinds import Pipe
from sassafras.isa.opcodes.modifiers import (
    BYTE_PICK,
    COMBINE,
    HIGH,
    INTEGER_COMPARE,
    OPERAND,
    RESULT,
    SHIFT_AMOUNT,
    SIDE,
    SIGNED,
    TABLE,
    WRAPPED,
)
from sassafras.isa.opcodes.modifiers_of_turing import (
    ACCUMULATED,
    ALWAYS_SATURATED,
    BYTES,
    CARRIED,
    DOT_PART,
    DOT_WIDTH,
    FIRST_DOT_TYPE,
    LOWER_TOO,
    PRODUCT,
    SECOND_DOT_TYPE,
    SHIFTED_TYPE,
    SIGN_EXTENDED,
    WRITTEN_AS,
    registers_of_addend,
    registers_of_product,
)
from sassafras.isa.opcodes.record import Opcode, opcode

_SUM = ("dsss", "dDsss", "dDDsss", "dssspp", "dDssspp", "dDDssspp")
_SCALED = ("dssi", "dDssi", "dsssi", "dDsssi", "dsssip", "dDsssip", "dssip", "dDssip")


def pair_of(name: str, *signatures: str, pipe: Pipe = Pipe.HALF, **facts: object) -> tuple[Opcode, Opcode]:
    """The records of an opcode and of what does the same for the warp."""
    of_warp = {**facts, "group": Group.UNIFORM}
    return opcode(name, *signatures, pipe=pipe, **facts), opcode(
        f"U{name}", *signatures, pipe=pipe, **of_warp
    )


_NARROW = (
    RESULT.of("U8", "S8", "U16", "S16"),
    OPERAND.of("S32"),
    ALWAYS_SATURATED,
)  #: as cvt.sat and cvt.pack of PTX come out

ARITHMETIC = (
    opcode("I2I", "ds", pipe=Pipe.QUARTER, fields=_NARROW),
    opcode("I2IP", "dsss", pipe=Pipe.HALF, fields=_NARROW),
    *pair_of("IADD3", *_SUM, fields=(CARRIED,), group=Group.IADD_IMUL, operand_modifiers="-~"),
    *pair_of(
        "IMAD",
        *("dsse", "dDsse", "dssep", "dDssep"),
        pipe=Pipe.FULL,
        fields=(PRODUCT, WRITTEN_AS, SIGNED, CARRIED),
        group=Group.MAD,
        operand_modifiers="-~",
        result_width=registers_of_product,
        addend_width=registers_of_addend,
    ),
    *pair_of("LEA", *_SCALED, fields=(HIGH, CARRIED, SIGN_EXTENDED), operand_modifiers="-~"),
    opcode("VIADD", "dss", pipe=Pipe.HALF, group=Group.IADD_IMUL, operand_modifiers="-"),
    opcode("IABS", "ds", pipe=Pipe.HALF, operand_modifiers="-|"),
    opcode("IMNMX", "dssp", pipe=Pipe.HALF, fields=(SIGNED,), operand_modifiers="-"),
    opcode("VIADDMNMX", "dsssp", pipe=Pipe.HALF, fields=(SIGNED,), operand_modifiers="-"),
    opcode(
        "IDP",
        "dsss",
        pipe=Pipe.HALF,
        fields=(DOT_WIDTH, DOT_PART, FIRST_DOT_TYPE, SECOND_DOT_TYPE),
    ),
    opcode("VABSDIFF", "dsss", pipe=Pipe.HALF, fields=(SIGNED,)),
    opcode("VABSDIFF4", "dsss", pipe=Pipe.HALF, fields=(BYTES, ACCUMULATED)),
    opcode("VIMNMX", "dssp", pipe=Pipe.HALF, fields=(SIGNED,), operand_modifiers="-"),
)

BITS = (
    *pair_of("BMSK", "dss", fields=(WRAPPED,)),
    *pair_of("SGXT", "dss", fields=(SIGNED, WRAPPED)),
    *pair_of("SHF", "dsss", fields=(SIDE, WRAPPED, SHIFTED_TYPE, HIGH)),
    *pair_of("LOP3", "dsssip", "Ddsssip", copies=True, fields=(TABLE,)),
    *pair_of("PRMT", "dsss", fields=(BYTE_PICK,)),
    *pair_of("FLO", "ds", pipe=Pipe.QUARTER, fields=(SIGNED, SHIFT_AMOUNT), operand_modifiers="~"),
    *pair_of("POPC", "ds", pipe=Pipe.QUARTER, operand_modifiers="~"),
    *pair_of("BREV", "ds", pipe=Pipe.QUARTER, operand_modifiers="~"),
)

MOVES = (
    *pair_of("MOV", "ds", copies=True, operand_modifiers="-|~"),
    *pair_of("SEL", "dssp", copies=True, operand_modifiers="-"),
    opcode("R2UR", "ds", pipe=Pipe.HALF, copies=True, group=Group.UNIFORM),
)

PREDICATES = (
    *pair_of(
        "ISETP",
        *("DDssp", "DDsspp"),
        fields=(INTEGER_COMPARE, SIGNED, COMBINE, LOWER_TOO),
        group=Group.SETP,
    ),
    *pair_of("PLOP3", "DDpppii", fields=(TABLE,), group=Group.SETP),
    opcode("P2R", "dfsi", pipe=Pipe.HALF),
    opcode("R2P", "Fsi", pipe=Pipe.HALF, operand_modifiers="b"),
)

TURING_INTEGER: tuple[Opcode, ...] = ARITHMETIC + BITS + MOVES + PREDICATES
