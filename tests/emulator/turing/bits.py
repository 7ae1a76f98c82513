"""Bit fields, bytes, dot products: variants, with plain integers as oracle."""

from __future__ import annotations

from itertools import product

from tests.emulator.bench import M32, Variant, Words
from tests.emulator.turing.integers import signed, truth, word

MODES = ("", "F4E", "B4E", "RC8", "ECL", "ECR", "RC16")


def masks() -> list[Variant]:
    """BMSK, SGXT."""

    def bmsk(wrapped: bool, a: str, b: str) -> Variant:
        def oracle(w: Words) -> Words:
            start, length = (n & 31 if wrapped else min(n, 32) for n in (word(a, w), word(b, w)))
            return {"R0": (1 << length) - 1 << start & M32}

        return Variant(f"BMSK{'.W' * wrapped} R0, {a}, {b}", oracle)

    def sgxt(unsigned: bool, wrapped: bool, n: str) -> Variant:
        def oracle(w: Words) -> Words:
            count = word(n, w) & 31 if wrapped else min(word(n, w), 32)
            field = w["R4"] & (1 << count) - 1
            return {"R0": field if unsigned or not count else signed(field, count) & M32}

        return Variant(f"SGXT{'.U32' * unsigned}{'.W' * wrapped} R0, R4, {n}", oracle)

    both = (False, True)
    return [
        *(bmsk(wrapped, a, b) for wrapped in both for a, b in (("R5", "R6"), ("RZ", "R5"), ("0x4", "R6"))),
        *(sgxt(u, wrapped, n) for u, wrapped, n in product(both, both, ("R5", "0x2", "0x20", "RZ"))),
    ]


def fields() -> list[Variant]:
    """The same, and predicates as bits."""

    def p2r(mask: int) -> Variant:
        def oracle(w: Words) -> Words:
            held = sum(w[f"P{k}"] << k for k in (2, 3, 4))
            return {"R0": w["R4"] & ~mask & M32 | held & mask}

        return Variant(f"P2R R0, PR, R4, {mask:#x}", oracle)

    def r2p(byte: int) -> Variant:
        part = f".B{byte}" if byte else ""
        return Variant(
            f"R2P PR, R4{part}, 0x3", lambda w: {f"P{k}": w["R4"] >> 8 * byte + k & 1 for k in (0, 1)}
        )

    return [*masks(), *(p2r(mask) for mask in (0x4, 0x1C, 0x18)), *(r2p(byte) for byte in range(4))]


def picks() -> list[Variant]:
    """PRMT in every mode."""

    def byte(mode: str, selector: int, wide: int, j: int) -> int:
        k = selector & 3
        at = {
            "F4E": k + j,
            "B4E": (k - j) % 8,
            "RC8": k,
            "ECL": max(k, j),
            "ECR": min(k, j),
            "RC16": 2 * (k & 1) + (j & 1),
            "": selector >> 4 * j & 7,
        }[mode]
        found = wide >> 8 * at & 0xFF
        if not mode and selector >> 4 * j & 8:
            return 0xFF if found & 0x80 else 0
        return found

    def prmt(mode: str, a: str, selector: str, b: str) -> Variant:
        def oracle(w: Words) -> Words:
            wide = word(a, w) | word(b, w) << 32
            return {"R0": sum(byte(mode, word(selector, w), wide, j) << 8 * j for j in range(4))}

        return Variant(f"PRMT{'.' * bool(mode)}{mode} R0, {a}, {selector}, {b}", oracle)

    sources = (("R4", "R5", "R6"), ("RZ", "0x5410", "R6"), ("R4", "0x9910", "RZ"))
    return [prmt(mode, *which) for mode in MODES for which in sources]


