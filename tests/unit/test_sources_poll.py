"""Polling in virtual time: validators, pace, patience, and a bookmark that never runs ahead of what was taken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from streams.basics.times import DAY, HOUR, MINUTE, SECOND, retry_after
from streams.records import Away, Millis
from streams.sources.base import Errand, NotRead, Page, Source, Taken, Visit, World
from streams.sources.book import Bookmark, MemoryBook
from streams.sources.hosts import PoliteWeb
from streams.sources.ingest import Ingest
from streams.sources.poll import backoff, bring
from streams.sources.registry import KINDS
from streams.sources.web import Got, Unreached, Web
from tests.build import NOON
from tests.feeds.loop import VirtualClock, run_virtually

SOURCE = Source(name="wire", kind="feed", outlet="Wire", url="https://wire.example/rss", every=2 * MINUTE)
Answer = Got | Exception


@dataclass(slots=True)
class Scripted:
    """A web that answers as it is told, the last answer for ever; notes what it was asked and when."""

    answers: list[Answer]
    clock: VirtualClock
    asked: list[tuple[Millis, str, Mapping[str, str]]] = field(default_factory=list)
    takes: float = 0.1

    async def get(self, url: str, headers: Mapping[str, str]) -> Got:
        self.asked.append((self.clock.now() - NOON, url, dict(headers)))
        await asyncio.sleep(self.takes)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass(frozen=True, slots=True)
class Lagging:
    """A clock an hour behind another."""

    clock: VirtualClock

    def now(self) -> Millis:
        return self.clock.now() - HOUR


def ok(body: bytes = b"<rss/>", **changes: Any) -> Got:
    """A page that is read."""
    return Got(status=200, url=SOURCE.url, body=body, **changes)


@dataclass(slots=True)
class Lived:
    """What came of some time of polling."""

    web: Scripted
    book: MemoryBook = field(default_factory=MemoryBook)
    pages: list[Page] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)

    def gaps(self) -> list[float]:
        """Seconds between requests."""
        at = [a / SECOND for a, *_ in self.web.asked]
        return [b - a for a, b in pairwise(at)]


def poll(span: Millis, *answers: Answer, take: Callable[[Page], Coroutine[Any, Any, Taken]] | None = None) -> Lived:
    """Poll one source for so long."""

    async def work() -> Lived:
        clock = VirtualClock(NOON)
        lived = Lived(Scripted(list(answers), clock))

        async def took(source: Source, page: Page) -> Taken:
            lived.pages.append(page)
            return await take(page) if take else Taken()

        async def notice(source: Source, visit: Visit) -> None:
            lived.visits.append(visit)

        world = World(clock=clock, web=lived.web, book=lived.book)
        task = asyncio.create_task(bring(Errand(SOURCE), world, took, notice))
        await asyncio.sleep(span / SECOND)
        task.cancel()
        return lived

    return run_virtually(work())


def test_validators_are_sent_back_and_an_unchanged_page_is_not_read() -> None:
    """ETag and Last-Modified; and where a server has neither, the same bytes."""
    first = ok(headers={"etag": '"1"', "last-modified": "Fri, 09 Jan 2026 12:00:00 GMT"})
    lived = poll(12 * MINUTE, first, Got(status=304, url=SOURCE.url), ok(), ok(b"<rss></rss>"))
    assert len(lived.pages) == 2
    assert "if-none-match" not in lived.web.asked[0][2]
    assert lived.web.asked[1][2]["if-none-match"] == '"1"'
    assert lived.web.asked[2][2]["if-modified-since"] == "Fri, 09 Jan 2026 12:00:00 GMT"
    assert all(90 <= gap <= 150 for gap in lived.gaps())
    assert all(not v.fault for v in lived.visits)


def test_failures_are_waited_out_with_growing_patience() -> None:
    """Doubled up to a quarter of an hour; one success and the pace is as before."""
    lived = poll(3 * HOUR, *[Got(status=500, url=SOURCE.url)] * 6, Unreached("refused"), ok())
    gaps = lived.gaps()
    assert all(a * 0.75 <= b for a, b in zip((120, 240, 480, 900, 900, 900, 900), gaps, strict=False))
    assert 100 <= gaps[-1] <= 140
    assert [v.fault for v in lived.visits[:7]] == ["HTTP 500"] * 6 + ["refused"]
    assert backoff(HOUR, 1) == HOUR
    assert backoff(MINUTE, 500) == 15 * MINUTE


def test_retry_after_is_obeyed_within_reason() -> None:
    """Seconds or a date, a day at most; 410 is asked again the next day."""
    lived = poll(2 * HOUR, Got(status=429, url=SOURCE.url, headers={"retry-after": "3000"}), ok())
    assert 2_700 <= lived.gaps()[0] <= 3_400
    gone = poll(20 * HOUR, Got(status=410, url=SOURCE.url))
    assert (gone.gaps(), [v.wait for v in gone.visits]) == ([], [DAY])  # health hears how long
    assert retry_after("Fri, 09 Jan 2026 12:01:00 GMT", NOON, most=DAY) == MINUTE
    assert retry_after("999999999999", NOON, most=DAY) == DAY
    for nothing in ("-5", "soon", ""):
        assert retry_after(nothing, NOON, most=DAY) == 0


def test_the_bookmark_moves_only_after_the_page_was_taken() -> None:
    """Kafka away: the page in hand is offered again and again until it is taken; its host hears nothing of that."""
    tries: list[int] = []

    async def take(page: Page) -> Taken:
        tries.append(1)
        if len(tries) < 4:
            raise Away("Kafka")
        return Taken(new=1)

    lived = poll(MINUTE, ok(headers={"etag": '"1"'}), take=take)
    assert len(tries) == 4 and len(lived.web.asked) == 1
    assert [v.taken.new for v in lived.visits if v.taken] == [1]
    assert lived.book.bookmarks["wire"].etag == '"1"'


def test_a_long_outage_of_ours_does_not_make_us_ask_more_often() -> None:
    """Each page anew at the usual pace, in full: none of them was taken."""

    async def take(page: Page) -> Taken:
        raise Away("Kafka")

    lived = poll(HOUR, ok(headers={"etag": '"1"'}), take=take)
    assert 25 <= len(lived.web.asked) <= 31 and len(lived.pages) > 1_000
    assert all("if-none-match" not in headers for *_, headers in lived.web.asked)


def test_a_page_that_cannot_be_read_is_a_failure_of_its_source() -> None:
    """And is asked for again in full: tomorrow it may be a feed."""

    async def take(page: Page) -> Taken:
        raise NotRead("is a web page")

    lived = poll(10 * MINUTE, ok(headers={"etag": '"1"'}), take=take)
    assert {v.fault for v in lived.visits} == {"is a web page"}
    assert lived.book.bookmarks == {}


def test_a_page_that_moved_is_followed_until_it_fails_there() -> None:
    """Then the first address is asked again."""
    new = "https://new.example/rss"
    lived = poll(14 * MINUTE, ok(moved=new), ok(b"<rss>2</rss>"), Unreached("gone"), ok(b"<rss>3</rss>"))
    assert [url for _, url, _ in lived.web.asked[:4]] == [SOURCE.url, new, new, SOURCE.url]
    assert lived.book.bookmarks["wire"] != Bookmark()


def test_where_it_moved_to_there_must_be_a_feed() -> None:
    """Else the first address is asked again, not the web page for ever."""
    new = "https://new.example/rss"

    async def take(page: Page) -> Taken:
        if page.body == b"<html>":
            raise NotRead("is a web page")
        return Taken()

    lived = poll(14 * MINUTE, ok(moved=new), ok(b"<html>"), ok(b"<rss>3</rss>"), take=take)
    assert [url for _, url, _ in lived.web.asked[:3]] == [SOURCE.url, new, SOURCE.url]


def test_a_page_that_was_cut_is_not_called_unchanged() -> None:
    """What is missing may come with the same validators; and what no request can carry is not kept."""

    async def take(page: Page) -> Taken:
        return Taken(faults=("cut",))

    lived = poll(6 * MINUTE, ok(headers={"etag": '"1"'}), take=take)
    assert all("if-none-match" not in headers for *_, headers in lived.web.asked)
    lived = poll(6 * MINUTE, ok(headers={"last-modified": "Fr, 06 Mär 2026"}))
    assert len(lived.web.asked) >= 3 and not any(v.fault for v in lived.visits)


def test_not_modified_is_not_believed_for_ever() -> None:
    """Some servers say so whatever changed: every three hours the page is asked for in full."""
    lived = poll(7 * HOUR, ok(headers={"etag": '"1"'}), Got(status=304, url=SOURCE.url))
    full = [at / HOUR for at, _, headers in lived.web.asked if "if-none-match" not in headers]
    assert full[0] < 0.1 and 3 <= full[1] < 3.1


def test_one_host_is_asked_politely_and_another_is_not_held_up() -> None:
    """Paced beginnings, two at once; a host that says 429 is left alone by everybody."""

    async def work() -> list[tuple[Millis, str]]:
        clock = VirtualClock(NOON)
        web = Scripted([ok()], clock, takes=3.0)
        polite = PoliteWeb(web=web, clock=clock)
        await asyncio.gather(*(polite.get(f"https://{h}.example/{i}", {}) for h in ("a", "b") for i in range(4)))
        web.answers = [Got(status=429, url="", headers={"retry-after": "60"})]
        await polite.get("https://a.example/x", {})
        await polite.get("https://a.example/y", {})
        return [(at, url) for at, url, _ in web.asked]

    asked = run_virtually(work())
    mine = [at for at, url in asked if url.startswith("https://a.example/")][:4]
    assert mine == [0, 1_000, 3_000, 4_000]
    assert [at for at, url in asked if "b.example" in url] == mine
    assert asked[-1][0] - asked[-2][0] >= 60_000


def test_a_clock_that_is_put_back_silences_no_host() -> None:
    """An hour back costs five minutes at most, not the hour."""

    async def work() -> Millis:
        clock = VirtualClock(NOON)
        web = Scripted([ok()], clock)
        polite = PoliteWeb(web=web, clock=clock)
        await polite.get("https://a.example/1", {})
        before = clock.now()
        polite.clock = Lagging(clock)
        await polite.get("https://a.example/2", {})
        return clock.now() - before

    assert run_virtually(work()) <= 5 * MINUTE + SECOND


def test_one_slow_source_holds_up_nobody() -> None:
    """One never answers, one always fails in its own code; the third is visited as if it were alone."""

    class Stuck:
        async def get(self, url: str, headers: Mapping[str, str]) -> Got:
            if "slow" in url:
                await asyncio.sleep(10 * HOUR / SECOND)
            return ok(str(asyncio.get_running_loop().time()).encode())

    async def work() -> dict[str, int]:
        clock, visits = VirtualClock(NOON), {"slow": 0, "mad": 0, "good": 0}
        sources = [replace(SOURCE, name=n, url=f"https://{n}.example/") for n in visits]

        async def take(source: Source, page: Page) -> Taken:
            visits[source.name] += 1
            if source.name == "mad":
                raise RuntimeError("a bug")
            return Taken()

        async def notice(source: Source, visit: Visit) -> None:
            pass

        web: Web = Stuck()
        world = World(clock=clock, web=web, book=MemoryBook())
        ingest = Ingest(kinds=KINDS, world=world, take=take, notice=notice, sources=sources)
        task = asyncio.create_task(ingest.run())
        await asyncio.sleep(HOUR / SECOND)
        task.cancel()
        return visits

    visits = run_virtually(work())
    assert (visits["slow"], visits["mad"] > 20) == (0, True)
    assert 25 <= visits["good"] <= 35
