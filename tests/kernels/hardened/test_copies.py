"""The copies survive the compiler: counts in what is executed, and slices that share nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet
from tests.kernels.cases import CASES, Case
from tests.kernels.hardened.dynamic_slices import execution
from tests.kernels.hardened.launches import Prepared, prepare
from tests.kernels.sample import PAIRS, every_nth, pairs, sampled

from sassafras.kernels.hardened.layout import STRUCTURES
from sassafras.kernels.hardened.registry import HARDENED
from sassafras.kernels.hardened.technique import COPIES, Technique

SHARED_BY_COPIES = frozenset({"MOV R1, c[0x0][0x20]"})
"""The stack pointer, which no kernel uses."""
READ_BACK = "CV"
"""What a load is called that looks whether a store arrived."""
ARITHMETIC = ("FADD", "FMUL", "FFMA", "MUFU", "FSETP")
NAMES = {
    "fill_gpu": "513-by-1",
    "im2col_gpu": "3x11x11-k3-p0-s1",
    "gemm": "17x33x18-tame",
    "add_bias": "1x5x121",
    "activate_array": "logistic",
    "forward_maxpool": "3x9x9-s2-k3-p0-0.3",
    "softmax": "7-tame-1.0",
    "add": "600-to-a",
    "concatenate": "600-from-7",
    "normalize": "1x5x121-1e-05",
    "scale_bias": "1x5x121",
    "im2col_gpu_ext": "3x9x8-k3x3-s2x3-d2x2",
    "shortcut": "3x5x7-s2",
    "forward_avgpool": "600x4-0.0",
    "upsample": "3x5x7-s2-1.0",
    "reorg": "18x3x6-s3",
    "forward_crop": "3x9x8-5x6-2.0",
}


FIRST_THREAD = ("softmax", "reduce_max", "reduce_min", "reduce_sum")  #: launches of few threads
BY_PREDICATE = (
    "broadcast_div",
    "broadcast_pow",
    "broadcast_prelu",
    "map_gelu_tanh",
    "map_mish",
    "map_silu",
    "map_tanh",
)
"""Kernels in which a predicate chooses between two computations: the value of the other one is in no slice.
That a fault in either changes nothing, ``test_every_fault`` shows."""


def tripled(kernels: Iterable[str]) -> list[ParameterSet]:
    """Those that are not in the sample with TMR are slow."""
    return sampled(kernels, lambda kernel: (kernel, Technique.TMR) in PAIRS)


def case_of(kernel: str) -> Case:
    own = [case for case in CASES if case.kernel == kernel]
    return next((case for case in own if case.name == NAMES.get(kernel)), own[0])


def executed(prepared: Prepared) -> Counter[str]:
    """Thread-instructions executed in the launch, by opcode."""
    profile = prepared.machine.profile(prepared.launch, prepared.memory)
    threads = Counter(profile.thread_class.tolist())
    counts: Counter[str] = Counter()
    for kind, number in threads.items():
        for instruction in prepared.machine.program.instructions:
            counts[instruction.opcode] += number * int(profile.executed[kind, instruction.index])
    return counts


@pytest.mark.parametrize(
    ("kernel", "technique"),
    every_nth(
        3, pairs((k, t) for k, t in HARDENED if t in (Technique.TMR, Technique.DMR, Technique.DMR_RETRY))
    ),
)
def test_every_copy_loads_and_computes(kernel: str, technique: Technique) -> None:
    plain = executed(prepare(case_of(kernel), None))
    hardened = executed(prepare(case_of(kernel), technique))
    # The third copy of a retry is only computed where the first two differ.
    copies = 3 if technique is Technique.TMR else 2
    for opcode in ("LDG", *ARITHMETIC):
        kept = 0 if kernel == "softmax" and opcode == "LDG" else plain[opcode]
        assert hardened[opcode] >= copies * kept, opcode
    assert hardened["S2R"] >= copies * plain["S2R"]
    if kernel == "gemm":
        assert hardened["STS"] >= copies * plain["STS"]
    assert hardened["STG"] == (plain["STG"] // 2 if kernel == "softmax" else plain["STG"])


@pytest.mark.parametrize("kernel", every_nth(3, tripled(STRUCTURES)))
def test_the_three_inputs_of_every_vote_have_nothing_in_common(kernel: str) -> None:
    prepared = prepare(case_of(kernel), Technique.TMR)
    run = execution(prepared, thread=0 if kernel in FIRST_THREAD else 5)
    votes = list(run.votes())
    words = 2 if kernel == "forward_maxpool" else 1
    assert len(votes) >= 3 * words
    for vote in votes:
        slices = run.voted_slices(vote)
        for a, b in ((0, 1), (0, 2), (1, 2)):
            common = [run.instructions[k].text for k in slices[a] & slices[b]]
            assert set(common) <= SHARED_BY_COPIES, run.instructions[vote].text


@pytest.mark.alike(4)
@pytest.mark.parametrize("kernel", tripled(kernel for kernel in STRUCTURES if kernel not in BY_PREDICATE))
def test_each_input_of_the_vote_on_the_value_was_computed(kernel: str) -> None:
    """The slices are no trivial ones: together they hold every load and all floating-point arithmetic."""
    prepared = prepare(case_of(kernel), Technique.TMR)
    run = execution(prepared, thread=0 if kernel in FIRST_THREAD else 5)
    voted = frozenset[int]().union(*(s for vote in run.votes() for s in run.voted_slices(vote)))
    computing = {"FADD", "FFMA", "FMUL", "LDG", "S2R"}
    lost = [
        run.instructions[k].text
        for k, instruction in enumerate(run.instructions)
        if instruction.opcode in computing and run.executed[k] and k not in voted
        if READ_BACK not in instruction.modifiers
    ]
    # What goes through shared memory is no slice in registers.
    allowed = 0 if kernel != "gemm" else sum("LDG" in text for text in lost)
    assert len(lost) <= allowed, lost


@pytest.mark.parametrize("kernel", tripled(STRUCTURES))
def test_every_store_is_read_back_at_the_address_of_one_copy_and_compared_with_another(kernel: str) -> None:
    prepared = prepare(case_of(kernel), Technique.TMR)
    run = execution(prepared, thread=0 if kernel in FIRST_THREAD else 5)
    done = [(k, i) for k, i in enumerate(run.instructions) if run.executed[k]]
    stores = [k for k, i in done if i.opcode == "STG"]
    read_back = [k for k, i in done if i.opcode == "LDG" and READ_BACK in i.modifiers]
    assert len(read_back) == len(stores) > 0
    for load in read_back:
        address = frozenset[int]().union(*map(run.slice_from, run.makers[load].values()))
        assert not address & set(stores)
        comparing = next(k for k, used in enumerate(run.used) if load in used)
        others = [maker for maker in run.makers[comparing].values() if maker != load]
        # A second word is compared together with what came of the first.
        word = [maker for maker in others if not run.slice_from(maker) & set(read_back)]
        assert len(word) == (kernel != "fill_gpu")  # whose word is an argument
        common = [run.instructions[k].text for maker in word for k in address & run.slice_from(maker)]
        assert set(common) <= SHARED_BY_COPIES


@pytest.mark.parametrize("technique", COPIES)
def test_copies_name_known_flags(technique: Technique) -> None:
    assert COPIES[technique].count in (2, 3)
    assert set(COPIES[technique].flags) <= {"detected", "corrected"}
