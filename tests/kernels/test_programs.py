"""The bundled kernels load, and a listing that is not its record's is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.kernels.sample import listings

from sassafras.errors import ListingError, UsageError
from sassafras.kernels import programs
from sassafras.toolchain.record import BundlePaths, bundle_paths


@pytest.fixture
def copied(tmp_path: Path) -> BundlePaths:
    """The files of ``fill_gpu`` in a folder of the test's own."""
    shutil.copytree(programs.FOLDER / "listings", tmp_path / "listings")
    return bundle_paths(tmp_path, "fill_gpu", "sm_50")


@pytest.mark.parametrize("kernel", listings(programs.bundled_kernels("sm_50")))
def test_every_bundled_kernel_loads(kernel: str) -> None:
    program = programs.load_program(kernel)
    assert (program.name, program.architecture.name) == (kernel, "sm_50")
    assert program.instructions
    assert program.parameters
    assert programs.load_program(kernel) is program


def test_unknown_kernel_names_the_known() -> None:
    said = (
        r"^unknown kernel 'im2col'; did you mean im2col_gpu\? known are: activate_array, .* window_mean_tmr$"
    )
    with pytest.raises(UsageError, match=said):
        programs.load_program("im2col")


def test_unknown_architecture_names_the_bundled() -> None:
    said = (
        r"^unknown architecture 'sm_12'; did you mean sm_\d\d+\? known are: sm_50, .*sm_90, sm_100, sm_120$"
    )
    with pytest.raises(UsageError, match=said):
        programs.load_program("gemm", "sm_12")
    with pytest.raises(
        UsageError, match=r"^no machine code is bundled for sm_70; it is for: sm_50, .*sm_90$"
    ):
        programs.load_program("gemm", "sm_70")


def test_a_name_is_never_a_path() -> None:
    with pytest.raises(UsageError, match="unknown kernel"):
        programs.load_program("../sm_50/gemm")
    with pytest.raises(UsageError, match="unknown architecture"):
        programs.load_program("gemm", "../listings/sm_50")


def test_changed_listing_is_refused(copied: BundlePaths, tmp_path: Path) -> None:
    Path(str(copied.listing)).write_text(copied.listing.read_text().replace("R0", "R1", 1))
    with pytest.raises(ListingError, match=r"^sm_50/fill_gpu\.sass is not the listing that .* make bundle$"):
        programs.read_program(tmp_path, "fill_gpu", "sm_50")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"metadata": 1}'])
def test_broken_record_is_refused(text: str, copied: BundlePaths, tmp_path: Path) -> None:
    Path(str(copied.record)).write_text(text)
    with pytest.raises(ListingError, match=r"^sm_50/fill_gpu\.json is not a kernel's record .* make bundle$"):
        programs.read_program(tmp_path, "fill_gpu", "sm_50")


@pytest.mark.parametrize(
    ("known", "damaged"),
    [
        ('"register_count": ', '"register_count": -'),
        ('"ordinal": ', '"ordinal": -1'),
        ('"size": ', '"size": true, "was": '),
        ('"code_bytes": ', '"code_bytes": "9", "was": '),
        ('"constants": "', '"constants": "g'),
        ('"name": ', '"named": '),
        ('"options": [', '"options": [1, '),
    ],
)
def test_a_record_with_a_wrong_value_is_refused(
    known: str, damaged: str, copied: BundlePaths, tmp_path: Path
) -> None:
    text = copied.record.read_text("utf-8")
    assert known in text
    Path(str(copied.record)).write_text(text.replace(known, damaged, 1), "utf-8")
    key = known.strip('": [')
    with pytest.raises(
        ListingError, match=rf"^sm_50/fill_gpu\.json is not .*{key}.*rebuild it with: make bundle$"
    ):
        programs.read_program(tmp_path, "fill_gpu", "sm_50")


def test_missing_record_is_refused(copied: BundlePaths, tmp_path: Path) -> None:
    Path(str(copied.record)).unlink()
    with pytest.raises(ListingError, match=r"^sm_50/fill_gpu: No such file .*fill_gpu\.json"):
        programs.read_program(tmp_path, "fill_gpu", "sm_50")
