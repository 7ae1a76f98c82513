"""Bundled files of an architecture in one archive."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sassafras.errors import ListingError
from sassafras.kernels import programs
from sassafras.toolchain import bundle
from sassafras.toolchain.packed import PackedFile, names_in, pack
from sassafras.toolchain.record import archive_of, bundle_paths, bundled_architectures, listed

MOST_BYTES = 12_000_000  #: of all archives together
FILES = {"b.sass": b"two", "a.sass": b"one" * 1000, "a.json": "ä".encode()}


def test_what_is_packed_is_read_again(tmp_path: Path) -> None:
    archive = tmp_path / "x.zip"
    pack(archive, FILES)
    assert names_in(archive) == FILES.keys()
    for name, content in FILES.items():
        file = PackedFile(archive, name)
        assert file.exists() and file.read_bytes() == content
        assert file.read_text() == content.decode()
    first = archive.read_bytes()
    pack(archive, dict(reversed(FILES.items())))
    assert archive.read_bytes() == first
    pack(archive, {"c.sass": b""})
    assert names_in(archive) == {"c.sass"}


def test_what_is_not_there_is_missed_as_a_file_is(tmp_path: Path) -> None:
    archive = tmp_path / "x.zip"
    assert not PackedFile(archive, "a.sass").exists()
    with pytest.raises(FileNotFoundError):
        PackedFile(archive, "a.sass").read_bytes()
    pack(archive, FILES)
    assert not PackedFile(archive, "c.sass").exists()
    with pytest.raises(FileNotFoundError, match=r"c\.sass"):
        PackedFile(archive, "c.sass").read_bytes()


@pytest.mark.parametrize("keep", [0, 1, 40, 90])
def test_a_damaged_archive_is_an_error_that_names_it(keep: int, tmp_path: Path) -> None:
    pack(tmp_path / "sm_99.zip", FILES)
    whole = (tmp_path / "sm_99.zip").read_bytes()
    (tmp_path / "sm_99.zip").write_bytes(whole[:keep])
    with pytest.raises(OSError, match=r"damaged archive.*sm_99\.zip"):
        PackedFile(tmp_path / "sm_99.zip", "a.sass").read_bytes()
    assert names_in(tmp_path / "sm_99.zip") == frozenset()


def test_a_kernel_of_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "listings").mkdir()
    shutil.copytree(programs.FOLDER / "cuda", tmp_path / "cuda")
    archive_of(tmp_path, "sm_80").write_bytes(b"PK")
    with pytest.raises(ListingError, match="sm_80/gemm: damaged archive"):
        programs.read_program(tmp_path, "gemm", "sm_80")


def test_an_archive_goes_before_a_folder_and_counts_as_bundled(tmp_path: Path) -> None:
    (tmp_path / "listings" / "sm_50").mkdir(parents=True)
    (tmp_path / "listings" / "sm_50" / "k.sass").write_text("")
    pack(archive_of(tmp_path, "sm_80"), {"k.sass": b"", "k.json": b"", "l.sass": b""})
    assert bundled_architectures(tmp_path) == ("sm_50", "sm_80")
    assert listed(tmp_path, "sm_50") == {"k"} and listed(tmp_path, "sm_80") == {"k", "l"}
    assert listed(tmp_path, "sm_90") == frozenset()
    assert isinstance(bundle_paths(tmp_path, "k", "sm_50").listing, Path)
    assert bundle_paths(tmp_path, "k", "sm_80").listing == PackedFile(archive_of(tmp_path, "sm_80"), "k.sass")


def test_ours_are_small() -> None:
    archives = list((bundle.KERNELS_FOLDER / "listings").glob("*.zip"))
    assert archives and sum(path.stat().st_size for path in archives) < MOST_BYTES
