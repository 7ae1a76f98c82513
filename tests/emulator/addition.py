"""Integer additions: variants and their oracle in plain integers (docs/sass.md)."""

from __future__ import annotations

from collections.abc import Callable

from tests.emulator.bench import M32, Variant, Words

Source = tuple[str, bool]
"""An operand: register or constant name, and whether it is negated."""


def signed(word: int) -> int:
    """A 32-bit word as a signed number."""
    return word - (1 << 32) if word >> 31 else word


def flags(result: int, carry: int, overflow: int, zero_before: int = 1) -> dict[str, int]:
    """Condition codes of a result."""
    return {"Z": int(result == 0) & zero_before, "S": result >> 31, "C": carry, "O": overflow}


def counted(word: int, negate: bool, extended: bool) -> int:
    """An addend as the adder counts it: -x is ~x + 1 in 33 bits, in .X forms ~x alone."""
    if not negate:
        return word
    return (word ^ M32) + (0 if extended else 1)


def added(
    sources: list[tuple[int, bool]], words: Words, *, extended: bool, cc: bool, three: bool = False
) -> dict[str, int]:
    """R0 (and flags) of a sum of words with signs."""
    carry_in = (words["C"] if three else int(words["C"] > 0)) if extended else 0
    total = sum(counted(w, n, extended) for w, n in sources) + carry_in
    exact = sum((~signed(w) if extended else -signed(w)) if n else signed(w) for w, n in sources) + carry_in
    out = {"R0": total & M32}
    if cc:
        overflow = 0 if three else int(not -(1 << 31) <= exact < 1 << 31)
        out |= flags(total & M32, total >> 32, overflow, words["Z"] if extended else 1)
    return out


def operand(text: str, words: Words) -> tuple[int, bool]:
    """Value and sign of a printed operand: ``-R4``, ``c[0x0][0x150]``, ``0x10``, ``-0x3`` (a literal's sign
    is in its bits).
    """
    body = text.removeprefix("-")
    if body.startswith("0x"):
        value = int(body, 16)
        return (-value & M32 if text.startswith("-") else value), False
    return words[_name(body)], text.startswith("-")


def _name(body: str) -> str:
    return "c" + body.rsplit("0x", maxsplit=1)[-1].rstrip("]") if body.startswith("c") else body


def add_variant(opcode: str, *operands: str, cc: bool = False) -> Variant:
    """IADD, IADD32I or IADD3 with printed operands."""

    def oracle(words: Words) -> Words:
        values = [(0, o.startswith("-")) if o.endswith("RZ") else operand(o, words) for o in operands]
        return added(values, words, extended=".X" in opcode, cc=cc, three=len(operands) == 3)

    return Variant(f"{opcode} R0{'.CC' if cc else ''}, {', '.join(operands)}", oracle)


def discarded(variant: Variant) -> Variant:
    """The same with RZ as destination: only the flags remain."""
    return Variant(
        variant.text.replace("R0", "RZ", 1),
        lambda words: {n: v for n, v in variant.oracle(words).items() if n != "R0"},
    )


def _iadd() -> list[Variant]:
    variants = []
    for opcode in ("IADD", "IADD.X"):
        for cc in (False, True):
            for a, b in (("R4", "R5"), ("-R4", "R5"), ("R4", "-R5"), ("R4", "c[0x0][0x150]"), ("R4",
                "-c[0x0][0x154]"),
                         ("R4", "-0x3"), ("-R4", "0x7ffff"), ("-RZ", "R5"), ("R4", "-RZ"), ("RZ",
                             "RZ")):  # fmt: skip
                variants.append(add_variant(opcode, a, b, cc=cc))
            variants.append(add_variant(opcode.replace("IADD", "IADD32I"), "R4", "0x80000000", cc=cc))
            variants.append(add_variant(opcode.replace("IADD", "IADD32I"), "-R4", "0xffffffe", cc=cc))
    variants.append(add_variant("IADD", "-R4", "-R5"))
    variants += [discarded(v) for v in variants if v.text.startswith(("IADD R0.CC", "IADD.X R0.CC"))]
    return variants


_THREE = (
    ("R4", "R5", "R6"), ("-R4", "R5", "R6"), ("R4", "-R5", "R6"), ("R4", "R5", "-R6"), ("-R4", "-R5", "R6"),
    ("R4", "c[0x0][0x150]", "R6"), ("R4", "0x7ffff", "-R6"), ("R4", "R5", "RZ"),
)  # fmt: skip


def _clamped_sums() -> list[Variant]:
    def make(opcode: str, a: str, b: str) -> Variant:
        def oracle(words: Words) -> Words:
            exact = sum(-signed(v) if n else signed(v) for v, n in (operand(o, words) for o in (a, b)))
            return {"R0": min(max(exact, -(1 << 31)), (1 << 31) - 1) & M32}

        return Variant(f"{opcode}.SAT R0, {a}, {b}", oracle)

    pairs = (("R4", "R5"), ("-R4", "R5"), ("R4", "-R5"), ("R4", "c[0x0][0x150]"), ("R4", "-0x3"))
    return [make("IADD", a, b) for a, b in pairs] + [
        make("IADD32I", a, b) for a in ("R4", "-R4") for b in ("0x80000000", "0x7fffffff")
    ]


def _iadd3() -> list[Variant]:
    variants = []
    for opcode in ("IADD3", "IADD3.X"):
        for cc in (False, True):
            variants += [add_variant(opcode, *sources, cc=cc) for sources in _THREE]
    return [*variants, *_signed_immediates(), *_shifted_sums(), *_half_sums()]


