"""From material to ``report.html``: the templates filled in, and the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sassafras.analysis.campaign_avf import CampaignAvf
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import Results
from sassafras.campaign.record import CampaignRecord
from sassafras.campaign.shape import Shape
from sassafras.faults.ids import BLOCK, TURNS
from sassafras.report.figures.breakdowns import bit_parts, group_parts, opcode_parts
from sassafras.report.figures.registry import CAMPAIGN, HARDENING
from sassafras.report.files import PAGE, write_text
from sassafras.report.page.answer import answer
from sassafras.report.page.critical import slider_facts
from sassafras.report.page.facts import facts
from sassafras.report.page.filled import filled
from sassafras.report.page.hotspots import hot_spots
from sassafras.report.page.instructions import Instructions, known_instructions
from sassafras.report.page.material import Material, gather
from sassafras.report.page.rows import pack
from sassafras.report.page.verdict import tiles, verdict
from sassafras.report.renderers.html import folded, html
from sassafras.report.tables.captions import for_these
from sassafras.report.tables.of_figures import stack_table
from sassafras.report.tables.registry import page_tables

#: One module, in order.
SCRIPTS = ("rows.js", "words.js", "table.js", "tolerance.js", "figures.js", "sort.js")
LIMIT = 6_000_000  #: bytes of the page
PLACE = "@@packed-rows@@"  #: in the template: where the injections go, once all else is known to fit


def render(material: Material) -> str:
    """The page as HTML, at most `LIMIT` bytes: where not all injections fit, the first of them by number, and
    the page says so.
    """
    known = known_instructions(material.results)
    page = filled("page.html.j2", SCRIPTS, **_content(material, known))
    packed = pack(material.results.injections, known, LIMIT - len(page.encode("utf-8", "backslashreplace")))
    page = material.results.vocabulary.said_on_page(page)
    return page.replace(PLACE, packed)


def _content(material: Material, known: Instructions) -> dict[str, Any]:
    results = material.results
    numbers = {table.name: table for table in page_tables(material)}
    slider = slider_facts(results)
    hardening = material.hardening
    drawn = {make.__name__: make(results) for make in CAMPAIGN}
    if hardening is not None:
        drawn |= {make.__name__: make(hardening) for make in HARDENING}
    return {
        "drawn": drawn,
        "numbers": numbers,
        "table": lambda name: html(numbers[name]) if name in numbers else "",
        "folded": lambda name: folded(numbers[name]) if name in numbers else "",
        "slider": slider,
        "material": material,
        "results": results,
        "answer": answer(material),
        "facts": facts(material),
        "verdict": verdict(material),
        "tiles": tiles(results),
        "for_these": for_these(results.frames),
        "critical": results.critical,
        "intervals": results.sampling.intervals,
        "bits": [stack_table(part) for part in bit_parts(results)],
        "groups": [stack_table(part) for part in group_parts(results, known)],
        "opcodes": [stack_table(part) for part in opcode_parts(results)],
        "spots": hot_spots(results, known),
        "hardening": hardening,
        "about": _about(material) | {"slider": slider},
    }


def _about(material: Material) -> dict[str, Any]:
    """What the script needs besides the rows."""
    return {
        "folder": material.folder,
        "total": len(material.results.injections),
        "ids": {"block": BLOCK, "turns": TURNS},
        "network": material.results.network,
        "modes": [mode.value for mode in material.results.modes],
        "kernels": list(material.results.kernels),
        "outcomes": [[outcome.value, outcome.label] for outcome in OutcomeClass],
        "layers": [[layer.index, layer.kind, layer.values] for layer in material.layers],
        "classes": list(material.classes),
        "sets": material.sets,
        "frames": [[frame.name, frame.label] for frame in material.frames],
        **({"words": dict(material.results.vocabulary.pairs)} if material.results.vocabulary.pairs else {}),
    }


def write_page(
    record: CampaignRecord, shape: Shape, results: Results, avf: CampaignAvf | None = None
) -> Path:
    """Write ``report.html`` into the campaign's folder: one file that needs nothing else. The same campaign
    gives the same bytes. ``avf``: as `gather`.
    """
    path = record.path.parent / PAGE
    write_text(path, render(gather(record, shape, results, avf)))
    return path
