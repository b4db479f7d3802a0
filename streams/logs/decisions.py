"""One line a decision, at debug: which article, for which watch, how it ended and why. No title, no text."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from streams.flow import Journey

log = logging.getLogger("tapewire.decisions")


def tell(journeys: Sequence[Journey]) -> None:
    """Write the decisions of a batch, when anybody wants them."""
    if not log.isEnabledFor(logging.DEBUG):
        return
    for journey in journeys:
        for decision in journey.decisions:
            log.debug(
                "%s %s %s at %s",
                decision.article_id,
                decision.reason.value,
                decision.watch or "(every watch)",
                decision.stage,
                extra={
                    "article": decision.article_id, "watch": decision.watch, "reason": decision.reason.value,
                    "stage": decision.stage, "story": decision.story_id, "alert": decision.alert_id,
                    "source": decision.source, "origin": str(decision.origin),
                    "ms": decision.decided - decision.seen,
                },
            )  # fmt: skip
