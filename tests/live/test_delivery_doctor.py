"""`tapewire doctor` finds what is wrong before the desk does, and says how to mend it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from redis.asyncio import Redis

from streams.basics.times import HOUR, WallClock
from streams.commands.doctor import examine, report
from streams.delivery import checkup
from streams.delivery.redis import RedisBook
from streams.desk.feedback import Act, encode_feedback
from streams.embedded import EmbeddedKafka, EmbeddedRedis
from streams.kafka.publish import Publisher, Record
from streams.names import Names
from streams.settings.record import Settings
from tests.build import alert
from tests.desk_kit import said
from tests.slack_server.client import SlackServer
from tests.slack_server.workspace import APP_TOKEN, BOT_TOKEN

pytestmark = pytest.mark.live

WATCHES = """
[[watch]]
name = "china"
channel = "slack:C0ALERTS"
categories = ["capex"]

[[watch]]
name = "hook"
channel = "webhook:ops"
categories = ["capex"]
"""


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """The strict server."""
    async with SlackServer() as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path, embedded_kafka: EmbeddedKafka, slack: SlackServer) -> Iterator[Settings]:
    """Everything as it should be."""
    names = Names("doctor.")
    embedded_kafka.create(*names.topics)
    (tmp_path / "watches.toml").write_text(WATCHES)
    (tmp_path / "redis").mkdir()
    with EmbeddedRedis(persistent=tmp_path / "redis") as redis:
        yield Settings(
            kafka=embedded_kafka.bootstrap, redis=redis.url, prefix="doctor.", embedded=True, watches=tmp_path / "watches.toml",
            slack_token=BOT_TOKEN, slack_app_token=APP_TOKEN, slack_url=slack.api_url, webhooks=f"ops={slack.hook_url}",
        )  # fmt: skip


async def wrong(settings: Settings) -> list[str]:
    """What has to be mended, one line each."""
    return [f"{f.part}: {f.words}; {f.mend}" for f in await examine(settings) if not f.well]


async def test_a_healthy_desk_has_nothing_to_mend(settings: Settings) -> None:
    """Every part has its line, none of them a complaint."""
    findings = await examine(settings)
    assert [f for f in findings if not f.well] == []
    assert {f.part for f in findings} == {
        "model", "directory", "watches", "kafka", "redis", "clock", "delivery", "webhook", "slack",
    }  # fmt: skip
    assert all(line.startswith("ok") for line in report(findings).splitlines())


async def test_each_fault_has_its_line_and_its_mend(settings: Settings, slack: SlackServer, tmp_path: Path) -> None:
    """Dead services, bad settings of Redis, a revoked token, missing scopes, a channel without the bot."""
    gone = replace(settings, redis="redis://127.0.0.1:1/0")
    assert any(w.startswith("redis: cannot be reached") for w in await wrong(gone))
    redis = Redis.from_url(settings.redis)
    await redis.config_set("maxmemory-policy", "allkeys-lru")
    await RedisBook(redis, "doctor.delivery").hold("slack", "token_revoked")
    told = await wrong(settings)
    assert any("noeviction" in w for w in told)
    assert any("slack is on hold: token_revoked" in w for w in told)
    await redis.config_set("maxmemory-policy", "noeviction")
    await RedisBook(redis, "doctor.delivery").resume("slack")

    await slack.ctl("channel", id="C0ALERTS", set={"member": False})
    assert await wrong(settings) == ["slack: C0ALERTS (#alerts): the bot is not a member; type /invite @tapewire there"]
    await slack.ctl("restore", token=BOT_TOKEN, scopes=["chat:write", "channels:read"])
    assert any("add channels:history, commands, groups:history" in w for w in await wrong(settings))
    await slack.ctl("revoke", token=APP_TOKEN)
    assert any(
        "the app token opens no socket: token_revoked; make an app-level token" in w for w in await wrong(settings)
    )
    await slack.ctl("revoke")
    assert any("the token is refused: token_revoked" in w for w in await wrong(settings))
    assert any("there is no token" in w for w in await wrong(replace(settings, slack_token="")))
    assert any("nobody knows its url" in w for w in await wrong(replace(settings, webhooks="")))
    await redis.config_set("appendonly", "no")
    await redis.aclose()
    assert any("appendonly yes" in w for w in await wrong(settings))
    (tmp_path / "bad.toml").write_text('[[watch]]\nname = "x"\n')
    assert any(w.startswith("watches:") for w in await wrong(replace(settings, watches=tmp_path / "bad.toml")))


async def test_a_slack_that_is_away_refuses_no_token(settings: Settings, slack: SlackServer) -> None:
    """Nobody is to make a new token because of a firewall, or of Slack's own bad day."""
    away = replace(settings, slack_url="http://127.0.0.1:1/api/")
    assert [w.split(":")[:2] for w in await wrong(away)] == [["slack", " does not answer"]]
    assert (await wrong(away))[0].endswith("; let this machine reach http://127.0.0.1:1/api/")
    await slack.ctl("outage")
    (told,) = await wrong(settings)
    assert told.startswith("slack: does not answer")
    assert "\n" not in told


async def test_every_place_that_alerts_go_to_is_examined(settings: Settings, tmp_path: Path) -> None:
    """Also of a watch that was made in a channel, and of who hears when a source dies; what died is counted."""
    (tmp_path / "sources.toml").write_text("source = []\n[ingest]\nalerts = 'slack:C0LOST'")
    made = said(
        Act.WATCH,
        channel="slack:C0GONE",
        watch="w",
        table={"name": "w", "channel": "slack:C0GONE", "companies": ["BABA"]},
    )
    publisher = Publisher(settings.kafka)
    await publisher.publish([Record(topic="places.feedback", key=b"k", value=encode_feedback(made))])
    await publisher.stop()
    redis = Redis.from_url(settings.redis)
    book = RedisBook(redis, "places.delivery")
    await book.begin()
    await book.intend([alert(1)])
    delivery = await book.claim(1_000)
    assert delivery
    await book.dead(delivery, "gone")
    await redis.aclose()
    findings = await examine(replace(settings, prefix="places.", sources=tmp_path / "sources.toml"))
    words = [f"{f.words}; {f.mend}" for f in findings]
    for place in ("C0GONE", "C0LOST"):
        assert any(w.startswith(f"{place}: channel_not_found; use the channel's id") for w in words), words
    assert any(w.startswith("nothing waits; 1 dead so far") for w in words)


async def test_kafka_away_is_one_line(settings: Settings) -> None:
    """The mend says what to set."""
    told = await wrong(replace(settings, kafka="127.0.0.1:1"))
    assert next(w for w in told if w.startswith("kafka")).endswith("set TAPEWIRE_KAFKA to where it runs")


async def test_channels_that_keep_what_is_due_are_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The metric only knows their kind. What is held for quiet hours is no complaint."""
    redis = Redis.from_url(settings.redis)
    book = RedisBook(redis, "doctor.delivery")
    await book.begin()
    await book.intend([alert(1, channel="slack:C0STUCK"), alert(2, hold=WallClock().now() + HOUR)])
    await asyncio.sleep(0.01)
    assert await wrong(settings) == []
    monkeypatch.setattr(checkup, "_LATE", 0)
    (found,) = await wrong(settings)
    assert found.startswith("delivery: slack:C0STUCK was not told what has been due for 0 min")
    await redis.aclose()
