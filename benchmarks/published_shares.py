"""Shares of SDC and DUE of HPC examples beside published ones of SASSIFI (mode IOV, single-bit, by group).

    python benchmarks/published_shares.py [--injections N] [--only NAME]

Published: UFRGS-CAROL/ipdps2021, commit 0e2d5c5, data/avf_kepler_sassifi.csv: SASSIFI, Kepler K40c or K20,
1000 injections per group, groups weighted alike. Ours: the examples in docs/examples/own, sm_50, the same
groups (those that the code has), weighted alike. SDC: the output differs in any bit, as there.
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import closing
from pathlib import Path

import sassafras
from sassafras.errors import UsageError
from sassafras.faults.model import FaultModel, Mode
from sassafras.isa.groups import Group
from sassafras.workload.own.source import OwnSource

FOLDER = Path(__file__).parents[1] / "docs" / "examples" / "own"
#: Shares of SDC and DUE, in percent, groups weighted alike; and of the group GPR alone.
PUBLISHED = {
    "hotspot": ("FHOTSPOT", (49.65, 9.53), (28.3, 19.8)),
    "lud": ("FLUD", (67.32, 12.12), (76.6, 12.0)),
    "needleman": ("NW", (38.36, 16.56), (27.4, 24.4)),
    "lavamd": ("FLAVA", (58.58, 16.09), (65.8, 1.5)),
}
GROUPS = (
    *(Group.GPR, Group.CC, Group.PR, Group.STORE, Group.IADD_IMUL, Group.FADD_FMUL, Group.MAD, Group.FFMA),
    *(Group.SETP, Group.LDS, Group.LD),
)


def shares(name: str, group: Group, injections: int, folder: str) -> tuple[float, float] | None:
    """SDC and DUE in percent; None where the code has no such instruction."""
    asked = sassafras.preset(
        "all", modes=(Mode.IOV,), models=(FaultModel.SINGLE_BIT,), groups=(group,), injections=injections
    )
    source = OwnSource(FOLDER / name / "workload.toml")
    try:
        campaign = sassafras.Campaign(f"{folder}/{name}-{group.name}", asked, source=source)
        with closing(campaign.store):
            campaign.run(2)
            rows = campaign.injections()
    except (UsageError, ValueError, ZeroDivisionError) as error:
        print(f"  {name} {group.name}: none ({error})", flush=True)
        return None
    wrong = (rows["outcome"] == "SDC") & (rows["severity"] != "NO_MALFUNCTION")
    return 100 * float(wrong.mean()), 100 * float((rows["outcome"] == "DUE").mean())


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--injections", type=int, default=1000)
    parser.add_argument("--only")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name, (theirs, weighed, registers) in PUBLISHED.items():
            if options.only in (None, name):
                found = {group: shares(name, group, options.injections, folder) for group in GROUPS}
                known = {group: share for group, share in found.items() if share is not None}
                for group, share in known.items():
                    print(f"  {name} {group.name}: SDC {share[0]:.1f} DUE {share[1]:.1f}", flush=True)
                sdc, due = (sum(share[k] for share in known.values()) / len(known) for k in (0, 1))
                own = known[Group.GPR]
                print(
                    f"| {name} | {len(known)} x {options.injections} | {sdc:.0f} / {due:.0f} | "
                    f"{theirs} | {weighed[0]:.0f} / {weighed[1]:.0f} | {own[0]:.0f} / {own[1]:.0f} | "
                    f"{registers[0]:.0f} / {registers[1]:.0f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
