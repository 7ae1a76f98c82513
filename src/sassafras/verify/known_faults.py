"""Faults in the small network whose outcomes follow from its arithmetic and from the definitions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sassafras.emulator.traps import TrapKind
from sassafras.faults.model import FaultModel, IoaRegister, Mode, TargetKind
from sassafras.simulation.outcome import MaskedReason, Outcome, Severity

SIGN = 31
INNER = 7  #: pixel (1, 1) of channel 0: its value is the largest of pooling window 0
CORNER = 0  #: pixel (0, 0): in window 0, not its largest
ELSEWHERE = 21  #: pixel (3, 3): in a window whose weights are zero
HALF, ONE, FOUR, EIGHT, THIRTY_THREE = 0x3F000000, 0x3F800000, 0x40800000, 0x41000000, 0x42040000
SEVEN_AND_A_HALF, INFINITY, NAN = 0x40F00000, 0x7F800000, 0x7FFFFFFF


@dataclass(frozen=True)
class Expected:
    """What must be in the row. ``logits``: what the network's last layer must have seen (checked through the
    probabilities, in float64); None where the fault strikes later or the output is NaN.
    """

    outcome: Outcome
    severity: Severity | None = None
    due_kind: TrapKind | None = None
    masked_reason: MaskedReason | None = None
    top1: int | None = None
    output_nan: bool = False
    logits: tuple[float, float, float, float] | None = None


class Part(Enum):
    """A register by what the instruction does with it, whatever its number on an architecture."""

    WRITTEN = "the first that it writes"
    STORED = "the first that it stores"
    READ = "the first that it reads"


@dataclass(frozen=True)
class KnownFault:
    """A fault by its place: the ``thread`` (of block 0) of the launch of ``kernel`` in ``layer``, and the
    first instruction that it executes whose text begins with ``at`` (a guard left out); the last one, if
    ``last``.

    The change: ``bit`` to flip, else the ``value`` to set, else zero. ``target``: which destination of the
    instruction; RF faults strike ``register``, by number or by its part in the instruction.
    """

    why: str
    kernel: str
    layer: int
    thread: int
    mode: Mode
    at: str
    expected: Expected
    target: TargetKind = TargetKind.STORE_VALUE
    bit: int | None = None
    value: int | None = None
    register: int | Part = 0
    last: bool = False
    ioa_register: IoaRegister = IoaRegister.SASSIFI

    @property
    def model(self) -> FaultModel:
        """The fault model whose draw makes the change."""
        if self.bit is not None:
            return FaultModel.SINGLE_BIT
        return FaultModel.ZERO_VALUE if self.value is None else FaultModel.RANDOM_VALUE


def _masked(reason: MaskedReason | None = None) -> Expected:
    return Expected(Outcome.MASKED, masked_reason=reason)


def _due(kind: TrapKind) -> Expected:
    return Expected(Outcome.DUE, due_kind=kind)


def _dies() -> Expected:
    return Expected(Outcome.SDC, Severity.NO_MALFUNCTION, top1=0, logits=(3, 1, -2, 1.625))


def _light(*logits: float) -> Expected:
    a, b, c, d = logits
    return Expected(Outcome.SDC, Severity.LIGHT_MALFUNCTION, top1=0, logits=(a, b, c, d))


def _wrong(top1: int, *logits: float) -> Expected:
    a, b, c, d = logits
    return Expected(Outcome.SDC, Severity.MALFUNCTION, top1=top1, logits=(a, b, c, d))


_NAN = Expected(Outcome.SDC, Severity.INVALID_OUTPUT, output_nan=True)
_RF, _IOA, _IOV = Mode.RF, Mode.IOA, Mode.IOV
_ADDRESS, _INDEX = TargetKind.STORE_ADDRESS, TargetKind.REGISTER_INDEX

KNOWN_FAULTS: tuple[KnownFault, ...] = (
    # Masked
    KnownFault("a register before EXIT is never read", "add_bias", 2, 0, _RF, "EXIT",
               _masked(MaskedReason.NEVER_READ), bit=SIGN),
    KnownFault("a register that the next instruction writes is overwritten", "add_bias", 2, 0, _RF,
               "LDG", _masked(MaskedReason.OVERWRITTEN), bit=SIGN, register=Part.WRITTEN),
    KnownFault("a zero stored as zero", "fill_gpu", 2, 0, _IOV, "STG", _masked()),
    # Logits
    KnownFault("the winner's logit changes sign", "add_bias", 2, 0, _IOV, "STG",
               _wrong(3, -3, 1, -2, 1.625), bit=SIGN),
    KnownFault("the same flip in the register that is stored", "add_bias", 2, 0, _RF, "STG",
               _wrong(3, -3, 1, -2, 1.625), bit=SIGN, register=Part.STORED),
    KnownFault("the last logit changes sign and stays below", "add_bias", 2, 2, _IOV, "STG",
               _light(3, 1, 2, 1.625), bit=SIGN),
    KnownFault("a bound check that fails: no bias for the winner", "add_bias", 2, 0, _IOV, "ISETP.GE",
               _wrong(3, 0, 1, -2, 1.625), target=TargetKind.PREDICATE, bit=0),
    KnownFault("the winner's logit goes to the next class, which adds its bias to it", "add_bias", 2, 0, _IOA,
               "STG", _wrong(1, 0, 4, -2, 1.625), target=_ADDRESS, bit=2),
    KnownFault("a sum set aside for register 128 is lost: no bias for the winner", "add_bias", 2, 0, _IOA,
               "FADD", _wrong(3, 0, 1, -2, 1.625), target=_INDEX, bit=7),
    KnownFault("gemm adds to what fill left", "fill_gpu", 2, 1, _IOV, "STG", _wrong(1, 3, 5, -2, 1.625),
               value=FOUR),
    KnownFault("one NaN logit makes every probability NaN", "fill_gpu", 2, 2, _IOV, "STG", _NAN, value=NAN),
    # Feature maps
    KnownFault("a smaller value in a window: another one wins", "activate_array", 0, INNER, _IOV, "STG",
               _light(3, 1, -2, 1.25), value=HALF),
    KnownFault("a value that does not win its window dies in pooling", "activate_array", 0, CORNER, _IOV,
               "STG", _dies(), value=HALF),
    KnownFault("a value behind zero weights dies there", "activate_array", 0, ELSEWHERE, _IOV, "STG", _dies(),
               value=EIGHT),
    KnownFault("infinity times zero", "activate_array", 0, INNER, _IOV, "STG", _NAN, value=INFINITY),
    KnownFault("a pooled value reaches its class", "forward_maxpool", 1, 0, _IOV, "STG",
               _wrong(3, 3, 1, -2, 8), value=EIGHT),
    KnownFault("an index of pooling is not read again", "forward_maxpool", 1, 0, _IOV, "STG", _dies(),
               value=EIGHT, last=True),
    KnownFault("an unfolded pixel, weighted by 1/8", "im2col_gpu", 0, INNER, _IOV, "STG",
               _wrong(3, 3, 1, -2, 5.625), value=THIRTY_THREE),
    KnownFault("a sum of gemm, with bias and relu behind it", "gemm", 0, INNER, _IOV, "STG",
               _wrong(3, 3, 1, -2, 8), value=SEVEN_AND_A_HALF),
    KnownFault("a probability set to one", "softmax", 3, 0, _IOV, "STG",
               Expected(Outcome.SDC, Severity.MALFUNCTION, top1=3), value=ONE, last=True),
    # Traps
    KnownFault("an address beyond 63 bits", "add_bias", 2, 0, _IOA, "STG", _due(TrapKind.ILLEGAL_ADDRESS),
               target=_ADDRESS, bit=63),
    KnownFault("an odd address", "add_bias", 2, 0, _IOA, "STG", _due(TrapKind.MISALIGNED_ADDRESS),
               target=_ADDRESS, bit=0),
    KnownFault("register 128 of a kernel with fewer", "add_bias", 2, 0, _IOA, "FADD",
               _due(TrapKind.ILLEGAL_INSTRUCTION), target=_INDEX, bit=7, ioa_register=IoaRegister.HARDWARE),
    KnownFault("a row counter below zero: rows without end", "im2col_gpu", 0, INNER, _RF,
               "ISETP.GE.AND P1, PT, R", _due(TrapKind.HANG), bit=SIGN, register=Part.READ, last=True),
)  # fmt: skip
"""The table. The texts are those of the bundled listings of every architecture."""
