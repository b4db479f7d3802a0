"""Bytes <-> records, versioned. The only file that knows how topics spell an alert, a decision or a receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
import orjson

from streams.basics.times import believable, iso, parse_time
from streams.records import (
    Alert,
    Company,
    Decision,
    Fact,
    Millis,
    Origin,
    Proof,
    Reason,
    Receipt,
    Relevance,
)

VERSION: Final = 1
_RECEIPT: Final = "receipt"
"""The `kind` of a record of the ledger that is no decision; a decision has none."""
_SIGNS: Final[Mapping[str, frozenset[str]]] = {
    "decisions": frozenset({"v", "article", "watch", "stage", "reason"}),
    "alerts": frozenset({"v", "id", "kind", "watch", "channel", "story"}),
}
"""Fields that no article has together, whatever their version; receipts and clicks have no `title`."""


class Unreadable(ValueError):  # noqa: N818 - named for what was read
    """Bytes that are no alert, decision or receipt of a version this code knows."""


def encode_decision(decision: Decision) -> bytes:
    """One ledger record; times as ISO 8601 with milliseconds."""
    fields = decision_fields(decision)
    fields["v"] = VERSION
    return orjson.dumps(fields)


def decision_fields(decision: Decision) -> dict[str, Any]:
    """A decision as plain JSON values."""
    return {
        "article": decision.article_id,
        "watch": decision.watch,
        "stage": decision.stage,
        "reason": decision.reason.value,
        "detail": decision.detail,
        "story": decision.story_id,
        "alert": decision.alert_id,
        "source": decision.source,
        "lang": decision.lang,
        "title": decision.title,
        "model": decision.model,
        "directory": decision.directory,
        "topic": decision.origin.topic,
        "partition": decision.origin.partition,
        "offset": decision.origin.offset,
        "published": iso(decision.published),
        "seen": iso(decision.seen),
        "decided": iso(decision.decided),
        "sent": iso(decision.sent),
        "related": decision.related,
        "claimed": decision.claimed,
    }


def decode_decision(raw: bytes) -> Decision | None:
    """A record of the ledger for who asks for decisions only: None for every other kind. Raises `Unreadable`."""
    data = _record(raw)
    return None if "kind" in data else _decision(data)


def _decision(data: dict[str, Any]) -> Decision:
    try:
        return Decision(
            article_id=data["article"],
            watch=data["watch"],
            stage=data["stage"],
            reason=Reason(data["reason"]),
            detail=data["detail"],
            origin=Origin(topic=data["topic"], partition=data["partition"], offset=data["offset"]),
            story_id=data["story"],
            alert_id=data["alert"],
            source=data["source"],
            lang=data["lang"],
            title=data["title"],
            model=data["model"],
            directory=data["directory"],
            published=_millis(data["published"]),
            seen=_millis(data["seen"]) or 0,
            decided=_millis(data["decided"]) or 0,
            sent=_millis(data["sent"]),
            related=data.get("related", 0),
            claimed=data.get("claimed", 0),
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise Unreadable(f"no decision: {fault!r}") from None


def encode_receipt(receipt: Receipt) -> bytes:
    """One ledger record of the other kind; times as in a decision."""
    return orjson.dumps(
        {
            "v": VERSION,
            "kind": _RECEIPT,
            "alert": receipt.alert_id,
            "article": receipt.article_id,
            "root": receipt.root_id,
            "channel": receipt.channel,
            "proof": receipt.proof.value,
            "at": iso(receipt.at),
            "ts": receipt.ts,
            "why": receipt.why,
            "hold": iso(receipt.hold or None),
        }
    )


def decode_entry(raw: bytes) -> Decision | Receipt | None:
    """A record of the ledger; None for a kind that a later version may write. Raises `Unreadable`."""
    data = _record(raw)
    if "kind" not in data:
        return _decision(data)
    return _receipt(data) if data["kind"] == _RECEIPT else None


def _receipt(data: dict[str, Any]) -> Receipt:
    try:
        return Receipt(
            alert_id=data["alert"],
            article_id=data["article"],
            root_id=data["root"],
            channel=data["channel"],
            proof=Proof(data["proof"]),
            at=parse_time(data["at"]),
            ts=data["ts"],
            why=data["why"],
            hold=_millis(data["hold"]) or 0,
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise Unreadable(f"no receipt: {fault!r}") from None


def encode_alert(alert: Alert) -> bytes:
    """One outbox record."""
    return orjson.dumps(
        {
            "v": VERSION,
            "id": alert.alert_id,
            "kind": alert.kind.value,
            "watch": alert.watch,
            "channel": alert.channel,
            "story": alert.story_id,
            "article": alert.article_id,
            "root": alert.root_id,
            "title": alert.title,
            "url": alert.url,
            "source": alert.source,
            "lang": alert.lang,
            "companies": [company_fields(c) for c in alert.companies],
            "relevances": {r.category: relevance_fields(r) for r in alert.relevances},
            "facts": [fact_fields(f) for f in alert.facts],
            "why": alert.why,
            "novelty": alert.novelty,
            "urgent": alert.urgent,
            "published": alert.published,
            "seen": alert.seen,
            "decided": alert.decided,
            "first_lang": alert.first_lang,
            "first_seen": alert.first_seen,
            "status": alert.status.value,
            "hold": alert.hold,
            "quiet": alert.quiet,
            "article_key": alert.article_key,
            "lead": alert.lead,
        }
    )


_AS_WRITTEN: Final = {
    "id": "alert_id", "story": "story_id", "article": "article_id", "root": "root_id"
}  # fmt: skip
"""Fields of an alert that the outbox calls otherwise."""


def decode_alert(raw: bytes) -> Alert:
    """Raises `Unreadable`, also for a field of another type: what enters the delivery book relies on them."""
    data = _record(raw)
    try:
        data["relevances"] = [{"category": k, **r} for k, r in data["relevances"].items()]
        alert = msgspec.convert({_AS_WRITTEN.get(name, name): value for name, value in data.items()}, Alert)
    except (KeyError, TypeError, ValueError, AttributeError, msgspec.ValidationError) as fault:
        raise Unreadable(f"no alert: {fault!r}") from None
    if alert.hold != believable(alert.hold):
        raise Unreadable(f"no alert: hold is {alert.hold}")
    return alert


def company_fields(company: Company) -> dict[str, Any]:
    """A company found in an article, as plain JSON values."""
    return {
        "id": company.id,
        "name": company.name,
        "tickers": list(company.tickers),
        "confidence": round(company.confidence, 3),
        "salience": company.salience,
        "role": company.role,
        "kind": company.kind,
        "evidence": list(company.evidence),
        "spans": [list(s) for s in company.spans],
    }


def relevance_fields(relevance: Relevance) -> dict[str, Any]:
    """A relevance as plain JSON values (its category is the key it stands under)."""
    return {
        "probability": round(relevance.probability, 4),
        "relevant": relevance.relevant,
        "threshold": relevance.threshold,
        "alert_threshold": relevance.alert_threshold,
        "terms": list(relevance.terms),
    }


def fact_fields(fact: Fact) -> dict[str, str]:
    """A fact as plain JSON values."""
    return {"kind": fact.kind, "value": fact.value, "unit": fact.unit, "text": fact.text}


def dead_headers(origin: Origin, reason: Reason, detail: str, stage: str, at: Millis) -> Mapping[str, bytes]:
    """What a dead letter carries beside its unchanged bytes: where it lay, and why it ended at which stage."""
    return {
        "reason": reason.value.encode(),
        "detail": detail.encode("utf-8", "replace")[:1_000],
        "stage": stage.encode(),
        "topic": origin.topic.encode(),
        "partition": str(origin.partition).encode(),
        "offset": str(origin.offset).encode(),
        "time": (iso(at) or "").encode(),
    }


def home_of(data: Mapping[str, Any]) -> str:
    """The topic, without prefix, that a record of our own belongs on; "" for everybody else's.

    Decisions and alerts have a `title`: among the articles they would be judged as news.
    """
    if type(data.get("v")) is not int:
        return ""
    return next((topic for topic, signs in _SIGNS.items() if signs <= data.keys()), "")


def _millis(text: str | None) -> int | None:
    return None if text is None else parse_time(text)


def _record(raw: bytes) -> dict[str, Any]:
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError as fault:
        raise Unreadable(f"not JSON: {fault}") from None
    if not isinstance(data, dict) or data.get("v") != VERSION:
        raise Unreadable(f"not a record of version {VERSION}")
    return data
