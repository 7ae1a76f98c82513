"""Synthetic laparoscopy frames: labelled pictures of seven instruments over tissue, rendered from a seed."""

from __future__ import annotations

from sassafras.network.frames.classes import FrameClasses, balanced_class
from sassafras.network.frames.fields import SIZE
from sassafras.network.frames.frame import Frame, FrameError
from sassafras.network.frames.instruments import CLASS_NAMES
from sassafras.network.frames.renderer import render_frame, render_frames
from sassafras.network.frames.sheet import contact_sheet

__all__ = [
    "CLASS_NAMES",
    "SIZE",
    "Frame",
    "FrameClasses",
    "FrameError",
    "balanced_class",
    "contact_sheet",
    "render_frame",
    "render_frames",
]
