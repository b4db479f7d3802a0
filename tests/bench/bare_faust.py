"""A bare Faust loop: take a batch, decode, encode, write in batches, acknowledge.

As pip installs Faust, or `repaired` like our worker: messages handed over inline, and a buffer that holds them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import faust
import orjson

from streams.kafka.publish import Publisher, Record
from streams.worker import commits, repairs


def main(bootstrap: str, source: str, target: str, embedded: str, repaired: str) -> None:
    """Copy `source` to `target` for ever."""
    more: dict[str, Any] = {}
    if repaired == "true":
        commits.exact_commits()
        repairs.inline_delivery()
        more = {"stream_buffer_maxsize": 65_536}
    if embedded == "true":
        repairs.fetch_wait(10)
        repairs.join_mock_groups()
    app = faust.App(
        f"bare-{target}", broker=f"kafka://{bootstrap}", store="memory://", datadir=Path(tempfile.gettempdir()) / "tapewire-faust", web_enabled=False, topic_allow_declare=False,
        topic_disable_leader=True, consumer_auto_offset_reset="earliest", broker_session_timeout=6.0,
        broker_heartbeat_interval=1.0, broker_commit_interval=0.5, **more,
    )  # fmt: skip
    publisher = Publisher(bootstrap)
    topic = app.topic(source, key_type=bytes, value_type=bytes, value_serializer="raw", key_serializer="raw")

    async def copy(stream: Any) -> None:
        async for events in stream.noack_take(128, within=0.02):
            records = [
                Record(
                    topic=target, key=str(e.message.offset).encode(), value=orjson.dumps(orjson.loads(e.message.value))
                )
                for e in events
            ]
            await publisher.publish(records)
            for event in events:
                await stream.ack(event)

    app.agent(topic, concurrency=1)(copy)
    faust.Worker(app, loglevel="error", redirect_stdouts=False).execute_from_commandline()


if __name__ == "__main__":
    main(*sys.argv[1:6])
