"""Integer comparisons, selections, predicates and moves: variants and oracles."""

from __future__ import annotations

from itertools import product

from tests.emulator.addition import signed
from tests.emulator.bench import M32, Variant, Words
from tests.emulator.bitwise import binary, ternary, unary

INTEGER = ("F", "LT", "EQ", "LE", "GT", "NE", "GE", "T")
BOOLEAN = {"AND": lambda a, b: a & b, "OR": lambda a, b: a | b, "XOR": lambda a, b: a ^ b}


def truth(name: str, x: int, y: int) -> int:
    """x name y on Python integers."""
    return int(
        {
            "F": False,
            "T": True,
            "LT": x < y,
            "EQ": x == y,
            "LE": x <= y,
            "GT": x > y,
            "NE": x != y,
            "GE": x >= y,
        }[name]
    )


def compared(name: str, unsigned: bool, a: int, b: int) -> int:
    """A 32-bit comparison."""
    return truth(name, a, b) if unsigned else truth(name, signed(a), signed(b))


def extended(name: str, unsigned: bool, a: int, b: int, w: Words) -> int:
    """The upper half of a comparison of long numbers: the lower half left "no borrow" in C, "equal" in Z."""
    borrow = 0 if w["C"] else 1
    x, y = (a, b) if unsigned else (signed(a), signed(b))
    less = x - borrow < y
    equal = (a - b - borrow) & M32 == 0 and w["Z"] == 1
    holds = {
        "LT": less,
        "GE": not less,
        "EQ": equal,
        "NE": not equal,
        "LE": less or equal,
        "GT": not (less or equal),
    }
    return int(holds[name])


def setp(
    name: str, unsigned: bool, bop: str, *, x: bool = False, third: str = "P2", pair: bool = True
) -> Variant:
    """ISETP with two predicate destinations (or one)."""

    def oracle(w: Words) -> Words:
        test = (
            extended(name, unsigned, w["R4"], w["R5"], w) if x else compared(name, unsigned, w["R4"], w["R5"])
        )
        other = 1 if third == "PT" else w[third[-2:]] ^ third.startswith("!")
        out = {"P0": BOOLEAN[bop](test, other)}
        return out | ({"P1": BOOLEAN[bop](1 - test, other)} if pair else {})

    text = f"ISETP.{name}{'.U32' * unsigned}{'.X' * x}.{bop} P0, {'P1' if pair else 'PT'}, R4, R5, {third}"
    return Variant(text, oracle)


def setps() -> list[Variant]:
    """ISETP."""
    plain = [setp(n, bool(u), bop) for n in INTEGER for u in (0, 1) for bop in BOOLEAN]
    plain += [setp("LT", False, "AND", third=t, pair=p) for t in ("PT", "!P2", "P3") for p in (True, False)]
    long = [
        setp(n, bool(u), bop, x=True) for n in INTEGER if n not in "TF" for u in (0, 1) for bop in BOOLEAN
    ]
    constant = Variant(
        "ISETP.GE.U32.AND P0, P1, R4, c[0x0][0x150], PT",
        lambda w: {"P0": int(w["R4"] >= w["c150"]), "P1": int(w["R4"] < w["c150"])},
    )
    literal = Variant("ISETP.GT.AND P0, PT, R4, -0x2, PT", lambda w: {"P0": int(signed(w["R4"]) > -2)})
    return [*plain, *long, constant, literal]


def iset(name: str, unsigned: bool, bop: str, *, bf: bool, x: bool, cc: bool) -> Variant:
    """ISET."""

    def oracle(w: Words) -> Words:
        test = (
            extended(name, unsigned, w["R4"], w["R5"], w) if x else compared(name, unsigned, w["R4"], w["R5"])
        )
        return truth_value(BOOLEAN[bop](test, w["P2"]), bf=bf, cc=cc)

    text = f"ISET{'.BF' * bf}.{name}{'.U32' * unsigned}{'.X' * x}.{bop} R0{'.CC' * cc}, R4, R5, P2"
    return Variant(text, oracle)


def truth_value(test: int, *, bf: bool, cc: bool) -> dict[str, int]:
    """What ISET and FSET write."""
    value = (0x3F800000 if bf else M32) if test else 0
    return {"R0": value} | ({"Z": int(value == 0), "S": value >> 31, "C": 0, "O": 0} if cc else {})


def isets() -> list[Variant]:
    """ISET with all its modifiers."""
    return [
        iset(n, bool(u), bop, bf=bool(bf), x=bool(x), cc=bool(cc))
        for n, u, bop, bf, x, cc in product(INTEGER, (0, 1), BOOLEAN, (0, 1), (0, 1), (0, 1))
        if not (x and n in "TF")
        and (n in ("LT", "NE") or not (bf or x or cc) if bop != "AND" else bf == cc or n == "GE")
    ]


