"""Opcodes of Turing and its successors for tensor cores: products of matrices of which each lane of a warp
holds a part, and moves of such parts.
"""

from __future__ import annotations

from functools import partial

from sassafras.isa.groups import Group
from sassafras.isa.kinds import Action, Memory, Pipe, Space
from sassafras.isa.opcodes.fidelity import EXACT, Always, Fidelity, border, modelled
from sassafras.isa.opcodes.fields import Fields
from sassafras.isa.opcodes.modifiers import register_pair
from sassafras.isa.opcodes.modifiers_of_tensor import (
    ALWAYS_TRANSPOSED,
    CLAMPED,
    DOUBLE_SHAPE,
    ELEMENTS,
    FACTOR,
    FIRST_FACTOR,
    FLOAT_SHAPE,
    INTEGER_SHAPE,
    MATRICES,
    SECOND_FACTOR,
    SUM,
    TRANSPOSED,
    matrices,
    registers_of_first,
    registers_of_second,
    registers_of_sums,
    row_bytes,
)
from sassafras.isa.opcodes.record import Opcode, always, opcode
from sassafras.isa.operands import Operand

_PUBLISHED = "MMA-Sim (arXiv:2511.10909), which reports the bits of cards; not NVIDIA's word"
_FLOAT_SUMS = Always(
    modelled(
        "(k + 1) 2^-22 of the largest product or addend in each step of k products of normal numbers; .F16 "
        "rounds to half then",
        _PUBLISHED,
    )
)
_DOUBLE_SUMS = Always(modelled("another order of the four fused additions", _PUBLISHED))


def _clamps(fields: Fields, operands: tuple[Operand, ...]) -> Fidelity:  # noqa: ARG001  # one signature
    """Integers are exact; where a clamped sum is clamped is not said."""
    return border("sums that leave 32 bits on the way and come back") if fields[CLAMPED] else EXACT


_product = partial(opcode, pipe=Pipe.QUARTER, group=Group.TENSOR, cross_lane=always, operand_modifiers="")
_of_fragments = partial(
    _product,
    result_width=registers_of_sums,
    addend_width=registers_of_sums,
    source_width=registers_of_first,
    factor_width=registers_of_second,
)
_of_memory = partial(opcode, pipe=Pipe.MEMORY, cross_lane=always, access_bytes=row_bytes)

TURING_TENSOR: tuple[Opcode, ...] = (
    _of_fragments("HMMA", "drme", fields=(FLOAT_SHAPE, SUM, FACTOR), fidelity=_FLOAT_SUMS),
    _of_fragments(
        "IMMA", "drme", fields=(INTEGER_SHAPE, FIRST_FACTOR, SECOND_FACTOR, CLAMPED), fidelity=_clamps
    ),
    _product(
        "DMMA",
        "drme",
        fields=(DOUBLE_SHAPE,),
        result_width=lambda _: 4,
        addend_width=lambda _: 4,
        source_width=register_pair,
        factor_width=register_pair,
        fidelity=_DOUBLE_SUMS,
    ),
    _of_memory(
        "LDSM",
        "da",
        memory=Memory(Space.SHARED, Action.LOAD),
        fields=(ELEMENTS, TRANSPOSED, MATRICES),
        result_width=matrices,
    ),
    _of_memory(
        "STSM",
        "ar",
        memory=Memory(Space.SHARED, Action.STORE),
        fields=(ELEMENTS, TRANSPOSED, MATRICES),
        source_width=matrices,
    ),
    opcode("MOVM", "dr", pipe=Pipe.QUARTER, fields=(ELEMENTS, ALWAYS_TRANSPOSED), cross_lane=always),
)
