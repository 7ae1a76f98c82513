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


POOLS = {
    # planes, extent, size, stride, dilation, before, behind (rows and columns each)
    "square": (3, (9, 9), (3, 3), (2, 2), (1, 1), (0, 0), (0, 0)),
    "one": (1, (1, 1), (1, 1), (1, 1), (1, 1), (0, 0), (0, 0)),
    "oblong": (2, (7, 11), (1, 3), (3, 2), (1, 1), (0, 1), (0, 2)),
    "uneven": (2, (8, 5), (3, 2), (1, 1), (1, 1), (2, 0), (0, 1)),
    "dilated": (2, (13, 9), (3, 3), (2, 1), (2, 3), (2, 3), (1, 3)),
    "beside": (1, (3, 4), (2, 2), (2, 2), (1, 1), (2, 2), (2, 2)),
    "two-blocks": (4, (13, 13), (3, 3), (1, 1), (1, 1), (1, 1), (1, 1)),
}


def _pools() -> Iterator[Case]:
    for name, (planes, extents, sizes, strides, dilations, before, behind) in POOLS.items():
        arguments: Named = {"n": planes, "input": "input", "output": "output"}
        limits: Named = {}
        for k, axis in enumerate("hw"):
            padded = extents[k] + before[k] + behind[k]
            count = (padded - dilations[k] * (sizes[k] - 1) - 1) // strides[k] + 1
            numbers = (extents[k], count, sizes[k], strides[k], dilations[k], before[k])
            names = ("in", "out", "size", "stride", "dilation", "before")
            arguments |= {f"{each}_{axis}": number for each, number in zip(names, numbers, strict=True)}
            arguments["n"] = int(arguments["n"]) * count
            limits |= {f"low_{axis}": -before[k], f"end_{axis}": extents[k] + behind[k]}
        inside: Named = {"low_h": 0, "low_w": 0, "end_h": extents[0], "end_w": extents[1]}
        for share in (0.05, 0.9):
            source = wild(planes * extents[0] * extents[1], 37, share)
            contents = {"input": source, "output": wild(int(arguments["n"]) + 2, 38)}
            yield Case(f"{name}-{share}", "window_max", arguments, contents)
            yield Case(f"{name}-{share}", "window_mean", arguments | limits, contents)
            yield Case(f"{name}-{share}-inside", "window_mean", arguments | inside, contents)


BLOCKS = {
    # channels, height, width; of a block
    "plane": ((5, 7, 3), (1, 7, 3)),
    "channels": ((6, 5, 3), (6, 1, 1)),
    "row": ((3, 5, 7), (1, 1, 7)),
    "column": ((3, 5, 7), (1, 5, 1)),
    "all": ((3, 5, 7), (3, 5, 7)),
    "nothing": ((103, 5, 1), (1, 1, 1)),
}


