"""How long what the story memory holds is needed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from streams.records import Millis
from streams.stories import thresholds as at


def in_use(times: Sequence[Millis], slowest: Millis | None) -> float:
    """The oldest event time of a batch that is not late: its articles have yet to claim, so nothing they need may go.

    `slowest` is where the slowest partition was before. Infinite when nothing is needed.
    """
    since = -math.inf if slowest is None else slowest - at.WINDOW
    return min((when for when in times if when >= since), default=math.inf)
