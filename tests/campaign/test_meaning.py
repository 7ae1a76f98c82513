"""What rows mean is part of what a campaign is: two meanings never mix."""

from __future__ import annotations

import ast
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.campaign.rows import make
from tests.campaign.stores import FINGERPRINT, filled, new_store, row, settings

import sassafras
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.finished import read_finished
from sassafras.campaign.merge import merge
from sassafras.campaign.store import meaning as of_code
from sassafras.campaign.store.identity import MEANING, check_same
from sassafras.campaign.store.meaning import digest_of_sources, launches_of, meaning, modules
from sassafras.campaign.store.store_errors import STORE_NAME
from sassafras.errors import CampaignError
from sassafras.faults.model import Mode
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.workload.launches import PlannedLaunch

PACKAGE = Path(sassafras.__file__).parent
FEW = {"kernels": ("fill_gpu", "add_bias"), "modes": (Mode.IOV,), "injections": 4}

CODE = '''"""A module."""
from a import b

LIMIT = 3


class Thing:
    """A thing."""

    def double(self, x: int) -> str:
        """Twice."""
        return f"{2 * x} of {LIMIT:>{x}}"
'''

#: What the deciding modules import of the campaign, though it decides no row, and why.
OTHERS = {
    "design.from_store": "how many faults are asked for, not what they are",
    "design.confidence_sequence": "when a mode stops: how many",
    "design.settings": "its values are in the fingerprint themselves",
    "design.shard": "which faults this machine runs",
}


def digest(text: str) -> str:
    return digest_of_sources([("m.py", text)])


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("A module.", "A module with other words."),
        lambda text: text.replace('    """A thing."""\n', "    # a comment\n"),
        lambda text: text.replace('        """Twice."""\n', ""),
        lambda text: text.replace("LIMIT = 3", "LIMIT = (\n    3  # three\n)"),
        lambda text: text.replace("self, x: int", "\n    self,\n    x: int,\n"),
        lambda text: text.replace('f"{2 * x} of {LIMIT:>{x}}"', 'f"{2 * x} " f"of " f"{LIMIT:>{x}}"'),
    ],
)
def test_comments_docstrings_and_layout_mean_nothing(change: Callable[[str], str]) -> None:
    assert change(CODE) != CODE
    assert digest(change(CODE)) == digest(CODE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 3", "LIMIT = 4"),
        ("LIMIT = 3", "LIMIT = 3.0"),
        ("LIMIT = 3", 'LIMIT = "3"'),
        ("2 * x", "x * 2"),
        ("2 * x", "2 ** x"),
        (" of ", " out of "),
        ("from a import b", "from c import b"),
        ("double", "twice"),
        ("return f", 'x = 1; "no docstring"; return f'),
    ],
)
def test_everything_else_means_something(old: str, new: str) -> None:
    assert digest(CODE.replace(old, new)) != digest(CODE)


def test_a_module_that_is_renamed_means_something_else() -> None:
    assert digest_of_sources([("n.py", CODE)]) != digest(CODE)


def test_it_is_taken_from_every_module_that_decides_a_row() -> None:
    """What the sampler and the simulation import of the campaign is taken, or listed here."""
    files = {path.relative_to(PACKAGE).as_posix() for path in modules(PACKAGE)}
    reached, waiting = set[str](), ["design.sampling", *imported(*(PACKAGE / "simulation").glob("*.py"))]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += imported(PACKAGE / "campaign" / f"{name.replace('.', '/')}.py")
    taken = {name for name in reached if f"campaign/{name.replace('.', '/')}.py" in files}
    assert reached - taken == set(OTHERS)
    assert {
        "isa/parser.py",
        "emulator/semantics/shift.py",
        "faults/resolve.py",
        "native.py",
        "building.py",
    } < files
    assert {"simulation/injector.py", "campaign/design/lanes.py"} < files
    assert not any(name.startswith(("kernels", "report", "cli")) for name in files)


def imported(*paths: Path) -> list[str]:
    room = "sassafras.campaign."
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text()))]
    names = [str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)]
    return [name.removeprefix(room) for name in names if name.startswith(room)]


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the sources that decide, which `meaning` takes for the installed ones, and an empty cache."""
    package = tmp_path / "sassafras"
    for path in modules(PACKAGE):
        copy = package / path.relative_to(PACKAGE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    monkeypatch.setenv("SASSAFRAS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sassafras, "__file__", str(package / "__init__.py"))
    monkeypatch.setattr(of_code, "_QUIET_NS", 0)
    meaning.cache_clear()
    yield package
    meaning.cache_clear()


def fresh() -> str:
    meaning.cache_clear()
    return meaning()


def test_a_change_of_the_sources_is_seen_at_once(installation: Path) -> None:
    before = fresh()
    file = installation / "faults" / "model.py"
    text = file.read_text()
    file.write_text(text.replace("word * count >> 64", "word * count >> 63"))
    changed = fresh()
    assert changed != before
    file.write_text(text + "\n# nothing\n")
    assert fresh() == before


def test_it_is_remembered(installation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fresh()
    assert len(list((tmp_path / "cache").glob("meaning-*"))) == 1
    monkeypatch.setattr(of_code, "digest_of_sources", lambda sources: pytest.fail("made again"))
    assert fresh() == before


def test_files_that_changed_just_now_are_not_trusted(
    installation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within a tick of the file system's clock they may change again without a trace."""
    monkeypatch.setattr(of_code, "_QUIET_NS", 3600 * 10**9)
    fresh()
    assert not list((tmp_path / "cache").glob("meaning-*"))


