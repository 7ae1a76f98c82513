"""Listings parsed whole, and each way to be refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from sassafras.architectures.registry import program_of
from sassafras.errors import ListingError
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.operands import (
    PT,
    RZ,
    ConditionTest,
    Constant,
    Half,
    Immediate,
    Name,
    Operand,
    Predicate,
    Register,
    Target,
)
from sassafras.isa.program import Parameter

if TYPE_CHECKING:
    from tests.isa.conftest import Assemble

METADATA = KernelMetadata("k", "sm_50", 32, 0, 0x140, (Parameter(0, 0, 0x40),))

EXCERPT = """
	.headerflags	@"EF_CUDA_SM50"
//--------------------- .text.k             --------------------------
	.section	.text.k,"ax",@progbits
	.sectioninfo	@"SHI_REGISTERS=15"
	.align	32
        .global         k
        .size           k,(.L_x_9 - k)
k:
.text.k:
        /*0008*/         {         MOV R1, c[0x0][0x20] ;
        /*0010*/                   SSY `(.L_x_0)         }
        /*0018*/              @!P0 SYNC                  (*"BRANCH_TARGETS .L_x_0"*);
        /*0028*/         {    @!P1 FMUL32I R0, R0.reuse, 0.10000000149011611938 ;
        /*0030*/                   CAL `($__internal_0_$__f)         }
.L_x_21:
        /*0038*/                   BRX R4 -0x40          (*"BRANCH_TARGETS .L_x_22,.L_x_0"*);
.L_x_22:
        /*0048*/                   FSET.NEU.FTZ.AND RZ.CC, |R0|, +INF , PT ;
.L_x_0:
        /*0050*/                   EXIT ;
        .weak           $__internal_0_$__f
        .type           $__internal_0_$__f,@function
$__internal_0_$__f:
        /*0058*/         {         IADD.X R3, R3, c[0x0][0x174] ;
        /*0068*/                   RET         }
