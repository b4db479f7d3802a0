"""Attempts to post, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from streams.basics.times import SECOND
from streams.delivery.book import Delivery, Sign
from streams.delivery.channel import Answer, Doubt, Posted
from streams.metrics import names
from streams.metrics.meter import Meter
from streams.names import kind_of
from streams.ports import Clock


@dataclass(frozen=True, slots=True)
class Delivered:
    """Counts what channels answer."""

    meter: Meter
    clock: Clock

    def __call__(self, delivery: Delivery, answer: Answer, seconds: float) -> None:
        """One attempt, its answer and how long it took."""
        channel = kind_of(delivery.channel)
        word = _word(answer)
        self.meter.count(names.POSTS, channel, word)
        self.meter.observe(names.POST, (seconds,), channel)
        if word == "limited" and channel == "slack":
            self.meter.count(names.RATE_LIMITED)
        if word != "posted":
            return
        now = self.clock.now()
        for alert in delivery.members or (delivery.alert,):
            for since, at in (("published", alert.published), ("seen", alert.seen), ("decided", alert.decided)):
                if at:
                    self.meter.observe(names.SENT, (max(0, now - at) / SECOND,), since)


def _word(answer: Answer) -> str:
    if isinstance(answer, Posted):
        return "posted"
    if isinstance(answer, Doubt):
        return "doubt"
    return "limited" if answer.sign is Sign.LIMITED else "refused"
