"""What is changed, and what is left alone."""

from __future__ import annotations

import ast

import pytest
from tests.mutants.draw import PACKAGE, draws
from tests.mutants.mutant import Mutant, Operator
from tests.mutants.operators import mutants, valid
from tests.mutants.record import place
from tests.mutants.trial import LEFT_OUT


def changed(source: str) -> set[tuple[str, str]]:
    """Every mutant of a source: kind, and the whole changed program in one spelling."""
    return {
        (m.operator.value, ast.unparse(ast.parse(m.apply(source.encode()))))
        for m in mutants("a.py", source.encode())
    }


@pytest.mark.parametrize(
    ("source", "operator", "expected"),
    [
        ("x = a < b", Operator.COMPARISON, {"x = a <= b"}),
        ("x = a is not b", Operator.COMPARISON, {"x = a is b"}),
        ("x = a < b < c", Operator.COMPARISON, {"x = a <= b < c", "x = a < b <= c"}),
        ("x = a + b * c", Operator.ARITHMETIC, {"x = a - b * c", "x = a + b // c"}),
        ("x = (a << b) | c", Operator.ARITHMETIC, {"x = a >> b | c", "x = a << b & c"}),
        ("x += a", Operator.ARITHMETIC, {"x -= a"}),
        ("x = 7", Operator.CONSTANT, {"x = 8", "x = 6"}),
        ("x = y[0]", Operator.CONSTANT, {"x = y[1]", "x = y[-1]"}),
        ("x = 2 ** 0", Operator.CONSTANT, {"x = 3 ** 0", "x = 1 ** 0", "x = 2 ** 1", "x = 2 ** (-1)"}),
        ("x = True", Operator.CONSTANT, {"x = False"}),
        ("def f(x, y=True): ...", Operator.DEFAULT, {"def f(x, y=False):\n    ..."}),
        ("if a: b()", Operator.NEGATION, {"if not a:\n    b()"}),
        ("if not a: b()", Operator.NEGATION, {"if bool(a):\n    b()"}),
        ("x = [a for a in b if a]", Operator.NEGATION, {"x = [a for a in b if not a]"}),
        ("x = a and b", Operator.CONNECTIVE, {"x = a or b"}),
        ("f(a)", Operator.STATEMENT, {"pass"}),
        ("a[b] = c", Operator.STATEMENT, {"pass"}),
        ("raise Failed(a)", Operator.STATEMENT, {"pass"}),
        ("x = f(a, b, c)", Operator.ARGUMENTS, {"x = f(b, a, c)", "x = f(a, c, b)"}),
        ("# ü\nx = '€', a < b", Operator.COMPARISON, {"x = ('€', a <= b)"}),  # places are bytes
    ],
)
def test_every_kind_of_change(source: str, operator: Operator, expected: set[str]) -> None:
    assert {text for kind, text in changed(source) if kind == operator.value} == expected


@pytest.mark.parametrize(
    "source",
    [
        '"""1 + 1"""',
        "x: tuple[int, 3]",
        "def f(x: 3 = None) -> 4: 'text'",
        "class A:\n    'text'\n    def __repr__(self):\n        return 1 + 1",
        "assert a < 1",
        "x = f'{a + 1}'",
        "x = 'a' + b",
        "if TYPE_CHECKING:\n    f(1)",
        "@cache(1)\ndef f(): ...",
        "assert_never(x)",
        "x = max(a, b)",
        "x = builder.add(a, b)",
        "x = f(a, a)",
    ],
)
def test_what_is_left_alone(source: str) -> None:
    assert changed(source) == set()


def test_a_mutant_tells_where_it_is_and_what_it_changes() -> None:
    source = b"class A:\n    def f(self):\n        x = 0\n        return (x <\n                y)\n"
    (mutant,) = [m for m in mutants("a.py", source) if m.operator is Operator.COMPARISON]
    assert (mutant.line, mutant.within) == (4, "A.f")
    assert mutant.apply(source).splitlines()[3:] == [b"        return ((x <= y))"]
    assert place(mutant, mutant.diff(source)) == "a.py ¦ return (x < y) ¦ return ((x <= y))"


def test_what_is_no_other_program_is_no_mutant() -> None:
    source = b"x = 1\n"
    assert valid(Mutant("a.py", Operator.CONSTANT, 1, 4, 5, "2", ""), source)
    assert not valid(Mutant("a.py", Operator.CONSTANT, 1, 4, 5, "(1)", ""), source)
    assert not valid(Mutant("a.py", Operator.CONSTANT, 1, 4, 5, "(", ""), source)


def test_the_seed_decides_what_is_drawn(tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("root")
    for room, text in (("isa", "x = 1\ny = 2 < z\n"), ("faults", "a = b + c\n"), ("kernels", "# nothing\n")):
        (root / PACKAGE / room).mkdir(parents=True)
        (root / PACKAGE / room / "code.py").write_text(text)
    rooms = ("isa", "faults", "kernels")
    once = list(draws(root, 7, rooms))
    assert once == list(draws(root, 7, rooms))
    assert once != list(draws(root, 8, rooms))
    assert len(once) == len(set(once)) == 6  # 1 and 2, one more and one less; <; +
    assert {m.path for m in once} == {f"{PACKAGE}/{room}/code.py" for room in ("isa", "faults")}


def test_nothing_that_tools_leave_behind_is_copied() -> None:
    assert {".git", "__pycache__", ".venv", "runs"} <= set(LEFT_OUT)
