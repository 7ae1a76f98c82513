"""What cards from Turing on have in common in the model of time; what differs stands in each card's file.

Sources, beside those of each card:

* *Lanes*: CUDA C++ Programming Guide, "Throughput of Native Arithmetic Instructions", compute capabilities
  7.5 to 9.0: 64 results of integer addition, comparison, minimum, shift and logic per clock cycle and
  multiprocessor; 16 of conversions, of special functions, bit counts and reversals; barriers 16 (stated for
  7.x and 8.x; 9.0 taken as them). Four schedulers, each of which sends one instruction of a warp per clock.
* *Waits of arithmetic and of predicates*: the stall counts that the compiler put into our own kernels of
  sm_75 to sm_90 (`python -m benchmarks.compiled_waits`): the next instruction that reads the result stands 4
  cycles later where both run in one pipe, 5 where they do not; a predicate that guards 13 later
  (sm_75: 12), one that is an operand 4.
* *Other waits*: the configurations that Accel-Sim's authors tuned on cards with microbenchmarks
  (``tested-cfgs`` in accel-sim/gpgpu-sim_distribution and accel-sim-framework): latency of special functions,
  double precision, shared memory, second cache, and memory behind it. Indexed constants: as for Maxwell, an
  assumption.
* *Overhead of a launch, bandwidth had, overlap*: the same assumptions as for the GTX 750 Ti, so that cards do
  not differ by a guess.
"""

from __future__ import annotations

from collections.abc import Mapping

from sassafras.architectures.architecture import Architecture
from sassafras.architectures.device import Device, Range, Wait, exactly
from sassafras.isa.kinds import Pipe


def lanes(single: int, double: int, load_store: int) -> Mapping[Pipe, Range]:
    """Results per clock cycle and multiprocessor. ``single``: of fused multiply-adds of single precision;
    ``double``: of double precision; ``load_store``: load/store units (half of it where accesses are replayed,
    an assumption).
    """
    return {
        Pipe.FULL: exactly(single),
        Pipe.HALF: exactly(64),
        Pipe.QUARTER: exactly(16),
        Pipe.DOUBLE: exactly(double),
        Pipe.MEMORY: Range(load_store, load_store, load_store / 2),
        Pipe.BARRIER: exactly(16),
    }


def waits(
    special: int, double: int, shared: int, second_cache: int, memory: int, guard: int = 13
) -> Mapping[Wait, Range]:
    """Clock cycles until a result can be read. ``special``: of MUFU; ``second_cache``, ``memory``: of a word
    that is found there (nominal: half of each).
    """
    return {
        Wait.ARITHMETIC: Range(4, 4, 5),
        Wait.PREDICATE: Range(4, guard, guard),
        Wait.QUARTER: exactly(special),
        Wait.DOUBLE: exactly(double),
        Wait.SHARED: exactly(shared),
        Wait.CONSTANT: Range(20, 20, 30),
        Wait.GLOBAL: Range(second_cache, (second_cache + memory) / 2, memory),
    }


def card(
    name: str,
    architecture: Architecture,
    *,
    multiprocessors: int,
    clock: Range,
    bandwidth: float,
    lanes: Mapping[Pipe, Range],
    waits: Mapping[Wait, Range],
    process: int,
) -> Device:
    """A card of the architecture, with what all of them have in common. See `Device`."""
    return Device(
        name=name,
        architecture=architecture.name,
        multiprocessors=multiprocessors,
        limits=architecture.limits(),
        clock=clock,
        bandwidth=bandwidth,
        efficiency=Range(1.0, 0.8, 0.7),
        launch_seconds=Range(2e-6, 4e-6, 6e-6),
        issue=exactly(128),
        lanes=lanes,
        overlap=Range(1.0, 1.0, 0.5),
        waits=waits,
        process=process,
    )
