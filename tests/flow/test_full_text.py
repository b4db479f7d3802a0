"""Full text on request: the page's words for new articles, bounded, and never a reason to send an article again."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import orjson
import pytest

from streams.basics import limits
from streams.basics.tasks import end
from streams.basics.text import plain
from streams.basics.times import WallClock
from streams.records import Away
from streams.sources.base import Page, Source, Taken
from streams.sources.book import MemoryBook
from streams.sources.full_text import FullText, words_of_page
from streams.sources.intake import Intake
from streams.sources.items import items_of
from streams.sources.registry import KINDS
from streams.sources.settings import BadSources, read_sources
from streams.sources.tape import MemoryTape, Written
from streams.sources.web import Got, Unreached, Unsafe
from streams.sources.writer import Writer
from tests.build import NOON

SOURCE = Source(
    name="wire", kind="feed", outlet="Wire", url="https://wire.example/rss", options={"full_text": True},
    headers={"authorization": "key-of-the-feed"},
)  # fmt: skip
PARAGRAPHS = [
    f"The harbour company said on Friday that plant number {n} will make chips for cars & ships, if x <b> y." for n in range(6)
]  # fmt: skip
PAGE = "<html><body><nav>Home | Markets | Log in</nav><article><h1>Harbour opens</h1>{}</article></body></html>".format(
    "".join(f"<p>{p.replace('&', '&amp;').replace('<', '&lt;')}</p>" for p in PARAGRAPHS)
)


class Site:
    """Pages by their number; asks are noted."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.page = PAGE

    async def get(self, url: str, headers: Mapping[str, str]) -> Got:
        if url.endswith("/robots.txt"):
            return Got(status=404, url=url)
        self.asked.append((url, headers))
        match url.rpartition("/")[2]:
            case "unsafe":
                raise Unsafe("10.0.0.1 is not public")
            case "gone":
                raise Unreached("no such host")
            case "lost":
                return Got(status=404, url=url, headers={"content-type": "text/html"}, body=PAGE.encode())
            case "film":
                return Got(status=200, url=url, headers={"content-type": "video/mp4"}, body=PAGE.encode())
            case "huge":
                return Got(status=200, url=url, headers={"content-type": "text/html"}, body=PAGE.encode() * 2_000)
            case "never":
                await asyncio.sleep(60)
        return Got(status=200, url=url, headers={"content-type": "text/html; charset=utf-8"}, body=self.page.encode())


def feed(*names: str) -> Page:
    """Teasers."""
    items = "".join(
        f"<item><title>Story {n}</title><link>https://wire.example/{n}</link><description>Teaser {n}</description></item>"
        for n in names
    )
    return Page(body=f"<rss><channel>{items}</channel></rss>".encode(), seen=NOON, url=SOURCE.url)


async def life(
    site: Site, tape: MemoryTape, *pages: Page, extract: Callable[[str], str] = words_of_page
) -> list[Taken]:
    """What became of the pages."""
    book = MemoryBook()
    writer = Writer(book=book, tape=tape, clock=WallClock(), settle=0)
    running = asyncio.create_task(writer.run())
    filled = FullText(web=site, book=book, extract=extract)
    try:
        return [await Intake(KINDS, writer, filled)(SOURCE, p) for p in pages]
    finally:
        filled.close()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def texts(tape: MemoryTape) -> dict[str, str]:
    """By title, as triage reads them."""
    return {f["title"]: plain(f["text"]) for f in (orjson.loads(r.value) for r in tape.records)}


async def test_new_articles_get_their_pages_words_and_are_not_asked_for_again() -> None:
    """No navigation, nothing taken for markup, no key of the feed's; another page tomorrow is no update."""
    site, tape = Site(), MemoryTape()
    first, again, third = await life(site, tape, feed("1", "2"), feed("1", "2"), feed("3", "1"))
    assert (first.new, again.sent, third.new, third.sent) == (2, 0, 1, 1)
    got = texts(tape)
    assert all(p in got["Story 1"] for p in PARAGRAPHS) and "Log in" not in got["Story 1"]
    assert [url[-1] for url, _ in site.asked] == ["2", "1", "3"]
    assert "key-of-the-feed" not in str(site.asked)


