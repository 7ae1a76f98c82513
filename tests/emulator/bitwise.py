"""Shifts, logic, bit fields, permutation: variants and oracles bit by bit."""

from __future__ import annotations

from collections.abc import Callable

from tests.emulator.bench import M32, Variant, Words


def unary(text: str, function: Callable[[int], int]) -> Variant:
    """``OP R0, R4`` as a function of R4."""
    return Variant(text, lambda words: {"R0": function(words["R4"]) & M32})


def binary(text: str, function: Callable[[int, int], int]) -> Variant:
    """``OP R0, R4, R5`` as a function of both."""
    return Variant(text, lambda words: {"R0": function(words["R4"], words["R5"]) & M32})


def ternary(text: str, function: Callable[[int, int, int], int]) -> Variant:
    """``OP R0, R4, R5, R6`` as a function of the three."""
    return Variant(text, lambda words: {"R0": function(words["R4"], words["R5"], words["R6"]) & M32})


def _signed(value: int, bits: int = 32) -> int:
    return value - (1 << bits) if value >> (bits - 1) & 1 else value


def shifts() -> list[Variant]:
    """SHL and SHR: counts from 32 on shift everything out; .W takes them modulo 32."""
    variants = [
        binary("SHL R0, R4, R5", lambda a, n: a << min(n, 32)),
        binary("SHL.W R0, R4, R5", lambda a, n: a << n % 32),
        binary("SHR R0, R4, R5", lambda a, n: _signed(a) >> min(n, 32)),
        binary("SHR.W R0, R4, R5", lambda a, n: _signed(a) >> n % 32),
        binary("SHR.U32 R0, R4, R5", lambda a, n: a >> min(n, 32)),
        binary("SHR.U32.W R0, R4, R5", lambda a, n: a >> n % 32),
        Variant("SHL R0, c[0x0][0x154], R5", lambda w: {"R0": w["c154"] << min(w["R5"], 32) & M32}),
    ]  # fmt: skip
    for n in (0, 1, 16, 31, 32, 33, 255):
        variants += [
            unary(f"SHL R0, R4, {n:#x}", lambda a, n=n: a << min(n, 32)),  # type: ignore[misc]
            unary(f"SHR R0, R4, {n:#x}", lambda a, n=n: _signed(a) >> min(n, 32)),  # type: ignore[misc]
            unary(f"SHR.U32 R0, R4, {n:#x}", lambda a, n=n: a >> min(n, 32)),  # type: ignore[misc]
        ]
    return variants


def _funnel(direction: str, wrap: bool, kind: str) -> Callable[[int, int, int], int]:
    def oracle(low: int, count: int, high: int) -> int:
        most = 64 if kind in ("U64", "S64") else 32
        n = count % most if wrap else min(count, most)
        wide = high << 32 | low
        if direction == "L":
            return (wide << n & (1 << 64) - 1) >> 32
        return (_signed(wide, 64) if kind == "S64" else wide) >> n

    return oracle


def funnels() -> list[Variant]:
    """SHF: the high word of a left shift, the low word of a right shift of {R6, R4} by R5."""
    variants = []
    for direction in "LR":
        for wrap in (False, True):
            for kind in ("", "U64", "S64"):
                text = f"SHF.{direction}{'.W' * wrap}{'.' * bool(kind)}{kind} R0, R4, R5, R6"
                variants.append(ternary(text, _funnel(direction, wrap, kind)))
    for n in (0, 1, 31, 32, 63):
        f = _funnel("L", False, "U64")
        variants.append(
            Variant(f"SHF.L.U64 R0, R4, {n:#x}, R6", lambda w, n=n, f=f: {"R0": f(w["R4"], n, w["R6"]) & M32})  # type: ignore[misc]
        )
    return variants


_LOGIC: dict[str, Callable[[int, int], int]] = {
    "AND": lambda a, b: a & b,
    "OR": lambda a, b: a | b,
    "XOR": lambda a, b: a ^ b,
    "PASS_B": lambda _, b: b,
}
_TESTS: dict[str, Callable[[int], int]] = {
    "NZ": lambda v: int(v != 0),
    "Z": lambda v: int(v == 0),
    "T": lambda _: 1,
}


def _with_constant(name: str, function: Callable[[int, int], int]) -> Variant:
    return Variant(f"LOP.{name} R0, R4, c[0x0][0x154]", lambda w: {"R0": function(w["R4"], w["c154"]) & M32})


def logic() -> list[Variant]:
    """LOP with every inversion and test, LOP32I."""
    variants = []
    for name, function in _LOGIC.items():
        for a_inverted in (0, 1):
            for b_inverted in (0, 1):
                sources = f"{'~' * a_inverted}R4, {'~' * b_inverted}R5"
                masks = (M32 * a_inverted, M32 * b_inverted)

                def result(
                    w: Words, f: Callable[[int, int], int] = function, m: tuple[int, int] = masks
                ) -> int:
                    return f(w["R4"] ^ m[0], w["R5"] ^ m[1]) & M32

                variants.append(Variant(f"LOP.{name} R0, {sources}", lambda w, r=result: {"R0": r(w)}))  # type: ignore[misc]
                for test, holds in _TESTS.items():
                    text = f"LOP.{name}.{test} P0, R0, {sources}"
                    variants.append(Variant(text, lambda w, r=result, h=holds: {"R0": r(w), "P0": h(r(w))}))  # type: ignore[misc]
        variants.append(unary(f"LOP32I.{name} R0, R4, 0x80ff00f0", lambda a, f=function: f(a, 0x80FF00F0)))  # type: ignore[misc]
        variants.append(_with_constant(name, function))
    zero = Variant("LOP.AND.NZ P1, RZ, R4, R5", lambda w: {"P1": int(w["R4"] & w["R5"] != 0)})
    return [*variants, zero]


