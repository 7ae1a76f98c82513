"""Float opcodes of Turing and its successors: those that Maxwell has, too, with the oracles of its tests, and
the others with their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tests.emulator import converting, floating
from tests.emulator.bench import Variant, Words
from tests.emulator.converting import to_integral
from tests.emulator.floating import SIGN, source
from tests.emulator.ieee import SINGLE, holds
from tests.emulator.turing.integers import truth

NAN = 0x7FFFFFFF
KEPT = (
    "DADD",
    "DMUL",
    "DFMA",
    "DSETP",
    "F2F",
    "FADD",
    "FMUL",
    "FFMA",
    "FMNMX",
    "FSETP",
    "FSET",
    "MUFU",
    "F2I",
    "I2F",
)


def _moved(text: str) -> str:
    """Parameters begin 0x20 bytes further."""
    return re.sub(r"c\[0x0\] ?\[0x(\w+)\]", lambda m: f"c[0x0][{int(m[1], 16) + 0x20:#x}]", text)


def _as_on_maxwell(variants: Sequence[Variant], *, without: Sequence[str] = ()) -> list[Variant]:
    kept = [v for v in variants if v.opcode in KEPT and not any(w in v.text for w in (".CC", *without))]
    return [replace(v, text=_moved(v.text)) for v in kept]


def sums_and_products() -> list[Variant]:
    """FADD, FMUL, FFMA."""
    return _as_on_maxwell(floating.sums_and_products())


def comparisons() -> list[Variant]:
    """FSETP, FSET."""

    def fset(name: str) -> Variant:
        def oracle(w: Words) -> Words:
            held = holds(name, SINGLE.order(w["R4"], w["R5"]))
            return {"R0": 0x3F800000 if held and w["P3"] else 0}

        return Variant(f"FSET.BF.{name}.AND R0, R4, R5, P3", oracle)

    return [*_as_on_maxwell(floating.comparisons()), *map(fset, floating.FLOAT)]


def special() -> list[Variant]:
    """MUFU, without the clamp, which it does not have any more."""
    of_words = _as_on_maxwell(floating.special(), without=(".SAT",))
    return [*of_words, *_as_on_maxwell(floating.upper_words())]


def to_integers() -> list[Variant]:
    """F2I with all types printed, and as nvdisasm prints it: S32 and F32 are not."""
    hidden = [
        replace(v, text=v.text.replace(".F32", "").replace(".S32", "").replace(".TRUNC", ".TRUNC.NTZ"))
        for v in _as_on_maxwell(converting.to_integers())
        if ".F32" in v.text
    ]
    of_doubles = [
        replace(v, text=v.text.replace(".S32", ""))
        for v in _as_on_maxwell(converting.to_integers())
        if ".S32.F64" in v.text
    ]
    return [*_as_on_maxwell(converting.to_integers()), *hidden, *of_doubles]


def from_integers() -> list[Variant]:
    """I2F with all types printed, without what is hidden, and I2FP."""
    variants = _as_on_maxwell(converting.from_integers())
    hidden = [
        replace(v, text=v.text.replace(".F32", "", 1).replace(".S32", "", 1))
        for v in variants
        if ".F32." in v.text or ".F64.S32" in v.text
    ]
    packed = [
        replace(v, text=v.text.replace("I2F.", "I2FP."))
        for v in variants
        if re.match(r"I2F\.F32\.[US]32 R0, R", v.text)
    ]
    return [*variants, *hidden, *packed]


def doubles() -> list[Variant]:
    """DADD, DMUL, DFMA, DSETP in all roundings."""
    return _as_on_maxwell([*floating.doubles(), *floating.directed_doubles()], without=(".NEG",))


def double_comparisons() -> list[Variant]:
    """DSETP with every way to combine."""
    return _as_on_maxwell(floating.double_choices())


def between_floats() -> list[Variant]:
    """F2F."""
    return _as_on_maxwell(converting.between_floats())


def choices() -> list[Variant]:
    """FSEL, FMNMX with and without .NAN, FRND, FCHK."""
    variants = _as_on_maxwell(floating.selections())
    variants += [
        replace(v, text=v.text.replace(".DIVIDE", "")) for v in floating.selections() if v.opcode == "FCHK"
    ]
    for a, b, p, ftz in (("R4", "R5", "P2", False), ("-R4", "|R5|", "!P3", False),
        ("-|R4|", "-RZ", "P2", False),
        ("R4", "1.5", "!P2", False), ("R4", "R5", "P4", True)):  # fmt: skip

        def fsel(w: Words, a: str = a, b: str = b, p: str = p, ftz: bool = ftz) -> Words:
            bits = [0x3FC00000 if s == "1.5" else SIGN if s == "-RZ" else source(s, w, ftz) for s in (a, b)]
            return {"R0": bits[1 - truth(p, w)]}

        variants.append(Variant(f"FSEL{'.FTZ' * ftz} R0, {a}, {b}, {p}", fsel))
    for p in ("PT", "!PT", "P2"):

        def fmnmx(w: Words, p: str = p) -> Words:
            a, b = w["R4"], w["R5"]
            if SINGLE.is_nan(a) or SINGLE.is_nan(b):
                return {"R0": NAN}
            return {"R0": (min if truth(p, w) else max)(a, b, key=_order)}

        variants.append(Variant(f"FMNMX.NAN R0, R4, R5, {p}", fmnmx))
    for mode in ("", "FLOOR", "CEIL", "TRUNC"):

        def frnd(w: Words, mode: str = mode) -> Words:
            return {"R0": _integral(w["R4"], mode)}

        variants.append(Variant(f"FRND{'.' * bool(mode)}{mode} R0, R4", frnd))
    return variants


def _order(bits: int) -> int:
    """-0 below +0."""
    return -(bits ^ SIGN) - 1 if bits & SIGN else bits


def _integral(bits: int, mode: str) -> int:
    if SINGLE.is_nan(bits):
        return NAN
    if SINGLE.is_infinite(bits):
        return bits
    whole = to_integral(SINGLE.value(bits), mode)
    return SINGLE.round(whole, 0) if whole else bits & SIGN


def constants() -> list[Variant]:
    """HFMA2 as a move of two halves, the upper one first."""
    return [
        Variant("HFMA2.MMA R0, -RZ, RZ, 0, 0", lambda _: {"R0": 0}),
        Variant("HFMA2.MMA R0, -RZ, RZ, 1.875, -2", lambda _: {"R0": 0x3F80C000}),
        Variant("HFMA2 R0, -RZ, RZ, 5.9604644775390625e-08, 65504", lambda _: {"R0": 0x00017BFF}),
        Variant("HFMA2.MMA R0, -RZ, RZ, +INF , -0 ", lambda _: {"R0": 0x7C008000}),
    ]
