"""Small launches of every kernel, with memory full of awkward values. Twins and machine code must agree on
them bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.kernels.activation import Activation
from sassafras.kernels.arguments import Arguments

SPECIAL_BITS = (
    *(0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007FFFFF, 0x00800000, 0x80800000),  # zeros, denormals
    *(0x3F800000, 0xBF800000, 0x3F800001, 0xBF7FFFFF, 0x7F7FFFFF, 0xFF7FFFFF),  # ones, largest
    *(
        0x7F800000,
        0xFF800000,
        0x7F800001,
        0x7FC01234,
        0xFFC00000,
        0xFF812345,
    ),  # infinities, NaNs of every kind
)
EXPONENTIAL_BORDERS = (
    *(-104.0, -103.97, -103.2, -89.5, -88.8, -88.72284, -88.72283, -88.5, -88.37627, -88.1, -87.33655),
    *(-87.33654, -87.0, -44.3, 43.9, 44.36, 63.8, 87.33, 88.37, 88.7228, 88.7229, 89.0, 128.0, 1e30, -1e30),
    *(2**-149 * 3, 1e-8, -1e-8, 6e-8, 0.34657359, -0.34657359, 0.5, 1.5, -17.5, 9.01, -9.01),
)
"""Where expf, 1 / (1 + expf) and the flushing of 2^x change behaviour."""


def bits(*words: int) -> NDArray[np.float32]:
    """float32 values from their bits."""
    return np.array(words, np.uint32).view(np.float32)


SPECIAL = bits(*SPECIAL_BITS)


def tame(count: int, seed: int = 1, scale: float = 1.0) -> NDArray[np.float32]:
    """Ordinary values around zero."""
    generator = np.random.Generator(np.random.Philox(seed))
    return (scale * generator.standard_normal(count)).astype(np.float32)


def wild(count: int, seed: int = 2, share: float = 0.2) -> NDArray[np.float32]:
    """Ordinary values, a share of them replaced by zeros, denormals, infinities, NaN of many payloads, any
    bits.
    """
    generator = np.random.Generator(np.random.Philox(seed))
    values = tame(count, seed + 1000)
    anything = generator.integers(0, 1 << 32, count, np.uint32).view(np.float32)
    special = SPECIAL[generator.integers(0, SPECIAL.size, count)]
    kind = generator.random(count)
    return np.where(kind < share / 2, special, np.where(kind < share, anything, values))


Named = dict[str, int | float | str]


@dataclass(frozen=True)
class Case:
    """One launch: ``arguments`` with allocation names for pointers, ``contents`` of the allocations (in their
    order).
    """

    name: str
    kernel: str
    arguments: Mapping[str, int | float | str]
    contents: Mapping[str, NDArray[np.float32]]

    def build(self) -> tuple[DeviceMemory, Arguments]:
        """Fresh memory and the arguments with device addresses. Bytes outside the allocations are 0xA5."""
        layout = lay_out([(name, max(4, values.nbytes)) for name, values in self.contents.items()])
        memory = DeviceMemory(layout, np.full(layout.nbytes, 0xA5, np.uint8))
        for name, values in self.contents.items():
            memory.at(layout[name].address, values.nbytes)[...] = values.view(np.uint8)
        arguments: Arguments = {
            name: layout[value].address if isinstance(value, str) else value
            for name, value in self.arguments.items()
        }
        return memory, arguments

    def __str__(self) -> str:
        return f"{self.kernel}-{self.name}"


def _fill() -> Iterator[Case]:
    for n, alpha, step in ((1, 0.0, 1), (513, -0.0, 1), (7, 1.5, 3), (600, float("inf"), 1)):
        arguments: Named = {"n": n, "alpha": alpha, "x": "x", "incx": step}
        yield Case(f"{n}-by-{step}", "fill_gpu", arguments, {"x": wild((n - 1) * step + 3)})


def _im2col() -> Iterator[Case]:
    shapes = (
        # channels, height, width, ksize, pad, stride
        *((1, 1, 1, 1, 0, 1), (3, 11, 11, 3, 0, 1), (2, 6, 9, 3, 1, 1), (2, 7, 5, 5, 2, 1)),
        *(
            (3, 19, 23, 11, 0, 4),
            (4, 10, 10, 2, 1, 3),
            (1, 3, 3, 5, 2, 2),
            (2, 9, 9, 1, 0, 2),
            (2, 2, 2, 3, 4, 1),
        ),
    )
    for channels, height, width, ksize, pad, stride in shapes:
        height_col = (height + 2 * pad - ksize) // stride + 1
        width_col = (width + 2 * pad - ksize) // stride + 1
        n = channels * height_col * width_col
        arguments: Named = {
            "n": n,
            "image": "image",
            "height": height,
            "width": width,
            "ksize": ksize,
            "pad": pad,
            "stride": stride,
            "height_col": height_col,
            "width_col": width_col,
            "columns": "columns",
        }
        contents = {
            "image": wild(channels * height * width, share=0.5),
            "columns": wild(n * ksize * ksize + 5, 7),
        }
        name = f"{channels}x{height}x{width}-k{ksize}-p{pad}-s{stride}"
        yield Case(name, "im2col_gpu", arguments, contents)


def _gemm() -> Iterator[Case]:
    shapes = (
        # m, n, k, extra columns of A, B, C
        *(
            (1, 1, 1, 0, 0, 0),
            (16, 16, 16, 0, 0, 0),
            (17, 33, 18, 0, 0, 0),
            (3, 40, 5, 2, 3, 4),
            (5, 7, 0, 1, 1, 1),
        ),
        *((1, 50, 37, 0, 0, 0), (33, 1, 31, 0, 0, 0), (15, 31, 47, 1, 0, 2)),
    )
    for transpose in (0, 1):
        for m, n, k, more_a, more_b, more_c in shapes:
            rows, columns = (n, k) if transpose else (k, n)
            lda, ldb, ldc = k + more_a, columns + more_b, n + more_c
            arguments: Named = {
                "transpose_b": transpose,
                "m": m,
                "n": n,
                "k": k,
                "a": "a",
                "lda": lda,
                "b": "b",
                "ldb": ldb,
                "c": "c",
                "ldc": ldc,
            }
            for kind, make in (("tame", tame), ("wild", lambda count, seed: wild(count, seed, 0.02))):
                contents = {
                    "a": make(m * lda + 1, 3),
                    "b": make(rows * ldb + 1, 4),
                    "c": make(m * ldc + 1, 5),
                }
                name = f"{m}x{n}x{k}{'-transposed' if transpose else ''}-{kind}"
                yield Case(name, "gemm", arguments, contents)


def _add_bias() -> Iterator[Case]:
    for batch, n, size in ((1, 1, 1), (1, 5, 121), (2, 3, 170), (1, 700, 1)):
        arguments: Named = {"output": "output", "biases": "biases", "batch": batch, "n": n, "size": size}
        contents = {"output": wild(batch * n * size + 2, 8), "biases": wild(n, 9, 0.1)}
        yield Case(f"{batch}x{n}x{size}", "add_bias", arguments, contents)


def _add() -> Iterator[Case]:
    for n, output in ((1, "output"), (513, "output"), (600, "a"), (600, "b")):
        arguments: Named = {"n": n, "a": "a", "b": "b", "output": output}
        contents = {"a": wild(n + 2, 24), "b": wild(n + 2, 25), "output": wild(n + 2, 26)}
        yield Case(f"{n}-to-{output}", "add", arguments, contents)
    special, count = np.tile(SPECIAL, SPECIAL.size), SPECIAL.size**2
    pairs = {"a": special, "b": np.repeat(SPECIAL, SPECIAL.size), "output": wild(count, 27)}
    yield Case("every-pair", "add", {"n": count, "a": "a", "b": "b", "output": "output"}, pairs)
    twice: Named = {"n": SPECIAL.size, "a": "a", "b": "a", "output": "output"}
    yield Case("itself", "add", twice, {"a": SPECIAL, "output": wild(SPECIAL.size, 28)})


def _concatenate() -> Iterator[Case]:
    for n, offset in ((1, 0), (513, 0), (600, 7), (5, 600)):
        arguments: Named = {"n": n, "input": "input", "offset": offset, "output": "output"}
        contents = {"input": wild(n + 2, 29, 0.5), "output": wild(offset + n + 2, 30)}
        yield Case(f"{n}-from-{offset}", "concatenate", arguments, contents)


def _activate() -> Iterator[Case]:
    borders = np.array(EXPONENTIAL_BORDERS, np.float32)
    values = np.concatenate(
        [SPECIAL, borders, -borders, borders / 2, tame(64, 10, 3.0), tame(32, 11, 60.0), wild(64, 12, 1.0)]
    )
    for code in (*Activation, 8, -1):
        name = code.name.lower() if isinstance(code, Activation) else f"code{code}"
        yield Case(name, "activate_array", {"x": "x", "n": values.size - 1, "a": int(code)}, {"x": values})
    relu: Named = {"x": "x", "n": 1025, "a": int(Activation.RELU)}
    yield Case("relu-1025", "activate_array", relu, {"x": wild(1030, 13)})


def _maxpool() -> Iterator[Case]:
    shapes = (
        # planes, in_h, in_w, stride, size, pad
        *(
            (1, 1, 1, 1, 1, 0),
            (3, 9, 9, 2, 3, 0),
            (2, 8, 11, 2, 2, 1),
            (2, 5, 7, 1, 3, 2),
            (1, 13, 6, 3, 4, 3),
        ),
        *((2, 4, 4, 1, 2, 1), (1, 3, 3, 2, 5, 4), (4, 13, 13, 2, 3, 2)),
    )
    for planes, in_h, in_w, stride, size, pad in shapes:
        h, w = (in_h + pad - size) // stride + 1, (in_w + pad - size) // stride + 1
        n = planes * h * w
        arguments: Named = {
            "n": n,
            "in_h": in_h,
            "in_w": in_w,
            "in_c": planes,
            "stride": stride,
            "size": size,
            "pad": pad,
            "input": "input",
            "output": "output",
            "indexes": "indexes",
        }
        for share in (0.3, 0.95):
            contents = {
                "input": wild(planes * in_h * in_w, 14, share),
                "output": wild(n + 2, 15),
                "indexes": wild(n + 2, 16),
            }
            name = f"{planes}x{in_h}x{in_w}-s{stride}-k{size}-p{pad}-{share}"
            yield Case(name, "forward_maxpool", arguments, contents)


def _softmax() -> Iterator[Case]:
    inputs = {
        "tame": tame(60, 17, 4.0),
        "far-apart": tame(60, 18, 80.0),
        "equal": np.full(60, 3.25, np.float32),
        "minus-infinity": np.full(60, -np.inf, np.float32),
        "one-infinity": np.where(np.arange(60) == 2, np.float32(np.inf), tame(60, 19)),
        "one-nan": np.where(np.arange(60) == 3, bits(0x7FC01234), tame(60, 20)),
        "denormal": tame(60, 21) * np.float32(1e-40),
        "huge": tame(60, 22, 1e38),
    }
    shapes = {
        # n, batch, batch_offset, groups, group_offset, stride
        "7": (7, 1, 7, 1, 7, 1),
        "1": (1, 2, 1, 1, 1, 1),
        "0": (0, 1, 7, 1, 7, 1),
        "grouped": (4, 2, 20, 3, 5, 1),
        "strided": (9, 1, 18, 2, 1, 2),
    }
    for shape, numbers in shapes.items():
        for kind, values in inputs.items():
            for temperature in (1.0, 0.7) if shape == "7" else (1.0,):
                names = ("n", "batch", "batch_offset", "groups", "group_offset", "stride")
                arguments = dict(zip(names, numbers, strict=True))
                contents = {"input": values.astype(np.float32), "output": wild(60, 23)}
                yield Case(
                    f"{shape}-{kind}-{temperature}",
                    "softmax",
                    {"input": "input", **arguments, "temp": temperature, "output": "output"},
                    contents,
                )


BORDERS = (0.55, 0.6, 1.00295, 9.01, 9.0109, 1.0, 2.0, 1e-20, 1e-38, 2.5e-38, 0.70710677, 1.4142135, 3.0)
"""Where tanhf, erff and logf change behaviour."""
MAPPED: dict[str, tuple[tuple[float, ...], ...]] = {
    **{f"map_{name}": ((),) for name in ("sigmoid", "tanh", "silu", "gelu", "gelu_tanh", "exp", "log")},
    **{f"map_{name}": ((),) for name in ("sqrt", "neg", "erf")},
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
    powers = {"a": np.tile(some, some.size), "b": np.repeat(some, some.size), "output": wild(some.size**2, 27)}
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


CASES: tuple[Case, ...] = (
    *_fill(),
    *_im2col(),
    *_gemm(),
    *_add_bias(),
    *_activate(),
    *_maxpool(),
    *_softmax(),
    *_add(),
    *_concatenate(),
    *_mapped(),
    *_broadcast(),
)
"""All of them. A case's name is unique within its kernel."""
