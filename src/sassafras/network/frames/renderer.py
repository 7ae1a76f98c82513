"""Frames from seeds: a synthetic stand-in for Cholec80 (paper section 5.1), which is not ours to ship.

Frame `index` of seed `seed` depends on those two numbers (and on whether classes are balanced) alone, so any
part of a set can be made anywhere.
"""

from __future__ import annotations

from sassafras.network.frames import camera, clutter
from sassafras.network.frames.classes import FrameClasses, balanced_class
from sassafras.network.frames.dice import Dice
from sassafras.network.frames.fields import IntField
from sassafras.network.frames.frame import Frame, FrameError
from sassafras.network.frames.instruments import CLASS_NAMES, INSTRUMENTS, Tool, shaft
from sassafras.network.frames.placing import lay_tool, paint_tool, random_pose
from sassafras.network.frames.tissue import tissue_picture

_LIMIT = 1 << 63


def render_frame(seed: int, index: int, classes: FrameClasses = FrameClasses.DRAWN) -> Frame:
    """Frame number `index` of the set `seed`; both in 0 .. 2**63 - 1.

    Drawn or balanced, frames of the same seed, index and class are the same: only the instrument differs.
    Raises FrameError when either is out of range.
    """
    return render_with_tip(seed, index, classes)[0]


def render_with_tip(
    seed: int, index: int, classes: FrameClasses = FrameClasses.DRAWN
) -> tuple[Frame, tuple[float, float]]:
    """The same frame, and where the middle of the instrument's tip is: column and row, in pixels."""
    for what, number in (("seed", seed), ("index", index)):
        if not 0 <= number < _LIMIT:
            raise FrameError(f"frame {what} {number} is out of range; give a number from 0 to 2**63 - 1")
    dice = Dice(seed, index)
    label = dice.integer(0, len(CLASS_NAMES) - 1)  # drawn always: what follows stays where it is
    if classes is FrameClasses.BALANCED:
        label = balanced_class(seed, index)
    scene, tip = _field_with_tool(dice, label)
    pixels = camera.to_pixels(_through_camera(dice, scene))
    pixels.flags.writeable = False
    return Frame(pixels, label, f"seed{seed}-{index:06d}-{CLASS_NAMES[label]}"), tip


def render_frames(
    seed: int, count: int, start: int = 0, classes: FrameClasses = FrameClasses.DRAWN
) -> list[Frame]:
    """Frames `start` to `start + count - 1` of the set `seed`. Raises FrameError when out of range."""
    if count < 0:
        raise FrameError(f"cannot render {count} frames; give a count of 0 or more")
    return [render_frame(seed, index, classes) for index in range(start, start + count)]


def _field_with_tool(dice: Dice, label: int) -> tuple[IntField, tuple[float, float]]:
    """Tissue, clutter and the instrument, before the camera; and the middle of the instrument's tip."""
    tissue = tissue_picture(dice)
    scene = tissue
    if dice.chance(0.5):
        scene = clutter.add_vessels(dice, scene)
    if dice.chance(0.35):
        scene = clutter.add_blood(dice, scene)
    if dice.chance(0.2):
        scene = _bare_shaft(dice, scene)
    tool = INSTRUMENTS[CLASS_NAMES[label]](dice)
    pose = random_pose(dice, tool.reach, dice.pick((24.0, 50.0, 60.0)))
    scene = lay_tool(dice, scene, paint_tool(dice, tool, pose))
    if dice.chance(0.2):
        scene = clutter.cover_with_tissue(dice, scene, tissue, pose.anchor)
    if dice.chance(0.15):
        scene = clutter.add_blood(dice, scene)
    return scene, pose.anchor


def _bare_shaft(dice: Dice, scene: IntField) -> IntField:
    """A second instrument whose tip is hidden: it distracts, and has no label."""
    hidden = Tool(tuple(shaft(dice)), -2 * dice.uniform(16.0, 24.0))
    return lay_tool(dice, scene, paint_tool(dice, hidden, random_pose(dice, hidden.reach, -10.0)))


def _through_camera(dice: Dice, scene: IntField) -> IntField:
    """The scene as the endoscope's camera sees it."""
    if dice.chance(0.3):
        scene = clutter.add_smoke(dice, scene)
    if dice.chance(0.25):
        scene = clutter.add_glare(dice, scene)
    scene = camera.fall_off(dice, scene)
    if dice.chance(0.25):
        scene = camera.move(dice, scene)
    if dice.chance(0.25):
        scene = camera.defocus(dice, scene)
    scene = camera.tint(dice, scene)
    if dice.chance(0.5):
        scene = camera.round_field(dice, scene)
    return camera.grain(dice, scene)
