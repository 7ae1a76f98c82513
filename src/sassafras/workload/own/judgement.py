"""What is a malfunction of the user's own program."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import UsageError
from sassafras.workload.judgement import Judgement
from sassafras.workload.own.schema import JudgementSpec
from sassafras.workload.result import Result
from sassafras.workload.verdict import Severity, Verdict

Array = NDArray[Any]
Decision = Callable[[dict[str, Array], dict[str, Array]], object]
MALFUNCTION, LIGHT = "malfunction", "light"


@dataclass(frozen=True)
class _Judged(Judgement):
    """Two answers: right, and wrong. Wrong is a malfunction, and an output that is not finite."""

    words: tuple[str, str]

    @property
    def answers(self) -> tuple[str, str]:  # type: ignore[override]
        """Right, and wrong, as the user calls them."""
        return self.words

    def judge(self, golden: Result, faulty: Result) -> Verdict:
        """As `Judgement` says."""
        finite = faulty.is_finite
        if golden.tobytes() == faulty.tobytes():
            severity = Severity.NO_MALFUNCTION
        elif not finite:
            severity = Severity.INVALID_OUTPUT
        elif self._is_malfunction(_arrays(golden), _arrays(faulty)):
            severity = Severity.MALFUNCTION
        else:
            severity = Severity.LIGHT_MALFUNCTION
        wrong = severity in (Severity.MALFUNCTION, Severity.INVALID_OUTPUT)
        change = _largest_change(golden, faulty) if finite else None
        nan = bool(np.isnan(faulty.numbers).any())
        return Verdict(severity, int(wrong), float(not wrong), wrong, nan, change)

    @abstractmethod
    def _is_malfunction(self, golden: dict[str, Array], faulty: dict[str, Array]) -> bool:
        """Of outputs that differ, and are finite."""


@dataclass(frozen=True)
class Within(_Judged):
    """A malfunction: a value is off by more than ``tolerance`` (``relative``: of the golden value). With none
    every difference is one, of sign and of bits that no number shows too.
    """

    tolerance: float | None = None
    relative: bool = False

    @property
    def said(self) -> str:
        """As `Judgement` says."""
        return f"within {self.tolerance!r} {self.relative}"

    def _is_malfunction(self, golden: dict[str, Array], faulty: dict[str, Array]) -> bool:
        if self.tolerance is None:
            return True
        for name, expected in golden.items():
            right, found = expected.astype(np.longdouble), faulty[name].astype(np.longdouble)
            bound = self.tolerance * (np.abs(right) if self.relative else 1)
            if (np.abs(found - right) > bound).any():
                return True
        return False


@dataclass(frozen=True)
class ByFunction(_Judged):
    """A malfunction is what a function of the user's own says. ``digest``: of its file."""

    text: str
    digest: str

    @property
    def said(self) -> str:
        """As `Judgement` says."""
        return f"by {self.text.rpartition(':')[2]} {self.digest}"

    def _is_malfunction(self, golden: dict[str, Array], faulty: dict[str, Array]) -> bool:
        found = load_function(self.text)(golden, faulty)
        if isinstance(found, bool | np.bool_):
            return bool(found)
        if found in (MALFUNCTION, LIGHT):
            return found == MALFUNCTION
        raise UsageError(
            f"{self.text} returned {found!r}: a judgement is True or {MALFUNCTION!r}, False or {LIGHT!r}"
        )


def judgement_of(spec: JudgementSpec, folder: Path) -> Judgement:
    """The judgement that a file asks for. Raises UsageError for a function that is not there."""
    words = (spec.words[0], spec.words[1])
    if spec.function is None:
        return Within(words, spec.tolerance, spec.compare == "relative")
    file, colon, name = spec.function.rpartition(":")
    if not colon or not name.isidentifier():
        raise UsageError(f'judgement.function: {spec.function!r}: give "file.py:name" or "module:name"')
    text = f"{(folder / file).resolve()}:{name}" if file.endswith(".py") else spec.function
    load_function(text)
    return ByFunction(words, text, _digest_of(text.rpartition(":")[0]))


@cache
def load_function(text: str) -> Decision:
    """The function ``file.py:name`` or ``module:name``. Raises UsageError."""
    where, _, name = text.rpartition(":")
    try:
        module = _of_file(Path(where)) if where.endswith(".py") else import_module(where)
    except Exception as error:
        raise UsageError(f"judgement.function: {where} cannot be imported: {error!r}") from error
    found = getattr(module, name, None)
    if not callable(found):
        raise UsageError(f"judgement.function: {where} has no function {name!r}")
    decision: Decision = found
    return decision


def _of_file(path: Path) -> Any:
    name = f"sassafras_judgement_{hashlib.sha256(str(path).encode()).hexdigest()[:16]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.exists():
        raise FileNotFoundError(str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _digest_of(where: str) -> str:
    file = where if where.endswith(".py") else getattr(sys.modules[where], "__file__", None)
    return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else ""


def _arrays(result: Result) -> dict[str, Array]:
    return {buffer.name: result[buffer.name] for buffer in result.buffers}


def _largest_change(golden: Result, faulty: Result) -> float:
    changes = (
        np.abs(faulty[one.name].astype(np.float64) - golden[one.name].astype(np.float64)).max()
        for one in golden.buffers
    )
    return float(max(changes))
