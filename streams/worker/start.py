"""Live parts to a running worker."""

from __future__ import annotations

import os
import socket
from collections.abc import Awaitable, Callable, Sequence

from streams.assemble import Live
from streams.delivery.sender import Sender
from streams.records import Alert
from streams.settings import BadSettings, Settings
from streams.worker.app import await_broker, build_app, run
from streams.worker.deliver import Deliver, rebuild
from streams.worker.desk import desk_service, run_alone
from streams.worker.publish import Publisher
from streams.worker.triage import Triage


def start(settings: Settings, live: Live, *, role: str = "all", log_level: str = "info") -> None:
    """Run what belongs to `role` (all, triage, deliver or desk) until SIGTERM; returns after a clean stop."""
    desk = desk_service(settings, live, hears=role != "triage")
    if role == "desk" and desk.ear is None:
        raise BadSettings(["the role `desk` hears clicks: give `slack_app_token`"])
    if role == "desk":
        run_alone(desk)
        return
    await_broker(settings.kafka)
    publisher = Publisher(settings.kafka)
    triage = Triage(live.parts, live.names, publisher, desk.follower.fresh) if role != "deliver" else None
    deliver = Deliver(live.book, live.names, publisher) if role != "triage" else None
    beside = [desk.run]
    if deliver:
        beside.append(_sender(settings, live).run)
    app = build_app(settings, triage=triage, deliver=deliver, beside=beside, publisher=publisher)
    run(app, log_level)


def _sender(settings: Settings, live: Live) -> Sender:
    return Sender(
        book=live.book,
        channels=live.channels,
        owner=f"{socket.gethostname()}:{os.getpid()}",
        timing=live.timing,
        rebuild=lambda: rebuild(settings.kafka, live.names.alerts, live.book),
        release=_releasing(live),
        alarm=settings.alarm,
    )


def _releasing(live: Live) -> Callable[[Sequence[Alert]], Awaitable[None]]:
    """A story that could not be told must not silence the next article."""

    async def release(alerts: Sequence[Alert]) -> None:
        await live.parts.stories.release([a.article_key for a in alerts])

    return release
