"""What of a page is new, edited or taken back."""

from __future__ import annotations

from typing import Any

from streams.basics.times import iso
from streams.records import Status
from streams.sources.base import Page, RawArticle, Source
from streams.sources.book import Entry, Kept, Shared
from streams.sources.items import item_of, items_of, published_of
from streams.sources.sift import Sifted, sift
from tests.build import NOON

SOURCE = Source(name="wire", kind="feed", outlet="Wire", url="https://wire.example/rss")
PAGE = Page(body=b"", seen=NOON, url=SOURCE.url)


def _sifted(pages: dict[str, Kept], *raws: RawArticle) -> Sifted:
    items, _ = items_of(raws, SOURCE, PAGE)
    return sift(items, pages)


def _raw(**changes: Any) -> RawArticle:
    return {"id": "1", "title": "Harbour opens", "text": "At nine.", "url": "https://wire.example/1"} | changes


def _told(found: Sifted) -> list[tuple[str, Any, str]]:
    return [(s.status.value, s.fields.get("revision"), s.fields["title"]) for s in found.sending]


def test_the_same_article_enters_once() -> None:
    """Whatever is not words may change: spacing, punctuation, tracking."""
    pages: dict[str, Kept] = {}
    assert _told(_sifted(pages, _raw(), _raw(url="https://wire.example/1?utm_source=x"))) == [
        ("new", None, "Harbour opens")
    ]
    again = _sifted(pages, _raw(title="Harbour  opens!", text="<p>At nine</p>"))
    assert (again.sending, again.known) == ([], 1)


def test_other_words_are_an_update_with_the_first_id() -> None:
    """Known by its id or by its address; the count is the revision."""
    pages: dict[str, Kept] = {}
    (first,) = _sifted(pages, _raw()).sending
    (second,) = _sifted(pages, _raw(title="Harbour opens late", url="https://wire.example/1-late")).sending
    (third,) = _sifted(pages, _raw(id="new-guid", title="Harbour stays shut")).sending
    assert [second.status, second.fields["revision"], third.fields["revision"]] == [Status.UPDATE, 2, 3]
    assert first.fields["id"] == second.fields["id"] == third.fields["id"]


def test_a_page_that_flaps_between_two_versions_says_nothing_new() -> None:
    """Two servers behind one address often differ."""
    pages: dict[str, Kept] = {}
    _sifted(pages, _raw())
    assert len(_sifted(pages, _raw(text="At ten.")).sending) == 1
    assert not _sifted(pages, _raw()).sending
    assert not _sifted(pages, _raw(text="At ten.")).sending


def test_taken_back_once_and_only_what_was_sent() -> None:
    """A tombstone carries the headline it takes back; an article that returns is an update."""
    pages: dict[str, Kept] = {}
    gone = {"id": "1", "status": "removed"}
    assert not _sifted(pages, gone).sending
    _sifted(pages, _raw())
    removed = _sifted(pages, gone)
    assert _told(removed) == [("removed", 2, "Harbour opens")]
    assert removed.sending[0].fields["url"] == "https://wire.example/1"
    assert not _sifted(pages, gone).sending
    assert _told(_sifted(pages, _raw())) == [("update", 3, "Harbour opens")]


def test_an_address_that_several_articles_share_tells_none_of_them_apart() -> None:
    """A live page, or a feed whose links all lead to one page."""
    pages: dict[str, Kept] = {}
    shared = "https://wire.example/live"
    found = _sifted(pages, _raw(id="1", url=shared), _raw(id="2", title="Second", url=shared))
    assert [s.status for s in found.sending] == [Status.NEW, Status.NEW]
    later = _sifted(pages, _raw(id="3", title="Third", url=shared))
    assert _told(later) == [("new", None, "Third")]
    assert Shared() in found.kept.values()


def test_an_article_that_a_page_lists_twice_is_one() -> None:
    """Under an id for each section: what tells two articles of one address apart is their headlines, not their ids."""
    pages: dict[str, Kept] = {}
    assert _told(_sifted(pages, _raw(id="economy/1"), _raw(id="local/1"))) == [("new", None, "Harbour opens")]
    assert not _sifted(pages, _raw(id="local/1"), _raw(id="economy/1")).sending
    assert [s.status for s in _sifted(pages, _raw(id="local/1", title="Harbour shut")).sending] == [Status.UPDATE]


def test_without_an_id_the_address_is_enough_and_a_front_page_is_not() -> None:
    """Then the headline and its day are the name."""
    pages: dict[str, Kept] = {}
    front = {"url": "https://wire.example/", "id": ""}
    assert len(_sifted(pages, _raw(**front), _raw(title="Other", **front)).sending) == 2
    assert not _sifted(pages, _raw(**front)).sending
    assert isinstance(next(iter(pages.values())), Entry)


