"""What is not read, and for which of a few reasons."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from sassafras.errors import NetworkError


class Reason(StrEnum):
    """Why a model is refused. There are no others."""

    TYPE = "other types than float32"
    DYNAMIC = "dynamic shapes"
    CONTROL = "control flow"
    RANK = "3-D"
    TRAINING = "training"
    OPERATOR = "operator not in the list"


class RefusedError(NetworkError):
    """A model that is sound, but not one of ours."""

    def __init__(self, message: str, reason: Reason) -> None:
        super().__init__(message)
        self.reason = reason


class SeveralImagesError(RefusedError):
    """An operator that takes images one by one, and gets several at once, or fewer than it says."""

    def __init__(self, message: str) -> None:
        super().__init__(message, Reason.OPERATOR)


@contextmanager
def about(place: object) -> Iterator[None]:
    """Puts a name before what errors in the block say."""
    try:
        yield
    except RefusedError as error:
        raise RefusedError(f"{place}: {error}", error.reason) from None
    except NetworkError as error:
        raise NetworkError(f"{place}: {error}") from None
