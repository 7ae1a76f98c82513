from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sassafras.faults.model import Mode
from sassafras.hardening.ranking import share
from sassafras.hardening.residual import ENDINGS, Verdict, by_mode, judge, runs_needed


def test_every_injection_ends_in_one_way() -> None:
    frame = pd.DataFrame(
        [
            ("RF", "MASKED", None),
            ("RF", "SDC", "MALFUNCTION"),
            ("IOA", "SDC", "LIGHT_MALFUNCTION"),
            ("IOA", "SDC", "NO_MALFUNCTION"),
            ("IOA", "SDC", "INVALID_OUTPUT"),
            ("IOA", "DETECTED", None),
            ("IOA", "CORRECTED", None),
            ("IOA", "DUE", None),
        ],
        columns=["mode", "outcome", "severity"],
    )
    found = by_mode(frame, (Mode.RF, Mode.IOA))
    assert {name: found["all"].ending(name).n for name in ENDINGS} == dict.fromkeys(ENDINGS, 1)
    assert (found["RF"].critical.n, found["RF"].injections) == (1, 2)
    assert (found["IOA"].critical.n, found["IOA"].injections) == (2, 6)


def test_verdicts() -> None:
    assert judge(share(0, 10_000), 0.001).verdict is Verdict.MEETS
    assert judge(share(100, 1000), 0.001).verdict is Verdict.MISSES
    undecided = judge(share(0, 1000), 0.001)
    assert undecided.verdict is Verdict.UNDECIDED
    assert undecided.needed == 3700  # 1 - 0.025^(1/n) <= 0.001 from n = 3688 on
    assert judge(share(1, 1000), 0.001).needed is None


@settings(max_examples=30)
@given(st.integers(1, 50), st.sampled_from([0.001, 0.01, 0.05]))
def test_with_the_runs_needed_the_verdict_falls(events: int, target: float) -> None:
    observed = events / 1000
    needed = runs_needed(observed, target)
    if needed is None:
        assert observed == target
    elif observed < target:
        high = stats.beta.ppf(0.975, observed * needed + 1, needed * (1 - observed))
        assert high <= target * 1.001
    else:
        low = stats.beta.ppf(0.025, observed * needed, needed * (1 - observed) + 1)
        assert low > target * 0.999
