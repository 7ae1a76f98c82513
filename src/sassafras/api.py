"""What the commands answer, as Python objects: each function is a thin call of the rooms' own.

A folder is a campaign's; ``tolerance`` is the least change of an output value that is critical where the
class stays (0: any), as in `sassafras.analysis.critical`. All raise SassafrasError.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sassafras.analysis.compare import Compared
from sassafras.analysis.compare import compare as _compare
from sassafras.analysis.condition_text import parse_condition
from sassafras.analysis.conditions import Judged
from sassafras.analysis.contenders import contest
from sassafras.analysis.critical import Criticality
from sassafras.analysis.judging import judge_campaign
from sassafras.analysis.results import read_results
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.finished import read_finished
from sassafras.campaign.record import on_record
from sassafras.campaign.source import check_finished, open_campaign, open_to_read
from sassafras.errors import UsageError, did_you_mean
from sassafras.explanation.case import open_case
from sassafras.explanation.story import Explanation
from sassafras.explanation.tell import explain as _tell
from sassafras.hardening.fit_study import FitStudy, fit_study
from sassafras.hardening.plan import PlanName
from sassafras.hardening.study import Study, Wish, study
from sassafras.progress import Silence
from sassafras.report.explain_text import story_text
from sassafras.report.harden_json import known_coverages
from sassafras.report.page.render import write_page
from sassafras.workload.workload import Workload


def open(folder: Path | str, network: Workload | None = None) -> Campaign:  # noqa: A001  (sassafras.open)
    """The campaign in a folder, to be read: nothing is made, and nothing can be added. ``network``: its own,
    where it was made from Python with another one than the bundled. Raises CampaignError where there is none.
    """
    return open_to_read(folder, network)


@dataclass(frozen=True, eq=False, repr=False)
class Explained:
    """What one fault did: ``explanation`` as data, its text when printed."""

    explanation: Explanation

    def __repr__(self) -> str:
        return story_text(self.explanation.story)


def explain(campaign: Campaign | Path | str, fault: int | str) -> Explained:
    """Replay one fault, an id (417) or a mode and number ("IOV:417"), and tell what it did. ``campaign``: a
    folder that says what it was made of (one of ``sassafras run``), or a campaign with its frames. Raises
    CampaignError where the fault does not end as it is stored.
    """
    if not isinstance(campaign, Campaign):
        campaign = open_campaign(Path(campaign))[0]
    if not campaign.images:
        raise UsageError("a campaign opened to be read has no frames to replay on: give its folder instead")
    return Explained(_tell(open_case(campaign, str(fault))))


def check(place: Path | str, *conditions: str, tolerance: float = 0.0) -> list[Judged]:
    """Judge a finished campaign, or a store of its harden folder, by conditions such as "MALFUNCTION.high >
    0.5%"; ``is_true`` of each answer is a reason to fail.
    """
    if not conditions:
        raise UsageError('nothing to judge: give a condition such as "MALFUNCTION.high > 0.5%"')
    record = read_finished(Path(place))
    parsed = [parse_condition(text, record.settings.used_models) for text in conditions]
    return judge_campaign(record, parsed, Criticality(tolerance))


def compare(*places: Path | str, tolerance: float = 0.0) -> Compared:
    """Finished campaigns side by side, the first is the reference: shares, differences, tests."""
    named = [(str(place), read_finished(Path(place))) for place in places]
    return _compare(contest(named), Criticality(tolerance))


def fit(folder: Path | str, *, workers: int = 1, tolerance: float = 0.0) -> FitStudy:
    """Failures in time of the register file, at the cited raw rates, of a finished campaign and of every
    protection evaluated in it. Nothing is written.
    """
    campaign, _ = open_campaign(Path(folder))
    with closing(campaign.store):
        check_finished(campaign)
        return fit_study(campaign, None, None, workers, Silence(), Criticality(tolerance))


def harden(
    folder: Path | str, *, plan: str | None = None, workers: int = 1, tolerance: float = 0.0, **wish: Any
) -> Study:
    """Find a protection, or take the one that is given, and inject again into the hardened program; its rows
    go to the folder ``harden``. ``wish``: fields of `sassafras.hardening.study.Wish` (``protect``,
    ``budget``, ``target``, ``top``, ``injections``); ``plan``: a name of `PlanName`.
    """
    known = ("protect", "budget", "target", "top", "injections", "weights")
    if strange := sorted(set(wish) - set(known)):
        hint = did_you_mean(strange[0], ("plan", *known))
        raise UsageError(f"harden has no {strange[0]!r}; {hint}there are: plan, {', '.join(known)}")
    if plan is not None and plan not in tuple(PlanName):
        hint = did_you_mean(plan, PlanName)
        raise UsageError(f"unknown plan {plan!r}; {hint}known: {', '.join(PlanName)}")
    given = [
        n for n, v in {"plan": plan, **wish}.items() if n in ("plan", "protect", "budget") and v is not None
    ]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} both say what to protect; give one of them")
    campaign, _ = open_campaign(Path(folder))
    check_finished(campaign)
    asked = Wish(plan=None if plan is None else PlanName(plan), critical=Criticality(tolerance), **wish)
    return study(campaign, asked, known_coverages(campaign, asked.critical), workers, Silence())


def write_report(folder: Path | str, *, tolerance: float = 0.0) -> Path:
    """Write the page of a finished campaign, ``report.html``, and say where it is."""
    campaign, source = open_campaign(Path(folder), reading=True)
    with closing(campaign.store):
        check_finished(campaign)
        record, shape = on_record(campaign)
        critical, synthetic = Criticality(tolerance), source.is_synthetic
        results = read_results(record, shape, synthetic=synthetic, critical=critical)
        return write_page(record, shape, results)
