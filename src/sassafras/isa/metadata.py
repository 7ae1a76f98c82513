"""What a kernel's cubin says besides its instructions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sassafras.errors import ListingError
from sassafras.isa.program import Parameter


@dataclass(frozen=True)
class KernelMetadata:
    """Facts of one kernel for one architecture.

    ``register_count``: registers per thread; ``shared_bytes``: static shared memory per block in bytes;
    ``parameter_base``: byte offset of the parameters in constant bank 0; ``constants``: the bytes of the
    compiler's constant bank 2; ``code_bytes``: size of the machine code, scheduling words included (0: not
    known, and a listing is not checked for its end).
    """

    name: str
    arch: str
    register_count: int
    shared_bytes: int
    parameter_base: int
    parameters: tuple[Parameter, ...]
    constants: bytes = b""
    code_bytes: int = 0

    def to_json(self) -> dict[str, object]:
        """A dict of plain JSON values (``constants`` as a hex string)."""
        return {
            "name": self.name,
            "arch": self.arch,
            "register_count": self.register_count,
            "shared_bytes": self.shared_bytes,
            "parameter_base": self.parameter_base,
            "parameters": [
                {"ordinal": p.ordinal, "offset": p.offset, "size": p.size} for p in self.parameters
            ],
            "constants": self.constants.hex(),
            "code_bytes": self.code_bytes,
        }

    @staticmethod
    def from_json(values: Mapping[str, object]) -> KernelMetadata:
        """The inverse of ``to_json``; unknown keys are ignored. Raises ``ListingError`` if a value is missing
        or of the wrong type.
        """
        parameters = tuple(
            Parameter(_integer(p, "ordinal"), _integer(p, "offset"), _integer(p, "size"))
            for p in _list_of_dicts(values, "parameters")
        )
        return KernelMetadata(
            name=_text(values, "name"),
            arch=_text(values, "arch"),
            register_count=_integer(values, "register_count"),
            shared_bytes=_integer(values, "shared_bytes"),
            parameter_base=_integer(values, "parameter_base"),
            parameters=parameters,
            constants=_hex(values, "constants"),
            code_bytes=_integer(values, "code_bytes"),
        )

    def canonical_json(self) -> str:
        """The one JSON text of these facts: sorted keys, no blanks (for digests). The size of the code is
        left out: it says nothing that the listing beside it in a digest does not.
        """
        facts = self.to_json()
        del facts["code_bytes"]
        return json.dumps(facts, sort_keys=True, separators=(",", ":"))


def _wrong(key: str, wanted: str) -> ListingError:
    return ListingError(
        f'kernel metadata: "{key}" must be {wanted}; rebuild the metadata file from its cubin'
    )


def _text(values: Mapping[str, object], key: str) -> str:
    value = values.get(key)
    if not isinstance(value, str):
        raise _wrong(key, "a string")
    return value


def _integer(values: Mapping[str, object], key: str) -> int:
    value = values.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _wrong(key, "a non-negative integer")
    return value


def _hex(values: Mapping[str, object], key: str) -> bytes:
    try:
        return bytes.fromhex(_text(values, key))
    except ValueError:
        raise _wrong(key, "a hex string") from None


def _list_of_dicts(values: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    value = values.get(key)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _wrong(key, "a list of objects")
    return value
