"""Whatever is wrong with the input: one line that names it and the way out, exit code 2, nothing written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import Result

from sassafras.kernels import programs
from sassafras.toolchain.record import sha256

Type = Callable[..., Result]


def assert_refused(result: Result, *words: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: ")
    assert "Traceback" not in line
    for word in words:
        assert word in line
    assert not list(Path.cwd().iterdir()), "something was written"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--kernels", "im2col"], ["kernel 'im2col'", "did you mean im2col_gpu?", "softmax"]),
        (["--kernels", "fill_gpu,gem"], ["kernel 'gem'", "did you mean gemm?"]),
        (["--kernels", ","], ["no kernel given", "paper, all, fill_gpu"]),
        (["--modes", "RF,IOX"], ["mode 'IOX'", "known: RF, IOA, IOV"]),
        (["--groups", "FFMB"], ["instruction group 'FFMB'", "did you mean FFMA?"]),
        (["--groups", "MISC"], ["instruction group 'MISC'", "known: GPR, CC, PR, STORE"]),
        (["--models", "singlebit"], ["fault model 'singlebit'", "did you mean single-bit?"]),
        (["--preset", "papr"], ["preset 'papr'", "did you mean paper?"]),
        (["--scope", "block"], ["scope 'block'", "known: thread, warp"]),
        (["--arch", "sm50"], ["architecture 'sm50'", "did you mean sm_50?", "sm_90"]),
        (["--arch", "sm_70"], ["no machine code is bundled for sm_70; it is for: sm_50"]),
        (["--engine", "slow"], ["engine 'slow'", "known: fast, full"]),
        (["--injections", "0"], ["--injections", "1"]),
        (["--injections", "many"], ["--injections", "integer"]),
        (["--workers", "0"], ["--workers"]),
        (["--seed", "-1"], ["--seed"]),
        (["--frobnicate"], ["No such option", "--frobnicate"]),
        (["--groups", "DFMA", "--modes", "IOV"], ["IOV", "nothing to strike", "DFMA", "choose other"]),
        (["--network", "net.cfg"], ["--network needs --weights"]),
        (["--weights", "net.weights"], ["--weights needs --network"]),
        (["--network", "no.cfg", "--weights", "no.weights"], ["no.cfg"]),
    ],
)
def test_names_and_values(sassafras: Type, options: list[str], words: list[str]) -> None:
    assert_refused(sassafras("run", *options), *words)


@pytest.mark.parametrize(
    "command", [["run"], ["plan"], ["profile"], ["verify"], ["kernels"], ["kernels", "gemm"]], ids=" ".join
)
def test_an_architecture_without_machine_code(sassafras: Type, command: list[str]) -> None:
    assert_refused(sassafras(*command, "--arch", "sm_70"), "no machine code is bundled for sm_70")


HUGE = 10**12


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--injections", HUGE], [f"{3 * HUGE} faults need at least 2.73 PiB of memory", "--shard K/N"]),
        (["--injections", 10**30], ["faults need at least", "PiB"]),
        (["--injections", HUGE, "--shard", "1/10"], [f"{3 * HUGE // 10} faults need at least 279 TiB"]),
        (["--stratify", "kernel", "--per-stratum", HUGE], [" faults need at least", "PiB"]),
        (["--injections", "1e12"], ["--injections", "integer"]),
        (["--injections", "1e3"], ["--injections", "integer"]),  # numbers are typed in digits
        (["--frames", HUGE], ["--frames"]),
        (["--frames", "1e9"], ["--frames", "integer"]),
        (["--workers", HUGE], ["--workers", "less than or equal to 4096"]),
        (["--workers", "1.5"], ["--workers", "integer"]),
        (["--local-cluster", HUGE], [f"{HUGE} workers need", "open files", "ulimit -n"]),
    ],
)
def test_numbers_beyond_the_machine(
    sassafras: Type, files: Any, options: list[str], words: list[str]
) -> None:
    """Refused before memory is taken: the test would not end otherwise."""
    assert_refused(sassafras("run", *files.options, *options), *words)


def test_frames_beyond_the_machine(sassafras: Type) -> None:
    words = f"{HUGE} frames need at least", "of memory, this machine has", "--frames"
    for command in (["run"], ["profile"]):
        assert_refused(sassafras(*command, "--frames", HUGE), *words)


def test_threads_beyond_the_machine(sassafras: Type) -> None:
    assert_refused(
        sassafras("verify", "--full", "--workers", HUGE), "--workers", "less than or equal to 4096"
    )


def test_unknown_command(sassafras: Type) -> None:
    assert_refused(sassafras("rnu"), "No such command", "rnu")


@pytest.mark.parametrize("words", [["im2col"], ["--launch", "3"]])
def test_kernels_command(sassafras: Type, words: list[str]) -> None:
    assert_refused(sassafras("kernels", *words), "im2col_gpu" if words == ["im2col"] else "KERNEL")


def test_cfg_with_an_unsupported_section(sassafras: Type, files: Any) -> None:
    cfg = files.cfg.read_text()
    files.cfg.write_text(cfg.replace("[maxpool]", "[local]"))
    assert_refused(sassafras("run", *files.options), "local", "maxpool")
    files.cfg.write_text(cfg.replace("[maxpool]", "[yolo]"))
    assert_refused(sassafras("run", *files.options), "yolo", "detection head", "--output")


@pytest.mark.parametrize("change", [-4, 4])
def test_weights_of_the_wrong_size(sassafras: Type, files: Any, change: int) -> None:
    content = files.weights.read_bytes()
    files.weights.write_bytes(content[:change] if change < 0 else content + b"\0" * change)
    assert_refused(sassafras("run", *files.options), "tiny.weights", str(len(content)))


def test_an_image_that_is_none(sassafras: Type, files: Any) -> None:
    (files.images / "1.png").write_bytes(b"this is no image")
    assert_refused(sassafras("run", *files.options), "1.png", "not a readable PNG, JPEG, BMP, TIFF or WebP")


def test_no_images(sassafras: Type, files: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert_refused(sassafras("run", *files.options, "--images", tmp_path / "empty"), "empty", ".png")
    assert_refused(sassafras("run", *files.options, "--images", tmp_path / "none"), "none")


def test_more_frames_than_images(sassafras: Type, files: Any) -> None:
    assert_refused(sassafras("run", *files.options, "--frames", "3"), "--frames 3", "2 images")


def test_rendered_frames_do_not_fit(sassafras: Type, files: Any) -> None:
    options = ["--network", files.cfg, "--weights", files.weights]
    assert_refused(sassafras("run", *options), "3x9x9", "--images FOLDER")


def test_kernels_that_the_network_never_launches(sassafras: Type, files: Any) -> None:
    files.cfg.write_text(
        files.cfg.read_text().replace("[maxpool]\nsize=2\nstride=2\npadding=0\n", "[dropout]\n")
    )
    files.weights.write_bytes(files.weights.read_bytes() + b"\0" * 4 * 3 * (64 - 16))
    assert_refused(
        sassafras("run", *files.options, "--kernels", "forward_maxpool"), "tiny", "forward_maxpool"
    )


def test_out_is_a_file(sassafras: Type, files: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    assert_refused(
        sassafras("run", *files.options, "--out", tmp_path / "file"), "file", "choose another --out"
    )
    assert (tmp_path / "file").read_text() == "mine"


@pytest.fixture
def damaged_listing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The bundled kernels, except that add_bias has an instruction that nobody knows."""
    folder = tmp_path / "kernels"
    shutil.copytree(programs.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    listing, record = (folder / "listings" / "sm_50" / f"add_bias.{kind}" for kind in ("sass", "json"))
    text = listing.read_text().replace("S2R ", "FROB ", 1)
    listing.write_text(text)
    content = json.loads(record.read_text())
    record.write_text(json.dumps(content | {"listing_sha256": sha256(text.encode())}))
    monkeypatch.setattr(programs, "FOLDER", folder)
    programs.load_program.cache_clear()
    yield
    programs.load_program.cache_clear()


@pytest.mark.usefixtures("damaged_listing")
def test_listing_with_an_unknown_opcode(sassafras: Type, files: Any) -> None:
    assert_refused(sassafras("run", *files.options), "add_bias", "FROB", "0x0018")


def test_weights_that_are_not_finite(sassafras: Type, files: Any) -> None:
    """The fault-free result holds NaN: nothing is written, and it is said where it comes from."""
    content = bytearray(files.weights.read_bytes())
    content[-4:] = np.float32("nan").tobytes()
    files.weights.write_bytes(content)
    result = sassafras("run", *files.options, "--injections", "5", "--workers", "1", "--out", "runs/study")
    assert result.exit_code == 2
    error = result.stderr.splitlines()[-1]
    assert error.startswith("error: ") and "input 0.png" in error
    assert "first in the output of layer 2 (connected): 1 value is not finite in layer2.weights" in error
    assert not list(Path.cwd().iterdir())