def test_starting_costs_little(installation: Path) -> None:
    fresh()
    start = time.perf_counter()
    fresh()
    assert time.perf_counter() - start < 0.05


def test_launches_tell_where_everything_lies(tiny: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    before = launches_of(tiny)
    assert launches_of(tiny) == before
    monkeypatch.setitem(vars(tiny), "plan", tiny.plan[:-1])
    assert launches_of(tiny) != before


def test_launches_tell_their_shared_memory_and_those_without_are_as_ever(
    tiny: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stores from before launches had any keep their fingerprint."""
    assert launches_of(tiny) == "a0dbdc89bbb73522a234b6a179734a5feb8f932216de293c2bbf3595ac742431"
    first, *others = tiny.plan
    variant = replace(first.spec, shared_bytes=lambda _: 64)
    place = first.index, first.kernel, first.invocation, first.part
    asking = PlannedLaunch.of(*place, first.arguments, variant)
    monkeypatch.setitem(vars(tiny), "plan", (asking, *others))
    assert launches_of(tiny) != "a0dbdc89bbb73522a234b6a179734a5feb8f932216de293c2bbf3595ac742431"


# stores ---------------------------------------------------------------------------------------------------


def change(folder: Path, **changes: Any) -> None:
    """Change the stored fingerprint; None: leave a key out."""
    with closing(sqlite3.connect(folder / STORE_NAME)) as db, db:
        (text,) = db.execute("SELECT value FROM meta WHERE key = 'fingerprint'").fetchone()
        found = {k: v for k, v in (json.loads(text) | changes).items() if v is not None}
        db.execute("UPDATE meta SET value = ? WHERE key = 'fingerprint'", (json.dumps(found),))


@pytest.fixture
def campaign(tmp_path: Path, tiny: Network, images: list[Image]) -> Campaign:
    made = make(tmp_path / "run", tiny, images, **FEW)
    made.run(1)
    made.store.close()
    return made


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (
            {MEANING: "0" * 64},
            r"run holds rows of another meaning \(00000000, now [0-9a-f]{8}: .*not gone",
        ),
        ({MEANING: None}, "run was made before its fingerprint said what a fault means: .*not gone"),
        (
            {MEANING: None, "ioa_register": None, "launches": None, "version": "0.0.1"},
            "run was made before its fingerprint said what a fault means",
        ),
        ({"seed": 1}, r"holds another campaign \(different: seed\)"),
        ({MEANING: None, "seed": 1}, r"holds another campaign \(different: seed\)"),
        ({"launches": "0" * 64}, r"holds another campaign \(different: launches\)"),
    ],
)
def test_rows_are_added_to_those_of_the_same_meaning_alone(
    campaign: Campaign, tiny: Network, images: list[Image], stored: dict[str, Any], said: str
) -> None:
    change(campaign.folder, **stored)
    before = (campaign.folder / STORE_NAME).read_bytes()
    with pytest.raises(CampaignError, match=said) as caught:
        make(campaign.folder, tiny, images, **FEW | {"injections": 8})
    assert "\n" not in str(caught.value)
    assert (campaign.folder / STORE_NAME).read_bytes() == before


@pytest.mark.parametrize("stored", [{MEANING: "0" * 64}, {MEANING: None, "ioa_register": None}])
def test_rows_of_another_meaning_are_read(
    campaign: Campaign, tiny: Network, images: list[Image], stored: dict[str, Any]
) -> None:
    rows = read_finished(campaign.folder).injections
    change(campaign.folder, **stored)
    assert read_finished(campaign.folder).injections.equals(rows)
    again = Campaign(campaign.folder, campaign.settings, tiny, images, reading=True)
    assert again.injections().equals(rows)


def test_a_rule_of_one_s_own_is_another_campaign() -> None:
    one = FINGERPRINT | {"ioa_register": "sassifi"}
    with pytest.raises(CampaignError, match=r"\(different: ioa_register\)"):
        check_same(Path("run/results.sqlite"), one, one | {"ioa_register": "hardware"})


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({MEANING: "other"}, "one and .*two hold rows of two meanings .*cannot be merged"),
        ({MEANING: "other", "seed": 2}, r"are different campaigns \(different: meaning, seed\)"),
    ],
)
def test_two_meanings_are_not_merged(tmp_path: Path, other: dict[str, Any], said: str) -> None:
    one = filled(tmp_path / "one", range(9))
    store = new_store(tmp_path / "two", settings(), FINGERPRINT | other)
    store.add([row(number) for number in range(9, 18)])
    store.close()
    with pytest.raises(CampaignError, match=said):
        merge(tmp_path / "all", [one, tmp_path / "two"])
    assert not (tmp_path / "all").exists()


def test_nobody_knows_whether_rows_without_a_meaning_mean_the_same(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for number, folder in enumerate(folders):
        filled(folder, range(9 * number, 9 * number + 9))
        change(folder, meaning=None)
    with pytest.raises(CampaignError, match="nobody can tell whether their rows mean the same"):
        merge(tmp_path / "all", folders)
    merge(tmp_path / "saved", folders[:1], salvage=True)
    assert (tmp_path / "saved" / STORE_NAME).exists()
