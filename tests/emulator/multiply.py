"""XMAD and IMUL: variants and oracles. What XMAD adds is put together from whole and half words, by the table
of docs/sass.md.
"""

from __future__ import annotations

from itertools import product

from tests.emulator.bench import M32, Variant, Words


def _half(word: int, upper: int, kind: str) -> int:
    value = word >> 16 * upper & 0xFFFF
    return value - (1 << 16) if kind == "S16" and value >> 15 else value


def _third(c: int, mode: str, a: int, b: int, halves: tuple[int, int], kinds: list[str]) -> int:
    if mode == "CLO":
        return c & 0xFFFF
    if mode == "CHI":
        return c >> 16
    if mode == "CBCC":
        return c + (b << 16)
    if mode == "CSFU":
        factors = ((a, b, *halves, kinds[0]), (b, a, *halves[::-1], kinds[1]))
        for one, two, mine, other, kind in factors:
            if _half(one, mine, kind) < 0 and two >> 16 * (1 - other) & 0xFFFF:
                c -= 65536
    return c


def xmad(
    types: str,
    shift: bool,
    mode: str,
    merge: bool,
    halves: tuple[int, int],
    second: str = "R5",
    third: str = "R6",
) -> Variant:
    """One XMAD; ``types`` is ``""`` or ``.U16.S16`` and so on."""
    kinds = types.split(".")[1:] or ["U16", "U16"]

    def oracle(words: Words) -> Words:
        a, b, c = words["R4"], _value(second, words), _value(third, words)
        result = _half(a, halves[0], kinds[0]) * _half(b, halves[1], kinds[1]) << 16 * shift
        result = (result + _third(c, mode, a, b, halves, kinds)) & M32
        return {"R0": result & 0xFFFF | (b & 0xFFFF) << 16 if merge else result}

    modifiers = types + ".PSL" * shift + (f".{mode}" if mode else "") + ".MRG" * merge
    a_text = "R4" + ".H1" * halves[0]
    return Variant(f"XMAD{modifiers} R0, {a_text}, {second + '.H1' * halves[1]}, {third}", oracle)


def _value(text: str, words: Words) -> int:
    if text == "RZ":
        return 0
    if text.startswith("0x"):
        return int(text, 16)
    return words["c" + text.rsplit("0x", maxsplit=1)[-1].rstrip("]") if text.startswith("c") else text]


def variants() -> list[Variant]:
    """All modifiers crossed with all halves, then constants and literals as second factor."""
    types = ("", ".U16.U16", ".S16.U16", ".U16.S16", ".S16.S16")
    modes = ("", "CLO", "CHI", "CBCC", "CSFU")
    every = [
        xmad(t, bool(shift), mode, bool(merge), halves)
        for t, shift, mode, merge, halves in product(types, (0, 1), modes, (0, 1), product((0, 1), (0, 1)))
        if not (t == "" and halves == (0, 1))
    ]
    others = [
        xmad(t, shift, mode, merge, (h, upper), second, third)
        for second, upper, third in (("c[0x0] [0x154]", 1, "R6"), ("c[0x0] [0x154]", 0, "RZ"), ("0xfedc", 0,
            "R6"), ("R5", 0, "c[0x0] [0x150]"))
        for t, shift, mode, merge in ((".S16.U16", True, "CBCC", False), ("", False, "", True), ("", True,
            "", False), ("", False, "CHI", False))
        for h in (0, 1)
    ]  # fmt: skip
    return every + others


def imul(types: str, high: bool, second: str = "R5") -> Variant:
    """One IMUL, or IMUL32I where the second factor is a literal in parentheses; ``types`` is ``""`` (both
    signed) or ``.U32.U32`` and so on.
    """
    signs = [kind == "S32" for kind in types.split(".")[1:] or ["S32", "S32"]]
    literal = second.strip("()")

    def oracle(words: Words) -> Words:
        factors = words["R4"], _value(literal, words)
        one, two = (w - (1 << 32) if s and w >> 31 else w for w, s in zip(factors, signs, strict=True))
        return {"R0": (one * two >> 32 * high) & M32}

    name = "IMUL32I" if second.startswith("(") else "IMUL"
    return Variant(f"{name}{types}{'.HI' * high} R0, R4, {literal}", oracle)


def imul_variants() -> list[Variant]:
    """Both words of products of two signed and two unsigned factors, the low one of others."""
    others = ("R5", "c[0x0] [0x154]", "0x52", "(0xfffffff0)", "(0x12345678)", "RZ")
    every = [
        imul(t, h, second) for t in ("", ".U32.U32", ".S32.S32") for h in (False, True) for second in others
    ]
    return every + [imul(t, False, second) for t in (".S32.U32", ".U32.S32") for second in others]
