"""Opcodes that are refused on purpose, in words of what made the compiler write them."""

from __future__ import annotations

_TEXTURE = (
    "texture fetches (tex1D, tex2D, tex1Dfetch and the like) are not emulated: load through a pointer instead"
)
_SURFACE = "surfaces (surf2Dread, surf2Dwrite and the like) are not emulated: use a pointer instead"

REFUSED = {
    **dict.fromkeys(("TEX", "TEXS", "TLD", "TLDS", "TLD4", "TLD4S", "TXD", "TXA", "TMML", "TXQ"), _TEXTURE),
    **dict.fromkeys(("SULD", "SUST", "SUATOM", "SURED", "SUQ"), _SURFACE),
}
"""Opcode -> why."""
