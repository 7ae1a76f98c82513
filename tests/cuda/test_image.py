"""Compiled kernels on pictures against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.cuda.kernels import run

W, H = 23, 18
GRID, BLOCK = (3, 3, 1), (8, 8, 1)
SIZE = (np.int32(W), np.int32(H))
Picture = NDArray[np.uint8]


def picture(key: int, *shape: int) -> Picture:
    found: Picture = (
        np.random.Generator(np.random.Philox(key)).integers(0, 256, shape or (H, W)).astype(np.uint8)
    )
    return found


def words(key: int, count: int = 256) -> NDArray[np.uint32]:
    return np.random.Generator(np.random.Philox(key)).integers(0, 1 << 32, count, dtype=np.uint32)


def test_gray() -> None:
    rgb = picture(1, 300, 3)
    got = run("image/gray", 3, 128, rgb, np.zeros(300, np.uint8), np.int32(300))[1]
    np.testing.assert_array_equal(got, (rgb.astype(int) @ [77, 150, 29] + 128) >> 8)


def test_sobel() -> None:
    a = picture(2)
    got = run("image/sobel", GRID, BLOCK, a, np.ones_like(a), *SIZE)[1]
    p = a.astype(int)
    gx = sum(k * (p[1 + d : H - 1 + d, 2:] - p[1 + d : H - 1 + d, :-2]) for d, k in ((-1, 1), (0, 2), (1, 1)))
    gy = sum(k * (p[2:, 1 + d : W - 1 + d] - p[:-2, 1 + d : W - 1 + d]) for d, k in ((-1, 1), (0, 2), (1, 1)))
    np.testing.assert_array_equal(got, np.pad(np.minimum(abs(gx) + abs(gy), 255), 1))


def test_blur() -> None:
    a = picture(3)
    for radius in (1, 3):
        got = run("image/blur", GRID, BLOCK, a, np.zeros_like(a), *SIZE, np.int32(radius))[1]
        padded, side = np.pad(a.astype(int), radius, "edge"), 2 * radius + 1
        total = sum(padded[y : y + H, x : x + W] for y in range(side) for x in range(side))
        np.testing.assert_array_equal(got, (total + side * side // 2) // (side * side))


def test_sharpen() -> None:
    a = picture(4).view(np.int8)
    _, got, positive = run(
        "image/sharpen", GRID, BLOCK, a, np.zeros_like(a), np.zeros_like(a, np.uint8), *SIZE
    )
    p = a.astype(int)
    value = 5 * p[1:-1, 1:-1] - p[1:-1, :-2] - p[1:-1, 2:] - p[:-2, 1:-1] - p[2:, 1:-1]
    np.testing.assert_array_equal(got, np.pad(np.clip(value, -128, 127), 1))
    np.testing.assert_array_equal(positive, np.pad(np.clip(value, 0, 255), 1))


def test_resize() -> None:
    a = picture(5)
    one = np.float32(1)
    for width, height in ((31, 9), (7, 40)):
        to = (np.int32(width), np.int32(height))
        out = np.zeros((height, width), np.uint8)
        got = run("image/resize", (4, 5, 1), (8, 8, 1), a, out, *SIZE, *to)[1]
        fx = np.arange(width, dtype=np.float32) * np.float32(W - 1) / np.float32(width - 1)
        fy = np.arange(height, dtype=np.float32) * np.float32(H - 1) / np.float32(height - 1)
        x, y = np.minimum(fx.astype(int), W - 2), np.minimum(fy.astype(int), H - 2)
        u, v = (fx - x.astype(np.float32)) * one, ((fy - y.astype(np.float32)) * one)[:, None]
        p = a.astype(np.float32)
        at, below = p[y][:, x], p[y + 1][:, x]
        top = at + u * (p[y][:, x + 1] - at)
        bottom = below + u * (p[y + 1][:, x + 1] - below)
        np.testing.assert_array_equal(got, np.rint(top + v * (bottom - top)))


def test_yuv() -> None:
    rgba = words(6)
    got = run("image/yuv", 2, 128, rgba, np.zeros_like(rgba), np.int32(256))[1]
    parts = rgba.view(np.uint8).reshape(-1, 4).astype(int)
    matrix = np.array([[66, 129, 25], [-38, -74, 112], [112, -94, -18]])
    wanted = ((parts[:, :3] @ matrix.T + 128) >> 8) + [16, 128, 128]
    np.testing.assert_array_equal(got.view(np.uint8).reshape(-1, 4), np.column_stack([wanted, parts[:, 3]]))


def test_erosion_and_dilation() -> None:
    a = words(7, H * W).astype(np.uint16).view(np.int16).reshape(H, W)
    _, low, high = run("image/erosion", GRID, BLOCK, a, np.zeros_like(a), np.zeros_like(a), *SIZE)
    padded = np.pad(a, 1, "edge")
    windows = np.stack([padded[y : y + H, x : x + W] for y in range(3) for x in range(3)])
    np.testing.assert_array_equal(low, windows.min(0))
    np.testing.assert_array_equal(high, windows.max(0))


def test_blend() -> None:
    under, over = words(8), words(9)
    got = run("image/blend", 2, 128, under, over, np.zeros_like(under), np.int32(256))[2]
    a, b = (v.view(np.uint8).reshape(-1, 4).astype(np.float32) for v in (under, over))
    alpha = b[:, 3:] / np.float32(255)
    mixed = np.rint(a[:, :3] + alpha * (b[:, :3] - a[:, :3]))
    wanted = np.column_stack([mixed, np.full(256, 255)]).astype(np.uint8)
    np.testing.assert_array_equal(got.view(np.uint8).reshape(-1, 4), wanted)


@pytest.mark.slow
def test_matching() -> None:
    blocks, width = 5, 8 * 5 + 16
    a, b = picture(10, 8, width).astype(np.int32), picture(11, 8, width).astype(np.int32)
    b[:, 3 + 8 : 3 + 16] = a[:, 8:16]
    empty = np.zeros(blocks, np.int32)
    _, _, best, least = run(
        "image/matching", 1, 32, a, b, empty, empty.copy(), np.int32(blocks), np.int32(width)
    )
    sums = np.array(
        [
            [abs(a[:, 8 * t : 8 * t + 8] - b[:, 8 * t + s : 8 * t + 8 + s]).sum() for s in range(16)]
            for t in range(blocks)
        ]
    )
    np.testing.assert_array_equal(least, sums.min(1))
    np.testing.assert_array_equal(best, sums.argmin(1))
    assert best[1] == 3 and least[1] == 0


def test_packed_bytes() -> None:
    a, b = words(12), words(13)
    got = run("image/packed", 2, 128, a, b, np.zeros(7 * 256, np.uint32), np.int32(256))[2].reshape(7, 256)
    x, y = (v.view(np.uint8).reshape(-1, 4).astype(int) for v in (a, b))
    sx, sy = (v.view(np.int8).reshape(-1, 4) for v in (a, b))
    hx, hy = (v.view(np.int16).reshape(-1, 2).astype(int) for v in (a, b))
    byte_rows = {0: abs(x - y), 1: (x + y + 1) >> 1, 2: np.minimum(x + y, 255), 6: np.where(x > y, 255, 0)}
    for row, wanted in byte_rows.items():
        np.testing.assert_array_equal(got[row].view(np.uint8).reshape(-1, 4), wanted)
    np.testing.assert_array_equal(got[3].view(np.int8).reshape(-1, 4), np.maximum(sx, sy))
    np.testing.assert_array_equal(got[4], abs(x - y).sum(1))
    np.testing.assert_array_equal(got[5].view(np.int16).reshape(-1, 2), np.clip(hx - hy, -32768, 32767))
