"""Two desks on one cluster, with the same watches and one Slack channel: neither takes the other's messages for its own."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from streams.basics.times import WallClock
from streams.channels.slack import SlackChannel
from streams.delivery.redis import RedisBook
from streams.delivery.upkeep import Upkeep
from tests.live.desk import LiveDesk, wire
from tests.slack_server.workspace import BOT_TOKEN

pytestmark = pytest.mark.live


def told(desk: LiveDesk) -> Counter[str]:
    """The alerts that stand under this desk's name, by their marker."""
    ids = [str(b.get("block_id", "")) for p in desk.slack.journal("post") for b in p.get("blocks") or ()]
    own = f":@{desk.prefix}"
    return Counter(i.removesuffix(own)[2:] for i in ids if i.startswith("d:") and i.endswith(own))


async def audit(desk: LiveDesk) -> None:
    """As its worker does every five minutes."""
    redis = Redis.from_url(desk.redis_url)
    slack = SlackChannel(BOT_TOKEN, WallClock(), url=desk.slack.api_url, timeout=5_000, desk=desk.prefix)
    await Upkeep(book=RedisBook(redis, desk.names.delivery), channels={"slack": slack}, lease=1_000).audit()
    await slack.close()
    await redis.aclose()


async def test_two_desks_in_one_channel_each_tell_every_alert_once(desk: LiveDesk) -> None:
    """Also what was in doubt: the other desk's message proves nothing; and no audit deletes anything."""
    await desk.slack.ctl("config", metadata="drop")
    for _ in range(3):
        await desk.slack.fault("error", error="fatal_error")  # not stored, but nobody knows
        await desk.slack.fault("error", error="fatal_error", when="after")
    folder = desk.folder / "staging"
    folder.mkdir()
    staging = replace(desk, prefix=f"{desk.prefix}staging.", folder=folder, workers=[])
    staging.open()
    raws = [r for r in wire(40) if json.loads(r)["source"] != "Second Desk"]  # of two copies, either may be first
    try:
        for each in (desk, staging):
            await each.publish(raws)
            each.start_worker()
        for each in (desk, staging):
            await each.until_done(len(raws))
            await each.until_told()
        wanted = await desk.wanted_posts()
        assert wanted == await staging.wanted_posts() and len(wanted) >= 8
        for each in (desk, staging):
            assert told(each) == Counter(wanted)
            await audit(each)
        assert desk.slack.journal("delete") == []
    finally:
        staging.close()
