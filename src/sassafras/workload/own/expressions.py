"""Sizes and arguments as formulas: ``n * n / 2``, ``a if k % 2 else b``. Numbers, names and few operations;
nothing of Python can be called or reached.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sassafras.errors import UsageError, did_you_mean

MOST = 1 << 64  #: of an integer: more fits into no argument
_LONGEST = 400  #: characters


@dataclass(frozen=True)
class Place:
    """A buffer, or an address so many bytes behind its start."""

    buffer: str
    offset: int = 0


Value = int | float | bool | Place
Names = Mapping[str, Value]

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.RShift: operator.rshift,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
    ast.Not: operator.not_,
}
_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_CALLED: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "int": int,
    "float": float,
    "ceil": math.ceil,
    "floor": math.floor,
    "sqrt": math.sqrt,
    "log2": math.log2,
}


class FormulaError(ValueError):
    """What is wrong with a formula, in a few words."""


def value_of(text: str, names: Names, where: str) -> Value:
    """What a formula is worth. ``where``: for the error. Raises UsageError."""
    try:
        if (name := text.strip()) in names:  # also one that is a word of Python, such as in
            return names[name]
        if len(text) > _LONGEST:
            raise FormulaError(f"it is longer than {_LONGEST} characters")
        return _value(ast.parse(text.strip(), mode="eval").body, names)
    except SyntaxError:
        reason = "it is no formula"
    except (FormulaError, ArithmeticError, ValueError, TypeError) as error:
        reason = str(error)
    except (RecursionError, MemoryError):
        reason = "it is nested too deeply"
    raise UsageError(f"{where}: {text!r}: {reason}")


def whole(text: str | int, names: Names, where: str, least: int = 1) -> int:
    """A formula that is a whole number. Raises UsageError for another, and for a smaller one."""
    value = value_of(text, names, where) if isinstance(text, str) else text
    if isinstance(value, bool) or not isinstance(value, int):
        raise UsageError(f"{where}: {text!r} is {_said(value)}, not a whole number")
    if value < least:
        raise UsageError(f"{where}: {text!r} is {value}: give at least {least}")
    return value


def _said(value: Value) -> str:
    return f"the buffer {value.buffer}" if isinstance(value, Place) else repr(value)


def _value(node: ast.expr, names: Names) -> Value:
    match node:
        case ast.Constant(value=bool() | int() | float() as number):
            return _bounded(number)
        case ast.Name(id=name):
            if name not in names:
                raise FormulaError(f"nothing is named {name!r}; {did_you_mean(name, names)}".rstrip("; "))
            return names[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _bounded(_binary(op, _value(left, names), _value(right, names)))
        case ast.UnaryOp(op=op, operand=operand):
            return _bounded(_UNARY[type(op)](_number(_value(operand, names))))
        case ast.BoolOp(op=op, values=values):
            found = [bool(_number(_value(each, names))) for each in values]
            return all(found) if isinstance(op, ast.And) else any(found)
        case ast.Compare(left=left, ops=ops, comparators=others):
            return _compared(_value(left, names), ops, [_value(each, names) for each in others])
        case ast.IfExp(test=test, body=body, orelse=other):
            return _value(body if _number(_value(test, names)) else other, names)
        case ast.Call(func=ast.Name(id=name), args=given, keywords=[]) if name in _CALLED:
            return _bounded(_CALLED[name](*(_number(_value(each, names)) for each in given)))
        case ast.Call(func=ast.Name(id=name)):
            raise FormulaError(f"there is no function {name!r}; there are: {', '.join(_CALLED)}")
    raise FormulaError("it holds what a formula cannot: only numbers, names, operators and if/else")


def _binary(op: ast.operator, left: Value, right: Value) -> Value:
    if isinstance(left, Place) or isinstance(right, Place):
        return _moved(op, left, right)
    match op:
        case ast.Div():
            divided = left / right
            exact = isinstance(left, int) and isinstance(right, int) and left % right == 0
            return left // right if exact else divided
        case ast.Pow() | ast.LShift():
            if not abs(right) <= 64:
                raise FormulaError("an exponent or a shift is at most 64")
            moved: Value = left**right if isinstance(op, ast.Pow) else int(left) << int(right)
            return moved
    if type(op) not in _BINARY:
        raise FormulaError("it holds an operator that a formula cannot have")
    found: Value = _BINARY[type(op)](left, right)
    return found


def _moved(op: ast.operator, left: Value, right: Value) -> Place:
    """A buffer and a number of bytes behind its start."""
    if isinstance(left, Place) and type(right) is int and isinstance(op, ast.Add | ast.Sub):
        return Place(left.buffer, left.offset + (right if isinstance(op, ast.Add) else -right))
    if isinstance(right, Place) and type(left) is int and isinstance(op, ast.Add):
        return Place(right.buffer, right.offset + left)
    raise FormulaError("to a buffer only a number of bytes can be added")


def _compared(left: Value, ops: list[ast.cmpop], others: list[Value]) -> bool:
    for op, right in zip(ops, others, strict=True):
        if type(op) not in _COMPARED:
            raise FormulaError("it compares in a way that a formula cannot")
        if not _COMPARED[type(op)](_number(left), _number(right)):
            return False
        left = right
    return True


def _number(value: Value) -> Any:
    if isinstance(value, Place):
        raise FormulaError(f"{value.buffer} is a buffer, not a number")
    return value


def _bounded(value: Value) -> Value:
    if isinstance(value, int) and abs(value) > MOST:
        raise FormulaError(f"it passes {MOST}")
    if isinstance(value, complex):
        raise FormulaError("it is no real number")
    return value
