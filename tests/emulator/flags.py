"""Condition codes and predicates as results and as words: variants and oracles."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from tests.emulator.addition import signed
from tests.emulator.bench import M32, Variant, Words
from tests.emulator.bitwise import _LOGIC, _TESTS, _table
from tests.emulator.comparing import BOOLEAN, truth_value

CODE_TESTS: dict[str, Callable[[Words], bool]] = {
    "F": lambda _: False,
    "T": lambda _: True,
    "EQ": lambda w: w["Z"] == 1,
    "NE": lambda w: w["Z"] == 0,
    "LT": lambda w: w["S"] != w["O"],
    "GE": lambda w: w["S"] == w["O"],
    "LE": lambda w: w["Z"] == 1 or w["S"] != w["O"],
    "GT": lambda w: w["Z"] == 0 and w["S"] == w["O"],
    "SFT": lambda w: w["S"] == 1, "SFF": lambda w: w["S"] == 0,
    "CFT": lambda w: w["C"] > 0, "CFF": lambda w: w["C"] == 0,
    "OFT": lambda w: w["O"] == 1, "OFF": lambda w: w["O"] == 0,
    "LO": lambda w: w["C"] == 0, "HS": lambda w: w["C"] > 0,
    "LS": lambda w: w["C"] == 0 or w["Z"] == 1, "HI": lambda w: w["C"] > 0 and w["Z"] == 0,
}  # fmt: skip
CODE_TESTS |= {f"{n}U": CODE_TESTS[n] for n in ("EQ", "NE", "LT", "GE", "LE", "GT")}


def word_flags(value: int, zero: int | None = None) -> dict[str, int]:
    """Condition codes of a word that is no sum."""
    return {"Z": int(value == 0) if zero is None else zero, "S": value >> 31, "C": 0, "O": 0}


def of_codes() -> list[Variant]:
    """CSETP and CSET."""
    variants = []
    for name, holds in CODE_TESTS.items():
        for bop in BOOLEAN:

            def both(w: Words, h: Callable[[Words], bool] = holds, b: str = bop) -> Words:
                test = int(h(w))
                return {"P0": BOOLEAN[b](test, w["P2"]), "P1": BOOLEAN[b](1 - test, w["P2"])}

            variants.append(Variant(f"CSETP.{name}.{bop} P0, P1, CC, P2", both))
            for bf in (False, True):

                def one(w: Words, f: Callable[[Words], Words] = both, one: bool = bf) -> Words:
                    return truth_value(f(w)["P0"], bf=one, cc=False)

                variants.append(Variant(f"CSET{'.BF' * bf}.{name}.{bop} R0, CC, P2", one))
    return variants


def psets() -> list[Variant]:
    """PSET: what PSETP's first predicate would be, as a word."""

    def make(first: str, second: str, signs: tuple[int, ...], bf: bool, cc: bool) -> Variant:
        def oracle(w: Words) -> Words:
            p, q, r = (w[n] ^ s for n, s in zip(("P2", "P3", "P4"), signs, strict=True))
            return truth_value(BOOLEAN[second](BOOLEAN[first](p, q), r), bf=bf, cc=cc)

        sources = ", ".join("!" * s + n for n, s in zip(("P2", "P3", "P4"), signs, strict=True))
        return Variant(f"PSET{'.BF' * bf}.{first}.{second} R0{'.CC' * cc}, {sources}", oracle)

    return [
        make(a, b, signs, bf, cc)
        for a, b in product(BOOLEAN, BOOLEAN)
        for signs in (product((0, 1), repeat=3) if (a, b) == ("AND", "OR") else ((0, 0, 0), (1, 0, 1)))
        for bf, cc in ((False, False), (True, False), (False, True))
    ]


def _long(part: str, unsigned: bool, predicate: str, *, cc: bool, b: str = "R5") -> Variant:
    def oracle(w: Words) -> Words:
        x = w["R4"]
        y = w["c150"] if b.startswith("c") else w[b]
        smallest = (1 if predicate.endswith("PT") else w["P2"]) ^ predicate.startswith("!")
        key = (lambda v: v) if unsigned else signed
        here = key(x) < key(y) if smallest else key(x) >= key(y)
        undecided = part == "XHI" or w["Z"] == 1
        first = here if undecided else w["C"] > 0
        out = {"R0": x if first else y}
        if cc:
            out |= {"Z": int(undecided and x == y), "C": int(first), "S": 0, "O": 0}
        return out

    return Variant(f"IMNMX{'.U32' * unsigned}.{part} R0{'.CC' * cc}, R4, {b}, {predicate}", oracle)


def long_extremes() -> list[Variant]:
    """IMNMX on words of longer numbers."""
    variants = []
    for predicate in ("PT", "!PT", "P2"):
        for b in ("R5", "c[0x0][0x150]"):
            variants += [
                _long("XHI", u, predicate, cc=cc, b=b) for u in (False, True) for cc in (False, True)
            ]
            variants += [_long("XMED", True, predicate, cc=True, b=b)]
            variants += [_long("XLO", True, predicate, cc=False, b=b)]
    return variants


