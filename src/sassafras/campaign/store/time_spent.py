"""Time that a campaign takes, kept in its store while it runs: a kill loses that of the work in flight."""

from __future__ import annotations

import time
from collections.abc import Callable

from sassafras.campaign.store.results import Store

KEY = "seconds"
WHAT = ("profile", "inject", "total")


def stored_seconds(value: dict[str, float] | None) -> dict[str, float]:
    """Seconds by what they were spent on, from the store's JSON."""
    return dict.fromkeys(WHAT, 0.0) | (value or {})


class TimeSpent:
    """Seconds that earlier runs of the campaign took, and those of this one."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._spent = stored_seconds(store.meta(KEY))
        self._began: dict[str, float] = {}

    def begin(self, what: str) -> None:
        """The clock of this task runs."""
        self._began[what] = self._clock()

    def end(self, what: str) -> None:
        """It stops; all clocks are written down."""
        now = self.until_now()
        self._spent[what] = now[what]
        del self._began[what]
        self._store.put_meta(KEY, now)

    def until_now(self) -> dict[str, float]:
        """Seconds by task, those of running clocks included."""
        now = self._clock()
        return self._spent | {what: self._spent[what] + now - began for what, began in self._began.items()}
