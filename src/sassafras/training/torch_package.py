"""PyTorch, where it is installed; where it is not, whoever asks anything of it is told so."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from sassafras.errors import TrainingError

Tensor = Any  #: torch.Tensor: the package has no types that could be checked without it


def missing() -> TrainingError:
    """What is said then."""
    return TrainingError(
        "networks are trained with PyTorch, which is missing: pip install 'sassafras[train]'"
    )


class _Missing:
    """Stands for the package and its modules."""

    def __getattr__(self, name: str) -> Any:
        raise missing()


def _found() -> tuple[Any, Any]:
    """The package, and ``torch.nn.functional``."""
    try:
        return import_module("torch"), import_module("torch.nn.functional")
    except ImportError:
        return _Missing(), _Missing()


torch, functional = _found()
