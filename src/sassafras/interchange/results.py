"""Reading result files of SASSIFI and NVBitFI.

A line of SASSIFI's (``record_result`` of its ``run_one_injection.py``)::

    kernel-count-index-operand-bit:pc:opcode:thread:bit:seconds:category:dmesg:value_before...:value_after...

of NVBitFI's::

    number;kernel;count;index;operand;bit:pc:opcode:thread:mask:seconds:category:dmesg:value_before0x..:...
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sassafras.errors import UsageError
from sassafras.interchange.formats import CATEGORIES, Category, ListName, Tool, parse_name
from sassafras.interchange.record import ImportedInjection

_FLOAT = r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?"
#: Sites, each up to the first colon behind the bit seed. Kernel names of NVBitFI may hold colons; a seed of
#: SASSIFI may be 5e-05, dash included.
_SITES = {
    Tool.SASSIFI: re.compile(
        rf"(?P<kernel>[^:]+)-(?P<count>\d+)-(?P<index>\d+)-(?P<operand>{_FLOAT})-(?P<bit>{_FLOAT})(?=:)"
    ),
    Tool.NVBITFI: re.compile(
        rf"\d+;(?P<kernel>[^;]+);(?P<count>\d+);(?P<index>\d+);(?P<operand>{_FLOAT});(?P<bit>{_FLOAT})(?=:)"
    ),
}
_RECORD = re.compile(
    rf":(?P<pc>[^:]*):(?P<opcode>[^:]*):(?P<thread>-?\d*):(?P<flip>[^:]*):(?P<seconds>{_FLOAT})"
    r":(?P<category>\d+):(?P<dmesg>[^:]*)(?P<values>.*)"
)
#: A name of SASSIFI's that swallowed fields of a fork's site: mangled names hold no dash, and of no name is a
#: dash and a number a likely end.
_SWALLOWED = re.compile(r"_Z[^-]*-.*|.*-\d+")
_VALUES = {
    Tool.SASSIFI: re.compile(r":?value_(before|after)((?:,r\d+=[0-9a-fA-F]+)*)"),
    Tool.NVBITFI: re.compile(r":?value_(before|after)(0x[0-9a-fA-F]+)?"),
}


def result_files(given: Sequence[Path]) -> list[Path]:
    """The files themselves, and the ``results-mode*.txt`` of folders. Raises UsageError where there are
    none.
    """
    found: list[Path] = []
    for path in given:
        inside = sorted(path.glob("results-mode*.txt")) if path.is_dir() else [path]
        if not inside:
            raise UsageError(f"{path} holds no results-mode*.txt; name the files, or the folder they are in")
        found += inside
    return list(dict.fromkeys(found))


def read_results(
    tool: Tool, files: Sequence[Path], given: Mapping[int, Category] | None = None
) -> list[ImportedInjection]:
    """Every line of every file. ``given``: outcome categories that a fork has, or means otherwise.

    Raises UsageError naming file and line where something is not understood.
    """
    rows: list[ImportedInjection] = []
    for path in files:
        name = parse_name(tool, path)
        for number, text in _lines(path):
            row = parse_line(name, path.name, number, text, f"{path}:{number}", given)
            rows.append(replace(row, id=len(rows)))
    if not rows:
        raise UsageError(f"{', '.join(map(str, files))}: no results in it; nothing was imported")
    return rows


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no text file (byte {error.start}); give a result file") from error
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield number, line.strip()


def parse_line(
    name: ListName,
    file: str,
    number: int,
    text: str,
    place: str,
    given: Mapping[int, Category] | None = None,
) -> ImportedInjection:
    """One line. ``place``: for messages. ``given``: as in `read_results`. Raises UsageError."""
    site = _SITES[name.tool].match(text)
    record = None if site is None else _RECORD.fullmatch(text, site.end())
    if site is None or record is None:
        raise UsageError(f"{place}: not a line of {name.tool.label}'s results: {text[:60]!r}")
    if name.tool is Tool.SASSIFI and _SWALLOWED.fullmatch(site["kernel"]):
        raise UsageError(
            f"{place}: {site[0][:60]!r} has more fields than SASSIFI's site, kernel-count-index-operand-bit: "
            "a fork's? Which of them is which is not known here"
        )
    category = _category(name.tool, record["category"], place, given or {})
    values = _values(name.tool, record["values"], place)
    return ImportedInjection(
        id=0,
        mode=name.mode.value,
        model=name.model.value,
        scope=name.scope.value,
        launch=int(site["count"]) if name.tool is Tool.NVBITFI else None,
        kernel=site["kernel"],
        invocation=int(site["count"]) if name.tool is Tool.SASSIFI else None,
        layer=None,
        thread=_thread(record["thread"]),
        offset=_offset(name.tool, record["pc"], place),
        opcode=record["opcode"] or None,
        target_index=values.register,
        before=values.before,
        after=values.after,
        outcome=None if category.outcome is None else category.outcome.value,
        severity=None,
        due_kind=None if category.due_kind is None else category.due_kind.name,
        masked_reason=None if category.masked_reason is None else category.masked_reason.value,
        tool=name.tool.value,
        file=file,
        line=number,
        instruction_group=name.group_name,
        instruction_number=int(site["index"]),
        operand_seed=float(site["operand"]),
        bit_seed=float(site["bit"]),
        pc=record["pc"] or None,
        category=int(record["category"]),
        category_text=category.text,
        potential_due=int(category.potential),
        seconds=float(record["seconds"]),
        dmesg=record["dmesg"].strip() or None,
    )


def _category(tool: Tool, number: str, place: str, given: Mapping[int, Category]) -> Category:
    known = CATEGORIES[tool]
    category = given.get(int(number)) or known.get(int(number))
    if category is None:
        raise UsageError(
            f"{place}: {tool.label} has no outcome category {number} (1 to {len(known)}); "
            f"if a fork has, say what it means: --outcome {number}=SDC"
        )
    return category


def _thread(text: str) -> int | None:
    """Both tools write -1 for none."""
    return None if text in ("", "-1") else int(text)


def _offset(tool: Tool, pc: str, place: str) -> int | None:
    """NVBitFI's is the offset in the function; what SASSIFI's counts from is not documented."""
    if tool is Tool.SASSIFI or not pc:
        return None
    try:
        return int(pc, 16)
    except ValueError:
        raise UsageError(f"{place}: the program counter {pc!r} is no hexadecimal number") from None


@dataclass(frozen=True)
class Values:
    """The struck register, and its word before and after, where exactly one is recorded."""

    register: int | None = None
    before: str | None = None
    after: str | None = None


def _values(tool: Tool, text: str, place: str) -> Values:
    """SASSIFI lists every destination ("value_before,r3=1f"), NVBitFI the struck one ("value_before0x1f")."""
    found: dict[str, str] = {}
    end = 0
    while match := _VALUES[tool].match(text, end):
        found[match[1]] = match[2] or ""
        end = match.end()
    if text[end:].strip(": "):
        raise UsageError(f"{place}: not understood at its end: {text[end : end + 60]!r}")
    if tool is Tool.NVBITFI:
        return Values(None, *(_hex(found.get(when)) for when in ("before", "after")))
    lists = {when: dict(_REGISTER.findall(words)) for when, words in found.items()}
    registers = {register for words in lists.values() for register in words}
    if len(registers) != 1:
        return Values()
    register = registers.pop()
    before, after = (_hex(lists.get(when, {}).get(register)) for when in ("before", "after"))
    return Values(int(register), before, after)


_REGISTER = re.compile(r",r(\d+)=([0-9a-fA-F]+)")


def _hex(word: str | None) -> str | None:
    """As in our rows: eight digits."""
    return f"{int(word, 16):#010x}" if word else None
