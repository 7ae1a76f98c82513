"""What of a kernel cannot be carried out, all of it in one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sassafras.errors import ListingError

MOST_SHOWN = 12  #: forms in a message

_TEXTURE = "a texture is read (tex1Dfetch, tex2D and their like)"
_SURFACE = "a surface is read or written (surf2Dread, surf2Dwrite and their like)"
_SHADER = "graphics, which no CUDA source compiles to"
_OF_FOUR_WARPS = "a product of matrices of four warps (wgmma)"
_OF_TENSOR_MEMORY = "a product of matrices in tensor memory (tcgen05)"
_TENSOR_MEMORY = "tensor memory (tcgen05) is moved or managed"
_SMALL_FLOATS = "a product of matrices of 8-bit floats or smaller ones"
_SINGLE_BITS = "a product of matrices of single bits"
_BARRIER_IN_MEMORY = "a barrier in shared memory (mbarrier)"
_TILES = "a copy of tiles by the tensor memory accelerator"

MODELLED_PRODUCTS = "a product of matrices on tensor cores, whose sums are modelled only"
MODEL_PRODUCTS = "--tensor-cores modelled carries it out"

#: What CUDA source says where an opcode stands that is not emulated on any way.
CONSTRUCTS = MappingProxyType(
    dict.fromkeys(("TEX", "TEXS", "TLD", "TLDS", "TLD4", "TLD4S", "TXA", "TXD", "TXQ", "TMML"), _TEXTURE)
    | dict.fromkeys(("SULD", "SUST", "SURED", "SUATOM", "SUQ", "SUEAU", "SUBFM", "SUCLAMP"), _SURFACE)
    | dict.fromkeys(("FSWZADD", "PIXLD", "IPA", "AL2P", "ALD", "AST", "OUT", "ISBERD", "VILD"), _SHADER)
    | dict.fromkeys(("HGMMA", "IGMMA", "QGMMA", "BGMMA", "WARPGROUP", "WARPGROUPSET"), _OF_FOUR_WARPS)
    | dict.fromkeys(("UTCHMMA", "UTCIMMA", "UTCQMMA", "UTCOMMA", "UTCMXQMMA"), _OF_TENSOR_MEMORY)
    | dict.fromkeys(
        ("LDT", "STT", "LDTM", "STTM", "UTCATOMSWS", "UTCBAR", "UTCCP", "UTCSHIFT"), _TENSOR_MEMORY
    )
    | dict.fromkeys(("QMMA", "OMMA"), _SMALL_FLOATS)
    | {"BMMA": _SINGLE_BITS}
    | dict.fromkeys(("SYNCS", "ARRIVES"), _BARRIER_IN_MEMORY)
    | dict.fromkeys(
        (
            "UTMALDG",
            "UTMASTG",
            "UTMAREDG",
            "UTMAPF",
            "UTMACCTL",
            "UTMACMDFLUSH",
            "UBLKCP",
            "UBLKPF",
            "UBLKRED",
        ),
        _TILES,
    )
    | {"JCAL": "a function at an absolute address is called", "RTT": "a trap handler returns"}
)


#: What CUDA source says where a function is called that is in no cubin.
_FUNCTIONS = {
    "vprintf": "printf",
    "malloc": "malloc or new",
    "free": "free or delete",
    "cudaLaunchDevice": "a launch from the device",
    "cudaLaunchDeviceV2": "a launch from the device",
    "cudaGetParameterBuffer": "a launch from the device",
    "cudaGetParameterBufferV2": "a launch from the device",
}


@dataclass(frozen=True)
class Refusal:
    """One instruction (byte offset and printed text) and why it cannot be carried out."""

    offset: int
    text: str
    why: str

    @property
    def form(self) -> tuple[str, str]:
        """What two refusals have in common that say the same: opcode with modifiers, and reason."""
        words = self.text.split()
        return words[self.text.startswith("@")] if words else "", self.why


class FormsRefused(ListingError):
    """Instructions of a kernel that are not emulated: the first of each form, and how many more there are."""

    def __init__(self, kernel: str, refusals: Sequence[Refusal], way_out: str) -> None:
        self.kernel, self.refusals, self.way_out = kernel, tuple(refusals), way_out
        by_form: dict[tuple[str, str], list[Refusal]] = {}
        for refusal in refusals:
            by_form.setdefault(refusal.form, []).append(refusal)
        told = [_told(alike) for alike in by_form.values()]
        more = [f"and {len(told) - MOST_SHOWN} more forms"] if len(told) > MOST_SHOWN else []
        super().__init__("; ".join((kernel + told[0], *told[1:MOST_SHOWN], *more, way_out)))

    def __reduce__(self) -> tuple[type[FormsRefused], tuple[str, tuple[Refusal, ...], str]]:
        """Errors of workers are sent to who started them."""
        return FormsRefused, (self.kernel, self.refusals, self.way_out)


def _told(alike: Sequence[Refusal]) -> str:
    first = alike[0]
    times = f" ({len(alike)} times)" if len(alike) > 1 else ""
    return f'+{first.offset:#06x}: "{first.text}": {first.why}{times}'


def unknown_opcode(opcode: str) -> str:
    """Why an opcode without a record is refused."""
    construct = CONSTRUCTS.get(opcode)
    return f"opcode {opcode} is not supported" + (f": {construct}" if construct else "")


def missing_functions(symbols: Sequence[str]) -> str:
    """Why a call is refused that may be one of functions which are not there."""
    said = [f"{one} ({_FUNCTIONS[one]})" if one in _FUNCTIONS else one for one in symbols]
    return f"a function outside the file is called, which is not emulated: {' or '.join(said)}"