def _logic(text: str, result: Callable[[Words], int], *, cc: bool, x: bool, test: str = "") -> Variant:
    def oracle(w: Words) -> Words:
        value = result(w) & M32
        zero = int(value == 0 and (not x or w["Z"] == 1))
        out = {} if "RZ" in text.split(",")[bool(test)] else {"R0": value}
        out |= word_flags(value, zero) if cc else {}
        return out | ({"P0": _TESTS[test](1 - zero)} if test else {})

    return Variant(text, oracle)


def logic_with_codes() -> list[Variant]:
    """LOP, LOP32I and LOP3 that set condition codes, or ask what the lower words left there."""
    variants = []
    for name, f in _LOGIC.items():
        for x, cc in ((False, True), (True, False), (True, True)):
            ex = ".X" * x
            for d in ("R0", "RZ") if name == "OR" else ("R0",):
                mark = ".CC" * cc

                def two(w: Words, g: Callable[[int, int], int] = f) -> int:
                    return g(w["R4"], w["R5"])

                def immediate(w: Words, g: Callable[[int, int], int] = f) -> int:
                    return g(w["R4"], 0x80FF00F0)

                variants.append(_logic(f"LOP.{name}{ex} {d}{mark}, R4, R5", two, cc=cc, x=x))
                variants.append(_logic(f"LOP32I.{name}{ex} {d}{mark}, R4, 0x80ff00f0", immediate, cc=cc, x=x))
                for test in _TESTS:
                    text = f"LOP.{name}{ex}.{test} P0, {d}{mark}, R4, R5"
                    variants.append(_logic(text, two, cc=cc, x=x, test=test))
    for table in (0xC0, 0xFE, 0x96, 0x00):
        for x, cc in ((False, True), (True, False), (True, True)):
            for test in ("", *_TESTS):
                head = f"LOP3.LUT{'.X' * x}{'.' * bool(test)}{test} {'P0, ' * bool(test)}R0{'.CC' * cc}"

                def three(w: Words, t: int = table) -> int:
                    return _table(t)(w["R4"], w["R5"], w["R6"])

                variants.append(_logic(f"{head}, R4, R5, R6, {table:#x}", three, cc=cc, x=x, test=test))
    variants.append(_logic("LOP.OR.X.NZ P0, RZ, RZ, RZ", lambda _: 0, cc=False, x=True, test="NZ"))
    return variants


def _saved(mask: int) -> Variant:
    def oracle(w: Words) -> Words:
        held = sum(w[f"P{k}"] << k for k in (2, 3, 4) if mask >> k & 1)
        return {"R0": w["R4"] & ~mask & M32 | held}

    return Variant(f"P2R R0, PR, R4, {mask:#x}", oracle)


def _restored(byte: str, mask: int) -> Variant:
    down = 8 * int(byte[2:] or 0)

    def oracle(w: Words) -> Words:
        return {f"P{k}": w["R4"] >> down + k & 1 for k in range(7) if mask >> k & 1}

    return Variant(f"R2P PR, R4{byte}, {mask:#x}", oracle)


def whole_files() -> list[Variant]:
    """P2R and R2P. Of the condition codes C counts as one bit."""
    variants = [_saved(mask) for mask in (0x4, 0xC, 0x1C, 0x8, 0x14)]
    variants += [_restored(byte, mask) for byte in ("", ".B1", ".B2", ".B3") for mask in (0x1, 0x3)]

    def save(w: Words) -> Words:
        bits = w["Z"] | w["S"] << 1 | (w["C"] > 0) << 2 | w["O"] << 3
        return {"R0": w["R4"] & ~15 & M32 | bits}

    def restore(w: Words) -> Words:
        return {name: w["R4"] >> k & 1 for k, name in enumerate("ZSCO")}

    def restore_byte(w: Words) -> Words:
        return {name: w["R4"] >> 16 + k & 1 for k, name in enumerate("ZSCO")}

    return [
        *variants,
        Variant("P2R R0, CC, R4, 0xf", save),
        Variant("P2R R0, CC, RZ, 0xf", lambda w: {"R0": save(w)["R0"] & 15}),
        Variant("R2P CC, R4, 0xf", restore),
        Variant("R2P CC, R4.B2, 0xf", restore_byte),
    ]


def all_predicates() -> list[Variant]:
    """R2P over all predicates, which only the armed build's bench can look at."""
    return [_restored(byte, mask) for byte in ("", ".B1") for mask in (0x7F, 0xE, 0xF, 0xC)]


GROUPS = {
    "tests of codes": of_codes, "pset": psets, "long extremes": long_extremes,
    "logic with codes": logic_with_codes,
    "whole files": whole_files,
}  # fmt: skip
