"""What a campaign is: everything that decides its rows."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from sassafras.campaign.shard import Shard, numbers_of
from sassafras.faults.model import FaultModel, Mode, Scope
from sassafras.faults.strata import Stratify
from sassafras.isa.groups import Group
from sassafras.kernels.registry import PAPER_KERNELS, kernel
from sassafras.network.frames import FrameClasses


class Settings(BaseModel):
    """Settings of a campaign. ``injections``: per mode. ``groups`` None: every destination. ``watchdog``: a
    thread hangs beyond this many times the dynamic instructions of the launch's longest golden thread.
    ``frames``: rendered frames (ignored with images of one's own), ``frame_classes``: how theirs are chosen;
    settings stored without it mean drawn ones. ``shard``: the part of the faults that
    is asked for; None: all. ``until``: stop a mode (a stratum of it) as soon as every outcome's share is
    known to within this half-width; ``injections`` are then the most. ``stratify``: as many faults in every
    kernel or layer, ``per_stratum`` of each mode or, without that, equal parts of ``injections``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    preset: str = "paper"
    modes: tuple[Mode, ...] = (Mode.RF, Mode.IOA, Mode.IOV)
    injections: int = Field(default=1000, gt=0)
    models: tuple[FaultModel, ...] = (FaultModel.SINGLE_BIT, FaultModel.RANDOM_VALUE)
    scope: Scope = Scope.THREAD
    groups: tuple[Group, ...] | None = None
    kernels: tuple[str, ...] = PAPER_KERNELS
    seed: int = Field(default=2021, ge=0, lt=2**63)
    frames: int = Field(default=8, gt=0)
    frame_classes: FrameClasses = FrameClasses.DRAWN
    arch: str = "sm_50"
    engine: Literal["fast", "full"] = "fast"
    watchdog: int = Field(default=10, gt=1)
    shard: Shard | None = None
    until: float | None = Field(default=None, gt=0, lt=0.5)
    stratify: Stratify | None = None
    per_stratum: int | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _strata(self) -> Settings:
        if self.per_stratum is not None and self.stratify is None:
            raise ValueError("per_stratum needs stratify")
        if self.until is not None and self.shard is not None:
            raise ValueError("a shard does not see what the others found: until needs the whole campaign")
        return self

    @property
    def numbers(self) -> range:
        """Numbers of the faults that are asked for, in each mode, where there are no strata and no goal."""
        return numbers_of(self.shard, self.injections)

    def most_per_lane(self, strata: int) -> int:
        """Most faults of a mode, or of a mode in one of so many strata."""
        if self.stratify is None:
            return self.injections
        return self.per_stratum or -(-self.injections // strata)

    @field_validator("kernels")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            kernel(name)
        return names
