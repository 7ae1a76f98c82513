"""Which kernels are hardened, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sassafras.errors import UsageError, did_you_mean
from sassafras.hardening.bounds import Calibration
from sassafras.kernels.hardened.registry import NETWORK, check_technique, techniques_of
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.registry import ADDED, KERNELS
from sassafras.workload.workload import Workload


class PlanName(StrEnum):
    """Plans with a name."""

    SHS = "shs"  #: the paper's selective hardening: TMR in the kernels that lead the ranking
    DMR = "dmr"  #: DMR in every kernel of the inference
    TMR = "tmr"  #: TMR in every kernel of the inference
    ABFT = "abft"  #: checksums in gemm


@dataclass(frozen=True)
class Protection:
    """Technique of each hardened kernel: pairs (kernel, technique) in the order of the registry, what is of
    the whole network (NETWORK) behind them.

    ``calibration``: the bounds of ``range`` (see `sassafras.hardening.calibration`), None where it is not
    chosen or has not been calibrated.
    """

    chosen: tuple[tuple[str, Technique], ...] = ()
    calibration: Calibration | None = None

    def of(self, kernel: str) -> Technique | None:
        """How a kernel is hardened, None if it is not."""
        return dict(self.chosen).get(kernel)

    @property
    def kernels(self) -> tuple[str, ...]:
        """The hardened kernels."""
        return tuple(kernel for kernel, _ in self.chosen if kernel != NETWORK)

    @property
    def changes_flow(self) -> bool:
        """Whether faults in kernels that are not hardened may end otherwise than in the plain program."""
        return any(technique.changes_flow for _, technique in self.chosen)

    def __str__(self) -> str:
        return ",".join(f"{kernel}={technique.value}" for kernel, technique in self.chosen) or "none"


def protect(chosen: Mapping[str, Technique]) -> Protection:
    """A protection. Raises UsageError for a technique that a kernel does not have."""
    for kernel, technique in chosen.items():
        check_technique(kernel, technique)
    return Protection(tuple((kernel, chosen[kernel]) for kernel in (*KERNELS, NETWORK) if kernel in chosen))


def launched(network: Workload) -> tuple[str, ...]:
    """The kernels of an inference, in the order of the registry; behind them those of the user's own."""
    names = dict.fromkeys(planned.kernel for planned in network.plan)
    own = (kernel for kernel in names if kernel not in KERNELS and kernel not in ADDED)
    return (*(kernel for kernel in KERNELS if kernel in names), *own)


def parse_protection(text: str, kernels: Sequence[str]) -> Protection:
    """``im2col_gpu=tmr,network=guard`` for a network that launches ``kernels``. Raises UsageError."""
    known = (*kernels, NETWORK)
    chosen: dict[str, Technique] = {}
    for word in (w.strip() for w in text.split(",")):
        kernel, equals, technique = (part.strip() for part in word.partition("="))
        if not equals:
            raise UsageError(f"--protect {word!r} is not KERNEL=TECHNIQUE, such as im2col_gpu=tmr")
        if kernel not in known:
            raise UsageError(
                f"--protect: the network launches no kernel {kernel!r}; {did_you_mean(kernel, known)}"
                f"it launches: {', '.join(kernels)}"
            )
        if technique not in {t.value for t in Technique}:
            every = [t.value for t in Technique]
            hint = did_you_mean(technique, every)
            raise UsageError(f"--protect: unknown technique {technique!r}; {hint}known: {', '.join(every)}")
        if chosen.setdefault(kernel, Technique(technique)) is not Technique(technique):
            raise UsageError(f"--protect names {kernel} twice, with different techniques")
    return protect(chosen)


def named_plan(name: PlanName, kernels: Sequence[str], ranked: Sequence[str], top: int) -> Protection:
    """A named plan for a network that launches ``kernels``. ``ranked``: kernels, the most vulnerable first.

    Raises UsageError where it protects nothing.
    """
    if name is PlanName.SHS:
        return protect(dict.fromkeys(ranked[:top], Technique.TMR))
    if name is PlanName.ABFT:
        able = [kernel for kernel in kernels if Technique.ABFT in techniques_of(kernel)]
        if not able:
            raise UsageError("no kernel of the network has ABFT; choose another plan")
        return protect(dict.fromkeys(able, Technique.ABFT))
    technique = Technique.TMR if name is PlanName.TMR else Technique.DMR
    return protect(dict.fromkeys(kernels, technique))
