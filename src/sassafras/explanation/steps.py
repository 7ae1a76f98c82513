"""Instructions as they are told: what they read and wrote, golden and faulty."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sassafras.explanation.memory_map import Spot


class Path(StrEnum):
    """Who issued an instruction."""

    BOTH = "both"
    GOLDEN = "golden"  #: only the fault-free thread
    FAULTY = "faulty"  #: only the struck one


@dataclass(frozen=True)
class Value:
    """A register, predicate or flag by name (``R4``, ``P0``, ``CC``), golden and faulty; None: not there."""

    name: str
    golden: int | None
    faulty: int | None
    is_float: bool = False

    @property
    def differs(self) -> bool:
        """Whether the fault changed it."""
        return self.golden != self.faulty


@dataclass(frozen=True)
class Stored:
    """A store: where to, golden and faulty, and the words. ``golden``, ``faulty`` None: not stored. Shared
    memory has no spot; ``place`` says where it is.
    """

    place: str
    golden_spot: Spot | None
    faulty_spot: Spot | None
    golden: int | None
    faulty: int | None
    bits: int
    is_float: bool

    @property
    def differs(self) -> bool:
        """Whether the fault changed the place or the word."""
        return (self.golden_spot, self.golden) != (self.faulty_spot, self.faulty)


@dataclass(frozen=True)
class Step:
    """An instruction in which something was other than in the golden run.

    ``golden_number``, ``faulty_number``: dynamic instruction of the thread in each run. ``executed``: whether
    the guard was true, golden and faulty. ``reads``: what it read, before it; ``writes``: what it wrote,
    behind it; both hold what differs (of the struck instruction: everything).
    """

    path: Path
    golden_number: int | None
    faulty_number: int | None
    offset: int
    text: str
    executed: tuple[bool | None, bool | None]
    reads: tuple[Value, ...]
    writes: tuple[Value, ...]
    stores: tuple[Stored, ...]
    struck: bool = False

    @property
    def changed(self) -> bool:
        """Whether anything it left behind differs."""
        return any(v.differs for v in self.writes) or any(s.differs for s in self.stores)


class Fate(StrEnum):
    """What became of the corruption inside the struck thread."""

    TRAPPED = "trapped"  #: the launch ended
    REACHED_MEMORY = "reached memory"  #: memory differs after the launch
    NOTICED = "noticed"  #: a hardened kernel set its alarm word, and the rest of memory is golden
    UNCHANGED = "unchanged"  #: the word was what the fault made it
    NEVER_READ = "never read"  #: nothing read what was struck
    OVERWRITTEN = "overwritten"  #: what was struck was written before it was read
    NO_EFFECT = "no effect"  #: it was read, and everything stored was golden all the same
