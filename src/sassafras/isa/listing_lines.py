"""The lines of an nvdisasm listing: which are instructions, at which offset, under which labels.

Knows the layout of the text (``nvdisasm -c``), not the instructions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sassafras.errors import ListingError


@dataclass(frozen=True)
class InstructionLine:
    """One printed instruction: byte offset, text without annotation, the labels of its ``BRANCH_TARGETS``,
    and its encoding where the listing has it (``nvdisasm -hex``).
    """

    offset: int
    text: str
    targets: tuple[str, ...]
    encoding: int | None = None


@dataclass(frozen=True)
class Listing:
    """The instructions of one function in order, and the byte offset of every label that stands before one of
    them.
    """

    lines: tuple[InstructionLine, ...]
    labels: dict[str, int]


_INSTRUCTION = re.compile(r"\{?\s*/\*([0-9a-f]+)\*/\s*(.*)")
_LABEL = re.compile(r"([.$\w]+):")
_SECTION = re.compile(r"\.section\s+([^\s,]+)")
_ENCODING = re.compile(r"/\*\s*(0x[0-9a-f]+)\s*\*/")
_ANNOTATION = re.compile(r'\(\*"(.*?)"\*\)')
_TARGETS = re.compile(r"BRANCH_TARGETS\s+(\S+)")


def read_listing(text: str, kernel: str) -> Listing:
    """Find the instructions and labels of ``kernel``.

    A text with ``.section`` lines must hold the section ``.text.<kernel>``; a text without them is taken
    whole. Raises ``ListingError`` if the kernel is missing, or for a line that is neither instruction, label,
    directive nor comment.
    """
    lines: list[InstructionLine] = []
    labels: dict[str, int] = {}
    waiting: list[str] = []
    for number, line in _lines_of_kernel(text, kernel):
        if match := _INSTRUCTION.match(line):
            instruction = _instruction(int(match[1], 16), match[2])
            if instruction is None:
                continue
            lines.append(instruction)
            labels.update(dict.fromkeys(waiting, instruction.offset))
            waiting.clear()
        elif match := _LABEL.fullmatch(line):
            waiting.append(match[1])
        elif not _is_silent(line):
            raise ListingError(f'{kernel}: line {number} of the listing, "{line}", is not nvdisasm -c text')
    if not lines:
        raise ListingError(
            f"{kernel}: the listing holds no instruction; disassemble the cubin with nvdisasm -c"
        )
    return Listing(tuple(lines), labels)


def _lines_of_kernel(text: str, kernel: str) -> list[tuple[int, str]]:
    """Numbered, stripped lines of the kernel's section."""
    numbered = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1)]
    sections = [(n, match[1]) for n, line in numbered if (match := _SECTION.match(line))]
    if not sections:
        return numbered
    ends = [n for n, _ in sections[1:]] + [len(numbered) + 1]
    for (start, name), end in zip(sections, ends, strict=True):
        if name == f".text.{kernel}":
            return numbered[start : end - 1]
    found = ", ".join(name.removeprefix(".text.") for _, name in sections if name.startswith(".text."))
    raise ListingError(
        f"{kernel}: not in this listing, which holds {found or 'no kernel'}; name one of those"
    )


def _is_silent(line: str) -> bool:
    """Blank lines, comments, directives, lone braces and encodings of scheduling words say nothing to us."""
    return not _ENCODING.sub("", line).strip("{} ") or line.startswith(("//", "."))


def _instruction(offset: int, rest: str) -> InstructionLine | None:
    """Split an instruction from its annotation, encoding, braces and semicolon; None if only an encoding was
    printed.
    """
    targets = tuple(
        label.strip("`()")
        for annotation in _ANNOTATION.findall(rest)
        if (match := _TARGETS.search(annotation))
        for label in match[1].split(",")
    )
    bare = _ANNOTATION.sub(" ", _ENCODING.sub(" ", rest)).strip()
    bare = bare.removeprefix("{").strip()
    while bare.endswith((";", "}")) and not (bare.endswith("}") and _closes_a_set(bare)):
        bare = bare[:-1].rstrip()
    encoding = _ENCODING.search(rest)
    return (
        InstructionLine(offset, bare, targets, int(encoding[1], 16) if encoding else None) if bare else None
    )


def _closes_a_set(text: str) -> bool:
    """Whether the last brace belongs to an operand such as ``{4,3}`` and not to a dual-issue pair."""
    return text.count("{") == text.count("}")