def test_what_is_hostile_in_a_raw_article_does_not_enter() -> None:
    """Odd types, half characters, addresses that are none, dates that are none."""
    item = item_of(
        {"title": "A\ud800b", "text": 5, "url": "javascript:alert(1)", "published": {"a": 1}, "id": ["x"], "tickers": [1, " BABA "]},
        SOURCE, PAGE,
    )  # fmt: skip
    assert item is not None
    assert (item.title, item.url, item.published) == ("A?b", "", None)
    assert item.fields["tickers"] == ["BABA"]
    assert set(item.missing) == {"url", "published"}
    assert item_of({"url": "https://wire.example/1"}, SOURCE, PAGE) is None


def test_dates_as_feeds_write_them() -> None:
    """Zones by letters, dotted days, epochs; None for what is none."""
    for text in (
        "Fri, 09 Jan 2026 07:00:00 EST", "2026-01-09T12:00:00Z", "2026-01-09 13:00", "09.01.2026 13:00", "20260109T130000",
        "Fri, 9 Jan 2026 13:00:00 +0100", 1767960000, 1767960000000, "1767960000",
    ):  # fmt: skip
        assert iso(published_of(text, "Europe/Berlin")) == iso(NOON), text
    assert published_of("Fri, 09 Jan 2026 12:00:00 GMT", "Asia/Tokyo") == NOON
    assert published_of("9 Jan 2026 12:00", "UTC") == NOON
    nonsense: object
    for nonsense in ("yesterday", "", "0000-00-00 00:00:00", "1" * 70, float("nan"), None, [], "32.01.2026", True):
        assert published_of(nonsense, "UTC") is None, nonsense


def test_what_has_no_key_of_its_own_is_known_by_its_headline() -> None:
    """An address that others share, and no id: it enters once, and the page is read to its end."""
    pages: dict[str, Kept] = {}
    page = (_raw(id="1"), _raw(id="2", title="Mole closes"), {"title": "Crane falls", "url": "https://wire.example/1"})
    assert [s.fields["title"] for s in _sifted(pages, *page).sending] == ["Crane falls", "Mole closes", "Harbour opens"]
    assert not _sifted(pages, *page).sending


def test_one_key_on_several_headlines_is_nobodys() -> None:
    """Six articles that all link to the press page, or all have the id 0, are six."""
    for key in ({"url": "https://wire.example/press"}, {"id": "0", "url": ""}):
        pages: dict[str, Kept] = {}
        page = [{"title": f"Crane {n} falls", **key} for n in range(6)]
        found = _sifted(pages, *page)
        assert len({s.fields["id"] for s in found.sending}) == 6
        assert {s.status for s in found.sending} == {Status.NEW}
        assert not _sifted(pages, *page).sending


def test_a_changed_sign_or_currency_is_an_update() -> None:
    """Nothing else may have changed: a loss is no profit."""
    for before, after in (("EPS -$0.31", "EPS $0.31"), ("GDP +0.3%", "GDP -0.3%"), ("10 Mrd €", "10 Mrd $")):
        pages: dict[str, Kept] = {}
        _sifted(pages, _raw(title=before))
        assert [s.status for s in _sifted(pages, _raw(title=after)).sending] == [Status.UPDATE]


def test_feeds_of_one_outlet_with_ids_of_their_own_and_one_address() -> None:
    """An edit that the second feed brings first is sent once, and its removal is heard."""
    pages: dict[str, Kept] = {}
    _sifted(pages, _raw(id="A"))
    assert not _sifted(pages, _raw(id="B")).sending
    assert len(_sifted(pages, _raw(id="B", title="Harbour opens late")).sending) == 1
    assert not _sifted(pages, _raw(id="A", title="Harbour opens late")).sending
    assert [s.status for s in _sifted(pages, {"id": "B", "status": "removed"}).sending] == [Status.REMOVED]


def test_times_of_feeds() -> None:
    """Zones by name, a day as its end, in the zone of the source; and never what leaves the day to guess."""
    assert published_of("9 Jan 2026 13:00 CET", "UTC") == NOON
    assert published_of("Fri, 09 Jan 2026 07:00:00 EST", "Europe/Berlin") == NOON
    assert iso(published_of("Di, 01 Dez 2026 09:12:00 +0100", "UTC")) == "2026-12-01T08:12:00.000Z"
    assert iso(published_of("Mi, 04. März 2026, 09:12 Uhr", "Europe/Berlin")) == "2026-03-04T08:12:00.000Z"
    for day in ("2026-01-09", "9. Januar 2026", "20260109", "Fri, 09 Jan 2026 00:00:00 +0100", "2026-01-09T00:00"):
        assert iso(published_of(day, "Europe/Berlin")) == "2026-01-09T22:59:59.999Z"
    assert published_of("10:30", "UTC") is published_of("Friday", "UTC") is published_of("2026-02", "UTC") is None
