"""What a vendor tells of one article over time, over real sockets of 127.0.0.1: in one push or in many, it is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx
import orjson
import pytest

from tests.feeds.porch import KEY, Porch, porch

LINK = "https://harbourwire.example/5"
LEADS = (
    {"id": "hw-5", "title": "Harbour raises 3.2bn"},
    {"id": "hw-5", "title": "UPDATE 1-Harbour raises 3.2bn for a plant", "status": "update"},
    {"id": "hw-5", "title": "UPDATE 2-Harbour raises 3.2bn for two plants", "status": "update"},
)


async def _pushed(at: Porch, *pushes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        for push in pushes:
            sent = {"authorization": f"Bearer {KEY}"}
            answer = await client.post(at.url + "/articles", json=list(push), headers=sent)
            assert answer.status_code == 202, answer.text
    return [orjson.loads(r.value) for r in at.tape.records]


@pytest.mark.parametrize("batches", [[LEADS], [[lead] for lead in LEADS]], ids=["in one push", "in three"])
async def test_a_story_that_grows_is_one_article_and_can_be_taken_back(batches: Any) -> None:
    """However its leads were batched: one id on the topic, and its removal is that of what was told."""
    async with porch() as at:
        *leads, gone = await _pushed(at, *batches, [{"id": "hw-5", "status": "removed"}])
    assert len({told["id"] for told in (*leads, gone)}) == 1
    assert [told.get("revision", 1) for told in (*leads, gone)] == [1, 2, 3, 4]
    assert gone["status"] == "removed"


async def test_an_article_under_two_ids_in_one_push_is_one_and_its_address_takes_it_back() -> None:
    """As when the two come in two pushes."""
    twice = [{"id": name, "title": "Harbour opens", "url": LINK} for name in ("hw-6", "HW6/de")]
    async with porch() as at:
        first, gone = await _pushed(at, twice, [{"url": LINK, "status": "removed"}])
    assert (first["title"], gone["status"], gone["id"]) == ("Harbour opens", "removed", first["id"])


async def test_a_correction_may_go_back_to_earlier_words() -> None:
    """3.2, then wrongly 3.5, then 3.2 after all: that must be heard, and whatever is sent again says nothing."""
    first, wrong, right = (
        {"id": "hw-7", "title": f"Harbour raises {sum_}bn", "status": status}
        for sum_, status in (("3.2", "new"), ("3.5", "update"), ("3.2", "correction"))
    )
    later = {"id": "hw-7", "title": "Harbour raises 3.2bn for a plant", "status": "update"}
    async with porch() as at:
        told = await _pushed(at, [first], [wrong], [right], [right, wrong, first], [later], [right, first])
    assert [(t.get("status", "new"), t["title"][15:18], t.get("revision", 1)) for t in told] == [
        ("new", "3.2", 1), ("update", "3.5", 2), ("correction", "3.2", 3), ("update", "3.2", 4)
    ]  # fmt: skip


async def test_a_correction_of_what_came_another_way_is_heard_once() -> None:
    """It is the first that this book hears of its article."""
    correction = {"id": "hw-8", "title": "Harbour raises 3.2bn", "status": "correction"}
    later = {"id": "hw-8", "title": "Harbour raises 3.2bn for a plant", "status": "update"}
    async with porch() as at:
        told = await _pushed(at, [correction], [correction], [later], [correction])
    assert [t["status"] for t in told] == ["correction", "update"]