def _signed_immediates() -> list[Variant]:
    """nvdisasm prints the immediate of IADD3 as the 20 bits of its field: -2 as 0xffffe. So did NVRTC mean it
    in ``gemm_check``, where the number of a loop's turns is end - 2 - first + 1.
    """

    def make(text: str, value: int) -> Variant:
        def oracle(words: Words) -> Words:
            return {"R0": (value - words["R4"] - words["R5"]) & M32}

        return Variant(f"IADD3 R0, -R4, {text}, -R5", oracle)

    return [make("0xffffe", -2), make("0x80000", -0x80000), make("0x7ffff", 0x7FFFF)]


def _shifted_sums() -> list[Variant]:
    def make(modifier: str, third: str) -> Variant:
        def oracle(words: Words) -> Words:
            total = words["R4"] + words["R5"]
            partial = total >> 16 if modifier == "RS" else total << 16
            return {"R0": (partial + counted(*operand(third, words), False)) & M32}

        return Variant(f"IADD3.{modifier} R0, R4, R5, {third}", oracle)

    return [make(modifier, third) for modifier in ("RS", "LS") for third in ("R6", "-R6", "c[0x0][0x154]")]


def _half_sums() -> list[Variant]:
    def make(a: int, b: int) -> Variant:
        def oracle(words: Words) -> Words:
            return {
                "R0": ((words["R4"] >> 16 * a & 0xFFFF) + (words["R5"] >> 16 * b & 0xFFFF) + words["R6"])
                & M32
            }

        return Variant(f"IADD3 R0, R4.H{a}, R5.H{b}, R6", oracle)

    return [make(a, b) for a in (0, 1) for b in (0, 1)]


def _scaled(opcode: str, a: str, b: str, count: int, *, cc: bool) -> Variant:
    def oracle(words: Words) -> Words:
        value, negate = operand(a, words)
        shifted = (-value if negate else value) << count & M32
        return added([(shifted, False), operand(b, words)], words, extended=".X" in opcode, cc=cc)

    return Variant(f"{opcode} R0{'.CC' if cc else ''}, {a}, {b}, {count:#x}", oracle)


def _scaled_adds() -> list[Variant]:
    variants = []
    for cc in (False, True):
        for count in (0, 1, 2, 16, 31):
            for a, b in (
                ("R4", "R5"),
                ("-R4", "R5"),
                ("R4", "-R5"),
                ("R4", "c[0x0][0x150]"),
                ("R4", "0x7ffff"),
            ):
                variants.append(_scaled("ISCADD", a, b, count, cc=cc))
            variants += [
                _scaled(o, "R4", b, count, cc=cc) for o in ("LEA", "LEA.X") for b in ("R5", "c[0x0][0x154]")
            ]
    return variants + [_scaled("ISCADD32I", "R4", "0x12345678", n, cc=False) for n in (0, 5, 31)]


def _high(opcode: str, b: str, c: str, count: int, *, cc: bool) -> Variant:
    def oracle(words: Words) -> Words:
        wide = operand(c, words)[0] << 32 | words["R4"] if c != "RZ" else words["R4"]
        shifted = wide >> 32 - count & M32
        return added([(shifted, False), operand(b, words)], words, extended=".X" in opcode, cc=cc)

    return Variant(f"{opcode} R0{'.CC' if cc else ''}, R4, {b}, {c}, {count:#x}", oracle)


def _high_adds() -> list[Variant]:
    return [
        _high(opcode, b, c, count, cc=cc)
        for opcode in ("LEA.HI", "LEA.HI.X")
        for b, c in (("R5", "R6"), ("c[0x0][0x150]", "R6"), ("R5", "RZ"))
        for count in (0, 1, 2, 17, 31)
        for cc in (False, True)
    ]


def _uncounted() -> list[Variant]:
    """LEA without a printed count: nothing is shifted."""

    def make(opcode: str, b: str, *, cc: bool) -> Variant:
        def oracle(words: Words) -> Words:
            first = words["R6"] if ".HI" in opcode else words["R4"]
            return added([(first, False), operand(b, words)], words, extended=".X" in opcode, cc=cc)

        more = ", R6" if ".HI" in opcode else ""
        return Variant(f"{opcode} R0{'.CC' if cc else ''}, R4, {b}{more}", oracle)

    opcodes = ("LEA", "LEA.X", "LEA.HI", "LEA.HI.X")
    sources = ("R5", "c[0x0][0x150]", "0x4")
    variants = [make(o, b, cc=cc) for o in opcodes for b in sources for cc in (False, True)]
    return [*variants, make("LEA", "-R5", cc=True)]


def where() -> list[Variant]:
    """LEA.HI.X with a predicate: whether the generic address R6:R4 is one of global memory. The windows of
    shared and local memory: 16 MiB from 0x1000000 and from 0x3000000 (docs/sass.md).
    """

    def make(d: str, b: str, *, cc: bool) -> Variant:
        def oracle(words: Words) -> Words:
            out = added([(words["R6"], False), operand(b, words)], words, extended=True, cc=cc)
            address = words["R6"] << 32 | words["R4"]
            near = any(start <= address < start + 0x1000000 for start in (0x1000000, 0x3000000))
            return {k: v for k, v in out.items() if k != "R0" or d != "RZ"} | {"P0": int(not near)}

        return Variant(f"LEA.HI.X P0, {d}{'.CC' if cc else ''}, R4, {b}, R6", oracle)

    return [make(d, b, cc=cc) for d in ("R0", "RZ") for b in ("R5", "c[0x0][0x150]") for cc in (False, True)]


GROUPS: dict[str, Callable[[], list[Variant]]] = {
    "iadd": _iadd,
    "clamped": _clamped_sums,
    "iadd3": _iadd3,
    "scaled": _scaled_adds,
    "high": _high_adds,
    "uncounted": _uncounted,
}
