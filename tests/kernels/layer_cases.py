"""Small launches of the kernels of layers that no Darknet cfg has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from tests.kernels.awkward import EXPONENTIAL_BORDERS, SPECIAL, Case, Named, tame, wild

BORDERS = (0.55, 0.6, 1.00295, 9.01, 9.0109, 1.0, 2.0, 1e-20, 1e-38, 2.5e-38, 0.70710677, 1.4142135, 3.0)
"""Where tanhf, erff and logf change behaviour."""
MAPPED: dict[str, tuple[tuple[float, ...], ...]] = {
    **{f"map_{name}": ((),) for name in ("sigmoid", "tanh", "silu", "gelu", "gelu_tanh", "exp", "log")},
    **{f"map_{name}": ((),) for name in ("sqrt", "neg", "erf", "mish")},
    "map_clip": ((0.0, 6.0), (-1.0, 1.0), (-3.4028234663852886e38, 3.4028234663852886e38), (2.0, -2.0)),
    "map_hard_sigmoid": ((0.2, 0.5), (1 / 6, 0.5)),
    "map_hard_swish": ((1 / 6, 0.5),),
    "map_leaky": ((0.1,), (-0.0,), (float("inf"),)),
    "map_elu": ((1.0,), (0.3,)),
}
"""Kernels that map every element by itself: the numbers that they take."""


def awkward() -> NDArray[np.float32]:
    """Values of every kind, and those around which functions change behaviour."""
    borders = np.array((*EXPONENTIAL_BORDERS, *BORDERS), np.float32)
    near = [np.nextafter(borders, np.float32(end)) for end in (-np.inf, np.inf)]
    every = [SPECIAL, borders, -borders, *near, borders / 2, tame(64, 10, 3.0), tame(32, 11, 60.0)]
    return np.concatenate([*every, wild(64, 12, 1.0)]).astype(np.float32)


def _mapped() -> Iterator[Case]:
    for kernel, each in MAPPED.items():
        for index, numbers in enumerate(each):
            given = dict(zip(("alpha", "beta"), numbers, strict=False))
            for values in (awkward(), wild(1, 31), wild(1031, 32, 0.5)) if index == 0 else (awkward(),):
                arguments: Named = {"n": values.size, "input": "input", "output": "output", **given}
                contents = {"input": values, "output": wild(values.size + 2, 33)}
                yield Case("-".join(map(str, (values.size, *numbers))), kernel, arguments, contents)


BROADCAST = ("add", "sub", "mul", "div", "prelu", "pow")
SPREADS = {
    # n, size, a's steps, b's steps
    "maps": (35, 7, (7, 1), (7, 1)),
    "channel": (35, 7, (7, 1), (1, 0)),
    "channel-first": (35, 7, (1, 0), (7, 1)),
    "plane": (35, 7, (7, 1), (0, 1)),
    "number": (513, 513, (0, 1), (0, 0)),
    "outer": (77, 11, (1, 0), (0, 1)),
    "one": (1, 1, (0, 0), (0, 0)),
}


def _broadcast() -> Iterator[Case]:
    special, count = np.tile(SPECIAL, SPECIAL.size), SPECIAL.size**2
    pairs = {"a": special, "b": np.repeat(SPECIAL, SPECIAL.size), "output": wild(count, 27)}
    some = np.array((*range(-5, 6), 0.5, -0.5, 2.5, 1e-3, 127.0, 16777217.0, 1e30), np.float32)
    powers = {
        "a": np.tile(some, some.size),
        "b": np.repeat(some, some.size),
        "output": wild(some.size**2, 27),
    }
    for kernel in (f"broadcast_{name}" for name in BROADCAST):
        for name, contents in (("special", pairs), ("numbers", powers)):
            yield _spread_case(kernel, name, (contents["a"].size, 1, (1, 0), (1, 0)), contents)
        for name, spread in SPREADS.items():
            n = spread[0]
            contents = {"a": wild(n, 34, 0.3), "b": wild(n, 35, 0.3), "output": wild(n + 2, 36)}
            yield _spread_case(kernel, name, spread, contents)


def _spread_case(
    kernel: str,
    name: str,
    spread: tuple[int, int, tuple[int, int], tuple[int, int]],
    contents: Mapping[str, NDArray[np.float32]],
) -> Case:
    n, size, (a_outer, a_inner), (b_outer, b_inner) = spread
    a: Named = {"a": "a", "a_outer": a_outer, "a_inner": a_inner}
    b: Named = {"b": "b", "b_outer": b_outer, "b_inner": b_inner}
    return Case(name, kernel, {"n": n, "size": size, **a, **b, "output": "output"}, contents)


LAYER_CASES: tuple[Case, ...] = (
    *_mapped(),
    *_broadcast(),
)
"""All of them. A case's name is unique within its kernel."""
