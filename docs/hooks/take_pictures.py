"""The pictures of the documents, from real outputs: pages in a browser, commands as the terminal shows them.

    python docs/hooks/take_pictures.py FOLDER [NAME ...]

works in FOLDER, which holds a finished ``paper`` (the preset, hardened; ``pf``: its ``report --figures``;
``cmp``: it and its hardened program compared), ``run`` (of docs/explain.md, with its ``fit``), ``resnet50``
(of benchmarks/large_networks.py), ``exact`` (of docs/exact.md) and the files that the commands name. It needs
chromium, as the tests do.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.text import Text

IMAGES = Path(__file__).parent.parent / "images"
COLOURS = 128  #: of a picture: enough for text and figures

#: Picture -> commands whose output it is, each a list of words behind "sassafras".
TERMINALS = {
    "commands": [["--help"]],
    "verify": [["verify"]],
    "durability": [["status", "run"]],
    "clusters": [["plan", "run", "--half-width", "2%"]],
    "own_faults": [["run", "--faults", "faults.csv", "--frames", "1", "--out", "faults"]],
    "interchange": [["sites", "run", "--format", "sassifi", "--out", "lists"]],
    "darknet": [["profile", "--network", "small.cfg", "--weights", "small.weights", "--images", "my_frames"]],
    "exact": [["tables", "exact"]],
    "onnx": [["profile", "--network", "model.onnx", "--images", "my_frames"]],
}
#: Picture -> page, width of the window, part of the page (top, height).
PAGES = {
    "page": ("paper/report.html", 1280, 0, 800),
    "check": ("run/report.html", 1000, 0, 620),
    "compare": ("cmp/compare.html", 1100, 0, 0),
    "large_networks": ("resnet50/report.html", 1000, 0, 565),
    "explain": ("run/explain/IOV-15.html", 1100, 0, 640),
    "explain_layers": ("run/explain/IOV-15.html", 1100, 0, 0),
    "tutorial": ("run/report.html", 1000, 0, 0),
}
#: Picture -> what of a page is shown alone.
PARTS = {"compare": "#figure-compare_outcomes", "explain_layers": ".pictures", "tutorial": "#glance"}
#: Picture -> a figure that a command has written.
FIGURES = {
    "ckv_IOV": "pf/ckv_IOV.png",
    "harden": "pf/harden_pareto.png",
    "fit": "run/figures/fit.png",
    "statistics": "pf/critical_IOV.png",
    "plots": "pf/bits_IOV_REGISTER.png",
}


def main() -> None:
    """Take those that are named, or all."""
    folder, *names = sys.argv[1:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name in names or [*TERMINALS, *PAGES, *FIGURES]:
            path = IMAGES / f"{name}.png"
            if name in TERMINALS:
                picture = terminal(browser, Path(folder), TERMINALS[name])
            elif name in PAGES:
                picture = page(browser, Path(folder), name)
            else:
                picture = (Path(folder) / FIGURES[name]).read_bytes()
            save(picture, path)


def terminal(browser: Browser, folder: Path, commands: list[list[str]]) -> bytes:
    """What the commands print, with colours."""
    shown = Text()
    for words in commands:
        done = subprocess.run(
            [sys.executable, "-m", "sassafras", *words],
            cwd=folder, capture_output=True, text=True, check=True,
            env={**os.environ, "FORCE_COLOR": "1", "COLUMNS": "100"},
        )  # fmt: skip
        shown.append(f"$ sassafras {' '.join(words)}\n", "bold")
        shown.append_text(Text.from_ansi(done.stdout.replace("python -m sassafras", "sassafras")))
    console = Console(record=True, width=100, file=io.StringIO(), force_terminal=True)
    console.print(shown, soft_wrap=True, highlight=False)
    font = "14px/1.35 'DejaVu Sans Mono', monospace"
    style = f"pre {{ font: {font}; margin: 0; padding: 14px; display: inline-block }}"
    opened = browser.new_page(viewport={"width": 960, "height": 400})
    opened.set_content(console.export_html(inline_styles=True))
    opened.add_style_tag(content=style)
    return opened.locator("pre").screenshot()


def page(browser: Browser, folder: Path, name: str) -> bytes:
    """The first screen of a page, or one part of it."""
    file, width, top, height = PAGES[name]
    opened = browser.new_page(viewport={"width": width, "height": height or 900})
    opened.goto((folder / file).resolve().as_uri())
    opened.wait_for_timeout(1000)
    if name in PARTS:
        opened.add_style_tag(content="nav { display: none }")
        return opened.locator(PARTS[name]).first.screenshot()
    return opened.screenshot(clip={"x": 0, "y": top, "width": width, "height": height})


def save(picture: bytes, path: Path) -> None:
    """As a PNG of few colours, at most 1000 pixels wide."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    if image.width > 1000:
        image = image.resize((1000, round(image.height * 1000 / image.width)), Image.Resampling.LANCZOS)
    image.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
