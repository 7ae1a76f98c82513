"""A kernel's machine code as the rest of the house sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from sassafras.isa.groups import Group
from sassafras.isa.operands import Operand, Predicate


@dataclass(frozen=True)
class Effects:
    """What an instruction reads and writes (RZ and PT never appear). Derived from the opcode's specification.

    ``registers_written`` lists every 32-bit destination register in order (a 64-bit load lists two): the
    destinations from which a fault chooses. ``predicates_written`` likewise. ``reads_guard`` registers are
    not part of ``registers_read``.
    """

    registers_read: tuple[int, ...] = ()
    registers_written: tuple[int, ...] = ()
    predicates_read: tuple[int, ...] = ()
    predicates_written: tuple[int, ...] = ()
    reads_cc: bool = False
    writes_cc: bool = False
    is_store: bool = False
    store_bytes: int = 0


@dataclass(frozen=True)
class Instruction:
    """One machine instruction.

    ``index``: position in ``Program.instructions``; ``offset``: byte offset in the function (what ``SYNC``
    and ``BRX`` targets are); ``guard``: its predicate or None; ``opcode``: the word before the first dot;
    ``modifiers``: the dotted words after it, in printed order; ``operands``: in printed order, destinations
    included; ``branch_targets``: byte offsets from nvdisasm's ``BRANCH_TARGETS`` annotation (empty if none);
    ``text``: the printed instruction, without annotation, for people.
    """

    index: int
    offset: int
    guard: Predicate | None
    opcode: str
    modifiers: tuple[str, ...]
    operands: tuple[Operand, ...]
    branch_targets: tuple[int, ...]
    text: str
    effects: Effects
    groups: frozenset[Group]

    def has(self, modifier: str) -> bool:
        """Whether the instruction carries ``.modifier``."""
        return modifier in self.modifiers


@dataclass(frozen=True)
class Parameter:
    """A kernel parameter: byte offset and size inside the parameter area (from the cubin's
    ``EIATTR_KPARAM_INFO``).
    """

    ordinal: int
    offset: int
    size: int


@dataclass(frozen=True)
class Program:
    """The machine code of one kernel for one architecture.

    ``register_count``: allocated registers per thread (R0 .. R(count-1) exist); ``shared_bytes``: static
    shared memory per block; ``parameter_base``: offset of the parameters in constant bank 0; ``constants``:
    contents of the compiler's constant bank 2; ``instruction_bytes``: 8 on sm_50 (with scheduling words at
    multiples of 32), 16 from sm_70 on.
    """

    name: str
    arch: str
    instructions: tuple[Instruction, ...]
    register_count: int
    shared_bytes: int
    parameter_base: int
    parameters: tuple[Parameter, ...]
    constants: bytes = b""
    instruction_bytes: int = 8
    digest: str = field(default="", compare=False)  #: sha256 of listing and metadata: the key of every cache

    @cached_property
    def index_of_offset(self) -> dict[int, int]:
        """Instruction index by byte offset.

        Where 32-byte bundles begin with a scheduling word (below sm_70), its offset names the bundle's first
        instruction: BRX tables in the constant bank hold such addresses.
        """
        exact = {i.offset: i.index for i in self.instructions}
        if self.instruction_bytes != 8:
            return exact
        bundles = {i.offset - 8: i.index for i in self.instructions if i.offset % 32 == 8}
        return bundles | exact