def _table(table: int) -> Callable[[int, int, int], int]:
    def oracle(a: int, b: int, c: int) -> int:
        out = 0
        for bit in range(32):
            row = 4 * (a >> bit & 1) + 2 * (b >> bit & 1) + (c >> bit & 1)
            out |= (table >> row & 1) << bit
        return out

    return oracle


def tables(first: int, last: int) -> list[Variant]:
    """LOP3 with the truth tables first .. last - 1."""
    return [ternary(f"LOP3.LUT R0, R4, R5, R6, {t:#x}", _table(t)) for t in range(first, last)]


def tables_with_tests() -> list[Variant]:
    """LOP3 that also tests its result."""
    f = _table(0xC0)
    return [
        Variant(
            f"LOP3.LUT.{test} P0, R0, R4, c[0x0][0x154], R6, 0xc0",
            lambda w, h=holds: {
                "R0": f(w["R4"], w["c154"], w["R6"]),
                "P0": h(f(w["R4"], w["c154"], w["R6"])),
            },  # type: ignore[misc]
        )
        for test, holds in _TESTS.items()
    ]


def _extract(signed: bool, reverse: bool) -> Callable[[int, int], int]:
    """PTX's bfe, bit by bit."""

    def oracle(a: int, control: int) -> int:
        a = int(f"{a:032b}"[::-1], 2) if reverse else a
        position, length = control & 255, control >> 8 & 255
        fill = a >> min(position + length - 1, 31) & 1 if signed and length else 0
        out = 0
        for i in range(32):
            bit = a >> position + i & 1 if i < length and position + i <= 31 else fill
            out |= bit << i
        return out

    return oracle


def _insert(a: int, control: int, c: int) -> int:
    """PTX's bfi, bit by bit."""
    position, length = control & 255, control >> 8 & 255
    for i in range(length):
        if position + i > 31:
            break
        c = c & ~(1 << position + i) | (a >> i & 1) << position + i
    return c


def fields() -> list[Variant]:
    """BFE and BFI."""
    return [
        binary("BFE R0, R4, R5", _extract(True, False)),
        binary("BFE.U32 R0, R4, R5", _extract(False, False)),
        binary("BFE.BREV R0, R4, R5", _extract(True, True)),
        binary("BFE.U32.BREV R0, R4, R5", _extract(False, True)),
        unary("BFE.U32 R0, R4, 0x810", lambda a: a >> 16 & 255),
        ternary("BFI R0, R4, R5, R6", _insert),
    ]


def _highest(value: int) -> int:
    return value.bit_length() - 1 if value else M32


def counts() -> list[Variant]:
    """FLO and POPC."""

    def leading(a: int) -> int:
        return _highest(a ^ M32 if a >> 31 else a)

    def from_top(found: int) -> int:
        return found if found == M32 else 31 - found

    return [
        unary("FLO.U32 R0, R4", _highest),
        unary("FLO.U32.SH R0, R4", lambda a: from_top(_highest(a))),
        unary("FLO R0, R4", leading),
        unary("FLO.SH R0, R4", lambda a: from_top(leading(a))),
        unary("FLO.U32 R0, ~R4", lambda a: _highest(a ^ M32)),
        unary("POPC R0, R4", lambda a: f"{a:b}".count("1")),
        unary("POPC R0, ~R4", lambda a: f"{a ^ M32:b}".count("1")),
    ]


def _permute(a: int, selector: int, b: int) -> int:
    pool = [word >> 8 * k & 255 for word in (a, b) for k in range(4)]
    out = 0
    for k in range(4):
        nibble = selector >> 4 * k & 15
        byte = pool[nibble & 7]
        out |= ((255 if byte & 128 else 0) if nibble & 8 else byte) << 8 * k
    return out


def permutations() -> list[Variant]:
    """PRMT."""
    return [
        ternary("PRMT R0, R4, R5, R6", _permute),
        Variant("PRMT R0, R4, 0x7610, R6", lambda w: {"R0": _permute(w["R4"], 0x7610, w["R6"])}),
        Variant("PRMT R0, R4, 0xba98, RZ", lambda w: {"R0": _permute(w["R4"], 0xBA98, 0)}),
        *(ternary(f"PRMT.{mode} R0, R4, R5, R6", _by_mode(bytes_of)) for mode, bytes_of in _MODES.items()),
        Variant("PRMT.RC16 R0, R4, 0x1, RZ", lambda w: {"R0": (w["R4"] >> 16) * 0x10001}),
    ]


#: PTX's table: which bytes of {b, a} the result has, lowest first, for selectors 0 to 3.
_MODES = {
    "F4E": ("0123", "1234", "2345", "3456"), "B4E": ("0765", "1076", "2107", "3210"),
    "RC8": ("0000", "1111", "2222", "3333"), "ECL": ("0123", "1123", "2223", "3333"),
    "ECR": ("0000", "0111", "0122", "0123"), "RC16": ("0101", "2323", "0101", "2323"),
}  # fmt: skip


def _by_mode(table: tuple[str, ...]) -> Callable[[int, int, int], int]:
    def oracle(a: int, selector: int, b: int) -> int:
        pool = [word >> 8 * k & 255 for word in (a, b) for k in range(4)]
        return sum(pool[int(number)] << 8 * k for k, number in enumerate(table[selector & 3]))

    return oracle
