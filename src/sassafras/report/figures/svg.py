"""A figure as SVG inside the page: every mark can be pointed at, reached by keyboard and read aloud; colours
are the page's variables, so that it follows light, dark and print.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from sassafras.report.figures import value as v
from sassafras.report.figures.looks import STYLES
from sassafras.report.figures.svg_marks import Place, drawn, letters, line, shape_path, short, text

LINE = 14.0  #: units of the page that a line of text takes
LETTER = 6.3  #: and a letter
LONGEST = 18  #: letters of a share with its interval
NARROW = 440  #: units: a figure of more scrolls on a phone, letters stay large enough to read
GAP = 14.0
HEAD = 28.0  #: ticks above rows
FOOT = 30.0  #: ticks below others


def figure_html(figure: v.Figure, *, legend: bool = True) -> Markup:
    """A figure with its caption."""
    caption = f"<span>{escape(figure.caption)}</span>" if figure.caption else ""
    wide = f' style="min-width:{figure.wide}px"' if figure.wide > NARROW else ""
    parts = [
        f'<figure class="chart" id="figure-{escape(figure.name)}">',
        f"<figcaption><b>{escape(figure.title)}</b> {caption}</figcaption>",
        legend_html([figure]) if legend else "",
        '<div class="scroll" role="region" tabindex="0" aria-label="Figure, wider than the page">'
        if wide
        else "",
        svg(figure, wide),
        "</div>" if wide else "",
        "</figure>",
    ]
    return Markup("\n".join(part for part in parts if part))  # noqa: S704  (all text in it is escaped)


def charts_html(figures: Sequence[v.Figure], kind: str = "") -> Markup:
    """Figures side by side under one legend. ``kind``: "two" for wide ones."""
    parts = [legend_html(figures), Markup('<div class="charts {}">').format(kind)]
    return Markup("\n").join([*parts, *(figure_html(one, legend=False) for one in figures), Markup("</div>")])


def svg(figure: v.Figure, style: str = "") -> str:
    """The drawing alone."""
    places, height = placed(figure)
    inside = [part for place in places for part in _panel(place)]
    points = any("data-tip" in part for part in inside)
    role = 'role="group" data-roving=""' if points else 'role="img"'
    view = f"0 0 {figure.wide} {short(height)}"
    kept = 'preserveAspectRatio="xMinYMin"'
    head = f'<svg class="drawing" viewBox="{view}" {kept} {role} aria-label="{escape(figure.alt)}"{style}>'
    return "\n".join([head, *inside, "</svg>"])


def placed(figure: v.Figure) -> tuple[list[Place], float]:
    """Where the panels are, and the height of the whole."""
    found, y = [], 0.0
    for row in figure.panels:
        rooms = [_room(panel) for panel in row]
        names = [_left(panel) for panel in row]
        free = figure.wide - sum(rooms) - sum(names)
        top = y + (HEAD if row[0].rows else 20.0) + (LINE + 2 if any(p.title for p in row) else 0.0)
        high = max(panel.lines for panel in row) * LINE
        x = 0.0
        for panel, room, name in zip(row, rooms, names, strict=True):
            width = free * panel.weight / sum(p.weight for p in row)
            found.append(Place(panel, x + name, x + name + width, top, top + high, bool(row[0].rows)))
            x += name + width + room
        y = top + high + (4.0 if row[0].rows else FOOT)
    return found, y


def _left(panel: v.Panel) -> float:
    """Units for the names of rows, or for ticks of an upright axis."""
    if panel.rows:
        return max(max(letters(row.name), letters(row.note) * 0.95) for row in panel.rows) * LETTER + 8
    return max((len(tick.label) for tick in panel.y.ticks), default=1) * LETTER + 8


def _room(panel: v.Panel) -> float:
    """Units for labels behind the end of the x axis, and half of its last tick."""
    found = [GAP / 2]
    for mark in panel.marks:
        if isinstance(mark, v.Stack):
            found.append(letters(mark.label) * LETTER + 6)
        elif isinstance(mark, v.Bar) and mark.key:
            found.append(LONGEST * LETTER)  # the page writes other labels: the axis must not depend on them
        elif isinstance(mark, v.Bar) and mark.label:
            inside = (1 - min(1.0, mark.share.end / panel.x.high)) * 160
            found.append(letters(mark.label) * LETTER + 8 - inside)
    return max(found)


def _panel(place: Place) -> list[str]:
    """Ticks and names for the eye; then the marks."""
    panel = place.panel
    eye = [*_x_ticks(place), *_y_ticks(place), *_names(place)]
    if panel.title:
        eye.append(text("group", 0, place.top - HEAD - 3, panel.title))
    scale = (place.right - place.left) / (1.0 if panel.x.log else panel.x.high - panel.x.low)
    parts = ['<g aria-hidden="true">', *eye, "</g>"]
    parts += [f'<g data-left="{place.left:.3f}" data-scale="{scale:.6f}">']
    parts += [part for mark in panel.marks if (part := drawn(mark, place))]
    if panel.x.low == 0 and panel.rows and panel.x.grid:
        parts.append(line("axis", place.left, place.left, place.top, place.bottom))
    return [*parts, "</g>"]


def _x_ticks(place: Place) -> list[str]:
    panel, parts = place.panel, []
    above = place.above
    at = place.top - 4 if above else place.bottom + 12
    for tick in panel.x.ticks:
        x = place.x(tick.at)
        if panel.x.grid:
            parts.append(line("grid", x, x, place.top, place.bottom))
        parts.append(text("tick", place.x(tick.at), at, tick.label, "middle"))
    if panel.x.label:
        y = place.top - 17 if above else place.bottom + 25
        parts.append(text("axis-label", place.left, y, panel.x.label))
    return parts


def _y_ticks(place: Place) -> list[str]:
    parts = []
    for tick in place.panel.y.ticks:
        y = place.y(tick.at)
        if place.panel.y.grid:
            parts.append(line("grid", place.left, place.right, y, y))
        parts.append(text("tick", place.left - 4, y + 3.5, tick.label, "end"))
    if place.panel.y.label:
        parts.append(text("axis-label", 0, place.top - 10, place.panel.y.label))
    return parts


def _names(place: Place) -> list[str]:
    parts = []
    for row in place.panel.rows:
        y = place.y(row.y) + 3.8
        parts.append(text("group", 0, y, row.name))
        if row.note:
            parts.append(text("note", 0, y + 12.5, row.note))
    return parts


def legend_html(figures: Sequence[v.Figure]) -> Markup:
    """One legend for several figures."""
    entries = list(dict.fromkeys(entry for figure in figures for entry in figure.legend))
    if not entries:
        return Markup("")
    inside = "".join(f"<span>{_swatch(entry)}{escape(entry.text)}</span>" for entry in entries)
    return Markup(f'<p class="legend">{inside}</p>')  # noqa: S704  (all text in it is escaped)


def _swatch(entry: v.Entry) -> str:
    look = entry.look.value
    if entry.sign is v.Sign.POINT:
        inside = shape_path(entry.shape, 7, 6, 3.6, look)
    elif entry.sign is v.Sign.LINE:
        dashed = " dashed" if entry.dashed else ""
        inside = f'<line class="line {look}{dashed}" x1="0" x2="14" y1="6" y2="6"/>'
    else:
        high = 5 if entry.sign is v.Sign.BEFORE else 10
        inside = f'<rect class="bar {look}" x="1" y="{(12 - high) / 2:g}" width="12" height="{high}"/>'
    kind = {v.Sign.FEW: " few", v.Sign.BEFORE: " before"}.get(entry.sign, "")
    return f'<svg class="swatch{kind}" viewBox="0 0 14 12" aria-hidden="true">{inside}</svg>'


def patterns() -> Markup:
    """The hatchings, once for the page."""
    parts = [
        f'<pattern id="h-{look}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect class="ground {look}" width="6" height="6"/>'
        f'<path class="hatch {look}" d="{style.path}"/></pattern>'
        for look, style in STYLES.items()
        if style.path
    ]
    held = f"<defs>{''.join(parts)}</defs>"
    return Markup(f'<svg class="patterns" width="0" height="0" aria-hidden="true">{held}</svg>')  # noqa: S704  (ours)


def colours_css() -> Markup:
    """Variables and classes of the looks."""
    light = "".join(f"--{look}:{style.colour};" for look, style in STYLES.items())
    dark = "".join(f"--{look}:{style.dark};" for look, style in STYLES.items() if style.dark != style.colour)
    rules = "".join(f".{look}{{--c:var(--{look})}}" for look in STYLES)
    hatched = "".join(f".bar.{look}{{fill:url(#h-{look})}}" for look, style in STYLES.items() if style.path)
    return Markup(  # noqa: S704  (nothing of the user's is in it)
        f":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{rules}\n"
        f".bar{{fill:var(--c)}}\n{hatched}"
    )
