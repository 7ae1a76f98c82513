"""The words of fault injection: modes, models, scopes, targets, faults (DESIGN section 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, assert_never

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

if TYPE_CHECKING:
    from sassafras.faults.models.model_file import ModelFile
    from sassafras.faults.own import OwnFault


class Mode(StrEnum):
    """What is corrupted (SASSIFI's three modes, paper section 5.2; and device memory)."""

    RF = "RF"  #: an allocated register, before an instruction, whether or not it is live
    IOA = "IOA"  #: where a result goes: the destination register's index, or a store's address
    IOV = "IOV"  #: the value of a result: a register, predicate, condition code or the stored word
    MEM = "MEM"  #: a word of a buffer in device memory, before a launch


THREAD_MODES = (Mode.RF, Mode.IOA, Mode.IOV)
"""Those that strike an instruction of a thread."""


class FaultModel(str):
    """The name of a fault model, and behind it (``file``) how bits change, from where that is known, and how
    sure it is. Built-in ones are known by name; one of the user's own carries its file with it. Of a name
    alone, as a store has it, there is one object.
    """

    SINGLE_BIT: ClassVar[FaultModel]
    DOUBLE_BIT: ClassVar[FaultModel]  #: two adjacent bits
    RANDOM_VALUE: ClassVar[FaultModel]  #: a uniform draw of the full width
    ZERO_VALUE: ClassVar[FaultModel]
    MASK: ClassVar[FaultModel]  #: bits to flip, or a value to set, that the user chose: never drawn

    own: ModelFile | None

    def __new__(cls, name: str, own: ModelFile | None = None) -> FaultModel:
        """``own``: the model, where it is not a built-in one."""
        if own is None and name in _BY_NAME:
            return _BY_NAME[name]
        made = super().__new__(cls, name)
        made.own = own
        if own is None:
            _BY_NAME[str(name)] = made
        return made

    def __reduce__(self) -> tuple[type[FaultModel], tuple[str, ModelFile | None]]:
        """Pickled by name, one's own with its file."""
        return FaultModel, (str(self), self.own)

    @property
    def value(self) -> str:
        """The name."""
        return str(self)

    @property
    def file(self) -> ModelFile:
        """What it is. Raises UsageError for a name that is not known here."""
        return built_in(str(self)) if self.own is None else self.own

    @property
    def stored(self) -> str | dict[str, Any]:
        """As settings keep it: by name, one's own whole."""
        return str(self) if self.own is None else self.own.model_dump(mode="json")

    @classmethod
    def of_stored(cls, given: object) -> FaultModel:
        """The model of settings. Raises ValueError for an unknown name."""
        if isinstance(given, FaultModel):
            return given
        if isinstance(given, Mapping):
            file = model_of_json(given)
            return cls(file.name, file)
        known = known_models()
        if given not in known:
            raise ValueError(f"{given!r} is unknown; known: {', '.join(known)}")
        return cls(str(given))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validated by `of_stored`, dumped as ``stored``."""
        return core_schema.no_info_plain_validator_function(
            cls.of_stored,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda model: model.stored),
        )


_BY_NAME: dict[str, FaultModel] = {}
FaultModel.SINGLE_BIT = FaultModel("single-bit")
FaultModel.DOUBLE_BIT = FaultModel("double-bit")
FaultModel.RANDOM_VALUE = FaultModel("random-value")
FaultModel.ZERO_VALUE = FaultModel("zero-value")
FaultModel.MASK = FaultModel("mask")

DRAWN_MODELS = (
    *(FaultModel.SINGLE_BIT, FaultModel.DOUBLE_BIT),
    *(FaultModel.RANDOM_VALUE, FaultModel.ZERO_VALUE),
)
"""The four models that are definitions (SASSIFI's)."""


def known_models() -> tuple[FaultModel, ...]:
    """Every model that goes by name: the definitions, other built-in ones, masks of one's own."""
    from sassafras.faults.models.names import built_in_names

    return tuple(dict.fromkeys((*DRAWN_MODELS, *map(FaultModel, built_in_names()), FaultModel.MASK)))


def drawable_models() -> tuple[FaultModel, ...]:
    """Of these, the ones that faults can be drawn by."""
    return tuple(model for model in known_models() if model != FaultModel.MASK)


def place_of(model: FaultModel) -> tuple[int, str]:
    """Sorts models: the known ones in their order, then the user's own by name."""
    known = known_models()
    return (known.index(model), "") if model in known else (len(known), model)


@cache
def built_in(name: str) -> ModelFile:
    """A built-in model. Raises UsageError for a name that is not known here."""
    from sassafras.faults.models.model_file import built_in_model

    return built_in_model(name)


def model_of_json(stored: Mapping[str, Any]) -> ModelFile:
    """A model of the user's own as settings keep it. Raises pydantic's ValidationError, a ValueError."""
    from sassafras.faults.models.model_file import ModelFile as File

    return File.model_validate(stored)


class Scope(StrEnum):
    """Which threads are struck."""

    THREAD = "thread"
    WARP = "warp"  #: every thread of the warp that executes the same occurrence of the same instruction
    LANES = "lanes"  #: one of both, as often as the model's table of lanes says; rows say which


class IoaRegister(StrEnum):
    """What becomes of a result whose corrupted register index lies beyond the kernel's allocated registers
    (docs/definitions.md, "Where a result goes"). R255 is RZ: it swallows the result under both rules.
    """

    SASSIFI = "sassifi"  #: set aside for an instruction that names that register; none does: it is lost
    HARDWARE = "hardware"  #: the device raises its out-of-range-register exception: a DUE


class TargetKind(StrEnum):
    """What the bits belong to."""

    REGISTER = "REGISTER"
    PREDICATE = "PREDICATE"
    CONDITION_CODE = "CONDITION_CODE"
    STORE_VALUE = "STORE_VALUE"
    REGISTER_INDEX = "REGISTER_INDEX"
    STORE_ADDRESS = "STORE_ADDRESS"
    UNIFORM_REGISTER = "UNIFORM_REGISTER"  #: of the warp: every thread of it sees the change
    UNIFORM_PREDICATE = "UNIFORM_PREDICATE"
    UNIFORM_INDEX = "UNIFORM_INDEX"
    MEMORY = "MEMORY"

    @property
    def of_warp(self) -> bool:
        """Whether it is one of the warp's."""
        return self in (
            TargetKind.UNIFORM_REGISTER,
            TargetKind.UNIFORM_PREDICATE,
            TargetKind.UNIFORM_INDEX,
        )


class Change(Protocol):
    """What becomes of a word."""

    def apply(self, word: int) -> int:
        """The corrupted word."""


class Operation(Enum):
    """How ``Corruption.value`` is applied."""

    FLIP = "flip"
    SET = "set"


@dataclass(frozen=True)
class Corruption:
    """A change of a word of ``bits`` bits: flip the ones of ``value``, or replace the word by it."""

    operation: Operation
    value: int
    bits: int

    def apply(self, word: int) -> int:
        """The corrupted word. Flipping twice gives the word back."""
        match self.operation:
            case Operation.FLIP:
                return word ^ self.value
            case Operation.SET:
                return self.value
            case _:
                assert_never(self.operation)


def pick(word: int, count: int) -> int:
    """A uniform index in [0, count) from a uniform 64-bit word."""
    return word * count >> 64


@dataclass(frozen=True)
class Target:
    """What is struck: the kind, and the register, predicate, condition-code flag, 32-bit word of the stored
    value or of a buffer (of several words the first).
    """

    kind: TargetKind
    index: int
    bits: int


@dataclass(frozen=True)
class Site:
    """Where and when: frame and launch of the campaign, block and thread of the launch, dynamic instruction
    of the thread (in mode MEM -1: no thread is struck).
    """

    frame: int
    launch: int
    block: int
    thread: int
    instruction: int


@dataclass(frozen=True)
class Draw:
    """A fault as drawn from the population, before the golden trace has said which instruction its ordinal
    means.

    ``ordinal``: number of the struck instruction among those of the thread that the mode, model and groups
    allow; in mode MEM, number of the struck word of the arena (block and thread are 0). ``target_word``,
    ``bit_word``, ``value_word``: uniform 64-bit draws that pick the target, the bit and a random value.
    ``longest``: dynamic instructions of the launch's longest golden thread: traces and the watchdog are
    measured by it. ``own``: the fault that the user chose instead, which says all that the words would.
    """

    id: int
    mode: Mode
    model: FaultModel
    scope: Scope
    frame: int
    launch: int
    block: int
    thread: int
    ordinal: int
    target_word: int
    bit_word: int
    value_word: int
    longest: int = field(kw_only=True)
    own: OwnFault | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Fault:
    """A fault, fully determined: where, when, what, how. ``pc``: index of the static instruction (MEM: -1).
    ``ioa_register``: what a register index beyond the allocated ones does. ``scope``: the draw's, or what its
    model's table of lanes makes of it.
    """

    draw: Draw
    site: Site
    pc: int
    target: Target
    corruption: Change
    ioa_register: IoaRegister = IoaRegister.SASSIFI

    @property
    def mask(self) -> Corruption:
        """The change, where it is the same of any word. Raises TypeError for one that depends on the word."""
        if not isinstance(self.corruption, Corruption):
            raise TypeError(f"{self.draw.model} faults have no mask before they strike")
        return self.corruption
