"""What is known of the mutants of a seed, kept in a file of JSON lines, so that a stopped run can go on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from tests.mutants.mutant import Mutant
from tests.mutants.trial import Found, Verdict


def digest(root: Path, folder: str) -> str:
    """SHA-256, in hex, of all Python files of a folder."""
    found = hashlib.sha256()
    for file in sorted((root / folder).rglob("*.py")):
        content = file.read_bytes()
        found.update(f"{file.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return found.hexdigest()[:16]


class Record:
    """Verdicts by mutant. They hold for the sources they were found with. One that survived is tried again
    when the tests have changed; one that was not finished, in any case.
    """

    def __init__(self, path: Path, root: Path) -> None:
        self._path = path
        self._state = {"sources": digest(root, "src"), "tests": digest(root, "tests")}
        self._known: dict[str, Found] = {}
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                self._read(json.loads(line))

    def _read(self, row: dict[str, dict[str, object]]) -> None:
        found = Found(**(row["found"] | {"verdict": Verdict(row["found"]["verdict"])}))  # type: ignore[arg-type]
        dead = found.verdict in {Verdict.KILLED, Verdict.TIMEOUT}
        survived = found.verdict is Verdict.SURVIVED and row["state"] == self._state
        if row["state"]["sources"] == self._state["sources"] and (dead or survived):
            self._known[json.dumps(row["mutant"], sort_keys=True)] = found

    def known(self, mutant: Mutant) -> Found | None:
        """What has been found, None if it has to be tried."""
        return self._known.get(json.dumps(asdict(mutant), sort_keys=True))

    def add(self, mutant: Mutant, found: Found) -> None:
        """Keep a verdict, at once."""
        row = {"mutant": asdict(mutant), "found": asdict(found), "state": self._state}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, sort_keys=True) + "\n")


def argued(path: Path) -> dict[str, str]:
    """Mutants that compute the same, each with the reason: lines ``file ¦ old ¦ new ¦ reason``, the old and
    new source lines without indentation. The key is all but the reason.
    """
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            *place, reason = (part.strip() for part in line.split(" ¦ "))
            found[" ¦ ".join(place)] = reason
    return found


def place(mutant: Mutant, lines: Iterable[str]) -> str:
    """The key of a mutant in `argued`. ``lines``: its diff."""
    listed = list(lines)
    old, new = (" ".join(x[1:].strip() for x in listed if x[0] == sign) for sign in "-+")
    return " ¦ ".join((mutant.path, old, new))
