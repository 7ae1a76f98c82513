"""C types of kernel parameters."""

from __future__ import annotations

import re
import struct
from enum import StrEnum


class CType(StrEnum):
    """Types that an argument can be given for; what CUDA calls them is in `_WORDS`."""

    POINTER = "pointer"
    FLOAT = "float32"
    DOUBLE = "float64"
    HALF = "float16"
    INT8 = "int8"
    INT16 = "int16"
    INT32 = "int32"
    INT64 = "int64"
    UINT8 = "uint8"
    UINT16 = "uint16"
    UINT32 = "uint32"
    UINT64 = "uint64"
    BOOL = "bool"

    @property
    def code(self) -> str:
        """Of `struct`."""
        return _CODES[self]

    @property
    def nbytes(self) -> int:
        """Its size."""
        return struct.calcsize("<" + self.code)

    @property
    def is_float(self) -> bool:
        """Whether it has a point."""
        return self in (CType.FLOAT, CType.DOUBLE, CType.HALF)


_CODES = dict(zip(CType, "QfdebhiqBHIQ?", strict=True))
_WORDS = {
    CType.FLOAT: ("float",),
    CType.DOUBLE: ("double",),
    CType.HALF: ("__half", "half"),
    CType.INT8: ("char", "signed char", "int8_t"),
    CType.INT16: ("short", "short int", "int16_t"),
    CType.INT32: ("int", "signed", "signed int", "int32_t"),
    CType.INT64: ("long", "long int", "long long", "long long int", "int64_t", "ptrdiff_t"),
    CType.UINT8: ("unsigned char", "uint8_t"),
    CType.UINT16: ("unsigned short", "unsigned short int", "uint16_t"),
    CType.UINT32: ("unsigned", "unsigned int", "uint32_t"),
    CType.UINT64: ("unsigned long", "unsigned long int", "unsigned long long", "uint64_t", "size_t"),
    CType.BOOL: ("bool",),
}
_OF_WORDS = {words: kind for kind, every in _WORDS.items() for words in every}
#: Of the Itanium C++ ABI, as nvcc and NVRTC mangle names (64-bit Linux).
MANGLED = {
    "f": CType.FLOAT,
    "d": CType.DOUBLE,
    "c": CType.INT8,
    "a": CType.INT8,
    "s": CType.INT16,
    "i": CType.INT32,
    "l": CType.INT64,
    "x": CType.INT64,
    "h": CType.UINT8,
    "t": CType.UINT16,
    "j": CType.UINT32,
    "m": CType.UINT64,
    "y": CType.UINT64,
    "b": CType.BOOL,
}


def type_of_words(text: str) -> CType | None:
    """The type that C words say (``const float *``), None for one that is not known here."""
    if "*" in text:
        return CType.POINTER
    words = " ".join(word for word in re.findall(r"\w+", text) if word not in ("const", "volatile"))
    return _OF_WORDS.get(words)
