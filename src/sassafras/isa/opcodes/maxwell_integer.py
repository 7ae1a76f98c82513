"""Integer, logic, move and predicate opcodes of Maxwell and Pascal."""

from __future__ import annotations

from sassafras.isa.groups import Group
from sassafras.isa.kinds import Pipe
from sassafras.isa.locations import File
from sassafras.isa.opcodes.fidelity import EXACT, Always, Fidelity, border
from sassafras.isa.opcodes.fields import Fields
from sassafras.isa.opcodes.modifiers import (
    ADDEND,
    AS_FLOAT,
    BYTE_PICK,
    CODE_TEST,
    COMBINE,
    EXTENDED,
    FIRST_COMBINE,
    FIRST_FACTOR,
    FIRST_WORD,
    FUNNEL_TYPE,
    HIGH,
    INTEGER_COMPARE,
    LOGIC,
    LOGIC_TEST,
    MERGED,
    OPERAND,
    PART_OF_LONG,
    PRODUCT_SHIFTED,
    RESULT,
    REVERSED,
    SATURATED,
    SECOND_COMBINE,
    SECOND_FACTOR,
    SECOND_WORD,
    SHIFT_AMOUNT,
    SIDE,
    SIGNED,
    SUM_SHIFT,
    TABLE,
    WRAPPED,
    Addend,
    PartOfLong,
    registers_of_operand,
    registers_of_result,
)
from sassafras.isa.opcodes.record import Opcode, opcode
from sassafras.isa.operands import Immediate, Operand, Predicate, WholeFile


def _sign_fixed(fields: Fields, operands: tuple[Operand, ...]) -> Fidelity:  # noqa: ARG001
    """XMAD: what CSFU takes off is derived from the products that compilers make of it."""
    return border("outside of compiled signed products") if fields[ADDEND] is Addend.SIGN_FIX else EXACT


def _far(fields: Fields, operands: tuple[Operand, ...]) -> Fidelity:
    """SHF: how far it shifts at most."""
    if fields[FUNNEL_TYPE].bits < 64 or fields[WRAPPED]:
        return EXACT
    known = isinstance(operands[2], Immediate) and operands[2].bits <= 63
    return EXACT if known else border("shifts by more than 63")


def _windows(fields: Fields, operands: tuple[Operand, ...]) -> Fidelity:  # noqa: ARG001
    """LEA: where it tells generic addresses apart."""
    return border("constant offsets across a window") if isinstance(operands[0], Predicate) else EXACT


def _by_words(fields: Fields, operands: tuple[Operand, ...]) -> Fidelity:  # noqa: ARG001
    """IMNMX: flags between the words of a long number."""
    whole = fields[PART_OF_LONG] is PartOfLong.WHOLE
    return EXACT if whole else border("condition codes that other instructions read")


def _as_word(fields: Fields, operands: tuple[Operand, ...]) -> Fidelity:  # noqa: ARG001
    """P2R, R2P: condition codes as bits."""
    codes = WholeFile(File.CODES) in operands
    return border("the order of the condition codes in a word") if codes else EXACT


_NOT_COMPILED = Always(border("never seen in compiled code"))
_INTEGER_TYPES = ("U8", "S8", "U16", "S16", "U32", "S32")

ADDITION = (
    opcode(
        "IADD",
        "dss",
        pipe=Pipe.FULL,
        fields=(EXTENDED, SATURATED),
        group=Group.IADD_IMUL,
        operand_modifiers="-",
        may_write_cc=True,
    ),
    opcode(
        "IADD32I",
        "dsi",
        pipe=Pipe.FULL,
        fields=(EXTENDED, SATURATED),
        group=Group.IADD_IMUL,
        operand_modifiers="-",
        may_write_cc=True,
    ),
    opcode(
        "IADD3",
        "dsss",
        pipe=Pipe.FULL,
        fields=(EXTENDED, SUM_SHIFT),
        group=Group.IADD_IMUL,
        operand_modifiers="-h",
        may_write_cc=True,
    ),
    opcode("ISCADD", "dssi", pipe=Pipe.HALF, group=Group.IADD_IMUL, operand_modifiers="-", may_write_cc=True),
    opcode("ISCADD32I", "dsii", pipe=Pipe.HALF, group=Group.IADD_IMUL, operand_modifiers="-"),
    opcode(
        "LEA",
        "dssi",
        "dsssi",
        "dss",
        "dsss",
        "Ddsss",
        pipe=Pipe.HALF,
        fields=(HIGH, EXTENDED),
        operand_modifiers="-",
        may_write_cc=True,
        fidelity=_windows,
    ),
    opcode("IMUL", "dss", pipe=Pipe.QUARTER, fields=(FIRST_WORD, SECOND_WORD, HIGH), group=Group.IADD_IMUL),
    opcode(
        "IMUL32I", "dsi", pipe=Pipe.QUARTER, fields=(FIRST_WORD, SECOND_WORD, HIGH), group=Group.IADD_IMUL
    ),
    opcode(
        "XMAD",
        "dsss",
        pipe=Pipe.FULL,
        fields=(FIRST_FACTOR, SECOND_FACTOR, PRODUCT_SHIFTED, ADDEND, MERGED),
        group=Group.MAD,
        operand_modifiers="h",
        fidelity=_sign_fixed,
    ),
)

