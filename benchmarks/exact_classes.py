"""Intervals at an equal number of faults that are really run: with proofs, and by plain sampling.

Run: ``python benchmarks/exact_classes.py [--preset NAME] [--faults N] [--seeds N] [--check]``. With each seed
N single-bit IOV faults are drawn from one population. Those of which the golden run of the struck thread
proves how they end (`sassafras.simulation.proofs`) are not run; n others are. Their estimate, k of N, stands
beside the plain one of the same budget: the first n faults of the same seed, all of them run. ``--check``
runs the proven ones as well, and stops at one that ends otherwise.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence

from sassafras.analysis.proportion import Proportion
from sassafras.analysis.weighted import Estimate
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.presets import preset
from sassafras.campaign.execution.workers import ProcessPool, Worker, WorkerSetup
from sassafras.faults.model import Draw, FaultModel, Mode, Scope
from sassafras.faults.population import Population, draw_faults
from sassafras.faults.targets import Selection
from sassafras.progress import Silence
from sassafras.simulation.fates import Fate
from sassafras.simulation.outcome import Outcome
from sassafras.simulation.proofs import proven_fate
from sassafras.simulation.traced import run_golden
from sassafras.workload.verdict import Severity

FIRST_SEED = 1
EVENTS = {
    "Malfunction": (Severity.MALFUNCTION,),
    "Malfunction or Invalid-Output (the paper's)": (Severity.MALFUNCTION, Severity.INVALID_OUTPUT),
}


class Bench:
    """One population, and what its faults come to. ``seconds``: of a processor."""

    def __init__(self, name: str) -> None:
        settings = preset(name, modes=(Mode.IOV,), models=(FaultModel.SINGLE_BIT,), injections=1)
        self._folder = tempfile.TemporaryDirectory()
        campaign = Campaign(self._folder.name, settings)
        setup = WorkerSetup(campaign.network, campaign.images, settings.rules)
        self._worker = Worker(setup)
        pool = ProcessPool(setup, 1)
        campaign.profile(pool, Silence())
        selection = Selection(Mode.IOV, FaultModel.SINGLE_BIT)
        population = Population(campaign.profiled_launches(), selection)
        self._populations = {FaultModel.SINGLE_BIT: population}
        self.seconds = {"proofs": 0.0, "runs": 0.0, "runs of the proven": 0.0}

    def draws(self, seed: int, count: int) -> list[Draw]:
        """The faults of a seed."""
        models = (FaultModel.SINGLE_BIT,)
        return draw_faults(seed, Mode.IOV, range(count), models, Scope.THREAD, self._populations)

    def proven(self, draws: Sequence[Draw]) -> dict[int, Fate]:
        """The fates that need no run, by id."""
        begun, found = time.process_time(), dict[int, Fate]()
        bench, injector = self._worker.bench, self._worker.injector
        for draw in sorted(draws, key=lambda d: (d.frame, d.launch, d.block)):
            golden = bench.golden(draw.frame)
            golden.go_before(draw.launch)
            planned = golden.plan[draw.launch]
            machine = bench.machine(planned.spec)
            if machine.barrier:
                continue
            place = (draw.block, (draw.thread,), draw.longest)
            threads = run_golden(machine, planned.launch, golden.memory, *place)
            fault = injector.find_fault(draw, machine, threads, golden)
            fate = proven_fate(golden, machine, fault, threads)
            if fate is not None:
                found[draw.id] = fate
        self.seconds["proofs"] += time.process_time() - begun
        return found

    def run(self, draws: Sequence[Draw], what: str) -> dict[int, str]:
        """How faults end, by id; SDCs by their severity. ``what``: as whose time it counts."""
        begun, found = time.process_time(), dict[int, str]()
        for frame in sorted({draw.frame for draw in draws}):
            rows, errors = self._worker.injector.inject_all(frame, [d for d in draws if d.frame == frame])
            assert not errors, errors[0]
            found |= {row.id: str(row.severity or row.outcome) for row in rows}
        self.seconds[what] += time.process_time() - begun
        return found


def estimate(ends: Sequence[str], severities: Sequence[Severity]) -> Estimate:
    """A share of a plain sample with its Clopper-Pearson interval."""
    hits = sum(end in {str(s) for s in severities} for end in ends)
    return Proportion((hits,), (len(ends),), (1.0,)).estimate()


def ends_of(bench: Bench, seed: int, faults: int, *, check: bool) -> tuple[list[str], int]:
    """How the faults of a seed end, and how many of them had to be run."""
    draws = bench.draws(seed, faults)
    fates = bench.proven(draws)
    ends = bench.run([draw for draw in draws if draw.id not in fates], "runs")
    said = {fault: str(Outcome.MASKED if f.trap is None else Outcome.DUE) for fault, f in fates.items()}
    if check:
        ran = bench.run([draw for draw in draws if draw.id in fates], "runs of the proven")
        assert ran == said, "a proven fault ended otherwise"
    return [(said | ends)[draw.id] for draw in draws], len(ends)


def report(name: str, pairs: Sequence[tuple[Estimate, Estimate]]) -> None:
    """Widths and shares of an event over the seeds; pairs of (plain, with proofs)."""
    widths = [[100 * (one.high - one.low) for one in side] for side in zip(*pairs, strict=True)]
    plain, proven = (statistics.mean(side) for side in widths)
    ratios = [new / old for old, new in zip(*widths, strict=True)]
    shares = [[100 * one.value for one in side] for side in zip(*pairs, strict=True)]
    pooled = statistics.mean(shares[1])
    print(name)
    print(f"  mean width, percent: plain {plain:.3f}, with proofs {proven:.3f}: {proven / plain:.3f} times")
    print(f"  seed by seed: median {statistics.median(ratios):.3f}, {min(ratios):.3f} to {max(ratios):.3f}")
    for k, label in enumerate(("plain", "with proofs")):
        mean, spread = statistics.mean(shares[k]), statistics.stdev(shares[k])
        held = sum(100 * pair[k].low <= pooled <= 100 * pair[k].high for pair in pairs)
        print(f"  share, percent, {label}: {mean:.4f} +- {spread / len(pairs) ** 0.5:.4f}; "
              f"{held} of {len(pairs)} intervals hold {pooled:.4f}")  # fmt: skip


def main() -> None:
    """Print both estimates over all seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="paper")
    parser.add_argument("--faults", type=int, default=2000, help="drawn with each seed")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--check", action="store_true", help="run what is proven, too")
    given = parser.parse_args()
    bench = Bench(given.preset)
    found: dict[str, list[tuple[Estimate, Estimate]]] = {name: [] for name in EVENTS}
    run = 0
    for seed in range(FIRST_SEED, FIRST_SEED + given.seeds):
        ends, budget = ends_of(bench, seed, given.faults, check=given.check)
        run += budget
        for name, severities in EVENTS.items():
            found[name].append((estimate(ends[:budget], severities), estimate(ends, severities)))
    drawn = given.faults * given.seeds
    print(
        f"{given.seeds} seeds, {given.faults} faults each: {run} of {drawn} run, {1 - run / drawn:.1%} proven"
    )
    spent = (f"{seconds:.1f} of {what}" for what, seconds in bench.seconds.items())
    print("processor seconds:", ", ".join(spent))
    for name, pairs in found.items():
        report(name, pairs)


if __name__ == "__main__":
    main()
