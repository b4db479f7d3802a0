"""What a stranger sends costs no more than its length: twice as much takes about twice the time."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Callable
from functools import cache
from typing import TypeVar

import pytest

from models.relevance.model import Model, load_model
from streams.basics.text import canonical_url, plain, title_key
from streams.sources.base import NotRead, Page, Source
from streams.sources.body import body_of
from streams.sources.feed import parse
from streams.stories.facts import FACT_CHARS, extract
from tests.build import NOON
from tests.unit.companies import article, directory

T = TypeVar("T")
SOURCE = Source(name="wire", kind="feed", outlet="Wire", url="https://wire.example/feed")

TEXTS = {
    "accents out of order": lambda n: "a" + "\u0301" * n + "\u0316" * n,
    "two classes in turns": lambda n: "a" + "\u0301\u0316" * n,
    "accents that are letters": lambda n: "か" + "\u0301" * n + "\uff9e" * n,
    "accents of two parts": lambda n: "a" + "\u0f73" * n,
    "brackets": lambda n: "<" * n,
    "tags": lambda n: "<b><i>" * n,
    "attributes": lambda n: "<a " + "b=c " * n,
    "comments": lambda n: "<!--" * n,
    "entities": lambda n: "&amp;" * n,
    "spaces": lambda n: " " * n + "\n" + "\t \n" * n,
    "lines": lambda n: "\r\n" * n + "x",
}  # fmt: skip

PAGES = {
    "document types": lambda n: "<?xml?>" + "<!DOCTYPE" * n + "<rss></rss>",
    "a document type of quotes": lambda n: "<!DOCTYPE rss " + "\"'" * n + "<rss></rss>",
    "CDATA": lambda n: "<rss>&amp;" + "<![CDATA[" * n,
    "links": lambda n: "<html>" + "<link " * n,
    "a link of types": lambda n: "<html><link " + "application/rss+xml " * n,
    "numbers": lambda n: "<rss>" + "&#1;" * n,
    "quotes": lambda n: "<rss><a " + "a='" * n,
    "a namespace for all": lambda n: f'<rss xmlns:p="{"u" * n}">' + "<p:a/>" * n + "</rss>",
    "a namespace for some": lambda n: f'<rss xmlns:p="{"u" * 150}"><item><description>' + "<p:b/>" * n + "</description></item></rss>",
    "a base for all": lambda n: f'<rss xml:base="https://wire.example/{"a" * n}">' + "<item><title>x</title><link>y</link></item>" * 500 + "</rss>",
}  # fmt: skip

WORDS = (
    "Arm ", "(Nvidia ", "Nvidia (", "((", "[Arm] ", "NASDAQ:A,", "NYSE: A, A, ", "Apple Meta Arm Target Gap ",
    "Nvidia und Apple und ", "Deutsche-Bank-", '"', "'s ", "B.", "U.S. ", "\n", "1.000", "12,", "€1 ", "1 bis ",
    "half a m", "illion dollar ", "9", "字", "ü",
)  # fmt: skip


@cache
def model() -> Model:
    """The shipped one."""
    return load_model()


def growth(work: Callable[[T], object], build: Callable[[int], T], size: int) -> float:
    """Time for twice the size over time for the size, each the least of a few runs; a busy machine gets more runs."""
    inputs = build(size), build(2 * size)
    least = [float("inf"), float("inf")]
    work(build(1))  # what is loaded when first asked for
    for _ in range(30):
        for i, made in enumerate(inputs):
            began = time.process_time()
            work(made)
            least[i] = min(least[i], time.process_time() - began)
        if least[1] < 0.02 or least[1] < 2.5 * least[0] or least[1] > 1:
            break
    return 0.0 if least[1] < 0.02 else least[1] / least[0]


def read(page: str) -> None:
    """A page as a feed, refused or not."""
    try:
        parse(Page(body=page.encode(), media="text/xml", url="", seen=NOON), SOURCE)
    except NotRead:
        return


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("work", [plain, title_key])
def test_words_are_cleaned_in_linear_time(work: Callable[[str], str], name: str) -> None:
    """Whatever Unicode and markup they are made of."""
    assert growth(work, TEXTS[name], 20_000) < 3


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_read_in_linear_time(name: str) -> None:
    """Whatever begins in them and never ends."""
    assert growth(read, PAGES[name], 10_000) < 3


def test_a_packed_push_of_empty_members_is_unpacked_in_linear_time() -> None:
    """Twenty bytes each, of which nothing comes."""

    def unpacked(body: bytes) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            yield body

        assert asyncio.run(body_of(chunks(), "gzip", lambda size: None)) == b""

    assert growth(unpacked, lambda n: gzip.compress(b"") * n, 25_000) < 3


def test_addresses_are_read_in_linear_time() -> None:
    """One with parameters without end is none."""
    assert growth(canonical_url, lambda n: "https://wire.example/?" + "utm_a&" * n, 40_000) < 3


@pytest.mark.parametrize("words", WORDS)
def test_an_article_is_read_in_linear_time(words: str) -> None:
    """Its companies and its relevance, up to the longest text there is; its facts, up to the longest lead."""

    def judged(text: str) -> None:
        found = article("Nvidia raises $3 billion to build a plant", text)
        directory().identify([found])
        model().explain([found])

    def told(text: str) -> None:
        extract("Nvidia raises $3 billion to build a plant", text, "en")

    assert growth(judged, lambda n: (words * n)[:n], 10_000) < 3
    assert growth(told, lambda n: (words * n)[:n], FACT_CHARS // 2) < 3
