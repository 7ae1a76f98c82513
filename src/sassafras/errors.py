"""The errors of Sassafras: what is ours or the user's, never what the emulated device does (that is a trap).

SassafrasError, and below it:

* ListingError: a listing, cubin or opcode that cannot be used
* NetworkError: a cfg, weights file or image that cannot be used
* CampaignError: a campaign that cannot be built, stored or resumed
* FaultNotReached: a fault whose site did not occur when it was run (an error, never an outcome)
* ToolchainError: NVRTC or nvdisasm missing or failing
* DeviceError: a real GPU, missing or failing
* UsageError: a name or a value on the command line that does not exist
"""

from __future__ import annotations


class SassafrasError(Exception):
    """One clear line: what was wrong, where, and the way out."""


class ListingError(SassafrasError):
    """A listing that cannot be loaded: unknown opcode, modifier or syntax (kernel, offset and text are
    named).
    """


class NetworkError(SassafrasError):
    """A Darknet cfg, a weights file or an image that cannot be used."""


class CampaignError(SassafrasError):
    """A campaign that cannot be built, stored or resumed."""


class FaultNotReached(SassafrasError):
    """The site of a fault did not occur in the run. An error of ours: never an outcome."""


class ToolchainError(SassafrasError):
    """NVRTC or nvdisasm is missing or failed."""


class DeviceError(SassafrasError):
    """No GPU, driver or package for it, or the device refused something."""


class UsageError(SassafrasError):
    """A name or value given by the user that does not exist."""
