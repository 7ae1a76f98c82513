"""A family: architectures that share an instruction set. What their machine code looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sassafras.errors import ListingError
from sassafras.isa.opcodes import MAXWELL as MAXWELL_OPCODES
from sassafras.isa.opcodes import TURING as TURING_OPCODES
from sassafras.isa.opcodes import Opcode

_SIDES = 12  #: bytes of three 32-bit sides


@dataclass(frozen=True)
class CodeLayout:
    """Where instructions lie. ``instruction_bytes``: of one; ``bundle_bytes``: code is made of bundles of as
    many bytes, each beginning with a scheduling word as long as an instruction; None: it has none.
    """

    instruction_bytes: int
    bundle_bytes: int | None = None

    @property
    def start(self) -> int:
        """Offset of the first instruction."""
        return self._past_scheduling(0)

    def following(self, offset: int) -> int:
        """Offset of the instruction behind the one at ``offset``."""
        return self._past_scheduling(offset + self.instruction_bytes)

    def bundle_of(self, offset: int) -> int | None:
        """Offset of the bundle whose first instruction is at ``offset``; None: of no bundle's."""
        bundle = offset - self.instruction_bytes
        begins = self.bundle_bytes is not None and bundle % self.bundle_bytes == 0
        return bundle if begins else None

    def float_literal(self, encoding: int) -> int:
        """The float literal in the first 64-bit word of an instruction. Of 8 bytes: bits 20 to 38 are its
        bits 12 to 30, bit 56 its sign. Of 16: bits 32 to 63.
        """
        if self.instruction_bytes == 8:
            return (encoding >> 20 & 0x7FFFF) << 12 | (encoding >> 56 & 1) << 31
        return encoding >> 32 & 0xFFFFFFFF

    def _past_scheduling(self, offset: int) -> int:
        begins = self.bundle_bytes is not None and offset % self.bundle_bytes == 0
        return offset + self.instruction_bytes if begins else offset


@dataclass(frozen=True)
class ConstantBank:
    """Constant bank 0: byte offsets of what a launch puts there. ``shared_window``, ``local_window``:
    ``window_words`` words each, where the space begins among generic addresses; ``block``, ``grid``: three
    32-bit sides each; ``stack``: one word, the base of the stack; ``constants``: two words, the generic
    address of bank 3; ``shared_bytes``: one word, the shared memory that comes with the launch;
    ``descriptor``: two words, the descriptor of global memory, which says nothing here and is zero;
    ``parameters``: of the parameter area, which has at most ``parameter_bytes``. None: there is none, or
    where it is is not known.
    """

    shared_window: int
    local_window: int

    block: int
    grid: int
    stack: int
    parameters: int
    parameter_bytes: int
    constants: int | None = None
    shared_bytes: int | None = None
    descriptor: int | None = None
    window_words: int = 1

    @property
    def launch_words(self) -> frozenset[int]:
        """Offsets of the 32-bit words that every launch gives, whatever its parameters."""
        sides = (start + at for start in (self.block, self.grid) for at in range(0, _SIDES, 4))
        starts = (self.shared_window, self.local_window)
        windows = (start + 4 * k for start in starts for k in range(self.window_words))
        ones = (at for at in (self.stack, self.shared_bytes) if at is not None)
        descriptor = () if self.descriptor is None else (self.descriptor, self.descriptor + 4)
        return frozenset((*sides, *windows, *ones, *descriptor, *self.constants_address))

    @property
    def constants_address(self) -> range:
        """Offsets of the words of the address of bank 3."""
        return range(0) if self.constants is None else range(self.constants, self.constants + 8, 4)

    @property
    def launch_end(self) -> int:
        """The end of what every launch gives."""
        return max(self.launch_words) + 4


@dataclass(frozen=True)
class TensorCores:
    """How products of matrices are summed. ``step_bytes``: so many bytes of a row of A are multiplied and
    summed at once; ``fraction_bits``: to how many bits behind the point of the largest of these products and
    the sum so far each of them is cut off.
    """

    step_bytes: int
    fraction_bits: int


@dataclass(frozen=True, eq=False)
class Family:
    """``opcodes``: a record for each; ``bank``: constant bank 0; ``tensor_cores``: how they sum. None: not
    known here, and machine code of the family (products on tensor cores) is not read.
    """

    name: str
    code: CodeLayout
    opcodes: Mapping[str, Opcode] | None = field(default=None, repr=False)
    bank: ConstantBank | None = None
    tensor_cores: TensorCores | None = None

    @property
    def is_known(self) -> bool:
        """Whether its machine code can be read."""
        return self.opcodes is not None and self.bank is not None

    def known_opcodes(self) -> Mapping[str, Opcode]:
        """The records by opcode. Raises ListingError where they are not known."""
        if self.opcodes is None:
            raise ListingError(f"the opcodes of {self.name} are not known here; compile for another family")
        return self.opcodes

    def known_bank(self) -> ConstantBank:
        """Constant bank 0. Raises ListingError where its layout is not known."""
        if self.bank is None:
            raise ListingError(
                f"constant bank 0 of {self.name} is not known here; compile for another family"
            )
        return self.bank


# Families and who is in them: CUDA Binary Utilities, "Instruction Set Reference". Maxwell's bank as compiled
# code reads it; 4096 bytes of parameters: CUDA C++ Programming Guide, "__global__".
MAXWELL = Family(
    "Maxwell and Pascal",
    CodeLayout(instruction_bytes=8, bundle_bytes=32),
    MAXWELL_OPCODES,
    ConstantBank(
        shared_window=0x00,
        local_window=0x04,
        block=0x08,
        grid=0x14,
        stack=0x20,
        constants=0xD0,
        shared_bytes=0xFC,
        parameters=0x140,
        parameter_bytes=4096,
    ),
)
VOLTA = Family("Volta", CodeLayout(instruction_bytes=16))

# The banks from Turing on as compiled code reads them (docs/gpus.md). The guide allows 32,764 bytes of
# parameters from CUDA 12.1 on; kernels with more than 4096 are not read.
_TURING_BANK = ConstantBank(
    block=0x00,
    grid=0x0C,
    shared_window=0x18,
    local_window=0x20,
    window_words=2,
    stack=0x28,
    parameters=0x160,
    parameter_bytes=4096,
)
# Sums of tensor cores: MMA-Sim (arXiv:2511.10909; its mmasim/simulator/nv_ptx.py).
_TENSOR_CORES = TensorCores(step_bytes=16, fraction_bits=24)
TURING = Family("Turing", CodeLayout(instruction_bytes=16), TURING_OPCODES, _TURING_BANK, _TENSOR_CORES)
AMPERE = Family(
    "Ampere and Ada",
    CodeLayout(instruction_bytes=16),
    TURING_OPCODES,
    replace(_TURING_BANK, descriptor=0x118),
    _TENSOR_CORES,
)
HOPPER = Family(
    "Hopper",
    CodeLayout(instruction_bytes=16),
    TURING_OPCODES,
    replace(_TURING_BANK, descriptor=0x208, parameters=0x210),
    TensorCores(step_bytes=32, fraction_bits=25),
)
# Where its launches put parameters, and what its opcodes mean, no source checked here says.
BLACKWELL = Family("Blackwell", CodeLayout(instruction_bytes=16))
