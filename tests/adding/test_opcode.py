"""The recipe "an opcode", followed: a record, a semantic function, and its oracle."""

from __future__ import annotations

from pathlib import Path

from tests.adding.tree import copied

RECORD = ("isa/opcodes/maxwell_integer.py", "\nMOVES = (\n", """
MOVES = (
    opcode("IPRD", "dss", fields=(HIGH,), pipe=Pipe.QUARTER, group=Group.IADD_IMUL),
""")  # fmt: skip
MEANING = ("emulator/semantics/multiply.py", '\n@maxwell("XMAD")\n', '''
@maxwell("IPRD")
def iprod(p: Ports, i: Instruction) -> None:
    """d = the low word of a * b; .HI: the high one, of unsigned numbers."""
    d, a, b = i.operands
    wide = ir.IntType(64)
    product = p.b.mul(p.b.zext(p.integer(a), wide), p.b.zext(p.integer(b), wide))
    p.write(d, p.b.trunc(p.b.lshr(product, wide(32)) if i.fields[HIGH] else product, I32))


@maxwell("XMAD")
''')  # fmt: skip

ASKED = """
import numpy as np
from tests.emulator.bench import M32, Variant, program, run_stepwise, run_whole
from tests.emulator.forms import forms, parsed
from tests.emulator.test_records import found_in
from tests.emulator.values import INTEGERS, cases

from sassafras.isa.floats import makes_float, uses_floats
from sassafras.interchange.nvbitfi_groups import general_register_mask
from sassafras.faults.model import FaultModel, Mode
from sassafras.faults.targets import Selection, strike_mask
from sassafras.isa.groups import Group
from sassafras.isa.kinds import Pipe
from sassafras.isa.liveness import live_registers
from sassafras.isa.opcodes import MAXWELL
from sassafras.isa.slicing import control_slice
from sassafras.architectures.device import Wait
from sassafras.architectures.cards.gtx_750_ti import CARD as GTX_750_TI
from sassafras.kernels.waiting import waiting_clocks

oracles = [
    Variant("IPRD R0, R4, R5", lambda w: {"R0": w["R4"] * w["R5"] & M32}),
    Variant("IPRD.HI R0, R4, R5", lambda w: {"R0": w["R4"] * w["R5"] >> 32}),
    Variant("@P2 IPRD R0, R4, c[0x0][0x150]", lambda w: {"R0": w["R4"] * w["c150"] & M32} if w["P2"] else {}),
]
values = cases(INTEGERS, INTEGERS, extra=100, key=2)
run_whole(oracles[:2], values.some(512))
run_stepwise(oracles, values, count=64)
print("oracle")

found = [made for text in forms(MAXWELL["IPRD"]) if (made := parsed(text)) is not None]
assert len(found) > 10 and all(found_in(made) == [] for made in found)
print("reads and writes")

made = program("IPRD R0, R4, R5", "ISETP.EQ.AND P0, PT, R0, RZ, PT", "@P0 EXIT", "MOV R2, RZ", "EXIT")
imul = made.instructions[0]
assert imul.pipe is Pipe.QUARTER and imul.groups == {Group.GPR, Group.IADD_IMUL}
assert strike_mask(made, Selection(Mode.IOV, FaultModel.SINGLE_BIT, frozenset([Group.IADD_IMUL])))[0]
assert general_register_mask(made).tolist() == [True, False, False, True, False]
assert 0 in control_slice(made).instructions and 3 not in control_slice(made).instructions
assert live_registers(made)[0] == {4, 5}
waits = {wait: found.nominal for wait, found in GTX_750_TI.waits.items()}
assert waiting_clocks(made, waits)[1] == waits[Wait.QUARTER]
assert not uses_floats(imul) and makes_float(imul) is False
print("everyone")
"""


def test_an_opcode_is_a_record_and_a_function(tmp_path: Path) -> None:
    tree = copied(tmp_path)
    for change in (RECORD, MEANING):
        tree.replace(*change)
    assert tree.python(ASKED, tmp_path) == "oracle\nreads and writes\neveryone\n"
    assert tree.touched == {RECORD[0], MEANING[0]}
