"""Video instructions: variants, with PTX's definition in plain integers as oracle."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.emulator.bench import M32, Variant, Words
from tests.emulator.bitwise import _signed as signed_of
from tests.emulator.comparing import truth

SIZES = {"U8": 8, "S8": 8, "U16": 16, "S16": 16, "U32": 32, "S32": 32}
SECONDS = ("", "ACC", "MIN", "MAX", "MRG_8B0", "MRG_8B1", "MRG_8B2", "MRG_8B3", "MRG_16L", "MRG_16H")


def part(w: Words, text: str, kind: str) -> int:
    """A printed source by its type: ``-R4.B2``, ``R5.H1``, a literal."""
    body = text.removeprefix("-")
    register, _, suffix = body.partition(".")
    word = int(body, 16) if body.startswith("0x") else w[register]
    word >>= {"": 0, "H0": 0, "H1": 16}.get(suffix, 8 * int(suffix[-1]) if suffix.startswith("B") else 0)
    size = SIZES[kind]
    word &= (1 << size) - 1
    value = signed_of(word, size) if kind[0] == "S" else word
    return -value if text.startswith("-") else value


def finished(value: int, c: int, *, signed: bool, sat: bool, second: str) -> int:
    """The clamp and the second operation."""
    bits = {"8": 8, "1": 16}[second[4]] if second.startswith("MRG") else 32
    if sat:
        low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
        value = min(max(value, low), high)
    word = value & M32
    if second == "ACC":
        return (word + c) & M32
    if second in ("MIN", "MAX"):
        key = signed_of if signed else int
        return (min if second == "MIN" else max)(word, c, key=key)
    if second.startswith("MRG"):
        place = {"B": 8 * int(second[-1]) if second[-1].isdigit() else 0, "6": 16 * (second[-1] == "H")}[
            second[5]
        ]
        mask = (1 << bits) - 1 << place
        return word << place & mask | c & ~mask & M32
    return word


def made(
    opcode: str, types: tuple[str, str], a: str, b: str, exact: Callable[[int, int], int], *,
    more: str = "", signed: bool, sat: bool = False, second: str = "",
) -> Variant:  # fmt: skip
    """A variant whose result is ``exact`` of both parts, finished."""

    def oracle(w: Words) -> Words:
        value = exact(part(w, a, types[0]), part(w, b, types[1]))
        return {"R0": finished(value, w["R6"], signed=signed, sat=sat, second=second)}

    kinds = "" if types == ("S32", "S32") else f".{types[0]}.{types[1]}"
    hidden_signed = opcode != "VABSDIFF"
    sign = "" if signed == hidden_signed or opcode.startswith("VSET") else (".SD" if signed else ".UD")
    text = f"{opcode}{sign}{kinds}{more}{'.SAT' * sat}{'.' * bool(second)}{second} R0, {a}, {b}, R6"
    return Variant(text, oracle)


PAIRS = (
    (("S32", "S32"), "R4", "R5"), (("U32", "U32"), "R4", "R5"), (("U32", "S32"), "R4", "R5"),
    (("S32", "U32"), "R4", "R5"), (("U8", "S8"), "R4.B2", "R5.B1"), (("S16", "U16"), "R4.H1", "R5"),
    (("U16", "U16"), "R4", "R5.H1"), (("S8", "U8"), "R4", "R5.B3"), (("U32", "U16"), "R4", "0x5"),
)  # fmt: skip


def sums() -> list[Variant]:
    """VADD, VABSDIFF, VMNMX over types, clamps and second operations."""
    operations: list[tuple[str, str, Callable[[int, int], int]]] = [
        ("VADD", "", lambda a, b: a + b),
        ("VABSDIFF", "", lambda a, b: abs(a - b)),
        ("VMNMX", "", min),
        ("VMNMX", ".MX", max),
    ]
    variants = []
    for opcode, more, exact in operations:
        for number, (types, a, b) in enumerate(PAIRS):
            for k, second in enumerate(SECONDS):
                if (k + number) % 3:
                    continue
                variants.append(
                    made(opcode, types, a, b, exact, more=more, second=second,
                         signed=bool((number + k) % 2), sat=bool((number + k) // 2 % 2))
                )  # fmt: skip
        for signed in (False, True):
            variants += [
                made(opcode, ("S32", "S32"), "R4", "R5", exact, more=more, signed=signed, second=second)
                for second in SECONDS
            ]
    minus = [
        made("VADD", ("S32", "S32"), "R4", "-R5", lambda a, b: a + b, signed=True, sat=True, second="MIN")
    ]
    return [*variants, *minus]


def shifts_and_tests() -> list[Variant]:
    """VSHL, VSHR, VSET."""
    variants = []
    for wrap in (False, True):

        def count(b: int, w: bool = wrap) -> int:
            return b % 32 if w else min(b & M32, 32)

        for number, (types, a, b) in enumerate(PAIRS):
            for k, second in enumerate(SECONDS):
                if (k + number) % 3:
                    continue
                facts = {"more": ".W" * wrap, "signed": bool((number + k) % 2), "second": second}
                left = made("VSHL", types, a, b, lambda x, y, c=count: x << c(y), **facts)  # type: ignore[misc,arg-type]
                right = made("VSHR", types, a, b, lambda x, y, c=count: x >> c(y), **facts)  # type: ignore[misc,arg-type]
                variants += [left, right]
    shifted = made("VSHR", ("U32", "U16"), "R4", "0x5", lambda x, y: x >> y, signed=False, second="ACC")
    variants.append(shifted)  # of PyTorch's kernels
    for first, name in enumerate(("LT", "EQ", "LE", "GT", "NE", "GE")):
        for number, (types, a, b) in enumerate(PAIRS):
            second = SECONDS[(first + number) % len(SECONDS)]
            holds = partial(truth, name)
            variants.append(made(f"VSET.{name}", types, a, b, holds, signed=False, second=second))
    return variants


def products() -> list[Variant]:
    """VMAD and VABSDIFF4."""
    variants = []
    for types, a, b in PAIRS[:-1]:
        for plus in (False, True):
            for down in ("", "SHR_7", "SHR_15"):
                variants += [
                    _product(types, a, b, "R6", plus=plus, down=down, sat=sat) for sat in (False, True)
                ]
    for sat in (False, True):
        variants += [
            _product(("S32", "S32"), "-R4", "R5", "R6", plus=False, down="", sat=sat),
            _product(("U8", "U8"), "R4", "R5.B3", "-R6", plus=False, down="SHR_15", sat=sat),
        ]
    return [
        *variants,
        *(_four(kinds, acc) for kinds in (("U8", "U8"), ("S8", "U8")) for acc in (False, True)),
    ]


def _product(types: tuple[str, str], a: str, b: str, c: str, *, plus: bool, down: str, sat: bool) -> Variant:
    signed = "S" in (types[0][0], types[1][0]) or "-" in a + b + c

    def oracle(w: Words) -> Words:
        addend = part(w, c, "S32" if signed else "U32")
        total = part(w, a, types[0]) * part(w, b, types[1]) + addend + plus
        total >>= int(down.removeprefix("SHR_") or 0)
        return {"R0": finished(total, 0, signed=signed, sat=sat, second="")}

    kinds = "" if types == ("S32", "S32") else f".{types[0]}.{types[1]}"
    text = f"VMAD{kinds}{'.PO' * plus}{'.' * bool(down)}{down}{'.SAT' * sat} R0, {a}, {b}, {c}"
    return Variant(text, oracle)


def _four(kinds: tuple[str, str], acc: bool) -> Variant:
    def oracle(w: Words) -> Words:
        far = [abs(part(w, f"R4.B{k}", kinds[0]) - part(w, f"R5.B{k}", kinds[1])) for k in range(4)]
        packed = sum((d & 255) << 8 * k for k, d in enumerate(far))
        return {"R0": (sum(far) + w["R6"] if acc else packed) & M32}

    return Variant(f"VABSDIFF4.{kinds[0]}.{kinds[1]}{'.ACC' * acc} R0, R4, R5, R6", oracle)


GROUPS = {"video sums": sums, "video shifts": shifts_and_tests, "video products": products}
