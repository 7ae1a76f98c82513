"""Small launches of the kernels of Darknet's layers beside those of AlexNet."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from tests.kernels.awkward import SPECIAL, Case, Named, wild


def _normalize() -> Iterator[Case]:
    for batch, n, size in ((1, 1, 1), (1, 5, 121), (2, 3, 170), (1, 700, 1)):
        for epsilon in (1e-5, 0.0) if n == 5 else (1e-5,):
            arguments: Named = {"x": "x", "mean": "mean", "variance": "variance"}
            arguments |= {"batch": batch, "n": n, "size": size, "epsilon": epsilon}
            variance = wild(n, 32, 0.2)
            variance[::2] = np.abs(variance[::2])  # those of the others that are below zero have no root
            contents = {"x": wild(batch * n * size + 2, 31), "mean": wild(n, 33, 0.1), "variance": variance}
            yield Case(f"{batch}x{n}x{size}-{epsilon:g}", "normalize", arguments, contents)
    count = SPECIAL.size
    every: Named = {"x": "x", "mean": "mean", "variance": "variance"}
    every |= {"batch": 1, "n": count, "size": count, "epsilon": 1e-5}
    contents = {"x": np.tile(SPECIAL, count), "mean": np.zeros(count, np.float32), "variance": SPECIAL}
    yield Case("every-pair", "normalize", every, contents)


def _scale_bias() -> Iterator[Case]:
    for batch, n, size in ((1, 1, 1), (1, 5, 121), (2, 3, 170), (1, 700, 1)):
        arguments: Named = {"output": "output", "scales": "scales", "batch": batch, "n": n, "size": size}
        contents = {"output": wild(batch * n * size + 2, 34), "scales": wild(n, 35, 0.1)}
        yield Case(f"{batch}x{n}x{size}", "scale_bias", arguments, contents)


def _im2col_ext() -> Iterator[Case]:
    shapes = (
        # channels; height and width; of the kernel; pads above, left, below, right; stride; dilation
        *(
            (1, (1, 1), (1, 1), (0, 0, 0, 0), (1, 1), (1, 1)),
            (2, (6, 9), (3, 1), (1, 0, 1, 0), (1, 2), (1, 1)),
            (2, (7, 5), (2, 3), (0, 1, 1, 0), (1, 1), (2, 1)),
            (3, (9, 8), (3, 3), (2, 3, 1, 0), (2, 3), (2, 2)),
        ),
        *(
            (1, (4, 5), (1, 4), (0, 3, 0, 3), (3, 1), (1, 3)),
            (4, (10, 10), (2, 2), (1, 0, 0, 1), (3, 3), (1, 1)),
        ),
        *(
            (2, (2, 3), (3, 2), (4, 1, 4, 2), (1, 1), (3, 2)),
            (1, (3, 3), (1, 1), (2, 0, 0, 2), (1, 1), (5, 5)),
        ),
    )
    for channels, (height, width), kernel, pads, stride, dilation in shapes:
        reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
        height_col = (height + pads[0] + pads[2] - reach[0]) // stride[0] + 1
        width_col = (width + pads[1] + pads[3] - reach[1]) // stride[1] + 1
        n = channels * height_col * width_col
        arguments: Named = {"n": n, "image": "image", "height": height, "width": width}
        for name, pair in (("kernel", kernel), ("pad", pads), ("stride", stride), ("dilation", dilation)):
            arguments |= {f"{name}_h": pair[0], f"{name}_w": pair[1]}
        arguments |= {"height_col": height_col, "width_col": width_col, "columns": "columns"}
        contents = {
            "image": wild(channels * height * width, 36, 0.5),
            "columns": wild(n * kernel[0] * kernel[1] + 5, 37),
        }
        name = f"{channels}x{height}x{width}-k{kernel[0]}x{kernel[1]}-s{stride[0]}x{stride[1]}"
        yield Case(f"{name}-d{dilation[0]}x{dilation[1]}", "im2col_gpu_ext", arguments, contents)


def _shortcut() -> Iterator[Case]:
    for channels, h, w, stride in ((1, 1, 1, 1), (3, 5, 7, 2), (2, 4, 6, 3), (4, 13, 11, 1)):
        n = channels * h * w
        arguments: Named = {"n": n, "add": "add", "stride": stride, "w": w, "output": "output"}
        contents = {"add": wild(n * stride**2 + 2, 38), "output": wild(n + 3, 39)}
        yield Case(f"{channels}x{h}x{w}-s{stride}", "shortcut", arguments, contents)


def _avgpool() -> Iterator[Case]:
    for n, size in ((1, 1), (3, 49), (600, 4), (5, 121)):
        for share in (0.0, 0.05):
            arguments: Named = {"n": n, "size": size, "input": "input", "output": "output"}
            contents = {"input": wild(n * size + 2, 40, share), "output": wild(n + 2, 41)}
            yield Case(f"{n}x{size}-{share}", "forward_avgpool", arguments, contents)


def _upsample() -> Iterator[Case]:
    for channels, h, w, stride, scale in (
        (1, 1, 1, 1, 1.0),
        (3, 5, 7, 2, 1.0),
        (2, 3, 2, 4, 0.3),
        (1, 4, 4, 3, -2.0),
    ):
        n = channels * h * w * stride**2
        arguments: Named = {"n": n, "input": "input", "h": h, "w": w, "stride": stride, "scale": scale}
        contents = {"input": wild(channels * h * w, 42, 0.5), "output": wild(n + 2, 43)}
        yield Case(
            f"{channels}x{h}x{w}-s{stride}-{scale}", "upsample", arguments | {"output": "output"}, contents
        )


def _reorg() -> Iterator[Case]:
    for channels, h, w, stride in ((1, 1, 1, 1), (4, 4, 6, 2), (18, 3, 6, 3), (8, 9, 7, 2)):
        n = channels * h * w
        arguments: Named = {"n": n, "input": "input", "channels": channels, "h": h, "w": w, "stride": stride}
        contents = {"input": wild(n, 44, 0.5), "output": wild(n + 2, 45)}
        arguments["output"] = "output"
        yield Case(f"{channels}x{h}x{w}-s{stride}", "reorg", arguments, contents)


def _crop() -> Iterator[Case]:
    names = ("h", "w", "crop_h", "crop_w", "top", "left")
    shapes = (
        (1, (1, 1, 1, 1, 0, 0)),
        (3, (9, 8, 5, 6, 2, 1)),
        (2, (30, 12, 29, 12, 1, 0)),
        (3, (6, 6, 1, 3, 5, 3)),
    )
    for channels, numbers in shapes:
        for scale, translate in ((2.0, -1.0), (1.0, 0.0), (0.3, 7.7)):
            h, w, crop_h, crop_w, _, _ = numbers
            n = channels * crop_h * crop_w
            arguments: Named = {"n": n, "input": "input", **dict(zip(names, numbers, strict=True))}
            arguments |= {"scale": scale, "translate": translate, "output": "output"}
            contents = {"input": wild(channels * h * w, 46, 0.3), "output": wild(n + 2, 47)}
            yield Case(f"{channels}x{h}x{w}-{crop_h}x{crop_w}-{scale}", "forward_crop", arguments, contents)


DARKNET_CASES: tuple[Case, ...] = (
    *_normalize(),
    *_scale_bias(),
    *_im2col_ext(),
    *_shortcut(),
    *_avgpool(),
    *_upsample(),
    *_reorg(),
    *_crop(),
)
