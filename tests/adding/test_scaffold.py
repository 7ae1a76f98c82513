"""`sassafras scaffold`: what it writes works as it is, and it harms nothing that is there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.adding.tree import ROOT, Tree, copied

from sassafras.cli.scaffolding import Thing, scaffold
from sassafras.errors import UsageError
from sassafras.toolchain import nvrtc
from sassafras.toolchain.record import BundleRecord, bundle_paths, sha256
from sassafras.toolchain.source import read_source

SCAFFOLDED = ROOT / "tests" / "adding" / "scaffolded"
NAMES = {Thing.OPCODE: "ANDN", Thing.KERNEL: "mirror", Thing.LAYER: "identity"}
PACKAGE = "src/sassafras/"
NEEDED = ("campaign", "emulator", "kernels", "network")  #: folders of tests that those written import
TAKES = {
    Thing.OPCODE: (
        {"tests/emulator/test_andn.py"},
        {f"{PACKAGE}isa/opcodes/maxwell_integer.py", f"{PACKAGE}emulator/semantics/logic.py"},
    ),
    Thing.KERNEL: (
        {f"{PACKAGE}kernels/cuda/mirror.cu", f"{PACKAGE}kernels/mirror.py", "tests/kernels/test_mirror.py"},
        set(),
    ),
    Thing.LAYER: (
        {f"{PACKAGE}network/layers/identity.py", "tests/network/test_identity.py"},
        {f"{PACKAGE}network/importers/darknet/readings.py"},
    ),
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """The package and some of the tests, which get one of each."""
    made = copied(tmp_path_factory.mktemp("checkout"))
    folder = made.source.parent
    (folder / "tests").mkdir()
    for name in ("pyproject.toml", "tests/conftest.py", *(f"tests/{room}" for room in NEEDED)):
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns("stored", "__pycache__")
            )
        else:
            shutil.copy(ROOT / name, folder / name)
    return made


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize(
    "thing", [pytest.param(one, marks=[pytest.mark.long] * (one is Thing.LAYER)) for one in Thing]
)
def test_what_it_writes_works(checkout: Tree, thing: Thing) -> None:
    folder, name = checkout.source.parent, NAMES[thing]
    before = contents(folder)
    told = checkout.run("scaffold", thing.value, name, folder=folder)
    after = contents(folder)
    wrote, changed = TAKES[thing]
    assert after.keys() - before.keys() == wrote
    assert {path for path in before if before[path] != after[path]} == changed
    assert all(f"wrote   {path}\n" in told for path in wrote)
    assert all(f"changed {path}\n" in told for path in changed)
    if thing is Thing.KERNEL:
        with pytest.raises(AssertionError, match="has not been compiled; do it: make bundle"):
            checkout.python(
                f"from sassafras.kernels.programs import load_program; load_program({name!r})", folder
            )
        checkout.bundle(SCAFFOLDED / "listings")
    (test,) = (path for path in wrote if path.startswith("tests/"))
    assert "next:\n  " in told
    assert f"  python -m pytest {test}\n" in told
    checkout.module("pytest", "-q", "-p", "no:cacheprovider", test, folder=folder)
    code = sorted(path for path in wrote | changed if path.endswith(".py"))
    checkout.module("ruff", "check", "--no-cache", *code, folder=folder)
    checkout.module("ruff", "format", "--no-cache", "--check", *code, folder=folder)
    with pytest.raises(AssertionError, match=r"^error: .* already"):
        checkout.run("scaffold", thing.value, name, folder=folder)
    assert {path: text for path, text in contents(folder).items() if path in after} == after


def test_the_kernels_listing_is_that_of_its_source(checkout: Tree, tmp_path: Path) -> None:
    source = tmp_path / "mirror.cu"
    source.write_text(
        scaffold(Thing.KERNEL, "mirror2", checkout.source.parent)
        .made[Path("src/sassafras/kernels/cuda/mirror2.cu")]
        .replace("mirror2", "mirror")
    )
    text, paths = read_source(source), bundle_paths(SCAFFOLDED, "mirror", "sm_50")
    record = BundleRecord.from_text(paths.record.read_text(), "mirror.json")
    stale = "make it anew: python -m sassafras.toolchain.bundle --folder (a folder with cuda/mirror.cu)"
    assert record.source_sha256 == sha256(text.encode()), stale
    assert paths.cubin.read_bytes() == nvrtc.compile_cubin(text, "mirror.cu", "sm_50"), stale


@pytest.mark.parametrize(
    ("thing", "name", "reason"),
    [
        (Thing.OPCODE, "imul", "'imul' cannot be the name"),
        (Thing.OPCODE, "I-MUL", "cannot be the name"),
        (Thing.OPCODE, "A" * 41, "cannot be the name: at most 40"),
        (Thing.OPCODE, "LOP3", r"maxwell_integer\.py has a record of LOP3 already"),
        (Thing.OPCODE, "FADD", r"maxwell_float\.py has a record of FADD already"),
        (Thing.OPCODE, "IR", "ir means something in .*logic.py already"),
        (Thing.OPCODE, "TRUTH", None),
        (Thing.OPCODE, "AND", None),
        (Thing.KERNEL, "Add", "'Add' cannot be the name"),
        (Thing.KERNEL, "../add", "cannot be the name"),
        (Thing.KERNEL, "", "cannot be the name"),
        (Thing.KERNEL, "2d", "cannot be the name"),
        (Thing.KERNEL, "ädd", "cannot be the name"),
        (Thing.KERNEL, "lambda", "no keyword of Python"),
        (Thing.KERNEL, "float", r"keyword of C\+\+"),
        (Thing.KERNEL, "add", "cuda has a source of add already"),
        (Thing.KERNEL, "gemm_tmr", "cuda has a source of gemm_tmr already"),
        (Thing.KERNEL, "add_bias_dmr_retry", "cuda has a source of add_bias_dmr_retry already"),
        (Thing.LAYER, "softmax", r"reads sections \[softmax\] already"),
        (Thing.LAYER, "conv", r"reads sections \[conv\] already"),
        (Thing.LAYER, "inputs", "the class Inputs would hide another one"),
        (Thing.LAYER, "section", "the class Section would hide another one"),
    ],
)
def test_names(thing: Thing, name: str, reason: str | None) -> None:
    if reason is None:
        scaffold(thing, name, ROOT)
        return
    with pytest.raises(UsageError, match=reason):
        scaffold(thing, name, ROOT)


def test_nothing_is_written_where_anything_is_in_the_way(tmp_path: Path) -> None:
    tree = copied(tmp_path)
    (tmp_path / "tests" / "kernels").mkdir(parents=True)
    (tmp_path / "tests" / "kernels" / "test_mirror.py").write_text("mine")
    before = contents(tmp_path)
    with pytest.raises(UsageError, match=r"test_mirror\.py is there already"):
        scaffold(Thing.KERNEL, "mirror", tmp_path).write(tmp_path)
    (tree.source / "sassafras" / "emulator" / "semantics" / "logic.py").unlink()
    with pytest.raises(UsageError, match=r"logic\.py: No such file .* of this version"):
        scaffold(Thing.OPCODE, "ANDN", tmp_path)
    assert contents(tmp_path).keys() | {"src/sassafras/emulator/semantics/logic.py"} == before.keys()


def test_it_wants_a_checkout(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is no source checkout: .* name one with --into"):
        scaffold(Thing.KERNEL, "mirror", tmp_path)
