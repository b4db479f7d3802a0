"""Topics on a cluster: looked at, made, widened. Never shrunk, never deleted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, Self

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code

from streams.kafka.cluster import Where, client_options
from streams.kafka.plan import Difference, Found, Topic, differences
from streams.records import Away

_OWN: Final = 1  # Kafka's number for a config that was set on the topic itself
_EXISTS: Final = 36
_TOLD_S: Final = 10.0  # what was mended may take so long to show


class TopicAdmin:
    """An admin client. Raises `Away` when Kafka cannot be reached or refuses."""

    def __init__(self, where: Where) -> None:
        self._admin = AIOKafkaAdminClient(request_timeout_ms=20_000, **client_options(where))

    async def __aenter__(self) -> Self:
        try:
            await self._admin.start()
        except (KafkaError, OSError) as fault:
            await self._admin.close()
            raise Away(f"Kafka: {fault!r}") from None
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._admin.close()

    async def check(self, planned: Sequence[Topic]) -> list[Difference]:
        """Every difference between plan and cluster."""
        found = await self._called(self._found([t.name for t in planned]))
        return [d for topic in planned for d in differences(topic, found.get(topic.name))]

    async def apply(self, planned: Sequence[Topic]) -> tuple[list[str], list[Difference]]:
        """Make, widen and raise what `check` calls ours; what was done, and what is left for a person."""
        done = []
        for topic in planned:
            ours = [d for d in await self.check([topic]) if d.ours]
            done += [f"{topic.name}: mended: {d.words}" for d in ours]
            if ours:
                await self._called(self._mend(topic, ours))
        return done, await self._settled(planned)

    async def ensure(self, topic: Topic) -> None:
        """Make it as planned when it is not there; one that is stays as it is."""
        if topic.name not in await self._called(self._admin.list_topics()):
            await self._called(self._create(topic))

    async def _settled(self, planned: Sequence[Topic]) -> list[Difference]:
        """What is left once the brokers have told each other, or after a while."""
        end = time.monotonic() + _TOLD_S
        while True:
            left = await self.check(planned)
            if not any(d.ours for d in left) or time.monotonic() > end:
                return left
            await asyncio.sleep(0.1)

    async def _called(self, call: Any) -> Any:
        try:
            return await call
        except (KafkaError, OSError, TimeoutError) as fault:
            raise Away(f"Kafka: {fault!r}") from None

    async def _mend(self, topic: Topic, ours: Sequence[Difference]) -> None:
        if any(d.missing for d in ours):
            await self._create(topic)
            return
        if any(not d.key for d in ours):
            await self._admin.create_partitions({topic.name: NewPartitions(topic.partitions)})
        raised = {d.key: topic.configs[d.key] for d in ours if d.key}
        if raised:  # the request replaces all of a topic's own configs, so those it has are said again
            own = await self._configs(topic.name, own=True)
            resource = ConfigResource(ConfigResourceType.TOPIC, topic.name, {**own, **raised})
            for answer in await self._admin.alter_configs([resource]):
                for code, message, *_ in answer.resources:
                    _refused(code, message)

    async def _create(self, topic: Topic) -> None:
        new = NewTopic(topic.name, topic.partitions, topic.replication, topic_configs=dict(topic.configs))
        answer = await self._admin.create_topics([new])
        for _, code, *rest in answer.topic_errors:
            if code != _EXISTS:  # another process made it meanwhile
                _refused(code, rest[0] if rest else "")

    async def _found(self, topics: Sequence[str]) -> dict[str, Found]:
        there = set(await self._admin.list_topics())
        described = await self._admin.describe_topics([t for t in topics if t in there]) if there & {*topics} else []
        found = {}
        for topic in described:
            partitions = topic["partitions"]
            copies = min((len(p["replicas"]) for p in partitions), default=0)
            found[topic["topic"]] = Found(len(partitions), copies, await self._configs(topic["topic"]))
        return found

    async def _configs(self, topic: str, *, own: bool = False) -> Mapping[str, str]:
        answers = await self._admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
        found: dict[str, str] = {}
        for answer in answers:
            for code, message, _, _, entries in answer.resources:
                _refused(code, message)
                found |= {e[0]: e[1] for e in entries if not own or e[3] == _OWN}
        return found


def _refused(code: int, message: str | None) -> None:
    if code:
        raise for_code(code)(message or "")
