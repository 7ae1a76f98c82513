"""Words and numbers of SASSIFI and NVBitFI.

Sources, read and not copied: github.com/NVlabs/sassifi at 062d420 (``scripts/common_params.py``,
``run_one_injection.py``, ``generate_injection_list.py``, ``err_injector/error_injector.h``) and
github.com/NVlabs/nvbitfi at e6fbace (``scripts/params.py``, the same scripts, ``common/arch.h``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sassafras.emulator.traps import TrapKind
from sassafras.errors import UsageError, did_you_mean
from sassafras.faults.model import FaultModel, Mode, Scope
from sassafras.simulation.outcome import MaskedReason, Outcome


class Tool(StrEnum):
    """Whose files."""

    SASSIFI = "sassifi"
    NVBITFI = "nvbitfi"

    @property
    def label(self) -> str:
        """As it writes itself."""
        return FORMATS[self].label


MODE_NAMES = {"rf": Mode.RF, "inst_value": Mode.IOV, "inst_address": Mode.IOA}
RF_GROUP = "rf"  #: stands for a group in file names of register-file faults

#: Bit-flip models by bfm: single-bit first; SASSIFI has them a second time for whole warps.
MODELS = (FaultModel.SINGLE_BIT, FaultModel.DOUBLE_BIT, FaultModel.RANDOM_VALUE, FaultModel.ZERO_VALUE)


def model_number(model: FaultModel, scope: Scope) -> int:
    """The bfm of one of MODELS."""
    return MODELS.index(model) + (len(MODELS) if scope is Scope.WARP else 0)


@dataclass(frozen=True)
class ListName:
    """What a file's name says of all its lines: tool, mode, igid (None: RF), bfm and the number in it."""

    tool: Tool
    mode: Mode
    group: int | None
    model_number: int
    count: int

    @property
    def text(self) -> str:
        """Name of an injection list."""
        mode = next(name for name, mode in MODE_NAMES.items() if mode is self.mode)
        group = RF_GROUP if self.group is None else self.group
        return f"mode{mode}-igid{group}.bfm{self.model_number}.{self.count}.txt"

    @property
    def group_name(self) -> str | None:
        """The group in the tool's word; None for register-file faults."""
        return None if self.group is None else FORMATS[self.tool].groups[self.group]

    @property
    def model(self) -> FaultModel:
        """The bit-flip model."""
        return MODELS[self.model_number % len(MODELS)]

    @property
    def scope(self) -> Scope:
        """Thread, or SASSIFI's warp-wide models."""
        return Scope.WARP if self.model_number >= len(MODELS) else Scope.THREAD


_RESULTS = re.compile(r"(results-)?mode(rf|inst_value|inst_address)-igid(rf|\d+)\.bfm(\d+)\.(\d+)\.txt")


def parse_name(tool: Tool, path: Path) -> ListName:
    """What a file's name says. Raises UsageError for a name that says nothing, and for numbers that the tool
    does not have.
    """
    found = _RESULTS.fullmatch(path.name)
    if found is None or (found[2] == "rf") != (found[3] == RF_GROUP):
        raise UsageError(
            f"{path}: mode, group and bit-flip model are in the file's name, as in "
            "results-modeinst_value-igid0.bfm0.1000.txt; give it that name back"
        )
    mode = MODE_NAMES[found[2]]
    group = None if found[3] == RF_GROUP else int(found[3])
    bfm = int(found[4])
    groups, models = FORMATS[tool].groups, len(MODELS) * (2 if FORMATS[tool].warps else 1)
    if group is not None and group >= len(groups):
        raise UsageError(f"{path}: {tool.label} has no instruction group {group} (0 to {len(groups) - 1})")
    if bfm >= models:
        raise UsageError(f"{path}: {tool.label} has no bit-flip model {bfm} (0 to {models - 1})")
    return ListName(tool, mode, group, bfm, int(found[5]))


@dataclass(frozen=True)
class Category:
    """An outcome of a tool in our words. ``outcome`` None: none (never injected, or not classified)."""

    text: str
    outcome: Outcome | None
    masked_reason: MaskedReason | None = None
    due_kind: TrapKind | None = None
    potential: bool = False  #: a "potential DUE": a symptom that only a monitor would have noticed


_POTENTIAL = (
    "Masked but kernel error",
    "SDC but kernel error",
    "Different error message",
    "Error message in standard output",
    "Stderr is different",
    "Stderr is different, dmesg recorded",
    "Standard output is different, dmesg recorded",
    "Output file is different, dmesg recorded",
    "App specific check failed, dmesg recorded",
)
_SDC = ("Standard output is different", "Output file is different", "App specific check failed")


def _categories(*more: str) -> dict[int, Category]:
    """Numbered from 1; ``more``: potential DUEs of this tool alone."""
    rows = [
        Category("Masked: never read", Outcome.MASKED, MaskedReason.NEVER_READ),
        Category("Masked: write before read", Outcome.MASKED, MaskedReason.OVERWRITTEN),
        Category("Masked: other reasons", Outcome.MASKED),
        Category("DUE: timeout", Outcome.DUE, due_kind=TrapKind.HANG),
        Category("DUE: non-zero exit status", Outcome.DUE),
        *(Category(f"Potential DUE: {t}", Outcome.DUE, potential=True) for t in (*_POTENTIAL, *more)),
        *(Category(f"SDC: {text}", Outcome.SDC) for text in _SDC),
        Category("Uncategorized", None),
    ]
    return dict(enumerate(rows, 1))


@dataclass(frozen=True)
class Values:
    """The struck register, and its word before and after, where exactly one is recorded."""

    register: int | None = None
    before: str | None = None
    after: str | None = None


