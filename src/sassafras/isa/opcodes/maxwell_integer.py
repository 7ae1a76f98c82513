"""Integer, logic, move and predicate opcodes of Maxwell and Pascal (sm_50 to sm_62)."""

from __future__ import annotations

from sassafras.isa.groups import Group
from sassafras.isa.opcodes.record import (
    Opcode,
    choice,
    opcode,
    option,
    registers_of_operand,
    registers_of_result,
)

INTEGER_COMPARE = choice("compare", "F", "LT", "EQ", "LE", "GT", "NE", "GE", "T")
COMBINE = choice("combine", "AND", "OR", "XOR")
UNSIGNED = option("U32", name="type", default="S32")
EXTEND = option("X")
WRAP = option("W")
LOGIC = choice("operation", "AND", "OR", "XOR", "PASS_B")
LOGIC_TEST = option("NZ", "Z", "T", name="test")
_INTEGER_TYPES = ("U8", "S8", "U16", "S16", "U32", "S32")
_HALF_TYPES = ("U16", "S16")

ADDITION = (
    opcode("IADD", "dss", fields=(EXTEND,), group=Group.IADD_IMUL, operand_modifiers="-", may_write_cc=True),
    opcode(
        "IADD32I", "dsi", fields=(EXTEND,), group=Group.IADD_IMUL, operand_modifiers="-", may_write_cc=True
    ),
    opcode(
        "IADD3",
        "dsss",
        fields=(EXTEND, option("RS", "LS", name="shift")),
        group=Group.IADD_IMUL,
        operand_modifiers="-h",
        may_write_cc=True,
    ),
    opcode("ISCADD", "dssi", group=Group.IADD_IMUL, operand_modifiers="-", may_write_cc=True),
    opcode("ISCADD32I", "dsii", group=Group.IADD_IMUL, operand_modifiers="-"),
    opcode(
        "LEA",
        "dssi",
        "dsssi",
        fields=(option("HI"), EXTEND),
        operand_modifiers="-",
        may_write_cc=True,
    ),
    opcode(
        "XMAD",
        "dsss",
        fields=(
            option(*_HALF_TYPES, name="first", default="U16"),
            option(*_HALF_TYPES, name="second", default="U16"),
            option("PSL"),
            option("CLO", "CHI", "CBCC", "CSFU", name="addend"),
            option("MRG"),
        ),
        group=Group.MAD,
        operand_modifiers="h",
    ),
)

SHIFTS = (
    opcode("SHL", "dss", fields=(WRAP,)),
    opcode("SHR", "dss", fields=(UNSIGNED, WRAP)),
    opcode(
        "SHF",
        "dsss",
        fields=(choice("direction", "L", "R"), WRAP, option("U64", "S64", name="type", default="U32")),
    ),
)

LOGICAL = (
    opcode("LOP", "dss", "Ddss", fields=(LOGIC, LOGIC_TEST), operand_modifiers="~", predicate_field="test"),
    opcode("LOP32I", "dsi", fields=(LOGIC,), operand_modifiers="~"),
    opcode("LOP3", "dsssi", "Ddsssi", fields=(choice("LUT", "LUT"), LOGIC_TEST), predicate_field="test"),
    opcode("BFE", "dss", fields=(UNSIGNED, option("BREV"))),
    opcode("BFI", "dsss"),
    opcode("FLO", "ds", fields=(UNSIGNED, option("SH")), operand_modifiers="~"),
    opcode("POPC", "ds", operand_modifiers="~"),
    opcode("PRMT", "dsss"),
)

MOVES = (
    opcode("MOV", "ds"),
    opcode("MOV32I", "di"),
    opcode("SEL", "dssp"),
    opcode(
        "I2I",
        "ds",
        fields=(choice("result", *_INTEGER_TYPES), choice("operand", *_INTEGER_TYPES), option("SAT")),
        operand_modifiers="-|h",
        result_width=registers_of_result,
        source_width=registers_of_operand,
    ),
)

COMPARISONS = (
    opcode("IMNMX", "dssp", fields=(UNSIGNED,)),
    opcode("ICMP", "dsss", fields=(INTEGER_COMPARE, UNSIGNED)),
    opcode("ISETP", "DDssp", fields=(INTEGER_COMPARE, UNSIGNED, EXTEND, COMBINE), group=Group.SETP),
    opcode(
        "ISET",
        "dssp",
        fields=(option("BF"), INTEGER_COMPARE, UNSIGNED, EXTEND, COMBINE),
        may_write_cc=True,
    ),
    opcode(
        "PSETP",
        "DDppp",
        fields=(choice("first", "AND", "OR", "XOR"), choice("second", "AND", "OR", "XOR")),
        group=Group.SETP,
    ),
)

INTEGER_OPCODES: tuple[Opcode, ...] = ADDITION + SHIFTS + LOGICAL + MOVES + COMPARISONS
