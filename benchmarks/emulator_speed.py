"""How fast whole launches are emulated: million SASS thread-instructions per second and core, for every
launch shape of AlexNet.
 Run: ``python benchmarks/emulator_speed.py [--repeats N] [--frame N]``. Each kernel's launches of one
inference are run by the plain build; the best of N repeats counts. Compilation is not part of the time.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict

from sassafras.network.alexnet import load_alexnet
from sassafras.network.frames import render_frames
from sassafras.network.images import image_from_frame
from sassafras.simulation.workbench import Workbench


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--frame", type=int, default=0)
    arguments = parser.parse_args()
    image = image_from_frame(render_frames(2021, 1, arguments.frame)[0])
    bench = Workbench(load_alexnet(), [image])
    golden = bench.golden(0)
    instructions: dict[str, int] = defaultdict(int)
    seconds: dict[str, float] = defaultdict(float)
    for planned in golden.plan:
        machine = bench.machine(planned.spec)
        machine.run(planned.launch, golden.memory, blocks=range(0))  # compiles
        best = float("inf")
        for _ in range(arguments.repeats):
            golden.go_before(planned.index)
            start = time.perf_counter()
            result = machine.run(planned.launch, golden.memory)
            best = min(best, time.perf_counter() - start)
            golden.put_before(planned.index)
        instructions[planned.kernel] += result.instructions
        seconds[planned.kernel] += best
    print(f"{'kernel':18} {'instructions':>15} {'seconds':>9} {'million/s':>10}")
    for kernel, count in instructions.items():
        print(f"{kernel:18} {count:15,} {seconds[kernel]:9.3f} {count / seconds[kernel] / 1e6:10.0f}")
    total, time_total = sum(instructions.values()), sum(seconds.values())
    print(f"{'whole inference':18} {total:15,} {time_total:9.3f} {total / time_total / 1e6:10.0f}")


if __name__ == "__main__":
    main()
