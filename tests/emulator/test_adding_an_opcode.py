"""Adding an opcode is two files and its oracle: a record, a semantic function. Counted on a copy of the house
to which one is added, and held by a search for opcodes' names in the rest of it.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import sassafras
from sassafras.isa.opcodes import MAXWELL

HOUSE = Path(sassafras.__file__).parent
ROOT = HOUSE.parent.parent

RECORD = ("isa/opcodes/maxwell_integer.py", "\nMOVES = (\n", """
MOVES = (
    opcode("IMUL", "dss", fields=(HIGH,), pipe=Pipe.QUARTER, group=Group.IADD_IMUL),
""")  # fmt: skip
MEANING = ("emulator/semantics/multiply.py", '\n@maxwell("XMAD")\n', '''
@maxwell("IMUL")
def imul(p: Ports, i: Instruction) -> None:
    """d = the low word of a * b; .HI: the high one, of unsigned numbers."""
    d, a, b = i.operands
    wide = ir.IntType(64)
    product = p.b.mul(p.b.zext(p.integer(a), wide), p.b.zext(p.integer(b), wide))
    p.write(d, p.b.trunc(p.b.lshr(product, wide(32)) if i.fields[HIGH] else product, I32))


@maxwell("XMAD")
''')  # fmt: skip
IMPORTED = ("emulator/semantics/multiply.py", "    ADDEND,\n", "    ADDEND,\n    HIGH,\n")

ASKED = """
import numpy as np
from tests.emulator.bench import M32, Variant, program, run_stepwise, run_whole
from tests.emulator.forms import forms, parsed
from tests.emulator.test_records import found_in
from tests.emulator.values import INTEGERS, cases

from sassafras.explanation.floats import makes_float, uses_floats
from sassafras.interchange.nvbitfi_groups import general_register_mask
from sassafras.faults.model import FaultModel, Mode
from sassafras.faults.targets import Selection, strike_mask
from sassafras.isa.groups import Group
from sassafras.isa.kinds import Pipe
from sassafras.isa.liveness import live_registers
from sassafras.isa.opcodes import MAXWELL
from sassafras.isa.slicing import control_slice
from sassafras.architectures.device import Wait
from sassafras.architectures.sm_50 import GTX_750_TI
from sassafras.kernels.waiting import waiting_clocks

oracles = [
    Variant("IMUL R0, R4, R5", lambda w: {"R0": w["R4"] * w["R5"] & M32}),
    Variant("IMUL.HI R0, R4, R5", lambda w: {"R0": w["R4"] * w["R5"] >> 32}),
    Variant("@P2 IMUL R0, R4, c[0x0][0x150]", lambda w: {"R0": w["R4"] * w["c150"] & M32} if w["P2"] else {}),
]
values = cases(INTEGERS, INTEGERS, extra=100, key=2)
run_whole(oracles[:2], values.some(512))
run_stepwise(oracles, values, count=64)
print("oracle")

found = [made for text in forms(MAXWELL["IMUL"]) if (made := parsed(text)) is not None]
assert len(found) > 10 and all(found_in(made) == [] for made in found)
print("reads and writes")

made = program("IMUL R0, R4, R5", "ISETP.EQ.AND P0, PT, R0, RZ, PT", "@P0 EXIT", "MOV R2, RZ", "EXIT")
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
    copy = tmp_path / "sassafras"
    shutil.copytree(HOUSE, copy, ignore=shutil.ignore_patterns("__pycache__", "listings", "*.cubin"))
    before = {path: path.read_bytes() for path in copy.rglob("*.py")}
    for name, old, new in (RECORD, MEANING, IMPORTED):
        text = (copy / name).read_text("utf-8")
        assert text.count(old) == 1
        (copy / name).write_text(text.replace(old, new), "utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))}
    done = subprocess.run(
        [sys.executable, "-c", ASKED],
        check=False,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (done.stdout.split("\n"), done.returncode) == (
        ["oracle", "reads and writes", "everyone", ""], 0
    ), done.stderr  # fmt: skip
    changed = {path.relative_to(copy).as_posix() for path, old in before.items() if path.read_bytes() != old}
    assert changed == {RECORD[0], MEANING[0]}


#: Where else a string may hold the name of an opcode, and why nothing is decided by it.
QUOTING = {
    "verify/known_faults.py": "known faults name the instruction that they strike",
    "cli/options.py": "an example of --groups: the group FFMA is called as its opcode",
}


def strings(path: Path) -> set[str]:
    """The string literals of a file, docstrings left out, split into words."""
    tree = ast.parse(path.read_text("utf-8"))
    prose = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    texts = [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in prose
    ]
    return {word for text in texts for word in re.findall(r"[A-Z][A-Z0-9_]+", text)}


def test_no_opcode_is_named_outside_its_record_and_its_function() -> None:
    naming = {
        path.relative_to(HOUSE).as_posix(): named
        for path in sorted(HOUSE.rglob("*.py"))
        if (named := strings(path) & set(MAXWELL))
    }
    allowed = ("isa/opcodes/", "emulator/semantics/")
    elsewhere = {name: named for name, named in naming.items() if not name.startswith(allowed)}
    assert elsewhere.keys() == QUOTING.keys(), elsewhere
