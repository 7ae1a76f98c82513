"""Functions of a native library that Python calls: their types, and the key of their object code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from llvmlite import ir

from sassafras.building import VOID
from sassafras.native import NativeLibrary
from sassafras.sources import source_key

Signature = Sequence[ir.Type]


def load(
    name: str,
    make: Callable[[], ir.Module],
    written_by: str,
    signatures: Mapping[str, Signature],
    *,
    vectorize: bool,
) -> dict[str, Callable[..., None]]:
    """The entries ``signatures`` of the module that ``make`` builds where its object code is not cached yet.

    ``written_by``: the module of this room that writes the IR. ``vectorize``: let LLVM vectorise loops.
    """
    library = NativeLibrary(
        name,
        lambda: str(make()),
        list(signatures),
        key=f"{name} {source_key(f'kernels.{written_by}', 'building')}",
        vectorize=vectorize,
    )
    return {entry: library.typed(entry, ir.FunctionType(VOID, types)) for entry, types in signatures.items()}
