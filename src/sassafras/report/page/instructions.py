"""What is known of the instructions of a campaign's kernels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sassafras.analysis.results import Results
from sassafras.errors import SassafrasError
from sassafras.kernels.cuda_lines import load_lines
from sassafras.kernels.programs import load_program


@dataclass(frozen=True)
class Known:
    """What is known of an instruction: SASSIFI's groups, and the CUDA line it comes from ("file:line" or
    "").
    """

    groups: tuple[str, ...] = ()
    source: str = ""


Instructions = Mapping[tuple[str, int], Known]  #: by kernel and byte offset
UNKNOWN = Known()


def known_instructions(results: Results) -> Instructions:
    """Every instruction of the campaign's kernels; none of a kernel that is not bundled."""
    found: dict[tuple[str, int], Known] = {}
    for kernel in results.kernels:
        try:
            program, lines = load_program(kernel, results.arch), load_lines(kernel, results.arch)
        except SassafrasError:
            continue
        for instruction in program.instructions:
            places = lines.at(instruction.offset)
            source = f"{places[0].file}:{places[0].line}" if places else ""
            groups = tuple(group.name for group in sorted(instruction.groups))
            found[kernel, instruction.offset] = Known(groups, source)
    return found
