"""A fault's story as JSON."""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from sassafras.explanation.memory_map import Spot
from sassafras.explanation.story import Story
from sassafras.report.explain_sentences import ending, in_brief
from sassafras.simulation.record import INJECTION, Injection, shown_of


def explain_json(story: Story) -> str:
    """The whole story with its sentences: the fields of `Story`, names and all. Numbers that are not finite
    become the strings "NaN", "inf" and "-inf"; the probabilities are under ``classes``.
    """
    plain = {"ending": ending(story), "in_brief": list(in_brief(story))} | _plain(story)
    for column in INJECTION:
        if column.vector:
            del plain["row"][column.shown]
    return json.dumps(plain, indent=1, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Injection):
        return {name: _plain(one) for name, one in shown_of(value).items()}
    if is_dataclass(value):
        found = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"name": value.name} | found if isinstance(value, Spot) else found
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else str(value)
    return value
