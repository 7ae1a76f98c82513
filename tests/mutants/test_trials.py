"""A small tree of its own, with tests that see some changes and not others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.mutants import __main__ as command
from tests.mutants.mutant import Mutant
from tests.mutants.operators import mutants
from tests.mutants.reach import Groups, Reach
from tests.mutants.record import Record, argued
from tests.mutants.trial import BrokenTest, Found, Trials, Verdict

pytestmark = pytest.mark.long  # every mutant is tried by a run of pytest

CODE = "src/sassafras/isa/code.py"
FILES = {
    CODE: """
def more(x):
    while x < 3:
        x += 1
    return x

def unseen(x):
    return x * 2
""",
    "tests/conftest.py": """
from hypothesis import settings

settings.register_profile("unshrunk", max_examples=7)
""",
    "src/sassafras/isa/__init__.py": "",
    "src/sassafras/__init__.py": "",
    "src/sassafras/faults/user.py": "from sassafras.isa.code import more\n",
    "tests/isa/test_code.py": """
import os
from pathlib import Path
from hypothesis import settings
from sassafras.isa.code import more, unseen

def test_more():
    assert settings.default.max_examples == 7
    assert unseen(0) == 0
    assert more(0) == 3

def test_nothing_is_left_of_another_mutant():
    left = Path(os.environ["SASSAFRAS_CACHE"], "left")
    assert not left.exists()
    left.write_text("")
