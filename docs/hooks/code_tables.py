"""Tables of opcodes, faults, conditions and columns, from the code that they describe."""

from __future__ import annotations

import inspect
import re
from enum import Enum

from sassafras.analysis import condition_text
from sassafras.analysis.conditions import Field
from sassafras.analysis.events import Event
from sassafras.campaign.store.schema import SCHEMA_VERSION, TABLES
from sassafras.emulator.traps import TrapKind
from sassafras.faults.model import FaultModel, Mode, Scope, TargetKind, drawable_models
from sassafras.faults.targets import Selection, strike_mask
from sassafras.isa.groups import Group
from sassafras.isa.opcodes import MAXWELL, Opcode
from sassafras.isa.opcodes.record import Slot
from sassafras.kernels.programs import load_program
from sassafras.kernels.registry import KERNELS
from sassafras.report import harden_model
from sassafras.simulation.columns import Column
from sassafras.simulation.outcome import MaskedReason, Outcome, Severity

_MEMBER = re.compile(r"^    (?P<name>[A-Z][A-Z0-9_]*) = [^#]*?(?:#:? *(?P<text>.*))?$")


def table(headings: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def members(kind: type[Enum]) -> str:
    """The members of an enum with the comments behind them."""
    found = (_MEMBER.match(line) for line in inspect.getsource(kind).splitlines())
    texts = {match["name"]: match["text"] or "" for match in found if match}
    rows = [[f"`{m.value if isinstance(m.value, str) else m.name}`", texts.get(m.name, "")] for m in kind]
    return f"{inspect.getdoc(kind)}\n\n{table(['name', 'meaning'], rows)}"


def faults_page() -> str:
    """Modes, models, scopes, targets, groups, outcomes."""
    parts = ["# Fault models", "What the words mean: [Definitions](../definitions.md)."]
    models = [model.file for model in drawable_models()]
    rows = [[f"`{m.name}`", m.says, ", ".join(m.modes), m.source, m.sure] for m in models]
    parts += ["## Models", inspect.getdoc(FaultModel) or ""]
    parts += [table(["name", "what changes", "modes", "source", "how sure"], rows)]
    for title, kind in (
        ("Modes", Mode),
        ("Scopes", Scope),
        ("Targets", TargetKind),
    ):
        parts += [f"## {title}", members(kind)]
    rows = [[f"`{g.name}`", str(g.value), _instructions(g)] for g in Group]
    parts += ["## Instruction groups", inspect.getdoc(Group) or ""]
    parts += [table(["group", "igid", "static instructions in the bundled kernels (IOV)"], rows)]
    for title, kind in (
        ("Outcomes", Outcome),
        ("Severities of an SDC", Severity),
        ("Why a fault was masked", MaskedReason),
        ("Traps", TrapKind),
    ):
        parts += [f"## {title}", members(kind)]
    return "\n\n".join(parts) + "\n"


def _instructions(group: Group) -> str:
    if group is Group.MISC:
        return "never struck"
    selection = Selection(Mode.IOV, FaultModel.SINGLE_BIT, frozenset([group]))
    counts = {name: int(strike_mask(load_program(name), selection).sum()) for name in KERNELS}
    return ", ".join(f"{name} {n}" for name, n in counts.items() if n) or "none"


OPCODES = """The {number} opcodes of Maxwell and Pascal (sm_50 to sm_62) that are emulated. An opcode or
modifier that is not here is refused when a kernel is loaded, with kernel, offset and text. What each means,
and how sure that is: [SASS as emulated](../sass.md).

Operands: {slots}. Modifiers in brackets may be left out."""


def opcodes_page() -> str:
    """Every opcode that is emulated: what it may look like."""
    rows = [
        [f"`{o.name}`", o.group.name if o.group else "MISC", o.pipe.value, _forms(o), _modifiers(o)]
        for o in sorted(MAXWELL.values(), key=lambda o: o.name)
    ]
    slots = ", ".join(f"{s.value} {s.name.lower().replace('_', ' ')}" for s in Slot)
    text = OPCODES.format(number=len(rows), slots=slots)
    return (
        "\n\n".join(["# Opcodes", text, table(["opcode", "group", "pipe", "operands", "modifiers"], rows)])
        + "\n"
    )


def _forms(opcode: Opcode) -> str:
    return ", ".join(f"`{form}`" if form else "none" for form in opcode.signatures)


def _modifiers(opcode: Opcode) -> str:
    words = []
    for field in opcode.fields:
        choices = " ".join(f".{name}" for name in field.alternatives)
        words.append(f"`{choices}`" if field.required else f"[`{choices}`]")
    return " ".join(words)


STORE = """`results.sqlite` in a campaign's folder, version {version} of its schema. Of a network, tables,
data frames, exports and `injections.csv` show some columns under the network's words, which stand in "shown
as"."""


def store_page() -> str:
    """Columns of ``results.sqlite``, as they are declared."""
    parts = ["# Columns of the store", STORE.format(version=SCHEMA_VERSION)]
    for name, columns in TABLES.items():
        rows = [[f"`{c.name}`", _shown(c), c.type.value, _may_be_null(c), c.comment] for c in columns]
        parts += [f"## {name}", table(["column", "shown as", "type", "constraint", "what it is"], rows)]
    return "\n\n".join(parts) + "\n"


def _shown(column: Column) -> str:
    return f"`{column.shown}`" if column.shown != column.name else ""


def _may_be_null(column: Column) -> str:
    return "primary key" if column.key else "" if column.optional else "not null"


CONDITIONS = """What `--fail-if` of `run`, `report`, `harden` and `check` understands. How to use it:
[Gate a pipeline](../check.md)."""


def conditions_page() -> str:
    """The language of conditions."""
    grammar = (inspect.getdoc(condition_text) or "").split("::\n", 1)[1]
    block = "\n".join(line for line in grammar.splitlines() if line.startswith("    "))
    letters = "Letters may be upper or lower case, and `-` stands for `_` in events."
    parts = ["# Conditions", CONDITIONS, block, letters]
    return "\n\n".join([*parts, "## Events", members(Event), "## Fields", members(Field)]) + "\n"


def harden_page() -> str:
    """The model of ``harden.json``: every part with its fields, the file first."""
    parts = ["# harden.json", inspect.getdoc(harden_model) or ""]
    parts.append(
        "`Of`: a mode, or `all` together. `Protected`: techniques by kernel. `Row`: numbers. `Matrix`: rows."
    )
    kinds = [
        one
        for one in vars(harden_model).values()
        if isinstance(one, type) and issubclass(one, harden_model.Part)
    ]
    for kind in reversed([one for one in kinds if one.model_fields]):
        rows = [
            [
                f"`{field.alias or name}`",
                f"`{_type_words(kind, name)}`" + " (may be left out)" * (not field.is_required()),
            ]
            for name, field in kind.model_fields.items()
        ]
        parts += [f"## {kind.__name__}", inspect.getdoc(kind) or "", table(["field", "type"], rows)]
    return "\n\n".join(parts) + "\n"


def _type_words(kind: type, name: str) -> str:
    """The type of a field as it is written in the model."""
    owner = next(base for base in kind.__mro__ if name in inspect.get_annotations(base))
    return str(owner.__annotations__[name])
