"""Conversions: variants, with exact fractions as oracle."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from tests.emulator.bench import M32, Variant, Words
from tests.emulator.bitwise import _signed as signed_of
from tests.emulator.ieee import DOUBLE, HALF, SINGLE, Format

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


FORMATS = {"F16": HALF, "F32": SINGLE, "F64": DOUBLE}


def _source(text: str, w: Words, form: Format, ftz: bool) -> int:
    bits = w["R4"] | (w["R5"] << 32 if form is DOUBLE else 0)
    if form is HALF:
        bits = bits >> (16 if ".H1" in text else 0) & 0xFFFF
    bits = bits & ~form.sign if "|" in text else bits
    bits = bits ^ form.sign if text.startswith("-") else bits
    return form.flush(bits) if ftz else bits


def f2i(to: str, source: str, mode: str, text: str = "R4", ftz: bool = False) -> Variant:
    """F2I: NaN by PTX's table, then rounding, then clamping."""
    form, size = FORMATS[source], SIZES[to]
    low, high = (-(1 << size - 1), (1 << size - 1) - 1) if to[0] == "S" else (0, (1 << size) - 1)

    def oracle(w: Words) -> Words:
        bits = _source(text, w, form, ftz)
        if form.is_nan(bits):
            result = 0 if source != "F64" and size <= 32 else 1 << size - 1
        elif form.is_infinite(bits):
            result = low if bits & form.sign else high
        else:
            result = min(max(to_integral(form.value(bits), mode), low), high)
        bits = result & (1 << size) - 1
        return _word(
            (signed_of(bits, size) if to[0] == "S" else bits) & (1 << max(size, 32)) - 1, pair=size == 64
        )

    return Variant(f"F2I{'.FTZ' * ftz}.{to}.{source}{'.' * bool(mode)}{mode} R0, {text}", oracle)


def to_integers() -> list[Variant]:
    """F2I in all types and roundings."""
    variants = [
        f2i(to, source, mode) for to in SIZES for source in FORMATS for mode in ("", "FLOOR", "CEIL", "TRUNC")
    ]  # fmt: skip
    return [
        *variants,
        *(f2i(to, "F32", mode, ftz=True) for to in SIZES for mode in ("", "FLOOR", "CEIL", "TRUNC")),
        *(f2i(to, "F16", mode, "R4.H1") for to in ("U8", "S16", "S32", "U64") for mode in ("", "TRUNC")),
        f2i("S32", "F16", "FLOOR", "-|R4.H1|"),
        f2i("S32", "F32", "FLOOR", "-|R4|"),
        f2i("S64", "F64", "TRUNC", "-R4"),
    ]


def _integer(w: Words, kind: str, text: str) -> int:
    bits = w["R4"] | (w["R5"] << 32 if kind.endswith("64") else 0)
    bits >>= 16 if ".H1" in text else 8 * int(text.split(".B")[1][0]) if ".B" in text else 0
    bits &= (1 << SIZES[kind]) - 1
    value = signed_of(bits, SIZES[kind]) if kind[0] == "S" else bits
    value = abs(value) if "|" in text else value
    return -value if text.startswith("-") else value


def i2f(to: str, source: str, mode: str = "", text: str = "R4") -> Variant:
    """I2F: one rounding of the exact integer."""
    form = FORMATS[to]

    def oracle(w: Words) -> Words:
        return _word(form.round(_integer(w, source, text), 0, mode or "RN"), pair=to == "F64")

    return Variant(f"I2F.{to}.{source}{'.' * bool(mode)}{mode} R0, {text}", oracle)


def from_integers() -> list[Variant]:
    """I2F in all types and roundings."""
    variants = [i2f("F32", source, mode) for source in SIZES for mode in ("", "RM", "RP", "RZ")]
    variants += [
        i2f(to, source, mode) for to in ("F16", "F64") for source in SIZES for mode in ("", *_DIRECTED)
    ]
    variants += [i2f(to, "S64", mode, "-R4") for to in FORMATS for mode in ("", "RZ")]
    variants += [i2f(to, kind, "", f"R4.B{k}") for to in FORMATS for kind in ("U8", "S8") for k in range(4)]
    variants += [i2f("F32", "S8", "RP", "-|R4.B3|"), i2f("F32", "U16", "", "R4.B2")]
    variants += [i2f(to, "S64", mode, "|R4|") for to in ("F16", "F64") for mode in ("", "RM", "RZ")]
    for text in ("-R4", "|R4|", "-|R4|"):
        variants += [i2f("F32", source, mode, text) for source in ("S32", "S16") for mode in ("", "RP")]
    variants += [i2f("F32", "S64", mode, "|R4|") for mode in ("", "RM", "RP", "RZ")]
    return [
        *variants,
        i2f("F32", "U16", "", "R4.H1"),
        i2f("F32", "S16", "RZ", "R4.H1"),
        i2f("F64", "S16", "", "-R4.H1"),
    ]


