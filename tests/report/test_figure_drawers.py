"""Both drawers show every mark and every label of a figure, and neither adds one."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Drawn
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation, Text
from PIL import Image
from tests.analysis.finished import finished as stored
from tests.report.conftest import Finished

from sassafras.analysis.compare import compare
from sassafras.analysis.contenders import contest
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.report.figures.comparison import comparison
from sassafras.report.figures.files import Format, save, write_figures
from sassafras.report.figures.looks import STYLES, Look, look_of
from sassafras.report.figures.plotted import SCREEN, SIZES, draw, style
from sassafras.report.figures.plotted_marks import SMALL, box
from sassafras.report.figures.svg import colours_css, figure_html, legend_html, patterns, placed, svg
from sassafras.report.figures.value import (
    Axis,
    Bar,
    Cell,
    Cloud,
    Column,
    Entry,
    Figure,
    Line,
    Mark,
    Panel,
    Point,
    Range,
    Stack,
    Told,
    Words,
)
from sassafras.report.page.material import gather
from sassafras.report.plots import material_figures


@pytest.fixture(scope="module")
def figures(finished: Finished) -> dict[str, Figure]:
    """One of every kind: of the campaign, its hardening, a comparison, and of ranges (FIT)."""
    found = material_figures(gather(finished.record, finished.shape, finished.results))
    shown = [f for f in found if "_" not in f.name or "IOV" in f.name or f.name == "harden_pareto"]
    shown += comparison(compare(contest([("one", stored("one")), ("two", stored("two", dice=1, seed=3))])))
    told = Told(("a range",))
    marks = (
        Range(0.5, (0.1, 1.0), (0.01, 5.0), Look.DUE, told=told),
        Range(1.5, None, (0.01, 2.0), Look.SOFT, dotted=True, told=told),
        Line(((10.0, 0.0), (10.0, 2.0)), Look.INK, dashed=True),
    )
    panel = Panel(Axis(0.01, 100.0, log=True), Axis(2.0, 0.0), 2.0, marks)
    shown.append(Figure("ranges", "Ranges", "n = 1", "", "Ranges: two", ((panel,),)))
    return {figure.name: figure for figure in shown}


def parsed(text: str) -> ET.Element:
    """Our own text: it is well formed, and nothing in it is a threat."""
    return ET.fromstring(text)  # noqa: S314


def drawn_marks(figure: Figure) -> list[Mark]:
    """All but cells without a count, which are empty."""
    return [mark for mark in figure.marks() if not isinstance(mark, Cell) or mark.n]


def spoken(figure: Figure) -> list[Told]:
    """What its marks say; cells without a count say nothing."""
    there = drawn_marks(figure)
    return [mark.told for mark in there if not isinstance(mark, Line | Words | Cloud) and mark.told.lines]


def few(figure: Figure) -> list[Mark]:
    """Marks of few injections that are drawn."""
    return [mark for mark in drawn_marks(figure) if isinstance(mark, Bar | Stack | Point | Cell) and mark.few]


def words(figure: Figure) -> Counter[str]:
    """Everything that is to be read inside the axes and along them."""
    found: Counter[str] = Counter()
    for row in figure.panels:
        for panel in row:
            found += Counter(tick.label for axis in (panel.x, panel.y) for tick in axis.ticks)
            found += Counter(part for line in panel.rows for part in (line.name, line.note) if part)
            found += Counter(part for part in (panel.title, panel.y.label) if part)
    for mark in figure.marks():
        if isinstance(mark, Bar | Stack) and mark.label:
            found[mark.label] += 1
        elif isinstance(mark, Words):
            found[mark.text] += 1
        elif isinstance(mark, Cell) and mark.n:
            found[f"{mark.n:,}"] += 1
    return found


def boxes(figure: Figure) -> int:
    """Rectangles that say something."""
    found = 0
    for mark in figure.marks():
        if isinstance(mark, Stack | Column):
            found += len(mark.pieces)
        elif isinstance(mark, Bar | Cell) or (isinstance(mark, Range) and mark.inner):
            found += 1
    return found


NAMES = (
    *("outcomes", "ckv_IOV", "clv_IOV", "changes", "critical_IOV", "deaths_IOV", "bits_IOV_REGISTER"),
    *("groups_IOV", "opcodes_IOV", "harden_ckv_IOV", "harden_pareto"),
    *("compare_outcomes", "compare_layers", "ranges"),
)


@pytest.mark.parametrize("name", NAMES)
def test_svg_shows_every_mark_and_label(figures: dict[str, Figure], name: str) -> None:
    figure = figures[name]
    root = parsed(str(figure_html(figure)))
    (drawing,) = [node for node in root.iter("svg") if node.get("class") == "drawing"]
    assert drawing.get("aria-label") == figure.alt
    shown = Counter(node.text or "" for node in drawing.iter("text"))
    labels = Counter(panel.x.label for row in figure.panels for panel in row if panel.x.label)
    assert shown == words(figure) + labels
    kinds = Counter(str(node.get("class")).split()[0] for node in drawing.iter() if node.get("class"))
    assert kinds["bar"] + kinds["cell"] == boxes(figure)
    points = [mark for mark in figure.marks() if isinstance(mark, Point)]
    assert kinds["dot"] + kinds["cross"] == len(points)
    bars = sum(isinstance(mark, Bar) and not mark.before for mark in figure.marks())
    assert kinds["whisker"] == bars + sum(point.interval is not None for point in points)
    tips = [node for node in drawing.iter() if node.get("data-tip")]
    assert [node.get("data-tip") for node in tips] == [" ".join(told.lines) for told in spoken(figure)]
    assert all(node.get("aria-label") and node.get("role") == "button" for node in tips)
    outlined = sum("few" in str(node.get("class")).split() for node in drawing.iter("g"))
    assert outlined == len(few(figure))
    assert str(legend_html([figure])).count("<span>") == len(figure.legend)


@pytest.mark.parametrize("name", NAMES)
def test_matplotlib_shows_every_mark_and_label(figures: dict[str, Figure], name: str) -> None:
    figure = figures[name]
    made = draw(figure)
    panels = [panel for row in figure.panels for panel in row]
    assert len(made.axes) == len(panels)
    shown = Counter(part for axes in made.axes for text in texts(axes) for part in text.split("\n") if part)
    last = Counter(panel.x.label for panel in figure.panels[-1] if panel.x.label)
    assert shown == words(figure) + last
    patches = [patch for axes in made.axes for patch in axes.patches if isinstance(patch, Rectangle)]
    assert len(patches) == boxes(figure)
    outlined = sum(patch.get_linestyle() != "solid" for patch in patches)
    marked = [mark for mark in few(figure) if not isinstance(mark, Point)]
    assert outlined == sum(len(mark.pieces) if isinstance(mark, Stack) else 1 for mark in marked)
    if figure.legend:
        (legend,) = made.legends
        assert [text.get_text() for text in legend.get_texts()] == [entry.text for entry in figure.legend]
        assert legend.get_title().get_text() == figure.title


def texts(axes: Axes) -> list[str]:
    """Everything written in and along the axes."""
    found = [text.get_text() for text in axes.texts]
    found += [label.get_text() for label in (*axes.get_xticklabels(), *axes.get_yticklabels())]
    return [*found, axes.get_xlabel(), axes.get_ylabel(), axes.get_title(loc="left")]


def test_bars_lie_where_their_shares_are(figures: dict[str, Figure]) -> None:
    figure = figures["clv_IOV"]
    ((place,), _) = placed(figure)
    root = parsed(svg(figure))
    drawn = [node for node in root.iter("rect") if str(node.get("class")).startswith("bar ")]
    values = [mark for mark in figure.marks() if isinstance(mark, Bar)]
    for node, bar in zip(drawn, values, strict=True):
        width = float(node.get("width") or "nan")
        scale = (place.right - place.left) / place.panel.x.high
        assert width == pytest.approx((bar.share.value) * scale, abs=0.06)
    (axes,) = draw(figure).axes
    assert [patch.get_width() for patch in axes.patches if isinstance(patch, Rectangle)] == [
        bar.share.value for bar in values
    ]
    below = -1.0
    for bar in values:
        assert bar.y - bar.thick / 2 >= below - 1e-9
        below = bar.y + bar.thick / 2
    assert below <= place.panel.lines


def test_a_bar_of_few_is_no_full_bar() -> None:
    full, outlined = box((0, 0), 1, 1, Look.DUE), box((0, 0), 1, 1, Look.DUE, few=True)
    assert mpl.colors.to_hex(full.get_facecolor()).upper() == STYLES[Look.DUE].colour
    assert mpl.colors.to_hex(outlined.get_facecolor()) == "#ffffff"
    assert outlined.get_linestyle() != "solid" and outlined.get_hatch() is None
    css = (Path(__file__).parents[2] / "src/sassafras/report/page/style.css").read_text("utf-8")
    assert re.search(r"\.few \.bar \{ fill: var\(--bg\);[^}]*stroke-dasharray", css)


def test_grey_print_tells_the_outcomes_apart() -> None:
    """Drawn, and made grey: every two differ in how bright they are or in how the brightness lies."""
    greys = {}
    for outcome in OutcomeClass:
        figure = Drawn(figsize=(0.5, 0.5))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        with mpl.rc_context(style(SIZES[1])):
            axes.add_patch(box((0, 0), 1, 1, look_of(outcome)))
            figure.set_dpi(300)
            canvas = FigureCanvasAgg(figure)
            canvas.draw()  # type: ignore[no-untyped-call]
            pixels = np.asarray(canvas.buffer_rgba())[..., :3]  # type: ignore[no-untyped-call]
        greys[outcome] = np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).convert("L"), float)
    for one, other in combinations(OutcomeClass, 2):
        apart = np.abs(greys[one] - greys[other]) > 25
        assert apart.mean() > 0.15, (one, other)


def test_the_page_has_the_same_hatchings() -> None:
    root = parsed(str(patterns()))
    ids = {node.get("id") for node in root.iter("pattern")}
    wanted = {f"h-{look_of(outcome)}" for outcome in OutcomeClass} - {"h-c-malfunction"}
    assert wanted <= ids
    assert all(f"fill:url(#{name})" in str(colours_css()) for name in wanted)


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_colours_stand_out_in_the_dark() -> None:
    """Graphics need 3 : 1 (WCAG 1.4.11)."""
    css = (Path(__file__).parents[2] / "src/sassafras/report/page/style.css").read_text("utf-8")
    ground = re.findall(r"--bg: (#\w{6})", css)[1]
    for look, found in STYLES.items():
        assert (luminance(found.dark) + 0.05) / (luminance(ground) + 0.05) >= 3, look


@pytest.mark.parametrize("name", NAMES[:-1])
def test_letters_in_one_column_are_large_enough(
    figures: dict[str, Figure], name: str, tmp_path: Path
) -> None:
    """Read out of the PDF: no letter below 6.5 points, as wide as a column (84 to 89 mm), nothing cut off."""
    figure, size = figures[name], SIZES[1]
    made = draw(figure, size)
    renderer = FigureCanvasAgg(made).get_renderer()  # type: ignore[no-untyped-call]
    with mpl.rc_context({**style(size), "pdf.compression": 0}):
        made.savefig(tmp_path / "figure.pdf", format="pdf")
    content = (tmp_path / "figure.pdf").read_bytes()
    sizes = {float(found) for found in re.findall(rb"/F\d+ ([\d.]+) Tf", content)}
    assert sizes and min(sizes) >= SMALL, sizes
    box_ = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+)", content)
    assert box_
    assert 84 <= float(box_[1]) / 72 * 25.4 <= 89
    for text in made.findobj(Text):
        if text.get_text() and text.get_visible() and not isinstance(text, Annotation):
            extent = text.get_window_extent(renderer)
            assert extent.x0 >= -2 and extent.x1 <= made.bbox.x1 + 2, text.get_text()


def test_files_are_the_same_again_and_say_what_they_show(figures: dict[str, Figure], tmp_path: Path) -> None:
    figure = figures["ckv_IOV"]
    one = write_figures(tmp_path / "one", [figure], list(Format), SCREEN)
    two = write_figures(tmp_path / "two", [figure], list(Format), SCREEN)
    assert [path.name for path in one] == [f"ckv_IOV.{kind.value}" for kind in Format]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
    with Image.open(tmp_path / "one" / "ckv_IOV.png") as picture:
        assert picture.info["Description"] == figure.alt
        assert picture.width == round(SCREEN.width * 200)
        assert picture.info["dpi"] == pytest.approx((200, 200), abs=0.1)
    save(draw(figure), tmp_path / "again.svg", Format.SVG, SCREEN)
    assert "<svg" in (tmp_path / "again.svg").read_text("utf-8")


def test_names_of_the_users_are_escaped() -> None:
    nasty = "<script>&\"'"
    mark = Words(0.0, 0.5, nasty)
    panel = Panel(Axis(0.0, 1.0, label=nasty), Axis(1.0, 0.0), 1.0, (mark,))
    figure = Figure("x", nasty, nasty, nasty, nasty, ((panel,),), (Entry(Look.A, nasty),))
    text = str(figure_html(figure))
    assert "<script>" not in text
    parsed(text)
