"""replay --html: one page that opens offline and shows what a run did."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from streams.replay.diff import difference
from streams.replay.gather import gather
from streams.replay.page import page
from tests.browser import Browser
from tests.flow.test_replay_diff import BEFORE, NOW, files, line


class Tags(HTMLParser):
    """Collects tags and attributes, and refuses what is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "line"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_opens_offline_and_is_well_formed(tmp_path: Path) -> None:
    """No script, no address, every tag closed; a policy forbids loading anything."""
    before, now = files(tmp_path, BEFORE, NOW)
    text = page(now, difference(before, now), "articles")
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert not re.search(r"(src|href)=|<script|url\(", text)
    assert "default-src 'none'" in text
    assert [t for t, _ in tags.seen].count("svg") == 4


def test_the_page_tells_what_the_run_did(tmp_path: Path) -> None:
    """Articles, alerts per watch and category, reasons, stories, and the difference to a baseline."""
    before, now = files(tmp_path, BEFORE, NOW)
    text = page(now, difference(before, now), "articles")
    assert "5 articles from 2026-01-09T12:00:00.000Z to 2026-01-09T12:09:00.000Z, 3 alerts on 2 stories" in text
    assert "chips (3)" in text
    assert "capex (3)" in text
    assert "below_threshold: 1" in text
    assert "1 lost, 1 added, 1 changed, 1 moved" in text
    assert "Against the baseline" not in page(now, None, "articles")


def test_a_redelivery_is_drawn_once(tmp_path: Path) -> None:
    """It asks for the same alert again, and no channel shows it twice."""
    again = [line("a", "chips", "alerted", "s-a", minute, alert="one") for minute in (0, 5)]
    (tmp_path / "out").write_bytes(b"".join(again))
    assert "2 articles from" in (text := page(tmp_path / "out", None, "articles"))
    assert ", 1 alerts on 1 stories" in text and "chips (1)" in text


def test_hostile_headlines_are_inert(tmp_path: Path) -> None:
    """Headline, watch and file name come from outside."""
    bad = "<script>alert(1)</script>"
    (tmp_path / "out").write_bytes(line("a", bad, "alerted", "s", title=bad))
    assert "<script" not in page(tmp_path / "out", None, bad)


def test_a_real_browser_draws_the_page_and_runs_nothing_of_it(tmp_path: Path, browser: Browser) -> None:
    """What an article brings along stays text on the page; the four plots stand there and can be seen."""
    bad = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>"
    before, now = files(tmp_path, BEFORE, [*NOW, line("f", bad, "alerted", "s-f", title=bad)])
    sheet = tmp_path / "page.html"
    sheet.write_text(page(now, difference(before, now), bad))
    drawn = browser(sheet)
    assert drawn.count("<svg") == 4
    assert "<title>owned" not in drawn
    assert not re.search("<script|<img", drawn)
    picture, blank = tmp_path / "page.png", tmp_path / "blank.png"
    browser(sheet, picture=picture)
    (tmp_path / "blank.html").write_text("<!doctype html><title>nothing</title>")
    browser(tmp_path / "blank.html", picture=blank)
    assert picture.stat().st_size > 5 * blank.stat().st_size


def test_a_run_without_alerts_or_articles_has_a_page_too(tmp_path: Path) -> None:
    """Nothing divides by nothing."""
    (tmp_path / "out").write_bytes(b"")
    assert "0 articles" in page(tmp_path / "out", None, "empty")
    (tmp_path / "out").write_bytes(line("a", None, "malformed"))
    assert "malformed: 1" in page(tmp_path / "out", None, "one")


def test_years_and_seconds_fit_on_the_axis(tmp_path: Path) -> None:
    """The width of a bar follows the stretch, so that there are never more than 60."""
    for minutes in (0, 1, 59, 60 * 24, 60 * 24 * 31, 60 * 24 * 400):
        (tmp_path / "out").write_bytes(line("a", "w", "alerted", "s", 0) + line("b", "w", "alerted", "t", minutes))
        found = gather(tmp_path / "out")
        assert (found.end - found.begin) // found.width() < 60
        assert sum(c.total() for c in found.series("watch").values()) == 2
