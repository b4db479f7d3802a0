"""What a channel, a proxy or another app does of its own never ends the sender, which speaks for all channels."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from rich.console import Console

from streams.basics.times import WallClock
from streams.channels.console import ConsoleChannel, panel
from streams.channels.marks import is_digest, marks_of
from streams.channels.memory import MemoryChannel
from streams.channels.slack import SlackChannel
from streams.delivery.book import Delivery, Edit, State
from streams.delivery.channel import Answer, CannotRead, Channel, Doubt, Posted, Reach, Refused
from streams.delivery.guarded import Guarded
from streams.delivery.memory import MemoryBook
from streams.delivery.rules import Rules
from streams.delivery.sender import Sender, Timing
from streams.delivery.upkeep import Upkeep
from streams.records import Kind, Status
from tests.build import NOON, alert

Handler = Callable[[web.Request], Awaitable[web.Response]]
GOING = Delivery(alert=alert(1), state=State.SENDING, fence=1)


async def met(handler: Handler, use: Callable[[SlackChannel], Awaitable[None]]) -> None:
    """What becomes of a call when Slack, or who sits between, answers like this."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    async with TestServer(app) as server:
        slack = SlackChannel("xoxb-1", WallClock(), url=str(server.make_url("/")), timeout=2_000)
        try:
            await use(slack)
        finally:
            await slack.close()


@pytest.mark.parametrize(
    ("kind", "body"), [("text/plain", "hello"), ("application/json", '["x"]'), ("application/json", "5"), ("a/b", "x")]
)
async def test_a_page_that_is_no_answer_is_a_doubt_whatever_the_call(kind: str, body: str) -> None:
    """The SDK raises what it likes at status 200; nobody knows what it means."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=body, content_type=kind)

    async def every(slack: SlackChannel) -> None:
        channel = Guarded(slack)
        assert isinstance(await channel.post(GOING), Doubt)
        assert isinstance(await channel.edit(Edit(root=alert(1), ts="1.1", revision=1)), Doubt)
        assert isinstance(await channel.delete("C0DESK", "1.1"), Doubt)
        assert isinstance(await channel.probe(), Doubt)
        with pytest.raises(CannotRead):
            await channel.marks(GOING)
        with pytest.raises(CannotRead):
            await channel.spare("C0DESK", 1_000)

    await met(page, every)


class Raising(MemoryChannel):
    """Breaks its word."""

    async def post(self, delivery: Delivery) -> Answer:
        """Raises."""
        raise AttributeError(delivery.id)

    async def edit(self, edit: Edit) -> Answer:
        """Raises."""
        raise AttributeError(edit.ts)


async def test_one_channel_that_raises_does_not_stop_the_others() -> None:
    """The sender goes on; the alert is in doubt."""
    book, sound = MemoryBook(WallClock(), Rules()), MemoryChannel()
    await book.intend([alert(1, channel="console"), alert(2)])
    channels: dict[str, Channel] = {"console": Raising(), "slack": sound}
    running = asyncio.create_task(Sender(book=book, channels=channels, timing=Timing(pace=0)).run())
    async with asyncio.timeout(20):
        while dict(await book.counts()) != {"doubt": 1, "sent": 1}:
            assert not running.done()
            await asyncio.sleep(0.01)
    running.cancel()
    assert [p.id for p in sound.posts] == ["a00002"]


async def test_a_terminal_without_the_letter_prints_a_question_mark() -> None:
    """Every box has an arrow in its title, and many headlines a sign that Latin-1 has not."""
    page = io.BytesIO()
    terminal = Console(file=io.TextIOWrapper(page, encoding="latin-1"), width=80)
    answer = await ConsoleChannel(WallClock(), terminal).post(
        Delivery(alert=alert(1, title="Plan of 3 bn € for München"), state=State.SENDING, fence=1)
    )
    assert isinstance(answer, Posted)
    assert "Plan of 3 bn ? for München" in page.getvalue().decode("latin-1")


@pytest.mark.parametrize(("status", "title"), [(Status.REMOVED, "WITHDRAWN"), (Status.CORRECTION, "CORRECTION")])
def test_the_console_says_withdrawn_of_what_is(status: Status, title: str) -> None:
    """Its headline is the old one: called a correction, it would say the opposite."""
    made = panel(alert(1, kind=Kind.CORRECTION, status=status), NOON)
    assert str(made.title).startswith(f"{title} · ")


@pytest.mark.parametrize("payload", [{"members": 3}, {"members": [{"a": 1}]}, {"alert_id": 7}, 5, ["x"], None])
@pytest.mark.parametrize("event", ["tapewire_alert", "their_event", None])
def test_other_apps_metadata_is_none_of_our_marks(payload: Any, event: str | None) -> None:
    """Whatever it holds, and even under our name."""
    found = {"ts": "1.1", "metadata": {"event_type": event, "event_payload": payload}}
    assert marks_of(found) == ()
    assert not is_digest(found)
    assert marks_of({"ts": "1.1", "metadata": {"event_type": "their_event", "event_payload": {"alert_id": "a"}}}) == ()


async def test_only_a_limit_stops_the_reads_of_the_other_channels() -> None:
    """An archived channel cannot be read; that says nothing of the next one, nor ends the audit."""
    asked: list[str] = []
    told = {"CBAD": {"ok": False, "error": "is_archived"}, "CFAST": {"ok": False, "error": "ratelimited"}}

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.query["channel"])
        return web.json_response(told.get(asked[-1], {"ok": True, "messages": []}))

    async def reads(slack: SlackChannel) -> None:
        for place in ("CBAD", "CFAST"):
            with pytest.raises(CannotRead):
                await slack.spare(place, 1_000)
            if place == "CBAD":
                assert await slack.spare("COK", 1_000) == []
        with pytest.raises(CannotRead):
            await slack.spare("COK", 1_000)

    await met(answer, reads)
    assert asked == ["CBAD", "COK", "CFAST"]


@pytest.mark.parametrize(
    ("answer", "left"),
    [(Refused("cant_delete_message", Reach.MESSAGE), 0), (Refused("ratelimited", wait=90_000), 1), (Doubt("cut"), 1)],
)
async def test_a_second_message_that_cannot_be_deleted_is_left_alone_for_a_while(answer: Answer, left: int) -> None:
    """Not asked again ten times a second; when Slack says never, not at all."""

    class Stubborn(MemoryChannel):
        async def delete(self, place: str, ts: str) -> Answer:
            self.deleted.append((place, ts))
            return answer

    channel, book = Stubborn(), MemoryBook(WallClock(), Rules())
    await book.intend([alert(1)])
    delivery = await book.claim(1_000)
    assert delivery is not None
    await book.sent(delivery, "1.0", 0)
    await book.sent(delivery, "2.0", 0)
    upkeep = Upkeep(book=book, channels={"slack": channel}, lease=1_000)
    for _ in range(5):
        await upkeep.step()
    assert channel.deleted == [("C0DESK", "2.0")]
    assert len(await book.doubles()) == left
