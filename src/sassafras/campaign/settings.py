"""What a campaign is: everything that decides its rows."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sassafras.campaign.shard import Shard, numbers_of
from sassafras.faults.model import FaultModel, Mode, Scope
from sassafras.isa.groups import Group
from sassafras.kernels.registry import PAPER_KERNELS, kernel


class Settings(BaseModel):
    """Settings of a campaign. ``injections``: per mode. ``groups`` None: every destination. ``watchdog``: a
    thread hangs beyond this many times the dynamic instructions of the launch's longest golden thread.
    ``frames``: rendered frames (ignored with images of one's own). ``shard``: the part of the faults that is
    asked for; None: all.
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
    arch: str = "sm_50"
    engine: Literal["fast", "full"] = "fast"
    watchdog: int = Field(default=10, gt=1)
    shard: Shard | None = None

    @property
    def numbers(self) -> range:
        """Numbers of the faults that are asked for, in each mode."""
        return numbers_of(self.shard, self.injections)

    @field_validator("kernels")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            kernel(name)
        return names
