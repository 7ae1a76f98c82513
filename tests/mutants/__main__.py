"""Try seeded mutants against the tests: ``make mutants``, or ``python -m tests.mutants`` at the root of the
tree.

Exit status: 0 if every mutant was killed (or computes the same, as ``equivalent.txt`` argues), 1 if one was
not, 2 if a test fails without any mutant, or none was tried. Run again, it goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from tests.mutants.draw import ROOMS, draws
from tests.mutants.mutant import Mutant
from tests.mutants.record import Record, argued, place
from tests.mutants.trial import BrokenTest, Found, Trials, Verdict

ROOT = Path(__file__).parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent.txt")
ALIVE = (Verdict.SURVIVED, Verdict.UNFINISHED)
MEMORY = 8 << 30  #: bytes of data a mutant may ask for


def arguments(given: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="make mutants ARGS=", description="Try seeded mutants against the tests."
    )
    parser.add_argument("--seed", type=int, default=1, help="which mutants (1)")
    parser.add_argument("--count", type=int, default=40, help="how many (40)")
    parser.add_argument(
        "--minutes", type=float, default=60, help="time for all of them; start no more after it (60)"
    )
    parser.add_argument(
        "--each", type=float, default=300, help="processor seconds for the tests of one (300)"
    )
    parser.add_argument(
        "--hang", type=float, default=200, help="seconds after which a single test hangs (200)"
    )
    parser.add_argument("--only", type=int, action="append", help="only the mutants of these numbers")
    parser.add_argument("--room", choices=ROOMS, action="append", help="only these rooms (all five)")
    parser.add_argument("--list", action="store_true", help="show the mutants, try none")
    parser.add_argument("--out", type=Path, default=ROOT / "runs" / "mutants", help="verdicts (runs/mutants)")
    return parser.parse_args(given)


def show(number: int, mutant: Mutant, word: str) -> None:
    """One mutant: what became of it, where it is, what it changes."""
    where = f"{mutant.path}:{mutant.line}" + (f" in {mutant.within}" if mutant.within else "")
    lines = mutant.diff((ROOT / mutant.path).read_bytes())
    print(
        "\n".join([f"{number:4} {word}: {where} ({mutant.operator})", *(f"       {x}" for x in lines)]),
        flush=True,
    )


def told(found: Found) -> str:
    """A verdict in words."""
    if found.verdict is Verdict.EQUIVALENT:
        return f"equivalent ({found.by})"
    by = f" by {found.by}" if found.by else ""
    files = f", {found.files} of {found.reach} test files" if found.verdict in ALIVE else ""
    return f"{found.verdict}{by}{files}, {found.seconds:.0f} s"


def verdicts(
    options: argparse.Namespace, drawn: Iterable[tuple[int, Mutant]], record: Record
) -> Iterator[tuple[int, Mutant, Found]]:
    """Argued and known ones at once, the others tried, until the time is over."""
    until = time.monotonic() + 60 * options.minutes
    reasons = argued(EQUIVALENT)
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch:
        trials = Trials(ROOT, Path(scratch), options.each, options.hang)
        for number, mutant in drawn:
            reason = reasons.get(place(mutant, mutant.diff((ROOT / mutant.path).read_bytes())))
            found = Found(Verdict.EQUIVALENT, reason, 0, 0, 0) if reason else record.known(mutant)
            if found is None:
                if time.monotonic() > until:
                    return
                found = trials.run(mutant)
                record.add(mutant, found)
            yield number, mutant, found


def limit() -> None:
    """Stand back behind other work, and let no mutant take all memory: this process and those it starts,
    which end with it.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    if hasattr(os, "nice"):
        os.nice(10)
    try:
        import resource
    except ImportError:
        return
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def main(given: Sequence[str]) -> int:
    """Draw, try, tell. Returns the exit status."""
    options = arguments(given)
    rooms = options.room or ROOMS
    drawn = list(enumerate(islice(draws(ROOT, options.seed, rooms), options.count)))
    wanted = [item for item in drawn if not options.only or item[0] in options.only]
    if options.list:
        for number, mutant in wanted:
            show(number, mutant, "mutant")
        return 0
    limit()
    counts = dict.fromkeys(Verdict, 0)
    try:
        for number, mutant, found in verdicts(options, wanted, Record(options.out / name(options), ROOT)):
            counts[found.verdict] += 1
            show(number, mutant, told(found))
    except BrokenTest as broken:
        print(broken, file=sys.stderr)
        return 2
    print(f"seed {options.seed}: " + ", ".join(f"{count} {word}" for word, count in counts.items()))
    if not sum(counts.values()):
        print("no mutant was tried", file=sys.stderr)
        return 2
    return 1 if any(counts[verdict] for verdict in ALIVE) else 0


def name(options: argparse.Namespace) -> str:
    """The file of a seed's verdicts."""
    return f"seed-{options.seed}.jsonl"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
