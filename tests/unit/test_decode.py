"""decode: what cannot be read ends as malformed, saying what is wrong, where, and how to mend it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.basics.times import HOUR, parse_time
from streams.records import Decision, Ended, Origin, Reason, Status
from streams.stages.decode import Decode
from streams.stages.normalise import event_time
from streams.wire import encode_alert, encode_decision
from tests.build import NOON, alert, arrival, sent

DECISION = Decision(
    article_id="a", watch="w", stage="decide", reason=Reason.ALERTED, detail="", title="Alibaba to invest",
    origin=Origin(topic="articles", partition=0, offset=1), seen=NOON, decided=NOON,
)  # fmt: skip
MALFORMED = [
    (encode_decision(DECISION), "a record of `decisions`, no article"),
    (encode_alert(alert(1)), "a record of `alerts`, no article"),
    (b"", "empty message"),
    (b"not json", "not JSON"),
    (b"<!channel>", "not JSON"),
    (b'{"title": "cut', "not JSON"),
    (b"\xff\xfe\x00", "not JSON"),
    (b"[]", "a JSON list"),
    (b'"text"', "a JSON string"),
    (b"3", "a JSON number"),
    (b"null", "a JSON null"),
    (b"true", "a JSON boolean"),
    (b"{}", "`title` is missing"),
    (b'{"status": "removed", "source": "A"}', "`title` is missing"),
    (b'{"id": "a", "status": "correction"}', "`title` is missing"),
    (b'{"title": null}', "`title` is missing"),
    (b'{"title": "  "}', "`title` is empty"),
    (b'{"title": ["x"]}', "`title` is a list"),
    (b'{"title": {"a": 1}}', "`title` is a object"),
    (b'{"title": 7}', "`title` is a number"),
    (b'{"title": "x", "text": 1}', "`text` is a number"),
    (b'{"title": "x", "url": []}', "`url` is a list"),
    (b'{"title": "x", "source": false}', "`source` is a boolean"),
    (b'{"title": "x", "status": "maybe"}', "`status` is 'maybe'"),
    (b'{"title": "x", "tickers": [1]}', "`tickers` must be a list of strings"),
    (b'{"title": "x", "published": "9999-12-31"}', "the year 9999"),
    (b'{"title": "x", "published": "soon"}', "`published` is 'soon'"),
    (b'{"title": "x", "published": "11:58"}', "not a full date"),
    (b'{"title": "x", "published": []}', "`published` is a list"),
    (b'{"title": "x", "published": ' + b"[" * 1_000 + b"]" * 1_000 + b"}", "`published` is a list"),
    (b'{"title": "x", "published": ' + b'{"a":' * 1_000 + b"1" + b"}" * 1_000 + b"}", "`published` is a object"),
    (b'{"title": "x", "published": true}', "`published`"),
    (b'{"title": "x", "published": 1e300}', "`published`"),
    (b'{"title": "\\ud800"}', "not JSON"),
    (b'{"title": NaN}', "not JSON"),
    (b'{"a":' * 2_000 + b"1" + b"}" * 2_000, "not JSON"),
    (b'{"title": "' + b"x" * 20_000 + b'"}', "20000 characters"),
    (b'{"title": "x", "text": "' + b"y" * 1_100_000 + b'"}', "bytes"),
]


@pytest.mark.parametrize(("raw", "why"), MALFORMED, ids=[w for _, w in MALFORMED])
async def test_bad_bytes_end_as_malformed_with_the_fault_in_words(raw: bytes, why: str) -> None:
    """Each way to be wrong ends the article, keeps its bytes, and names the fault."""
    (outcome,) = await Decode()([arrival(raw)])
    assert isinstance(outcome, Ended)
    assert outcome.reason is Reason.MALFORMED
    assert why in outcome.detail
    assert outcome.article.raw == raw


async def test_only_the_title_is_required() -> None:
    """A bare headline is an article."""
    (outcome,) = await Decode()([sent(title="Chip maker expands")])
    assert not isinstance(outcome, Ended)
    assert (outcome.title, outcome.text, outcome.published, outcome.status) == (
        "Chip maker expands",
        "",
        None,
        Status.NEW,
    )


@pytest.mark.parametrize(
    "published",
    [
        "2026-01-09", "20260109", "9 January 2026", "09.01.2026", "Fri, 09 Jan 2026 00:00:00 GMT", "2026-01-09T00:00:00Z",
        "1/9/2026 12:00:00 AM", 1_767_916_800, "1767916800000",
    ],
)  # fmt: skip
async def test_a_day_without_a_time_is_its_end(published: Any) -> None:
    """What was published today is not hours late because its feed names no hour, or midnight for want of one."""
    (outcome,) = await Decode()([sent(title="x", published=published)])
    assert not isinstance(outcome, Ended)
    assert outcome.published == NOON + 12 * HOUR - 1
    assert event_time(outcome.published, NOON) == NOON


@pytest.mark.parametrize(
    "published",
    [
        "2026-01-09T12:00:00Z",
        "2026-01-09T13:00:00+01:00",
        "2026-01-09 12:00:00",
        "Fri, 09 Jan 2026 12:00:00 GMT",
        "Fri, 09 Jan 2026 13:00:00 +0100",
        "Fri, 09 Jan 2026 04:00:00 PST",
        "Fri, 09 Jan 2026 07:00:00 EST",
        "Fri Jan 09 2026 07:00:00 GMT-0500 (Eastern Standard Time)",
        "Fri Jan 09 13:00:00 GMT+01:00 2026",
        "9 Jan 2026 12:00 UT",
        "Fr, 09 Jan 2026 13:00:00 +0100",
        "Freitag, 9. Januar 2026, 13:00 Uhr MEZ",
        "Fr., 9. Jän. 2026 14:00:00 MESZ",
        "09.01.2026 13:00 MEZ",
        "09.01.2026 12:00",
        1_767_960_000,
        1_767_960_000_000,
        1_767_960_000.0,
        "1767960000",
        "1767960000000",
    ],
)
async def test_every_listed_time_format_is_the_same_instant(published: Any) -> None:
    """ISO 8601, RFC 822 and epoch seconds or milliseconds are read alike."""
    (outcome,) = await Decode()([sent(title="x", published=published)])
    assert not isinstance(outcome, Ended)
    assert outcome.published == NOON


def test_a_time_too_large_for_a_clock_is_no_time() -> None:
    """One kind of error for whatever cannot be read."""
    for words in ("12:00 " + "9" * 50, "9" * 5_000, "2026-01-09T12:00:00+99:99"):
        with pytest.raises(ValueError, match=r"not a time|year|offset"):
            parse_time(words)


@pytest.mark.parametrize(
    ("said", "status"),
    [("new", Status.NEW), ("Updated", Status.UPDATE), ("correction", Status.CORRECTION), ("withdrawn", Status.REMOVED)],
)
async def test_status_words_of_the_field_are_understood(said: str, status: Status) -> None:
    """Feeds say created, updated, withdrawn; tapewire has four words."""
    (outcome,) = await Decode()([sent(title="x", status=said)])
    assert not isinstance(outcome, Ended)
    assert outcome.status is status


async def test_a_numeric_id_and_a_ticker_string_are_taken() -> None:
    """Feeds number their articles and write tickers in one string."""
    (outcome,) = await Decode()([sent(title="x", id=17, tickers="BABA, 9988.HK")])
    assert not isinstance(outcome, Ended)
    assert outcome.id == "17"
    assert outcome.given_tickers == ("BABA", "9988.HK")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["id", "title", "text", "url", "source", "published", "lang", "status"]), JSON))
async def test_no_json_object_raises(fields: dict[str, Any]) -> None:
    """Whatever the fields hold, the stage answers with an outcome."""
    (outcome,) = await Decode()([arrival(json.dumps(fields).encode("utf-8", "surrogatepass"))])
    assert isinstance(outcome, Ended) or outcome.title == fields["title"]


@given(st.binary(max_size=400))
async def test_no_bytes_raise(raw: bytes) -> None:
    """Whatever the bytes, the stage answers with an outcome that keeps them."""
    (outcome,) = await Decode()([arrival(raw)])
    article = outcome.article if isinstance(outcome, Ended) else outcome
    assert article.raw == raw
