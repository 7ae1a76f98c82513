"""Which forms of Turing and its successors have an oracle: opcode and printed modifiers, as the tests' texts
have them.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from tests.emulator.oracles import ELSEWHERE, WIDTHS, Head
from tests.emulator.turing.test_atomics import CASES
from tests.emulator.turing.test_fragments import FORMS
from tests.emulator.turing.test_opcodes import GROUPS
from tests.emulator.turing.test_tensor import INTEGERS

from sassafras.isa.opcodes import TURING

HERE = Path(__file__).parent
#: Forms that tests put together out of parts.
MADE = (
    *(f"BAR.RED.{way}.DEFER_BLOCKING" for way in ("POPC", "AND", "OR")),
    *(f"QSPC.E.{space}" for space in "SLG"),
    *(f"{name}.E.ADD.{kind}.RN" for name in ("RED", "ATOMG") for kind in ("F64", "F16x2", "BF16x2")),
    *(f"ATOM.E.{what}" for what in ("ADD", "CAS", "ADD.F16x2.RN", "MAX.S32")),
)
_HEAD = re.compile(r"[A-Z][A-Z0-9]+(?:\.[A-Z0-9_]+)*")
#: Modifiers that change no value: the record's hints, and what is the default anyway.
_DEFAULT = {
    **{name: {"RN"} for name in ("DADD", "DMUL", "DFMA", "FADD", "FMUL", "FFMA", "HADD2", "HMUL2", "HFMA2")},
    **{name: {"RN", "U32"} for name in ("RED", "REDG", "ATOMG", "ATOM", "ATOMS")},
    **{name: {"32"} for name in ("LDG", "STG", "LDS", "STS", "LDL", "STL", "LD", "ST")},
}


@cache
def _silent(opcode: str) -> frozenset[str]:
    record = TURING.get(opcode)
    hints = [] if record is None else [f for f in record.fields if all(w == m for w, m in f.words)]
    return frozenset(word for f in hints for word in f.alternatives) | _DEFAULT.get(opcode, set())


def head(text: str) -> Head:
    """Opcode and modifiers of a printed instruction, without those that change no value."""
    body = re.sub(r"^@!?U?P\w\s+", "", text).split()[0]
    opcode, *modifiers = body.split(".")
    return opcode, frozenset(modifiers) - _silent(opcode)


@cache
def heads_with_oracle() -> frozenset[Head]:
    """Every form that some oracle or test of its own looks at."""
    variants = [v.text for group in GROUPS.values() for v in group.variants()]
    written = [text for path in HERE.glob("test_*.py") for text in _HEAD.findall(path.read_text("utf-8"))]
    atomics = [f"{opcode}{'' if opcode == 'ATOMS' else '.E'}{form.suffix}" for opcode, form in CASES]
    atomics += [text.replace("RED.", "REDG.", 1) for text in atomics if text.startswith("RED.")]
    found = {
        head(text) for text in [*variants, *written, *atomics, *ELSEWHERE, *MADE, *FORMS, "LOP3.LUT", "NOP"]
    }
    found |= {head(product.text) for product in INTEGERS}
    found |= {(name, frozenset({"E", width})) for name in ("LD", "ST", "LDG", "STG") for width in WIDTHS}
    near = ("LDS", "STS", "LDL", "STL", "LDC", "ULDC")
    found |= {(name, frozenset({width})) for name in near for width in WIDTHS}
    return frozenset(found)