def psetps() -> list[Variant]:
    """PSETP: (p b1 q) b2 r and (not p b1 q) b2 r, with every negation."""

    def make(first: str, second: str, signs: tuple[int, ...]) -> Variant:
        def oracle(w: Words) -> Words:
            p, q, r = (w[n] ^ s for n, s in zip(("P2", "P3", "P4"), signs, strict=True))
            return {f"P{k}": BOOLEAN[second](BOOLEAN[first](p ^ k, q), r) for k in (0, 1)}

        sources = ", ".join("!" * s + n for n, s in zip(("P2", "P3", "P4"), signs, strict=True))
        return Variant(f"PSETP.{first}.{second} P0, P1, {sources}", oracle)

    return [make(a, b, signs) for a, b in product(BOOLEAN, BOOLEAN) for signs in product((0, 1), repeat=3)]


def choices() -> list[Variant]:
    """ICMP, IMNMX, SEL."""
    variants = []
    for unsigned in (False, True):
        suffix = ".U32" * unsigned
        for name in INTEGER:
            text = f"ICMP.{name}{suffix} R0, R4, R5, R6"
            variants.append(
                ternary(text, lambda a, b, c, n=name, u=unsigned: a if compared(n, u, c, 0) else b)  # type: ignore[misc]
            )
        for predicate in ("PT", "!PT", "P2", "!P2"):

            def pick(w: Words, p: str = predicate, u: bool = unsigned) -> Words:
                smallest = (1 if p.endswith("PT") else w["P2"]) ^ p.startswith("!")
                key = (lambda v: v) if u else signed
                return {"R0": (min if smallest else max)(w["R4"], w["R5"], key=key)}

            variants.append(Variant(f"IMNMX{suffix} R0, R4, R5, {predicate}", pick))
    for predicate in ("P2", "!P2", "PT", "!PT"):

        def select(w: Words, p: str = predicate) -> Words:
            first = (1 if p.endswith("PT") else w["P2"]) ^ p.startswith("!")
            return {"R0": w["R4"] if first else w["R5"]}

        variants.append(Variant(f"SEL R0, R4, R5, {predicate}", select))
    return [*variants, Variant("SEL R0, R4, 0x7f, P3", lambda w: {"R0": w["R4"] if w["P3"] else 0x7F})]


def moves() -> list[Variant]:
    """MOV, MOV32I."""
    return [
        unary("MOV R0, R4", lambda a: a),
        Variant("MOV R0, RZ", lambda _: {"R0": 0}),
        Variant("MOV R0, c[0x0][0x154]", lambda w: {"R0": w["c154"]}),
        Variant("MOV32I R0, 0xfedcba98", lambda _: {"R0": 0xFEDCBA98}),
        Variant("MOV32I R0, -0x3", lambda _: {"R0": M32 - 2}),
        Variant("MOV R0, R4.reuse", lambda w: {"R0": w["R4"]}),
    ]


def guards() -> list[Variant]:
    """A false guard writes nothing at all; RZ and PT swallow what is written to them; RZ.CC still sets the
    flags.
    """
    silent = [
        "@!PT IADD R0.CC, R4, R5", "@!PT ISETP.GT.AND P0, P1, R4, R5, PT", "@!PT LOP.AND.NZ P0, R0, R4, R5",
        "@!PT FADD R0, R4, R5",
        "MOV RZ, R4", "IADD RZ, R4, R5", "ISETP.LT.AND PT, PT, R4, R5, PT", "@!PT RED.E.ADD [R4], R6",
        "@!PT STG.E [R4+0x1], R6",
        "@!PT LDG.E.128 R0, [R4]", "@!PT STS [R4], R5", "F2F.F64.F32 RZ, R4", "DADD RZ, R4, R6",
        "@!PT BAR.SYNC 0x0", "@!PT EXIT",
        "NOP", "DEPBAR.LE SB5, 0x1", "MEMBAR.CTA",
    ]  # fmt: skip
    guarded = [
        Variant("@P2 MOV R0, R4", lambda w: {"R0": w["R4"]} if w["P2"] else {}),
        Variant("@!P2 MOV R0, R4", lambda w: {} if w["P2"] else {"R0": w["R4"]}),
        Variant("@PT MOV R0, R4", lambda w: {"R0": w["R4"]}),
    ]
    return [*guarded, *(Variant(text, lambda _: {}) for text in silent)]


GROUPS = {
    "setp": setps, "iset": isets, "psetp": psetps, "choices": choices, "moves": moves,
}  # fmt: skip
__all__ = ["GROUPS", "binary", "guards"]
