"""The operators that are read: one function each, in the files of ``readings``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.tensor import Tensor

Read = Callable[[Operation, Assembly], Tensor | tuple[Tensor, ...]]


@dataclass(frozen=True)
class Reading:
    """``attributes``: those that are understood; any other is refused."""

    operator: str
    attributes: tuple[str, ...]
    read: Read


_NOTED: dict[str, Reading] = {}


def reads(operator: str, *attributes: str) -> Callable[[Read], Read]:
    """Marks the function that reads an operator with these attributes: it adds to the assembly, and returns
    the tensor of each output.
    """

    def noted(read: Read) -> Read:
        _NOTED[operator] = Reading(operator, attributes, read)
        return read

    return noted


@cache
def readings() -> dict[str, Reading]:
    """By operator. There is no list to keep."""
    folder = Path(__file__).parent / "readings"
    for path in sorted(folder.glob("[a-z]*.py")):
        import_module(f"{__package__}.readings.{path.stem}")
    return dict(sorted(_NOTED.items()))
