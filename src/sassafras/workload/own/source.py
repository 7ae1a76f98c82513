"""Workload files as sources of campaigns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from sassafras.architectures.architecture import Architecture
from sassafras.architectures.registry import architecture
from sassafras.errors import SassafrasError, UsageError
from sassafras.toolchain.machine_code import architecture_said
from sassafras.workload.choices import Choice
from sassafras.workload.inputs import Input
from sassafras.workload.own.load import OwnWorkload, read_file, vocabulary_of, workload_of
from sassafras.workload.source import Source
from sassafras.workload.vocabulary import PROGRAM, Vocabulary
from sassafras.workload.workload import Workload


class OwnSource(Source):
    """A workload file."""

    kind: ClassVar[str] = "own"

    def __init__(self, file: Path) -> None:
        self.file = file.resolve()

    @property
    def name(self) -> str:
        """As the file says; its own name where it cannot be read."""
        try:
            return read_file(self.file)[0].name
        except SassafrasError:
            return self.file.stem

    @property
    def is_bundled(self) -> bool:
        """As `Source` says."""
        return False

    @property
    def is_synthetic(self) -> bool:
        """As `Source` says."""
        return False

    @property
    def brings_inputs(self) -> bool:
        """As `Source` says."""
        return True

    @property
    def vocabulary(self) -> Vocabulary:
        """As `Source` says."""
        try:
            return vocabulary_of(read_file(self.file)[0])
        except SassafrasError:
            return PROGRAM

    @property
    def digest(self) -> str:
        """As `Source` says."""
        spec, folder = read_file(self.file)
        return workload_of(spec, folder).digest

    @property
    def arch(self) -> str:
        """The architecture that the file names. Raises UsageError."""
        return architecture(read_file(self.file)[0].architecture).name

    def arch_of_code(self) -> str:
        """The one that all listings and cubins of the file are for. Raises SassafrasError."""
        spec, folder = read_file(self.file)
        said = {
            name: arch
            for name, kernel in spec.kernels.items()
            if (arch := architecture_said(folder / kernel.file)) is not None
        }
        found = sorted(set(said.values()))
        if not found:
            raise UsageError(
                f"{self.file}: no kernel comes as a cubin or a listing, which says its architecture: name one"
            )
        if len(found) > 1:
            raise UsageError(f"{self.file}: its kernels are for {' and '.join(found)}: take those of one")
        return architecture(found[0]).name

    def build(self, target: Architecture) -> OwnWorkload:
        """As `Source` says."""
        return workload_of(*read_file(self.file), target)

    def inputs(self, workload: Workload, choice: Choice) -> Iterable[Input]:
        """The sets of the file, all of them."""
        assert isinstance(workload, OwnWorkload)
        return workload.given_inputs

    def former_digest(self, workload: Workload) -> str:
        """As `Source` says."""
        return workload.digest

    def part_kinds(self) -> tuple[str, ...] | None:
        """The labels of the parts; None where the file, or what it needs, is gone."""
        try:
            spec, folder = read_file(self.file)
            return tuple(part.kind for part in workload_of(spec, folder).parts)
        except SassafrasError:
            return None

    def to_json(self) -> dict[str, Any]:
        """As `Source` says."""
        return {"file": str(self.file)}

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> OwnSource:
        """As `Source` says."""
        if set(stored) != {"file"}:
            raise ValueError("a workload's source is a file")
        return cls(Path(stored["file"]))
