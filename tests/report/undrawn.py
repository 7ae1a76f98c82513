"""Commands without the drawing of their figures, which takes as long as all the rest of a small study.

What a study draws, `tests/cli/test_run.py`, `tests/hardening/test_command.py` and the tests of this room say.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sassafras.report import drawing


@contextmanager
def undrawn() -> Iterator[None]:
    """No figure of a report is drawn, and none is there: who asks for one does not find it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "_may_fork", lambda: False)
        patch.setattr(drawing.Drawing, "finish", lambda self: None)
        yield
