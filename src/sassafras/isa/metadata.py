"""What a kernel's cubin says besides its instructions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, NonNegativeInt, TypeAdapter

from sassafras.isa.module import Hex, Module, is_nothing
from sassafras.isa.program import Parameter


@dataclass(frozen=True)
class KernelMetadata:
    """Facts of one kernel for one architecture.

    ``register_count``: registers per thread; ``shared_bytes``: static shared memory per block in bytes;
    ``parameter_base``: byte offset of the parameters in constant bank 0; ``constants``: the bytes of the
    compiler's constant bank 2; ``code_bytes``: size of the machine code, scheduling words included (0: not
    known, and a listing is not checked for its end); ``stack_bytes``: local memory per thread that the
    compiler asks for (0: none, or, where functions call themselves, unknown); ``module``: the variables of
    the cubin, None where it has none; ``calls``: functions that are not in the cubin and that it, or a
    function of the cubin that it calls, may call.
    """

    name: str
    arch: str
    register_count: NonNegativeInt
    shared_bytes: NonNegativeInt
    parameter_base: NonNegativeInt
    parameters: tuple[Parameter, ...]
    constants: Hex = b""
    code_bytes: NonNegativeInt = 0
    stack_bytes: Annotated[int, Field(ge=0, exclude_if=is_nothing)] = 0
    module: Annotated[Module | None, Field(exclude_if=is_nothing)] = None
    calls: Annotated[tuple[str, ...], Field(exclude_if=is_nothing)] = ()

    def to_json(self) -> dict[str, Any]:
        """A dict of plain JSON values (``constants`` as a hex string)."""
        facts: dict[str, Any] = _JSON.dump_python(self, mode="json")
        return facts

    def canonical_json(self) -> str:
        """The one JSON text of these facts: sorted keys, no blanks (for digests). The size of the code is
        left out: it says nothing that the listing beside it in a digest does not.
        """
        facts = self.to_json()
        del facts["code_bytes"]
        return json.dumps(facts, sort_keys=True, separators=(",", ":"))


_JSON = TypeAdapter(KernelMetadata)
