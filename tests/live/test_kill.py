"""kill -9 at every await of the path: nothing lost, nothing doubled, every article decided exactly once per watch."""

from __future__ import annotations

import pytest

from tests.live.desk import LiveDesk, wire
from tests.live.killable import POINTS

pytestmark = pytest.mark.live

TRIAGE = 6
"""So many of the points come before an alert is entered for delivery."""


async def test_a_worker_killed_at_every_await_loses_and_doubles_nothing(
    desk: LiveDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Workers die one after another, each at another point, while 500 articles flow; the last one finishes.

    Half of them lie there at first; some come in before each worker, so that none finds the work done. Of the points of
    triage every other is passed once before; a digest tells many alerts in one go, so that delivery may pass but once.
    """
    raws = wire(500)
    first, each = len(raws) // 2, -(-len(raws) // 2 // len(POINTS))
    await desk.publish(raws[:first])
    rows = []
    for number, point in enumerate(POINTS):
        await desk.publish(raws[first + number * each : first + (number + 1) * each])
        nth = 2 if number % 2 and number < TRIAGE else 1
        worker = desk.start_worker(point, nth)
        died = await desk.died(worker, 25)
        rows.append((point, nth, died, len(desk.posts())))
    desk.start_worker()
    await desk.until_done(len(raws))
    ledger = await desk.until_told()
    receipts = ledger.receipts.sums(ledger.newest.values())
    faults = await desk.faults(ledger)
    with capsys.disabled():
        print(f"\nkill -9, {'embedded' if desk.embedded else 'Apache Kafka'}, {len(raws)} articles")
        print(f"{'point':24} {'nth':>3} {'died there':>10} {'messages after it':>18}")
        for point, nth, died, posts in rows:
            print(f"{point:24} {nth:3} {died!s:>10} {posts:18}")
        print(
            f"kills {sum(d for *_, d, _ in rows)}, messages {sum(desk.posts().values())}, receipts {dict(receipts)}, {faults}"
        )
    assert faults == {"lost": 0, "doubled": 0, "unexpected": 0, "gaps": 0}
    assert sum(died for _, _, died, _ in rows) >= len(POINTS) - 2
    assert sum(desk.posts().values()) > 50
    assert receipts.keys() <= {"sent", "folded"}
