"""What a watched launch is seen to do with memory."""

from __future__ import annotations

import struct

import numpy as np
from tests.emulator.bench import program

from sassafras.emulator.launch import Launch
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.simulation.observed import Sharing
from sassafras.simulation.watch import Watch


def test_what_an_atomic_operation_changes_it_also_reads() -> None:
    """Else a launch that adds to faulty bytes would be passed over."""
    lines = ("MOV R2, c[0x0][0x140]", "MOV R3, c[0x0][0x144]", "RED.E.ADD [R2], R2", "EXIT")
    adding = program(*lines, parameters=8)
    memory = DeviceMemory(lay_out([("sum", 64)]))
    address = memory.layout["sum"].address + 8
    launch = Launch((1, 1, 1), (2, 1, 1), struct.pack("<Q", address))
    watch = Watch(adding, launch, memory, observing=True)
    watch.run()
    seen = watch.observed
    assert seen is not None
    offsets = np.arange(64)
    touched = (offsets >= 8) & (offsets < 12)
    assert (seen.loads.has(offsets) == touched).all()
    assert (seen.stores.has(offsets) == touched).all()
    assert seen.sharing is Sharing.BLOCK
