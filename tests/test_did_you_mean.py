"""A misspelt name gets the nearest known one, wherever it was given."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import sassafras
from sassafras.analysis.vulnerability import as_mode
from sassafras.errors import UsageError, did_you_mean
from sassafras.explanation.stored import parse_id
from sassafras.hardening.plan import parse_protection
from sassafras.interchange.formats import parse_categories
from sassafras.kernels.hardened.registry import hardened_kernel
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.programs import load_program
from sassafras.kernels.registry import kernel


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("papr", ("paper", "all"), "did you mean paper? "),
        (" PAPR ", ("Paper", "all"), "did you mean Paper? "),
        ("injektions", ("injections", "frames"), "did you mean injections? "),
        ("xyz", ("paper", "all"), ""),
        ("", ("paper",), ""),
        ("paper", (), ""),
    ],
)
def test_the_nearest_name(word: str, known: tuple[str, ...], said: str) -> None:
    assert did_you_mean(word, known) == said


@pytest.mark.parametrize(
    ("ask", "meant"),
    [
        (lambda: sassafras.preset("papre"), "paper"),
        (lambda: sassafras.preset("paper", injektions=60), "injections"),
        (lambda: as_mode("IOVV"), "IOV"),
        (lambda: kernel("im2col"), "im2col_gpu"),
        (lambda: load_program("fil_gpu"), "fill_gpu"),
        (lambda: load_program("gemm", "sm50"), "sm_50"),
        (lambda: hardened_kernel("soft_max", Technique.TMR), "softmax"),
        (lambda: parse_protection("im2col=tmr", ("im2col_gpu", "gemm")), "im2col_gpu"),
        (lambda: parse_protection("gemm=cheksum", ("im2col_gpu", "gemm")), "checksum"),
        (lambda: parse_protection("netwrk=guard", ("gemm",)), "network"),
        (lambda: parse_id("IOVV:417"), "IOV"),
        (lambda: parse_categories(["20=MASKD"]), "MASKED"),
        (lambda: sassafras.harden("nowhere", plan="tmrr"), "tmr"),
        (lambda: sassafras.harden("nowhere", budgt=0.1), "budget"),
    ],
)
def test_every_place_that_takes_a_name(ask: Callable[[], object], meant: str) -> None:
    with pytest.raises(UsageError, match=rf"; did you mean {meant}\? "):
        ask()
