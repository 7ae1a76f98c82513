"""A fault in memory in sentences and facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sassafras.explanation.steps import Fate
from sassafras.explanation.story import MemoryTold, Story, Visit
from sassafras.report.explain_values import bit_list, many, word

FEW = 4  #: launches that are named


def memory_sentences(story: Story, told: MemoryTold) -> Iterator[str]:
    """What was struck, what ECC made of it, and who read it."""
    strike = story.strike
    before, after = (
        word(v, bits=strike.bits, is_float=strike.is_float) for v in (strike.before, strike.after)
    )
    change = f": {before} became {after}" if strike.bits <= 32 else ""
    since = "held what it began with" if told.since is None else f"had been written by {visit(told.since)}"
    yield (
        f"Before {story.row.kernel} of layer {story.row.part} (launch {story.row.launch}), "
        f"{bit_list(strike.flipped)} flipped in {strike.name}{change}. The buffer {since}."
    )
    if told.ecc != "none":
        yield _ecc(told)
    yield _fate(story, told)


def _ecc(told: MemoryTold) -> str:
    found = []
    if told.detected:
        found.append(f"sees what it cannot correct in {many(told.detected, 'word')} of 64 bits")
    if told.corrected:
        found.append(f"corrects a bit in {many(told.corrected, 'word')} of 64 bits")
    return f"ECC {' and '.join(found) or 'sees nothing'}."


def _fate(story: Story, told: MemoryTold) -> str:
    match story.fate:
        case Fate.TRAPPED:
            return f"{visits(told.readers)} loaded it: the device stopped."
        case Fate.OVERWRITTEN if told.overwritten is not None:
            return f"Nothing read it before {visit(told.overwritten)} overwrote it."
        case Fate.OVERWRITTEN | Fate.NEVER_READ:
            return "Nothing reads it any more."
        case Fate.UNCHANGED:
            return "It was that already: nothing changed."
        case Fate.NOTICED:
            return "Every load got what was there before."
    return f"It was read by {visits(told.readers)}." if told.readers else "It is read as a result at the end."


def visit(at: Visit) -> str:
    """A launch with its layer."""
    return f"{at.kernel} of layer {at.layer} (launch {at.launch})"


def visits(many_of_them: Sequence[Visit]) -> str:
    """The first of some launches."""
    named = ", ".join(visit(one) for one in many_of_them[:FEW])
    more = len(many_of_them) - FEW
    return named + (f" and {many(more, 'more launch', 'more launches')}" if more > 0 else "")


def memory_facts(story: Story, told: MemoryTold) -> Iterator[tuple[str, str]]:
    """Rows of "where and when"."""
    yield "buffer", f"{told.buffer}, {told.nbytes:,} bytes, {told.role}"
    yield "place", story.strike.name
    yield "written by", "nobody before" if told.since is None else visit(told.since)
    if told.readers:
        yield "read by", visits(told.readers)
    if told.overwritten is not None:
        yield "next write", visit(told.overwritten)
    yield "ECC", told.ecc
