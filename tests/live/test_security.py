"""Everything over TLS and as a user with few rights: Apache Kafka with SCRAM and ACLs, Redis with an ACL user."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from streams.kafka.cluster import Cluster
from streams.kafka.publish import Publisher, Record
from streams.ledger.topic import read_ledger
from streams.names import Names
from streams.records import SPOKE
from tests.certificates import make
from tests.conftest import absent, or_absent
from tests.live.desk import CHANNEL, WATCHES, wire
from tests.live.ordeal_judge import markers
from tests.secure import DELIVER, TRIAGE, USER, SecureKafka, SecureRedis
from tests.slack_server.client import SlackProcess
from tests.slack_server.workspace import BOT_TOKEN

pytestmark = [pytest.mark.live, pytest.mark.kafka]
PREFIX = "safe."
NAMES, ROLES = Names(PREFIX), Names(f"{PREFIX}roles.")
ROOT = Path(__file__).parents[2]


@dataclass
class Safe:
    """A desk whose every connection is encrypted and says who it is."""

    folder: Path
    kafka: SecureKafka
    redis: SecureRedis
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "watches.toml").write_text(WATCHES)
        (self.folder / "password").write_text(USER[1] + "\n")
        ca = str(self.folder / "ca.pem")
        self.settings = {
            "KAFKA": self.kafka.bootstrap, "KAFKA_SECURITY": "sasl_ssl", "KAFKA_SASL": "scram-sha-512", "KAFKA_CA": ca,
            "KAFKA_USER": USER[0], "KAFKA_PASSWORD_FILE": str(self.folder / "password"), "PREFIX": PREFIX,
            "REDIS": self.redis.url, "REDIS_USER": USER[0], "REDIS_CA": ca,
            "REDIS_PASSWORD_FILE": str(self.folder / "password"), "WATCHES": str(self.folder / "watches.toml"),
            "HEALTH": "off", "TOPIC_PARTITIONS": "4",
        }  # fmt: skip

    @property
    def cluster(self) -> Cluster:
        """As the test's own clients reach it."""
        return Cluster(
            bootstrap=self.kafka.bootstrap,
            security="sasl_ssl",
            user=USER[0],
            password=USER[1],
            ca=self.folder / "ca.pem",
        )

    def environment(self, **changes: str) -> dict[str, str]:
        """The settings as variables."""
        mine = {k: v for k, v in os.environ.items() if "proxy" not in k.lower() and not k.startswith("TAPEWIRE_")}
        return mine | {f"TAPEWIRE_{name}": value for name, value in (self.settings | changes).items()}

    def tapewire(self, *arguments: str, **changes: str) -> tuple[int, str]:
        """A command: its exit code, and all that it printed."""
        command = [sys.executable, "-m", "streams.cli", *arguments]
        done = subprocess.run(
            command, env=self.environment(**changes), capture_output=True, text=True, check=False, cwd=ROOT, timeout=120
        )
        return done.returncode, done.stdout + done.stderr

    def worker(self, role: str = "all", **changes: str) -> subprocess.Popen[bytes]:
        """One that runs until it is ended."""
        command = [sys.executable, "-m", "streams.cli", "worker", "--role", role]
        with (self.folder / "worker.log").open("ab") as log:
            return subprocess.Popen(command, env=self.environment(**changes), stdout=log, stderr=log, cwd=ROOT)


@pytest.fixture(scope="module")
def safe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Safe]:
    """The servers, once for this file."""
    if shutil.which("redis-server") is None:
        absent("a Redis that speaks TLS needs `redis-server` on the PATH")
    folder = tmp_path_factory.mktemp("safe")
    certificates = make(folder)
    with (
        or_absent(lambda: SecureKafka(certificates, PREFIX)) as kafka,
        SecureRedis(certificates, PREFIX, ROLES.prefix) as redis,
    ):
        yield Safe(folder, kafka, redis)


async def test_the_whole_path_over_tls_and_scram(safe: Safe) -> None:
    """Topics made, articles judged, alerts in Slack, ledger and replay read: all as the user with few rights."""
    code, words = await asyncio.to_thread(safe.tapewire, "topics", "apply")
    assert code == 0, words
    assert (await asyncio.to_thread(safe.tapewire, "topics", "check"))[0] == 0
    raws = wire(60)
    async with SlackProcess(journal=safe.folder / "slack.jsonl", rate=0, ws_rate=0) as slack:
        await slack.ctl("channel", id=CHANNEL)
        told = {"SLACK_TOKEN": BOT_TOKEN, "SLACK_URL": slack.api_url, "SLACK_PACE": "20ms", "SLACK_TEAM_PACE": "0ms"}
        worker = safe.worker(**told)
        try:
            await _published(safe, raws)
            await _decided(safe, len(raws))
            await _told(slack, 10)
        finally:
            worker.terminate()
            worker.wait(60)
    code, words = await asyncio.to_thread(safe.tapewire, "ledger")
    assert code == 0, words
    code, words = await asyncio.to_thread(
        safe.tapewire, "replay", "--from", "1h", "--out", str(safe.folder / "again.jsonl")
    )
    assert code == 0, words
    assert USER[1] not in (safe.folder / "worker.log").read_text()


