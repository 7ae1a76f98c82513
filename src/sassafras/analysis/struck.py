"""What part of an inference a campaign struck: a statement about some kernels is one about that part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sassafras.campaign.usage import KernelUsage


@dataclass(frozen=True)
class Struck:
    """Shares of an inference's dynamic instructions and of its modelled time that the struck kernels are;
    ``others``: the kernels that were not struck, the longest first.
    """

    kernels: tuple[str, ...]
    others: tuple[str, ...]
    instructions: float
    seconds: float

    @property
    def is_whole(self) -> bool:
        """Whether every kernel of the inference was struck."""
        return not self.others


def struck_part(usage: Sequence[KernelUsage], kernels: Sequence[str]) -> Struck | None:
    """None where the usage is not known."""
    instructions, seconds = sum(one.instructions for one in usage), sum(one.seconds for one in usage)
    if not instructions or not seconds:
        return None
    own = [one for one in usage if one.kernel in kernels]
    others = sorted((one for one in usage if one.kernel not in kernels), key=lambda one: -one.seconds)
    return Struck(
        tuple(one.kernel for one in own),
        tuple(one.kernel for one in others),
        sum(one.instructions for one in own) / instructions,
        sum(one.seconds for one in own) / seconds,
    )
