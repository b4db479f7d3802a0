"""Every name that tapewire shares with the outside: topics and Redis keys, which all carry the desk's prefix; channels.

A channel is named `KIND:PLACE`, such as `slack:C01` or `webhook:NAME`; `console` is a kind without places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

CHANNELS: Final[Mapping[str, str]] = MappingProxyType(
    {"slack": "slack:C0...", "webhook": "webhook:NAME", "console": "console"}
)
"""Every kind of channel, and how one is written."""


@dataclass(frozen=True, slots=True)
class Names:
    """Topics and keys of one desk; several desks with different prefixes can share a cluster."""

    prefix: str = ""

    @property
    def articles(self) -> str:
        """Incoming articles: the archive that replay reads."""
        return f"{self.prefix}articles"

    @property
    def alerts(self) -> str:
        """The outbox, keyed by channel."""
        return f"{self.prefix}alerts"

    @property
    def decisions(self) -> str:
        """The ledger."""
        return f"{self.prefix}decisions"

    @property
    def dead(self) -> str:
        """Original bytes of what could not be read or failed."""
        return f"{self.prefix}articles.dead"

    @property
    def feedback(self) -> str:
        """Every click, keyed by channel and kept for ever: what people changed on the desk, and their judgements."""
        return f"{self.prefix}feedback"

    @property
    def topics(self) -> tuple[str, ...]:
        """All of them."""
        return self.articles, self.alerts, self.decisions, self.dead, self.feedback

    def role(self, topic: str) -> str:
        """What a topic is to this desk: its name without the prefix; "" for one that is none of ours."""
        return topic.removeprefix(self.prefix) if topic in self.topics else ""

    @property
    def stories(self) -> str:
        """Redis keys of the story memory."""
        return f"{self.prefix}stories"

    @property
    def delivery(self) -> str:
        """Redis keys of the delivery state."""
        return f"{self.prefix}delivery"

    @property
    def sources(self) -> str:
        """Redis keys of the source book."""
        return f"{self.prefix}sources"

    def group(self, role: str) -> str:
        """The Kafka consumer group (Faust app id) of a role."""
        return f"{self.prefix}tapewire-{role}"


def kind_of(channel: str) -> str:
    """`slack` of `slack:C01`."""
    return channel.split(":", 1)[0]


def place_of(channel: str) -> str:
    """`C01` of `slack:C01`."""
    return channel.split(":", 1)[-1]


def service_of(channel: str) -> str:
    """Who answers: one workspace for all places of `slack`, but each webhook for itself, whose troubles are its own."""
    return channel if kind_of(channel) == "webhook" else kind_of(channel)
