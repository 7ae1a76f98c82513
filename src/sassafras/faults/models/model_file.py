"""A fault model as its file says it."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sassafras.errors import UsageError
from sassafras.faults.model import Mode
from sassafras.faults.models.bits import Bits
from sassafras.faults.models.definitions import AdjacentBits, RandomValue, ZeroValue
from sassafras.faults.models.lanes import Lanes
from sassafras.faults.models.memory_entries import MemoryEntries
from sassafras.faults.models.names import BUILT_IN, built_in_names
from sassafras.faults.models.power_law import PowerLaw
from sassafras.faults.models.relative_error import RelativeError
from sassafras.faults.models.value_classes import ValueClasses

AnyLaw = Annotated[
    AdjacentBits | RandomValue | ZeroValue | Bits | ValueClasses | RelativeError | PowerLaw | MemoryEntries,
    Field(discriminator="kind"),
]
NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


class ModelFile(BaseModel):
    """``says``: what happens, in a few words. ``modes``: those that it can be used in. ``source``: from where
    it is known; ``conditions``: of what hardware and which experiment that speaks; ``sure``: how sure it
    is. ``assumptions``: what is not known and taken to be so: printed with every result. ``law``: how
    bits change. ``lanes``: how often several lanes are struck (`--scope lanes`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=NAME)
    says: str = Field(min_length=1)
    modes: tuple[Mode, ...] = Field(default=tuple(Mode), min_length=1)
    source: str = Field(min_length=1)
    conditions: str = Field(min_length=1)
    sure: str = Field(min_length=1)
    assumptions: tuple[str, ...] = ()
    law: AnyLaw
    lanes: Lanes | None = None

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hex, of what decides its faults."""
        deciding = self.model_dump_json(include={"modes", "law", "lanes"})
        return hashlib.sha256(deciding.encode()).hexdigest()


def read_model(path: Path) -> ModelFile:
    """The model of a user's file. Raises UsageError, in one line."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise UsageError(f"{path}: cannot be read as a fault model ({reason})") from None
    return parse_model(text, path.parent, str(path))


def built_in_model(name: str) -> ModelFile:
    """The model ``data/NAME.toml`` of this package. Raises UsageError where there is none."""
    file = BUILT_IN / f"{name}.toml"
    if not file.is_file():
        raise UsageError(f"no fault model is called {name!r}; known: {', '.join(built_in_names())}")
    return parse_model(file.read_text("utf-8"), BUILT_IN, f"{name}.toml")


def parse_model(text: str, folder: Traversable, name: str) -> ModelFile:
    """The model that a text says; tables (names that end in ``.csv``) lie in ``folder``, and behind
    ``sassafras:`` among the built-in ones. ``name``: for messages. Raises UsageError.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name}: {error}") from None
    try:
        return ModelFile.model_validate(_with_tables(found, folder, name))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if part != found.get("law", {}).get("kind"))
        raise UsageError(f"{name}: {place}: {first['msg'].removeprefix('Value error, ')}") from None


def _with_tables(found: dict[str, Any], folder: Traversable, name: str) -> dict[str, Any]:
    """The same with the texts of the tables instead of their names."""
    return {
        key: _with_tables(value, folder, name)
        if isinstance(value, dict)
        else _table(value, folder, name)
        if isinstance(value, str) and value.endswith(".csv")
        else value
        for key, value in found.items()
    }


def _table(value: str, folder: Traversable, name: str) -> str:
    own = value.removeprefix("sassafras:")
    file = (folder if own == value else BUILT_IN) / own
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{name}: the table {value} cannot be read; give a CSV file beside it") from None
