"""What is found out about a program stays with it."""

from __future__ import annotations

import pickle
from dataclasses import replace

from sassafras.emulator.machine import machine_of
from sassafras.faults.census import dead_registers
from sassafras.isa.program import Program, of_program
from sassafras.kernels.programs import load_program
from sassafras.simulation.traced import register_uses


def test_it_is_asked_once_for_each_program_and_each_question() -> None:
    asked: list[tuple[str, int]] = []

    @of_program
    def find(program: Program, more: int) -> int:
        asked.append((program.name, more))
        return more + 1

    gemm, fill = load_program("gemm"), load_program("fill_gpu")
    assert [find(gemm, 1), find(gemm, 1), find(gemm, 2), find(fill, 1)] == [2, 2, 3, 2]
    assert asked == [("gemm", 1), ("gemm", 2), ("fill_gpu", 1)]


def test_programs_without_a_digest_do_not_answer_for_each_other() -> None:
    """What was kept by digest mixed up programs that were made by hand."""
    gemm, fill = (replace(load_program(name), digest="") for name in ("gemm", "fill_gpu"))
    for find in (machine_of, dead_registers, register_uses):
        assert find(gemm) is find(gemm) is not find(fill)


def test_a_program_travels_without_what_was_found() -> None:
    gemm = load_program("gemm")
    machine = machine_of(gemm)
    there = pickle.loads(pickle.dumps(gemm))  # noqa: S301  (just made)
    assert there == gemm and there.digest == gemm.digest
    assert machine_of(there) is not machine
    assert machine_of(gemm) is machine