""",
    "tests/isa/test_other.py": "def test_it():\n    import sassafras.isa.code\n",
    "tests/faults/test_user.py": "import sassafras.faults.user\n\ndef test_it():\n    pass\n",
    "tests/faults/test_apart.py": "def test_it():\n    pass\n",
    "tests/docs/test_words.py": "import sassafras.isa.code\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        file = tmp_path / "root" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "root"


@pytest.fixture
def trials(root: Path, tmp_path: Path) -> Callable[..., Trials]:
    def made(each: float = 100, hang: float = 60) -> Trials:
        return Trials(root, tmp_path / "scratch", each, hang)

    (tmp_path / "scratch").mkdir()
    return made


def the_mutant(new: str) -> Mutant:
    return next(m for m in mutants(CODE, FILES[CODE].encode()) if m.new == new)


KILLED, SURVIVOR, ENDLESS = (the_mutant(new) for new in ("(x <= 3)", "(3)", "x -= 1"))


def test_the_nearest_tests_come_first(root: Path) -> None:
    assert Reach(root).tests(CODE) == Groups(
        ("tests/isa/test_code.py",), ("tests/isa/test_other.py",), ("tests/faults/test_user.py",)
    )


def test_a_mutant_is_killed_by_the_test_that_fails(root: Path, trials: Callable[..., Trials]) -> None:
    found = trials().run(KILLED)
    assert (found.verdict, found.by) == (Verdict.KILLED, "tests/isa/test_code.py::test_more")
    assert (root / CODE).read_text() == FILES[CODE]  # only the copy was changed


def test_a_mutant_that_nobody_sees_survives_every_test(trials: Callable[..., Trials]) -> None:
    survivor = next(m for m in mutants(CODE, FILES[CODE].encode()) if (m.within, m.new) == ("unseen", "(3)"))
    both = trials()
    for _ in range(2):  # in a folder of its own each time
        found = both.run(survivor)
        assert (found.verdict, found.by, found.files, found.reach) == (Verdict.SURVIVED, "", 3, 3)


def test_only_machine_code_that_no_mutant_can_have_changed_is_kept(trials: Callable[..., Trials]) -> None:
    made = trials()
    names = {}
    for read, write in ((True, False), (True, True), (True, False), (False, False)):
        with made._cache(read=read, write=write) as home:
            names[read, write] = {path.name for path in (home / "sassafras").iterdir()}
            (home / "sassafras" / f"native-{write}.o").write_text("")
            (home / "sassafras" / "profiles-of-a-campaign").write_text("")
    assert names == {(True, True): set(), (True, False): {"native-True.o"}, (False, False): set()}


def test_a_test_that_hangs_is_a_timeout(trials: Callable[..., Trials]) -> None:
    found = trials(hang=3).run(ENDLESS)
    assert (found.verdict, found.by, found.files) == (Verdict.TIMEOUT, "tests/isa/test_code.py", 0)


def test_a_test_that_hangs_anyway_kills_nothing(root: Path, trials: Callable[..., Trials]) -> None:
    test = "import time\nimport sassafras.isa.code\n\ndef test_slow():\n    time.sleep(20)\n"
    (root / "tests/isa/test_code.py").write_text(test)
    with pytest.raises(BrokenTest, match=r"test_code\.py fails without any mutant"):
        trials(hang=2).run(SURVIVOR)


def test_what_there_was_no_time_for_is_not_called_a_survivor(trials: Callable[..., Trials]) -> None:
    found = trials(each=0).run(SURVIVOR)
    assert (found.verdict, found.files, found.reach) == (Verdict.UNFINISHED, 0, 3)


@pytest.mark.long
def test_processor_time_is_limited_not_the_time_of_a_busy_machine(
    root: Path, trials: Callable[..., Trials]
) -> None:
    found = trials(each=5).run(ENDLESS)
    assert (found.verdict, found.files) == (Verdict.UNFINISHED, 0)
    slow = "import time\nimport sassafras.isa.code\n\ndef test_slow():\n    time.sleep(6)\n"
    (root / "tests/isa/test_code.py").write_text(slow)
    (root.parent / "scratch" / "again").mkdir()
    found = Trials(root, root.parent / "scratch" / "again", 5, 60).run(SURVIVOR)
    assert (found.verdict, found.files) == (Verdict.SURVIVED, 3)


def test_a_test_that_fails_anyway_kills_nothing(root: Path, trials: Callable[..., Trials]) -> None:
    (root / "tests/isa/test_code.py").write_text(
        "import sassafras.isa.code\n\ndef test_broken():\n    assert 0\n"
    )
    with pytest.raises(BrokenTest, match=r"test_broken fails without any mutant"):
        trials().run(SURVIVOR)


def test_verdicts_are_kept_while_they_hold(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "out" / "seed.jsonl"
    found = Found(Verdict.KILLED, "a test", 1, 3, 2.5)
    survived, unfinished = (replace(found, verdict=v) for v in (Verdict.SURVIVED, Verdict.UNFINISHED))
    record = Record(path, root)
    for mutant, what in ((KILLED, found), (SURVIVOR, survived), (ENDLESS, unfinished)):
        record.add(mutant, what)

    def known() -> list[Found | None]:
        return [Record(path, root).known(mutant) for mutant in (KILLED, SURVIVOR, ENDLESS)]

    assert known() == [found, survived, None]
    (root / "tests/isa/test_new.py").write_text("")
    assert known() == [found, None, None]  # a new test may kill it
    (root / CODE).write_text("x = 1\n")
    assert known() == [None, None, None]


def test_equivalence_is_argued(tmp_path: Path) -> None:
    path = tmp_path / "equivalent.txt"
    path.write_text("# a remark\n\na.py ¦ x = 1 ¦ x = (2) ¦ nobody reads x\n", encoding="utf-8")
    assert argued(path) == {"a.py ¦ x = 1 ¦ x = (2)": "nobody reads x"}


def test_the_command_tries_tells_and_goes_on(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1 while a mutant survives and nobody has argued that it computes the same."""
    reasons = tmp_path / "equivalent.txt"
    reasons.write_text("")
    monkeypatch.setattr(command, "ROOT", root)
    monkeypatch.setattr(command, "EQUIVALENT", reasons)
    monkeypatch.setattr(command, "limit", lambda: None)  # of the process that runs the tests
    words = ["--room", "isa", "--count", "30", "--hang", "5", "--out", str(tmp_path / "out")]
    assert command.main([*words, "--list"]) == 0
    listed = capsys.readouterr().out.splitlines()
    unseen = next(line.split()[0] for line in listed if "in unseen (constant)" in line)
    chosen = [*words, "--only", unseen]
    assert command.main(chosen) == 1
    told = capsys.readouterr().out.splitlines()
    assert f"{unseen} survived, 3 of 3 test files" in told[0]
    assert told[0].endswith(f"{CODE}:8 in unseen (constant)")
    assert told[-1] == "seed 1: 0 killed, 0 timeout, 1 survived, 0 equivalent, 0 unfinished"
    assert command.main([*chosen, "--minutes", "0"]) == 1  # known: nothing is tried again
    old, new = (line.split(maxsplit=1)[1] for line in told[1:3])
    reasons.write_text(f"{CODE} ¦ {old} ¦ {new} ¦ nobody asks", encoding="utf-8")
    capsys.readouterr()
    assert command.main(chosen) == 0
    assert "equivalent (nobody asks)" in capsys.readouterr().out
    assert command.main([*words, "--only", "99"]) == 2


@pytest.mark.parametrize("path", ["kernels/add.py", "architectures/sm_60.py", "cli/status.py"])
def test_what_is_found_by_its_name_is_reached(path: str) -> None:
    """No import statement names these."""
    found = Reach(command.ROOT).tests(f"src/sassafras/{path}")
    room = path.partition("/")[0]
    assert any(test.startswith(f"tests/{room}/") for test in (*found.named, *found.near))