async def _published(safe: Safe, raws: list[bytes], names: Names = NAMES) -> None:
    publisher = Publisher(safe.cluster)
    topic = names.articles
    await publisher.publish([Record(topic=topic, key=str(n).encode(), value=raw) for n, raw in enumerate(raws)])
    await publisher.stop()


async def _decided(safe: Safe, articles: int, seconds: float = 90.0, names: Names = NAMES) -> None:
    end = time.monotonic() + seconds
    while True:
        ledger, _ = await read_ledger(safe.cluster, names)
        if len(ledger.articles()) >= articles:
            return
        if time.monotonic() > end:
            tail = (safe.folder / "worker.log").read_text(errors="replace")[-2_000:]
            raise AssertionError(f"{len(ledger.articles())} of {articles} decided: {tail}")
        await asyncio.sleep(0.3)


async def _told(slack: SlackProcess, messages: int, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while True:
        posts = slack.journal("post")
        if len(posts) >= messages:
            return
        assert time.monotonic() < end, f"{len(posts)} of {messages} messages in Slack"
        await asyncio.sleep(0.2)


async def test_each_role_needs_the_rights_that_the_runbook_gives_it(safe: Safe) -> None:
    """As principals of their own; and where deliver may not write receipts, it tells alerts and keeps the receipts."""
    names, kafka = ROLES, safe.kafka
    mine = {"PREFIX": names.prefix, "REDIS_USER": USER[0]}
    assert (await asyncio.to_thread(safe.tapewire, "topics", "apply", **mine))[0] == 0
    kafka.allow(
        TRIAGE[0], reads=[names.articles, names.feedback], writes=[names.alerts, names.decisions, names.dead],
        group=names.group("triage"),
    )  # fmt: skip
    kafka.allow(
        DELIVER[0], reads=[names.alerts, names.feedback, names.decisions], writes=[names.dead, names.feedback],
        group=names.group("deliver"),
    )  # fmt: skip
    async with SlackProcess(journal=safe.folder / "roles.jsonl", rate=0, ws_rate=0) as slack:
        await slack.ctl("channel", id=CHANNEL)
        told = {"SLACK_TOKEN": BOT_TOKEN, "SLACK_URL": slack.api_url, "SLACK_PACE": "20ms", "SLACK_TEAM_PACE": "0ms"}
        told |= {
            "LEASE": "2500ms",
            "SLACK_TIMEOUT": "1s",
            "SETTLE": "500ms",
            "REREAD": "300ms",
        }  # doubts end in seconds
        workers = [
            safe.worker("triage", **mine, KAFKA_USER=TRIAGE[0]),
            safe.worker("deliver", **mine, **told, KAFKA_USER=DELIVER[0]),
        ]
        try:
            await _published(safe, wire(60), names)
            await _decided(safe, 60, names=names)
            ledger, _ = await read_ledger(safe.cluster, names)
            await _marked(
                slack, {d.alert_id for d in ledger.newest.values() if d.reason in SPOKE and d.watch == "china"}
            )
            await _waiting(safe)
            ledger, _ = await read_ledger(safe.cluster, names)
            assert not ledger.receipts.by_alert
            kafka.allow(DELIVER[0], writes=[names.decisions])
            await _receipts(safe, names)
        finally:
            for worker in workers:
                worker.terminate()
                worker.wait(60)


async def _waiting(safe: Safe, seconds: float = 60.0) -> None:
    """Until the deliver role says that it may not write receipts."""
    end = time.monotonic() + seconds
    while "receipts wait" not in (said := (safe.folder / "worker.log").read_text()):
        assert time.monotonic() < end, said[-2_000:]
        await asyncio.sleep(0.2)


async def _marked(slack: SlackProcess, wanted: set[str], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while True:
        told = {mark for post in slack.journal("post") for mark in markers(post)}
        if wanted and wanted <= told:
            return
        assert time.monotonic() < end, f"{len(told)} of {len(wanted)} alerts in Slack"
        await asyncio.sleep(0.2)


async def _receipts(safe: Safe, names: Names, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while True:
        ledger, _ = await read_ledger(safe.cluster, names)
        sums = ledger.receipts.sums(ledger.newest.values())
        if sums.keys() <= {"sent", "folded"}:
            return
        assert time.monotonic() < end, (dict(sums), (safe.folder / "worker.log").read_text()[-2_000:])
        await asyncio.sleep(0.3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"KAFKA_PASSWORD_FILE": "", "KAFKA_PASSWORD": "not-the-password"},
        {"KAFKA_CA": ""},
        {"PREFIX": "forbidden."},
    ],
    ids=["another password", "an authority nobody knows", "topics of another desk"],
)
def test_who_may_not_is_told_so_and_no_secret_is_printed(safe: Safe, wrong: dict[str, str]) -> None:
    """Exit code 2 and words that help, within seconds."""
    changes = {name: value for name, value in wrong.items() if value}
    for name in (name for name, value in wrong.items() if not value):
        safe = Safe(safe.folder, safe.kafka, safe.redis)
        del safe.settings[name]
    code, words = safe.tapewire("topics", "apply", **changes)
    assert code == 2, words
    assert USER[1] not in words
    assert "not-the-password" not in words
