"""The errors of Sassafras: what is ours or the user's, never what the emulated device does (that is a trap).
All are SassafrasError.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


class SassafrasError(Exception):
    """One clear line: what was wrong, where, and the way out."""


class ListingError(SassafrasError):
    """A listing that cannot be loaded: unknown opcode, modifier or syntax (kernel, offset and text are
    named).
    """


class NetworkError(SassafrasError):
    """A Darknet cfg, a weights file or an image that cannot be used."""


class TrainingError(SassafrasError):
    """A training that cannot begin, go on or come to anything."""


class CampaignError(SassafrasError):
    """A campaign that cannot be built, stored or resumed."""


class CampaignInterrupted(CampaignError):
    """The user stopped the campaign. Everything finished is stored; the message says how to go on."""


class ClusterError(SassafrasError):
    """Workers on dask that cannot be reached or used, or that were lost."""


class SelfCheckFailed(SassafrasError):
    """Parts of Sassafras do not agree with each other: no result could be trusted."""


class GoldenTrap(SassafrasError):
    """A launch that must run through, for it holds no fault, stopped: kernel, launch and instruction are
    named.
    """


class RaceError(SassafrasError):
    """A launch without a fault in which threads race: kernel, byte, both threads and both instructions are
    named.
    """


class FaultNotReached(SassafrasError):
    """The site of a fault did not occur in the run. An error of ours: never an outcome."""


class ToolchainError(SassafrasError):
    """NVRTC or nvdisasm is missing or failed."""


class DeviceError(SassafrasError):
    """No GPU, driver or package for it, or the device refused something."""


class UsageError(SassafrasError):
    """A name or value given by the user that does not exist."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The start of a way out for a misspelt name: "did you mean RF? ", or nothing where no known name is
    close. Upper and lower case are the same.
    """
    spelled = {name.lower(): name for name in known}
    close = get_close_matches(word.strip().lower(), spelled, n=1)
    return f"did you mean {spelled[close[0]]}? " if close else ""


def typed(*words: object) -> str:
    """A command of ours as a person types it in a shell: names quoted where a shell minds, and no path that
    could be taken for an option.
    """
    shown = [f"./{word}" if isinstance(word, Path) and str(word).startswith("-") else word for word in words]
    return shlex.join(["sassafras", *map(str, shown)])
