"""Structs of a workload file: those that it declares, and what launches give for them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sassafras.errors import UsageError, did_you_mean
from sassafras.toolchain.c_types import CType, type_of_words
from sassafras.toolchain.structs import VECTORS, Field, Leaf, Struct, struct_of
from sassafras.workload.own.schema import StructValue

Type = CType | Struct
_FIELD = re.compile(r"(\w+)\s*:\s*([^\[\]]*?)\s*((?:\[\d+\])*)")
_WORD = 4  #: bytes of a struct that is given as bytes go in such pieces


def declared_structs(given: Mapping[str, Sequence[str]]) -> dict[str, Struct]:
    """The structs that a file declares; one may have those in front of it as fields. Raises UsageError."""
    found: dict[str, Struct] = {}
    for name, texts in given.items():
        found[name] = struct_of(name, [_field(f"structs.{name}", text, found) for text in texts])
    return found


def _field(where: str, text: str, known: Mapping[str, Struct]) -> tuple[str, Type, tuple[int, ...]]:
    match = _FIELD.fullmatch(text.strip())
    if match is None or not match[1].isidentifier():
        raise UsageError(f'{where}: {text!r}: give "name: type", of an array "name: type[4]"')
    sides = tuple(int(side) for side in re.findall(r"\d+", match[3]))
    if 0 in sides:
        raise UsageError(f"{where}: {text!r}: an array has at least 1")
    return match[1], type_named(where, match[2], known), sides


def type_named(where: str, said: str, known: Mapping[str, Struct]) -> Type:
    """The type of that name: of ours, of C, a vector of CUDA, or a struct of the file. Raises UsageError."""
    kind = next((one for one in CType if one.value == said), None) or type_of_words(said)
    if found := kind or known.get(said) or VECTORS.get(said):
        return found
    raise UsageError(
        f"{where}: no type {said!r}; there are: {', '.join((*CType, *known))}, and CUDA's vectors"
    )


def spread(struct: Struct, given: Any, where: str) -> Iterator[tuple[Leaf, Any]]:
    """Every scalar of a struct (its name without the struct's) with what is given for it. ``given``: by name
    or in order. Raises UsageError.
    """
    has = f"{struct.name} has {', '.join(field.name for field in struct.fields)}"
    for field, value in zip(struct.fields, _in_order(struct, given, where, has), strict=True):
        yield from _spread_field(field, value, f"{where}.{field.name}")


def _in_order(struct: Struct, given: Any, where: str, has: str) -> list[Any]:
    names = [field.name for field in struct.fields]
    if isinstance(given, Mapping):
        for name in given:
            if name not in names:
                raise UsageError(f"{where}: there is no {name!r}; {did_you_mean(name, names)}{has}")
        for name in names:
            if name not in given:
                raise UsageError(f"{where}.{name} is missing; {has}")
        return [given[name] for name in names]
    if not _is_list(given):
        sort = "a number" if isinstance(given, int | float) else "no list"
        raise UsageError(f"{where}: {given!r} is {sort}, it is the struct {struct.name}; give its fields")
    if len(given) != len(names):
        raise UsageError(f"{where}: there are {len(given)} fields; {has}")
    return list(given)


def _spread_field(field: Field, given: Any, where: str) -> Iterator[tuple[Leaf, Any]]:
    values = [given]
    for side in field.sides:
        for value in values:
            if not _is_list(value):
                raise UsageError(f"{where}: give a list of its {side} values, not {value!r}")
            if len(value) != side:
                raise UsageError(f"{where}: there are {len(value)}, it has {side}")
        values = [one for value in values for one in value]
    places = itertools.product(*map(range, field.sides))
    for number, (place, value) in enumerate(zip(places, values, strict=True)):
        at = "".join(f"[{side}]" for side in place)
        offset = field.offset + number * field.type.nbytes
        if isinstance(field.type, CType):
            yield Leaf(field.name + at, field.type, offset), value
            continue
        for leaf, inner in spread(field.type, value, where + at):
            yield leaf.moved(f"{field.name}{at}.", offset), inner


def _is_list(given: Any) -> bool:
    return isinstance(given, Sequence) and not isinstance(given, str | bytes)


def raw_words(value: Any, nbytes: int, where: str) -> Iterator[tuple[Leaf, int]]:
    """A struct of that size as words of its bytes. Raises UsageError for another number of bytes."""
    content = _bytes(value, where)
    if len(content) != nbytes:
        raise UsageError(f"{where}: there are {len(content)} bytes, the kernel takes {nbytes}")
    at = 0
    while at < nbytes:
        kind = CType.UINT32 if nbytes - at >= _WORD else CType.UINT8
        yield (
            Leaf(f"[{at}:{at + kind.nbytes}]", kind, at),
            int.from_bytes(content[at : at + kind.nbytes], "little"),
        )
        at += kind.nbytes


def _bytes(value: Any, where: str) -> bytes:
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    if isinstance(value, str):
        try:
            return bytes.fromhex(value)
        except ValueError:
            raise UsageError(f"{where}: {value!r} is no hexadecimal text") from None
    raw: Callable[[], bytes] | None = getattr(value, "tobytes", None)
    if raw is None:
        raise UsageError(f"{where}: {value!r} are no bytes: give hexadecimal digits, or a value of NumPy")
    return raw()


def parts_of(given: StructValue, kind: Type | None, size: int, where: str) -> list[tuple[Leaf, Any]]:
    """What a launch gives for a parameter of that size. Raises UsageError."""
    if isinstance(kind, CType):
        raise UsageError(f"{where}: the kernel takes {_article(kind)}, no struct")
    if given.bytes is not None:
        return list(raw_words(given.bytes, size, where))
    if kind is None:
        raise UsageError(
            f"{where}: nothing says how the {size} bytes of the struct lie; say it: [structs] "
            'NAME = ["field: type", ...], and parameters of the kernel "name: NAME"; or give its bytes'
        )
    return [(leaf.moved(".", 0), value) for leaf, value in spread(kind, given.fields, where)]


def _article(kind: CType) -> str:
    return "a pointer" if kind is CType.POINTER else str(kind)
