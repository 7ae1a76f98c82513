"""The pages that are made from the code: path in the site -> its Markdown."""

from __future__ import annotations

import json
from pathlib import Path

import api_page
import cli_page
import code_tables

NOTEBOOK = Path(__file__).parent.parent / "notebooks" / "first-campaign.ipynb"


def notebook_page() -> str:
    """The cells of the notebook; its outputs are not kept (run it to see them)."""
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    link = f"[Download this notebook]({NOTEBOOK.name}) and run it: its outputs are not shown here.\n"
    texts = []
    for cell in cells:
        text = "".join(cell["source"])
        texts.append(text if cell["cell_type"] == "markdown" else f"```python\n{text}\n```")
    return "\n\n".join([texts[0], link, *texts[1:]]) + "\n"


PAGES = {
    "reference/cli.md": cli_page.page,
    "reference/api.md": api_page.page,
    "reference/conditions.md": code_tables.conditions_page,
    "reference/faults.md": code_tables.faults_page,
    "reference/harden.md": code_tables.harden_page,
    "reference/opcodes.md": code_tables.opcodes_page,
    "reference/store.md": code_tables.store_page,
    "notebooks/first-campaign.md": notebook_page,
}
