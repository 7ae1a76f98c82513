"""The same faults under several plans of hardening: critical ones, and McNemar's exact test of each plan
beside the next.

Run ``sassafras harden DIR --protect PLAN`` for each plan first, then, from the repository's root::

    python benchmarks/paired_plans.py DIR gemm=checksum,network=guard gemm=selective-checksum,network=guard

Pairs are the faults that have a counterpart under both plans. ``none`` stands for the unhardened program, and
``all-but=KERNEL`` for a protection that nobody has: it prevents every critical fault outside that kernel.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from sassafras.analysis.critical import Criticality
from sassafras.analysis.intervals import interval
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.source import open_campaign
from sassafras.campaign.store.results import Store
from sassafras.hardening.evaluate import FOLDER
from sassafras.hardening.mcnemar import mcnemar

IDEAL = "all-but="


def critical_under(plan: str, campaign: Campaign, critical: Criticality) -> pd.Series:
    """Whether each replayed fault was critical: bool, by id."""
    if plan == "none" or plan.startswith(IDEAL):
        rows = campaign.injections()
        rows = rows[rows["id"].isin(campaign.asked)]
        found = critical.rows(rows)
        if plan.startswith(IDEAL):
            found &= rows["kernel"] == plan.removeprefix(IDEAL)
    else:
        path = campaign.folder / FOLDER / f"{plan.replace(',', '+')}.replay.sqlite"
        rows = Store(path, None).injections()
        rows = rows[rows["id"].isin(campaign.asked)]
        found = critical.rows(rows)
    return pd.Series(found.to_numpy(bool), index=rows["id"].to_numpy())


def main() -> None:
    """Print a line per plan and per pair of neighbours."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("plans", nargs="+", metavar="PLAN")
    parser.add_argument("--tolerance", type=float, default=0.0)
    options = parser.parse_args()
    campaign, _ = open_campaign(options.folder)
    critical = Criticality(options.tolerance)
    found = {plan: critical_under(plan, campaign, critical) for plan in options.plans}
    for plan, rows in found.items():
        low, high = interval(int(rows.sum()), len(rows))
        print(f"{plan}: {int(rows.sum())} of {len(rows)} critical ({100 * low:.2f}-{100 * high:.2f} %)")
    for one, other in zip(options.plans, options.plans[1:], strict=False):
        common = found[one].index.intersection(found[other].index)
        a, b = (found[plan][common].to_numpy(bool) for plan in (one, other))
        pairs = mcnemar(int((a & b).sum()), int((a & ~b).sum()), int((~a & b).sum()), int((~a & ~b).sum()))
        print(
            f"{one} -> {other}: {pairs.pairs} pairs, {pairs.before} -> {pairs.after} critical; "
            f"{pairs.only_before} only before, {pairs.only_after} only after; p = {pairs.p_value:.2g}"
        )


if __name__ == "__main__":
    main()