_DIRECTED = ("RM", "RP", "RZ")


def i2i(to: str, source: str, text: str = "R4", sat: bool = False, cc: bool = False) -> Variant:
    """I2I: sign operations on the source's value, clamping if asked, then truncation and extension to 32
    bits.
    """
    size = SIZES[to]
    low, high = (-(1 << size - 1), (1 << size - 1) - 1) if to[0] == "S" else (0, (1 << size) - 1)

    def oracle(w: Words) -> Words:
        value = _integer(w, source, text)
        value = min(max(value, low), high) if sat else value
        bits = value & (1 << size) - 1
        word = (signed_of(bits, size) if to[0] == "S" else bits) & M32
        return {"R0": word} | ({"Z": int(word == 0), "S": word >> 31, "C": 0, "O": 0} if cc else {})

    return Variant(f"I2I.{to}.{source}{'.SAT' * sat} R0{'.CC' * cc}, {text}", oracle)


def between_integers() -> list[Variant]:
    """I2I in all types."""
    kinds = ("U8", "S8", "U16", "S16", "U32", "S32")
    variants = [i2i(to, source, sat=sat) for to in kinds for source in kinds for sat in (False, True)]
    return variants + [i2i("S32", source, text) for source in ("S32", "S16", "S8") for text in ("-R4",
        "|R4|", "-|R4|")] + [
        *(i2i(to, "S8", f"R4.B{k}", sat) for to in ("S16", "U32") for k in range(4) for sat in (False, True)),
        *(i2i(to, source, cc=True) for to in ("S32", "U32", "S16", "U8") for source in ("S32", "U32")),
        i2i("S16", "S16", "-R4.H1", sat=True), i2i("U32", "U8", "R4.B3"),
        i2i("S32", "S16", "R4.H1"), i2i("U32", "U16", "R4.H1"), i2i("S32", "S32", "|R4|", sat=True),
    ]  # fmt: skip


def f2f(
    to: str, source: str, mode: str = "", text: str = "R4", ftz: bool = False, sat: bool = False
) -> Variant:
    """F2F: to an integral value of the source format if asked, then one rounding to the other format."""
    form, goal = FORMATS[source], FORMATS[to]
    direction = mode if mode in ("RN", *_DIRECTED) else "RN"
    integral = mode if mode != direction else ""

    def oracle(w: Words) -> Words:
        bits = _source(text, w, form, ftz and form is SINGLE)
        sign = goal.sign if bits & form.sign else 0
        if form.is_nan(bits):
            result = goal.nan
        elif form.is_infinite(bits):
            result = sign | goal.infinity
        elif integral:
            result = goal.round(abs(to_integral(form.value(bits), integral)), 0) | sign
        else:
            result = goal.round(form.units(bits), form.quantum, direction) | sign
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
        *(f2f("F16", "F32", mode, sat=sat) for mode in ("", *_DIRECTED) for sat in (False, True)),
        *(f2f("F32", "F16", mode, text) for mode in ("", *_DIRECTED) for text in ("R4", "R4.H1")),
        *(f2f("F32", "F16", mode, "R4.H1") for mode in modes[1:]),
        *(f2f("F16", "F32", mode, "-|R4|", ftz=True) for mode in ("", "RP")),
        *(f2f("F32", "F32", mode, sat=True) for mode in modes[1:]),
        *(f2f("F32", "F64", mode, ftz=True) for mode in _DIRECTED),
        f2f("F16", "F16"),
        f2f("F32", "F16", "", "-|R4.H1|"),
        f2f("F32", "F16", "FLOOR", "-R4", ftz=False, sat=True),
        *(f2f("F32", "F64", mode, sat=sat) for mode in ("RN", *_DIRECTED) for sat in (False, True)),
        *(f2f("F32", "F64", mode, "-|R4|") for mode in _DIRECTED),
        *(f2f("F64", "F32", mode) for mode in _DIRECTED),
        *(f2f("F32", "F64", mode, ftz=True) for mode in modes[1:]),
        f2f("F32", "F64", "", "-R4"),
        f2f("F32", "F64", ftz=True, sat=True),
        f2f("F32", "F32", sat=True),
        f2f("F64", "F32", ftz=True),
    ]