.L_x_34:
        /*0070*/                   BRA `(.L_x_34) ;
        /*0078*/                   NOP;
.L_x_9:
"""


def test_an_excerpt_in_every_detail() -> None:
    program = program_of(EXCERPT, METADATA)
    got = [
        (i.offset, i.guard, i.opcode, i.modifiers, i.operands, i.branch_targets) for i in program.instructions
    ]
    tenth = Immediate(0x3DCCCCCD)
    not_equal = (
        Register(RZ, writes_cc=True),
        Register(0, absolute=True),
        Immediate(0x7F800000),
        Predicate(PT),
    )
    assert got == [
        (0x08, None, "MOV", (), (Register(1), Constant(0, 0x20)), ()),
        (0x10, None, "SSY", (), (Target(0x50),), ()),
        (0x18, Predicate(0, negate=True), "SYNC", (), (), (0x50,)),
        (0x28, Predicate(1, negate=True), "FMUL32I", (), (Register(0), Register(0), tenth), ()),
        (0x30, None, "CAL", (), (Target(0x58),), ()),
        (0x38, None, "BRX", (), (Register(4), Immediate(0xFFFFFFC0)), (0x48, 0x50)),
        (0x48, None, "FSET", ("NEU", "FTZ", "AND"), not_equal, ()),
        (0x50, None, "EXIT", (), (), ()),
        (0x58, None, "IADD", ("X",), (Register(3), Register(3), Constant(0, 0x174)), ()),
        (0x68, None, "RET", (), (), ()),
        (0x70, None, "BRA", (), (Target(0x70),), ()),
        (0x78, None, "NOP", (), (), ()),
    ]
    assert [i.index for i in program.instructions] == list(range(12))
    assert program.instructions[2].text == "@!P0 SYNC"
    assert program.instructions[3].text == "@!P1 FMUL32I R0, R0.reuse, 0.10000000149011611938"


def test_a_scheduling_word_names_the_first_instruction_of_its_bundle() -> None:
    index = program_of(EXCERPT, METADATA).index_of_offset
    assert {offset: index[offset] for offset in (0x00, 0x08, 0x20, 0x28, 0x40)} == {
        0: 0,
        8: 0,
        32: 3,
        40: 3,
        64: 6,
    }
    assert index[0x60] == index[0x68] == 9
    assert 0x04 not in index


FORMS: dict[str, tuple[Operand, ...]] = {
    "LOP.AND.NZ P0, RZ, R1, 0x1": (Predicate(0), Register(RZ), Register(1), Immediate(1)),
    "LOP.PASS_B R0, RZ, ~c[0x0] [0x144]": (Register(0), Register(RZ), Constant(0, 0x144, invert=True)),
    "LOP3.LUT R0, R1, R2, R3, 0xf8": (Register(0), Register(1), Register(2), Register(3), Immediate(0xF8)),
    "LOP3.LUT.NZ P1, RZ, R1, R2, R3, 0xc8": (
        Predicate(1),
        Register(RZ),
        Register(1),
        Register(2),
        Register(3),
        Immediate(0xC8),
    ),
    "ISETP.GE.AND P1, PT, R8, -0x1, !P2": (
        Predicate(1),
        Predicate(PT),
        Register(8),
        Immediate(0xFFFFFFFF),
        Predicate(2, negate=True),
    ),
    "PSETP.AND.OR P0, PT, !P1, P2, PT": (
        Predicate(0),
        Predicate(PT),
        Predicate(1, negate=True),
        Predicate(2),
        Predicate(PT),
    ),
    "SEL R12, RZ, 0x1, !P0": (Register(12), Register(RZ), Immediate(1), Predicate(0, negate=True)),
    "IMNMX.U32 R0, R1, 0x10, PT": (Register(0), Register(1), Immediate(16), Predicate(PT)),
    "FCHK.DIVIDE P0, R1, c[0x0][0x160]": (Predicate(0), Register(1), Constant(0, 0x160)),
    "XMAD.MRG R4, R7.reuse, c[0x0] [0x178].H1, RZ": (
        Register(4),
        Register(7),
        Constant(0, 0x178, half=Half.H1),
        Register(RZ),
    ),
    "XMAD.PSL.CBCC R2, R7.H1, R4.H1, R2": (
        Register(2),
        Register(7, half=Half.H1),
        Register(4, half=Half.H1),
        Register(2),
    ),
    "I2I.S32.S32 R0, -|R1|": (Register(0), Register(1, negate=True, absolute=True)),
    "FCMP.LEU R5, RZ, 1, R0": (Register(5), Register(RZ), Immediate(0x3F800000), Register(0)),
    "ISCADD32I R0, R1, -0x2, 0x17": (Register(0), Register(1), Immediate(0xFFFFFFFE), Immediate(0x17)),
    "DEPBAR.LE SB5, 0x1": (Name("SB5"), Immediate(1)),
    "DEPBAR.LE SB5, 0x1, {4,3}": (Name("SB5"), Immediate(1), Name("{4,3}")),
    "BRA P1, `(here)": (Predicate(1), Target(8)),
    "BRA CC.EQ, `(here)": (ConditionTest("EQ"), Target(8)),
    "BRA 0x8": (Target(8),),
    "BRX R4 -0x10": (Register(4), Immediate(0xFFFFFFF0)),
    "EXIT CC.NEU": (ConditionTest("NEU"),),
    "EXIT !P1": (Predicate(1, negate=True),),
    "DADD R0, R2, 1.5": (Register(0), Register(2), Immediate(0x3FF80000)),
    "MOV32I R0, 0x3f000000": (Register(0), Immediate(0x3F000000)),
}


@pytest.mark.parametrize("text", FORMS)
def test_operand_order_is_the_printed_one(text: str, assemble: Assemble) -> None:
    (instruction,) = assemble("here:", text).instructions
    assert instruction.operands == FORMS[text]


