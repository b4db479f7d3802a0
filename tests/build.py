"""Short ways to the records that tests speak of."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from streams.records import Alert, Article, Company, Fact, Kind, Millis, Origin, Relevance, evolve

NOON: Millis = 1_767_960_000_000
"""2026-01-09T12:00:00Z"""

_offset = [0]


def arrival(raw: bytes, *, seen: Millis = NOON, offset: int | None = None, partition: int = 0) -> Article:
    """Bytes as the worker takes them from Kafka."""
    _offset[0] += 1
    at = _offset[0] if offset is None else offset
    return Article(raw=raw, origin=Origin(topic="articles", partition=partition, offset=at), seen=seen)


def sent(seen: Millis = NOON, **fields: Any) -> Article:
    """An article with these JSON fields."""
    return arrival(json.dumps(fields).encode(), seen=seen)


def company(name: str = "alibaba", /, *tickers: str, **changes: Any) -> Company:
    """A company named for certain."""
    plain = Company(id=name, name=name.title(), tickers=tickers or ("BABA",), confidence=0.99, salience=90)
    return evolve(plain, **changes)


def alert(number: int = 1, **changes: Any) -> Alert:
    """An alert of kind new to one Slack channel."""
    made = Alert(
        alert_id=f"a{number:05d}",
        kind=Kind.NEW,
        watch="china-ai",
        channel="slack:C0DESK",
        story_id=f"s{number}",
        article_id=f"art{number}",
        article_key=f"art{number}~0",
        root_id=f"a{number:05d}",
        title=f"Company number {number} raises its plan",
        url=f"https://wire.example/{number}",
        source="Example Wire",
        lang="en",
        companies=(company(),),
        relevances=(Relevance(category="capex", probability=0.93, threshold=0.5, terms=("raises", "plan")),),
        facts=(Fact(kind="amount", value="3200000000", unit="USD", text="$3.2bn"),),
        why="watch china-ai: BABA with capex",
        published=NOON - 60_000,
        seen=NOON,
        decided=NOON + 40,
    )
    return replace(made, **changes)
