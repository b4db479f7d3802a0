"""A Kafka that answers no more: a command ends and says so, though the client would ask for ever."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from streams.embedded import EmbeddedKafka
from streams.files.transfer import bring_in
from streams.kafka import publish, reader
from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import TopicReader
from streams.names import Names
from streams.records import Away

pytestmark = pytest.mark.live

BROKER = "import time; from streams.embedded import EmbeddedKafka as K; k = K(); k.create('t'); print(k.bootstrap, flush=True); time.sleep(99)"


@pytest.fixture
def frozen() -> Iterator[tuple[str, int]]:
    """Address and process of a broker that can be stopped."""
    broker = subprocess.Popen([sys.executable, "-c", BROKER], stdout=subprocess.PIPE, text=True)
    assert broker.stdout
    yield broker.stdout.readline().strip(), broker.pid
    broker.kill()
    broker.wait()


def _freeze(pid: int) -> None:
    os.kill(pid, signal.SIGSTOP)
    os.waitid(os.P_PID, pid, os.WSTOPPED)  # until then it may answer


@pytest.mark.parametrize("how", ["read", "lanes"])
async def test_a_reader_to_whom_nothing_comes_gives_up(
    how: str, embedded_kafka: EmbeddedKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here what it is asked for is not there; a broker that went away in the middle leaves it standing just so."""
    monkeypatch.setattr(reader, "_PATIENCE_S", 0.2)
    embedded_kafka.create("patience")
    async with TopicReader(embedded_kafka.bootstrap) as some:
        beyond = {tp: (end, end + 5) for tp, (_, end) in (await some.ranges("patience")).items()}
        following = anext(some.read(beyond)) if how == "read" else some.lanes(beyond, 5)[0]()
        with pytest.raises(Away, match="nothing came of patience/0/0"):
            await following


async def test_a_command_waits_no_longer_than_its_patience_for_the_broker(
    frozen: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither for what it writes, nor to leave."""
    monkeypatch.setattr(publish, "_LEAVE_S", 0.2)
    where, pid = frozen
    publisher = Publisher(where, patience=0.5)
    await publisher.publish([Record(topic="t", key=b"", value=b"first")])
    _freeze(pid)
    began = time.monotonic()
    with pytest.raises(Away, match="t: no answer"):
        await publisher.publish([Record(topic="t", key=b"", value=b"second")])
    await publisher.stop()
    assert time.monotonic() - began < 5


async def test_an_import_that_kafka_leaves_says_how_far_it_came(tmp_path: Path) -> None:
    """What is on the topic need not be sent again."""

    class Leaves(Publisher):
        async def publish(self, records: Sequence[Record]) -> None:
            await asyncio.sleep(0)
            if records[0].key != b"0":
                raise Away("Kafka: gone")

    file = tmp_path / "a.jsonl"
    file.write_text("".join(f'{{"title": "Alibaba to invest", "id": "{n}"}}\n' for n in range(501)))
    with pytest.raises(Away, match="gone; the 500 records before that are on articles"):
        await bring_in(file, Leaves("nowhere"), "articles", {}, names=Names())
