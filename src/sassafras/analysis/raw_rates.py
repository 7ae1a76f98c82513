"""Raw soft-error rates of SRAM that can be cited: upsets per bit at ground level, before any AVF.

The user's own rate is better than any of these: measured for the part, at its altitude. All are for neutrons
at sea level (New York) unless said otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MBIT = 2**20  #: bits; sources do not say whether 2^20 or 10^6 (a difference of 5 %)


class Certainty(StrEnum):
    """How sure a number is."""

    READ = "read in the source"
    QUOTED = "quoted by others; the source itself was not read"
    STANDARD = "reference value of a standard, as quoted; old memories, conservative"
    GIVEN = "given by the user"


@dataclass(frozen=True)
class RawRate:
    """A rate, or a range of rates, in FIT per Mbit (2^20 bits; FIT: failures in 10^9 hours). ``process``: in
    nm, None where it is for none in particular.
    """

    name: str
    low: float
    high: float
    process: int | None
    what: str
    source: str
    certainty: Certainty


RATES: tuple[RawRate, ...] = (
    RawRate(
        "gpuFI-4, 28 nm",
        1.2e-5 * MBIT,
        1.2e-5 * MBIT,
        28,
        "1.2e-5 FIT per bit, used for the on-chip memories of a GTX Titan",
        "D. Sartzetakis, G. Papadimitriou, D. Gizopoulos, gpuFI-4, ISPASS 2022",
        Certainty.QUOTED,
    ),
    RawRate(
        "Neale and Sachdev, 28 nm",
        157.62 / 8,
        157.62 / 8,
        28,
        "157.62 FIT per MB of SRAM, neutron beam",
        "A. Neale, M. Sachdev, IEEE Transactions on Nuclear Science 63(3), 2016, 10.1109/TNS.2016.2547963",
        Certainty.QUOTED,
    ),
    RawRate(
        "SC17, projected to 16 nm",
        20.49,
        20.49,
        16,
        "20.49 FIT per Mb, projected, not measured; close to the 28 nm figure it starts from (MB and Mb may "
        "have been mixed up)",
        "G. Li and others, SC 2017, section 4.7, 10.1145/3126908.3126964",
        Certainty.QUOTED,
    ),
    RawRate(
        "gpuFI-4, 12 nm",
        1.8e-6 * MBIT,
        1.8e-6 * MBIT,
        12,
        "1.8e-6 FIT per bit, used for the on-chip memories of an RTX 2060 and a Quadro GV100",
        "D. Sartzetakis, G. Papadimitriou, D. Gizopoulos, gpuFI-4, ISPASS 2022",
        Certainty.QUOTED,
    ),
    RawRate(
        "IEC 61508",
        700.0,
        1200.0,
        None,
        "700 to 1200 FIT per Mbit reported for embedded memories",
        "IEC 61508, as quoted at news.ycombinator.com, item 12964924",
        Certainty.STANDARD,
    ),
)


@dataclass(frozen=True)
class RateBand:
    """The rates that a FIT is made from, FIT per Mbit, and where they come from."""

    low: float
    high: float
    sources: tuple[RawRate, ...]

    def fit_of(self, bits: int) -> tuple[float, float]:
        """Raw FIT of that many bits, lowest and highest."""
        return self.low * bits / MBIT, self.high * bits / MBIT


def band_of(process: int) -> RateBand | None:
    """The cited band for a process in nm, None where nothing is known."""
    found = tuple(rate for rate in RATES if rate.process == process)
    if not found:
        return None
    return RateBand(min(r.low for r in found), max(r.high for r in found), found)


def given_band(low: float, high: float) -> RateBand:
    """The user's own rate or range."""
    rate = RawRate("given", low, high, None, "", "the user", Certainty.GIVEN)
    return RateBand(low, high, (rate,))


@dataclass(frozen=True)
class MultiBitShare:
    """Share of upsets that flip two bits of one code word, which SECDED detects and cannot correct."""

    low: float
    high: float
    source: str


MULTI_BIT = MultiBitShare(
    0.0,
    0.3,
    "from none (bits of a word lie apart) to 30 % (they do not: 'over 30 % of the total SER' are adjacent "
    "upsets below 45 nm; A. Neale, PhD thesis, University of Waterloo, 2014, abstract)",
)
