"""How far a campaign is, for people and for programs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sassafras.campaign.design.from_store import asked_for
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.design.shard import MergedShards, Shard
from sassafras.campaign.status import Status
from sassafras.errors import typed


def state_of(status: Status) -> str:
    """One word: running, complete or unfinished."""
    if status.running:
        return "running"
    return "complete" if status.complete else "unfinished"


def status_lines(status: Status) -> list[str]:
    """What the table of the modes does not say, a line each."""
    done = sum(mode.injected + mode.errors for mode in status.modes)
    asked = sum(mode.planned for mode in status.modes)
    share = 100 * done // asked if asked else 100
    lines = [
        f"{status.folder}: {state_of(status)}, {done} of {asked} faults done ({share} %){_part(status)}",
        f"fingerprint  {status.digest} (Sassafras {status.version})",
        f"asked for    {_asked(status.settings, status.strata)}",
        f"kernels      {', '.join(status.settings.kernels)} on {status.settings.arch}",
        f"time         {_time(status)}",
    ]
    if status.writer is not None:
        lines.append(f"{'writing now' if status.running else 'last writer'}  {status.writer}")
    if status.merged:
        lines.append(f"merged from  {_merged(status)}")
    if status.others:
        lines.append(f"besides      {status.others} stored faults that are not asked for")
    if not status.complete and not status.running:
        lines.append(f"go on with   {typed('resume', status.folder)}")
    return lines


def _part(status: Status) -> str:
    """Behind the share of what is asked for, where that is only a part of the campaign."""
    shards = status.shards
    return f", {len(shards.merged)} of {shards.of} shards" if _is_part(status) and shards is not None else ""


def _is_part(status: Status) -> bool:
    """Whether a merged campaign lacks shards: their faults may have been run in its own folder since."""
    whole = status.complete and status.settings.shard is None
    return status.shards is not None and bool(status.shards.missing) and not whole


def _merged(status: Status) -> str:
    folders = f"{status.merged} folder{'s' * (status.merged != 1)}"
    if status.shards is None:
        return folders
    had = f"{folders}: {len(status.shards.merged)} of {status.shards.of} shards"
    return f"{had}, missing {_ranges(status.shards)}" if _is_part(status) else had


def _ranges(shards: MergedShards) -> str:
    """The missing ones: "2/5", "2/5 to 4/5", "1/9, 3/9 to 5/9"."""
    runs: list[list[Shard]] = []
    for shard in shards.missing:
        if runs and runs[-1][-1].index == shard.index - 1:
            runs[-1].append(shard)
        else:
            runs.append([shard])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def _asked(settings: Settings, strata: int) -> str:
    shard = "" if settings.shard is None else f", shard {settings.shard}"
    models = settings.models_text.replace(" ", "; ").replace(",", ", ")
    if settings.faults is not None or settings.exact:
        return f"{asked_for(settings, strata).rstrip(',')}, seed {settings.seed}{shard}"
    if settings.stratify is None and settings.until is None:
        return f"{settings.injections} faults per mode ({models}), seed {settings.seed}{shard}"
    return f"{asked_for(settings, strata).rstrip(',')} ({models}), seed {settings.seed}{shard}"


def _time(status: Status) -> str:
    spent = {what: _duration(seconds) for what, seconds in status.seconds.items()}
    rate = "" if status.rate is None else f", {status.rate:.1f} injections per second"
    return f"{spent['total']} (profiling {spent['profile']}, injecting {spent['inject']}{rate})"


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else str(timedelta(seconds=round(seconds)))


def status_json(status: Status) -> dict[str, Any]:
    """The same for programs: JSON types only."""
    return {
        "folder": str(status.folder),
        "state": state_of(status),
        "complete": status.complete,
        "running": status.running,
        "fingerprint": status.digest,
        "version": status.version,
        "settings": status.settings.model_dump(mode="json"),
        "modes": {
            mode.mode.value: {
                "planned": mode.planned,
                "injected": mode.injected,
                "errors": mode.errors,
                "missing": mode.missing,
            }
            for mode in status.modes
        },
        "others": status.others,
        "seconds": {what: round(seconds, 3) for what, seconds in status.seconds.items()},
        "injections_per_second": None if status.rate is None else round(status.rate, 2),
        "writer": None if status.writer is None else asdict(status.writer),
        "merged_from": status.merged,
        "shards": None
        if status.shards is None
        else {
            "of": status.shards.of,
            "merged": [shard.index for shard in status.shards.merged],
            "missing": [shard.index for shard in status.shards.missing],
        },
    }
