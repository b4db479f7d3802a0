"""The deliver role with a real broker, to be killed at every await: alerts topic, Faust agent, book, sender, Slack.

    python -m tests.live.faulty_deliver ORDERS POINT NTH

As `faulty_sender`, but its outbox is the alerts topic and its alerts come through the agent.
"""

from __future__ import annotations

import sys
from pathlib import Path

from streams.delivery.report import Reporter
from streams.health.signs import Signs
from streams.kafka.publish import Publisher
from streams.names import Names
from streams.settings.record import Settings
from streams.worker.agents import delivering
from streams.worker.app import build_app, run
from streams.worker.assemble import reaching
from streams.worker.deliver import Deliver, rebuild, telling
from streams.worker.holding import Health, Stop
from streams.worker.jobs import Jobs
from tests.live.faulty_sender import POINTS as SENDER_POINTS
from tests.live.faulty_sender import Deadly, Orders

_MORE = ("intend", "receipts", "reported")
POINTS = (*(f"{method}:{when}" for method in _MORE for when in ("before", "after")), *SENDER_POINTS)


def main() -> None:
    """Deliver until killed."""
    orders, point, nth = Orders.read(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
    settings = Settings(kafka=orders.kafka, prefix=f"{orders.prefix}.", session_timeout=3_000, commit_interval=200)
    names, publisher = Names(settings.prefix), Publisher(settings.cluster)
    deadly = Deadly.made(orders, point, nth)
    sender = deadly.sender(orders, lambda: rebuild(settings.cluster, names.alerts, deadly.book))
    reporter = Reporter(book=deadly.armed, publish=telling(names, publisher), lease=orders.timing.lease)
    stop = Stop()
    deliver = Deliver(deadly.armed, names, publisher, Health(stop))
    app = build_app(settings, [delivering(deliver, sender.run, reporter.run)], publisher=publisher, stop=stop)
    signs = Signs(role="deliver", stall_s=60.0, away=lambda: deliver.health.away)
    run(app, Jobs(first=reaching(publisher, signs)))


if __name__ == "__main__":
    main()
