"""kill -9 at every await of the path: nothing lost, nothing doubled, every article decided exactly once per watch."""

from __future__ import annotations

import pytest

from tests.live.desk import LiveDesk, wire
from tests.live.killable import POINTS

pytestmark = pytest.mark.live


async def test_a_worker_killed_at_every_await_loses_and_doubles_nothing(
    desk: LiveDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Workers die one after another, each at another point, while 500 articles flow; the last one finishes."""
    raws = wire(500)
    await desk.publish(raws)
    rows = []
    for number, point in enumerate(POINTS):
        worker = desk.start_worker(point, 1 + number % 2)
        died = await desk.died(worker, 25)
        rows.append((point, 1 + number % 2, died, len(desk.posts())))
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
