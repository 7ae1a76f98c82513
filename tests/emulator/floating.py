"""Single and double precision: variants, with hand-made IEEE arithmetic (``ieee``) as oracle."""

from __future__ import annotations

from collections.abc import Callable
from math import isqrt

from tests.emulator.bench import Variant, Words
from tests.emulator.comparing import BOOLEAN, truth_value
from tests.emulator.ieee import DOUBLE, SINGLE, holds

FLOAT = ("LT", "EQ", "LE", "GT", "NE", "GE", "NUM", "NAN", "LTU", "EQU", "LEU", "GTU", "NEU", "GEU", "F", "T")
SIGN = 1 << 31


def source(text: str, w: Words, ftz: bool) -> int:
    """Bits of a printed float operand."""
    body = text.removeprefix("-")
    absolute = body.startswith("|")
    body = body.strip("|")
    bits = 0 if body == "RZ" else w["c" + body.split("0x")[-1].rstrip("]") if body.startswith("c") else body]
    bits = bits & ~SIGN if absolute else bits
    bits = bits ^ SIGN if text.startswith("-") else bits
    return SINGLE.flush(bits) if ftz else bits


def arithmetic(
    opcode: str, sources: tuple[str, ...], function: Callable[..., int], *, ftz: bool, mode: str, sat: bool
) -> Variant:
    """FADD, FMUL or FFMA."""

    def oracle(w: Words) -> Words:
        bits = function(*(source(s, w, ftz) for s in sources), mode)
        bits = SINGLE.flush(bits) if ftz else bits
        return {"R0": SINGLE.saturate(bits) if sat else bits}

    text = (
        f"{opcode}{'.FTZ' * ftz}{'' if mode == 'RN' else '.' + mode}{'.SAT' * sat} R0, {', '.join(sources)}"
    )
    return Variant(text, oracle)


_BASIC: dict[str, tuple[Callable[..., int], int]] = {
    "FADD": (SINGLE.add, 2),
    "FMUL": (SINGLE.multiply, 2),
    "FFMA": (SINGLE.multiply_add, 3),
}
_SIGNED = {
    "FADD": (("-R4", "R5"), ("|R4|", "-|R5|"), ("R4", "-c[0x0][0x160]"), ("R4", "RZ")),
    "FMUL": (("R4", "-R5"), ("R4", "c[0x0][0x164]")),
    "FFMA": (("R4", "-R5", "R6"), ("R4", "R5", "-R6"), ("R4", "c[0x0][0x160]", "R6"),
             ("R4", "R5", "c[0x0][0x164]"), ("R4", "R5", "RZ"), ("R4", "R5", "-RZ")),
}  # fmt: skip


def sums_and_products() -> list[Variant]:
    """FADD, FMUL, FFMA: four roundings, with and without FTZ and SAT, signs and constants."""
    variants = []
    for opcode, (function, count) in _BASIC.items():
        for mode in ("RN", "RM", "RP", "RZ"):
            for ftz in (False, True):
                variants += [
                    arithmetic(opcode, ("R4", "R5", "R6")[:count], function, ftz=ftz, mode=mode, sat=sat)
                    for sat in (False, True)
                ]
            variants += [
                arithmetic(opcode, s, function, ftz=False, mode=mode, sat=False) for s in _SIGNED[opcode]
            ]
    return [*variants, *_with_literals()]


