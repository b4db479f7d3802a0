"""Says in the log when articles were read too late to be told (`catch_up`), and how many they were."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from streams.basics.times import whole_words
from streams.flow import Journey
from streams.records import Millis
from streams.stages.decide import was_behind

log = logging.getLogger(__name__)

QUIET_S: Final = 30.0
"""A stretch has ended when nothing was let go for so long: partitions are read by turns, old and new."""


@dataclass(slots=True)
class LetGo:
    """Counts the articles of a stretch, says so at its begin and how many at its end."""

    monotonic: Callable[[], float] = time.monotonic
    number: int = 0
    longest: Millis = 0
    last: float = 0.0

    def add(self, journeys: Sequence[Journey]) -> None:
        """Enter a batch that is decided."""
        for journey in journeys:
            late = [d for d in journey.decisions if was_behind(d)]
            if not late:
                continue
            if not self.number:
                log.warning(
                    "from %s on: %s; such articles are late, and nobody is told", late[0].origin, late[0].detail
                )
            self.number += 1
            self.longest = max(self.longest, late[0].decided - late[0].seen)
            self.last = self.monotonic()

    def look(self) -> None:
        """Whether a stretch has ended; to be called every few seconds."""
        if self.number and self.monotonic() - self.last >= QUIET_S:
            log.warning("%d articles were late: they lay on Kafka for up to %s", self.number, whole_words(self.longest))
            self.number, self.longest = 0, 0
