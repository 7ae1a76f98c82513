"""Reading result files of SASSIFI and NVBitFI.

A line of SASSIFI's (``record_result`` of its ``run_one_injection.py``)::

    kernel-count-index-operand-bit:pc:opcode:thread:bit:seconds:category:dmesg:value_before...:value_after...

of NVBitFI's::

    number;kernel;count;index;operand;bit:pc:opcode:thread:mask:seconds:category:dmesg:value_before0x..:...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sassafras.errors import UsageError
from sassafras.interchange.formats import FORMATS, Category, ListName, Tool, parse_name
from sassafras.interchange.record import ImportedInjection


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
    form, label = FORMATS[name.tool], name.tool.label
    site = form.site.match(text)
    record = None if site is None else form.record.fullmatch(text, site.end())
    if site is None or record is None:
        raise UsageError(f"{place}: not a line of {label}'s results: {text[:60]!r}")
    if form.no_site is not None and form.no_site.fullmatch(site["kernel"]):
        raise UsageError(
            f"{place}: {site[0][:60]!r} has more fields than {label}'s site, kernel-count-index-operand-bit: "
            "a fork's? Which of them is which is not known here"
        )
    category = _category(name.tool, record["category"], place, given or {})
    try:
        values = form.values(record["values"])
    except ValueError as rest:
        raise UsageError(f"{place}: not understood at its end: {str(rest)!r}") from None
    count, every = int(site["count"]), form.counts_every_launch
    return ImportedInjection(
        id=0,
        mode=name.mode.value,
        model=name.model.value,
        scope=name.scope.value,
        launch=count if every else None,
        kernel=site["kernel"],
        invocation=None if every else count,
        layer=None,
        thread=_thread(record["thread"]),
        offset=_offset(record["pc"], place) if form.pc_is_offset and record["pc"] else None,
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
    known = FORMATS[tool].categories
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


def _offset(pc: str, place: str) -> int:
    try:
        return int(pc, 16)
    except ValueError:
        raise UsageError(f"{place}: the program counter {pc!r} is no hexadecimal number") from None
