"""Compiles kernels with Triton, for GPUs that need not be there: `test_triton` runs it with a Python that has
Triton. Arguments: a folder, and compute capabilities (80 90); writes KERNEL_CAPABILITY.cubin, and in
shared.json the dynamic shared memory of each.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import triton
import triton.language as tl
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource


@triton.jit  # type: ignore[untyped-decorator]
def add(x, y, out, n, size: tl.constexpr):  # type: ignore[no-untyped-def]
    i = tl.program_id(0) * size + tl.arange(0, size)
    tl.store(out + i, tl.load(x + i, mask=i < n) + tl.load(y + i, mask=i < n), mask=i < n)


@triton.jit  # type: ignore[untyped-decorator]
def softmax(x, out, n, size: tl.constexpr):  # type: ignore[no-untyped-def]
    row, i = tl.program_id(0), tl.arange(0, size)
    values = tl.load(x + row * n + i, mask=i < n, other=-float("inf"))
    powers = tl.exp(values - tl.max(values, axis=0))
    tl.store(out + row * n + i, powers / tl.sum(powers, axis=0), mask=i < n)


@triton.jit  # type: ignore[untyped-decorator]
def matmul(a, b, c, n, depth, way: tl.constexpr, tile: tl.constexpr, step: tl.constexpr):  # type: ignore[no-untyped-def]
    i = tl.program_id(0) * tile + tl.arange(0, tile)
    j = tl.program_id(1) * tile + tl.arange(0, tile)
    k = tl.arange(0, step)
    total = tl.zeros((tile, tile), tl.float32)
    for start in range(0, depth, step):
        x = tl.load(a + i[:, None] * depth + (start + k)[None, :])
        y = tl.load(b + (start + k)[:, None] * n + j[None, :])
        total = tl.dot(x, y, total, input_precision=way)
    tl.store(c + i[:, None] * n + j[None, :], total)


def _product(kind: str, way: str) -> tuple[Any, dict[str, str], dict[str, object]]:
    pointers = {"a": f"*{kind}", "b": f"*{kind}", "c": "*fp32"}
    return matmul, {**pointers, "n": "i32", "depth": "i32"}, {"way": way, "tile": 32, "step": 16}


KERNELS: dict[str, tuple[Any, dict[str, str], dict[str, object]]] = {
    "add": (add, {"x": "*fp32", "y": "*fp32", "out": "*fp32", "n": "i32"}, {"size": 256}),
    "softmax": (softmax, {"x": "*fp32", "out": "*fp32", "n": "i32"}, {"size": 128}),
    "matmul_ieee": _product("fp32", "ieee"),
    "matmul_tf32": _product("fp32", "tf32"),
    "matmul_half": _product("fp16", "ieee"),
    "matmul_bf16": _product("bf16", "ieee"),
}


def main(folder: Path, capabilities: list[int]) -> None:
    shared: dict[str, int] = {}
    for capability in capabilities:
        for name, (function, signature, constants) in KERNELS.items():
            whole = {**signature, **dict.fromkeys(constants, "constexpr")}
            source = ASTSource(function, signature=whole, constexprs=constants)
            made = triton.compile(source, target=GPUTarget("cuda", capability, 32), options={"num_warps": 4})
            (folder / f"{name}_{capability}.cubin").write_bytes(made.asm["cubin"])
            shared[f"{name}_{capability}"] = made.metadata.shared
    (folder / "shared.json").write_text(json.dumps(shared))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(word) for word in sys.argv[2:]])
