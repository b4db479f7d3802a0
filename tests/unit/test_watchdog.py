"""The watchdog: what stands still for good ends the worker; what has nothing left to read moves on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from streams.kafka.reader import TopicReader
from streams.worker import watchdog
from streams.worker.progress import Reading
from streams.worker.watchdog import Watchdog, by_reading
from tests.unit.observed import A0, Consumer, app

Asked = list[tuple[str, int, int, int]]


class Kept(Consumer):
    """A consumer that takes commits, and keeps gaps as Faust does."""

    def open(self) -> Any:
        """An app without agents around it."""
        self._gap = {A0: SimpleNamespace(addi=lambda *ends: self.gaps.append(ends), overlaps=lambda _at: False)}
        self._commit_fut: Any = None
        self.flow_active = True
        self.unacked: list[Any] = []
        self._acked: dict[Any, list[int]] = {}
        self.gaps: list[tuple[int, int]] = []
        self.commits: list[dict[Any, int]] = []
        made = app(self)
        made.agents, self.app = {}, made
        return made

    async def _commit(self, offsets: dict[Any, int]) -> bool:
        self.commits.append(offsets)
        return True


def watching(consumer: Kept, *, nothing_left: bool | None = True) -> tuple[Watchdog, list[str], Asked]:
    """A watchdog, why it ended the worker, and what it asked."""
    ends: list[str] = []
    asked: Asked = []

    async def answer(*question: Any) -> bool | None:
        asked.append(question)
        return nothing_left

    return Watchdog(consumer.open(), stall_s=60, held=lambda: False, nothing_left=answer, die=ends.append), ends, asked


async def _looks(dog: Watchdog, monkeypatch: pytest.MonkeyPatch, *times: float) -> None:
    for at in times:
        monkeypatch.setattr("streams.worker.watchdog.time.monotonic", lambda at=at: at)
        await dog.look()


async def test_a_transaction_that_began_before_the_commit_is_no_other_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """An older version read through open transactions: nothing is read again, and it is no standstill."""
    consumer = Kept({A0: 105}, {A0: 100}, written={A0: 107})
    dog, ends, asked = watching(consumer)
    await _looks(dog, monkeypatch, 100, 101, 200)
    assert (ends, asked, consumer.commits) == ([], [], [])


async def test_a_commit_beyond_the_end_goes_back_to_the_first_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """The topic was made anew: Faust would drop every article up to the old commit."""
    consumer = Kept({A0: 1_000}, {A0: 10}, firsts={A0: 2}, refuses=[TimeoutError()])
    dog, ends, asked = watching(consumer)
    await _looks(dog, monkeypatch, 100, 101)
    assert not ends  # Kafka did not answer
    await _looks(dog, monkeypatch, 102)
    assert consumer.commits == [{A0: 2}]
    assert ends == ["articles/0 ends at 10, before the committed offset 1000: it is read again from 2"]
    assert not asked


async def test_an_end_that_is_only_old_news_moves_no_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the consumer heard last may be behind what Kafka says now."""
    consumer = Kept({A0: 20}, {A0: 10})

    async def now(*tps: Any) -> dict[Any, int]:
        return dict.fromkeys(tps, 25)

    monkeypatch.setattr(consumer, "highwaters", now)
    dog, ends, _ = watching(consumer)
    await _looks(dog, monkeypatch, 100, 101, 102)
    assert (consumer.commits, ends) == ([], [])


