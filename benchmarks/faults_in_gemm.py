"""Faults in gemm: the struck thread alone on the shared memory of its block's golden run, against its whole
block under control, which is what any kernel with barriers can fall back on. Same faults, same run.

Run: ``python benchmarks/faults_in_gemm.py [FAULTS]`` (per mode; 100 by default). Prints milliseconds of
processor time per fault of each way, by mode, and the ratio; stops where a row differs.
"""

from __future__ import annotations

import sys
import tempfile
import time

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.presets import preset
from sassafras.faults.model import Draw, Mode
from sassafras.simulation import injector
from sassafras.simulation.injector import Injector
from sassafras.simulation.record import Injection
from sassafras.simulation.workbench import Workbench


def strike(injecting: Injector, draws: list[Draw]) -> tuple[list[Injection], float]:
    """Rows of draws of the first frame, and milliseconds of processor time for each."""
    began = time.process_time()
    rows, errors = injecting.inject_all(0, draws)
    if errors:
        raise SystemExit(f"not reached: {errors[0]}")
    return rows, 1e3 * (time.process_time() - began) / len(draws)


def strike_whole_blocks(injecting: Injector, draws: list[Draw]) -> tuple[list[Injection], float]:
    """The same where no thread may run alone."""
    known, injector.may_run_alone = injector.may_run_alone, lambda *_: False
    try:
        return strike(injecting, draws)
    finally:
        injector.may_run_alone = known


def main() -> None:
    """Measure and print."""
    faults = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as folder:
        settings = preset("all", injections=faults, frames=1, kernels=("gemm",))
        campaign = Campaign(folder, settings)
        campaign.run(1)
        injecting = Injector(Workbench(campaign.network, campaign.images), settings.rules)
        for mode in Mode:
            draws = campaign.draws([(mode, k) for k in range(faults)])
            for way in (strike, strike_whole_blocks):
                way(injecting, draws[:2])  # compiled code
            (rows, alone), (others, whole) = (way(injecting, draws) for way in (strike, strike_whole_blocks))
            if rows != others:
                raise SystemExit(f"{mode.value}: rows differ")
            print(
                f"{mode.value:4} alone {alone:7.2f} ms   whole block {whole:7.2f} ms   {whole / alone:6.1f} x"
            )
        campaign.store.close()


if __name__ == "__main__":
    main()
