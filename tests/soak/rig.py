"""Real parts under one roof: Apache Kafka, a Redis that keeps its data, the strict Slack at Slack's own pace."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from streams.embedded import EmbeddedRedis
from streams.names import Names
from tests.apache_kafka import ApacheKafka
from tests.slack_server.client import SlackProcess
from tests.slack_server.workspace import BOT_TOKEN
from tests.soak.articles import CHANNELS, watches


@dataclass
class Rig:
    """Started by `async with`; everything listens on 127.0.0.1 and is gone afterwards."""

    partitions: int = 4
    names: Names = field(default_factory=lambda: Names("soak."))
    settings: Mapping[str, str] = field(default_factory=dict)  # that are not as shipped, by their variable
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="tapewire-soak-")))

    async def __aenter__(self) -> Self:
        self.kafka = ApacheKafka(self.partitions)
        names = self.names
        self.kafka.create(names.articles, names.alerts, names.decisions, names.dead, partitions=self.partitions)
        self.redis = EmbeddedRedis(persistent=self.folder)
        self.slack = SlackProcess(journal=self.folder / "slack.jsonl")
        await self.slack.start()
        for channel in CHANNELS:
            await self.slack.ctl("channel", id=channel)
        (self.folder / "watches.toml").write_text(watches(), encoding="utf-8")
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.slack.stop()
        self.redis.stop()
        self.kafka.stop()

    def environment(self) -> dict[str, str]:
        """Only where things are, and `settings`: every other one is as shipped."""
        mine = {k: v for k, v in os.environ.items() if "proxy" not in k.lower() and not k.startswith("TAPEWIRE_")}
        where = {
            "TAPEWIRE_KAFKA": self.kafka.bootstrap,
            "TAPEWIRE_REDIS": self.redis.url,
            "TAPEWIRE_PREFIX": self.names.prefix,
            "TAPEWIRE_WATCHES": str(self.folder / "watches.toml"),
            "TAPEWIRE_SLACK_TOKEN": BOT_TOKEN,
            "TAPEWIRE_SLACK_URL": self.slack.api_url,
            "MALLOC_ARENA_MAX": "1",  # as the image and the unit set it
        }
        return mine | where | dict(self.settings)

    def servers(self) -> dict[str, int]:
        """The process of each server."""
        found = {"Kafka": self.kafka.pid, "Redis": self.redis.pid}
        return {name: pid for name, pid in found.items() if pid}

    def posts(self) -> list[dict[str, Any]]:
        """What Slack stored, in its order."""
        return list(self.slack.journal("post"))