def _with_literals() -> list[Variant]:
    def literal(text: str, function: Callable[[int], int]) -> Variant:
        return Variant(text, lambda w: {"R0": function(w["R4"])})

    third, big = 0x3EAAAAAB, 0x7F7FFFFF
    return [
        literal("FADD32I R0, R4, -0.33333334326744079590", lambda a: SINGLE.add(a, third | SIGN)),
        literal("FADD32I.FTZ R0, -R4, 1", lambda a: SINGLE.flush(SINGLE.add(SINGLE.flush(a ^ SIGN),
            0x3F800000))),
        literal("FMUL32I R0, R4, 0.33333334326744079590", lambda a: SINGLE.multiply(a, third)),
        literal("FMUL32I.FTZ.SAT R0, R4, 2",
            lambda a: SINGLE.saturate(SINGLE.flush(SINGLE.multiply(SINGLE.flush(a), 0x40000000)))),
        Variant("FFMA32I R0, R4, 3.402823466e+38, R5", lambda w: {"R0": SINGLE.multiply_add(w["R4"], big,
            w["R5"])}),
        Variant("FFMA32I.FTZ R0, R4, -2, R5", lambda w: {"R0": SINGLE.flush(_fused_ftz(w))}),
        Variant("FFMA32I.SAT R0, R4, 0.5, R5", lambda w: {"R0": SINGLE.saturate(SINGLE.multiply_add(w["R4"],
            0x3F000000, w["R5"]))}),
        Variant("FFMA32I.FTZ.SAT R0, R4, -2, R5",
            lambda w: {"R0": SINGLE.saturate(SINGLE.flush(_fused_ftz(w)))}),
        literal("FADD R0, R4, +INF ", lambda a: SINGLE.add(a, 0x7F800000)),
        literal("FADD R0, R4, -0.0 ", lambda a: SINGLE.add(a, SIGN)),
        literal("FMUL R0, R4, 16777216", lambda a: SINGLE.multiply(a, 0x4B800000)),
        literal("FADD R0, R4, +QNAN ", lambda _: SINGLE.nan),
    ]  # fmt: skip


def _fused_ftz(w: Words) -> int:
    return SINGLE.multiply_add(SINGLE.flush(w["R4"]), 0xC0000000, SINGLE.flush(w["R5"]))


def comparisons() -> list[Variant]:
    """FSETP, FSET."""
    variants = []
    for name in FLOAT:
        for ftz in (False, True):
            for bop in BOOLEAN:
                variants += [_setp(name, ftz, bop, "R4", "R5")]
                if bop == "AND" or name in ("GT", "NEU"):
                    variants += _sets(name, ftz, bop)
                elif not ftz:
                    variants += _sets(name, ftz, bop)[:1]
    return [
        *variants,
        _setp("GT", False, "AND", "|R4|", "-R5"),
        _setp("LEU", False, "OR", "-R4", "c[0x0][0x160]"),
    ]


def _test(name: str, ftz: bool, a: str, b: str, w: Words) -> int:
    return int(holds(name, SINGLE.order(source(a, w, ftz), source(b, w, ftz))))


def _setp(name: str, ftz: bool, bop: str, a: str, b: str) -> Variant:
    def oracle(w: Words) -> Words:
        test = _test(name, ftz, a, b, w)
        return {"P0": BOOLEAN[bop](test, w["P2"]), "P1": BOOLEAN[bop](1 - test, w["P2"])}

    return Variant(f"FSETP.{name}{'.FTZ' * ftz}.{bop} P0, P1, {a}, {b}, P2", oracle)


def _sets(name: str, ftz: bool, bop: str) -> list[Variant]:
    def make(bf: bool, cc: bool) -> Variant:
        def oracle(w: Words) -> Words:
            return truth_value(BOOLEAN[bop](_test(name, ftz, "R4", "R5", w), w["P3"]), bf=bf, cc=cc)

        return Variant(f"FSET{'.BF' * bf}.{name}{'.FTZ' * ftz}.{bop} R0{'.CC' * cc}, R4, R5, P3", oracle)

    return [make(bf, cc) for bf in (False, True) for cc in (False, True) if bf == cc or name == "GT"]


