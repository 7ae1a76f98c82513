"""A cubin to a listing with nvdisasm.
 Maxwell needs an nvdisasm of CUDA 12 or older; the stand-alone packages on PyPI start at Turing. The wheel of
triton 2.3.1 carries the one of CUDA 12.3, which is where this room gets it from, and only when it is told to
download.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from sassafras.architectures.registry import DEFAULT
from sassafras.cache import cache_dir
from sassafras.errors import ToolchainError

VARIABLE = "SASSAFRAS_NVDISASM"  #: environment variable that names an nvdisasm
WHEEL = "triton==2.3.1"
WHEEL_MEMBER = "triton/third_party/cuda/bin/nvdisasm"
WHEEL_PLATFORM = ("--python-version", "3.11", "--platform", "manylinux2014_x86_64")


_NAN = "QNAN"  #: how a NaN is printed, whatever its payload


def disassemble(cubin: bytes, tool: Path | None = None, *, lines: bool = False) -> str:
    """The listing (``nvdisasm -c``) of a cubin, made with ``tool`` or else with one that knows the
    default architecture.

    Where the text alone does not say what a constant is (the payload of a NaN), with the encoding behind
    every instruction. ``lines``: with comments that say which source line each instruction comes from,
    inlining included.

    Raises ToolchainError when there is no such nvdisasm, or when it refuses the cubin.
    """
    tool = tool or find_nvdisasm()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kernel.cubin"
        path.write_bytes(cubin)
        options = ["-c", "-gi"] if lines else ["-c"]
        done = _call(tool, *options, str(path))
        if _NAN in done.stdout:
            done = _call(tool, *options, "-hex", str(path))
    if done.returncode:
        raise ToolchainError(f"{tool} refuses the cubin: {' '.join(done.stderr.split())}")
    return done.stdout


def find_nvdisasm(arch: str = DEFAULT, *, download: bool = False) -> Path:
    """An nvdisasm that knows ``arch``.

    SASSAFRAS_NVDISASM names one and nothing else is tried; without it: PATH, the installed triton package,
    the cache folder; with ``download`` at last the wheel of triton 2.3.1 (168 MB, of which 51 MB are kept in
    the cache folder). Raises ToolchainError when there is none, naming what was tried.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if _knows(Path(named), arch):
            return Path(named)
        raise ToolchainError(
            f"{VARIABLE}={named} is not an nvdisasm that knows {arch}; unset it or name another"
        )
    others = []
    for candidate in _candidates():
        if _knows(candidate, arch):
            return candidate
        others.append(str(candidate))
    if download:
        return _download()
    seen = f" (these do not: {', '.join(others)})" if others else ""
    raise ToolchainError(
        f"no nvdisasm that knows {arch}{seen}; name one of CUDA 12 in {VARIABLE}, or let --download get it"
    )


def version(tool: Path) -> str:
    """The tool's name and version, as ``nvdisasm 12.3.52``."""
    found = re.search(r"\bV(\d+(?:\.\d+)+)", _call(tool, "--version").stdout)
    return f"nvdisasm {found.group(1) if found else 'of unknown version'}"


def downloaded() -> Path:
    """Where a downloaded nvdisasm is kept: ``toolchain`` in the cache folder. It need not exist."""
    return cache_dir() / "toolchain" / "nvdisasm"


def _candidates() -> Iterator[Path]:
    on_path = shutil.which("nvdisasm")
    if on_path:
        yield Path(on_path)
    triton = importlib.util.find_spec("triton")
    if triton is not None and triton.origin is not None:
        yield from sorted(Path(triton.origin).parent.glob("**/bin/nvdisasm"))
    if downloaded().exists():
        yield downloaded()


def _knows(tool: Path, arch: str) -> bool:
    """Whether the tool runs and its help lists the architecture (in capitals, without the underscore)."""
    try:
        text = _call(tool, "--help").stdout
    except OSError:
        return False
    return f"'{arch.replace('_', '').upper()}'" in text


def _call(tool: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(tool), *arguments], capture_output=True, text=True, check=False)


def _download() -> Path:
    """Fetch the wheel with pip, keep only nvdisasm. The tool appears under its name only when it is whole."""
    target = downloaded()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        command = [
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary=:all:",
            *WHEEL_PLATFORM,
            "--dest",
            folder,
        ]
        done = subprocess.run([sys.executable, *command, WHEEL], capture_output=True, text=True, check=False)
        wheels = list(Path(folder).glob("triton-*.whl"))
        if done.returncode or not wheels:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise ToolchainError(f"pip could not download {WHEEL}: {last}")
        with zipfile.ZipFile(wheels[0]) as wheel:
            extracted = Path(wheel.extract(WHEEL_MEMBER, folder))
        extracted.chmod(0o755)
        extracted.replace(target)
    return target
