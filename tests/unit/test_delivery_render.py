"""render: pure, within Slack's limits, and inert whatever the wire says."""

from __future__ import annotations

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.basics.times import DAY, HOUR, MINUTE, parse_time
from streams.channels.digest import digest
from streams.channels.render import blocks, message, rich_date
from streams.channels.words import clocks_line, companies_line, escape, inert, summary
from streams.delivery.book import Delivery, State
from streams.records import Kind, Status
from tests.build import NOON, alert, company

HOSTILE = [
    "<!channel> now", "<!here>", "<!everyone>", "<@U123>", "<#C1>", "<!subteam^S1>", "<https://evil.example|reuters.com>",
    "&lt;!here&gt;", "*bold* _it_ ~no~ `code`", ":rocket: :fire:", "javascript:alert(1)", "\u202egnp.exe", "\x00\x07",
    "a" * 10_000, "😀" * 3_000, "\ud800 lone", "line\nbreak\ttab", "@channel #general", "</b><script>", "\u200b\u2060",
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_cannot_reach_slacks_parser(words: str) -> None:
    """In the parsed text every angle bracket is escaped; elsewhere nothing is parsed."""
    hostile = replace(alert(), title=words, source=words, why=words)
    for piece in ("<!", "<@", "<#", "<http"):
        assert piece not in summary(hostile)
    for block in blocks(hostile, NOON):
        assert block["type"] in ("rich_text", "context")
        for element in block["elements"]:
            assert element["type"] in ("rich_text_section", "plain_text") or _is_ours(element)


def _is_ours(element: dict[str, str]) -> bool:
    """The one line that Slack parses: our words and Slack's dates, nothing from outside."""
    word = r"(published|seen|sent) (<!date\^\d+\^[a-z_{} ]+\|[-0-9: ]+ UTC>|\?|[-0-9]{10})|decided \+[0-9.]+ (s|min)"
    return element["type"] == "mrkdwn" and all(re.fullmatch(word, part) for part in element["text"].split(" · "))


@given(st.text(max_size=3_000), st.text(max_size=300))
def test_every_length_stays_within_slacks_limits(title: str, source: str) -> None:
    """Text at most 4,000, context lines at most 2,000 and ids at most 255 UTF-16 units."""
    arguments = message(replace(alert(), title=title, source=source), posted=NOON)
    assert len(arguments["text"].encode("utf-16-le")) // 2 <= 4_000
    for block in arguments["blocks"]:
        assert len(block["block_id"]) <= 255
        for element in block["elements"]:
            if element["type"] == "plain_text":
                assert 0 < len(element["text"].encode("utf-16-le", "replace")) // 2 <= 2_000


@given(st.text(max_size=400), st.integers(2, 50))
def test_inert_text_is_one_clean_bounded_line(words: str, most: int) -> None:
    """No control character, no line break, no more units than asked for."""
    line = inert(words, most)
    assert len(line.encode("utf-16-le", "replace")) // 2 <= most
    assert "\n" not in line
    assert all(c.isprintable() or c == " " for c in line)


def test_escaping_is_slacks_three_entities_ampersand_first() -> None:
    """`&` is escaped once, then the brackets."""
    assert escape("a & <b> &lt;") == "a &amp; &lt;b&gt; &amp;lt;"


def test_the_ladder_drops_decoration_until_only_text_is_left() -> None:
    """After a payload error: no metadata, then the headline alone, then text alone."""
    keys = [set(message(alert(), step)) for step in range(4)]
    assert "metadata" in keys[0]
    assert "metadata" not in keys[1]
    assert len(message(alert(), 2)["blocks"]) == 1
    assert "blocks" not in keys[3]


def test_a_message_says_who_what_why_and_when() -> None:
    """Headline linked, company with tickers, category with probability and words, watch, clocks."""
    built = blocks(alert(), NOON + 900)
    assert built[0]["elements"][0]["elements"][1]["url"] == "https://wire.example/1"
    assert companies_line(alert()) == "Alibaba (BABA) | capex 0.93: raises, plan"
    words = " ".join(e["text"] for b in built[1:] for e in b["elements"])
    assert "watch china-ai" in words
    assert "published <!date^1767959940^{time_secs}|11:59:00 UTC>" in words
    assert "sent <!date^1767960000^{time_secs}|12:00:00 UTC>" in words
    assert "sent +0.9 s" in clocks_line(alert(), NOON + 900)


@pytest.mark.parametrize(
    ("posted", "day"),
    [
        (NOON, ""), (NOON + 11 * HOUR, ""),
        (NOON + 12 * HOUR, "2026-01-09 "),  # midnight in UTC
        (NOON + 20 * DAY, "2026-01-09 "), (NOON - 13 * HOUR, "2026-01-09 "),
    ],
)  # fmt: skip
def test_a_time_of_another_day_says_which(posted: int, day: str) -> None:
    """Yesterday's 11:59 is not taken for today's: in Slack, on the console, and where Slack's dates cannot be shown."""
    form = "{date_short_pretty} {time_secs}" if day else "{time_secs}"
    assert f"published <!date^1767959940^{form}|{day}11:59:00 UTC>" in str(blocks(alert(), posted))
    assert f"seen <!date^1767960000^{form}|{day}12:00:00 UTC>" in str(blocks(alert(), posted))
    assert f"published {day}11:59:00 UTC · seen {day}12:00:00 UTC" in clocks_line(alert(), posted)
    short = "{date_short_pretty} {time}" if day else "{time}"
    date = rich_date(NOON, posted)
    assert (date["format"], date["fallback"]) == (short, f"{day}12:00 UTC")


def test_half_a_day_ago_is_another_day_somewhere() -> None:
    """01:00 said at 14:00 of one day in UTC was yesterday in New York."""
    morning = NOON - 11 * HOUR
    words = clocks_line(replace(alert(), published=morning, seen=NOON + 2 * HOUR), NOON + 2 * HOUR)
    assert "published 2026-01-09 01:00:00 UTC · seen 14:00:00 UTC" in words


def test_an_update_says_what_changed() -> None:
    """The changed facts stand in the message, as the article wrote them."""
    update = replace(alert(), kind=Kind.UPDATE, root_id="a00000")
    assert "changed: $3.2bn" in str(blocks(update))
    assert message(update)["text"].endswith("(Example Wire) · changed: $3.2bn")  # a phone shows nothing else


def test_what_is_withdrawn_has_not_changed() -> None:
    """Its figures are those that no longer hold."""
    removal = replace(alert(), kind=Kind.CORRECTION, status=Status.REMOVED, root_id="a00000")
    assert "changed" not in str(message(removal))


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Tokyo"])
def test_a_day_without_a_time_is_told_as_a_day(zone: str) -> None:
    """Nobody said 23:59:59, which in Berlin would even be tomorrow."""
    day = parse_time("2026-01-09", latest=True, zone=ZoneInfo(zone))
    dated = replace(alert(), published=day)
    assert "'published 2026-01-09 · seen <!date" in str(blocks(dated, NOON))
    assert "published 2026-01-09 · seen 12:00:00 UTC" in clocks_line(dated, NOON)
    assert rich_date(day, NOON) == {"type": "text", "text": "2026-01-09"}


def test_a_digest_tells_its_hours_by_the_readers_clock() -> None:
    """Head and lines alike: half of them in UTC would be taken for the reader's own."""
    members = (alert(1), replace(alert(2), decided=NOON + 2 * HOUR))
    held = Delivery(alert=members[0], state=State.SENDING, fence=1, members=members, fold="late", digest_id="g1")
    told = digest(held, NOON + 3 * HOUR)
    head = told["blocks"][0]["elements"][0]["text"]
    assert "2 alerts, <!date^1767960000^{time}|12:00 UTC> to <!date^1767967200^{time}|14:00 UTC>, held back" in head
    assert "2 alerts, 12:00 to 14:00 UTC, held back" in told["text"]


def test_a_digest_line_never_tells_a_time_to_come() -> None:
    """Who was published after it was seen has a wrong clock, or only a day."""
    early = replace(alert(1), published=NOON + 5 * HOUR)
    held = Delivery(alert=early, state=State.SENDING, fence=1, members=(early,), digest_id="g1")
    assert digest(held, NOON + HOUR)["blocks"][1]["elements"][0]["elements"][3]["timestamp"] == NOON // 1_000


def test_what_is_left_out_is_counted() -> None:
    """Five companies of nine are not all that it names."""
    many = replace(alert(), companies=tuple(company(f"c{n}", f"T{n}") for n in range(9)), relevances=())
    assert companies_line(many).endswith("C4 (T4) and 4 more")
    assert companies_line(replace(many, companies=many.companies[:5])).endswith("C4 (T4)")


def test_spans_are_told_in_words_a_person_takes_in() -> None:
    """Hours late is not told in seconds, nor days in minutes."""
    late = replace(alert(), decided=NOON + 3 * HOUR, first_lang="de", first_seen=NOON - 3 * DAY, published=NOON)
    assert "decided +180 min" in clocks_line(late)
    assert "first in German, 3 days earlier" in clocks_line(late)
    assert "first in fr, 2 minutes earlier" in clocks_line(replace(late, first_lang="fr", first_seen=NOON - 2 * MINUTE))
    assert "first in German, just before" in clocks_line(replace(late, first_seen=NOON - 1))


def test_no_link_is_made_of_what_is_no_web_address() -> None:
    """A javascript: url is text, never a link."""
    assert "javascript" not in str(blocks(replace(alert(), url="javascript:alert(1)")))
