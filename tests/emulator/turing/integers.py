"""Integer and predicate opcodes of Turing and its successors: variants, with plain integers as oracle."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import product

from tests.emulator.bench import M32, Variant, Words

M64 = (1 << 64) - 1
BOOLEAN: dict[str, Callable[[int, int], int]] = {
    "AND": lambda x, y: x & y,
    "OR": lambda x, y: x | y,
    "XOR": lambda x, y: x ^ y,
}
RELATIONS: dict[str, Callable[[int, int], bool]] = {
    "LT": lambda x, y: x < y,
    "EQ": lambda x, y: x == y,
    "LE": lambda x, y: x <= y,
    "GT": lambda x, y: x > y,
    "NE": lambda x, y: x != y,
    "GE": lambda x, y: x >= y,
    "F": lambda _x, _y: False,
    "T": lambda _x, _y: True,
}


def signed(value: int, bits: int = 32) -> int:
    """The number that a word stands for."""
    return value - (value >> bits - 1 << bits)


def word(text: str, w: Words) -> int:
    """A printed source: register, literal or parameter, with its sign."""
    if text[0] in "-~":
        inner = word(text[1:], w)
        return -inner & M32 if text[0] == "-" else ~inner & M32
    if text in ("RZ", "URZ"):
        return 0
    if match := re.fullmatch(r"c\[0x0\]\[(0x[0-9a-f]+)\]", text):
        return w[f"c{int(match[1], 16) - 0x20:x}"]  # the cases count from Maxwell's place of parameters
    return int(text, 0) & M32 if text[0].isdigit() else w[text.removeprefix("U")]


def truth(text: str, w: Words) -> int:
    """A printed predicate."""
    name = text.removeprefix("!").removeprefix("U")
    return (1 if name == "PT" else w[name]) ^ text.startswith("!")


def of_warp(variants: Sequence[Variant]) -> list[Variant]:
    """The same instructions on registers and predicates of the warp; those with constants are left out."""

    def made(variant: Variant) -> Variant:
        text = re.sub(r"\b([RP](?:\d+|Z|T)\b)", r"U\1", variant.text)
        return Variant(f"U{text}", lambda w: {f"U{name}": value for name, value in variant.oracle(w).items()})

    return [made(v) for v in variants if "c[" not in v.text]


def _addend(text: str, w: Words) -> int:
    """What the adder counts: a negative source is ~x + 1 in 33 bits."""
    return (~word(text[1:], w) & M32) + 1 if text.startswith("-") else word(text, w)


SOURCES = (("R4", "R5", "R6"), ("-R4", "R5", "R6"), ("R4", "-R5", "-R6"), ("R4", "0xfffffff0", "RZ"),
    ("-R4", "c[0x0][0x174]", "R6"), ("-R4", "RZ", "RZ"), ("~R4", "R5", "~R6"))  # fmt: skip


def sums() -> list[Variant]:
    """IADD3 with no, one and two carries out, and two in."""
    variants = []
    for sources, outs, ins in product(
        SOURCES, ((), ("P0",), ("P0", "P1")), ((), ("P2", "!P3"), ("P4", "!PT"))
    ):

        def oracle(
            w: Words, sources: Sequence[str] = sources, outs: Sequence[str] = outs, ins: Sequence[str] = ins
        ) -> Words:
            total = sum(_addend(s, w) for s in sources) + sum(truth(p, w) for p in ins)
            return {"R0": total & M32} | {p: int(total >= k << 32) for k, p in enumerate(outs, 1)}

        text = ", ".join(("R0", *outs, *sources, *ins))
        variants.append(Variant(f"IADD3{'.X' * bool(ins)} {text}", oracle))
    return variants  # fmt: skip


def scaled() -> list[Variant]:
    """LEA in all its forms."""

    def lea(
        outs: Sequence[str], a: str, b: str, c: str | None, n: int, ins: Sequence[str], mods: str
    ) -> Variant:
        def oracle(w: Words) -> Words:
            wide = word(a, w) | (word(c, w) << 32 if c else 0)
            if "SX32" in mods:
                wide = signed(word(a, w)) & M64
            shifted = wide >> 32 - n & M32 if "HI" in mods else wide << n & M32
            total = shifted + _addend(b, w) + sum(truth(p, w) for p in ins)
            return {"R0": total & M32} | {p: int(total >> 32 > 0) for p in outs}

        sources = [s for s in (a, b, c) if s is not None]
        return Variant(f"LEA{mods} {', '.join(['R0', *outs, *sources, hex(n), *ins])}", oracle)

    variants = []
    for n, outs in product((0, 1, 2, 31), ((), ("P0",))):
        variants += [lea(outs, "R4", b, None, n, (), "") for b in ("R5", "-R5", "c[0x0][0x174]", "RZ")]
        variants += [lea(outs, "R4", "R5", "R6", n, (), ".HI")]
        variants += [lea(outs, "R4", b, "R6", n, ("P2",), ".HI.X") for b in ("R5", "c[0x0][0x174]")]
        variants += [lea(outs, "R4", "R5", None, n, ("!P2",), ".HI.X.SX32")]
        variants += [lea(outs, "R4", "R5", None, n, (), ".HI.SX32")]
    return variants


def products() -> list[Variant]:
    """IMAD: the lower word, both, the upper one, with and without sign and carries."""

    def imad(mods: str, sources: Sequence[str], outs: Sequence[str] = (), ins: Sequence[str] = ()) -> Variant:
        wide = "WIDE" in mods or "HI" in mods

        def oracle(w: Words) -> Words:
            a, b = (word(s, w) for s in sources[:2])
            carries = sum(truth(p, w) for p in ins)
            if not wide:
                return {"R0": a * b + word(sources[2], w) + carries & M32}
            if ".U32" not in mods:
                a, b = signed(a), signed(b)
            c = sources[2].lstrip("-")
            addend = 0 if c == "RZ" else word(c, w) | word(f"R{int(c[1:]) + 1}", w) << 32
            addend = -addend & M64 if sources[2].startswith("-") else addend
            total = (a * b & M64) + addend + carries
            low = (
                {"R0": total & M32, "R1": total >> 32 & M32} if "WIDE" in mods else {"R0": total >> 32 & M32}
            )
            return low | dict.fromkeys(outs, total >> 64)

        return Variant(f"IMAD{mods} {', '.join(['R0', *outs, *sources, *ins])}", oracle)

    variants = [
        imad(mods, sources)
        for mods in ("", ".U32", ".MOV.U32", ".IADD", ".SHL.U32", ".MOV")
        for sources in (
            ("R4", "R5", "R6"),
            ("R4", "c[0x0][0x174]", "-R6"),
            ("RZ", "RZ", "-R5"),
            ("-R4", "0x44", "R6"),
        )
    ]
    variants += [imad(".U32.X", ("R4", "0x1", "R6"), ins=("P2",))]
    variants += [imad(".X", ("R4", "0x1", "~R6"), ins=("P2",)), imad(".X", ("R4", "R5", "RZ"), ins=("!P2",))]
    for mods in (".WIDE", ".WIDE.U32", ".HI", ".HI.U32"):
        variants += [imad(mods, ("R4", "R5", c), outs) for c in ("R6", "RZ", "-R6") for outs in ((), ("P0",))]
        variants += [imad(f"{mods}.X", ("R4", "R5", "R6"), ("P0",), ("P2",))]
    return variants


def choices() -> list[Variant]:
    """Minima and maxima, absolute values, bits in reverse."""
    variants = [
        Variant("IABS R0, R4", lambda w: {"R0": abs(signed(w["R4"])) & M32}),
        Variant("IABS R0, -R4", lambda w: {"R0": abs(signed(-w["R4"] & M32)) & M32}),
        Variant("BREV R0, R4", lambda w: {"R0": int(f"{w['R4']:032b}"[::-1], 2)}),
        Variant("VIADD R0, R4, -R5", lambda w: {"R0": w["R4"] - w["R5"] & M32}),
        Variant("POPC R0, R4", lambda w: {"R0": w["R4"].bit_count()}),
        Variant("FLO.U32 R0, R4", lambda w: {"R0": w["R4"].bit_length() - 1 & M32}),
        Variant("PRMT R0, R4, 0x5410, R5", lambda w: {"R0": w["R4"] & 0xFFFF | (w["R5"] & 0xFFFF) << 16}),
        Variant("SEL R0, R4, -R5, P2", lambda w: {"R0": w["R4"] if w["P2"] else -w["R5"] & M32}),
        Variant("MOV R0, R4", lambda w: {"R0": w["R4"]}),
        Variant("R2UR UR0, R4", lambda w: {"UR0": w["R4"]}),
        Variant("MOV R0, UR5", lambda w: {"R0": w["R5"]}),
        Variant("CS2R R0, SRZ", lambda _: {"R0": 0, "R1": 0}),
        Variant("@UP2 UMOV UR0, UR5", lambda w: {"UR0": w["R5"]} if w["P2"] else {}),
        Variant("@!UP2 MOV R0, R5", lambda w: {} if w["P2"] else {"R0": w["R5"]}),
    ]
    for name, mods, predicate in product(("IMNMX", "VIMNMX", "VIADDMNMX"), ("", ".U32"), ("PT", "!PT", "P2")):
        added = name == "VIADDMNMX"

        def oracle(w: Words, mods: str = mods, predicate: str = predicate, added: bool = added) -> Words:
            a = w["R4"] + w["R5"] & M32 if added else w["R4"]
            b = w["R6"] if added else w["R5"]
            key: Callable[[int], int] = (lambda v: v) if mods else signed
            return {"R0": (min if truth(predicate, w) else max)(a, b, key=key)}

        more = ", R6" if added else ""
        variants.append(Variant(f"{name}{mods} R0, R4, R5{more}, {predicate}", oracle))
    return variants


def shifts() -> list[Variant]:
    """SHF: both ways, all types, upper and lower word, clamped and wrapped."""

    def shf(way: str, kind: str, *, wrapped: bool, high: bool) -> Variant:
        bits = int(kind[1:])

        def oracle(w: Words) -> Words:
            wide, n = w["R4"] | w["R6"] << 32, w["R5"]
            n = n % bits if wrapped else min(n, bits)
            value = signed(wide, 64) if kind[0] == "S" and way == "R" else wide
            shifted = (value << n if way == "L" else value >> n) & M64
            return {"R0": shifted >> 32 if high else shifted & M32}

        return Variant(f"SHF.{way}{'.W' * wrapped}.{kind}{'.HI' * high} R0, R4, R5, R6", oracle)

    kinds = product("LR", ("U32", "S32", "U64", "S64"), (False, True), (False, True))
    return [shf(way, kind, wrapped=wrapped, high=high) for way, kind, wrapped, high in kinds]


def logic() -> list[Variant]:
    """LOP3 by every truth table, with and without its predicate; PLOP3."""

    def table(t: int, a: int, b: int, c: int, bits: int) -> int:
        return sum((t >> (4 * (a >> k & 1) + 2 * (b >> k & 1) + (c >> k & 1)) & 1) << k for k in range(bits))

    def lop3(t: int, also: str | None) -> Variant:
        def oracle(w: Words) -> Words:
            result = table(t, w["R4"], w["R5"], w["R6"], 32)
            return {"R0": result} if also is None else {"R0": result, "P0": int(result != 0) | truth(also, w)}

        head = "R0" if also is None else "P0, R0"
        return Variant(f"LOP3.LUT {head}, R4, R5, R6, {t:#x}, {also or '!PT'}", oracle)

    def plop3(one: int, other: int, sources: Sequence[str]) -> Variant:
        def oracle(w: Words) -> Words:
            p, q, r = (truth(s, w) for s in sources)
            return {"P0": table(one, p, q, r, 1), "P1": table(other, p, q, r, 1)}

        return Variant(f"PLOP3.LUT P0, P1, {', '.join(sources)}, {one:#x}, {other:#x}", oracle)

    variants = [lop3(t, also) for t in range(0, 256, 5) for also in (None, "!PT", "P2")]
    variants += [plop3(t, t * 37 & 0xFF, ("P2", "!P3", "P4")) for t in range(0, 256, 7)]
    return variants


def comparisons() -> list[Variant]:
    """ISETP: every relation, sign and combination, and .EX on the lower words' answer."""

    def isetp(relation: str, combine: str, *, unsigned: bool, lower: str | None) -> Variant:
        def oracle(w: Words) -> Words:
            x, y = (w[r] if unsigned else signed(w[r]) for r in ("R4", "R5"))
            result = int(RELATIONS[relation](x, y))
            if lower and x == y:
                result = truth(lower, w)
            return {"P0": BOOLEAN[combine](result, w["P2"]), "P1": BOOLEAN[combine](result ^ 1, w["P2"])}

        mods = f"{relation}{'.U32' * unsigned}.{combine}{'.EX' * bool(lower)}"
        return Variant(f"ISETP.{mods} P0, P1, R4, R5, P2{', ' + lower if lower else ''}", oracle)

    kinds = product(RELATIONS, BOOLEAN, (False, True), (None, "P3", "!P4"))
    return [isetp(relation, combine, unsigned=u, lower=lower) for relation, combine, u, lower in kinds]
