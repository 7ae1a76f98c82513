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
    begin = f"without a fault, on {_counted(found.frames, 'frame')} of the campaign: "
    end = "" if calibration is None else f" ({_bounds(calibration)})"
    if not found.other_words:
        return begin + "every bit is that of the unhardened program" + end
    return (
        f"{begin}range holds {found.held} of {_counted(found.activations, 'activation')}, in "
        f"{_counted(found.held_frames, 'frame')}; {_counted(found.other_outputs, 'output')} other, by "
        f"{found.largest_change:.2g} at most, {found.other_answers} with another answer{end}"
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _bounds(calibration: Calibration) -> str:
    seen = ", which have been seen" if calibration.origin is Origin.IMAGES else ""
    return f"bounds from {_counted(calibration.frames, 'frame')}: {calibration.origin}{seen}"
