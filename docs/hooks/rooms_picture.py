"""The picture of the rooms, `docs/images/rooms.svg`: ``python docs/hooks/rooms_picture.py`` draws it anew.

A room is a box with its lines of code; an arc on the left goes from a room to one that it imports from, the
thicker the more modules do. All arcs lead upwards, as the data flows downwards.
"""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "sassafras"
PICTURE = ROOT / "docs" / "images" / "rooms.svg"

HEIGHT, GAP, WIDTH, LEFT, TOP = 30, 12, 190, 190, 16
STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#222}.n{fill:#666;font-size:12px}"
    "rect{fill:#f4f1ea;stroke:#8a7f6a}path{fill:none;stroke:#8a5a2b}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.n{fill:#aaa}rect{fill:#2b2823}path{stroke:#d39a5f}}"
)


def rooms() -> list[str]:
    """The rooms in the order that `tests/test_house.py` enforces: a room imports only rooms before it."""
    tree = ast.parse((ROOT / "tests" / "test_house.py").read_text("utf-8"))
    (value,) = (
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ROOMS"
    )
    return list(ast.literal_eval(value))


def is_room(folder: Path) -> bool:
    """Whether it is a package of ours with modules."""
    return (folder / "__init__.py").is_file() and folder.name != "data"


def imports_of(folder: Path) -> Counter[str]:
    """How many modules of a room import from each other one."""
    found: Counter[str] = Counter()
    for path in folder.rglob("*.py"):
        nodes = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.ImportFrom)]
        places = {str(n.module).split(".")[1] for n in nodes if str(n.module).startswith("sassafras.")}
        found.update(name for name in places if name != folder.name and is_room(PACKAGE / name))
    return found


def lines_of(room: str) -> int:
    """Lines of Python in a room, to the nearest hundred."""
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in (PACKAGE / room).rglob("*.py"))
    return round(lines, -2)


def svg() -> str:
    """The picture."""
    names = rooms()
    middle = {name: TOP + HEIGHT // 2 + k * (HEIGHT + GAP) for k, name in enumerate(names)}
    parts = []
    for name in names:
        for other, count in sorted(imports_of(PACKAGE / name).items()):
            start, end = middle[name], middle[other]
            bend = LEFT - 18 - (start - end) // 4
            width = min(0.6 + count / 12, 4)
            arc = f"M{LEFT} {start}C{bend} {start} {bend} {end} {LEFT} {end}"
            title = f"<title>{name} imports from {other}: {count} modules</title>"
            parts.append(f'<path d="{arc}" opacity="0.55" stroke-width="{width:.1f}">{title}</path>')
    for name in names:
        top = middle[name] - HEIGHT // 2
        parts.append(f'<rect x="{LEFT}" y="{top}" width="{WIDTH}" height="{HEIGHT}" rx="5"/>')
        parts.append(f'<text x="{LEFT + 10}" y="{middle[name] + 5}">{name}</text>')
        place = f'x="{LEFT + WIDTH - 8}" y="{middle[name] + 4}" text-anchor="end"'
        parts.append(f'<text class="n" {place}>{lines_of(name):,}</text>')
    width, height = LEFT + WIDTH + 16, TOP + len(names) * (HEIGHT + GAP) + 4
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    label = 'role="img" aria-label="The rooms, and what imports from what"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {label}>'
    return "\n".join([head, f"<style>{STYLE}</style>", *parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    PICTURE.write_text(svg(), encoding="utf-8")
