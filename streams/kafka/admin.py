"""Topics on a cluster: looked at, made, widened. Never shrunk, never deleted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
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

Due = Callable[[Difference], bool]
"""Which differences are to be mended."""


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
        return await self._mended(planned, lambda difference: difference.ours)

    async def make(self, planned: Sequence[Topic]) -> tuple[list[str], list[Difference]]:
        """Make what is not there, and change nothing that is; what was done, and what else is not as planned."""
        return await self._mended(planned, lambda difference: difference.missing)

    async def ensure(self, topic: Topic) -> None:
        """Make it as planned when it is not there; one that is stays as it is."""
        if topic.name not in await self._called(self._admin.list_topics()):
            await self._called(self._create(topic))

    async def _mended(self, planned: Sequence[Topic], due: Due) -> tuple[list[str], list[Difference]]:
        done = []
        for topic in planned:
            differ = [d for d in await self.check([topic]) if due(d)]
            done += [f"{topic.name}: mended: {d.words}" for d in differ]
            if differ:
                await self._called(self._mend(topic, differ))
        return done, await self._settled(planned, due)

    async def _settled(self, planned: Sequence[Topic], due: Due) -> list[Difference]:
        """What is left once the brokers have told each other, or after a while."""
        end = time.monotonic() + _TOLD_S
        while True:
            left = await self.check(planned)
            if not any(map(due, left)) or time.monotonic() > end:
                return left
            await asyncio.sleep(0.1)

    async def _called(self, call: Any) -> Any:
        try:
            return await call
        except (KafkaError, OSError, TimeoutError) as fault:
            raise Away(f"Kafka: {fault!r}") from None

    async def _mend(self, topic: Topic, differ: Sequence[Difference]) -> None:
        if any(d.missing for d in differ):
            await self._create(topic)
            return
        if any(not d.key for d in differ):
            await _controlled(self._admin.create_partitions({topic.name: NewPartitions(topic.partitions)}))
        raised = {d.key: topic.configs[d.key] for d in differ if d.key}
        if raised:  # the request replaces all of a topic's own configs, so those it has are said again
            own = await self._configs(topic.name, own=True)
            resource = ConfigResource(ConfigResourceType.TOPIC, topic.name, {**own, **raised})
            for answer in await self._admin.alter_configs([resource]):
                for code, message, *_ in answer.resources:
                    _refused(code, message)

    async def _create(self, topic: Topic) -> None:
        new = NewTopic(topic.name, topic.partitions, topic.replication, topic_configs=dict(topic.configs))
        answer = await _controlled(self._admin.create_topics([new]))
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


async def _controlled(call: Any) -> Any:
    """What only the controller does: while the brokers choose one aiokafka looks for the address of nobody."""
    try:
        return await call
    except AttributeError:
        raise Away("Kafka: no broker leads the cluster; ask again in a moment") from None


def _refused(code: int, message: str | None) -> None:
    if code:
        raise for_code(code)(message or "")
