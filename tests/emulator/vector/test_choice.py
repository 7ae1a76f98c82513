"""What is run wide, and what thread by thread."""

from __future__ import annotations

from tests.emulator.bench import machine, program

from sassafras.emulator.vector.choice import WORTH, Form, can_tell, chosen_form, has_loop
from sassafras.kernels.programs import load_program


def test_programs_that_loop_are_worth_it_sooner() -> None:
    straight, loop = program("NOP", "EXIT"), program(".L_x:", *["NOP"] * 2, "@P0 BRA `(.L_x)", "EXIT")
    assert not has_loop(straight) and has_loop(loop) and has_loop(load_program("gemm"))
    for made, threads in ((straight, WORTH // 2), (loop, WORTH // 64)):
        assert chosen_form(made, threads) is Form.WIDE
        assert chosen_form(made, threads - 1) is Form.THREADS


def test_a_jump_to_itself_behind_the_end_is_no_loop() -> None:
    """Compilers put one there."""
    assert not has_loop(load_program("add_bias"))


def test_atomic_updates_show_the_order_of_threads() -> None:
    updating = program("RED.E.ADD [R2], R4", "EXIT")
    assert can_tell(updating) and not can_tell(load_program("gemm"))
    assert chosen_form(updating, 1 << 40) is Form.THREADS


def test_very_long_programs_take_too_long_to_compile() -> None:
    lines = ["MOV R4, R5"] * 3000
    assert chosen_form(program(*lines, "EXIT"), 1 << 40) is Form.THREADS


def test_a_program_without_a_wide_form_runs_thread_by_thread() -> None:
    """Asked for it by name, too: a computed jump of which no listing says where it leads."""
    made = machine("MOV R4, RZ", "BRX R4 -0x10", "EXIT")
    made._form = Form.WIDE
    assert made._wide is None
