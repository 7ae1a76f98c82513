"""Which mutants are tried: drawn from a seed, the same on every machine for the same sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from tests.mutants.mutant import Mutant, Operator
from tests.mutants.operators import mutants, valid

ROOMS = ("isa", "emulator", "faults", "simulation", "kernels")
PACKAGE = "src/sassafras"


def all_mutants(root: Path, rooms: Sequence[str] = ROOMS) -> dict[str, list[Mutant]]:
    """Every mutant of every room, in the order of files and places."""
    return {
        room: [
            mutant
            for file in sorted((root / PACKAGE / room).rglob("*.py"))
            for mutant in mutants(file.relative_to(root).as_posix(), file.read_bytes())
        ]
        for room in rooms
    }


def draws(root: Path, seed: int, rooms: Sequence[str] = ROOMS) -> Iterator[Mutant]:
    """Mutants without end, none twice: first a room, then a kind of change, then a place, each uniformly.

    Number i is a function of (seed, i) alone: Philox, the seed as key, i as counter.
    """
    places = {room: _by_kind(found) for room, found in all_mutants(root, rooms).items()}
    left = sum(len(found) for kinds in places.values() for found in kinds)
    seen: set[Mutant] = set()
    number = 0
    while len(seen) < left:
        generator = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 0, number]))
        number += 1
        kinds = places[rooms[int(generator.integers(len(rooms)))]]
        if not kinds:
            continue
        found = kinds[int(generator.integers(len(kinds)))]
        mutant = found[int(generator.integers(len(found)))]
        if mutant not in seen:
            seen.add(mutant)
            if valid(mutant, (root / mutant.path).read_bytes()):
                yield mutant


def _by_kind(found: Sequence[Mutant]) -> list[list[Mutant]]:
    """Those of each kind that there is; a default is a constant."""
    kinds: dict[Operator, list[Mutant]] = {}
    for mutant in found:
        kind = Operator.CONSTANT if mutant.operator is Operator.DEFAULT else mutant.operator
        kinds.setdefault(kind, []).append(mutant)
    return [kinds[operator] for operator in Operator if operator in kinds]