def selections() -> list[Variant]:
    """FCMP (GT where no condition is printed), FMNMX, FCHK."""
    variants = []
    for name in ("", *FLOAT):
        for ftz in (False, True):

            def choose(w: Words, n: str = name or "GT", f: bool = ftz) -> Words:
                return {"R0": w["R4"] if holds(n, SINGLE.order(source("R6", w, f), 0)) else w["R5"]}

            variants.append(Variant(f"FCMP{'.' * bool(name)}{name}{'.FTZ' * ftz} R0, R4, R5, R6", choose))
    for ftz in (False, True):
        for predicate in ("PT", "!PT", "P2"):
            for a, b in (("R4", "R5"), ("-R4", "|R5|")):
                variants.append(_minimum(ftz, predicate, a, b))
    return [*variants, Variant("FCHK.DIVIDE P0, R4, R5", _slow_division)]


def _minimum(ftz: bool, predicate: str, a: str, b: str) -> Variant:
    def key(bits: int) -> tuple[int, int]:
        order = -(bits & ~SIGN) if bits & SIGN else bits & ~SIGN
        return order, -(bits >> 31)

    def oracle(w: Words) -> Words:
        smallest = {"PT": 1, "!PT": 0, "P2": w["P2"]}[predicate]
        numbers = [v for v in (source(a, w, ftz), source(b, w, ftz)) if not SINGLE.is_nan(v)]
        return {"R0": (min if smallest else max)(numbers, key=key) if numbers else SINGLE.nan}

    return Variant(f"FMNMX{'.FTZ' * ftz} R0, {a}, {b}, {predicate}", oracle)


def _slow_division(w: Words) -> Words:
    ea, eb = (w[n] >> 23 & 255 for n in ("R4", "R5"))
    return {"P0": int(ea <= 24 or ea == 255 or eb in (0, 253, 254, 255) or ea - eb >= 128 or ea - eb <= -126)}


def _pair(w: Words, first: int, text: str) -> int:
    bits = w[f"R{first}"] | w[f"R{first + 1}"] << 32
    bits = bits & ~DOUBLE.sign if "|" in text else bits
    return bits ^ DOUBLE.sign if text.startswith("-") else bits


def double(opcode: str, sources: tuple[str, ...], function: Callable[..., int], mode: str = "RN") -> Variant:
    """DADD, DMUL, DFMA on pairs R4, R6, R8."""

    def oracle(w: Words) -> Words:
        bits = function(*(_pair(w, int(s.strip("-|")[1:]), s) for s in sources), mode)
        return {"R0": bits & 0xFFFFFFFF, "R1": bits >> 32}

    return Variant(f"{opcode}{'' if mode == 'RN' else '.' + mode} R0, {', '.join(sources)}", oracle)


def directed_doubles() -> list[Variant]:
    """DADD, DMUL, DFMA in the other three roundings."""
    functions: dict[str, tuple[Callable[..., int], tuple[tuple[str, ...], ...]]] = {
        "DADD": (DOUBLE.add, (("R4", "R6"), ("-R4", "|R6|"))),
        "DMUL": (DOUBLE.multiply, (("R4", "R6"), ("R4", "-R6"))),
        "DFMA": (DOUBLE.multiply_add, (("R4", "R6", "R8"), ("R4", "-R6", "-|R8|"))),
    }
    return [
        double(opcode, sources, function, mode)
        for opcode, (function, signs) in functions.items()
        for sources in signs
        for mode in ("RM", "RP", "RZ")
    ]


def negated_factors() -> list[Variant]:
    """A literal factor whose product is negated (``.NEG``), in both precisions."""
    half, two = 0x3FE0 << 48, 0xC000 << 48

    def wide(text: str, bits: int) -> Variant:
        return Variant(
            f"DFMA R0, R4, {text}, R6",
            lambda w: _split(DOUBLE.multiply_add(_pair(w, 4, ""), bits ^ DOUBLE.sign, _pair(w, 6, ""))),
        )

    def single(text: str, bits: int) -> Variant:
        return Variant(
            f"FFMA R0, R4, {text}, R6", lambda w: {"R0": SINGLE.multiply_add(w["R4"], bits ^ SIGN, w["R6"])}
        )

    return [
        wide("0.5.NEG", half), wide("-2.NEG", two), wide("2.NEG", two ^ DOUBLE.sign),
        single("0.5.NEG", 0x3F000000), single("-2.NEG", 0xC0000000), single("3.NEG", 0x40400000),
        single("+INF .NEG", SINGLE.infinity),
    ]  # fmt: skip


