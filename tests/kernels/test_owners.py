"""Which thread stores a byte: what ``owner_of`` says, against the stores of the machine code."""

from __future__ import annotations

import numpy as np
import pytest
from tests.emulator.launches import NAMES, case_of, machine_of
from tests.kernels.sample import kernels

from sassafras.emulator.layout import AccessKind
from sassafras.kernels.registry import KERNELS


@pytest.mark.parametrize("name", kernels(KERNELS))
def test_every_stored_word_has_its_owner(name: str) -> None:
    assert name in NAMES
    kernel = KERNELS[name]
    memory, arguments = case_of(name).build()
    launch = kernel.launch(arguments)
    stored = 0
    for block in range(launch.blocks):
        armed = machine_of(name).arm(launch, memory, block)
        armed.run(100_000)
        assert armed.trap is None
        log = armed.accesses()
        stores = log[log["kind"] == int(AccessKind.GLOBAL_STORE)]
        places = stores["offset"].astype(np.int64) + memory.layout.base
        threads = block * launch.threads_per_block + stores["thread"]
        if kernel.owner_of is not None:
            np.testing.assert_array_equal(kernel.owner_of(arguments, places), threads)
        stored += np.unique(places).size
    assert 4 * stored == sum(region.nbytes for region in kernel.writes(arguments))
