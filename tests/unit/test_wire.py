"""wire: what is written can be read again, and what cannot be read says so."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records import Decision, Origin, Proof, Reason, Receipt
from streams.wire import (
    Unreadable,
    dead_headers,
    decode_alert,
    decode_decision,
    decode_entry,
    encode_alert,
    encode_decision,
    encode_receipt,
)
from tests.build import NOON, alert

TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@given(TEXT, TEXT, st.integers(0, 2_000_000_000_000))
def test_an_alert_survives_the_outbox(title: str, source: str, seen: int) -> None:
    """encode then decode gives the same alert."""
    made = replace(alert(), title=title, source=source, seen=seen, quiet="22:00-06:30 Europe/Berlin")
    assert decode_alert(encode_alert(made)) == made


def test_an_alert_written_before_it_told_the_quiet_hours_of_its_watch_is_read() -> None:
    """It has none."""
    data = orjson.loads(encode_alert(alert()))
    del data["quiet"]
    assert decode_alert(orjson.dumps(data)) == alert()


@given(TEXT, st.sampled_from(list(Reason)), st.none() | st.integers(0, 4_000_000_000_000))
def test_a_decision_survives_the_ledger(detail: str, reason: Reason, published: int | None) -> None:
    """encode then decode gives the same decision."""
    made = Decision(
        article_id="a", watch=None, stage="decode", reason=reason, detail=detail,
        origin=Origin(topic="articles", partition=2, offset=9), published=published, seen=NOON, decided=NOON + 1,
    )  # fmt: skip
    assert decode_decision(encode_decision(made)) == made


@given(TEXT, st.sampled_from(list(Proof)), st.integers(0, 4_000_000_000_000), st.sampled_from([0, NOON]))
def test_a_receipt_survives_the_ledger_and_is_no_decision(why: str, proof: Proof, at: int, hold: int) -> None:
    """Who asks for decisions passes it over; who asks for both tells them apart."""
    made = Receipt(
        alert_id="a", article_id="x", root_id="r", channel="slack:C1", proof=proof, at=at, ts="1.5", why=why, hold=hold
    )
    raw = encode_receipt(made)
    assert decode_entry(raw) == made
    assert decode_decision(raw) is None


def test_a_decision_written_before_there_were_receipts_is_read() -> None:
    """Byte for byte as an earlier version wrote it; and a kind that a later one may write is passed over."""
    old = (
        b'{"article":"a","watch":"w","stage":"decide","reason":"alerted","detail":"","story":"s","alert":"b","source":"",'
        b'"lang":"en","title":"t","model":"m","directory":"d","topic":"articles","partition":2,"offset":9,'
        b'"published":null,"seen":"2026-01-09T12:00:00.000Z","decided":"2026-01-09T12:00:00.040Z","sent":null,"v":1}'
    )
    found = decode_entry(old)
    assert isinstance(found, Decision)
    assert (found.alert_id, found.decided, found.sent) == ("b", NOON + 40, None)
    assert decode_decision(old) == found
    later = b'{"v": 1, "kind": "verdict", "article": "a"}'
    assert decode_entry(later) is None and decode_decision(later) is None


@pytest.mark.parametrize("proof", [b'"later"', b"null", b"3"])
def test_a_receipt_that_cannot_be_read_says_so(proof: bytes) -> None:
    """No KeyError leaves the wire."""
    with pytest.raises(Unreadable, match="no receipt"):
        decode_entry(b'{"v": 1, "kind": "receipt", "alert": "a", "proof": ' + proof + b"}")
    with pytest.raises(Unreadable):
        decode_decision(b"junk")


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


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("channel", None), ("hold", None), ("hold", 1e300), ("hold", 10**30), ("hold", -1), ("id", 7), ("id", None),
        ("root", ["a"]), ("kind", "shout"), ("companies", [{"id": "a"}]), ("relevances", [1]), ("facts", [{"kind": 1}]),
        ("urgent", "yes"), ("seen", "noon"),
    ],
)  # fmt: skip
def test_an_alert_with_a_field_of_another_type_is_none(field: str, value: object) -> None:
    """What the delivery book cannot take would end the worker that enters it, again and again."""
    data = orjson.loads(encode_alert(alert()))
    with pytest.raises(Unreadable, match="no alert"):
        decode_alert(orjson.dumps(data | {field: value} if value != 10**30 else data | {field: 2**63}))