def dots() -> list[Variant]:
    """IDP, VABSDIFF."""

    def part(value: int, bits: int, k: int, kind: str) -> int:
        field = value >> bits * k & (1 << bits) - 1
        return signed(field, bits) if kind[0] == "S" else field

    def four(a: str, b: str) -> Variant:
        def oracle(w: Words) -> Words:
            total = sum(part(w["R4"], 8, k, a) * part(w["R5"], 8, k, b) for k in range(4))
            return {"R0": total + w["R6"] & M32}

        return Variant(f"IDP.4A.{a}.{b} R0, R4, R5, R6", oracle)

    def two(half: str, a: str, b: str) -> Variant:
        def oracle(w: Words) -> Words:
            first = 2 * (half == "HI")
            total = sum(part(w["R4"], 16, k, a) * part(w["R5"], 8, first + k, b) for k in range(2))
            return {"R0": total + w["R6"] & M32}

        return Variant(f"IDP.2A.{half}.{a}.{b} R0, R4, R5, R6", oracle)

    def apart(unsigned: bool) -> Variant:
        def oracle(w: Words) -> Words:
            a, b = (w[r] if unsigned else signed(w[r]) for r in ("R4", "R5"))
            return {"R0": abs(a - b) + w["R6"] & M32}

        return Variant(f"VABSDIFF{'.U32' * unsigned} R0, R4, R5, R6", oracle)

    def apart4(w: Words) -> Words:
        total = sum(abs(part(w["R4"], 8, k, "U8") - part(w["R5"], 8, k, "U8")) for k in range(4))
        return {"R0": total + w["R6"] & M32}

    return [
        *(four(a, b) for a in ("U8", "S8") for b in ("U8", "S8")),
        *(two(half, a, b) for half in ("LO", "HI") for a in ("U16", "S16") for b in ("U8", "S8")),
        *(apart(unsigned) for unsigned in (False, True)),
        Variant("VABSDIFF4.U8.ACC R0, R4, R5, R6", apart4),
    ]


def of_one() -> list[Variant]:
    """What the warp does with one or two words."""
    return [
        Variant("BREV R0, R4", lambda w: {"R0": int(f"{w['R4']:032b}"[::-1], 2)}),
        Variant("POPC R0, R4", lambda w: {"R0": w["R4"].bit_count()}),
        Variant("FLO.U32 R0, R4", lambda w: {"R0": w["R4"].bit_length() - 1 & M32}),
        Variant("FLO R0, R4", lambda w: {"R0": _highest(w["R4"]) & M32}),
        Variant("FLO.U32.SH R0, R4", lambda w: {"R0": 32 - w["R4"].bit_length() if w["R4"] else M32}),
        Variant("SEL R0, R4, R5, P2", lambda w: {"R0": w["R4"] if w["P2"] else w["R5"]}),
        Variant("SEL R0, R4, 0xff, !P3", lambda w: {"R0": w["R4"] if truth("!P3", w) else 0xFF}),
        Variant("MOV R0, R4", lambda w: {"R0": w["R4"]}),
        Variant("MOV R0, -0x4", lambda _: {"R0": -4 & M32}),
    ]


def _highest(value: int) -> int:
    """The place of the highest bit unlike the sign."""
    return (value ^ M32 if value >> 31 else value).bit_length() - 1


def narrowed() -> list[Variant]:
    """I2I, I2IP: integers clamped to fewer bits."""

    def clamp(kind: str, value: int) -> int:
        bits = int(kind[1:])
        least, most = (-(1 << bits - 1), (1 << bits - 1) - 1) if kind[0] == "S" else (0, (1 << bits) - 1)
        return min(max(signed(value), least), most)

    def single(kind: str, a: str) -> Variant:
        return Variant(f"I2I.{kind}.S32.SAT R0, {a}", lambda w: {"R0": clamp(kind, word(a, w)) & M32})

    def pair(kind: str, a: str, b: str, c: str) -> Variant:
        bits = int(kind[1:])

        def oracle(w: Words) -> Words:
            parts = [clamp(kind, word(x, w)) % (1 << bits) for x in (b, a)]
            return {"R0": (parts[0] | parts[1] << bits | word(c, w) << 2 * bits) & M32}

        return Variant(f"I2IP.{kind}.S32.SAT R0, {a}, {b}, {c}", oracle)

    kinds = ("U8", "S8", "U16", "S16")
    return [
        *(single(kind, a) for kind in kinds for a in ("R4", "RZ", "c[0x0][0x170]")),
        *(pair(kind, "R4", "R5", "RZ") for kind in kinds),
        *(
            pair(kind, a, b, "R6")
            for kind in kinds[:2]
            for a, b in (("R4", "R5"), ("RZ", "R4"), ("R5", "0x7"))
        ),
    ]
