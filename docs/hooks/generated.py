"""A hook of MkDocs: pages of the reference, made from the code when the site is built.

A document names such a page as code (`reference/cli`): in the clone there is nothing to link to. In the site
it becomes a link.
"""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

HERE = Path(__file__).parent


@event_priority(100)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages; they are those of this checkout, whatever is installed."""
    sys.path[:0] = [str(HERE), str(HERE.parent.parent / "src")]
    pages = importlib.import_module("pages")
    for uri, make in pages.PAGES.items():
        files.append(File.generated(config, uri, content=make()))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Link the pages of the reference where a document of the top folder names them."""
    return re.sub(r"`(reference/[a-z]+)`", r"[`\1`](\1.md)", markdown)
