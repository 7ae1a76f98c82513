"""The options of a command as a file: what ``run --config`` reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from sassafras import __version__
from sassafras.campaign.store.folder import RECIPE
from sassafras.cli.config_file import options_of
from sassafras.cli.loudness import announce
from sassafras.progress import Progress

HEAD = """\
# sassafras {version}: the options of a run. In another folder it is repeated by
#     sassafras run --config {name} --out NEW
"""


def recipe(context: typer.Context, left_out: Mapping[str, Any]) -> dict[str, Any]:
    """The options that decided a command, as a file holds them; paths are absolute. ``left_out``: options of
    this occasion alone, with the value to be written in their place (None: none).
    """
    found: dict[str, Any] = {}
    for key, option in options_of(context.command).items():
        source = context.get_parameter_source(option.name)
        value = context.params[option.name]
        if key in left_out:
            value = left_out[key]
        elif (source is None or source.name == "DEFAULT") and key != "preset":
            continue
        if isinstance(value, Path):
            value = str(Path.cwd() / value)
        if key == "models" and value is not None:
            value = [_absolute(text) for text in value]
        if value is not None:
            found[key] = value
    return found


def _absolute(models: str) -> str:
    """What --models was given, with whole paths of the files in it."""
    mode, equals, names = models.rpartition("=")
    words = (str(Path.cwd() / word) if word.endswith(".toml") else word for word in names.split(","))
    return f"{mode}{equals}{','.join(words)}"


def write_recipe(folder: Path, held: Mapping[str, Any]) -> None:
    """Write options into a campaign's folder, as `recipe` has them. TOML is UTF-8: where a name is not, that
    is said, and no file is there.
    """
    import tomli_w

    from sassafras.report.files import write_text

    path = folder / RECIPE
    text = HEAD.format(version=__version__, name=RECIPE) + tomli_w.dumps(dict(held))
    try:
        text.encode()
        write_text(path, text)
    except UnicodeEncodeError:
        path.unlink(missing_ok=True)
        announce(f"{path.name} is not written: a name in it is not UTF-8")


class Recorded:
    """Progress of a campaign whose options are written when its work begins: by then its store has been
    checked, is locked, and may be written. A command that is refused before leaves the file as it was.
    """

    def __init__(self, shown: Progress, folder: Path, held: Mapping[str, Any]) -> None:
        self._shown, self._folder = shown, folder
        self._held: Mapping[str, Any] | None = held

    def begin(self, task: str, total: int) -> None:
        """A task begins; before the first one the options are written."""
        if self._held is not None:
            write_recipe(self._folder, self._held)
            self._held = None
        self._shown.begin(task, total)

    def advance(self, count: int) -> None:
        """As the progress that is shown."""
        self._shown.advance(count)

    def end(self) -> None:
        """As the progress that is shown."""
        self._shown.end()
