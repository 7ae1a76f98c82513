"""Injection lists of a whole campaign, in files: one for each frame, mode, group and bit-flip model."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from sassafras.campaign.campaign import Campaign
from sassafras.errors import UsageError
from sassafras.faults.ids import number_of
from sassafras.faults.model import Mode
from sassafras.interchange.formats import ListName, Tool
from sassafras.interchange.site_lists import LINES, SiteLine, Unsaid
from sassafras.interchange.traced_faults import Ranks, TracedFault, traced_faults
from sassafras.progress import Progress

INDEX = "sites.csv"  #: of an export's folder: which line is which fault


@dataclass(frozen=True)
class Export:
    """What was written. ``lines``: in the lists; ``noted``: of them, those with a note; ``unsaid``: reasons
    for faults that the format cannot say, counted.
    """

    folder: Path
    files: tuple[Path, ...]
    lines: int
    noted: int
    unsaid: dict[str, int]


OF_MEMORY = "neither tool strikes device memory"


def export_sites(campaign: Campaign, tool: Tool, folder: Path, workers: int, progress: Progress) -> Export:
    """Write the lists of a campaign's stored injections, and `INDEX`. Raises UsageError where the folder has
    something in it, and where nothing can be said in the format.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there and not an empty folder; choose another --out")
    every = campaign.injections()
    rows = every[every["mode"] != Mode.MEM.value]
    wanted = [number_of(fault) for fault in rows["id"].tolist()]
    traced = traced_faults(campaign, wanted, workers, progress)
    said = _lines(campaign, tool, traced, rows)
    lines = [line for line in said if isinstance(line, SiteLine)]
    unsaid = Counter(item.reason for item in said if isinstance(item, Unsaid))
    if len(rows) < len(every):
        unsaid[OF_MEMORY] = len(every) - len(rows)
    if not lines:
        reasons = "; ".join(unsaid) or "nothing has been injected"
        raise UsageError(f"no fault of {campaign.folder} can be said in {tool.label}'s lists: {reasons}")
    files = _write_lists(folder, lines)
    _write_index(folder / INDEX, lines, files)
    return Export(
        folder, tuple(sorted(set(files))), len(lines), sum(bool(x.note) for x in lines), dict(unsaid)
    )


def _lines(
    campaign: Campaign, tool: Tool, traced: Sequence[TracedFault], rows: pd.DataFrame
) -> list[SiteLine | Unsaid]:
    ranks = Ranks(campaign.profiled_launches())
    flipped = {
        int(fault): int(before, 16) ^ int(after, 16)
        for fault, before, after in zip(rows["id"], rows["before"], rows["after"], strict=True)
        if isinstance(before, str) and isinstance(after, str)
    }
    said: list[SiteLine | Unsaid] = []
    for item in traced:
        planned = campaign.network.plan[item.fault.site.launch]
        said.append(LINES[tool](item, planned, ranks, flipped.get(item.fault.draw.id)))
    return said


def _write_lists(folder: Path, lines: Sequence[SiteLine]) -> list[Path]:
    """Write each list; the file of each line, in the order of ``lines``."""
    lists: dict[tuple[int, ListName], list[SiteLine]] = {}
    for line in lines:
        lists.setdefault((line.frame, line.name), []).append(line)
    paths = {
        (frame, name): folder / f"frame-{frame}" / replace(name, count=len(members)).text
        for (frame, name), members in lists.items()
    }
    for key, members in lists.items():
        paths[key].parent.mkdir(parents=True, exist_ok=True)
        paths[key].write_text("".join(f"{line.text}\n" for line in members), encoding="utf-8")
    return [paths[line.frame, line.name] for line in lines]


def _write_index(path: Path, lines: Sequence[SiteLine], files: Sequence[Path]) -> None:
    """``file,line,id,frame,note``: line numbers from 1, ids of the campaign's rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["file", "line", "id", "frame", "note"])
    numbers: Counter[Path] = Counter()
    for line, file in zip(lines, files, strict=True):
        numbers[file] += 1
        name = file.relative_to(path.parent).as_posix()
        writer.writerow([name, numbers[file], line.id, line.frame, line.note])
    path.write_text(text.getvalue(), encoding="utf-8")