async def test_whatever_fails_leaves_the_article_as_the_feed_told_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused, unreachable, missing, no page, too large, endless; more than ten new ones; a reader that hangs or breaks."""
    assert words_of_page(PAGE)  # the first call loads the library
    monkeypatch.setattr(limits, "FULL_TEXT_MS", 1_500)
    names = ("unsafe", "gone", "lost", "film", "huge", "never")
    tape = MemoryTape()
    await life(Site(), tape, feed(*names, "1"))
    got = texts(tape)
    assert all(got[f"Story {n}"] == f"Teaser {n}" for n in names)
    assert len(got["Story 1"]) > 400
    many = Site()
    await life(many, MemoryTape(), feed(*map(str, range(30))))
    assert len(many.asked) == limits.FULL_TEXTS_A_PAGE

    held = threading.Event()

    def hangs(page: str) -> str:
        held.wait(20)
        raise MemoryError

    tape = MemoryTape()
    (taken,) = await life(Site(), tape, feed("1", "2", "3"), extract=hangs)
    held.set()
    assert taken.new == 3 and texts(tape)["Story 1"] == "Teaser 1"


async def test_a_page_that_its_host_keeps_from_programs_is_not_fetched() -> None:
    """The article enters as the feed told it; the feed itself is what an operator asked for, whatever robots.txt says."""

    class Shy(Site):
        async def get(self, url: str, headers: Mapping[str, str]) -> Got:
            if url.endswith("/robots.txt"):
                self.asked.append((url, headers))
                return Got(status=200, url=url, body=b"User-agent: *\nDisallow: /1\nDisallow: /rss")
            return await super().get(url, headers)

    site, tape = Shy(), MemoryTape()
    (taken,) = await life(site, tape, feed("1", "2"))
    assert taken.new == 2
    got = texts(tape)
    assert got["Story 1"] == "Teaser 1" and len(got["Story 2"]) > 400
    assert [url for url, _ in site.asked] == ["https://wire.example/robots.txt", "https://wire.example/2"]
    assert "key-of-the-feed" not in str(site.asked)


async def test_when_its_source_goes_no_page_is_fetched_on() -> None:
    """A source that was taken out of the file asks for nothing more."""
    begun: list[str] = []
    ended: list[str] = []

    class Endless:
        async def get(self, url: str, headers: Mapping[str, str]) -> Got:
            if url.endswith("/robots.txt"):
                return Got(status=404, url=url)
            begun.append(url)
            try:
                await asyncio.sleep(60)
            finally:
                ended.append(url)
            return Got(status=200, url=url)

    filled = FullText(web=Endless(), book=MemoryBook())
    page = feed("1", "2")
    items, _ = items_of(KINDS["feed"].parse(page, SOURCE).articles, SOURCE, page)
    task = asyncio.create_task(filled(SOURCE, items, NOON))
    async with asyncio.timeout(20):
        while len(begun) < 2:  # noqa: ASYNC110 - what reads robots.txt is another thread's
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    filled.close()
    assert task.cancelled() and len(ended) == 2


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000,
        "<" * 500_000,
        "<p>x" * 100_000,
        "<p>x" * limits.FULL_TEXT_TAGS,
        "&#0;" * 100_000,
        "<!--" * 100_000,
        "<p>a" + "\u0316\u0301" * 100_000,
        "<p>a" + "&#x316;&#x301;" * 60_000,
        "<p>a" + "&#x316&DownBreve;" * 60_000,
        "<p>" + ("\u0301" * 30 + "<b>" + "\u0316" * 30 + "</b>") * 9_000,
        "<p>a" + "&#9" + "9" * 5_000,
        "",
    ],
    ids=len,
)
def test_a_hostile_page_is_read_within_bounds(page: str) -> None:
    """Seconds of CPU, not minutes; and no more text than is read anyway."""
    began = time.process_time()
    assert len(words_of_page(page)) <= limits.TEXT_CHARS
    assert time.process_time() - began < 10


def test_without_the_part_it_is_a_fault_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Told when the file is read, not when the first article comes."""
    monkeypatch.setattr("streams.sources.full_text.find_spec", lambda _: None)
    with pytest.raises(BadSources, match="tapewire\\[fulltext\\]"):
        read_sources('[[source]]\nname = "a"\nurl = "https://a.example/"\nfull_text = true\n', "s.toml", KINDS)


async def test_while_kafka_is_away_no_page_is_asked_for_again() -> None:
    """The feed's page is brought again every second then, and each would cost its host ten more."""

    class Gone(MemoryTape):
        async def write(self, records: Sequence[Written]) -> None:
            raise Away("Kafka")

    site, book = Site(), MemoryBook()
    writer = Writer(book=book, tape=Gone(), clock=WallClock(), settle=0)
    running = asyncio.create_task(writer.run())
    filled = FullText(web=site, book=book, extract=words_of_page)
    for _ in range(5):
        with pytest.raises(Away):
            await Intake(KINDS, writer, filled)(SOURCE, feed("1", "2"))
    filled.close()
    await end([running])
    assert len(site.asked) == 2
