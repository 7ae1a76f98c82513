"""Liveness against a search over paths, and against runs of random programs with loops and calls."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from sassafras.isa.liveness import live_registers
from sassafras.isa.program import Program

if TYPE_CHECKING:
    from tests.isa.conftest import Assemble


def test_straight_line(assemble: Assemble) -> None:
    live = live_registers(assemble("MOV R0, R1", "IADD R2, R0, R0", "STS [R3], R2", "EXIT"))
    assert live == (frozenset({1, 3}), frozenset({0, 3}), frozenset({2, 3}), frozenset())


def test_a_guarded_write_does_not_kill(assemble: Assemble) -> None:
    live = live_registers(
        assemble(
            "@P0 MOV R0, RZ", "@PT MOV R1, RZ", "@!PT MOV R2, RZ", "STS [R0], R1", "STS [R2], RZ", "EXIT"
        )
    )
    assert live[0] == {0, 2}


def test_a_select_by_predicate_kills_its_destination(assemble: Assemble) -> None:
    assert live_registers(assemble("SEL R0, R1, R2, P0", "STS [R0], RZ", "EXIT"))[0] == {1, 2}


def test_a_wide_load_kills_all_it_fills(assemble: Assemble) -> None:
    live = live_registers(assemble("LDG.E.128 R4, [R2]", "STS.128 [R0], R4", "EXIT"))
    assert live[:2] == (frozenset({0, 2, 3}), frozenset({0, 4, 5, 6, 7}))


def test_calls_return_to_their_own_caller(assemble: Assemble) -> None:
    program = assemble(
        "MOV R0, RZ",
        "CAL `(f)",
        "MOV R1, RZ",
        "CAL `(f)",
        "STS [R1], R0",
        "EXIT",
        "f:",
        "IADD R0, R0, 0x1",
        "RET",
    )
    live = live_registers(program)
    assert live[0] == frozenset()
    assert live[1] == {0}  # R1 would seem live if a return could lead behind the other call
    assert live[6] == {0, 1}


def test_recursion_and_a_return_from_nowhere_end(assemble: Assemble) -> None:
    live = live_registers(assemble("f:", "IADD R0, R0, R1", "@P0 CAL `(f)", "STS [R2], R0", "RET"))
    assert live[0] == {0, 1, 2}


def test_sync_without_annotation_may_lead_to_any_ssy_target(assemble: Assemble) -> None:
    lines = ("SSY `(a)", "SSY `(b)", "SYNC", "a:", "STS [R1], RZ", "EXIT", "b:", "STS [R2], RZ", "SYNC")
    assert live_registers(assemble(*lines))[2] == {1, 2}


def test_brx_without_annotation_may_lead_anywhere(assemble: Assemble) -> None:
    assert live_registers(assemble("BRX R0 -0x10", "STS [R1], R2", "EXIT", "STS [R3], RZ", "EXIT"))[0] == {
        0,
        1,
        2,
        3,
    }


GUARDS = st.sampled_from(["", "", "@P0 ", "@!P1 ", "@PT "])
REGISTERS = st.integers(0, 4)


@st.composite
def programs(draw: st.DrawFn, *, calls: bool) -> list[str]:
    """Between 2 and 12 instructions on R0 to R4, each under a label, with random jumps between them."""
    count = draw(st.integers(2, 12))
    lines = []
    for k in range(count):
        guard, target = draw(GUARDS), draw(st.integers(0, count - 1))
        a, b, c = (draw(REGISTERS) for _ in range(3))
        plain = [f"MOV R{a}, RZ", f"MOV R{a}, R{b}", f"IADD R{a}, R{b}, R{c}", f"STS [R{a}], R{b}"]
        jumps = [f"BRA `(at{target})", f"BRA P2, `(at{target})", "EXIT"]
        stacked = [f"SSY `(at{target})", "SYNC", f"PBK `(at{target})", "BRK", f"CAL `(at{target})", "RET"]
        lines += [f"at{k}:", guard + draw(st.sampled_from(plain + jumps + (stacked if calls else [])))]
    return [*lines, "EXIT"]


def reads_before_writing(program: Program, start: int, register: int) -> bool:
    """Whether some path from ``start`` reads ``register`` before it surely writes it."""
    seen: set[int] = set()
    pending = [start]
    while pending:
        index = pending.pop()
        if index in seen:
            continue
        seen.add(index)
        instruction = program.instructions[index]
        if register in instruction.effects.registers_read:
            return True
        guarded = instruction.text.startswith("@") and not instruction.text.startswith("@PT")
        if register in instruction.effects.registers_written and not guarded:
            continue
        body = instruction.text.split(" ", 1)[1] if instruction.text.startswith("@") else instruction.text
        if body.startswith("BRA"):
            label = int(body.split("at")[1].rstrip(")"))
            pending.append(label)
        if guarded or "P2" in body or not body.startswith(("BRA", "EXIT")):
            pending.append(index + 1)
    return False


@given(programs(calls=False))
def test_without_calls_liveness_is_exactly_what_paths_say(assemble: Assemble, lines: list[str]) -> None:
    program = assemble(*lines)
    live = live_registers(program)
    for index in range(len(program.instructions)):
        assert live[index] == {r for r in range(5) if reads_before_writing(program, index, r)}


def run(program: Program, seed: int) -> list[int]:
    """Indices of one run, with coins for conditions and a real stack; ends at EXIT, a wrong stack or 60."""
    coin = random.Random(seed)
    stack: list[tuple[str, int]] = []
    index = 0
    path: list[int] = []
    while index < len(program.instructions) and len(path) < 60:
        path.append(index)
        word, *rest = program.instructions[index].text.split(" ", 1)
        if word.startswith("@"):
            if word != "@PT" and coin.random() < 0.5:
                path[-1] = ~index  # its guard was false
                index += 1
                continue
            word, *rest = rest[0].split(" ", 1)
        target = int(rest[0].split("at")[1].rstrip(")")) if rest and "at" in rest[0] else 0
        index += 1
        if word in ("SSY", "PBK", "CAL"):
            stack.append((word, target if word != "CAL" else index))
            index = target if word == "CAL" else index
        elif word in ("SYNC", "BRK", "RET"):
            kind = {"SYNC": "SSY", "BRK": "PBK", "RET": "CAL"}[word]
            while word == "BRK" and stack and stack[-1][0] != kind:
                stack.pop()
            if not stack or stack[-1][0] != kind:
                break
            index = stack.pop()[1]
        elif word == "EXIT":
            break
        elif word == "BRA" and ("P2" not in rest[0] or coin.random() < 0.5):
            index = target
    return path


@given(programs(calls=True), st.integers(0, 2**32))
def test_no_run_reads_a_register_called_dead(assemble: Assemble, lines: list[str], seed: int) -> None:
    program = assemble(*lines)
    live = live_registers(program)
    awaited: set[int] = set()
    for step in reversed(run(program, seed)):
        index = step if step >= 0 else ~step
        if step >= 0:
            effects = program.instructions[index].effects
            awaited = (awaited - set(effects.registers_written)) | set(effects.registers_read)
        assert awaited <= live[index]
