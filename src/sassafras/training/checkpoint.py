"""Where a training stands at the end of an epoch: a file that is whole or not there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from sassafras.errors import TrainingError
from sassafras.training.schedule import Epoch
from sassafras.whole_files import whole_file

NAME = "checkpoint.safetensors"
Tensors = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """``recipe``: digest of what it is of. ``history``: the epochs so far. ``parameters``: of the network as
    it is trained; ``best``: those of the best epoch; ``first``, ``second``: AdamW's means of gradients and of
    their squares. ``steps``: done so far.
    """

    recipe: str
    parameters: Tensors
    best: Tensors
    first: Tensors
    second: Tensors
    steps: int = 0
    history: list[Epoch] = field(default_factory=list)


_GROUPS = ("parameters", "best", "first", "second")


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Replace the former one, durably."""
    tensors = {
        f"{group}/{name}": np.ascontiguousarray(values)
        for group in _GROUPS
        for name, values in getattr(checkpoint, group).items()
    }
    said = {
        "recipe": checkpoint.recipe,
        "steps": str(checkpoint.steps),
        "history": json.dumps([asdict(epoch) for epoch in checkpoint.history]),
    }
    with whole_file(folder / NAME) as file:
        file.write(save(tensors, said))


def read_checkpoint(folder: Path, recipe: str) -> Checkpoint | None:
    """The last one; None: there is none. Raises TrainingError for another recipe's, and a damaged one."""
    path = folder / NAME
    if not path.exists():
        return None
    try:
        with safe_open(path, "np") as file:
            said = file.metadata()
            groups: dict[str, dict[str, NDArray[np.float32]]] = {group: {} for group in _GROUPS}
            for key in file.keys():  # noqa: SIM118 - it is no mapping
                group, _, name = key.partition("/")
                groups[group][name] = file.get_tensor(key)
        history = [Epoch(**one) for one in json.loads(said["history"])]
        found = Checkpoint(said["recipe"], **groups, steps=int(said["steps"]), history=history)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{path} is damaged ({error}); remove it to begin again") from None
    if found.recipe != recipe:
        raise TrainingError(
            f"{folder} holds another training (other data, network or options); choose another --out, or "
            "give the same options to go on"
        )
    return found
