"""What a workload file may say, and where it is wrong in one line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, model_validator

from sassafras.architectures.registry import DEFAULT
from sassafras.errors import UsageError, did_you_mean
from sassafras.toolchain.c_types import CType

Formula = str | int
Number = str | int | float
Dtype = Literal[
    "float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"
]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class KernelSpec(_Strict):
    """Where a kernel's machine code is from: one of ``source`` (CUDA C++), ``cubin`` (or fatbin) and
    ``listing``. ``function``: its name there, by default that of the entry. ``parameters``: their names, each
    with its type where that is not known ("n: int32").
    """

    source: Path | None = None
    cubin: Path | None = None
    listing: Path | None = None
    function: str | None = None
    include: tuple[Path, ...] = ()
    define: Mapping[str, str | int | float] = {}
    parameters: tuple[str, ...] | None = None
    variants: Mapping[str, VariantSpec] = {}

    @model_validator(mode="after")
    def _one(self) -> KernelSpec:
        if sum(one is not None for one in (self.source, self.cubin, self.listing)) != 1:
            raise ValueError("give one of source, cubin and listing")
        if self.source is None and (self.include or self.define):
            raise ValueError("include and define are of a source: compile it here, or leave them out")
        return self

    @property
    def file(self) -> Path:
        """The one that is given."""
        found = self.source or self.cubin or self.listing
        assert found is not None
        return found


class VariantSpec(KernelSpec):
    """A hardened form of a kernel; its file alone says the rest. ``arguments``: of the parameters that it has
    besides.
    """

    arguments: Mapping[str, Argument] = {}

    @model_validator(mode="before")
    @classmethod
    def _file_alone(cls, given: Any) -> Any:
        kinds = {".cu": "source", ".sass": "listing"}
        if isinstance(given, str | Path):
            return {kinds.get(Path(given).suffix, "cubin"): given}
        return given

    @model_validator(mode="after")
    def _last(self) -> VariantSpec:
        if self.variants:
            raise ValueError("a variant has no variants")
        return self

    def of(self, label: str) -> VariantSpec:
        """The variant of the kernel of that name, which its function has where nothing else is said."""
        return self.model_copy(update={"function": self.function or label})


class AlarmSpec(_Strict):
    """Two 32-bit words in buffers, zero at first, to which hardened kernels store what they notice."""

    detected: str
    corrected: str


class Content(_Strict):
    """What a buffer holds at the start: one of ``file`` (.npy, or .bin: its bytes), ``values``, ``fill``,
    ``range`` (start, or start and step), ``random`` (a distribution, with ``low`` and ``high``, or ``mean``
    and ``std``, and ``seed``) and ``uninitialised``; zeros where nothing is said.
    """

    file: Path | None = None
    values: Any = None
    fill: Number | None = None
    range: Annotated[tuple[Number, ...], Field(min_length=1, max_length=2)] | None = None
    random: Literal["uniform", "normal", "integers"] | None = None
    low: Number | None = None
    high: Number | None = None
    mean: Number | None = None
    std: Number | None = None
    seed: Annotated[int, Field(ge=0, lt=2**64)] | None = None
    uninitialised: bool = False

    @model_validator(mode="after")
    def _one(self) -> Content:
        given = [
            name for name in ("file", "values", "fill", "range", "random") if getattr(self, name) is not None
        ]
        given += ["uninitialised"] if self.uninitialised else []
        if len(given) > 1:
            raise ValueError(f"{given[0]} and {given[1]}: a buffer has one content")
        own = {"uniform": ("low", "high"), "integers": ("low", "high"), "normal": ("mean", "std")}
        allowed = (*own.get(self.random or "", ()), *(("seed",) if self.random else ()))
        for name in ("low", "high", "mean", "std", "seed"):
            if getattr(self, name) is not None and name not in allowed:
                raise ValueError(f"{name} does not go with {self.random or 'a content that is not random'}")
        if self.random == "integers" and self.high is None:
            raise ValueError("random integers need high (the first that does not occur)")
        return self


class BufferSpec(Content):
    """A buffer. ``shape``: its sides, of which each may be a formula."""

    dtype: Dtype = "float32"
    shape: Formula | tuple[Formula, ...]

    @property
    def sides(self) -> tuple[Formula, ...]:
        """As a list."""
        return self.shape if isinstance(self.shape, tuple) else (self.shape,)


class Typed(_Strict):
    """A scalar whose type is said."""

    value: Number
    type: CType


class StructValue(_Strict):
    """A struct by value: its ``fields`` (by name, or in order; of an array a list), or its ``bytes`` (in
    hexadecimal digits; in Python also bytes, or a value of NumPy).
    """

    fields: Mapping[str, Any] | list[Any] | None = None
    bytes: Any = None

    @model_validator(mode="after")
    def _one(self) -> StructValue:
        if (self.fields is None) == (self.bytes is None):
            raise ValueError("give one of fields and bytes")
        return self


def _sort(given: Any) -> str:
    if not isinstance(given, dict | Typed | StructValue):
        return "=scalar"
    typed = isinstance(given, Typed) or (isinstance(given, dict) and ("value" in given or "type" in given))
    return "=Typed" if typed else "=StructValue"


Argument = Annotated[
    Annotated[Typed, Tag("=Typed")]
    | Annotated[StructValue, Tag("=StructValue")]
    | Annotated[bool | int | float | str, Tag("=scalar")],
    Discriminator(_sort),
]
Arguments = Annotated[
    Annotated[tuple[Argument, ...], Tag("=ordered")] | Annotated[Mapping[str, Argument], Tag("=named")],
    Discriminator(lambda given: "=named" if isinstance(given, Mapping) else "=ordered"),
]
Dims = Formula | Annotated[tuple[Formula, ...], Field(min_length=1, max_length=3)]


class LaunchSpec(_Strict):
    """A launch. ``shared``: bytes of dynamic shared memory. ``arguments``: in order, or by name: a buffer's
    name, a number, a formula. ``part``: what it works for, by default the kernel. ``when``: a formula; the
    launch is left out where it is false.
    """

    kernel: str
    grid: Dims
    block: Dims
    shared: Formula = 0
    arguments: Arguments = ()
    part: str | None = None
    when: str | None = None


class LoopSpec(_Strict):
    """Launches that are repeated. ``counter``: its name in formulas, from 0."""

    repeat: Formula
    counter: str = "i"
    launches: tuple[Step, ...]


def _kind(given: Any) -> str:
    known = given if isinstance(given, dict) else vars(given)
    return "=loop" if "repeat" in known else "=launch"


Step = Annotated[
    Annotated[LaunchSpec, Tag("=launch")] | Annotated[LoopSpec, Tag("=loop")], Discriminator(_kind)
]
LoopSpec.model_rebuild()
KernelSpec.model_rebuild()
VariantSpec.model_rebuild()


class JudgementSpec(_Strict):
    """What is a malfunction. ``compare``: "bitwise": any difference; "absolute", "relative": a value that is
    off by more than ``tolerance`` (of the golden value). ``function``: the user's own, "file.py:name" or
    "module:name". ``words``: what people call the two, by default right and wrong.
    """

    compare: Literal["bitwise", "absolute", "relative"] | None = None
    tolerance: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    function: str | None = None
    words: Annotated[tuple[str, ...], Field(min_length=2, max_length=2)] = ("right", "wrong")

    @model_validator(mode="after")
    def _fits(self) -> JudgementSpec:
        if self.function is not None and (self.compare is not None or self.tolerance is not None):
            raise ValueError("function decides alone: leave out compare and tolerance")
        if self.compare in ("absolute", "relative") and self.tolerance is None:
            raise ValueError(f"compare = {self.compare!r} needs a tolerance")
        if self.compare not in ("absolute", "relative") and self.tolerance is not None:
            raise ValueError('a tolerance needs compare = "absolute" or "relative"')
        if self.words[0] == self.words[1]:
            raise ValueError("words: two different ones")
        return self


class PartSpec(_Strict):
    """``output``: the buffer that holds the part's result."""

    output: str


