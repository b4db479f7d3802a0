"""What the league is made of, read from Kafka: newest decisions, and the alerts on the outbox."""

from __future__ import annotations

from streams.kafka.bounds import Bound
from streams.kafka.cluster import Where
from streams.kafka.reader import TopicReader
from streams.ledger.topic import read_ledger
from streams.names import Names
from streams.records import Alert, Decision
from streams.wire import decode_alert


async def read_standings(where: Where, names: Names, since: Bound) -> tuple[list[Decision], list[Alert]]:
    """Decisions on articles since then, and the alerts that are still on their topic. Raises `Away`."""
    ledger, _ = await read_ledger(where, names, since, fates=False)
    alerts: list[Alert] = []
    async with TopicReader(where) as reader:
        async for some in reader.decoded(await reader.ranges(names.alerts), decode_alert):
            alerts += some
    return list(ledger.newest.values()), alerts
