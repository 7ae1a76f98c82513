"""Modifiers of instructions in which lanes or threads meet, and what they mean."""

from __future__ import annotations

from enum import Enum

from sassafras.isa.opcodes.fields import Field, choice, flag, option


class Shuffle(Enum):
    """How SHFL finds the lane that a lane reads from."""

    INDEX = "IDX"
    UP = "UP"
    DOWN = "DOWN"
    BUTTERFLY = "BFLY"


class Vote(Enum):
    """What VOTE asks of the predicates of the lanes."""

    ALL = "ALL"
    ANY = "ANY"
    EQUAL = "EQ"


class BarrierWait(Enum):
    """What a thread does at a barrier: wait, only say that it came, or wait and bring a predicate."""

    WAIT = "SYNC"
    ARRIVE = "ARV"
    REDUCE = "RED"


class BarrierReduction(Enum):
    """What a barrier makes of the predicates that threads bring."""

    COUNT = "POPC"
    AND = "AND"
    OR = "OR"


class LaneReduction(Enum):
    """What REDUX makes of the words of the lanes."""

    AND = ""
    OR = "OR"
    XOR = "XOR"
    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"


REDUCED_LANES = option(
    "lane reduction",
    {r.value: r for r in LaneReduction if r is not LaneReduction.AND},
    LaneReduction.AND,
)
SIGNED_LANES = flag("S32", "signed lanes")
BARRIER_WAIT = choice("wait", {w.value: w for w in BarrierWait})
BARRIER_REDUCTION: Field[BarrierReduction | None] = option(
    "barrier reduction", {r.value: r for r in BarrierReduction}, None
)
BARRIER_RESULT = choice("barrier result", {"RESULT": True})
SHUFFLE = choice("shuffle", {s.value: s for s in Shuffle})
VOTE = choice("vote", {v.value: v for v in Vote})
