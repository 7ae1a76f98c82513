"""Networks as sources of workloads: bundled or of files; rendered frames or a folder of pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from sassafras.architectures.architecture import Architecture
from sassafras.architectures.registry import default_architecture
from sassafras.errors import NetworkError
from sassafras.network.alexnet import (
    NAME,
    bundled_digest,
    bundled_former_digest,
    bundled_graph,
    load_alexnet,
)
from sassafras.network.frames import CLASS_NAMES, render_frame
from sassafras.network.graph import Graph
from sassafras.network.images import Image, image_from_frame, read_images
from sassafras.network.importers.importer import NetworkFiles, importer_of
from sassafras.network.network import Network
from sassafras.network.normal import Normal
from sassafras.workload.choices import Choice
from sassafras.workload.source import Source
from sassafras.workload.workload import Workload


class NetworkSource(BaseModel, Source):
    """Files of a campaign. ``cfg``: of the network, in any format that an importer reads; None: the bundled
    network. ``weights``: where they are in a file of their own. ``images`` None: rendered frames; else the
    folder, of which the first ``count`` images were used. ``names``: of the classes, None: numbered.
    ``output``: what is judged, None: the network's result. ``mean``, ``std``: of `Normal`, for images.
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

    @property
    def name(self) -> str:
        """Of the network: "alexnet", or its file's."""
        return NAME if self.cfg is None else self.cfg.stem

    @property
    def is_bundled(self) -> bool:
        """As `Source` says."""
        return self.cfg is None

    @property
    def is_synthetic(self) -> bool:
        """Whether frames are rendered."""
        return self.images is None

    @property
    def digest(self) -> str:
        """As `Source` says."""
        return bundled_digest() if self.cfg is None else self.build(default_architecture()).digest

    def build(self, target: Architecture) -> Network:
        """The network. Raises NetworkError."""
        files = self.files
        if files is None:
            return load_alexnet().on(target)
        return importer_of(files.network).load(files).on(target)

    def inputs(self, workload: Workload, choice: Choice) -> Iterable[Image]:
        """Rendered frames, one by one, or the pictures. Only where the classes are the instruments that
        frames show does a frame have a label. Raises NetworkError and FrameError.
        """
        if self.images is not None:
            assert isinstance(workload, Network)
            shape, classes = workload.input_shape, workload.classes
            return read_images(self.images, shape, classes, choice.fit, self.count, self.normal).images
        frames = (render_frame(choice.seed, k, choice.classes) for k in range(choice.count))
        images = (image_from_frame(frame) for frame in frames)
        if workload.judgement.answers == CLASS_NAMES:
            return images
        return (replace(image, label=None) for image in images)

    def former_digest(self, workload: Workload) -> str:
        """As `Source` says."""
        files = self.files
        if files is None:
            return bundled_former_digest()
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
            return bundled_graph()
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
        return said

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> NetworkSource:
        """As `Source` says."""
        return cls.model_validate(stored)