def double_choices() -> list[Variant]:
    """DMNMX, DSET, and DSETP with every way to combine."""
    variants = []
    for predicate in ("PT", "!PT", "P2"):
        signs = (("R4", "R6"), ("-R4", "|R6|"), ("|R4|", "|R6|"))
        variants += [_double_minimum(predicate, a, b) for a, b in signs]
    for name in FLOAT:
        variants += [_double_setp(name, bop) for bop in BOOLEAN]
        for bf in (False, True):
            for cc in (False, True):
                variants.append(_double_set(name, {"GT": "OR", "LT": "XOR"}.get(name, "AND"), bf, cc))
        variants += [_double_set(name, bop, False, False) for bop in BOOLEAN]
    infinite = Variant(
        "DSET.EQ.AND RZ.CC, |R4|, +INF , PT",
        lambda w: {
            n: v
            for n, v in truth_value(int(_pair(w, 4, "|") == DOUBLE.infinity), bf=False, cc=True).items()
            if n != "R0"
        },
    )
    return [*variants, infinite]


def _double_order(w: Words, a: str, b: str) -> int | None:
    return DOUBLE.order(*(_pair(w, int(s.strip("-|")[1:]), s) for s in (a, b)))


def _double_setp(name: str, bop: str) -> Variant:
    def oracle(w: Words) -> Words:
        test = int(holds(name, _double_order(w, "|R4|", "R6")))
        return {"P0": BOOLEAN[bop](test, w["P3"]), "P1": BOOLEAN[bop](1 - test, w["P3"])}

    return Variant(f"DSETP.{name}.{bop} P0, P1, |R4|, R6, P3", oracle)


def _double_set(name: str, bop: str, bf: bool, cc: bool) -> Variant:
    def oracle(w: Words) -> Words:
        return truth_value(
            BOOLEAN[bop](int(holds(name, _double_order(w, "R4", "-R6"))), w["P3"]), bf=bf, cc=cc
        )

    return Variant(f"DSET{'.BF' * bf}.{name}.{bop} R0{'.CC' * cc}, R4, -R6, P3", oracle)


def _double_minimum(predicate: str, a: str, b: str) -> Variant:
    def key(bits: int) -> tuple[int, int]:
        order = -(bits & ~DOUBLE.sign) if bits & DOUBLE.sign else bits
        return order, -(bits >> 63)

    def oracle(w: Words) -> Words:
        smallest = {"PT": 1, "!PT": 0, "P2": w["P2"]}[predicate]
        sources = [_pair(w, int(s.strip("-|")[1:]), s) for s in (a, b)]
        numbers = [v for v in sources if not DOUBLE.is_nan(v)]
        return _split((min if smallest else max)(numbers, key=key) if numbers else DOUBLE.nan)

    return Variant(f"DMNMX R0, {a}, {b}, {predicate}", oracle)


def upper_words() -> list[Variant]:
    """MUFU.RCP64H and RSQ64H: the upper word of the correctly rounded result, flushed on both sides."""

    def make(text: str, function: str) -> Variant:
        def oracle(w: Words) -> Words:
            word = source(text, w, ftz=False)
            bits = DOUBLE.flush(word << 32)
            sign = bits & DOUBLE.sign
            if DOUBLE.is_nan(bits) or (function == "RSQ64H" and sign and bits != sign):
                return {"R0": DOUBLE.nan >> 32}
            if bits == sign:
                return {"R0": (sign | DOUBLE.infinity) >> 32}
            if DOUBLE.is_infinite(bits):
                return {"R0": sign >> 32}
            return {"R0": (DOUBLE.flush(_inverse(abs(DOUBLE.units(bits)), function)) | sign) >> 32}

        return Variant(f"MUFU.{function} R0, {text}", oracle)

    return [make(text, name) for name in ("RCP64H", "RSQ64H") for text in ("R4", "-R4", "|R4|")]


