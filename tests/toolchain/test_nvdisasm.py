"""Which nvdisasm is taken, with scripts in the place of the real one."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from sassafras.errors import ToolchainError
from sassafras.toolchain import nvdisasm

OLD, NEW = "'SM50','SM52'", "'SM75','SM90a'"


def script(path: Path, architectures: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    refuse = '[ "$1" = -c ] && { echo "not a cubin" >&2; exit 1; }\n'
    path.write_text(f'#!/bin/sh\n{refuse}echo "Allowed values: {architectures}"\n')
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No nvdisasm anywhere: each test puts its own."""
    monkeypatch.delenv("SASSAFRAS_NVDISASM", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/usr/bin:/bin")
    monkeypatch.setenv("SASSAFRAS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "triton", None)


def test_the_named_one_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / "path" / "nvdisasm", OLD)
    mine = script(tmp_path / "mine", OLD)
    monkeypatch.setenv("SASSAFRAS_NVDISASM", str(mine))
    assert nvdisasm.find_nvdisasm() == mine


@pytest.mark.parametrize("name", ["missing", "too_new"])
def test_a_named_one_that_will_not_do_is_an_error(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "path" / "nvdisasm", OLD)
    script(tmp_path / "too_new", NEW)
    monkeypatch.setenv("SASSAFRAS_NVDISASM", str(tmp_path / name))
    with pytest.raises(
        ToolchainError, match=rf"SASSAFRAS_NVDISASM=.*{name} is not an nvdisasm that knows sm_50"
    ):
        nvdisasm.find_nvdisasm()


def test_one_that_is_too_new_is_passed_over(tmp_path: Path) -> None:
    new = script(tmp_path / "path" / "nvdisasm", NEW)
    cached = script(tmp_path / "cache" / "toolchain" / "nvdisasm", OLD)
    assert nvdisasm.find_nvdisasm("sm_50") == cached
    assert nvdisasm.find_nvdisasm("sm_75") == new


def test_none_found_says_what_to_do(tmp_path: Path) -> None:
    new = script(tmp_path / "path" / "nvdisasm", NEW)
    with pytest.raises(ToolchainError, match="no nvdisasm that knows sm_50") as caught:
        nvdisasm.find_nvdisasm()
    message = str(caught.value)
    assert str(new) in message
    assert "SASSAFRAS_NVDISASM" in message
    assert "\n" not in message


def test_a_refused_cubin_is_an_error(tmp_path: Path) -> None:
    tool = script(tmp_path / "path" / "nvdisasm", OLD)
    with pytest.raises(ToolchainError, match="refuses the cubin: not a cubin"):
        nvdisasm.disassemble(b"junk", tool)


def pip(monkeypatch: pytest.MonkeyPatch, *, members: dict[str, str], code: int = 0) -> list[list[str]]:
    """Stands in for pip: puts a wheel with these members into the folder it is told to. Returns the commands
    it was given.
    """
    commands: list[list[str]] = []
    real = subprocess.run

    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        if command[1:3] != ["-m", "pip"]:
            return real(command, **options)
        commands.append(command)
        if not code:
            with zipfile.ZipFile(
                Path(command[command.index("--dest") + 1]) / "triton-2.3.1-any.whl", "w"
            ) as wheel:
                for name, text in members.items():
                    wheel.writestr(name, text)
        return subprocess.CompletedProcess(
            command, code, "", "WARNING: nothing\nERROR: no network\n" if code else ""
        )

    monkeypatch.setattr(subprocess, "run", run)
    return commands


def test_download_keeps_the_tool_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    members = {nvdisasm.WHEEL_MEMBER: f'#!/bin/sh\necho "{OLD}"\n', "triton/huge.so": "x" * 1000}
    commands = pip(monkeypatch, members=members)
    tool = nvdisasm.find_nvdisasm(download=True)
    assert tool == tmp_path / "cache" / "toolchain" / "nvdisasm"
    assert list(tool.parent.iterdir()) == [tool]
    assert nvdisasm.find_nvdisasm() == tool
    assert [command[-1] for command in commands] == ["triton==2.3.1"]


def test_nothing_is_downloaded_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    commands = pip(monkeypatch, members={})
    with pytest.raises(ToolchainError):
        nvdisasm.find_nvdisasm()
    assert not commands


def test_failed_download_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip(monkeypatch, members={}, code=1)
    with pytest.raises(ToolchainError, match=r"^pip could not download triton==2\.3\.1: ERROR: no network$"):
        nvdisasm.find_nvdisasm(download=True)
    assert not list((tmp_path / "cache" / "toolchain").iterdir())


def test_a_text_with_a_nan_has_the_encodings(tmp_path: Path) -> None:
    tool = tmp_path / "nvdisasm"
    tool.write_text('#!/bin/sh\ncase "$*" in *-hex*) echo "with";; *) echo "R1, $(cat "$2")";; esac\n')
    tool.chmod(0o755)
    assert nvdisasm.disassemble(b"+QNAN ;", tool) == "with\n"
    assert nvdisasm.disassemble(b"+INF ;", tool) == "R1, +INF ;\n"
