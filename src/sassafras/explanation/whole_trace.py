"""Every instruction of the struck thread, golden and faulty side by side."""

from __future__ import annotations

from collections.abc import Iterator

from sassafras.explanation.dataflow import Comparison
from sassafras.explanation.memory_map import MemoryMap
from sassafras.explanation.replay import Replay
from sassafras.explanation.steps import Step
from sassafras.explanation.track import follow_faulty, follow_golden

MOST = 500_000  #: instructions of a thread; one that hangs in a long kernel may have more


def whole_trace(again: Replay, most: int = MOST) -> Iterator[Step]:
    """From the thread's first instruction to its last, with everything it read, wrote and stored."""
    again.golden.go_before(again.planned.index)
    start = again.fault.site.instruction
    golden, faulty = follow_golden(again, 0, most), follow_faulty(again, 0, most)
    memory_map = MemoryMap(again.golden, again.planned.index)
    base = again.golden.memory.layout.base
    comparison = Comparison(again.machine.program, golden, faulty, start, memory_map, base)
    for pair in comparison.pairs:
        step = comparison.step(pair, everything=True)
        if step is not None:
            yield step
