"""The campaigns of a comparison: whether they can be compared, on what, and whether they share faults."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pandas as pd

from sassafras.analysis.own import demand_sample
from sassafras.analysis.sampling import NO_WEIGHTS, Sampling, sampling_of
from sassafras.campaign.record import CampaignRecord
from sassafras.campaign.store.identity import MEANING
from sassafras.errors import UsageError
from sassafras.faults.model import Mode
from sassafras.workload.vocabulary import NETWORK, Vocabulary

Value = TypeVar("Value", bound=str)

LETTERS = "ABCDEFGH"

#: A fault's site and model, as rows tell them (DESIGN section 6). With the seed they fix the mask too.
SITE = (
    *("mode", "model", "scope", "frame", "launch", "kernel", "block", "thread", "instruction", "offset"),
    *("target", "target_index"),
)


@dataclass(frozen=True, eq=False)
class Contender:
    """One of the campaigns: its letter, its name as given, its store, the rows that take part, and how they
    were chosen.
    """

    letter: str
    name: str
    stored: CampaignRecord
    rows: pd.DataFrame = field(repr=False)
    sampling: Sampling = field(default_factory=Sampling, repr=False)


def shared_vocabulary(contenders: Sequence[Contender]) -> Vocabulary:
    """What all of them call things; a network's words where they differ."""
    found = [contender.stored.vocabulary for contender in contenders]
    return found[0] if all(one == found[0] for one in found) else NETWORK


@dataclass(frozen=True, eq=False)
class Contest:
    """Campaigns that can be compared, on what all of them have. The first is the reference.

    ``layers``: kinds of the layers, None where the networks do not have the same ones. ``notes``: what was
    left out and why, for people.
    """

    contenders: tuple[Contender, ...]
    modes: tuple[Mode, ...]
    kernels: tuple[str, ...]
    layers: tuple[str, ...] | None
    notes: tuple[str, ...]


def contest(campaigns: Sequence[tuple[str, CampaignRecord]]) -> Contest:
    """The campaigns by their names, the reference first. Raises UsageError, in one line, for what cannot be
    compared.
    """
    names, stored = [name for name, _ in campaigns], [one for _, one in campaigns]
    _check_number(names)
    for one in stored:
        demand_sample(one.path.parent, one.settings)
    for position, one in enumerate(stored):
        for other in range(position):
            if one.path.resolve() == stored[other].path.resolve():
                raise UsageError(f"{names[position]} and {names[other]} are the same campaign")
        _check_faults(names[0], stored[0], names[position], one)
    _check_replays(names, stored)
    notes: list[str] = []
    modes = _shared(names, [one.settings.modes for one in stored], "mode", notes)
    kernels = _shared(names, [one.settings.kernels for one in stored], "kernel", notes)
    layers = _layers(stored, notes)
    contenders = tuple(
        Contender(
            LETTERS[k],
            name,
            one,
            _restricted(one.injections, modes, kernels),
            sampling_of(one).among(kernels),
        )
        for k, (name, one) in enumerate(campaigns)
    )
    for contender in contenders:
        if contender.rows.empty:
            raise UsageError(f"{contender.name} has no injections in {', '.join(kernels)}")
        _check_weights(contender, modes)
    return Contest(
        contenders,
        modes,
        kernels,
        layers,
        (*notes, *_definitions(contenders), *_sampled(contenders), *_dependence(contenders)),
    )


def is_paired(one: Contender, other: Contender) -> bool:
    """Whether the campaigns are compared fault by fault: the same faults, plainly sampled."""
    return one.sampling.is_plain and other.sampling.is_plain and same_faults(one, other)


def same_faults(one: Contender, other: Contender) -> bool:
    """Whether rows with the same id are the same fault: replayed from one campaign, or drawn with the same
    seed and models and found at the same site, every one of them.
    """
    a, b = one.stored, other.stored
    origins = [c.replay_of or c.fingerprint for c in (a, b)]
    if a.replay_of is not None or b.replay_of is not None:
        return origins[0] == origins[1]
    modes = set(a.settings.modes) & set(b.settings.modes)
    turns = [[c.settings.models_of(mode) for mode in modes] for c in (a, b)]
    if a.settings.seed != b.settings.seed or turns[0] != turns[1]:
        return False
    columns = ["id", *SITE]
    both = one.rows[columns].merge(other.rows[columns], on="id", suffixes=("", "_other"))
    return not both.empty and all((both[c] == both[f"{c}_other"]).all() for c in SITE)


def _check_weights(contender: Contender, modes: Sequence[Mode]) -> None:
    """Strata without weights say nothing of the whole."""
    known = set(contender.sampling.weights["mode"])
    if contender.sampling.stratify is not None and not {mode.value for mode in modes} <= known:
        raise UsageError(f"{contender.name}: {NO_WEIGHTS}")


def _check_number(names: Sequence[str]) -> None:
    if len(names) < 2:
        raise UsageError("give at least two campaigns: sassafras compare runs/one runs/other")
    if len(names) > len(LETTERS):
        raise UsageError(f"{len(names)} campaigns are too many to look at; give at most {len(LETTERS)}")


