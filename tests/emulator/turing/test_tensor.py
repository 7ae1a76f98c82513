"""Products on tensor cores and moves of fragments, in lock step, against exact numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from tests.emulator.ieee import DOUBLE
from tests.emulator.recording import RecordingFunction, differences
from tests.emulator.turing.bench import program as bench
from tests.emulator.turing.products import (
    BF16,
    F16,
    F32,
    TF32,
    WARP,
    Kind,
    Words,
    elements,
    float_sum,
    integer_sum,
    sums_of,
)
from tests.emulator.turing.running import ROW, Rows, drawn, ran

from sassafras.architectures.registry import architecture
from sassafras.errors import ListingError
from sassafras.isa.groups import Group

BUILDS = pytest.mark.parametrize("armed", [pytest.param(False, marks=pytest.mark.long), True])
M32 = 0xFFFFFFFF
#: Edges of 16 bits (of binary16 and of bfloat16), and of 32.
EDGES16 = (
    *(0, 0x8000, 1, 0x8001, 0x03FF, 0x0400, 0x7BFF, 0xFBFF, 0x3C00, 0xBC00, 0x3C01, 0x0080),
    *(0x007F, 0x7F7F, 0xFF7F, 0x3F80, 0xBF81, 0x0081),
)
SPECIAL16 = (0x7C00, 0xFC00, 0x7E00, 0xFFFF, 0x7F80, 0xFF80, 0x7FC1)
EDGES32 = (
    *(0, 0x80000000, 1, 0x80000001, 0x7FFFFF, 0x800000, 0x7F7FFFFF, 0xFF7FFFFF, 0x3F800000, 0xBF800001),
    *(0x34000000, 0x33FFFFFF, 0x1FFF, 0x2000),
)
SPECIAL32 = (0x7F800000, 0xFF800000, 0x7FC00000, 0xFFFFFFFF, 0x7F800001, 0x7F802000)


@dataclass(frozen=True)
class Product:
    """A form: rows, depth, and bits of an element; registers of A, B, and C or D."""

    text: str
    rows: int
    depth: int
    bits: int
    a: int
    b: int
    c: int

    @property
    def kind(self) -> Kind:
        return TF32 if "TF32" in self.text else BF16 if "BF16" in self.text else F16

    @property
    def sums(self) -> Kind:
        return F16 if self.text.endswith(".F16") else F32

    def instruction(self) -> str:
        marks = (".ROW", ".COL") if self.text.startswith("IMMA") else ("", "")
        return f"{self.text} R40, R8{marks[0]}, R16{marks[1]}, R24"


FLOATS = (
    Product("HMMA.1688.F32", 16, 8, 16, 2, 1, 4),
    Product("HMMA.1688.F16", 16, 8, 16, 2, 1, 2),
    Product("HMMA.16816.F32", 16, 16, 16, 4, 2, 4),
    Product("HMMA.16816.F16", 16, 16, 16, 4, 2, 2),
    Product("HMMA.1688.F32.BF16", 16, 8, 16, 2, 1, 4),
    Product("HMMA.16816.F32.BF16", 16, 16, 16, 4, 2, 4),
    Product("HMMA.1684.F32.TF32", 16, 4, 32, 2, 1, 4),
    Product("HMMA.1688.F32.TF32", 16, 8, 32, 4, 2, 4),
)
INTEGERS = tuple(
    Product(f"IMMA.{shape}.{first}{bits}.{second}{bits}{clamped}", rows, depth, bits, a, b, rows // 4)
    for shape, rows, depth, bits, a, b in (
        ("8816", 8, 16, 8, 1, 1),
        ("16816", 16, 16, 8, 2, 1),
        ("16832", 16, 32, 8, 4, 2),
        ("8832", 8, 32, 4, 1, 1),
        ("16832", 16, 32, 4, 2, 1),
        ("16864", 16, 64, 4, 4, 2),
    )
    for first in "SU"
    for second in "SU"
    for clamped in ("", ".SAT")
)


def program(product: Product) -> list[str]:
    given = [(8, product.a), (16, product.b), (24, product.c)]
    registers = [first + k for first, count in given for k in range(count)]
    lines = [f"LDG.E R{r}, [R2.64+{4 * k:#x}]" for k, r in enumerate(registers)]
    lines.append(product.instruction())
    return [*lines, *(f"STG.E [R2.64+{40 + 4 * k:#x}], R{40 + k}" for k in range(product.c)), "EXIT"]


def mixed(product: Product, key: int) -> Rows:
    """Random bits, numbers near each other, and edges; with some keys infinities and NaNs as well."""
    dice = np.random.Generator(np.random.Philox(key))
    shape = (WARP, ROW)
    edges, special, near = _of_size(product, dice, shape)
    which = dice.random(shape)
    rows = np.where(which < 0.7, near, drawn(WARP, key))
    rows = np.where(which < 0.12 * (key % 3), dice.choice(edges, shape), rows)
    if product.sums is F32 and product.bits == 16:
        c = slice(product.a + product.b, product.a + product.b + 4)
        sums = dice.normal(scale=4, size=(WARP, 4)).astype(np.float32).view(np.uint32)
        edge = dice.random((WARP, 4)) < 0.2 * (key % 2)
        rows[:, c] = np.where(edge, dice.choice(np.array(EDGES32, np.uint32), (WARP, 4)), sums)
    if key % 4 == 3:
        rows = np.where(dice.random(shape) < 0.03, dice.choice(special, shape), rows)
    return np.ascontiguousarray(rows.astype(np.uint32))


def _of_size(
    product: Product, dice: np.random.Generator, shape: tuple[int, int]
) -> tuple[Words, Words, Words]:
    """Edges, infinities and NaNs, and numbers near 1, as words."""
    if product.bits == 32:
        near = dice.normal(size=shape).astype(np.float32).view(np.uint32)
        return np.array(EDGES32, np.uint32), np.array(SPECIAL32, np.uint32), near
    halves = np.array(EDGES16, np.uint32)
    edges = dice.choice(halves, 64) | dice.choice(halves, 64) << 16
    special = dice.choice(np.array(SPECIAL16, np.uint32), 64) << 16 | dice.choice(halves, 64)
    pair = dice.normal(size=(2, *shape))
    if product.kind is F16:
        low, high = pair.astype(np.float16).view(np.uint16).astype(np.uint32)
    else:
        low, high = pair.astype(np.float32).view(np.uint32) >> 16
    return edges, special, low | high << 16


def parts(product: Product, rows: Words) -> tuple[Words, Words, Words]:
    a = elements(rows[:, : product.a], product.bits, product.rows, product.depth)
    b = elements(rows[:, product.a : product.a + product.b], product.bits, 8, product.depth)
    return a, b, sums_of(rows[:, product.a + product.b :], product.rows, product.sums is F16)


def check(product: Product, arch: str, rows: Rows, armed: bool) -> None:
    got, trap = ran(program(product), rows, armed=armed, arch=arch, tensor_cores=True)
    assert trap is None
    a, b, c = parts(product, rows)
    found = sums_of(got[:, 10:], product.rows, product.sums is F16)
    for row in range(product.rows):
        for column in range(8):
            wanted = float_sum(
                arch, product.kind, product.sums, a[row].tolist(), b[column].tolist(), int(c[row, column])
            )
            assert found[row, column] == wanted, (row, column, hex(found[row, column]), hex(wanted))


KEYS = (3, 6)  #: edges, infinities and NaNs; plain numbers
ON = [(product, arch) for product in FLOATS for arch in ("sm_80", "sm_90")]
ON += [(product, "sm_75") for product in FLOATS[:2]]
SHORT = [(FLOATS[0], "sm_75"), (FLOATS[2], "sm_90"), (FLOATS[3], "sm_80"), (FLOATS[7], "sm_80")]


def each(cases: list[tuple[Product, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("product", "arch"), cases, ids=lambda x: getattr(x, "text", x))


@each(SHORT)
def test_products_of_floats(product: Product, arch: str) -> None:
    for key in KEYS:
        check(product, arch, mixed(product, key), armed=arch == "sm_75")


@pytest.mark.long
@each(ON)
def test_products_of_floats_of_every_form(product: Product, arch: str) -> None:
    for key in range(12):
        check(product, arch, mixed(product, key), armed=key % 2 == 0)


def check_integers(product: Product, armed: bool) -> None:
    rows = drawn(WARP, 21)
    c = product.a + product.b
    rows[:8, c : c + product.c] = 0x7FFFFFF0
    rows[8:16, c : c + product.c] = 0x8000000F
    rows[::3, : product.a] = 0x80808080 if product.bits == 8 else 0x88888888
    got, trap = ran(program(product), rows, armed=armed, tensor_cores=True)
    assert trap is None
    first, second = product.text.split(".")[2:4]
    total = integer_sum(
        (product.bits, product.bits), (first[0] == "S", second[0] == "S"), ".SAT" in product.text
    )
    a, b, sums = parts(product, rows)
    found = sums_of(got[:, 10:], product.rows, False)
    for row in range(product.rows):
        for column in range(8):
            assert found[row, column] == total(a[row].tolist(), b[column].tolist(), int(sums[row, column]))


@pytest.mark.parametrize("product", INTEGERS[1::11], ids=lambda p: p.text)
def test_products_of_integers(product: Product) -> None:
    check_integers(product, armed=product.bits == 8)


@pytest.mark.long
@pytest.mark.parametrize("product", INTEGERS, ids=lambda p: p.text)
@BUILDS
def test_products_of_integers_of_every_form(product: Product, armed: bool) -> None:
    check_integers(product, armed)


DOUBLES = (
    0.0,
    -0.0,
    1.0,
    -1.5,
    2.0**-1074,
    -(2.0**-1022),
    1.7e308,
    -1.7e308,
    float("inf"),
    float("nan"),
    0.1,
    1e-300,
)


@BUILDS
@pytest.mark.parametrize(("text", "arch"), [("DMMA.884", "sm_80"), ("DMMA.8x8x4", "sm_90")])
def test_products_of_doubles(text: str, arch: str, armed: bool) -> None:
    dice = np.random.Generator(np.random.Philox(5))
    values = np.where(
        dice.random((WARP, 8)) < 0.3, dice.choice(DOUBLES, (WARP, 8)), dice.normal(size=(WARP, 8))
    )
    rows = np.ascontiguousarray(values).view(np.uint32)
    lines = [f"LDG.E.64 R{8 + 2 * k}, [R2.64+{8 * k:#x}]" for k in range(4)]
    lines += [f"{text} R20, R8, R10, R12", "STG.E.128 [R2.64+0x20], R20", "EXIT"]
    got, trap = ran(lines, rows, armed=armed, arch=arch, tensor_cores=True)
    assert trap is None
    given = np.ascontiguousarray(values).view(np.uint64)
    for lane in range(WARP):
        for n in range(2):
            total = int(given[lane, 2 + n])
            for k in range(4):
                x, y = given[4 * (lane // 4) + k, 0], given[4 * (2 * (lane % 4) + n) + k, 1]
                total = DOUBLE.multiply_add(int(x), int(y), total)
            assert int(got[lane, 8 + 2 * n]) | int(got[lane, 9 + 2 * n]) << 32 == total


# who takes part ----------------------------------------------------------------------------------------


@BUILDS
def test_a_lane_that_is_not_there_brings_zeros(armed: bool) -> None:
    """A guard keeps lane 5 away; its row of A counts as zeros, and its own registers stay."""
    product = FLOATS[0]
    rows = mixed(product, 6)
    lines = program(product)
    place = lines.index(product.instruction())
    lines[place:place] = ["ISETP.NE.AND P0, PT, R0, 0x5, PT", *(f"MOV R{40 + k}, 0x7" for k in range(4))]
    lines[lines.index(product.instruction())] = f"@P0 {product.instruction()}"
    got, trap = ran(lines, rows, armed=armed, tensor_cores=True)
    assert trap is None and got[5, 10:14].tolist() == [7] * 4
    there = rows.copy()
    there[5, :3] = 0
    a, b, c = parts(product, there)
    found = sums_of(got[:, 10:], 16, False)
    for row in range(16):
        for column in range(8):
            if 4 * (row % 8) + column // 2 != 5:
                wanted = float_sum(
                    "sm_80", F16, F32, a[row].tolist(), b[column].tolist(), int(c[row, column])
                )
                assert found[row, column] == wanted


def test_results_may_lie_where_factors_lay() -> None:
    """Each lane brings its factors before any lane writes."""
    product = FLOATS[2]
    rows = mixed(product, 6)
    lines = program(product)[: -1 - product.c]
    lines[-1] = lines[-1].replace("R40", "R8")
    lines += [*(f"STG.E [R2.64+{40 + 4 * k:#x}], R{8 + k}" for k in range(4)), "EXIT"]
    got, trap = ran(lines, rows, armed=True, tensor_cores=True)
    assert trap is None
    a, b, c = parts(product, rows)
    found = sums_of(got[:, 10:], 16, False)
    wanted = [
        [float_sum("sm_80", F16, F32, x.tolist(), y.tolist(), int(c[r, n])) for n, y in enumerate(b)]
        for r, x in enumerate(a)
    ]
    assert found.tolist() == wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("HMMA.16816.F32 R40, R8, R16, R24", "modelled only: --tensor-cores modelled carries it out"),
        ("IMMA.16832.S8.S8 R40, R8.ROW, R16.COL, R24", "modelled only"),
        ("DMMA.884 R40, R8, R16, R24", "modelled only"),
    ],
)
def test_products_are_refused_unless_they_are_asked_for(text: str, words: str) -> None:
    with pytest.raises(ListingError, match=words) as error:
        ran([text, "EXIT"], drawn(WARP, 1), armed=False)
    assert f'"{text}"' in str(error.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("HMMA.1684.F32 R40, R8, R16, R24", "is not known"),
        ("HMMA.16816.F32.TF32 R40, R8, R16, R24", "is not known"),
        ("HMMA.1688.F16.BF16 R40, R8, R16, R24", "sums of this kind are binary32"),
        ("IMMA.16832.S8.S4 R40, R8.ROW, R16.COL, R24", "is not known"),
        ("IMMA.16864.S8.S8 R40, R8.ROW, R16.COL, R24", "is not known"),
        ("HMMA.16816.F32.SP R40, R8, R16, R24", "modifier .SP of HMMA"),
        (
            "HGMMA.64x64x16.F32 R40, R8, R16, R24",
            "opcode HGMMA is not supported: a product of matrices of four warps",
        ),
        (
            "QMMA.16832.F32.E4M3.E4M3 R40, R8, R16, R24",
            "opcode QMMA is not supported: a product of matrices of 8-bit floats",
        ),
        ("UTMALDG.2D [UR8], [UR4]", "opcode UTMALDG is not supported: a copy of tiles"),
        ("SYNCS.EXCH.64 URZ, [UR4], UR6", "opcode SYNCS is not supported: a barrier in shared memory"),
        ("LDSM.8.M88 R8, [R4]", "modifier .8 of LDSM"),
    ],
)
def test_other_forms_are_refused_by_name(text: str, words: str) -> None:
    with pytest.raises(ListingError, match=words):
        ran([text, "EXIT"], drawn(WARP, 1), armed=False, tensor_cores=True)


def test_every_form_reads_and_writes_what_its_record_declares() -> None:
    lines = [p.instruction() for p in (*FLOATS, *INTEGERS)]
    lines += ["DMMA.884 R40, R8, R16, R24", "@P1 HMMA.16816.F32 R40, R8, RZ, RZ"]
    code = replace(bench(*lines, "EXIT"), architecture=architecture("sm_80", tensor_cores=True))
    function = RecordingFunction(code)
    function.emit()
    assert [text for i in code.instructions for text in differences(i, function.seen[i.index])] == []
    assert {i.groups for i in code.instructions[:-1]} == {frozenset({Group.GPR, Group.TENSOR})}


def test_what_cancels_is_plus_zero() -> None:
    """Of numbers far above the least one, too: 2^15 - 2^15, c = -0."""
    product = FLOATS[0]
    rows = np.zeros((WARP, ROW), np.uint32)
    rows[:, :2] = 0x78007800
    rows[:, 2] = 0xBC003C00
    rows[:, 3:7] = 0x80000000
    got, trap = ran(program(product), rows, armed=False, tensor_cores=True)
    assert trap is None and not got[:, 10:14].any()
