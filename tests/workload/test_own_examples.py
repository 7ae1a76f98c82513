"""The examples of the documentation: golden results are NumPy's, and faults can be put into all of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.presets import preset
from sassafras.simulation.workbench import Workbench
from sassafras.toolchain import nvrtc
from sassafras.toolchain.machine_code import _JSON as RECORD
from sassafras.toolchain.record import sha256
from sassafras.workload.own.load import OwnWorkload, load_workload
from sassafras.workload.own.source import OwnSource

FOLDER = Path(__file__).parents[2] / "docs" / "examples" / "own"
Array = NDArray[Any]
Given = dict[str, Array]


def product(given: Given) -> Array:
    """The kernel's order of sums: fused, k by k."""
    a, b = given["a"].astype(np.float64), given["b"].astype(np.float64)
    total = np.zeros(a.shape, np.float32)
    for k in range(a.shape[1]):
        total = (total + np.outer(a[:, k], b[k])).astype(np.float32)
    return total


def diffused(given: Given) -> Array:
    now = given["a"].astype(np.float64)
    for _ in range(10):
        around = now[1:-1, :-2] + now[1:-1, 2:] + now[:-2, 1:-1] + now[2:, 1:-1]
        now[1:-1, 1:-1] += 0.2 * (around - 4 * now[1:-1, 1:-1])
    return now


def multiplied(given: Given) -> Array:
    start, column = given["start"], given["column"]
    x, value = given["x"].astype(np.float64), given["value"].astype(np.float64)
    return np.array([value[a:b] @ x[column[a:b]] for a, b in pairwise(start)])


def darts(_: Given) -> Array:
    mask = 0xFFFFFFFF
    counts: list[int] = []
    for thread in range(1024):
        state, count = 2021 ^ (thread * 2654435761 + 1 & mask), 0
        for _dart in range(64):
            state ^= state << 13 & mask
            state ^= state >> 17
            state ^= state << 5 & mask
            count += (state >> 16) ** 2 + (state & 0xFFFF) ** 2 < 1 << 32
        counts.append(count)
    found: Array = np.array(counts).reshape(32, 32).sum(axis=1)
    return found


def heated(given: Given) -> Array:
    now, power = given["a"].astype(np.float64), given["power"]
    for _ in range(8):
        edge = np.pad(now, 1, mode="edge")
        down = edge[:-2, 1:-1] + edge[2:, 1:-1] - 2 * now
        across = edge[1:-1, :-2] + edge[1:-1, 2:] - 2 * now
        now = now + 0.5 * (power + 0.1 * down + 0.1 * across + 0.005 * (80 - now))
    return now


def factors(given: Given) -> Array:
    m = given["m"].astype(np.float64)
    for k in range(len(m)):
        m[k + 1 :, k] /= m[k, k]
        m[k + 1 :, k + 1 :] -= np.outer(m[k + 1 :, k], m[k, k + 1 :])
    return m


def aligned(given: Given) -> Array:
    scores, same = given["scores"].copy(), given["similarity"]
    for y in range(1, 65):
        for x in range(1, 65):
            diagonal = scores[y - 1, x - 1] + same[y - 1, x - 1]
            scores[y, x] = max(diagonal, scores[y - 1, x] - 10, scores[y, x - 1] - 10)
    return scores


def attracted(given: Given) -> Array:
    places, charges = given["places"].astype(np.float64)[..., :3], given["charges"].astype(np.float64)
    every, charge = places.reshape(-1, 3), charges.reshape(-1)  # in 2 x 2 x 2 boxes all are neighbours
    away = every[:, None] - every
    v = np.exp2(-0.5 * (away**2).sum(axis=2)) * charge
    force = 2 * (v[:, :, None] * away).sum(axis=1)
    return np.concatenate([force, v.sum(axis=1)[:, None]], axis=1).reshape(8, 32, 4)


def added_up(given: Given) -> Array:
    return np.array([given["in"].astype(np.float64).sum()])


def counted(given: Given) -> Array:
    return np.bincount(given["pixels"] // 4, minlength=64)


ORACLES: dict[str, Callable[[Given], Array]] = {
    "matmul": product,
    "stencil": diffused,
    "spmv": multiplied,
    "pi": darts,
    "bitonic": lambda given: np.sort(given["values"], axis=1),
    "scan": lambda given: np.cumsum(given["in"].astype(np.float64)),
    "reduction": added_up,
    "histogram": counted,
    "hotspot": heated,
    "lud": factors,
    "needleman": aligned,
    "lavamd": attracted,
}
EXACT = ("pi", "bitonic", "needleman", "histogram")
QUICK = ("stencil", "bitonic", "reduction", "histogram")  #: to compile; the others take some seconds each
each = pytest.mark.parametrize("name", ORACLES)
some = pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in ORACLES]
)


def loaded(name: str) -> OwnWorkload:
    return load_workload(FOLDER / name / "workload.toml")


def test_every_example_has_an_oracle() -> None:
    assert {path.parent.name for path in FOLDER.glob("*/workload.toml")} == set(ORACLES)


@some
def test_the_golden_result_is_numpy_s(name: str) -> None:
    workload = loaded(name)
    bench = Workbench(workload, workload.given_inputs, shared=False)
    for number, given in enumerate(workload.given_inputs):
        zeros = {b.name: np.zeros(b.shape or (), b.dtype) for b in workload.buffers}
        inputs = {b.name: array for b, array in zip(workload.inputs, given.arrays, strict=True)}
        expected = ORACLES[name]({**zeros, **workload.contents, **inputs})
        found = bench.golden(number).result[workload.outputs[0].name]
        if name in EXACT:
            assert np.array_equal(found, expected)
        else:
            assert np.allclose(found, expected, rtol=2e-5, atol=2e-5)


@each
def test_the_listing_is_of_the_source(name: str) -> None:
    """NVRTC makes the cubin that the listing was made of."""
    folder = FOLDER / name
    record = RECORD.validate_json((folder / f"{name}.json").read_bytes())
    expressions = tuple(kernel.expression for kernel in record.kernels if kernel.expression)
    wish = nvrtc.Wish(expressions=expressions)
    made = nvrtc.compile_program((folder / f"{name}.cu").read_text("utf-8"), f"{name}.cu", "sm_50", wish)
    assert sha256(made.cubin) == record.cubin_sha256
    assert sha256((folder / f"{name}.cubin").read_bytes()) == record.cubin_sha256


@pytest.mark.slow
@each
def test_faults_are_put_into_it(name: str, tmp_path: Path) -> None:
    source = OwnSource(FOLDER / name / "workload.toml")
    with closing((campaign := Campaign(tmp_path, preset("all", injections=15), source=source)).store):
        campaign.run()
        assert (len(campaign.injections()), len(campaign.errors())) == (45, 0)
        assert "SDC" in set(campaign.injections().outcome)
