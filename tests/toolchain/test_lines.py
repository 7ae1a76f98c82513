"""Tables of source lines: reading, writing, and whether the bundled ones fit their listings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.kernels.sample import every_nth, listings

from sassafras.errors import ListingError
from sassafras.kernels.cuda_lines import cuda_lines, read_table
from sassafras.kernels.programs import FOLDER, load_program
from sassafras.toolchain import bundle, nvrtc
from sassafras.toolchain.cubin import read_code
from sassafras.toolchain.lines import LineTable, SourcePlace, read_lines
from sassafras.toolchain.record import bundle_paths
from sassafras.toolchain.source import kernel_names, read_source, source_lines

KERNELS = kernel_names(FOLDER / "cuda")
each_kernel = pytest.mark.parametrize("kernel", every_nth(4, listings(KERNELS)))

LISTING = """
.text.k:
	//## File "/somewhere/k.cu", line 4
        /*0008*/                   MOV R1, c[0x0][0x20] ;
        /*0010*/         {         IADD R0, R1, R2 ;
	//## File "/somewhere/k.cu", line 2 inlined at "/somewhere/k.cu", line 4
	//## File "/somewhere/k.cu", line 4
        /*0018*/                   FADD R3, R1, R2         }
.L_x_1:
        /*0028*/                   FADD R3, R1, R2 ;
	//## File "/somewhere/k.cu", line 5
        /*0030*/                   EXIT ;
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """k.cu, which includes in/h.cuh: line 2 of the whole is line 2 of the header, 4 and 5 are 2 and 3."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "h.cuh").write_text("// h\n__device__ float f();\n// end\n")
    (tmp_path / "k.cu").write_text('#include "in/h.cuh"\nk() { f();\n}\n')
    return tmp_path


def test_reads_what_nvdisasm_prints(folder: Path) -> None:
    table = read_lines(LISTING, source_lines(folder / "k.cu"), folder, "abc")
    outer, inner = SourcePlace("k.cu", 2), SourcePlace("in/h.cuh", 2)
    assert table.runs == ((0x08, (outer,)), (0x18, (inner, outer)), (0x30, (SourcePlace("k.cu", 3),)))
    assert table.at(0) == ()
    assert table.at(0x10) == (outer,)
    assert table.at(0x28) == (inner, outer)
    assert table.at(0x1000) == (SourcePlace("k.cu", 3),)


def test_what_is_written_is_read_again(folder: Path) -> None:
    table = read_lines(LISTING, source_lines(folder / "k.cu"), folder, "abc")
    assert LineTable.from_text(table.to_text(), "here") == table
    empty = LineTable("abc", ())
    assert LineTable.from_text(empty.to_text(), "here") == empty


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"source_sha256": "", "files": [], "runs": [[8, [[0, 1]]]]}']
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ListingError, match=r"^k\.lines\.json is not a kernel's table of lines .*make bundle"):
        LineTable.from_text(text, "k.lines.json")


def test_lines_know_where_they_come_from(folder: Path) -> None:
    lines = source_lines(folder / "k.cu")
    assert [(line.path.name, line.number) for line in lines] == [
        ("h.cuh", 1), ("h.cuh", 2), ("h.cuh", 3), ("k.cu", 2), ("k.cu", 3),
    ]  # fmt: skip
    assert "".join(line.text for line in lines) == read_source(folder / "k.cu")


@each_kernel
def test_line_numbers_do_not_change_the_machine_code(kernel: str) -> None:
    """The tables are those of the bundled instructions only because of this."""
    paths = bundle_paths(bundle.KERNELS_FOLDER, kernel, "sm_50")
    numbered = nvrtc.compile_cubin(read_source(paths.source), f"{kernel}.cu", "sm_50", lines=True)
    assert read_code(numbered, kernel) == read_code(paths.cubin.read_bytes(), kernel)


@pytest.mark.alike(4)
@each_kernel
def test_every_instruction_has_a_line_of_code(kernel: str) -> None:
    """Offsets are those of instructions; lines exist and are neither empty nor comments."""
    program, table = load_program(kernel), read_table(FOLDER, kernel, "sm_50")
    assert {start for start, _ in table.runs} <= {i.offset for i in program.instructions}
    assert [start for start, _ in table.runs] == sorted({start for start, _ in table.runs})
    code = [i.offset for i in program.instructions if not _is_padding(i.opcode, i.text)]
    for offset in code:
        lines = cuda_lines(kernel, "sm_50", offset)
        assert lines
        assert all(line.text and not line.text.startswith("//") for line in lines)


def _is_padding(opcode: str, text: str) -> bool:
    return opcode == "NOP" or bool(re.fullmatch(r"BRA `\(\.L_x?_?\d+\)", text))


@pytest.mark.parametrize(
    ("kernel", "opcode", "line"),
    [
        ("add_bias", "STG", "output[index] += biases[filter];"),
        ("add_bias", "FADD", "output[index] += biases[filter];"),
        ("fill_gpu", "STG", "if (i < n) x[i * incx] = alpha;"),
        ("add", "FADD", "if (i < n) output[i] = a[i] + b[i];"),
        ("concatenate", "STG", "if (i < n) output[offset + i] = input[i];"),
        ("activate_array", "STG", "if (i < n) x[i] = activate(x[i], a);"),
    ],
)
def test_known_instructions_come_from_known_lines(kernel: str, opcode: str, line: str) -> None:
    offsets = [i.offset for i in load_program(kernel).instructions if i.opcode == opcode]
    assert offsets
    assert all(cuda_lines(kernel, "sm_50", offset)[0].text == line for offset in offsets)


def test_inlined_code_names_both_lines() -> None:
    program = load_program("activate_array")
    offset = next(i.offset for i in program.instructions if i.opcode == "MUFU")
    inner, outer = cuda_lines("activate_array", "sm_50", offset)
    assert (inner.file, outer.file) == ("activate.cuh", "activate_array.cu")
    assert inner.text.startswith("case LOGISTIC")
    assert "activate(x[i], a)" in outer.text


def test_a_table_of_another_source_is_refused(tmp_path: Path) -> None:
    paths = bundle_paths(tmp_path, "fill_gpu", "sm_50")
    bundled = bundle_paths(FOLDER, "fill_gpu", "sm_50")
    Path(str(paths.record)).parent.mkdir(parents=True)
    Path(str(paths.record)).write_bytes(bundled.record.read_bytes())
    assert read_table(tmp_path, "fill_gpu", "sm_50").runs == ()
    Path(str(paths.lines)).write_text(LineTable("another", ()).to_text())
    with pytest.raises(ListingError, match=r"fill_gpu\.lines\.json is not of the source"):
        read_table(tmp_path, "fill_gpu", "sm_50")
