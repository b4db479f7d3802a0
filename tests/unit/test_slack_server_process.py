"""The server as a process: what was accepted is on disk before anybody hears of it, and outlives `kill -9`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.slack_server.__main__ import parser
from tests.slack_server.client import SlackProcess, SlackServer
from tests.slack_server.journal import Journal, read_journal
from tests.slack_server.samples import alert
from tests.slack_server.settings import Settings


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[SlackProcess]:
    """A server process without rate limits."""
    async with SlackProcess(journal=tmp_path / "slack.jsonl", rate=0, ws_rate=0) as server:
        yield server


async def hammer(slack: SlackProcess, channel: str, heard: list[str]) -> None:
    """Posts until the server is gone; notes every timestamp it was told."""
    try:
        while True:
            answer = await slack.call("chat.postMessage", alert(str(len(heard)), channel=channel))
            heard.append(answer["ts"])
    except aiohttp.ClientError:
        return


async def test_kill_9_loses_nothing(slack: SlackProcess) -> None:
    """Whatever was answered before `kill -9` is in the journal, and in the channel after a restart."""
    heard: list[str] = []
    clients = [asyncio.create_task(hammer(slack, channel, heard)) for channel in ("C0ALERTS", "C0OPS")]
    await slack.until("post", 20)
    await slack.kill()
    await asyncio.gather(*clients)
    stored = {entry["ts"] for entry in slack.journal("post")}
    assert len(heard) > 10
    assert set(heard) <= stored

    port = slack.port
    await slack.start()
    assert slack.port == port
    shown = await slack.messages("C0ALERTS") + await slack.messages("C0OPS")
    assert {message["ts"] for message in shown} == stored
    assert (await slack.call("chat.postMessage", alert()))["ts"] > max(stored)


async def test_flags_reach_the_server(tmp_path: Path) -> None:
    """Settings given to the process are those it runs with."""
    flags = {"rate": 40.0, "history_lag": 0.5, "metadata": "drop", "non_marketplace": True, "strict": False}
    async with SlackProcess(journal=tmp_path / "slack.jsonl", **flags) as slack:
        settings = (await slack.state())["settings"]
    assert {name: settings[name] for name in flags} == flags


def test_command_line_defaults_are_the_settings() -> None:
    """A command line without flags means the default settings."""
    options = vars(parser().parse_args([]))
    assert (options.pop("port"), options.pop("journal")) == (0, None)
    assert Settings(**options) == Settings()


def test_command_line_of_the_notes(tmp_path: Path) -> None:
    """Every flag the notes name is understood."""
    line = (
        f"--port 1 --journal {tmp_path}/j --rate 1 --burst 4 --ws-rate 5 --history-lag 3 --metadata drop "
        "--client-msg-id honour --non-marketplace --skew 300 --timescale 0.02 --lax"
    )
    options = parser().parse_args(line.split())
    assert (options.history_lag, options.client_msg_id, options.strict) == (3.0, "honour", False)


def test_torn_last_line(tmp_path: Path) -> None:
    """A line that a crash cut short is not a fact; the journal goes on after the last whole line."""
    path = tmp_path / "slack.jsonl"
    path.write_bytes(b'{"ev":"post","t":1}\n{"ev":"po')
    assert [entry["ev"] for entry in read_journal(path)] == ["post"]
    journal = Journal(path, lambda: 2.0)
    journal.write("delete")
    journal.close()
    assert [entry["ev"] for entry in read_journal(path)] == ["post", "delete"]


def test_every_fact_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No fact is told before the disk has it."""
    synced: list[int] = []
    monkeypatch.setattr("os.fsync", lambda _file: synced.append((tmp_path / "j").stat().st_size))
    journal = Journal(tmp_path / "j", lambda: 1.0)
    sizes = []
    for _ in range(3):
        journal.write("post")
        sizes.append((tmp_path / "j").stat().st_size)
    journal.close()
    assert synced[-3:] == sizes


async def test_a_journal_is_continued(tmp_path: Path) -> None:
    """A restarted server has the messages as they last were: updated, deleted, replied to."""
    path = tmp_path / "slack.jsonl"
    async with SlackServer(journal=path, client_msg_id="honour") as slack:
        root, gone = [(await slack.call("chat.postMessage", alert(n, client_msg_id=n)))["ts"] for n in "12"]
        await slack.call("chat.postMessage", alert("3", thread_ts=root))
        await slack.call("chat.update", {"channel": "C0ALERTS", "ts": root, "text": "new", "parse": "none"})
        await slack.call("chat.delete", {"channel": "C0ALERTS", "ts": gone})
        before = await slack.messages("C0ALERTS")
    async with SlackServer(journal=path, client_msg_id="honour") as slack:
        after = await slack.messages("C0ALERTS")
        assert [(m["ts"], m["text"], m.get("thread_ts")) for m in after] == [
            (m["ts"], m["text"], m.get("thread_ts")) for m in before
        ]
        assert (await slack.call("chat.postMessage", alert("1", client_msg_id="1")))["ts"] == root
