"""A line says one fault, and a bad line is refused: number, column, way out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.errors import UsageError
from sassafras.faults.model import FaultModel, Mode, Operation, Scope, TargetKind
from sassafras.faults.own import HEADING, OwnFault, mask_text, target_text
from sassafras.faults.own_file import read_own_faults

SEVEN = "kernel,invocation,block,thread,instruction,target,mask"
GOOD = "add_bias,1,2,3,4,IOV:R5,0x00000400"

#: Target, its mode and kind, its bits.
TARGETS = [
    ("RF:R0", Mode.RF, TargetKind.REGISTER, 0, 32),
    ("RF:R254", Mode.RF, TargetKind.REGISTER, 254, 32),
    ("IOV:R7", Mode.IOV, TargetKind.REGISTER, 7, 32),
    ("IOV:P6", Mode.IOV, TargetKind.PREDICATE, 6, 1),
    ("IOV:CC", Mode.IOV, TargetKind.CONDITION_CODE, 0, 4),
    ("IOV:WORD3", Mode.IOV, TargetKind.STORE_VALUE, 3, 32),
    ("IOA:R7", Mode.IOA, TargetKind.REGISTER_INDEX, 7, 8),
    ("IOA:ADDRESS", Mode.IOA, TargetKind.STORE_ADDRESS, 0, 64),
]


def write(folder: Path, *lines: str) -> Path:
    path = folder / "faults.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("text", "mode", "kind", "index", "bits"), TARGETS)
def test_a_target_says_mode_kind_and_number(
    text: str, mode: Mode, kind: TargetKind, index: int, bits: int
) -> None:
    fault = OwnFault("gemm", 0, 0, 0, 0, text, hex(1 << (bits - 1)))
    assert (fault.mode, fault.kind, fault.index) == (mode, kind, index)
    assert target_text(mode, kind, index) == text
    fault.check_width(bits)
    with pytest.raises(UsageError, match=rf"column mask: 0x\w+ is wider than the {bits - 1} bit"):
        fault.check_width(bits - 1)
    with pytest.raises(UsageError, match=r"column mask: .* (is wider than|is no mask)"):
        OwnFault("gemm", 0, 0, 0, 0, text, hex(1 << bits))


@pytest.mark.parametrize(
    ("mask", "operation", "value", "model"),
    [
        ("0x1", Operation.FLIP, 1, FaultModel.SINGLE_BIT),
        ("0x80000000", Operation.FLIP, 1 << 31, FaultModel.SINGLE_BIT),
        ("0xC0000000", Operation.FLIP, 3 << 30, FaultModel.DOUBLE_BIT),
        ("0x5", Operation.FLIP, 5, FaultModel.MASK),
        ("0xffffffff", Operation.FLIP, 0xFFFFFFFF, FaultModel.MASK),
        ("=0x0", Operation.SET, 0, FaultModel.ZERO_VALUE),
        ("=0x3f800000", Operation.SET, 0x3F800000, FaultModel.MASK),
    ],
)
def test_a_mask_flips_or_sets(mask: str, operation: Operation, value: int, model: FaultModel) -> None:
    fault = OwnFault("gemm", 0, 0, 0, 0, "RF:R0", mask)
    assert (fault.change, fault.fault_model) == ((operation, value), model)
    word = 0x12345678
    assert fault.corruption(32).apply(word) == (word ^ value if operation is Operation.FLIP else value)


def test_two_flags_are_no_double_bit_fault() -> None:
    assert OwnFault("gemm", 0, 0, 0, 0, "IOV:CC", "0x3").fault_model is FaultModel.MASK


numbers = st.integers(0, 10**18 - 1)


@given(
    st.sampled_from(TARGETS),
    numbers,
    numbers,
    numbers,
    st.integers(0, 9),
    st.sampled_from([Scope.THREAD, Scope.WARP]),
    st.data(),
)
def test_a_line_reads_back(
    tmp_path_factory: pytest.TempPathFactory,
    target: tuple[str, Mode, TargetKind, int, int],
    block: int,
    thread: int,
    instruction: int,
    frame: int,
    scope: Scope,
    data: st.DataObject,
) -> None:
    text, _, kind, _, bits = target
    flags = kind in (TargetKind.PREDICATE, TargetKind.CONDITION_CODE)
    operation = data.draw(st.sampled_from([Operation.FLIP] if flags else list(Operation)))
    value = data.draw(st.integers(1, (1 << bits) - 1))
    mask = mask_text(operation, value, kind)
    fault = OwnFault("gemm", 3, block, thread, instruction, text, mask, frame, scope)
    (read,) = read_own_faults(write(tmp_path_factory.mktemp("lines"), HEADING, fault.line))
    assert read.line == fault.line
    assert (read.change, read.scope, read.frame) == (fault.change, scope, frame)
    assert (read.block, read.thread, read.instruction) == (block, thread, instruction)


def test_a_file_in_any_order_with_comments(tmp_path: Path) -> None:
    path = tmp_path / "faults.csv"
    text = (
        "# mine\r\nmask,target,instruction,thread,block,invocation,kernel,scope\r\n\r\n"
        ' 0x1 ,IOA:R2,4,3,2,1,"gemm",warp\r\n# end\r\n0x1,RF:R2,4,3,2,1,gemm,\r\n'
    )
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    one, two = read_own_faults(path)
    assert one.line == "gemm,1,2,3,4,IOA:R2,0x01,0,warp,single-bit"
    assert two.line == "gemm,1,2,3,4,RF:R2,0x00000001,0,thread,single-bit"
    assert (one.where, two.where) == (f"{path}, line 4", f"{path}, line 6")


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("add_bias,1,2,3,4,IOV:R5", "mask", ["has 7 columns, this line 6"]),
        (GOOD + ",7", "number 8", ["has 7 columns, this line 8"]),
        ("add_bias,one,2,3,4,IOV:R5,0x4", "invocation", ["'one' is no number", "count from 0"]),
        ("add_bias,-1,2,3,4,IOV:R5,0x4", "invocation", ["'-1'"]),
        ("add_bias,1,2.0,3,4,IOV:R5,0x4", "block", ["'2.0'"]),
        ("add_bias,1,2,\u0663,4,IOV:R5,0x4", "thread", ["no number"]),
        (f"add_bias,1,2,3,{'9' * 30},IOV:R5,0x4", "instruction", ["no number"]),
        (",1,2,3,4,IOV:R5,0x4", "kernel", ["is empty"]),
        ("add_bias,1,2,3,4,R5,0x4", "target", ["'R5' names no target", "IOV:R4"]),
        ("add_bias,1,2,3,4,RF:P0,0x1", "target", ["'RF:P0'"]),
        ("add_bias,1,2,3,4,IOV:ADDRESS,0x1", "target", ["'IOV:ADDRESS'"]),
        ("add_bias,1,2,3,4,IOV:R,0x1", "target", ["'IOV:R'"]),
        ("add_bias,1,2,3,4,IOV:CC1,0x1", "target", ["'IOV:CC1'"]),
        ("add_bias,1,2,3,4,RF:R255,0x1", "target", ["the last one is RF:R254"]),
        ("add_bias,1,2,3,4,IOV:P7,0x1", "target", ["the last one is IOV:P6"]),
        ("add_bias,1,2,3,4,IOV:R5,1024", "mask", ["'1024' is no mask", "0x400"]),
        ("add_bias,1,2,3,4,IOV:R5,0x", "mask", ["'0x'"]),
        ("add_bias,1,2,3,4,IOV:R5,0x0", "mask", ["flips nothing", "=0x0"]),
        ("add_bias,1,2,3,4,IOV:R5,0x100000000", "mask", ["wider than the 32 bits"]),
        ("add_bias,1,2,3,4,IOA:R5,0x100", "mask", ["wider than the 8 bits"]),
        ("add_bias,1,2,3,4,IOV:P0,=0x1", "mask", ["flags can only be flipped"]),
        ('add_bias,1,2,3,4,"IOV:R5,0x4', None, ["not a line of CSV"]),
    ],
)
def test_a_bad_line_is_refused(tmp_path: Path, line: str, column: str | None, words: list[str]) -> None:
    path = write(tmp_path, SEVEN, GOOD, line)
    with pytest.raises(UsageError) as refusal:
        read_own_faults(path)
    text = str(refusal.value)
    place = f"{path}, line 3: " if column is None else f"{path}, line 3, column {column}: "
    assert text.startswith(place)
    assert "\n" not in text
    for word in words:
        assert word in text


@pytest.mark.parametrize(
    ("optional", "cell", "words"),
    [
        ("frame", "x", ["column frame", "'x'"]),
        ("scope", "block", ["column scope", "'block' is unknown", "thread, warp"]),
        ("model", "triple-bit", ["column model", "single-bit, double-bit"]),
        ("model", "double-bit", ["column model", "0x00000400 is no double-bit fault", "single-bit, mask"]),
        ("model", "random-value", ["column model"]),
    ],
)
def test_bad_optional_cells(tmp_path: Path, optional: str, cell: str, words: list[str]) -> None:
    path = write(tmp_path, f"{SEVEN},{optional}", f"{GOOD},{cell}")
    with pytest.raises(UsageError) as refusal:
        read_own_faults(path)
    for word in (f"{path}, line 2", *words):
        assert word in str(refusal.value)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], ["is empty", "begin it with the heading kernel,"]),
        ([SEVEN], ["has a heading and no faults"]),
        ([GOOD], ["line 1", "'add_bias'", "there is no such column"]),
        ([SEVEN.replace("thread", "tread"), GOOD], ["column 'tread'", "did you mean thread?"]),
        ([SEVEN.replace(",mask", ""), GOOD], ["column mask", "it is missing"]),
        ([SEVEN + ",mask", GOOD], ["column mask", "twice"]),
        ([SEVEN.replace(",", ";"), GOOD], ["line 1", "there is no such column"]),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, lines: list[str], words: list[str]) -> None:
    with pytest.raises(UsageError) as refusal:
        read_own_faults(write(tmp_path, *lines))
    for word in ("faults.csv", *words):
        assert word in str(refusal.value)


def test_what_is_no_file_of_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_own_faults(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="cannot be read"):
        read_own_faults(tmp_path)
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00k")
    with pytest.raises(UsageError, match="UTF-8"):
        read_own_faults(tmp_path / "binary.csv")