@pytest.mark.parametrize(
    ("answer", "gaps", "end", "times"), [(True, [(5, 9)], 0, 1), (False, [], 1, 1), (None, [], 1, 2)]
)
async def test_where_nothing_is_left_to_read_the_commit_moves_on(
    answer: bool | None, gaps: list[tuple[int, int]], end: int, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the partition stands, and after `stall` the worker ends. Asked again only when Kafka had no answer."""
    consumer = Kept({A0: 5}, {A0: 9})
    dog, ends, asked = watching(consumer, nothing_left=answer)
    await _looks(dog, monkeypatch, 100, 101, 106)
    assert asked == [("articles", 0, 5, 9)]
    assert consumer.gaps == gaps
    if gaps:
        assert A0 in consumer._acked
        consumer.committed[A0] = 9  # as Faust's next commit does
    await _looks(dog, monkeypatch, 107, 170)
    assert (len(ends), len(asked)) == (end, times)
    assert bool(dog.standing()[0]) is bool(end)


async def test_what_a_rebalance_made_faust_forget_is_passed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """It came between the pass and the commit: gaps and acknowledgements of the generation before are gone."""
    consumer = Kept({A0: 5}, {A0: 9})
    dog, ends, asked = watching(consumer)
    await _looks(dog, monkeypatch, 100, 101, 106, 107)
    dog._app.consumer_generation_id += 1
    await _looks(dog, monkeypatch, 108)
    assert (len(asked), consumer.gaps, ends) == (2, [(5, 9), (5, 9)], [])


async def test_what_is_in_work_is_not_passed_over_though_it_was_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offsets 5 to 7 were read and are being decided; retention took them and all behind them."""
    consumer = Kept({A0: 5}, {A0: 12}, {A0: Reading(3, 5, 8)})
    dog, _, _ = watching(consumer)
    await _looks(dog, monkeypatch, 100, 101, 106)
    assert consumer.gaps == [(8, 12)]


@pytest.mark.parametrize("acked", [[6, 7], []])
async def test_an_article_that_got_lost_on_its_way_is_read_again(
    acked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Later ones are acknowledged, or none is in work; but not while a commit or a rebalance is under way."""
    consumer = Kept({A0: 5}, {A0: 9}, position=8)
    dog, ends, asked = watching(consumer, nothing_left=False)
    consumer._acked[A0] = acked
    consumer._commit_fut = object()
    await _looks(dog, monkeypatch, 100, 101, 106, 107)
    consumer._commit_fut, consumer.flow_active = None, False
    await _looks(dog, monkeypatch, 108)
    assert not ends
    consumer.flow_active, consumer.ends[A0] = True, 10  # more comes in: that the one due is there is known already
    await _looks(dog, monkeypatch, 109)
    assert len(asked) == 1
    assert ends == ["articles/0/5 was dropped on its way to the agent: it is read again"]


@pytest.mark.parametrize(
    ("acked", "in_work", "position"),
    [
        ([6], [5], 8),
        ([5, 6], [], 8),  # waits for the next commit
        ([], [4], 8),  # it may be in the queue behind that
        ([], [], 5),  # it was not fetched yet
    ],
)
async def test_an_article_in_work_is_waited_for(
    acked: list[int], in_work: list[int], position: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many behind it are done."""
    consumer = Kept({A0: 5}, {A0: 9}, position=position)
    dog, ends, _ = watching(consumer, nothing_left=False)
    consumer._acked[A0] = acked
    consumer.unacked = [SimpleNamespace(tp=A0, offset=offset) for offset in in_work]
    await _looks(dog, monkeypatch, 100, 101, 106, 107)
    assert not ends


@pytest.mark.parametrize(("first", "records", "answer"), [(9, [], True), (7, [], True), (7, ["an article"], False)])
async def test_what_retention_deleted_is_not_asked_for(
    first: int, records: list[str], answer: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the first record that is left; a reader that begins before it is told that it was deleted."""
    asked: list[Any] = []

    class Reader(TopicReader):
        def __init__(self, _where: Any) -> None: ...

        async def __aenter__(self) -> Any:
            return self

        async def __aexit__(self, *_: object) -> None: ...

        async def ranges(self, *topics: str) -> Any:
            return {(topic, 0): (first, 9) for topic in topics}

        async def read(self, ranges: Any, batch: int = 1_000) -> Any:
            asked.append((ranges, batch))
            for record in records:
                yield [record]

    monkeypatch.setattr(watchdog, "TopicReader", Reader)
    assert await by_reading("127.0.0.1:1")("articles", 0, 5, 9) is answer
    assert asked[0][0] == {("articles", 0): (first, 9)}
    assert await by_reading("127.0.0.1:1")("articles", 9, 5, 9) is None  # a partition that is gone
