"""Result files of SASSIFI and NVBitFI, written by hand after their scripts."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.errors import UsageError
from sassafras.faults.model import Mode
from sassafras.interchange.formats import FORMATS, ListName, Tool, parse_categories
from sassafras.interchange.results import parse_line, read_results, result_files

SASSIFI = ListName(Tool.SASSIFI, Mode.IOV, 0, 0, 10)
NVBITFI = ListName(Tool.NVBITFI, Mode.IOV, 7, 0, 10)


def test_a_line_of_sassifi() -> None:
    """The example in its own parse_results.py, with values as its injector prints them."""
    text = (
        "_Z22bpnn_layerforward_CUDAPfS_S_S_ii-0-26605491-0.506809798834-0.560204950825:c8:MOV:773546:17:"
        "0.759537:3::value_before,r3=3f800000:value_after,r3=3f820000"
    )
    row = parse_line(SASSIFI, "f", 1, text, "f:1")
    assert row.kernel == "_Z22bpnn_layerforward_CUDAPfS_S_S_ii"
    assert (row.invocation, row.launch, row.instruction_number) == (0, None, 26605491)
    assert (row.operand_seed, row.bit_seed) == (0.506809798834, 0.560204950825)
    assert (row.pc, row.offset, row.opcode, row.thread, row.seconds) == ("c8", None, "MOV", 773546, 0.759537)
    assert (row.outcome, row.masked_reason, row.category) == ("MASKED", None, 3)
    assert (row.target_index, row.before, row.after) == (3, "0x3f800000", "0x3f820000")
    assert (row.layer, row.severity, row.dmesg) == (None, None, None)


def test_a_line_of_nvbitfi() -> None:
    text = (
        "12;voidimpl::gemm<float,2>(float*,int);4;77;0.25;0.53125:0x90:XMAD:1201956:0x20000:1.5:17:"
        "[ 12.3] NVRM- Xid 13; next- line:value_before0xc0000:value_after0xe0000"
    )
    row = parse_line(NVBITFI, "f", 3, text, "f:3")
    assert row.kernel == "voidimpl::gemm<float,2>(float*,int)"
    assert (row.launch, row.invocation, row.instruction_number) == (4, None, 77)
    assert (row.offset, row.opcode, row.thread) == (0x90, "XMAD", 1201956)
    assert (row.outcome, row.category, row.instruction_group) == ("SDC", 17, "gp")
    assert (row.before, row.after, row.target_index) == ("0x000c0000", "0x000e0000", None)
    assert row.dmesg == "[ 12.3] NVRM- Xid 13; next- line"


@pytest.mark.parametrize(
    ("name", "text", "outcome", "thread"),
    [
        (SASSIFI, "k-1-2-0.5-0.5:::-1:-1:20.25:4::", "DUE", None),  # a hang has no record of the injection
        (SASSIFI, "k-a-1-2-5.3e-05-1e-07:8:IADD:0:1:2:1::", "MASKED", 0),  # dashes in name and seeds
        (SASSIFI, "k-1-2-0.5-0.5:8:LD:5:1:2:18::value_before,r0=1,r1=2:value_after,r0=1,r1=3", None, 5),
        (NVBITFI, "1;k;0;2;0.5;0.5:::-1:-1:10.0:4::", "DUE", None),
        (NVBITFI, "1;k;0;2;0.5;0.5:0x8:LDG:3:0x1:1:15:Xid 43:value_before0x0:value_after0x1", "DUE", 3),
        (NVBITFI, "1;k;0;2;0.5;0.5:0x0:NOP:-1:0x0:1:19::value_before0x0:value_after0x0", None, None),
    ],
)  # fmt: skip
def test_edges(name: ListName, text: str, outcome: str | None, thread: int | None) -> None:
    row = parse_line(name, "f", 1, text, "f:1")
    assert (row.outcome, row.thread) == (outcome, thread)
    assert row.due_kind == ("HANG" if row.category == 4 else None)


@pytest.mark.parametrize("tool", Tool)
def test_every_category(tool: Tool) -> None:
    for number, category in FORMATS[tool].categories.items():
        text = f"k-0-1-0.5-0.5:8:IADD:0:1:2:{number}::"
        if tool is Tool.NVBITFI:
            text = f"1;k;0;1;0.5;0.5:0x8:IADD:0:1:2:{number}::"
        row = parse_line(SASSIFI if tool is Tool.SASSIFI else NVBITFI, "f", 1, text, "f:1")
        assert row.category_text == category.text
        assert row.outcome == (None if category.outcome is None else category.outcome.value)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        (SASSIFI, "gemm 3 1234 0.5 0.5 ", "not a line of SASSIFI's results"),
        (SASSIFI, "gemm-3-1234-0.5:8:IADD:0:1:2:3::", "not a line of SASSIFI's results"),
        (SASSIFI, "gemm-3-1234-0.5-0.5:8:IADD:0:1:2", "not a line of SASSIFI's results"),
        (SASSIFI, "gemm-3-1234-0.5-0.5:8:IADD:0:1:2:19::", "no outcome category 19"),
        (SASSIFI, "gemm-3-1234-0.5-0.5:8:IADD:0:1:2:3::what", "not understood at its end: ':?what'"),
        (
            SASSIFI,
            "_Z3fooPf-0-1000-1040-0.25-0.5:a0b1:FFMA:12:8:1.5:3:",
            "'_Z3fooPf-0-1000-1040-0.25-0.5' has more fields than SASSIFI's site",
        ),
        (SASSIFI, "foo-0-1000-1040-0.25-0.5:a0b1:FFMA:12:8:1.5:3:", "has more fields than SASSIFI's site"),
        (SASSIFI, "_Z3fooPf-x-0-1-0.25-0.5:a0b1:FFMA:12:8:1.5:3:", "has more fields than SASSIFI's site"),
        (NVBITFI, "1;_Z3fooPf;0;1000;1040;0.25;0.5:8:IADD:0:1:2:3::", "not a line of NVBitFI's results"),
        (NVBITFI, "gemm-3-1234-0.5-0.5:8:IADD:0:1:2:3::", "not a line of NVBitFI's results"),
        (NVBITFI, "1;gemm;3;1234;0.5;0.5:8x:IADD:0:1:2:3::", "'8x' is no hexadecimal number"),
        (NVBITFI, "1;gemm;3;1234;0.5;0.5:8:IADD:0:1:2:20::", "no outcome category 20"),
    ],
)
def test_bad_lines_are_named(name: ListName, text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as caught:
        parse_line(name, "f", 7, text, "a/f.txt:7")
    assert str(caught.value).startswith("a/f.txt:7: ")
    assert "\n" not in str(caught.value)


def test_categories_of_a_fork_mean_what_is_said() -> None:
    given = parse_categories(["20=SDC", " 21 = due", "3=none", "20=sdc"])
    line = "k-0-1-0.5-0.5:8:IADD:0:1:2:{}::"
    rows = [parse_line(SASSIFI, "f", 1, line.format(n), "f:1", given) for n in (20, 21, 3, 4)]
    assert [row.outcome for row in rows] == ["SDC", "DUE", None, "DUE"]
    assert [row.category for row in rows] == [20, 21, 3, 4]
    assert [row.due_kind for row in rows] == [None, None, None, "HANG"]
    assert rows[0].category_text == "SDC as given (--outcome 20=SDC)"
    assert rows[3].category_text == "DUE: timeout"
    with pytest.raises(UsageError, match=r"no outcome category 22 \(1 to 18\); .*--outcome 22=SDC"):
        parse_line(SASSIFI, "f", 1, line.format(22), "f:1", given)


@pytest.mark.parametrize("text", ["20", "SDC", "20=", "20=Critical", "-1=SDC", "=SDC", "20=SDC,21=DUE", ""])
def test_meanings_that_say_nothing_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"expected a category .* 20=SDC; known: MASKED, DUE, SDC, NONE"):
        parse_categories([text])


def test_one_category_has_one_meaning() -> None:
    with pytest.raises(UsageError, match="category 20 was given another meaning"):
        parse_categories(["20=SDC", "20=DUE"])


TEXT = st.text(st.characters(codec="ascii", exclude_characters="\n\r\x0b\x0c\x1c\x1d\x1e\x85"), max_size=60)


@given(st.sampled_from([SASSIFI, NVBITFI]), TEXT)
def test_any_text_is_a_row_or_one_clear_error(name: ListName, text: str) -> None:
    with contextlib.suppress(UsageError):  # anything else is a defect of ours
        assert parse_line(name, "f", 1, text, "f:1").line == 1


@given(
    st.sampled_from(["gemm", "_Z4fillPfi", "a-b", "x_1"]),
    st.integers(0, 10**6),
    st.integers(0, 2**63),
    st.floats(0, 1, exclude_max=True),
    st.floats(0, 1, exclude_max=True),
)
def test_sites_read_back(kernel: str, count: int, index: int, operand: float, bit: float) -> None:
    seeds = f"{operand!r}", f"{bit!r}"
    for name, site in (
        (SASSIFI, f"{kernel}-{count}-{index}-{seeds[0]}-{seeds[1]}"),
        (NVBITFI, f"5;{kernel};{count};{index};{seeds[0]};{seeds[1]}"),
    ):
        row = parse_line(name, "f", 1, f"{site}:8:IADD:0:1:2:3::", "f:1")
        place = row.invocation if name is SASSIFI else row.launch
        assert (row.kernel, place, row.instruction_number) == (kernel, count, index)
        assert (row.operand_seed, row.bit_seed) == (operand, bit)


def test_files_and_folders(tmp_path: Path) -> None:
    line = "k-0-1-0.5-0.5:8:IADD:0:1:2:3::\n"
    first = tmp_path / "results-moderf-igidrf.bfm0.10.txt"
    second = tmp_path / "results-modeinst_value-igid0.bfm0.10.txt"
    for path in (first, second):
        path.write_text(f"{line}\n{line}", encoding="utf-8")
    assert result_files([tmp_path]) == [second, first]
    assert result_files([first, tmp_path]) == [first, second]
    rows = read_results(Tool.SASSIFI, [first, second])
    assert [(row.id, row.mode, row.line) for row in rows] == [
        (0, "RF", 1), (1, "RF", 3), (2, "IOV", 1), (3, "IOV", 3),
    ]  # fmt: skip


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"holds no results-mode\*\.txt"):
        result_files([tmp_path / "empty"])
    path = tmp_path / "results-moderf-igidrf.bfm0.10.txt"
    with pytest.raises(UsageError, match="No such file"):
        read_results(Tool.SASSIFI, [path])
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="no text file"):
        read_results(Tool.SASSIFI, [path])
    path.write_text("\n")
    with pytest.raises(UsageError, match="nothing was imported"):
        read_results(Tool.SASSIFI, [path])
    path.write_text("k-0-1-0.5-0.5:8:IADD:0:1:2:3::\nrubbish\n")
    with pytest.raises(UsageError, match=f"{path.name}:2: not a line"):
        read_results(Tool.SASSIFI, [path])
