"""A finished campaign judged by conditions."""

from __future__ import annotations

from collections.abc import Sequence

from sassafras.analysis.conditions import Condition, Evidence, Judged, judge
from sassafras.analysis.critical import Criticality
from sassafras.analysis.own import demand_sample
from sassafras.analysis.sampling import sampling_of
from sassafras.campaign.record import CampaignRecord


def judge_campaign(
    stored: CampaignRecord, conditions: Sequence[Condition], critical: Criticality
) -> list[Judged]:
    """Each condition on the campaign's numbers. ``critical``: what ``CRITICAL`` means. Raises UsageError for
    names that the campaign does not have, and for faults that the user chose.
    """
    demand_sample(stored.path.parent, stored.settings, counted=True)
    kinds, settings = stored.layer_kinds(), stored.settings
    evidence = Evidence(
        stored.injections,
        settings.modes,
        settings.kernels,
        None if kinds is None else tuple(range(len(kinds))),
        sampling_of(stored),
        critical,
        {mode: settings.models_of(mode) for mode in settings.modes},
    )
    return [judge(condition, evidence) for condition in conditions]
