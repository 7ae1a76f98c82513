"""Shares of SDC and DUE of HPC examples beside published ones of SASSIFI (mode IOV, single-bit, by group).

    python benchmarks/published_shares.py [--injections N] [--workers N] [--only NAME]

Published: UFRGS-CAROL/ipdps2021, commit 0e2d5c5, data/avf_kepler_sassifi.csv: SASSIFI, Kepler K40c or K20,
1000 injections per group, groups weighted alike. Ours: the examples in docs/examples/own, sm_50, the same
groups (those that the code has), weighted alike. SDC: the output differs in any bit, as there.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import sassafras
from sassafras.errors import UsageError
from sassafras.faults.model import FaultModel, Mode
from sassafras.isa.groups import Group
from sassafras.workload.own.source import OwnSource

FOLDER = Path(__file__).parents[1] / "docs" / "examples" / "own"
#: Shares of SDC and DUE by group, in percent, of 1000 injections each, as published.
PUBLISHED: dict[str, tuple[str, dict[Group, tuple[float, float]]]] = {
    "hotspot": (
        "FHOTSPOT",
        {
            Group.FADD_FMUL: (58.7, 0.0),
            Group.FFMA: (16.9, 0.0),
            Group.GPR: (28.3, 19.8),
            Group.IADD_IMUL: (19.8, 29.5),
            Group.LDS: (79.5, 0.0),
            Group.LD: (54.1, 0.0),
            Group.MAD: (46.2, 45.6),
            Group.PR: (60.5, 0.2),
            Group.SETP: (63.2, 0.2),
            Group.STORE: (69.3, 0.0),
        },
    ),
    "lud": (
        "FLUD",
        {
            Group.CC: (0.0, 23.5),
            Group.FADD_FMUL: (86.1, 0.0),
            Group.FFMA: (87.4, 0.0),
            Group.GPR: (76.6, 12.0),
            Group.IADD_IMUL: (52.0, 39.9),
            Group.LDS: (84.6, 0.0),
            Group.LD: (92.2, 0.0),
            Group.MAD: (43.4, 56.5),
            Group.PR: (71.7, 0.7),
            Group.SETP: (73.0, 0.7),
            Group.STORE: (73.5, 0.0),
        },
    ),
    "needleman": (
        "NW",
        {
            Group.CC: (8.4, 12.4),
            Group.GPR: (27.4, 24.4),
            Group.IADD_IMUL: (15.7, 33.7),
            Group.LDS: (40.9, 0.0),
            Group.LD: (71.3, 0.2),
            Group.MAD: (27.4, 45.0),
            Group.PR: (41.1, 16.0),
            Group.SETP: (37.4, 17.3),
            Group.STORE: (75.6, 0.0),
        },
    ),
    "lavamd": (
        "FLAVA",
        {
            Group.CC: (0.0, 18.2),
            Group.FFMA: (78.8, 0.0),
            Group.GPR: (65.8, 1.5),
            Group.IADD_IMUL: (21.4, 72.1),
            Group.LDS: (69.4, 0.0),
            Group.LD: (80.7, 7.3),
            Group.MAD: (39.1, 60.9),
            Group.PR: (67.0, 0.3),
            Group.SETP: (67.8, 0.6),
            Group.STORE: (95.8, 0.0),
        },
    ),
    "matmul": (
        "FMXM",
        {
            Group.CC: (0.0, 24.5),
            Group.FFMA: (97.2, 0.0),
            Group.GPR: (84.0, 3.0),
            Group.IADD_IMUL: (71.7, 26.8),
            Group.LDS: (82.7, 0.0),
            Group.LD: (94.6, 0.0),
            Group.MAD: (37.0, 63.0),
            Group.PR: (100.0, 0.0),
            Group.SETP: (100.0, 0.0),
            Group.STORE: (96.5, 0.0),
        },
    ),
}
GROUPS = (
    *(Group.GPR, Group.CC, Group.PR, Group.STORE, Group.IADD_IMUL, Group.FADD_FMUL, Group.MAD, Group.FFMA),
    *(Group.SETP, Group.LDS, Group.LD),
)


def shares(name: str, group: Group, injections: int, workers: int, folder: str) -> tuple[float, float] | None:
    """SDC and DUE in percent; None where the code has no such instruction."""
    asked = sassafras.preset(
        "all", modes=(Mode.IOV,), models=(FaultModel.SINGLE_BIT,), groups=(group,), injections=injections
    )
    source = OwnSource(FOLDER / name / "workload.toml")
    try:
        campaign = sassafras.Campaign(f"{folder}/{name}-{group.name}", asked, source=source)
        with closing(campaign.store):
            campaign.run(workers)
            rows = campaign.injections()
    except (UsageError, ValueError, ZeroDivisionError) as error:
        print(f"  {name} {group.name}: none ({error})", flush=True)
        return None
    wrong = (rows["outcome"] == "SDC") & (rows["severity"] != "NO_MALFUNCTION")
    return 100 * float(wrong.mean()), 100 * float((rows["outcome"] == "DUE").mean())


def mean(shares: Iterable[tuple[float, float]]) -> str:
    """SDC and DUE, every group weighted alike."""
    found = list(shares)
    sdc, due = (sum(share[k] for share in found) / len(found) for k in (0, 1))
    return f"{sdc:.0f} / {due:.0f}"


def row(name: str, found: dict[Group, tuple[float, float]], injections: int) -> str:
    """A line of the table: all groups of each, those that both have, and the group GPR."""
    _, theirs = PUBLISHED[name]
    both = [group for group in found if group in theirs]
    ours = (found[group] for group in both), [found[Group.GPR]]
    published = (theirs[group] for group in both), [theirs[Group.GPR]]
    cells = [name, f"{len(found)} x {injections}", mean(found.values()), mean(theirs.values())]
    cells += [f"{len(both)}", mean(ours[0]), mean(published[0]), mean(ours[1]), mean(published[1])]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print what was found of every group, then a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--injections", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, (_, theirs) in PUBLISHED.items():
            if options.only not in (None, name):
                continue
            found = {}
            for group in GROUPS:
                share = shares(name, group, options.injections, options.workers, folder)
                if share is not None:
                    found[group] = share
                    beside = f", published {mean([theirs[group]])}" if group in theirs else ""
                    print(f"  {name} {group.name}: {mean([share])}{beside}", flush=True)
            rows.append(row(name, found, options.injections))
    print("\n".join(rows))


if __name__ == "__main__":
    main()
