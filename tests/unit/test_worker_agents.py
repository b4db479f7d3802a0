"""What a role runs: its agents in their order, and the group it commits in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from streams.basics.times import WallClock
from streams.delivery.memory import MemoryBook
from streams.kafka.publish import Publisher
from streams.names import Names
from streams.ports import Clocked
from streams.settings.record import Settings
from streams.wire import encode_alert
from streams.worker.agents import Agent, delivering, triaging
from streams.worker.app import build_app
from streams.worker.deliver import Deliver
from streams.worker.holding import Health, Stop
from streams.worker.triage import Triage
from tests.build import NOON, alert
from tests.twins import Kit


def agents(stop: Stop) -> tuple[Agent, Agent]:
    """Both."""
    names, publisher = Names("x."), Publisher("127.0.0.1:1")
    book = MemoryBook(Clocked([NOON]))
    triage = Triage(Kit().parts, names, publisher, health=Health(stop))
    return triaging(triage), delivering(Deliver(book, names, publisher, Health(stop)))


@pytest.mark.parametrize(
    ("which", "group", "named"),
    [
        ((0, 1), "x.tapewire-worker", ["triage", "deliver"]),
        ((0,), "x.tapewire-triage", ["triage"]),
        ((1,), "x.tapewire-deliver", ["deliver"]),
    ],
)
def test_each_role_commits_in_a_group_of_its_own(which: Sequence[int], group: str, named: Sequence[str]) -> None:
    """A group begins at the topic's first record: one of another name would read everything again."""
    stop = Stop()
    app = build_app(
        Settings(prefix="x."), [agents(stop)[one] for one in which], publisher=Publisher("127.0.0.1:1"), stop=stop
    )
    assert app.conf.id == group
    assert [agent.name for agent in app.agents.values()] == named


def test_topics_and_what_watches_over_them() -> None:
    """Who triages is held against its commits and hears of a reload; who delivers has a book."""
    triage, deliver = agents(Stop())
    assert (triage.topic, deliver.topic) == ("x.articles", "x.alerts")
    assert (triage.judged is None, deliver.judged is None) == (False, True)
    assert (triage.book is None, deliver.book is None) == (True, False)
    assert (len(triage.takes), len(deliver.takes)) == (1, 0)


@pytest.mark.parametrize("stamp", [-0.001, 0.0, 4_000_000_000.0])
async def test_alerts_without_a_time_or_from_the_future_are_as_old_as_their_reading(stamp: float) -> None:
    """Else deliver would lag by half a century, or by nothing however long it stands."""
    _, deliver = agents(Stop())
    message = SimpleNamespace(topic="x.alerts", partition=0, offset=1, key=b"", timestamp=stamp)
    message.value = encode_alert(alert())
    before = WallClock().now()
    await deliver.steps.finish([SimpleNamespace(message=message)])
    assert before <= deliver.health.reached <= WallClock().now()


def test_one_order_to_stop_reaches_every_agent() -> None:
    """They are made before the app that is told."""

    @dataclass
    class Told:
        should_stop: bool = False

    stop, app = Stop(), Told()
    healths = [agent.health for agent in agents(stop)]
    assert [health.stop.given() for health in healths] == [False, False]
    stop.follow(app)
    app.should_stop = True
    assert [health.stop.given() for health in healths] == [True, True]
