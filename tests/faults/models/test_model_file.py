"""A model in a file: what is read, what is refused, in one line that names the place."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.faults.launches import instruction

from sassafras.errors import UsageError
from sassafras.faults.model import DRAWN_MODELS, FaultModel, Mode, Scope, Target, TargetKind, known_models
from sassafras.faults.models.lanes import counted_rows
from sassafras.faults.models.law import RandomWords
from sassafras.faults.models.model_file import read_model
from sassafras.faults.models.names import built_in_names
from sassafras.faults.models.rows import opcode_rows
from sassafras.faults.models.said import said_of

HEAD = 'name = "mine"\nsays = "x"\nsource = "s"\nconditions = "c"\nsure = "no"\n'
BITS = '[law]\nkind = "bits"\nmultiplicity = [0.5, 0.5]\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text)
    return path


def test_every_built_in_model_names_its_source() -> None:
    assert set(DRAWN_MODELS) < set(known_models())
    for name in built_in_names():
        file = FaultModel(name).file
        assert file.name == name
        assert len(file.source) > 20
        if FaultModel(name) not in DRAWN_MODELS:
            (line,) = said_of([FaultModel(name)], Scope.THREAD)
            assert file.source in line
            assert all(text in line for text in file.assumptions)
            assert file.modes == ((Mode.MEM,) if name == "hbm2-entries" else (Mode.IOV,))


def test_definitions_need_no_words() -> None:
    assert said_of([*DRAWN_MODELS, FaultModel.MASK], Scope.WARP) == []
    (line,) = said_of(DRAWN_MODELS, Scope.LANES)
    assert "an assumption" in line


def test_one_s_own_table_lies_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "fits.csv").write_text("opcode,operand,alpha,xmin\nFADD,common,2,3\n")
    law = '[law]\nkind = "power-law"\nfits = "fits.csv"\n'
    file = read_model(write(tmp_path, HEAD + law))
    target, add = Target(TargetKind.REGISTER, 0, 32), instruction("FADD R0, R1, R2")
    assert file.law.takes(add, target)
    assert not file.law.takes(instruction("FMUL R0, R1, R2"), target)
    one = 0x3F800000
    assert file.law.change(add, target, RandomWords(0, 0)).apply(one) == 0x40400000  # 1 becomes 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD, "law: Field required"),
        ("name = ", "Invalid value"),
        (HEAD + '[law]\nkind = "magic"\n', "law: Input tag 'magic' found using 'kind' does not match any of"),
        (HEAD + '[law]\nkind = "bits"\nmultiplicity = [0, 0]\n', "one of the multiplicities needs a weight"),
        (HEAD + '[law]\nkind = "bits"\nmultiplicity = [1]\npositions = [1, 2]\n', "positions are 32 weights"),
        (HEAD + BITS + "more = 1\n", "law.more: Extra inputs are not permitted"),
        (HEAD.replace("mine", "Mine!") + BITS, "name: String should match pattern"),
        (HEAD + '[law]\nkind = "power-law"\nfits = "none.csv"\n', "the table none.csv cannot be read"),
        (HEAD + 'modes = ["XYZ"]\n' + BITS, "modes.0: Input should be 'RF', 'IOA', 'IOV' or 'MEM'"),
        (
            HEAD + BITS + '[lanes]\nsites = { moon = 1 }\ncounts = "sassafras:rtl-lanes.csv"\n',
            "lanes: no site is called moon; known: execution_units, pipeline, scheduler",
        ),
        (
            HEAD + BITS + '[lanes]\nsites = { pipeline = 0 }\ncounts = "sassafras:rtl-lanes.csv"\n',
            "lanes: one of the sites needs a weight above 0",
        ),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_model(write(tmp_path, text))
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "mine.toml"))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no\.toml: cannot be read as a fault model"):
        read_model(tmp_path / "no.toml")


@pytest.mark.parametrize(
    ("text", "row", "lanes"),
    [
        ("FFMA R0, R1, R2, R3", ("FFMA",), ("FFMA",)),
        ("MUFU.EX2 R0, R1", ("FEXP", "FSIN"), ("FEXP", "FSIN")),
        ("XMAD R0, R1, R2, R3", ("IMAD",), ("IMAD",)),
        ("FMNMX R0, R1, R2, PT", ("ALL_FLOAT",), ("ALL_FLOAT",)),
        ("SHL R0, R1, 0x2", ("ALL_INT",), ("ALL_INT",)),
        ("ISETP.EQ.AND P0, PT, R1, R2, PT", ("ALL_INT",), ("ISET",)),
        ("LDG.E R0, [R2]", ("ALL",), ("Load",)),
        ("STG.E [R2], R4", ("ALL",), ("Store",)),
    ],
)
def test_rows_of_an_instruction(text: str, row: tuple[str, ...], lanes: tuple[str, ...]) -> None:
    assert opcode_rows(instruction(text)) == row
    assert counted_rows(instruction(text)) == lanes


def test_bits_of_one_s_own(tmp_path: Path) -> None:
    law = read_model(write(tmp_path, HEAD + BITS)).law
    target, add = Target(TargetKind.REGISTER, 0, 32), instruction("IADD R0, R1, R2")
    counts = [law.change(add, target, RandomWords(k, 3)).apply(0).bit_count() for k in range(2000)]
    assert set(counts) == {1, 2}
    assert 900 < counts.count(1) < 1100
    assert not law.takes(add, Target(TargetKind.PREDICATE, 0, 1))
    assert law.takes(add, Target(TargetKind.REGISTER_INDEX, 0, 8))
