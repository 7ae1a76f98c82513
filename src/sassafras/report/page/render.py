"""From material to ``report.html``: the templates filled in."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sassafras.analysis.outcomes import OutcomeClass
from sassafras.faults.model import Mode
from sassafras.report.chart import CKV_CLASSES, CLV_CLASSES, Chart, ckv_charts, clv_charts
from sassafras.report.page.bars import place_bars
from sassafras.report.page.bits import BitPart, bit_parts
from sassafras.report.page.critical import (
    CHANGED,
    critical_figures,
    histogram,
    slider_facts,
)
from sassafras.report.page.deaths import death_maps
from sassafras.report.page.facts import facts, mode_heading
from sassafras.report.page.hardened import Hardening
from sassafras.report.page.hotspots import hot_spots
from sassafras.report.page.instructions import (
    InstructionPart,
    Instructions,
    group_parts,
    known_instructions,
    opcode_parts,
)
from sassafras.report.page.material import Material
from sassafras.report.page.pareto import pareto_figure
from sassafras.report.page.rows import pack
from sassafras.report.page.stacks import order
from sassafras.report.page.verdict import is_sampled, tiles, verdict
from sassafras.report.page.wording import said, style_of
from sassafras.report.palette import COLOURS
from sassafras.report.renderers.html import folded, html
from sassafras.report.table import Table
from sassafras.report.tables.captions import for_these
from sassafras.report.tables.registry import page_tables
from sassafras.report.tables.stacks import stack_table

FOLDER = Path(__file__).parent
SCRIPTS = (
    "rows.js",
    "words.js",
    "table.js",
    "tolerance.js",
    "figures.js",
)  #: one module, in order
LIMIT = 6_000_000  #: bytes of the page
PLACE = "@@packed-rows@@"  #: in the template: where the injections go, once all else is known to fit
SPEC_PLACE = "@@packed-spec@@"
PAPER_MODES = list(Mode)  #: in the order of the paper's figures


def render(material: Material) -> str:
    """The page as HTML, at most `LIMIT` bytes: where not all injections fit, the first of them by number, and
    the page says so.
    """
    known = known_instructions(material.results)
    page = _environment().get_template("page.html.j2").render(_content(material, known))
    packed = pack(material.results.injections, known, LIMIT - len(page.encode("utf-8", "backslashreplace")))
    return page.replace(PLACE, packed.data).replace(SPEC_PLACE, script_json(packed.spec))


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"short": short, "said": said, "style": style_of, "script": script_json}
    return made


def short(value: float) -> str:
    """A coordinate with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")


def script_json(value: Any) -> Markup:
    """JSON that may stand in a script element."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704  (nothing in it can close the element)


def _asset(name: str) -> Markup:
    return Markup((FOLDER / name).read_text("utf-8"))  # noqa: S704  (our own file)


def _content(material: Material, known: Instructions) -> dict[str, Any]:
    results = material.results
    numbers = {table.name: table for table in page_tables(material)}
    plain = not is_sampled(results)
    figures = critical_figures(results, results.critical) if plain else []
    scale = figures[0].scale if figures else 0.0
    slider = slider_facts(results) | {"scale": scale}
    return {
        "numbers": numbers,
        "table": lambda name: html(numbers[name]) if name in numbers else "",
        "folded": lambda name: folded(numbers[name]) if name in numbers else "",
        "folded_table": folded,
        "critical": figures,
        "histogram": histogram(results, results.critical.tolerance),
        "changed": CHANGED,
        "slider": slider,
        "material": material,
        "results": results,
        "style": _asset("style.css"),
        "script": Markup("\n").join(_asset(name) for name in SCRIPTS),
        "colours": {style_of(outcome): colour for outcome, colour in COLOURS.items()},
        "outcomes": list(OutcomeClass),
        "stacked": order(),
        "ckv_classes": CKV_CLASSES,
        "clv_classes": CLV_CLASSES,
        "facts": facts(material),
        "verdict": verdict(material),
        "tiles": tiles(results),
        "ckv": _metric(ckv_charts(results), results.modes, "kernel", 4),
        "clv": _metric(clv_charts(results), results.modes, "layer", 7),
        "for_these": for_these(results.frames),
        "deaths": death_maps(results),
        "bits": [(part, _numbers(part, f"bit of {part.struck}")) for part in bit_parts(results)],
        "groups": [(part, _numbers(part, "SASSIFI's group")) for part in group_parts(results, known)],
        "opcodes": [(part, _numbers(part, "opcode")) for part in opcode_parts(results)],
        "spots": hot_spots(results, known),
        "hardening": None if material.hardening is None else _hardening(material.hardening),
        "about": _about(material) | {"slider": slider},
    }


def _metric(charts: list[Chart], modes: tuple[Mode, ...], column: str, first: int) -> list[Any]:
    """Per mode: its heading, the number of the paper's figure, the figure. ``first``: that of the paper for
    RF.
    """
    return [
        (mode_heading(mode), first + PAPER_MODES.index(mode), place_bars(chart, column, mode.value))
        for mode, chart in zip(modes, charts, strict=True)
    ]


def _numbers(part: BitPart | InstructionPart, column: str) -> Table:
    return stack_table(part.figure.name, part.figure.title, column, part.stacks)


def _hardening(hardening: Hardening) -> dict[str, Any]:
    modes = hardening.results.modes
    pairs = hardening.pairs
    placed = [
        place_bars(before, "kernel" if number < len(modes) else "layer", mode.value, after)
        for number, ((before, after), mode) in enumerate(zip(pairs, modes * 2, strict=True))
    ]
    headings = [mode_heading(mode) for mode in modes]
    numbers = [PAPER_MODES.index(mode) for mode in modes]
    return {
        "protection": str(hardening.protection),
        "critical": hardening.critical,
        "ckv": list(zip(headings, [10 + n for n in numbers], placed[: len(modes)], strict=True)),
        "clv": list(zip(headings, [13 + n for n in numbers], placed[len(modes) :], strict=True)),
        "pareto": pareto_figure(hardening),
    }


def _about(material: Material) -> dict[str, Any]:
    """What the script needs besides the rows."""
    return {
        "folder": material.folder,
        "network": material.results.network,
        "modes": [mode.value for mode in material.results.modes],
        "kernels": list(material.results.kernels),
        "outcomes": [[outcome.value, outcome.label] for outcome in OutcomeClass],
        "layers": [[layer.index, layer.kind, layer.values] for layer in material.layers],
        "classes": list(material.classes),
        "frames": [[frame.name, frame.label] for frame in material.frames],
    }
