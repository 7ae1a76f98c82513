"""Networks as sources of workloads: bundled or of files; their inputs are rendered frames, bundled pictures,
or those of a folder.
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
from sassafras.network.frames import render_frame
from sassafras.network.graph import Graph
from sassafras.network.images import Image, image_from_frame, read_images
from sassafras.network.importers.importer import NetworkFiles, importer_of
from sassafras.network.lenet import LENET
from sassafras.network.network import Network
from sassafras.network.normal import Normal
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
    network's result. ``mean``, ``std``: of `Normal`, for images.
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
        return self.images is None and not self.brings_inputs

    @property
    def brings_inputs(self) -> bool:
        """As `Source` says."""
        return self.images is None and self._bundled is not None and self._bundled.pictures is not None

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
        """The network. Raises NetworkError."""
        files = self.files
        if files is None:
            return BUNDLED[self.bundled].load().on(target)
        return importer_of(files.network).load(files).on(target)

    def inputs(self, workload: Workload, choice: Choice) -> Iterable[Image]:
        """Rendered frames, one by one, or the pictures. Frames and bundled pictures have a label only where
        the classes are those that they show. Raises NetworkError and FrameError.
        """
        if self.images is not None:
            assert isinstance(workload, Network)
            shape, classes = workload.input_shape, workload.classes
            return read_images(self.images, shape, classes, choice.fit, self.count, self.normal).images
        own = self._bundled or ALEXNET
        images: Iterable[Image]
        if self.brings_inputs:
            images = own.images(choice.count)
        else:
            frames = (render_frame(choice.seed, k, choice.classes) for k in range(choice.count))
            images = (image_from_frame(frame) for frame in frames)
        if workload.judgement.answers == own.classes:
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
        paths = {name: getattr(self, name) for name in ("cfg", "weights", "images", "names")}
        whole = {name: None if path is None else path.resolve() for name, path in paths.items()}
        said: dict[str, Any] = self.model_copy(update=whole).model_dump(mode="json")
        for name in ("names", "output", "mean", "std"):  # as it was written before there were any
            if said[name] is None:
                del said[name]
        if self.bundled == ALEXNET.name:  # as it was written when there was no other
            del said["bundled"]
        return said

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> NetworkSource:
        """As `Source` says."""
        return cls.model_validate(stored)
