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
