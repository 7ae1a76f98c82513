"""How fast whole launches are emulated: thousand million SASS thread-instructions per second and core, wide
and thread by thread, for every launch shape of AlexNet.

Run: ``python benchmarks/emulator_speed.py [--arch NAME] [--repeats N] [--frame N] [--lanes N]``. The launches
of one inference are run by both plain builds in turn; the best of N repeats of each counts. Time is that of
the thread on its processor: others may be busy, and compilation is not part of it. ``--lanes 8``: without
AVX-512.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict

from sassafras.architectures.registry import DEFAULT, architecture
from sassafras.emulator.machine import Machine
from sassafras.emulator.vector.choice import Form
from sassafras.kernels.programs import bundled_architectures
from sassafras.native import narrower
from sassafras.network.alexnet import load_alexnet
from sassafras.network.frames import render_frames
from sassafras.network.images import image_from_frame
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.workbench import Workbench
from sassafras.workload.launches import PlannedLaunch


def measured(golden: GoldenRun, planned: PlannedLaunch, machine: Machine) -> tuple[int, float]:
    """Instructions and seconds of one launch. Memory is put back."""
    golden.go_before(planned.index)
    start = time.thread_time()
    result = machine.run(planned.launch, golden.memory)
    seconds = time.thread_time() - start
    golden.put_before(planned.index)
    assert result.trap is None, f"{planned.kernel} trapped: {result.trap}"
    return result.instructions, seconds


def line(name: str, count: int, seconds: dict[Form, float]) -> str:
    """A line of the table."""
    rates = {form: count / seconds[form] / 1e9 for form in Form}
    factor = rates[Form.WIDE] / rates[Form.THREADS]
    words = "".join(f" {seconds[form]:9.3f} {rates[form]:7.2f}" for form in Form)
    return f"{name:18} {count:15,}{words} {factor:7.1f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arch", default=DEFAULT, choices=bundled_architectures())
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--frame", type=int, default=0)
    parser.add_argument("--lanes", type=int, default=16)
    arguments = parser.parse_args()
    image = image_from_frame(render_frames(2021, 1, arguments.frame)[0])
    bench = Workbench(load_alexnet().on(architecture(arguments.arch)), [image])
    golden = bench.golden(0)
    instructions: dict[str, int] = defaultdict(int)
    seconds: dict[str, dict[Form, float]] = defaultdict(lambda: dict.fromkeys(Form, 0.0))
    machines: dict[tuple[str, Form], Machine] = {}
    for planned in golden.plan:
        best = dict.fromkeys(Form, float("inf"))
        count = 0
        for _ in range(arguments.repeats):
            for form in Form:
                program = bench.machine(planned.spec).program
                key = planned.program, form
                machine = machines.setdefault(key, Machine(program, form, narrower(arguments.lanes)))
                machine.run(planned.launch, golden.memory, blocks=range(0))  # compiles
                count, took = measured(golden, planned, machine)
                best[form] = min(best[form], took)
        instructions[planned.kernel] += count
        for form in Form:
            seconds[planned.kernel][form] += best[form]
    heads = "".join(f" {form.name.lower():>9} {'10^9/s':>7}" for form in Form)
    print(f"{'kernel':18} {'instructions':>15}{heads} {'factor':>7}")
    for kernel, count in instructions.items():
        print(line(kernel, count, seconds[kernel]))
    whole = {form: sum(each[form] for each in seconds.values()) for form in Form}
    print(line("whole inference", sum(instructions.values()), whole))


if __name__ == "__main__":
    main()