class InputSpec(_Strict):
    """One set of inputs. ``buffers``: contents instead of those that the buffers say."""

    name: str
    buffers: Annotated[Mapping[str, Content], Field(min_length=1)]


class WorkloadSpec(_Strict):
    """A whole file. ``constants``: names for formulas. ``structs``: fields ("n: int32"), where nothing else
    says them. ``variables``: what ``__constant__`` and ``__device__`` ones hold instead of what the code
    says. ``seed``: of random contents. ``alarms``: where hardened kernels say what they noticed.
    """

    name: str
    architecture: str = DEFAULT
    seed: Annotated[int, Field(ge=0, lt=2**64)] = 2021
    constants: Mapping[str, Number] = {}
    variables: Mapping[str, BufferSpec] = {}
    structs: Mapping[str, Annotated[tuple[str, ...], Field(min_length=1)]] = {}
    kernels: Annotated[Mapping[str, KernelSpec], Field(min_length=1)]
    buffers: Annotated[Mapping[str, BufferSpec], Field(min_length=1)]
    launches: Annotated[tuple[Step, ...], Field(min_length=1)]
    outputs: Annotated[tuple[str, ...], Field(min_length=1)]
    alarms: AlarmSpec | None = None
    parts: Mapping[str, PartSpec] = {}
    judgement: JudgementSpec = JudgementSpec()
    inputs: tuple[InputSpec, ...] = ()


def read_spec(values: Mapping[str, Any], where: str) -> WorkloadSpec:
    """The values of a file. Raises UsageError: the first thing that is wrong, in one line."""
    try:
        return WorkloadSpec.model_validate(dict(values))
    except ValidationError as error:
        raise UsageError(f"{where}: {_said(error.errors()[0])}") from None


def _said(fault: Any) -> str:
    """A fault that pydantic found, for people: the place in the file, and what is wrong there."""
    tags = {"bool", "int", "float", "str"}
    way = [str(part) for part in fault["loc"] if part not in tags and not {"[", "="} & set(str(part))]
    place = ".".join(way)
    match fault["type"]:
        case "extra_forbidden":
            hint = did_you_mean(way[-1], _known(way[:-1]))
            return f"{place}: there is no such key; {hint}".rstrip("; ")
        case "missing":
            return f"{place} is missing"
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{place}: {message[:1].lower()}{message[1:]}"


def _known(way: list[str]) -> list[str]:
    """The keys that are known at a place of the file."""
    models: dict[str, type[BaseModel]] = {
        "": WorkloadSpec,
        "kernels": VariantSpec if "variants" in way else KernelSpec,
        "alarms": AlarmSpec,
        "buffers": BufferSpec,
        "variables": BufferSpec,
        "launches": LaunchSpec,
        "judgement": JudgementSpec,
        "parts": PartSpec,
        "inputs": InputSpec,
    }
    if "arguments" in way:
        return list(StructValue.model_fields)
    return list(models.get(way[0] if way else "", WorkloadSpec).model_fields)
