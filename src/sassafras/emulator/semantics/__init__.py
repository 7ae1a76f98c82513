"""The meaning of every opcode: one small function each, written in the words of ``Ports``.

Importing this package registers them all. Sources of the definitions are given in docs/sass.md.
"""

from sassafras.emulator.semantics import (  # noqa: F401  (imported to register their functions)
    add,
    atomic,
    bits,
    compare,
    control,
    convert,
    double,
    floating,
    logic,
    memory,
    move,
    multiply,
    predicate,
    shift,
    truth,
    turing_bits,
    turing_control,
    turing_float,
    turing_half,
    turing_integer,
    turing_lanes,
    turing_tensor,
    video,
    warp,
)
