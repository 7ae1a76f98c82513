"""What becomes of a case: its network run by native twins, beside the stored outputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto
from tests.network.onnx.cases import Case, DataSet, inputs_of, is_float

from sassafras.errors import NetworkError
from sassafras.network.importers.onnx.load import translate
from sassafras.network.importers.onnx.refusal import Reason, RefusedError
from sassafras.network.importers.onnx.walk import Translated
from sassafras.network.network import build_network
from sassafras.workload.running import run_twins


class Fate(StrEnum):
    """Of a case."""

    PASSED = "passed"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True)
class Judged:
    """``reason``: of a refusal; ``said``: the line of an error, or what differs."""

    case: Case
    fate: Fate
    reason: Reason | None = None
    said: str = ""


def judge(case: Case) -> Judged:
    """Run it, and compare at its own tolerances. Every output of the model is run for."""
    model = case.model()
    try:
        for data in case.data(model):
            for differs in _differences(case, model, data):
                return Judged(case, Fate.FAILED, said=differs)
    except RefusedError as error:
        return Judged(case, Fate.REFUSED, error.reason, str(error))
    except NetworkError as error:
        return Judged(case, Fate.FAILED, said=str(error))
    return Judged(case, Fate.PASSED)


def _differences(case: Case, model: ModelProto, data: DataSet) -> Iterator[str]:
    inputs, outputs = data
    for entry, wanted in zip(model.graph.output, outputs, strict=True):
        found = _run(model, entry.name, inputs)
        if found.shape != wanted.shape:
            yield f"{entry.name}: shape {found.shape}, {wanted.shape} is stored"
        elif not np.allclose(found, wanted, case.rtol, case.atol, equal_nan=True):
            worst = np.abs(found.astype(np.float64) - wanted).max()
            yield f"{entry.name}: differs by {worst:.3g}"


def _run(model: ModelProto, output: str, inputs: tuple[Any, ...]) -> NDArray[np.float32]:
    """One input is the picture, the first of float32 for which the model is read; the others are constant."""
    names = [entry.name for entry in inputs_of(model)]
    given = {name: values for name, values in zip(names, inputs, strict=False) if values is not None}
    candidates = [name for name, values in given.items() if is_float(values) and values.size]
    first: RefusedError | None = None
    for name in candidates or (*names[:1], "none")[:1]:
        bound = {other: values for other, values in given.items() if other != name}
        try:
            return _run_network(translate(model, output, bound), given[name])
        except RefusedError as error:
            first = first or error
    assert first is not None
    raise first


def _run_network(found: Translated, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """On all the pictures in ``values``, one after the other."""
    classes = [str(number) for number in range(found.graph.output.per_image)]
    network = build_network(found.graph, found.parameters, classes, "case")
    results = []
    for picture in values.reshape(-1, *found.graph.input.image):
        memory = network.fresh_memory()
        network.load(memory, picture)
        run_twins(network, memory)
        results.append(network.result(memory).numbers.reshape(found.shape))
    return results[0] if len(results) == 1 else np.concatenate(results)
