"""What people call the things that a campaign is about. Texts of ours speak of networks; of another program
they are said in other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

_TEXT = re.compile(r"(<(script|style|code|pre)\b.*?</\2>|<[^>]*>)", re.DOTALL)


@dataclass(frozen=True)
class Vocabulary:
    """``pairs``: a word, or several, and what is said instead. Capitals at the beginning are kept."""

    pairs: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = sorted(self.pairs, key=len, reverse=True)
        return re.compile(rf"(?<![\w.-])({'|'.join(map(re.escape, words))})(?![\w.]\w|[\w-])", re.IGNORECASE)

    def said(self, text: str) -> str:
        """A text in these words."""
        return self._pattern.sub(self._instead, text) if self.pairs else text

    def said_on_page(self, html: str) -> str:
        """A page in these words: what can be read of it, but code."""
        if not self.pairs:
            return html
        parts = _TEXT.split(html)  # text, tag, its name or None, text, ...
        return "".join(
            self.said(part) if k % 3 == 0 else part for k, part in enumerate(parts) if k % 3 != 2 and part
        )

    def without(self, names: Iterable[str]) -> Vocabulary:
        """Less the words that are names of the user's own, which would be changed too."""
        taken = {word.lower() for name in names for word in re.findall(r"\w+", name)}
        return Vocabulary({a: b for a, b in self.pairs.items() if not taken & {*a.lower().split()}})

    def _instead(self, match: re.Match[str]) -> str:
        found = match[0]
        said = self.pairs[found.lower()]
        return said[:1].upper() + said[1:] if found[:1].isupper() else said


NETWORK = Vocabulary()
PROGRAM = Vocabulary(
    {
        "layer": "part",
        "layers": "parts",
        "layer's": "part's",
        "a frame": "an input",
        "this frame": "this input",
        "frame": "input",
        "frames": "inputs",
        "a network": "a program",
        "network": "program",
        "networks": "programs",
        "network's": "program's",
        "an inference": "a run",
        "inference": "run",
        "inferences": "runs",
        "the most probable class": "the answer",
        "another class": "another answer",
        "a wrong class": "a wrong answer",
        "class": "answer",
        "classes": "answers",
        "the probabilities": "the outputs",
        "the final probabilities": "the outputs",
        "probabilities": "answers",
        "feature map": "result",
        "feature maps": "results",
    }
)