def _inverse(units: int, function: str) -> int:
    """Bits of 1/x or 1/sqrt(x) for x = units * 2**-1074: through the double nearest to the root, as two
    correctly rounded steps give it.
    """
    if function == "RSQ64H":
        root = isqrt(units << 2200)  # sqrt(x) = root * 2**(-1074 // 2 - 1100), far more digits than kept
        sticky = int(root * root != units << 2200)
        bits = DOUBLE.round(root << 1 | sticky, -537 - 1100 - 1)
        units = DOUBLE.units(bits)
    scale = 4400
    quotient = (1 << scale) // units
    return DOUBLE.round(quotient << 1 | int((1 << scale) % units != 0), 1074 - scale - 1)


def doubles() -> list[Variant]:
    """Double precision."""
    variants = [
        double("DADD", ("R4", "R6"), DOUBLE.add), double("DADD", ("-R4", "|R6|"), DOUBLE.add),
        double("DMUL", ("R4", "R6"), DOUBLE.multiply), double("DMUL", ("R4", "-R6"), DOUBLE.multiply),
        double("DFMA", ("R4", "R6", "R8"), DOUBLE.multiply_add), double("DFMA", ("R4", "-R6", "-|R8|"),
            DOUBLE.multiply_add),
        Variant("DADD R0, R4, 1.5", lambda w: _split(DOUBLE.add(_pair(w, 4, ""), 0x3FF8 << 48))),
        Variant("DMUL R0, R4, c[0x0][0x158]", lambda w: _split(DOUBLE.multiply(_pair(w, 4, ""),
            w["c158"] | w["c15c"] << 32))),
    ]  # fmt: skip
    for name in FLOAT:
        for bop in BOOLEAN if name == "LE" else ("AND",):

            def oracle(w: Words, n: str = name, b: str = bop) -> Words:
                test = int(holds(n, DOUBLE.order(_pair(w, 4, ""), _pair(w, 6, "-"))))
                return {"P0": BOOLEAN[b](test, w["P2"]), "P1": BOOLEAN[b](1 - test, w["P2"])}

            variants.append(Variant(f"DSETP.{name}.{bop} P0, P1, R4, -R6, P2", oracle))
    return variants


def _split(bits: int) -> Words:
    return {"R0": bits & 0xFFFFFFFF, "R1": bits >> 32}


def special() -> list[Variant]:
    """RRO is a move with sign operations; exact values of MUFU (its accuracy is proven in
    test_transcendental).
    """

    def mufu(w: Words) -> Words:
        bits = SINGLE.flush(w["R4"])
        if SINGLE.is_nan(bits):
            return {"R0": SINGLE.nan}
        if SINGLE.is_infinite(bits) or bits & ~SIGN == 0:
            return {"R0": bits & SIGN | (0 if SINGLE.is_infinite(bits) else SINGLE.infinity)}
        scale = 300
        exact = (1 << scale) // abs(
            SINGLE.units(bits)
        )  # 1/x = exact * 2**(149 - scale), truncated far below half an ulp
        sticky = exact << 1 | int((1 << scale) % abs(SINGLE.units(bits)) != 0)
        return {"R0": SINGLE.flush(SINGLE.round(sticky, 149 - scale - 1)) | bits & SIGN}

    return [
        Variant("RRO.EX2 R0, R4", lambda w: {"R0": w["R4"]}),
        Variant("RRO.EX2 R0, -|R4|", lambda w: {"R0": w["R4"] | SIGN}),
        Variant("RRO.SINCOS R0, -R4", lambda w: {"R0": w["R4"] ^ SIGN}),
        Variant("MUFU.RCP R0, R4", mufu),
        Variant("MUFU.RCP R0, -|R4|", lambda w: mufu({"R4": w["R4"] | SIGN})),
        Variant("MUFU.RCP.SAT R0, R4", lambda w: {"R0": SINGLE.saturate(mufu(w)["R0"])}),
    ]
