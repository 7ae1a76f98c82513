"""Every mutant of a source file.

Left alone: docstrings and other texts (f-strings included), annotations, decorators, ``__repr__``, assertions
(they state what cannot be otherwise), what only a type checker reads.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable

from tests.mutants.mutant import Mutant, Operator

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}
NEGATING = (ast.NotEq, ast.Eq, ast.Is, ast.IsNot, ast.In, ast.NotIn)  #: flipped, such a condition is negated
SYMMETRIC = {  #: swapping their arguments says nothing, or nonsense
    *("min", "max", "isinstance", "issubclass", "cast", "TypeVar"),
    *("add", "mul", "and_", "or_", "xor", "fadd", "fmul"),  # LLVM's
}
UNREACHABLE = ("assert_never",)


def mutants(path: str, source: bytes) -> list[Mutant]:
    """All mutants of one file, in the order of their places. ``path``: how it is called in them."""
    finder = _Finder(path, source)
    finder.visit(ast.parse(source))
    return sorted(finder.found, key=lambda m: (m.start, m.end, m.operator, m.new))


class _Finder(ast.NodeVisitor):
    def __init__(self, path: str, source: bytes) -> None:
        self.found: list[Mutant] = []
        self._path = path
        self._source = source
        self._starts = [0, *(i + 1 for i, byte in enumerate(source) if byte == ord("\n"))]
        self._names: list[str] = []

    # What is changed -------------------------------------------------------------------------------------

    def _place(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column

    def _add(self, node: ast.expr | ast.stmt, operator: Operator, new: str) -> None:
        assert node.end_lineno is not None and node.end_col_offset is not None
        start = self._place(node.lineno, node.col_offset)
        end = self._place(node.end_lineno, node.end_col_offset)
        self.found.append(Mutant(self._path, operator, node.lineno, start, end, new, ".".join(self._names)))

    def _text(self, node: ast.expr) -> str:
        found = ast.get_source_segment(self._source.decode(), node)
        assert found is not None
        return found

    def visit_Compare(self, node: ast.Compare) -> None:
        for number, operator in enumerate(node.ops):
            changed = copy.copy(node)
            changed.ops = [*node.ops]
            changed.ops[number] = COMPARISONS[type(operator)]()
            self._add(node, Operator.COMPARISON, f"({ast.unparse(changed)})")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in ARITHMETIC and not (_is_text(node.left) or _is_text(node.right)):
            changed = ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)
            self._add(node, Operator.ARITHMETIC, f"({ast.unparse(changed)})")
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if type(node.op) in ARITHMETIC and not _is_text(node.value):
            changed = ast.AugAssign(node.target, ARITHMETIC[type(node.op)](), node.value)
            self._add(node, Operator.ARITHMETIC, ast.unparse(changed))
        self._add(node, Operator.STATEMENT, "pass")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        self._constant(node, Operator.CONSTANT)

    def _constant(self, node: ast.Constant, operator: Operator) -> None:
        value = node.value
        if isinstance(value, bool):
            self._add(node, operator, str(not value))
        elif isinstance(value, int | float):
            self._add(node, operator, f"({value + 1!r})")
            self._add(node, operator, f"({value - 1!r})")

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        changed = ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        self._add(node, Operator.CONNECTIVE, f"({ast.unparse(changed)})")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._add(node, Operator.NEGATION, f"bool({ast.unparse(node.operand)})")
        self.generic_visit(node)

    def _negate(self, test: ast.expr) -> None:
        negated = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
        flipped = isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], NEGATING)
        if not (negated or flipped or isinstance(test, ast.Constant)):
            self._add(test, Operator.NEGATION, f"(not ({self._text(test)}))")

    def visit_While(self, node: ast.While) -> None:
        self._negate(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._negate(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._negate(test)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = _name(node)
        if name in UNREACHABLE:
            return
        if name not in SYMMETRIC:
            self._swap(node)
        self.generic_visit(node)

    def _swap(self, node: ast.Call) -> None:
        for number, (one, two) in enumerate(zip(node.args, node.args[1:], strict=False)):
            if isinstance(one, ast.Starred) or isinstance(two, ast.Starred) or ast.dump(one) == ast.dump(two):
                continue
            changed = copy.copy(node)
            changed.args = [*node.args]
            changed.args[number : number + 2] = [two, one]
            self._add(node, Operator.ARGUMENTS, ast.unparse(changed))

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call) and _name(node.value) not in UNREACHABLE:
            self._add(node, Operator.STATEMENT, "pass")
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets):
            self._add(node, Operator.STATEMENT, "pass")
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        self._add(node, Operator.STATEMENT, "pass")
        self.generic_visit(node)

    def visit_Break(self, node: ast.Break) -> None:
        self._add(node, Operator.STATEMENT, "pass")

    def visit_Continue(self, node: ast.Continue) -> None:
        self._add(node, Operator.STATEMENT, "pass")

    # What is left alone ----------------------------------------------------------------------------------

    def visit_If(self, node: ast.If) -> None:
        if _is_type_checking(node.test):
            self._visit_all(node.orelse)
            return
        self._negate(node.test)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Assert(self, node: ast.Assert) -> None:
        pass

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        pass  # before Python 3.12 nobody knows the places of what is in it

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name == "__repr__":
            return
        self._names.append(node.name)
        self._visit_parameters(node.args)
        self._visit_all(node.body)
        self._names.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._names.append(node.name)
        self._visit_all(node.body)
        self._names.pop()

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_parameters(node.args)
        self.visit(node.body)

    def _visit_parameters(self, parameters: ast.arguments) -> None:
        for default in [*parameters.defaults, *parameters.kw_defaults]:
            if isinstance(default, ast.Constant):
                self._constant(default, Operator.DEFAULT)
            elif default is not None:
                self.visit(default)

    def _visit_all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _name(call: ast.Call) -> str:
    """Of what is called, without what it belongs to."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _is_type_checking(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def valid(mutant: Mutant, source: bytes) -> bool:
    """Whether the changed file is Python at all, and another program than before."""
    try:
        changed = ast.parse(mutant.apply(source))
    except SyntaxError:
        return False
    return ast.dump(changed) != ast.dump(ast.parse(source))
