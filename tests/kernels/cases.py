"""Small launches of every kernel, with memory full of awkward values. Twins and machine code must agree on
them bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from tests.kernels.awkward import (
    EXPONENTIAL_BORDERS,
    SPECIAL,
    SPECIAL_BITS,
    Case,
    Named,
    bits,
    tame,
    wild,
)
from tests.kernels.darknet_cases import DARKNET_CASES
from tests.kernels.layer_cases import LAYER_CASES

from sassafras.kernels.activation import Activation

__all__ = ["CASES", "EXPONENTIAL_BORDERS", "SPECIAL", "SPECIAL_BITS", "Case", "Named", "bits", "tame", "wild"]


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
    *DARKNET_CASES,
    *LAYER_CASES,
)
"""All of them. A case's name is unique within its kernel."""