_FLOAT = r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?"
_RECORD = re.compile(
    rf":(?P<pc>[^:]*):(?P<opcode>[^:]*):(?P<thread>-?\d*):(?P<flip>[^:]*):(?P<seconds>{_FLOAT})"
    r":(?P<category>\d+):(?P<dmesg>[^:]*)(?P<values>.*)"
)


@dataclass(frozen=True)
class Format:
    """What a tool's files hold, apart from what all have in common.

    ``groups``: instruction groups by igid; ``warps``: it has every bit-flip model a second time, for whole
    warps; ``categories``: its outcomes. A line is ``site`` and behind it ``record`` (named groups, see
    `FORMATS`). ``no_site``: kernels' names that are read wrongly, for they hold fields of a fork's site.
    ``values``: what stands at the end, out of its text; raises ValueError with what it does not understand.
    ``counts_every_launch``: the
    site's count is of launches of any kernel, not of its own. ``pc_is_offset``: the program counter is the
    offset in the function; else what it counts from is not known.
    """

    label: str
    groups: tuple[str, ...]
    categories: Mapping[int, Category]
    site: re.Pattern[str]
    values: Callable[[str], Values]
    record: re.Pattern[str] = _RECORD
    warps: bool = False
    no_site: re.Pattern[str] | None = None
    counts_every_launch: bool = False
    pc_is_offset: bool = False


def _words(pattern: str, text: str) -> dict[str, str]:
    """What a pattern for before or after (group 1: which) finds, up to the end of the text. Raises ValueError
    with the rest that it does not match.
    """
    found: dict[str, str] = {}
    end = 0
    while match := re.compile(pattern).match(text, end):
        found[match[1]] = match[2] or ""
        end = match.end()
    if text[end:].strip(": "):
        raise ValueError(text[end : end + 60])
    return found


def _hex(word: str | None) -> str | None:
    """As in our rows: eight digits."""
    return f"{int(word, 16):#010x}" if word else None


def _every_destination(text: str) -> Values:
    """``value_before,r3=1f``: SASSIFI lists every destination."""
    words = _words(r":?value_(before|after)((?:,r\d+=[0-9a-fA-F]+)*)", text)
    lists = {when: dict(re.findall(r",r(\d+)=([0-9a-fA-F]+)", listed)) for when, listed in words.items()}
    registers = {register for values in lists.values() for register in values}
    if len(registers) != 1:
        return Values()
    register = registers.pop()
    before, after = (_hex(lists.get(when, {}).get(register)) for when in ("before", "after"))
    return Values(int(register), before, after)


def _struck_word(text: str) -> Values:
    """``value_before0x1f``: NVBitFI says the struck one."""
    words = _words(r":?value_(before|after)(0x[0-9a-fA-F]+)?", text)
    return Values(None, *(_hex(words.get(when)) for when in ("before", "after")))


#: Sites end at the first colon behind the bit seed. Names of NVBitFI may hold colons, a seed of SASSIFI may
#: be 5e-05, dash included.
FORMATS: Mapping[Tool, Format] = {
    Tool.SASSIFI: Format(
        label="SASSIFI",
        groups=(
            *("GPR", "CC", "PR", "STORE_OP", "IADD_IMUL_OP", "FADD_FMUL_OP", "DADD_DMUL_OP", "MAD_OP"),
            *("FFMA_OP", "DFMA_OP", "SETP_OP", "LDS_OP", "LD_OP", "MISC_OP"),
        ),
        warps=True,
        categories=_categories(),
        site=re.compile(
            rf"(?P<kernel>[^:]+)-(?P<count>\d+)-(?P<index>\d+)-(?P<operand>{_FLOAT})-(?P<bit>{_FLOAT})(?=:)"
        ),
        # Mangled names hold no dash, and of no name is a dash and a number a likely end.
        no_site=re.compile(r"_Z[^-]*-.*|.*-\d+"),
        values=_every_destination,
    ),
    Tool.NVBITFI: Format(
        label="NVBitFI",
        groups=("fp64", "fp32", "ld", "pr", "nodest", "others", "gppr", "gp"),
        categories=_categories("Xid 43 in dmesg"),
        site=re.compile(
            rf"\d+;(?P<kernel>[^;]+);(?P<count>\d+);(?P<index>\d+);"
            rf"(?P<operand>{_FLOAT});(?P<bit>{_FLOAT})(?=:)"
        ),
        values=_struck_word,
        counts_every_launch=True,
        pc_is_offset=True,
    ),
}

#: What an outcome category can be said to mean.
_MEANINGS: Mapping[str, Outcome | None] = {
    **{outcome.value: outcome for outcome in (Outcome.MASKED, Outcome.DUE, Outcome.SDC)},
    "NONE": None,
}


def parse_category(text: str) -> tuple[int, Category]:
    """``20=SDC``: a category of a fork and what it means; NONE: not injected, or not classified. Raises
    UsageError.
    """
    found = re.fullmatch(r"\s*(\d{1,9})\s*=\s*(\w+)\s*", text, re.ASCII)
    meaning = found[2].upper() if found else ""
    if found is None or meaning not in _MEANINGS:
        raise UsageError(
            f"--outcome {text!r}: expected a category and what it means, as in 20=SDC; "
            f"{did_you_mean(meaning, _MEANINGS)}known: {', '.join(_MEANINGS)}"
        )
    number = int(found[1])
    return number, Category(f"{meaning} as given (--outcome {number}={meaning})", _MEANINGS[meaning])


def parse_categories(texts: Sequence[str]) -> dict[int, Category]:
    """Every ``--outcome``. Raises UsageError, for a category with two meanings too."""
    found: dict[int, Category] = {}
    for text in texts:
        number, category = parse_category(text)
        if found.setdefault(number, category) != category:
            raise UsageError(f"--outcome {text!r}: category {number} was given another meaning already")
    return found
