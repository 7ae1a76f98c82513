"""Conversions: variants, with exact fractions as oracle."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from tests.emulator.bench import M32, Variant, Words
from tests.emulator.bitwise import _signed as signed_of
from tests.emulator.ieee import DOUBLE, SINGLE, Format

SIZES = {"U8": 8, "S8": 8, "U16": 16, "S16": 16, "U32": 32, "S32": 32, "U64": 64, "S64": 64}


def to_integral(value: Fraction, mode: str) -> int:
    """Round to an integer: nearest even by default."""
    if mode == "FLOOR":
        return floor(value)
    if mode == "CEIL":
        return ceil(value)
    if mode == "TRUNC":
        return int(value)
    return round(value)


def _word(bits: int, *, pair: bool) -> dict[str, int]:
    return {"R0": bits & M32, "R1": bits >> 32 & M32} if pair else {"R0": bits & M32}


def _source(text: str, w: Words, form: Format, ftz: bool) -> int:
    bits = w["R4"] | (w["R5"] << 32 if form is DOUBLE else 0)
    bits = bits & ~form.sign if "|" in text else bits
    bits = bits ^ form.sign if text.startswith("-") else bits
    return form.flush(bits) if ftz else bits


def f2i(to: str, source: str, mode: str, text: str = "R4", ftz: bool = False) -> Variant:
    """F2I: NaN by PTX's table, then rounding, then clamping."""
    form, size = (DOUBLE if source == "F64" else SINGLE), SIZES[to]
    low, high = (-(1 << size - 1), (1 << size - 1) - 1) if to[0] == "S" else (0, (1 << size) - 1)

    def oracle(w: Words) -> Words:
        bits = _source(text, w, form, ftz)
        if form.is_nan(bits):
            result = 0 if source == "F32" and size == 32 else 1 << size - 1
        elif form.is_infinite(bits):
            result = low if bits & form.sign else high
        else:
            result = min(max(to_integral(form.value(bits), mode), low), high)
        return _word(result & (1 << size) - 1, pair=size == 64)

    return Variant(f"F2I{'.FTZ' * ftz}.{to}.{source}{'.' * bool(mode)}{mode} R0, {text}", oracle)


def to_integers() -> list[Variant]:
    """F2I in all types and roundings."""
    variants = [
        f2i(to, source, mode) for to in ("U32", "S32", "U64", "S64") for source in ("F32",
            "F64") for mode in ("", "FLOOR", "CEIL", "TRUNC")
    ]  # fmt: skip
    return [
        *variants,
        f2i("U32", "F32", "CEIL", ftz=True),
        f2i("S32", "F32", "FLOOR", "-|R4|"),
        f2i("S64", "F64", "TRUNC", "-R4"),
    ]


def _integer(w: Words, kind: str, text: str) -> int:
    bits = w["R4"] | (w["R5"] << 32 if kind.endswith("64") else 0)
    bits = bits >> 16 if ".H1" in text else bits
    bits &= (1 << SIZES[kind]) - 1
    value = signed_of(bits, SIZES[kind]) if kind[0] == "S" else bits
    value = abs(value) if "|" in text else value
    return -value if text.startswith("-") else value


def i2f(to: str, source: str, mode: str = "", text: str = "R4") -> Variant:
    """I2F: one rounding of the exact integer."""
    form = DOUBLE if to == "F64" else SINGLE

    def oracle(w: Words) -> Words:
        return _word(form.round(_integer(w, source, text), 0, mode or "RN"), pair=to == "F64")

    return Variant(f"I2F.{to}.{source}{'.' * bool(mode)}{mode} R0, {text}", oracle)


def from_integers() -> list[Variant]:
    """I2F in all types and roundings."""
    variants = [i2f("F32", source, mode) for source in SIZES for mode in ("", "RM", "RP", "RZ")]
    variants += [i2f("F64", source) for source in SIZES if not source.endswith("64")]
    for text in ("-R4", "|R4|", "-|R4|"):
        variants += [i2f("F32", source, mode, text) for source in ("S32", "S16") for mode in ("", "RP")]
    variants += [i2f("F32", "S64", mode, "|R4|") for mode in ("", "RM", "RP", "RZ")]
    return [
        *variants,
        i2f("F32", "U16", "", "R4.H1"),
        i2f("F32", "S16", "RZ", "R4.H1"),
        i2f("F64", "S16", "", "-R4.H1"),
    ]


def i2i(to: str, source: str, text: str = "R4", sat: bool = False) -> Variant:
    """I2I: sign operations on the source's value, clamping if asked, then truncation and extension to 32
    bits.
    """
    size = SIZES[to]
    low, high = (-(1 << size - 1), (1 << size - 1) - 1) if to[0] == "S" else (0, (1 << size) - 1)

    def oracle(w: Words) -> Words:
        value = _integer(w, source, text)
        value = min(max(value, low), high) if sat else value
        bits = value & (1 << size) - 1
        return {"R0": (signed_of(bits, size) if to[0] == "S" else bits) & M32}

    return Variant(f"I2I.{to}.{source}{'.SAT' * sat} R0, {text}", oracle)


def between_integers() -> list[Variant]:
    """I2I in all types."""
    kinds = ("U8", "S8", "U16", "S16", "U32", "S32")
    variants = [i2i(to, source, sat=sat) for to in kinds for source in kinds for sat in (False, True)]
    return variants + [i2i("S32", source, text) for source in ("S32", "S16", "S8") for text in ("-R4",
        "|R4|", "-|R4|")] + [
        i2i("S32", "S16", "R4.H1"), i2i("U32", "U16", "R4.H1"), i2i("S32", "S32", "|R4|", sat=True),
    ]  # fmt: skip


def f2f(
    to: str, source: str, mode: str = "", text: str = "R4", ftz: bool = False, sat: bool = False
) -> Variant:
    """F2F: to an integral value of the source format if asked, then one rounding to the other format."""
    form, goal = (DOUBLE if source == "F64" else SINGLE), (DOUBLE if to == "F64" else SINGLE)

    def oracle(w: Words) -> Words:
        bits = _source(text, w, form, ftz and form is SINGLE)
        sign = goal.sign if bits & form.sign else 0
        if form.is_nan(bits):
            result = goal.nan
        elif form.is_infinite(bits):
            result = sign | goal.infinity
        elif mode:
            result = goal.round(abs(to_integral(form.value(bits), mode)), 0) | sign
        else:
            result = goal.round(abs(form.units(bits)), form.quantum) | sign
        result = goal.flush(result) if ftz and goal is SINGLE else result
        return _word(goal.saturate(result) if sat else result, pair=to == "F64")

    return Variant(
        f"F2F{'.FTZ' * ftz}.{to}.{source}{'.' * bool(mode)}{mode}{'.SAT' * sat} R0, {text}", oracle
    )


def between_floats() -> list[Variant]:
    """F2F."""
    modes = ("", "FLOOR", "CEIL", "TRUNC", "ROUND")
    variants = [
        f2f(to, source, mode)
        for to in ("F32", "F64")
        for source in ("F32", "F64")
        for mode in modes
        if to == source or not mode
    ]
    variants += [f2f("F32", "F32", mode, ftz=True) for mode in modes] + [f2f("F32", "F32", "FLOOR", "-|R4|")]
    return [
        *variants,
        f2f("F32", "F64", "", "-R4"),
        f2f("F32", "F64", ftz=True, sat=True),
        f2f("F32", "F32", sat=True),
        f2f("F64", "F32", ftz=True),
    ]
