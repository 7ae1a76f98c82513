"""The accuracy of the bundled LeNet-5 on the 10,000 test pictures of Fashion-MNIST, as Sassafras runs it.

Run from the repository root: python training/measure_lenet.py FOLDER (of the data set's .gz files).
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import numpy as np
from fashion import Pictures, read_part

import sassafras

_log = logging.getLogger(__name__)


def confusion(pictures: Pictures) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """True class in rows, the class put first in columns."""
    network = sassafras.load_lenet()
    memory = network.fresh_memory(shared=True)
    found = np.zeros((10, 10), np.int64)
    for pixels, label in zip(pictures.inputs, pictures.labels, strict=True):
        network.load(memory, pixels)
        for launch in network.plan:
            launch.run(memory, network.architecture)
        result = network.result(memory)
        found[label, network.judge(result, result).top1] += 1
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="the data set's .gz files")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    found = confusion(read_part(parser.parse_args().folder, "t10k"))
    for name, row in zip(sassafras.load_lenet().classes, found, strict=True):
        _log.info("%12s %s", name, " ".join(f"{number:4}" for number in row))
    right, total = int(found.trace()), int(found.sum())
    _log.info("%d of %d right: %.2f %%", right, total, right / total * 100)


if __name__ == "__main__":
    main()
