"""The bundled cubins and listings belong to the CUDA sources and to each other."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.kernels.sample import LISTINGS, every_nth, sampled

from sassafras.architectures.registry import DEFAULT
from sassafras.kernels.registry import ADDED, KERNELS
from sassafras.toolchain import bundle, nvrtc
from sassafras.toolchain.cubin import read_metadata
from sassafras.toolchain.packed import names_in
from sassafras.toolchain.record import (
    BundlePaths,
    BundleRecord,
    archive_of,
    bundle_paths,
    bundled_architectures,
    sha256,
)
from sassafras.toolchain.source import kernel_names, read_source

FEW = ("gemm", "im2col_gpu", "softmax", "gemm_tmr")  #: of other architectures, in every run of the tests
ARCHITECTURES = bundled_architectures(bundle.KERNELS_FOLDER)
BUNDLED = [
    (kernel, arch) for arch in ARCHITECTURES for kernel in kernel_names(bundle.KERNELS_FOLDER / "cuda")
]
each_kernel = pytest.mark.parametrize(
    ("kernel", "arch"),
    sampled(BUNDLED, lambda one: one[0] in (LISTINGS if one[1] == DEFAULT else FEW)),
)


def paths_of(kernel: str, arch: str) -> BundlePaths:
    return bundle_paths(bundle.KERNELS_FOLDER, kernel, arch)


def record_of(kernel: str, arch: str) -> BundleRecord:
    path = paths_of(kernel, arch).record
    return BundleRecord.from_text(path.read_text(encoding="utf-8"), path.name)


def test_all_kernels_of_the_study_are_here() -> None:
    assert set(KERNELS) | set(ADDED) <= set(kernel_names(bundle.KERNELS_FOLDER / "cuda"))


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_nothing_is_bundled_without_a_source(arch: str) -> None:
    archive = archive_of(bundle.KERNELS_FOLDER, arch)
    packed = names_in(archive) if archive.exists() else ()
    plain = [path.name for path in (bundle.KERNELS_FOLDER / "listings" / arch).glob("*")]
    assert not (packed and plain)
    stems = {name.partition(".")[0] for name in (*packed, *plain)}
    assert stems == set(kernel_names(bundle.KERNELS_FOLDER / "cuda"))


@pytest.mark.alike(3)
@pytest.mark.parametrize("arch", every_nth(3, ARCHITECTURES))
def test_files_are_those_of_the_record(arch: str) -> None:
    """Of every kernel: it is quick, and what is stale belongs to nothing."""
    for kernel in kernel_names(bundle.KERNELS_FOLDER / "cuda"):
        paths, record = paths_of(kernel, arch), record_of(kernel, arch)
        stale = f"{arch}/{kernel}: {{}} is not the one its record was made for; rebuild with: make bundle"
        source = sha256(read_source(paths.source).encode())
        assert source == record.source_sha256, stale.format(f"{kernel}.cu")
        assert sha256(paths.cubin.read_bytes()) == record.cubin_sha256, stale.format(f"{kernel}.cubin")
        assert sha256(paths.listing.read_bytes()) == record.listing_sha256, stale.format(f"{kernel}.sass")


@each_kernel
def test_metadata_is_the_cubins(kernel: str, arch: str) -> None:
    assert record_of(kernel, arch).metadata == read_metadata(
        paths_of(kernel, arch).cubin.read_bytes(), kernel
    )


@each_kernel
def test_listing_shows_every_instruction_word_of_the_cubin(
    kernel: str, arch: str, read_section: Callable[[bytes, str], bytes]
) -> None:
    """Maxwell: words of 8 bytes, of which every fourth schedules the next three and is not printed. Later:
    instructions of 16 bytes.
    """
    text = read_section(paths_of(kernel, arch).cubin.read_bytes(), f".text.{kernel}")
    listing = paths_of(kernel, arch).listing.read_text(encoding="utf-8")
    printed = [int(offset, 16) for offset in re.findall(r"^ +/\*([0-9a-f]{4,})\*/", listing, re.MULTILINE)]
    maxwell = [offset for offset in range(0, len(text), 8) if offset % 32]
    assert printed == (maxwell if arch == "sm_50" else list(range(0, len(text), 16)))


@each_kernel
def test_cubin_says_nothing_of_the_machine_it_was_made_on(kernel: str, arch: str) -> None:
    content = paths_of(kernel, arch).cubin.read_bytes()
    assert not re.search(rb"/\w+/\w+", content)
    assert str(Path.cwd()).encode() not in content


@each_kernel
def test_compiling_the_source_gives_the_bundled_code(
    kernel: str, arch: str, read_section: Callable[[bytes, str], bytes]
) -> None:
    paths = paths_of(kernel, arch)
    made = nvrtc.compile_cubin(read_source(paths.source), f"{kernel}.cu", arch)
    same = read_section(made, f".text.{kernel}") == read_section(paths.cubin.read_bytes(), f".text.{kernel}")
    assert same, (
        f"{arch}/{kernel}: {nvrtc.version()} makes other machine code of {kernel}.cu; run: make bundle"
    )
    assert made == paths.cubin.read_bytes(), (
        f"{arch}/{kernel}: same machine code, other cubin; run: make bundle"
    )


@pytest.mark.slow
@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_rebuilding_everything_changes_nothing(arch: str) -> None:
    """With the real nvdisasm, downloaded once into the cache folder if there is none."""
    different = [
        path.name for path in bundle.differing(bundle.rebuild(bundle.KERNELS_FOLDER, arch, download=True))
    ]
    assert not different, f"not what the sources give: {', '.join(different)}; run: make bundle"
