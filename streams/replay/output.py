"""A run's decisions as JSON lines, byte for byte the same for the same input and configuration; and reading them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from streams.basics.times import iso, parse_time
from streams.flow import Journey
from streams.records import SPOKE, Alert, Article, Millis


def lines(journey: Journey, clock: Millis) -> list[bytes]:
    """One line per decision; `clock` is the virtual time at which the article was decided."""
    article = journey.article
    alerts = {a.alert_id: a for a in journey.alerts}
    origin = article.origin
    shared = {
        "partition": origin.partition,
        "offset": origin.offset,
        "source": article.source,
        "lang": article.lang,
        "title": article.title,
        "published": iso(article.published),
        "seen": iso(article.seen),
        "decided": iso(clock),
    }
    return [
        orjson.dumps(
            {
                "article": d.article_id,
                "watch": d.watch,
                "reason": d.reason.value,
                "stage": d.stage,
                "detail": d.detail,
                "story": d.story_id,
                "alert": d.alert_id,
            }
            | shared
            | _said(article, alerts.get(d.alert_id))
        )
        for d in journey.decisions
    ]


def _said(article: Article, alert: Alert | None) -> dict[str, Any]:
    if alert is None:
        return {}
    return {
        "url": article.url,
        "channel": alert.channel,
        "hold": iso(alert.hold) if alert.hold else None,
        "companies": [c.id for c in alert.companies],
        "categories": [r.category for r in alert.relevances],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One line of a run's output, as far as comparing and drawing need it."""

    article: str
    watch: str
    reason: str
    stage: str
    detail: str
    story: str
    at: tuple[int, int]  # partition and offset
    alert: str  # id of the alert; "" for what is silent
    lang: str
    source: str
    title: str
    published: Millis | None
    seen: Millis
    decided: Millis
    companies: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    channel: str = ""  # of an alert
    hold: Millis = 0  # quiet hours hold the alert until then

    @property
    def spoke(self) -> bool:
        """Whether a channel was to show something."""
        return self.reason in SPOKE


def read_decisions(path: Path) -> Iterator[Decided]:
    """The decisions of an earlier run. Raises ValueError with file and line for what is none, and OSError."""
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            yield decided_at(path, number, raw)


def by_record(decisions: Iterable[Decided]) -> Iterator[list[Decided]]:
    """The decisions on one record after the other; a record that stands there twice is two."""
    record: list[Decided] = []
    for decision in decisions:
        if record and not _of_same(record, decision):
            yield record
            record = []
        record.append(decision)
    if record:
        yield record


def _of_same(record: list[Decided], decision: Decided) -> bool:
    """One record has one decision a watch, or a single one for all."""
    first = record[0]
    if (decision.at, decision.article) != (first.at, first.article) or "" in (decision.watch, first.watch):
        return False
    return all(decision.watch != earlier.watch for earlier in record)


def decided_at(path: Path, number: int, raw: bytes) -> Decided:
    """A line of a run's output. Raises ValueError, with file and line, for what is no decision."""
    try:
        return _decided(orjson.loads(raw))
    except (KeyError, TypeError, ValueError) as fault:
        raise ValueError(f"{path}:{number}: no decision of a replay: {fault!r}") from None


def _decided(data: dict[str, Any]) -> Decided:
    return Decided(
        article=data["article"],
        watch=data["watch"] or "",
        reason=data["reason"],
        stage=data["stage"],
        detail=data["detail"],
        story=data["story"],
        at=(data["partition"], data["offset"]),
        alert=data["alert"],
        lang=data["lang"],
        source=data["source"],
        title=data["title"],
        published=None if data["published"] is None else parse_time(data["published"]),
        seen=parse_time(data["seen"]),
        decided=parse_time(data["decided"]),
        companies=tuple(data.get("companies", ())),
        categories=tuple(data.get("categories", ())),
        channel=data.get("channel", ""),
        hold=0 if data.get("hold") is None else parse_time(data["hold"]),
    )
