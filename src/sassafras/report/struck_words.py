"""What part of an inference a number is about, in words."""

from __future__ import annotations

from sassafras.analysis.struck import Struck


def strike_all(preset: str | None) -> str:
    """The command that strikes every kernel. ``preset``: one that does, where the network has one."""
    if preset is None:
        return "the same command with --kernels all, into another --out"
    return f"sassafras run --preset {preset}"


def part_words(struck: Struck) -> str:
    """The struck part: "3.0 % of the instructions and 3.3 % of the modelled time of an inference"."""
    if struck.is_whole:
        return "the whole inference"
    return (
        f"{struck.instructions * 100:.1f} % of the instructions and {struck.seconds * 100:.1f} % of the "
        "modelled time of an inference"
    )


def missing_words(struck: Struck) -> str:
    """What was not struck: "gemm: 97.0 % of the instructions and 96.7 % of the modelled time"."""
    return (
        f"{', '.join(struck.others)}: {(1 - struck.instructions) * 100:.1f} % of the instructions and "
        f"{(1 - struck.seconds) * 100:.1f} % of the modelled time of an inference"
    )


def struck_line(struck: Struck | None, *, preset: str | None) -> str:
    """The last line of ``sassafras run``. ``preset``: as `strike_all`."""
    if struck is None:
        return "struck: what part of an inference is not known (no card is modelled for this architecture)"
    if struck.is_whole:
        return "struck: every kernel of the inference"
    return f"not struck: {missing_words(struck)}; strike them with: {strike_all(preset)}"
