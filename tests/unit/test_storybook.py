"""A story as it went: updates beside the article they update, repeats only once, the newest where words fit two."""

from __future__ import annotations

from typing import Any

import pytest

from streams.ledger import storybook
from streams.ledger.storybook import Storybook, read_story, told
from streams.names import Names
from streams.records import Decision, Origin, Reason
from streams.wire import encode_decision
from tests.build import NOON
from tests.unit.ledger_rows import Topics


def said(offset: int, related: int, reason: Reason, title: str, **others: Any) -> Decision:
    """What the ledger says of one record under the id a1."""
    given: dict[str, Any] = {
        "story_id": "s-1",
        "detail": "",
        "stage": "decide",
        "article_id": "a1",
        "seen": NOON,
    } | others
    origin = Origin(topic="articles", partition=0, offset=offset)
    return Decision(watch="w", reason=reason, title=title, origin=origin, related=related, **given)


def test_an_update_under_the_same_id_stands_beside_what_it_updates() -> None:
    """Both were told; a record that repeats the first, after it or before it is read, is not a third."""
    book = Storybook("s-1")
    for decision in (
        said(3, 9, Reason.UPDATED, "Alibaba raises $3.5bn"), said(0, 7, Reason.ALERTED, "Alibaba raises $3.2bn"),
        said(5, 7, Reason.ALERTED, "Alibaba raises $3.2bn"),
    ):  # fmt: skip
        book.enter(decision)
    ways = [(m.title, m.decisions["w"].reason) for m in book.ordered()]
    assert ways == [("Alibaba raises $3.2bn", Reason.ALERTED), ("Alibaba raises $3.5bn", Reason.UPDATED)]
    assert "2 articles" in told(book)[0]


async def test_of_two_stories_the_newest_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever partition of the ledger is read first."""
    topics = Topics()
    for n in (0, 1):
        one = said(n, n + 1, Reason.ALERTED, "Alibaba raises", story_id=f"s-{n}", seen=NOON - n)
        topics.put("decisions", n, NOON, encode_decision(one))
    monkeypatch.setattr(storybook, "TopicReader", topics)
    found = await read_story("nowhere", Names(), "alibaba")
    assert found is not None
    assert found.id == "s-0"
