"""Live parts to a running worker."""

from __future__ import annotations

import gc
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from streams.assemble import Live
from streams.delivery.sender import Sender
from streams.logs.setup import set_up
from streams.metrics.delivered import Delivered
from streams.metrics.names import LOG_DROPPED
from streams.metrics.triaged import Triaged
from streams.records import Alert
from streams.settings import Settings
from streams.topics import TopicReader
from streams.wire import Unreadable, decode_alert
from streams.worker.app import build_app, run
from streams.worker.beside import Beside
from streams.worker.deliver import Deliver
from streams.worker.leaving import leave_in_time
from streams.worker.observed import observing, reloading, serving
from streams.worker.publish import Publisher
from streams.worker.triage import Triage


def start(
    settings: Settings, live: Live, *, role: str = "all", log_level: str = "info", config: Path | None = None
) -> None:
    """Run the agents of `role` (all, triage or deliver) until SIGTERM; returns after a clean stop."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until the reloader takes it: to reload must not end a start
    set_up(settings, log_level, lambda level: live.meter.count(LOG_DROPPED, level))
    publisher = Publisher(settings.cluster)
    triage = Triage(live.parts, live.names, publisher, measured=Triaged(live.meter)) if role != "deliver" else None
    deliver = Deliver(live.book, live.names, publisher) if role != "triage" else None
    sender = _sender(settings, live) if deliver else None
    observer = observing(settings, live, triage, deliver, role)
    app = build_app(settings, triage=triage, deliver=deliver, sender=sender, publisher=publisher, observer=observer)
    jobs = (*serving(settings, live, observer), *reloading(settings, live, triage, observer, config))
    # Faust collects garbage while it waits for a batch to end; models and directory need not be walked each time.
    gc.freeze()
    leave_in_time(app, settings.slack_timeout / 1_000 + 2)  # a post under way has its answer by then
    run(app, Beside(observer.run, *jobs))


def _sender(settings: Settings, live: Live) -> Sender:
    return Sender(
        book=live.book,
        channels=live.channels,
        owner=f"{socket.gethostname()}:{os.getpid()}",
        timing=live.timing,
        rebuild=_rebuilding(settings, live),
        release=_releasing(live),
        told=Delivered(live.meter, live.parts.clock),
    )


def _rebuilding(settings: Settings, live: Live) -> Callable[[], Awaitable[None]]:
    """The outbox is the truth: a book that lost its memory is entered again from it, every alert in doubt."""

    async def rebuild() -> None:
        async with TopicReader(settings.cluster) as reader:
            async for records in reader.read(await reader.ranges(live.names.alerts)):
                await live.book.rebuild([a for r in records if (a := _alert(r.value))])

    return rebuild


def _alert(raw: bytes | None) -> Alert | None:
    try:
        return decode_alert(raw or b"")
    except Unreadable:  # the deliver agent buries it
        return None


def _releasing(live: Live) -> Callable[[Sequence[Alert]], Awaitable[None]]:
    """A story that could not be told must not silence the next article."""

    async def release(alerts: Sequence[Alert]) -> None:
        await live.parts.stories.release([a.article_key for a in alerts])

    return release
