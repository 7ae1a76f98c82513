"""What a campaign is: everything that decides its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sassafras.architectures.architecture import Architecture
from sassafras.architectures.registry import DEFAULT, architecture, architecture_of_device
from sassafras.campaign.design.own_faults import OF_A_SAMPLE, own_faults, settings_for
from sassafras.campaign.design.shard import Shard, numbers_of
from sassafras.errors import UsageError, did_you_mean
from sassafras.faults.model import THREAD_MODES, FaultModel, IoaRegister, Mode, Scope
from sassafras.faults.own import OwnFault
from sassafras.faults.secded import Ecc
from sassafras.faults.strata import Stratify
from sassafras.isa.groups import Group
from sassafras.kernels.registry import ADDED, KERNELS, PAPER_KERNELS, kernel
from sassafras.simulation.kept_output import Outputs
from sassafras.simulation.rules import Rules
from sassafras.workload.choices import Choice, Fit, FrameClasses
from sassafras.workload.workload import Workload

Models = Annotated[tuple[FaultModel, ...], Field(min_length=1)]  #: which take turns


class Settings(BaseModel):
    """Settings of a campaign. ``injections``: per mode. ``models``: fault models, which take turns;
    ``mode_models``: those of modes that have others (None: none has). ``groups`` None: every destination.
    ``watchdog``: a thread hangs beyond this many times the dynamic instructions of the launch's longest
    golden thread. ``frames``: rendered frames (ignored with images of one's own), ``frame_classes``:
    how theirs are chosen; settings stored without it mean drawn ones; ``fit``: how images of one's own were
    put into the network's shape; stored without it: stretched. ``shard``: the part of the faults that
    is asked for; None: all. ``until``: stop a mode (a stratum of it) as soon as every outcome's
    share is known to within this half-width; ``injections`` are then the most. ``stratify``: as many faults
    in every kernel or layer, ``per_stratum`` of each mode or, without that, equal parts of ``injections``.
    ``ioa_register``: what becomes of a result whose corrupted register index no instruction can name.
    ``ecc``: what guards device memory (mode MEM). ``outputs``: what a row keeps of a faulty output.
    ``device``: the card whose time is modelled (None: the architecture's usual one): rows of the mode MEM
    alone depend on it; given alone, it decides ``arch``. ``tensor_cores``: whether products on them are
    carried out, as a model, in programs that have some.
    ``exact``: every single-bit IOV fault that there is, by classes that provably do the same
    (`faults.classes`), instead of drawn ones; ``injections`` are then the most classes that may be run.
    ``proofs``: single-bit IOV faults whose ending the golden run proves are not run; their rows are the same.
    ``faults``: the user's own (a file, or a list) instead of drawn ones; then ``modes``, ``models``,
    ``kernels``, ``injections`` and ``scope`` follow from them. They are no sample of a population.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    preset: str = "paper"
    modes: tuple[Mode, ...] = THREAD_MODES
    injections: int = Field(default=1000, gt=0)
    models: Models = (FaultModel.SINGLE_BIT, FaultModel.RANDOM_VALUE)
    mode_models: Mapping[Mode, Models] | None = None
    scope: Scope = Scope.THREAD
    ioa_register: IoaRegister = IoaRegister.SASSIFI
    ecc: Ecc = Ecc.NONE
    outputs: Outputs = Outputs.SHORT
    groups: tuple[Group, ...] | None = None
    kernels: tuple[str, ...] = PAPER_KERNELS
    seed: int = Field(default=2021, ge=0, lt=2**63)
    frames: int = Field(default=8, gt=0)
    frame_classes: FrameClasses = FrameClasses.DRAWN
    fit: Fit = Fit.STRETCH
    arch: str = DEFAULT
    device: str | None = None
    tensor_cores: Literal["refused", "modelled"] = "refused"
    engine: Literal["fast", "full"] = "fast"
    watchdog: int = Field(default=10, gt=1)
    shard: Shard | None = None
    until: float | None = Field(default=None, gt=0, lt=0.5)
    stratify: Stratify | None = None
    per_stratum: int | None = Field(default=None, gt=0)
    exact: bool = False
    proofs: bool = False
    faults: tuple[OwnFault, ...] | None = None

    @model_validator(mode="before")
    @classmethod
    def _own(cls, given: Any) -> Any:
        """With the user's own faults, what follows from them."""
        if not isinstance(given, dict) or given.get("faults") is None:
            return given
        beside = [name for name in OF_A_SAMPLE if given.get(name) is not None]
        if beside:
            raise ValueError(f"faults of your own are no sample: {beside[0]} cannot go with them")
        return given | settings_for(own_faults(given["faults"]))

    @model_validator(mode="before")
    @classmethod
    def _architecture_of_device(cls, given: Any) -> Any:
        """A card runs code of its own architecture."""
        if not isinstance(given, dict) or given.get("device") is None:
            return given
        try:
            found = architecture_of_device(given["device"], given.get("arch"))
        except UsageError as error:
            raise ValueError(str(error)) from None
        return given | {"arch": found.name}

    @model_validator(mode="before")
    @classmethod
    def _without_repetition(cls, given: Any) -> Any:
        """A mode whose own models are those of all needs none of its own."""
        if isinstance(given, dict) and isinstance(given.get("mode_models"), Mapping):
            all_modes = [str(m) for m in given.get("models", cls.model_fields["models"].default)]
            own = {m: v for m, v in given["mode_models"].items() if [str(one) for one in v] != all_modes}
            return given | {"mode_models": own or None}
        return given

    @model_validator(mode="after")
    def _strata(self) -> Settings:
        if self.per_stratum is not None and self.stratify is None:
            raise ValueError("per_stratum needs stratify")
        if self.faults is None and any(FaultModel.MASK in self.models_of(mode) for mode in self.modes):
            raise ValueError("the model mask is of faults of your own: it cannot be drawn")
        if self.faults is None:
            self._check_models()
        if self.ecc is not Ecc.NONE and Mode.MEM not in self.modes:
            raise ValueError("ecc is of memory faults: it needs the mode MEM")
        if self.until is not None and self.shard is not None:
            raise ValueError("a shard does not see what the others found: until needs the whole campaign")
        return self

    @model_validator(mode="after")
    def _exact(self) -> Settings:
        if not self.exact:
            return self
        asked = {
            "modes other than IOV": self.modes != (Mode.IOV,),
            "models other than single-bit": self.models_of(Mode.IOV) != (FaultModel.SINGLE_BIT,),
            "scopes other than thread": self.scope is not Scope.THREAD,
        } | {name: getattr(self, name) is not None for name in ("shard", "until", "stratify")}
        if beside := [name for name, given in asked.items() if given]:
            raise ValueError(
                f"exact counts single-bit IOV faults of single threads, all of them: no {beside[0]}"
            )
        return self

    def _check_models(self) -> None:
        """Raise ValueError for a model in a mode that it is not for, and for one without a table of lanes
        where the scope asks for it.
        """
        for mode in self.modes:
            for model in self.models_of(mode):
                if mode not in model.file.modes:
                    of = ", ".join(model.file.modes)
                    raise ValueError(
                        f"the model {model} is of {of} faults, not of {mode}: choose modes, or models by "
                        f"mode (--models {mode}=...)"
                    )
                if self.scope is Scope.LANES and mode is not Mode.MEM and model.file.lanes is None:
                    raise ValueError(f"the model {model} has no table of lanes: choose scope thread or warp")

    @classmethod
    def from_store(cls, stored: Mapping[str, Any]) -> Settings:
        """The settings that a store holds (JSON). One made before ``ioa_register`` was a setting was run by
        the rule of that time, ``hardware``. Raises pydantic's ValidationError.
        """
        return cls.model_validate({"ioa_register": IoaRegister.HARDWARE} | dict(stored))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Settings:
        """These settings with some fields changed, checked as new ones are (pydantic's own would take
        anything). Raises UsageError for a field that does not exist and for a value that it cannot have.
        """
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        if unknown := sorted(set(update or {}) - set(fields)):
            hint = did_you_mean(unknown[0], fields)
            raise UsageError(f"no setting is named {unknown[0]!r}; {hint}known: {', '.join(fields)}")
        try:
            return type(self).model_validate(fields | dict(update or {}))
        except ValidationError as error:
            reason = error.errors()[0]
            place = ".".join(str(part) for part in reason["loc"])
            said = reason["msg"].removeprefix("Value error, ")
            raise UsageError(f"{place}: {said}" if place else said) from None

    def for_network(self, network: Workload) -> Settings:
        """These settings; where they ask for every kernel there is, for those that the workload launches.
        Raises UsageError for a kernel that neither it nor Sassafras has.
        """
        launched = {planned.kernel for planned in network.plan}
        for name in () if self.faults is not None else self.kernels:  # of faults `check_own_faults` asks
            if name not in launched:
                kernel(name)
        if not set(KERNELS) <= set(self.kernels):
            return self
        own = (p.kernel for p in network.plan if p.kernel not in KERNELS and p.kernel not in ADDED)
        kept = (name for name in self.kernels if name in launched or name not in KERNELS)
        asked = tuple(dict.fromkeys((*kept, *own)))
        return self.model_copy(update={"kernels": asked})

    def models_of(self, mode: Mode) -> tuple[FaultModel, ...]:
        """The fault models of a mode, in the order of their turns."""
        return (self.mode_models or {}).get(mode, self.models)

    @property
    def architecture(self) -> Architecture:
        """Whose machine code runs, with the card whose time is modelled. Raises UsageError if unknown."""
        return architecture(self.arch, self.device, self.tensor_cores == "modelled")

    @property
    def used_models(self) -> tuple[FaultModel, ...]:
        """The fault models of all modes, each once."""
        return tuple(dict.fromkeys(model for mode in self.modes for model in self.models_of(mode)))

    @property
    def models_text(self) -> str:
        """The fault models as the option --models takes them: for all modes, or mode by mode."""
        chosen = {mode: ",".join(self.models_of(mode)) for mode in self.modes}
        if len(set(chosen.values())) == 1:
            return next(iter(chosen.values()))
        return " ".join(f"{mode}={models}" for mode, models in chosen.items())

    @property
    def rules(self) -> Rules:
        """What the injections of a campaign with these settings share."""
        groups = None if self.groups is None else frozenset(self.groups)
        full = self.engine == "full"
        return Rules(groups, self.watchdog, full, self.ioa_register, self.outputs, self.ecc, self.proofs)

    @property
    def choice(self) -> Choice:
        """How inputs are chosen."""
        return Choice(self.seed, self.frames, self.frame_classes, self.fit)

    @property
    def numbers(self) -> range:
        """Numbers of the faults that are asked for, in each mode, where there are no strata and no goal."""
        return numbers_of(self.shard, self.injections)

    def most_per_lane(self, strata: int) -> int:
        """Most faults of a mode, or of a mode in one of so many strata."""
        if self.stratify is None:
            return self.injections
        return self.per_stratum or -(-self.injections // strata)
