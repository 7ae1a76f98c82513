"""Lists of functions that stand where the functions do: a new one is found, nothing else is touched."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Generic, TypeVar

_Made = TypeVar("_Made")
_Shown = TypeVar("_Shown")


@cache
def _import_all(package: str) -> None:
    for module in pkgutil.iter_modules(import_module(package).__path__):
        import_module(f"{package}.{module.name}")


class Listed(Generic[_Made, _Shown]):
    """Functions from what something is made of to what is shown, written in the modules of a package, by the
    places that they are given there.
    """

    def __init__(self, package: str) -> None:
        self._package = package
        self._places: dict[Callable[[_Made], list[_Shown]], float] = {}
        self._marked: set[Callable[[_Made], list[_Shown]]] = set()

    def at(
        self, place: float, *, marked: bool = False
    ) -> Callable[[Callable[[_Made], list[_Shown]]], Callable[[_Made], list[_Shown]]]:
        """Put a function into the list, behind those of lower places. ``marked``: see `marked`."""

        def listed(make: Callable[[_Made], list[_Shown]]) -> Callable[[_Made], list[_Shown]]:
            self._places[make] = place
            if marked:
                self._marked.add(make)
            return make

        return listed

    def __iter__(self) -> Iterator[Callable[[_Made], list[_Shown]]]:
        """The functions, in order."""
        _import_all(self._package)
        return iter(sorted(self._places, key=lambda make: (self._places[make], make.__name__)))

    def __getitem__(self, name: str) -> Callable[[_Made], list[_Shown]]:
        """The function of that name. KeyError where there is none."""
        return {make.__name__: make for make in self}[name]

    def marked(self, make: Callable[[_Made], list[_Shown]]) -> bool:
        """Whether a function was given a mark, whose meaning is the list's."""
        return make in self._marked

    def of(self, made: _Made) -> list[_Shown]:
        """What all of them make of it."""
        return [shown for make in self for shown in make(made)]
