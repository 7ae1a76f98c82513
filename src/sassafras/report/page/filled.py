"""A page that needs nothing else: a template with the look and the scripts that all pages share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import sassafras
from sassafras.report.figures.svg import charts_html, colours_css, figure_html, patterns
from sassafras.report.figures.svg_marks import attributes, short
from sassafras.report.renderers.html import folded, html

FOLDER = Path(__file__).parent


def filled(template: str, scripts: Sequence[str], **content: Any) -> str:
    """The page. ``scripts``: files of this folder, in order: one module."""
    return (
        _environment()
        .get_template(template)
        .render(
            version=sassafras.__version__,
            style=_asset("style.css"),
            script=Markup("\n").join(_asset(name) for name in scripts),
            **content,
        )
    )


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"short": short, "script": script_json, "html": html, "folded": folded}
    made.globals |= {
        "charts": charts_html,
        "figure": figure_html,
        "mark": attributes,
        "patterns": patterns(),
        "colours": colours_css(),
    }
    return made


def script_json(value: Any) -> Markup:
    """JSON that may stand in a script element."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704  (nothing in it can close the element)


def _asset(name: str) -> Markup:
    return Markup((FOLDER / name).read_text("utf-8"))  # noqa: S704  (our own file)
