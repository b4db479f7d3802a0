"""wire: what is written can be read again, and what cannot be read says so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records import Decision, Origin, Reason
from streams.wire import (
    Unreadable,
    dead_headers,
    decode_alert,
    decode_decision,
    encode_alert,
    encode_decision,
)
from tests.build import NOON, alert

TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@given(TEXT, TEXT, st.integers(0, 2_000_000_000_000))
def test_an_alert_survives_the_outbox(title: str, source: str, seen: int) -> None:
    """encode then decode gives the same alert."""
    made = replace(alert(), title=title, source=source, seen=seen)
    assert decode_alert(encode_alert(made)) == made


@given(TEXT, st.sampled_from(list(Reason)), st.none() | st.integers(0, 4_000_000_000_000))
def test_a_decision_survives_the_ledger(detail: str, reason: Reason, published: int | None) -> None:
    """encode then decode gives the same decision."""
    made = Decision(
        article_id="a", watch=None, stage="decode", reason=reason, detail=detail,
        origin=Origin(topic="articles", partition=2, offset=9), published=published, seen=NOON, decided=NOON + 1,
    )  # fmt: skip
    assert decode_decision(encode_decision(made)) == made


@pytest.mark.parametrize("raw", [b"", b"junk", b"[]", b"{}", b'{"v": 99}', b'{"v": 1}', b'{"v": 1, "id": 3}'])
def test_unreadable_records_say_so(raw: bytes) -> None:
    """No KeyError leaves the wire."""
    with pytest.raises(Unreadable):
        decode_alert(raw)
    with pytest.raises(Unreadable):
        decode_decision(raw)


def test_a_dead_letter_says_why_where_and_when() -> None:
    """Headers carry reason, stage, origin and time."""
    origin = Origin(topic="articles", partition=3, offset=7)
    headers = dead_headers(origin, Reason.MALFORMED, "not JSON", "decode", NOON)
    assert headers["reason"] == b"malformed"
    assert (headers["topic"], headers["partition"], headers["offset"]) == (b"articles", b"3", b"7")
    assert headers["time"] == b"2026-01-09T12:00:00.000Z"