def _check_faults(first: str, reference: CampaignRecord, name: str, campaign: CampaignRecord) -> None:
    """Shares of different faults answer different questions."""
    both = [mode for mode in reference.settings.modes if mode in campaign.settings.modes]
    ways: dict[str, Callable[[CampaignRecord], Any]] = {
        "--models": lambda c: _models(c, both),
        "--scope": lambda c: c.settings.scope.value,
        "--groups": lambda c: ",".join(sorted(g.name for g in c.settings.groups or ())) or "all",
    }
    for option, value in ways.items():
        if value(campaign) != value(reference):
            raise UsageError(
                f"{name} strikes with {option} {value(campaign)}, {first} with {option} {value(reference)}: "
                "shares of different faults cannot be compared; run one of them again with the other's"
            )


def _models(campaign: CampaignRecord, modes: Sequence[Mode]) -> str:
    """The fault models of these modes, as --models takes them; their order does not matter."""
    of = {mode: ",".join(sorted(campaign.settings.models_of(mode))) for mode in modes}
    if len(set(of.values())) <= 1:
        return next(iter(of.values()), "")
    return " ".join(f"{mode}={models}" for mode, models in of.items())


def _check_replays(names: Sequence[str], stored: Sequence[CampaignRecord]) -> None:
    """Replayed faults are drawn from the program they come from: only with it can their store be compared."""
    origins = [one.replay_of or one.fingerprint for one in stored]
    for name, one, origin in zip(names, stored, origins, strict=True):
        if one.replay_of is not None and any(origin != other for other in origins):
            raise UsageError(
                f"{name} holds faults replayed from another campaign: it can be compared only with that one, "
                "and with other replays of it"
            )


def _shared(
    names: Sequence[str], values: Sequence[tuple[Value, ...]], kind: str, notes: list[str]
) -> tuple[Value, ...]:
    """Values that all have, in the order of the first."""
    shared = tuple(v for v in values[0] if all(v in others for others in values))
    if not shared:
        has = "; ".join(f"{name}: {', '.join(own)}" for name, own in zip(names, values, strict=True))
        raise UsageError(f"the campaigns share no {kind} ({has})")
    left_out = dict.fromkeys(str(v) for own in values for v in own if v not in shared)
    if left_out:
        notes.append(f"not in all campaigns, left out: {kind}s {', '.join(left_out)}")
    return shared


def _layers(stored: Sequence[CampaignRecord], notes: list[str]) -> tuple[str, ...] | None:
    """The layers that all networks have in the same order."""
    kinds = [one.layer_kinds() for one in stored]
    if None in kinds:
        notes.append("no layers: a campaign does not say where its network's cfg is, or it is gone")
        return None
    if len(set(kinds)) > 1:
        notes.append("no layers: the networks do not have the same ones")
        return None
    return kinds[0]


def _restricted(rows: pd.DataFrame, modes: Sequence[Mode], kernels: Sequence[str]) -> pd.DataFrame:
    """Rows of these modes and kernels: a uniform sample of that part of the population."""
    chosen = rows["mode"].isin([mode.value for mode in modes]) & rows["kernel"].isin(kernels)
    return rows[chosen].reset_index(drop=True)


def _definitions(contenders: Sequence[Contender]) -> list[str]:
    """A note for each campaign whose rows were made by other definitions than the reference's."""
    first, notes = contenders[0], []
    for other in contenders[1:]:
        one, two = (c.stored.fingerprint.get(MEANING) for c in (first, other))
        if one != two:
            notes.append(
                f"{first.letter} and {other.letter} hold rows of two meanings (the code of the emulator "
                "or of the faults changed between them): a difference may be one of definitions"
            )
        rules = [c.stored.settings.ioa_register for c in (first, other)]
        if rules[0] is not rules[1] and Mode.IOA in other.stored.settings.modes:
            notes.append(
                f"{first.letter} ran with --ioa-register {rules[0]}, {other.letter} with {rules[1]}: "
                "IOA outcomes differ by definition where a result goes to a register that the kernel lacks"
            )
        guards = [c.stored.settings.ecc for c in (first, other)]
        if guards[0] is not guards[1]:
            notes.append(
                f"{first.letter} ran with --ecc {guards[0]}, {other.letter} with {guards[1]}: MEM outcomes "
                "differ by what guards memory"
            )
        judged = [_judged(c) for c in (first, other)]
        if judged[0] != judged[1]:
            notes.append(
                f"{first.letter} judges {judged[0]}, {other.letter} {judged[1]}: the same output may be a "
                "Malfunction in one of them and none in the other"
            )
    return notes


def _judged(contender: Contender) -> str:
    """What an answer is taken to be."""
    source = contender.stored.source
    together = None if source is None else source.together
    return "one class" if together is None else f"sets of classes from {together:g} on"


def _sampled(contenders: Sequence[Contender]) -> list[str]:
    """A note for each campaign whose shares are not those of its counts."""
    return [f"{one.letter}: shares are {one.sampling.words}" for one in contenders if one.sampling.words]


def _dependence(contenders: Sequence[Contender]) -> list[str]:
    """A note for each campaign that shares random numbers with the reference, without being compared fault
    by fault. (Strata draw numbers of their own.)
    """
    first = contenders[0]
    notes = []
    for other in contenders[1:]:
        a, b = first.stored.settings, other.stored.settings
        if (a.seed, a.stratify) != (b.seed, b.stratify) or is_paired(first, other):
            continue
        if a.until is not None or b.until is not None:
            continue  # the union bound holds however they depend on each other
        what = "hold the same faults, but are not plain samples of them"
        if not same_faults(first, other):
            what = "were drawn with the same seed, but from different populations"
        notes.append(
            f"{first.letter} and {other.letter} {what}: tested as independent samples, which is cautious "
            "where their outcomes go together"
        )
    return notes
