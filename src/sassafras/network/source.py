"""Networks as sources of workloads: bundled or of files; their inputs are rendered frames, bundled pictures,
those of a folder, or frames of Cholec80.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, field_validator

from sassafras.architectures.architecture import Architecture
from sassafras.architectures.registry import default_architecture
from sassafras.errors import NetworkError
from sassafras.network.alexnet import ALEXNET
from sassafras.network.bundled import Bundled
from sassafras.network.cholec80.dataset import Cholec80, Split
from sassafras.network.cholec80.pictures import as_images
from sassafras.network.frames import render_frame
from sassafras.network.graph import Graph
from sassafras.network.images import Image, image_from_frame, read_images
from sassafras.network.importers.importer import NetworkFiles, importer_of
from sassafras.network.lenet import LENET
from sassafras.network.network import Network
from sassafras.network.normal import Normal
from sassafras.network.together import judged_together, labels_of_tools, relabelled
from sassafras.workload.choices import Choice
from sassafras.workload.source import Source
from sassafras.workload.workload import Workload

#: Networks that every installation has, by name. The first is the default.
BUNDLED = {network.name: network for network in (ALEXNET, LENET)}


class NetworkSource(BaseModel, Source):
    """Files of a campaign. ``cfg``: of the network, in any format that an importer reads; None: the network
    of `BUNDLED` that is named ``bundled``. ``weights``: where they are in a file of their own. ``images``
    None: the pictures that come with it, else rendered frames; else the folder, of which the first ``count``
    images were used. ``names``: of the classes, None: numbered. ``output``: what is judged, None: the
    network's result. ``mean``, ``std``: of `Normal`, for images. ``cholec80``: folder of the data set whose
    frames, of this ``split``, are the inputs. ``multi_label``: from which probability on several classes are
    present together; None: the largest is the answer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: ClassVar[str] = "network"

    cfg: Path | None = None
    weights: Path | None = None
    images: Path | None = None
    count: int | None = None
    names: Path | None = None
    output: str | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    cholec80: Path | None = None
    split: Split = Split.TEST
    multi_label: float | None = None
    bundled: str = ALEXNET.name

    @property
    def normal(self) -> Normal | None:
        """What becomes of the values of images; None: nothing. Raises NetworkError."""
        given = {name: value for name in ("mean", "std") if (value := getattr(self, name)) is not None}
        return Normal(**given) if given else None

    @property
    def files(self) -> NetworkFiles | None:
        """Of the network; None: the bundled one."""
        if self.cfg is None:
            return None
        return NetworkFiles(self.cfg, self.weights, self.names, self.output)

    @field_validator("bundled")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in BUNDLED:
            raise ValueError(f"no network {name!r} is bundled; there are: {', '.join(BUNDLED)}")
        return name

    @property
    def _bundled(self) -> Bundled | None:
        return BUNDLED[self.bundled] if self.cfg is None else None

    @property
    def name(self) -> str:
        """Of the network: "alexnet", "lenet", or its file's."""
        return self.bundled if self.cfg is None else self.cfg.stem

    @property
    def is_bundled(self) -> bool:
        """As `Source` says."""
        return self.cfg is None

    @property
    def is_synthetic(self) -> bool:
        """Whether frames are rendered."""
        return self.images is None and self.cholec80 is None and not self.brings_inputs

    @property
    def brings_inputs(self) -> bool:
        """As `Source` says."""
        given = self.images is not None or self.cholec80 is not None
        return not given and self._bundled is not None and self._bundled.pictures is not None

    @property
    def inputs_from(self) -> str | None:
        """As `Source` says."""
        return None if self.cholec80 is None else f"of Cholec80, split {self.split}, drawn by the seed"

    @property
    def together(self) -> float | None:
        """As `Source` says."""
        return self.multi_label

    @property
    def everything(self) -> str | None:
        """As `Source` says."""
        return None if self._bundled is None else self._bundled.everything

    @property
    def trained_on(self) -> str | None:
        """As `Source` says."""
        return None if self._bundled is None else self._bundled.trained_on

    @property
    def digest(self) -> str:
        """As `Source` says."""
        own = self._bundled
        return self.build(default_architecture()).digest if own is None else own.digest

    def build(self, target: Architecture) -> Network:
        """The network. Raises NetworkError, and UsageError where its classes cannot be judged together."""
        files = self.files
        network = BUNDLED[self.bundled].load() if files is None else importer_of(files.network).load(files)
        if self.multi_label is not None:
            network = judged_together(network, self.multi_label)
        return network.on(target)

    def inputs(self, workload: Workload, choice: Choice) -> Iterable[Image]:
        """Rendered frames, one by one, or the pictures. Frames and bundled pictures have a label only where
        the classes are those that they show. Raises NetworkError and FrameError.
        """
        assert isinstance(workload, Network)
        return (
            relabelled(self._inputs(workload, choice), workload)
            if self.cholec80 is None
            else (self._of_cholec80(Cholec80(self.cholec80), workload, choice))
        )

    def _of_cholec80(self, data: Cholec80, network: Network, choice: Choice) -> Iterable[Image]:
        drawn = data.drawn(self.split, choice.count, choice.seed)
        label_of = labels_of_tools(network) or (lambda _: None)
        return as_images(data, drawn, network.input_shape, choice.fit, self.normal, label_of)

    def _inputs(self, network: Network, choice: Choice) -> Iterable[Image]:
        """Those that are labelled by one class."""
        if self.images is not None:
            shape, classes = network.input_shape, network.classes
            return read_images(self.images, shape, classes, choice.fit, self.count, self.normal).images
        own = self._bundled or ALEXNET
        images: Iterable[Image]
        if self.brings_inputs:
            images = own.images(choice.count)
        else:
            frames = (render_frame(choice.seed, k, choice.classes) for k in range(choice.count))
            images = (image_from_frame(frame) for frame in frames)
        if network.judgement.classes == own.classes:
            return images
        return (replace(image, label=None) for image in images)

    def former_digest(self, workload: Workload) -> str:
        """As `Source` says."""
        files = self.files
        if files is None:
            return BUNDLED[self.bundled].former_digest
        former = importer_of(files.network).former_digest
        return workload.digest if former is None else former(files, workload.contents)

    def part_kinds(self) -> tuple[str, ...] | None:
        """The kind of each layer ("convolutional"), from the network's files."""
        try:
            return tuple(node.kind for node in self._graph().nodes)
        except NetworkError:
            return None

    def _graph(self) -> Graph:
        files = self.files
        if files is None:
            return BUNDLED[self.bundled].graph
        importer = importer_of(files.network)
        return importer.load(files).graph if importer.graph is None else importer.graph(files)

    def to_json(self) -> dict[str, Any]:
        """As `Source` says."""
        paths = {name: getattr(self, name) for name in ("cfg", "weights", "images", "names", "cholec80")}
        whole = {name: None if path is None else path.resolve() for name, path in paths.items()}
        said: dict[str, Any] = self.model_copy(update=whole).model_dump(mode="json")
        for name in ("names", "output", "mean", "std", "cholec80", "multi_label"):  # as before there were any
            if said[name] is None:
                del said[name]
        if self.cholec80 is None:
            del said["split"]
        if self.bundled == ALEXNET.name:  # as it was written when there was no other
            del said["bundled"]
        return said

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> NetworkSource:
        """As `Source` says."""
        return cls.model_validate(stored)
