"""What the league is made of, read from Kafka: newest decisions, and the alerts on the outbox."""

from __future__ import annotations

from streams.kafka import Where
from streams.ledger import Ledger
from streams.names import Names
from streams.records import Alert, Decision
from streams.replay.stretch import Bound, cut
from streams.topics import TopicReader
from streams.wire import Unreadable, decode_alert, decode_decision


async def read_standings(where: Where, names: Names, since: Bound) -> tuple[list[Decision], list[Alert]]:
    """Decisions on articles since then, and the alerts that are still on their topic. Raises `Away`."""
    ledger, alerts = Ledger(), []
    async with TopicReader(where) as reader:
        came_in = await cut(reader, names.articles, since, Bound())
        async for records in reader.read(await reader.ranges(names.decisions)):
            ledger.add(decode_decision(r.value) for r in records)
        async for records in reader.read(await reader.ranges(names.alerts)):
            alerts += [alert for r in records if (alert := _alert(r.value))]
    whole = ledger if since == Bound() else ledger.within(came_in)
    return list(whole.newest.values()), alerts


def _alert(raw: bytes | None) -> Alert | None:
    try:
        return decode_alert(raw or b"")
    except Unreadable:
        return None
