"""dead letters: found by filters, sent again with origin and attempts, dropped; on a broker, with the real commands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import pytest

from streams.cli import main
from streams.deadletters.letters import Filter, Letter, NotSettled, drop, in_full, requeue
from streams.embedded import EmbeddedKafka
from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import TopicReader
from streams.names import Names
from tests.buried import letters

pytestmark = pytest.mark.live


@dataclass
class Graveyard:
    """A broker with a dead-letter topic of its own."""

    bootstrap: str
    names: Names
    publisher: Publisher

    async def bury(
        self, value: bytes, reason: str = "malformed", offset: int = 7, time: int = 1_767_960_000_000
    ) -> None:
        """As the worker buries."""
        headers = {
            "reason": reason.encode(), "detail": b"not JSON", "stage": b"decode", "topic": self.names.articles.encode(),
            "partition": b"3", "offset": str(offset).encode(), "time": b"2026-01-09T12:00:00.000Z",
        }  # fmt: skip
        await self.publisher.publish(
            [Record(topic=self.names.dead, key=b"k", value=value, headers=headers, timestamp=time)]
        )

    async def found(self, **wanted: object) -> list[Letter]:
        """What the filters leave."""
        return await letters(self.bootstrap, self.names, Filter(**wanted))  # type: ignore[arg-type]


@pytest.fixture
async def graveyard(embedded_kafka: EmbeddedKafka) -> AsyncIterator[Graveyard]:
    """Under a prefix of its own."""
    names = Names(f"d{uuid4().hex[:8]}.")
    embedded_kafka.create(names.articles, names.dead)
    publisher = Publisher(embedded_kafka.bootstrap)
    yield Graveyard(embedded_kafka.bootstrap, names, publisher)
    await publisher.stop()


async def test_letters_are_found_by_reason_stage_words_time_and_place(graveyard: Graveyard) -> None:
    """Every condition given must hold."""
    await graveyard.bury(b"junk one", time=1_767_960_000_000)
    await graveyard.bury(b"junk two", "failed", time=1_767_960_060_000)
    assert [x.value for x in await graveyard.found()] == [b"junk one", b"junk two"]
    assert [x.value for x in await graveyard.found(reason="failed")] == [b"junk two"]
    assert [x.value for x in await graveyard.found(words="ONE")] == [b"junk one"]
    assert [x.value for x in await graveyard.found(since=1_767_960_030_000)] == [b"junk two"]
    assert await graveyard.found(stage="relate") == []
    first = (await graveyard.found())[0]
    assert await graveyard.found(at=(first.at,)) == [first]
    assert "detail: not JSON" in in_full(first)


async def test_a_letter_is_sent_again_unchanged_with_its_origin_and_attempts(graveyard: Graveyard) -> None:
    """Bytes and key as they were; then it is settled, and a second burial counts on."""
    await graveyard.bury(b"\xff junk", offset=7)
    assert await requeue(graveyard.publisher, graveyard.names, await graveyard.found(), most=3) == 1
    assert await graveyard.found() == []
    assert [x.settled for x in await graveyard.found(settled=True)] == ["requeued"]
    await graveyard.bury(b"\xff junk", offset=9)  # it failed again
    (again,) = await graveyard.found()
    assert again.burials == 2
    await requeue(graveyard.publisher, graveyard.names, [again], most=3)
    async with TopicReader(graveyard.bootstrap) as reader:
        ranges = await reader.ranges(graveyard.names.articles)
        sent = [r async for records in reader.read(ranges) for r in records]
    assert [(r.key, r.value) for r in sent] == [(b"k", b"\xff junk")] * 2
    assert [dict(r.headers)["attempts"] for r in sent] == [b"1", b"2"]
    assert {dict(r.headers)["origin-offset"] for r in sent} == {b"7"}  # of the first burial


async def test_what_was_buried_too_often_is_not_sent_again(graveyard: Graveyard) -> None:
    """And then nothing of the call is sent. Equal bytes from elsewhere that were never sent again do not count."""
    for _ in range(2):
        await graveyard.bury(b"junk")
        await requeue(graveyard.publisher, graveyard.names, await graveyard.found(), most=3)
    await graveyard.bury(b"junk")
    for _ in range(3):
        await graveyard.bury(b"other")
    with pytest.raises(NotSettled, match=r"buried 3 times already: [0-9/]+;"):
        await requeue(graveyard.publisher, graveyard.names, await graveyard.found(), most=3)
    assert [x.burials for x in await graveyard.found()] == [3, 1, 1, 1]


async def test_what_is_no_article_is_not_sent_again(graveyard: Graveyard) -> None:
    """An alert that could not be read would come back as an article of its own."""
    headers = {"reason": b"malformed", "topic": graveyard.names.alerts.encode(), "stage": b"deliver"}
    await graveyard.publisher.publish([Record(topic=graveyard.names.dead, key=b"", value=b"{}", headers=headers)])
    with pytest.raises(NotSettled, match="another topic"):
        await requeue(graveyard.publisher, graveyard.names, await graveyard.found(), most=3)


async def test_a_dropped_letter_is_no_longer_listed(graveyard: Graveyard) -> None:
    """It stays on the topic, with a note behind it."""
    await graveyard.bury(b"junk")
    await drop(graveyard.publisher, graveyard.names, await graveyard.found())
    assert await graveyard.found() == []
    (kept,) = await graveyard.found(settled=True)
    assert (kept.settled, kept.value) == ("dropped", b"junk")


async def test_the_command_lists_shows_and_settles(
    graveyard: Graveyard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """list, show, requeue, drop; exit code 1 when there is no such letter."""
    import asyncio  # noqa: PLC0415 - the command runs a loop of its own

    await graveyard.bury(b"junk one")
    await graveyard.bury(b"junk two")
    monkeypatch.setenv("TAPEWIRE_KAFKA", graveyard.bootstrap)
    monkeypatch.setenv("TAPEWIRE_PREFIX", graveyard.names.prefix)

    async def called(*arguments: str) -> tuple[int, str]:
        code = await asyncio.to_thread(main, ["dead", *arguments])
        return code, capsys.readouterr().out

    assert (await called("list"))[1].count("malformed at decode: not JSON") == 2
    code, text = await called("show", "--words", "two")
    assert code == 0
    assert text.endswith("\njunk two\n\n")
    assert (await called("requeue", "--words", "one")) == (0, f"sent 1 again to {graveyard.names.articles}\n")
    assert (await called("drop", "--reason", "malformed")) == (0, "dropped 1\n")
    assert (await called("list"))[0] == 1
    assert "[dropped]" in (await called("list", "--all"))[1]


async def test_a_letter_that_is_named_and_not_there_is_said(
    graveyard: Graveyard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is there is settled, the rest is told; a place that is none and a prefix without topics are refused."""
    import asyncio  # noqa: PLC0415 - the command runs a loop of its own

    await graveyard.bury(b"junk")
    (letter,) = await graveyard.found()
    monkeypatch.setenv("TAPEWIRE_KAFKA", graveyard.bootstrap)
    monkeypatch.setenv("TAPEWIRE_PREFIX", graveyard.names.prefix)

    async def called(*arguments: str) -> tuple[int, str, str]:
        code = await asyncio.to_thread(main, ["dead", *arguments])
        return code, *capsys.readouterr()

    code, out, err = await called("drop", letter.at, "0/99")
    assert (code, out) == (1, "dropped 1\n")
    assert err.startswith("0/99: no such letter waits")
    code, out, err = await called("show", letter.at)
    assert (code, out) == (1, "")
    assert err.startswith(f"{letter.at}: no such letter waits (--all")
    assert (await called("show", letter.at, "--all"))[0] == 0
    assert "write PARTITION/OFFSET" in (await called("list", "99"))[2]
    monkeypatch.setenv("TAPEWIRE_PREFIX", "nobody.")
    for command in (["dead", "list"], ["stories", "show", "Alibaba"]):
        assert await asyncio.to_thread(main, command) == 2
        assert "no topic is called 'nobody." in capsys.readouterr().err