def _reductions() -> Iterator[Case]:
    for name, (shape, block) in BLOCKS.items():
        n = int(np.prod(shape) // np.prod(block))
        sizes = dict(zip(("size_c", "size_h", "size_w"), block, strict=True))
        given: Named = {"n": n, "height": shape[1], "width": shape[2], **sizes}
        for share in (0.0, 0.02, 0.9):
            contents = {"input": wild(int(np.prod(shape)), 39, share), "output": wild(n + 2, 40)}
            pointers: Named = {"input": "input", "output": "output"}
            for kernel in ("reduce_max", "reduce_min"):
                yield Case(f"{name}-{share}", kernel, given | pointers, contents)
            for divisor in sorted({1.0, float(np.prod(block))}):
                arguments = given | pointers | {"divisor": divisor}
                yield Case(f"{name}-{share}-{divisor}", "reduce_sum", arguments, contents)


def _response_norms() -> Iterator[Case]:
    names = ("channels", "pixels", "before", "after", "bias", "scale", "exponent")
    for name, numbers in {
        "usual": (7, 15, 2, 2, 1.0, 2e-5, -0.75),
        "strong": (7, 15, 1, 2, 2.0, 0.5, -0.75),
        "one": (1, 1, 0, 0, 1.0, 1.0, -0.5),
        "wide": (3, 179, 5, 5, 0.0, 1e-30, -3.0),
        "negative": (4, 9, 1, 1, -1e-39, -1.0, 0.75),
    }.items():
        n = int(numbers[0] * numbers[1])
        arguments: Named = {"n": n, "input": "input", "output": "output"}
        arguments |= dict(zip(names, numbers, strict=True))
        for share in (0.02, 0.7):
            contents = {"input": wild(n, 41, share), "output": wild(n + 2, 42)}
            yield Case(f"{name}-{share}", "response_norm", arguments, contents)


STRIDED = {
    # outputs, offset and steps, elements of the input
    "same": ((3, 5, 7), (0, 35, 7, 1), 105),
    "slice": ((2, 2, 3), (36, 35, 14, 2), 105),
    "backwards": ((3, 5, 7), (104, -35, -7, -1), 105),
    "turned": ((7, 3, 5), (0, 1, 35, 7), 105),
    "repeated": ((11, 7, 9), (0, 1, 0, 0), 11),
    "one": ((1, 1, 1), (3, 0, 0, 0), 5),
}
PADDED = {
    # input; output; before; spread
    "around": ((2, 3, 4), (2, 6, 7), (0, 1, 2), (1, 1)),
    "cropped": ((3, 9, 8), (1, 5, 6), (-1, -2, -1), (1, 1)),
    "channels": ((2, 3, 3), (5, 3, 3), (2, 0, 0), (1, 1)),
    "spread": ((2, 3, 4), (2, 8, 13), (0, 2, 1), (2, 3)),
    "spread-cropped": ((1, 7, 7), (1, 9, 9), (0, -2, -1), (2, 2)),
    "beside": ((1, 1, 1), (1, 2, 2), (0, 5, 5), (1, 1)),
    "two-blocks": ((3, 14, 14), (3, 16, 16), (0, 1, 1), (1, 1)),
}
NEAREST = {
    # planes, input, output, times, plus, by
    "twice": (3, (5, 7), (10, 14), (1, 1), (0, 0), (2, 2)),
    "half": (2, (9, 8), (4, 4), (9, 2), (2, 1), (4, 1)),
    "centres": (1, (3, 4), (7, 13), (6, 8), (-4, -9), (14, 26)),
    "one": (1, (1, 1), (1, 1), (1, 1), (0, 0), (1, 1)),
    "two-blocks": (5, (11, 11), (11, 17), (1, 11), (0, 8), (1, 17)),
}


def _copies() -> Iterator[Case]:
    pointers: Named = {"input": "input", "output": "output"}
    for name, (shape, steps, count) in STRIDED.items():
        names = ("height", "width", "offset", "step_c", "step_h", "step_w")
        given = dict(zip(names, (*shape[1:], *steps), strict=True))
        n = int(np.prod(shape))
        contents = {"input": wild(count, 43, 0.5), "output": wild(n + 2, 44)}
        yield Case(name, "copy_strided", {"n": n, **given, **pointers}, contents)
    for name, (shape, wanted, before, spread) in PADDED.items():
        given = {f"in_{axis}": extent for axis, extent in zip("chw", shape, strict=True)}
        given |= {f"before_{axis}": number for axis, number in zip("chw", before, strict=True)}
        given |= {"height": wanted[1], "width": wanted[2], "spread_h": spread[0], "spread_w": spread[1]}
        n = int(np.prod(wanted))
        for fill in (0.0, float("-inf")):
            contents = {"input": wild(int(np.prod(shape)), 45, 0.5), "output": wild(n + 2, 46)}
            arguments: Named = {"n": n, **given, **pointers, "fill": fill}
            yield Case(f"{name}-{fill}", "copy_padded", arguments, contents)


def _resizes() -> Iterator[Case]:
    pointers: Named = {"input": "input", "output": "output"}
    for name, (planes, before, after, times, plus, by) in NEAREST.items():
        given: Named = {"in_h": before[0], "in_w": before[1], "height": after[0], "width": after[1]}
        n, count = planes * after[0] * after[1], planes * before[0] * before[1]
        output = wild(n + 2, 48)
        mapping: Named = {}
        for k, axis in enumerate("hw"):
            mapping |= {f"times_{axis}": times[k], f"plus_{axis}": plus[k], f"by_{axis}": by[k]}
        contents = {"input": wild(count, 47, 0.5), "output": output}
        yield Case(name, "resize_nearest", {"n": n, **given, **mapping, **pointers}, contents)
        for kind, shift in (("centre", 0.5), ("corner", 0.0)):
            scaling: Named = {}
            for k, axis in enumerate("hw"):
                scale = before[k] / after[k]
                scaling |= {f"scale_{axis}": scale, f"shift_{axis}": shift * scale - shift}
            for share in (0.0, 0.3):
                contents = {"input": wild(count, 49, share), "output": output}
                arguments: Named = {"n": n, **given, **scaling, **pointers}
                yield Case(f"{name}-{kind}-{share}", "resize_bilinear", arguments, contents)


LAYER_CASES: tuple[Case, ...] = (
    *_mapped(),
    *_broadcast(),
    *_pools(),
    *_reductions(),
    *_response_norms(),
    *_copies(),
    *_resizes(),
)
"""All of them. A case's name is unique within its kernel."""