UNKNOWN = {
    "opcode": ("FROB R0, R1", "opcode FROB"),
    "modifier": ("IADD.RN R0, R1, R2", "modifier .RN"),
    "modifier that means something else": ("PRMT.F5E R0, R1, R2, R3", "modifier .F5E"),
    "modifier twice": ("FADD.FTZ.FTZ R0, R1, R2", "modifier .FTZ"),
    "missing comparison": ("ISETP.AND P0, PT, R0, R1, PT", "lacks one of"),
    "32-bit address": ("LDG R0, [R2]", "lacks one of .E"),
    "operand count": ("IADD R0, R1", "operands of IADD"),
    "operand kind": ("IADD R0, P1, R2", "operands of IADD"),
    "test without predicate": ("LOP.AND.NZ R0, R1, R2", "operands of LOP"),
    "predicate without test": ("LOP.AND P0, R0, R1, R2", "operands of LOP"),
    "sign": ("LOP.AND R0, -R1, R2", "sign, inversion or half"),
    "half": ("FADD R0, R1.H1, R2", "sign, inversion or half"),
    "negative destination": ("IADD -R0, R1, R2", "sign, inversion or half"),
    "carry where it has no meaning": ("MOV R0.CC, R1", "with .CC"),
    "carry on a source": ("IADD R0, R1.CC, R2", "with .CC"),
    "negated destination": ("ISETP.EQ.AND !P0, PT, R0, R1, PT", "cannot be negated"),
    "operand": ("IADD R0, R1, R2.B4", "'R2.B4' has no known form"),
    "special register": ("S2R R0, SR_PM0", "SR_PM0"),
    "label": ("BRA `(.L_x_404)", ".L_x_404"),
    "code address between instructions": ("BRA 0xc", "0xc"),
    "words": ("what is this", "not an instruction"),
    "guard": ("@P9 EXIT", "number 9 is above 7"),
    "register": ("MOV R200, RZ", "R200"),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_is_not_supported_is_refused_with_its_place(case: str, assemble: Assemble) -> None:
    text, reason = UNKNOWN[case]
    with pytest.raises(ListingError) as caught:
        assemble("EXIT", text, registers=32)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f'k+0x0010: "{text}": ')
    assert reason in message


# What the compiler prints for other kernels than the bundled ones: division, conversions, local arrays, bits.
NEIGHBOURS = """
XMAD.S16.S16.CSFU R0, R1.H1, R2.H1, R3
XMAD.U16.S16.PSL.CLO R0, R1, R2, R3
IADD3.RS.X R0, R1, R2.H1, -R3
SHF.R.S64 R0, R1, R2, R3
SHF.L.W R0, R1, R2, R3
SHR.U32.W R0, R1, R2
SHL.W R0, R1, 0x5
BFE.U32.BREV R0, R1, 0x2000
BFI R0, R1, 0x808, R2
FLO.U32.SH R0, ~R1
POPC R0, R1
PRMT R0, R1, 0x123, R2
LEA.HI R0, R1, c[0x0][0x148], RZ, 0x1f
LOP32I.XOR R0, ~R1, 0x80000000
ISET.NE.U32.X.AND RZ.CC, R1, R2, PT
ISET.BF.LT.AND R0, R1, R2, P0
ICMP.LT.U32 R0, R1, R2, R3
FCMP R0, R1, R2, R3
FMNMX.FTZ R0, |R1|.reuse, -R2, !PT
FADD.FTZ.RZ.SAT R0, -|R1|, -RZ
FFMA32I.FTZ R0, R1, 1.5, R0
MUFU.LG2 R0, |R1|
RRO.SINCOS R0, R1
F2I.FTZ.S64.F32.FLOOR R0, R2
I2F.F64.U32 R0, R2
F2F.FTZ.F32.F32.CEIL R0, -R1
F2F.F32.F64.RZ R0, R2
I2I.S16.S32.SAT R0, R1
I2I.U16.U8 R0, R1
DMNMX R0, R2, |R4|, PT
DSETP.NEU.OR P0, PT, R0, 1.5, !P2
LDG.E.CI.128 R4, [R2+0x10]
STG.E.CS.64 [R2], R4
LDL R0, [R1+-0x4]
STL.128 [R1+0x90], R4
RED.E.ADD.F32.FTZ.RN [R2], R4
MEMBAR.GL.IVALLD
BRA.U `(here)
SYNC P0
RET CC.NE
"""


