from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.architectures.multiprocessor import WARP
from sassafras.emulator.machine import Machine
from sassafras.emulator.profile import LaunchProfile
from sassafras.hardening.overhead import CostBook, cost_book, every_technique
from sassafras.hardening.plan import Protection, launched, protect
from sassafras.hardening.workload import harden
from sassafras.kernels.cost import total
from sassafras.kernels.hardened.registry import NETWORK
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.programs import load_program
from sassafras.kernels.registry import ADDED
from sassafras.kernels.work import warp_kinds
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.progress import Silence
from sassafras.workload.running import run_twins


@given(
    st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=1, max_size=4),
    st.integers(1, 3),
    st.integers(1, 70),
    st.randoms(),
)
def test_a_warp_issues_as_often_as_its_busiest_thread(
    issued: list[list[int]], blocks: int, per_block: int, random: object
) -> None:
    generator = np.random.Generator(np.random.Philox(blocks * 1000 + per_block))
    classes = generator.integers(0, len(issued), blocks * per_block).astype(np.uint8)
    profile = LaunchProfile(classes, np.array(issued, np.int64), np.array(issued, np.int64))
    expected = np.zeros(3, np.int64)
    for block in range(blocks):
        threads = profile.issued[classes[block * per_block : (block + 1) * per_block]]
        for first in range(0, per_block, WARP):
            expected += threads[first : first + WARP].max(axis=0)
    kinds, counts = warp_kinds(profile, per_block)
    assert (counts @ kinds).tolist() == expected.tolist()
    assert counts.sum() == blocks * -(-per_block // WARP)


@pytest.fixture(scope="module")
def book(tiny: Network, images: list[Image]) -> CostBook:
    return cost_book(tiny, images[0], 1, Silence())


@pytest.mark.parametrize(
    "technique", [None, Technique.DMR, pytest.param(Technique.TMR, marks=pytest.mark.long)]
)
def test_counts_are_those_of_what_runs(
    book: CostBook, tiny: Network, images: list[Image], technique: Technique | None
) -> None:
    """Every launch run once more by the plain build, which counts on its own."""
    protection = every_technique(launched(tiny))[technique]
    network = harden(tiny, protection)
    memory = network.fresh_memory()
    network.load(memory, images[0].pixels)
    counted = dict.fromkeys(book.kernels, 0)
    for planned in network.plan:
        machine = Machine(load_program(planned.program))
        before = memory.data.copy()
        counted[planned.kernel] += machine.run(planned.launch, memory).instructions
        memory.data[:] = before
        run_twins(network, memory, planned.index, planned.index + 1)
    assert counted == {k: book.costs[k, technique].instructions for k in book.kernels}


def test_costs_do_not_depend_on_who_counts(book: CostBook, tiny: Network, images: list[Image]) -> None:
    assert cost_book(tiny, images[0], 2, Silence()).costs == book.costs


def test_sums(book: CostBook) -> None:
    kernels = book.kernels
    for technique, protection in every_technique(kernels).items():
        whole = book.model(protection)
        rows = [book.kernel(k, protection) for k in kernels]
        if technique is Technique.GUARD:
            rows.append(book.costs[NETWORK, technique])
        assert whole == total(rows)
        checks = 2 * book.kernel("gemm", Protection()).invocations
        added = {Technique.CHECKSUM: checks, Technique.SELECTIVE_CHECKSUM: checks, Technique.GUARD: 1}
        more = 0 if technique is None else added.get(technique, 0)
        assert whole.invocations == book.model(Protection()).invocations + more
        plain = book.model(Protection()).seconds
        found = book.overhead(protection)
        assert found.value == pytest.approx(sum(r.seconds for r in rows) / plain - 1)
        assert found.low <= found.value <= found.high
        if technique is not None:
            assert whole.instructions > book.model(Protection()).instructions


def test_what_is_added_is_counted_where_it_serves(book: CostBook, tiny: Network, images: list[Image]) -> None:
    """The kernel runs as it is; what checks it, and what is of the network, comes on top. Every launch that
    is added is run once more by the plain build, which counts on its own.
    """
    protection = protect({"gemm": Technique.CHECKSUM, NETWORK: Technique.GUARD})
    network = harden(tiny, protection)
    memory = network.fresh_memory()
    network.load(memory, images[0].pixels)
    counted = {"gemm": 0, NETWORK: 0}
    for planned in network.plan:
        if planned.kernel in ADDED:
            machine = Machine(load_program(planned.program))
            serves = NETWORK if planned.kernel == "guard" else "gemm"
            counted[serves] += machine.run(planned.launch, memory).instructions
        run_twins(network, memory, planned.index, planned.index + 1)
    plain = book.kernel("gemm", Protection())
    assert book.kernel("gemm", protection).instructions == plain.instructions + counted["gemm"]
    assert book.costs[NETWORK, Technique.GUARD].instructions == counted[NETWORK]
    without = protect({"gemm": Technique.CHECKSUM})
    assert book.overhead(protection, ["add_bias"]).value > book.overhead(without, ["add_bias"]).value == 0


def test_only_what_is_protected_costs_more(book: CostBook) -> None:
    protection = protect({"im2col_gpu": Technique.TMR})
    for kernel in book.kernels:
        same = book.kernel(kernel, protection) == book.kernel(kernel, Protection())
        assert same is (kernel != "im2col_gpu")
    for nothing in (book.overhead(Protection()), book.overhead(protection, ["add_bias"])):
        assert (nothing.value, nothing.low, nothing.high) == (0, 0, 0)