SHIFTS = (
    opcode("SHL", "dss", pipe=Pipe.HALF, fields=(WRAPPED,)),
    opcode("SHR", "dss", pipe=Pipe.HALF, fields=(SIGNED, WRAPPED)),
    opcode("SHF", "dsss", pipe=Pipe.HALF, fields=(SIDE, WRAPPED, FUNNEL_TYPE), fidelity=_far),
)

LOGICAL = (
    opcode(
        "LOP",
        "dss",
        "Ddss",
        pipe=Pipe.FULL,
        fields=(LOGIC, EXTENDED, LOGIC_TEST),
        operand_modifiers="~",
        predicate_field=LOGIC_TEST,
        may_write_cc=True,
    ),
    opcode(
        "LOP32I", "dsi", pipe=Pipe.FULL, fields=(LOGIC, EXTENDED), operand_modifiers="~", may_write_cc=True
    ),
    opcode(
        "LOP3",
        "dsssi",
        "Ddsssi",
        pipe=Pipe.FULL,
        copies=True,
        fields=(TABLE, EXTENDED, LOGIC_TEST),
        predicate_field=LOGIC_TEST,
        may_write_cc=True,
    ),
    opcode("BFE", "dss", pipe=Pipe.HALF, fields=(SIGNED, REVERSED)),
    opcode("BFI", "dsss", pipe=Pipe.HALF),
    opcode("FLO", "ds", pipe=Pipe.QUARTER, fields=(SIGNED, SHIFT_AMOUNT), operand_modifiers="~"),
    opcode("POPC", "ds", pipe=Pipe.QUARTER, operand_modifiers="~"),
    opcode("PRMT", "dsss", pipe=Pipe.FULL, fields=(BYTE_PICK,)),
)

MOVES = (
    opcode("MOV", "ds", pipe=Pipe.FULL, copies=True),
    opcode("MOV32I", "di", pipe=Pipe.FULL),
    opcode("SEL", "dssp", pipe=Pipe.FULL, copies=True),
    opcode(
        "I2I",
        "ds",
        pipe=Pipe.QUARTER,
        fields=(RESULT.of(*_INTEGER_TYPES), OPERAND.of(*_INTEGER_TYPES), SATURATED),
        operand_modifiers="-|hb",
        may_write_cc=True,
        result_width=registers_of_result,
        source_width=registers_of_operand,
    ),
)

COMPARISONS = (
    opcode(
        "IMNMX", "dssp", pipe=Pipe.HALF, fields=(SIGNED, PART_OF_LONG), may_write_cc=True, fidelity=_by_words
    ),
    opcode("ICMP", "dsss", pipe=Pipe.HALF, fields=(INTEGER_COMPARE, SIGNED)),
    opcode(
        "ISETP",
        "DDssp",
        pipe=Pipe.HALF,
        fields=(INTEGER_COMPARE, SIGNED, EXTENDED, COMBINE),
        group=Group.SETP,
    ),
    opcode(
        "ISET",
        "dssp",
        pipe=Pipe.HALF,
        fields=(AS_FLOAT, INTEGER_COMPARE, SIGNED, EXTENDED, COMBINE),
        may_write_cc=True,
    ),
    opcode("PSETP", "DDppp", pipe=Pipe.HALF, fields=(FIRST_COMBINE, SECOND_COMBINE), group=Group.SETP),
    opcode(
        "PSET",
        "dppp",
        pipe=Pipe.HALF,
        fields=(AS_FLOAT, FIRST_COMBINE, SECOND_COMBINE),
        may_write_cc=True,
    ),
    opcode("CSETP", "DDfp", pipe=Pipe.HALF, fields=(CODE_TEST, COMBINE), group=Group.SETP),
    opcode("CSET", "dfp", pipe=Pipe.HALF, fields=(AS_FLOAT, CODE_TEST, COMBINE), fidelity=_NOT_COMPILED),
)

WHOLE_FILES = (
    opcode("P2R", "dfsi", pipe=Pipe.HALF, fidelity=_as_word),
    opcode("R2P", "Fsi", pipe=Pipe.HALF, operand_modifiers="b", fidelity=_as_word),
)

INTEGER_OPCODES: tuple[Opcode, ...] = ADDITION + SHIFTS + LOGICAL + MOVES + COMPARISONS + WHOLE_FILES