@pytest.mark.parametrize("text", NEIGHBOURS.strip().splitlines())
def test_forms_of_other_kernels_are_read(text: str, assemble: Assemble) -> None:
    (instruction,) = assemble("here:", text).instructions
    assert instruction.text == text


def test_broken_listings_are_refused() -> None:
    broken = {
        "": "no instruction",
        "this is a letter, not a listing": 'line 1 of the listing, "this is a letter, not a listing"',
        "/*0020*/ EXIT ;": "offset",
        "/*000c*/ EXIT ;": "offset",
        "/*0010*/ NOP;\n/*0008*/ EXIT ;": "offset",
        "/*0010*/ EXIT ;": "next instruction is at 0x0008",
        "/*0008*/ NOP;\n/*0018*/ EXIT ;": 'k+0x0018: "EXIT" cannot stand at this offset',
        "/*0008*/ NOP;\n/*0010*/ NOP;\n/*0018*/ NOP;\n/*0030*/ EXIT ;": "next instruction is at 0x0028",
        "/*0008*/ NOP;\n/*0008*/ EXIT ;": "offset",
        ".section .text.other,\n/*0008*/ EXIT ;": "which holds other",
        '/*0008*/ SYNC (*"BRANCH_TARGETS .L_x_7"*);': ".L_x_7",
        "/*0008*/ BRA `(.L_x_7) ;\n.L_x_7:\n": ".L_x_7",
    }
    for text, reason in broken.items():
        with pytest.raises(ListingError, match=re.escape(reason)):
            program_of(text, METADATA)


def test_an_architecture_without_a_table_is_refused() -> None:
    metadata = KernelMetadata("k", "sm_70", 32, 0, 0x160, ())
    with pytest.raises(ListingError, match=r"sm_70 is not supported; compile for one of sm_50"):
        program_of("/*0000*/ EXIT ;", metadata)


def test_one_kernel_is_taken_from_a_listing_of_several() -> None:
    other = EXCERPT.replace("text.k", "text.m").replace("MOV R1", "MOV R2")
    program = program_of(other + EXCERPT, METADATA)
    assert program.instructions == program_of(EXCERPT, METADATA).instructions
    assert (
        program.instructions
        != program_of(
            EXCERPT + other, KernelMetadata("m", "sm_50", 32, 0, 0x140, METADATA.parameters)
        ).instructions
    )


def test_a_section_ends_where_the_next_begins() -> None:
    """Nothing stands between: no directive, no label."""
    bare = ".section .text.k,\n/*0008*/ EXIT ;"
    metadata = KernelMetadata("k", "sm_50", 16, 0, 0x140, ())
    alone = program_of(bare, metadata).instructions
    assert program_of(f"{bare}\n.section .text.m,\n/*0010*/ NOP ;", metadata).instructions == alone
    assert program_of(f".section .text.m,\n/*0010*/ NOP ;\n{bare}", metadata).instructions == alone


def test_printed_encodings_change_nothing() -> None:
    encoded = re.sub(r"(/\*[0-9a-f]{4}\*/.*)", r"\1   /* 0x4c98078000870001 */", EXCERPT)
    encoded = encoded.replace(
        "        /*0028*/", "                  /* 0x001f8400fec207f1 */\n        /*0028*/"
    )
    assert program_of(encoded, METADATA).instructions == program_of(EXCERPT, METADATA).instructions


def test_the_digest_tells_listings_and_metadata_apart() -> None:
    digests = {
        program_of(EXCERPT, METADATA).digest,
        program_of(EXCERPT + "\n", METADATA).digest,
        program_of(EXCERPT, KernelMetadata("k", "sm_50", 33, 0, 0x140, METADATA.parameters)).digest,
    }
    assert len(digests) == 3
    assert program_of(EXCERPT, METADATA).digest in digests
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in digests)
