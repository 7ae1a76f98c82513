"""The recipe "a command", followed: one file."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.adding.tree import Tree, copied

COMMAND = '''"""``sassafras hello``: greet."""

from __future__ import annotations

from typing import Annotated

import typer


def hello(name: Annotated[str, typer.Argument(help="Whom.")] = "all") -> None:
    """Greet somebody."""
    from sassafras.errors import UsageError

    if name == "nobody":
        raise UsageError("nobody cannot be greeted; name somebody")
    typer.echo(f"hello {name}")
'''


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    made = copied(tmp_path_factory.mktemp("tree"))
    made.make("cli/hello.py", COMMAND)
    return made


def test_it_takes_one_file(tree: Tree) -> None:
    assert tree.touched == {"cli/hello.py"}


def test_it_is_listed_and_ends_as_every_command_does(tree: Tree, tmp_path: Path) -> None:
    assert "Greet somebody." in tree.run("--help", folder=tmp_path)
    assert tree.run("hello", "you", folder=tmp_path) == "hello you\n"
    with pytest.raises(AssertionError, match=r"^error: nobody cannot be greeted; name somebody\n"):
        tree.run("hello", "nobody", folder=tmp_path)
