"""Opcodes on pairs of halves: variants, with exact arithmetic on integers as oracle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

from tests.emulator.bench import Variant, Words
from tests.emulator.converting import to_integral
from tests.emulator.floating import FLOAT
from tests.emulator.ieee import BRAIN, DOUBLE, HALF, SINGLE, Format, holds
from tests.emulator.turing.integers import BOOLEAN, truth

SIGNS = 0x80008000
PAIRS = (
    ("R4", "R5", "R6"),
    ("-R4", "|R5|", "R6"),
    ("R4.H0_H0", "R5.H1_H1", "-R6.H0_H0"),
    ("-|R4|.H1_H1", "R5", "-RZ.H0_H0"),
)
MODIFIERS = ("", ".FTZ", ".SAT", ".FTZ.SAT")


def halves(text: str, w: Words) -> tuple[int, int]:
    """The low and the high half that a printed operand stands for."""
    body, _, part = text.partition(".H")
    negate, absolute = body.startswith("-"), "|" in body
    word = w.get(body.strip("-|"), 0)
    if absolute:
        word &= ~SIGNS
    if negate:
        word ^= SIGNS
    low, high = word & 0xFFFF, word >> 16
    return {"": (low, high), "0_H0": (low, low), "1_H1": (high, high)}[part]


def _each(mods: str, sources: Sequence[str], w: Words, function: Callable[..., int]) -> int:
    """Both halves of a result: flushed before and behind, clamped, rectified."""
    form = BRAIN if "BF16" in mods else HALF
    results = []
    for given in zip(*(halves(s, w) for s in sources), strict=True):
        values = [form.flush(v) for v in given] if ".FTZ" in mods else given
        result = function(form, *values)
        if ".FTZ" in mods:
            result = form.flush(result)
        if ".SAT" in mods:
            result = form.saturate(result)
        if ".RELU" in mods:
            result = 0 if result & form.sign else result
        results.append(result)
    return results[0] | results[1] << 16


def _variant(name: str, mods: str, sources: Sequence[str], function: Callable[..., int]) -> Variant:
    return Variant(
        f"{name}{mods} R0, {', '.join(sources)}",
        lambda w: {"R0": _each(mods, sources, w, function)},
    )


def arithmetic() -> list[Variant]:
    """HADD2, HMUL2 and HFMA2 with everything that they may carry."""
    variants = []
    for k, (mods, sources) in enumerate(product(MODIFIERS, PAIRS)):
        variants += [
            _variant("HADD2", mods, sources[:2], Format.add),
            _variant("HMUL2", mods, sources[:2], Format.multiply),
            _variant("HFMA2", mods, sources, Format.multiply_add),
        ][:: 1 if k < len(PAIRS) or k % 3 == 0 else 3]
    for k, mods in enumerate((".BF16_V2", ".RELU", ".MMA.SAT", ".BF16_V2.RELU", ".MMA.RELU.FTZ")):
        chosen = PAIRS if k == 0 else PAIRS[k % 2 : k % 2 + 1]
        variants += [_variant("HFMA2", mods, sources, Format.multiply_add) for sources in chosen]
    variants += [
        Variant(
            "HADD2 R0, R4, -2.25, 1.5",
            lambda w: {"R0": _each("", ("R4", "C"), {**w, "C": 0xC0803E00}, Format.add)},
        ),
        Variant(
            "HFMA2.BF16_V2 R0, R4.H0_H0, 1, 1, R5.H1_H1",
            lambda w: {
                "R0": _each(
                    ".BF16_V2", ("R4.H0_H0", "C", "R5.H1_H1"), {**w, "C": 0x3F803F80}, Format.multiply_add
                )
            },
        ),
    ]
    return variants


def comparisons() -> list[Variant]:
    """HSETP2 and HSET2 with every relation."""

    def tests(name: str, mods: str, a: str, b: str, bop: str, p: str, w: Words) -> list[int]:
        form = BRAIN if "BF16" in mods else HALF
        pairs = zip(halves(a, w), halves(b, w), strict=True)
        flush = form.flush if ".FTZ" in mods else lambda v: v
        found = [holds(name, form.order(flush(x), flush(y))) for x, y in pairs]
        return [BOOLEAN[bop](int(one), truth(p, w)) for one in found]

    def setp(name: str, mods: str, a: str, b: str, bop: str, p: str) -> Variant:
        return Variant(
            f"HSETP2{mods}.{name}.{bop} P0, P1, {a}, {b}, {p}",
            lambda w: dict(zip(("P0", "P1"), tests(name, mods, a, b, bop, p, w), strict=True)),
        )

    def set_(name: str, mods: str, a: str, b: str, bop: str, p: str) -> Variant:
        def oracle(w: Words) -> Words:
            low, high = tests(name, mods, a, b, bop, p, w)
            form = BRAIN if "BF16" in mods else HALF
            true = form.round(1, 0) if mods.startswith(".BF.") or mods == ".BF" else 0xFFFF
            return {"R0": low * true | high * true << 16}

        return Variant(f"HSET2{mods}.{name}.{bop} R0, {a}, {b}, {p}", oracle)

    variants = []
    for k, name in enumerate(FLOAT):
        p, (a, b, _) = ("PT", "P2", "!P3")[k % 3], PAIRS[k % 3]
        variants += [setp(name, mods, a, b, "AND", p) for mods in (".FTZ", ".BF16_V2")]
        variants += [set_(name, mods, a, b, "AND", "PT") for mods in ("", ".BF", ".BF16_V2")]
        variants += [setp(name, "", "R4", "R5", other, "P2") for other in BOOLEAN]
    variants += [set_("LE", ".FTZ", "R4", "R5", bop, "P2") for bop in BOOLEAN]
    return [*variants, set_("GT", ".BF.BF16_V2", "R4", "R5", "AND", "P2")]


def choices() -> list[Variant]:
    """HMNMX2."""

    def picked(mods: str, p: str, a: str, b: str) -> Variant:
        form = BRAIN if "BF16" in mods else HALF

        def one(w: Words, x: int, y: int) -> int:
            nans = form.is_nan(x) + form.is_nan(y)
            if nans == 2 or (nans and ".NAN" in mods):
                return form.nan
            if nans:
                return y if form.is_nan(x) else x
            key = lambda v: -(v & 0x7FFF) - 1 if v & 0x8000 else v  # noqa: E731
            return (min if truth(p, w) else max)(x, y, key=key)

        def oracle(w: Words) -> Words:
            low, high = (one(w, x, y) for x, y in zip(halves(a, w), halves(b, w), strict=True))
            return {"R0": low | high << 16}

        return Variant(f"HMNMX2{mods} R0, {a}, {b}, {p}", oracle)

    kinds = product(("", ".NAN", ".BF16_V2", ".BF16_V2.NAN"), ("PT", "!PT", "P2"), PAIRS[:3])
    return [picked(mods, p, a, b) for mods, p, (a, b, _) in kinds]


def packed() -> list[Variant]:
    """F2FP, F2F between halves, singles and doubles, HADD2.F32."""

    def f2fp(mods: str, a: str, b: str) -> Variant:
        form, mode = BRAIN if ".BF16" in mods else HALF, "RZ" if mods.endswith(".RZ") else "RN"

        def one(text: str, w: Words) -> int:
            bits = w.get(text.strip("-|"), 0) & (0x7FFFFFFF if "|" in text else 0xFFFFFFFF)
            result = narrowed(SINGLE, form, bits ^ (SINGLE.sign if text[0] == "-" else 0), mode)
            return 0 if ".RELU" in mods and result & form.sign else result

        return Variant(f"F2FP{mods} R0, {a}, {b}", lambda w: {"R0": one(b, w) | one(a, w) << 16})

    kinds = [
        f".RELU{kind}.PACK_AB{mode}" if relu else f"{kind}.PACK_AB{mode}"
        for relu, kind, mode in product((False, True), ("", ".BF16", ".F16.F32", ".BF16.F32"), ("", ".RZ"))
    ]
    variants = [f2fp(mods, a, b) for mods in kinds for a, b in (("R4", "R5"), ("RZ", "R4"), ("-R4", "|R5|"))]
    for to, mode, (source, text) in product(
        ("F16", "BF16"), ("", "RZ", "RM", "RP"), (("F64", "R4"), ("F32", "R4"), ("F32", "-|R4|"))
    ):
        variants.append(_converted(to, source, mode, text))
    return [*variants, *map(_to_single, ("R4.H0_H0", "R4.H1_H1", "-R4.H1_H1", "|R4|.H0_H0"))]


def _to_single(text: str) -> Variant:
    return Variant(
        f"HADD2.F32 R0, -RZ, {text}", lambda w: {"R0": narrowed(HALF, SINGLE, halves(text, w)[0], "RN")}
    )


def narrowed(source: Format, to: Format, bits: int, mode: str) -> int:
    """A number in a narrower format."""
    if source.is_nan(bits):
        return to.nan
    sign = to.sign if bits & source.sign else 0
    if source.is_infinite(bits):
        return sign | to.infinity
    count = source.units(bits)
    return to.round(count, source.quantum, mode) if count else sign


def _converted(to: str, source: str, mode: str, text: str) -> Variant:
    form = {"F16": HALF, "BF16": BRAIN}[to]

    def oracle(w: Words) -> Words:
        if source == "F64":
            return {"R0": narrowed(DOUBLE, form, w["R4"] | w["R5"] << 32, mode or "RN")}
        bits = w["R4"] & 0x7FFFFFFF | 0x80000000 if text.startswith("-|") else w["R4"]
        return {"R0": narrowed(SINGLE, form, bits, mode or "RN")}

    return Variant(f"F2F.{to}.{source}{'.' * bool(mode)}{mode} R0, {text}", oracle)


def doubles() -> list[Variant]:
    """FRND.F64, DSETP.MIN and .MAX."""

    def frnd(mode: str, text: str) -> Variant:
        def oracle(w: Words) -> Words:
            bits = w["R4"] | w["R5"] << 32
            bits = bits & ~DOUBLE.sign | DOUBLE.sign if text.startswith("-|") else bits
            return _words(_integral(bits, mode))

        return Variant(f"FRND.F64{'.' * bool(mode)}{mode} R0, {text}", oracle)

    def dsetp(what: str, a: str, b: str) -> Variant:
        def oracle(w: Words) -> Words:
            x, y = (w[f"R{r}"] | w[f"R{r + 1}"] << 32 for r in (4, 6))
            x, y = (v & ~DOUBLE.sign if "|" in text else v for v, text in ((x, a), (y, b)))
            nans = DOUBLE.is_nan(x), DOUBLE.is_nan(y)
            key = [-(v & ~DOUBLE.sign) - 1 if v & DOUBLE.sign else v for v in (x, y)]
            first = key[0] < key[1] if what == "MIN" else key[0] >= key[1]
            return {"P0": int(not nans[0] and (nans[1] or first)), "P1": int(all(nans))}

        return Variant(f"DSETP.{what}.AND P0, P1, {a}, {b}, PT", oracle)

    variants = [frnd(mode, text) for mode in ("", "FLOOR", "CEIL", "TRUNC") for text in ("R4", "-|R4|")]
    return [*variants, *(dsetp(k, a, b) for k in ("MIN", "MAX") for a, b in (("R4", "R6"), ("|R4|", "|R6|")))]


def _integral(bits: int, mode: str) -> int:
    if DOUBLE.is_nan(bits):
        return 0xFFF8000000000000
    if DOUBLE.is_infinite(bits):
        return bits
    whole = to_integral(DOUBLE.value(bits), mode)
    return DOUBLE.round(whole, 0) if whole else bits & DOUBLE.sign


def _words(bits: int) -> Words:
    return {"R0": bits & 0xFFFFFFFF, "R1": bits >> 32}
