"""What a protection changes where there is no fault, in words."""

from __future__ import annotations

from sassafras.hardening.bounds import Calibration, Origin
from sassafras.hardening.fault_free import FaultFree
from sassafras.hardening.study import Study


def fault_free_lines(study: Study) -> list[str]:
    """One line for protections that may change something; none for others."""
    if study.fault_free is None:
        return []
    return [said_of(study.fault_free, study.protection.calibration)]


def said_of(found: FaultFree, calibration: Calibration | None) -> str:
    """The line."""
    begin = f"without a fault, on the campaign's {found.frames} frames: "
    if not found.other_words:
        same = "every bit is that of the unhardened program"
        return begin + same + ("" if calibration is None else f" ({_bounds(calibration)})")
    held = f"range holds {found.held} of {found.activations} activations, in {found.held_frames} frames"
    changes = (
        f"{found.other_outputs} outputs differ, by {found.largest_change:.2g} at most, "
        f"{found.other_answers} in the class put first"
    )
    return begin + held + "; " + changes + ("" if calibration is None else f" ({_bounds(calibration)})")


def _bounds(calibration: Calibration) -> str:
    seen = ", which have been seen" if calibration.origin is Origin.IMAGES else ""
    return f"bounds from {calibration.frames} frames: {calibration.origin}{seen}"
