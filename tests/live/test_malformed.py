"""A thousand inputs that are no articles, on a real topic: none crashes the worker, each is buried unchanged."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable

import pytest

from streams.kafka.reader import TopicReader
from tests.live.desk import LiveDesk, wire

pytestmark = pytest.mark.live


def malformed(count: int) -> list[bytes]:
    """Every kind of wrong, each different from the others; repeatable."""
    dice = random.Random(11)
    kinds: list[Callable[[int], bytes]] = [
        lambda n: b"plain words " + str(n).encode(),
        lambda n: b"<!channel> " + str(n).encode(),
        lambda n: json.dumps([n]).encode(),
        lambda n: str(n).encode(),
        lambda n: json.dumps({"headline": f"no title {n}"}).encode(),
        lambda n: json.dumps({"title": {"nested": n}}).encode(),
        lambda n: json.dumps({"title": "x", "text": n}).encode(),
        lambda n: json.dumps({"title": "x", "published": f"{n}th of never"}).encode(),
        lambda n: json.dumps({"title": "x", "id": str(n), "published": "9999-12-31T00:00:00Z"}).encode(),
        lambda n: json.dumps({"title": "\u0000\u200b" * (n % 7 + 1), "id": str(n)}).encode(),
        lambda n: json.dumps({"title": "<b></b><script>" + "x" * n + "</script>"}).encode(),
        lambda n: json.dumps({"title": "<div>" * 4_500 + str(n)}).encode()[:24_000] + b'"}',
        lambda n: b'{"title": "\\ud800' + str(n).encode() + b'"}',
        lambda n: b'{"a":' * (1_500 + n % 50) + b"1" + b"}" * (1_500 + n % 50),
        lambda n: bytes(dice.randrange(256) for _ in range(50 + n % 50)),
        lambda n: b"\x00" * (n % 40 + 1) + str(n).encode(),
        lambda n: json.dumps({"title": "x", "status": f"perhaps {n}"}).encode(),
        lambda n: json.dumps({"title": "x", "tickers": [n]}).encode(),
    ]
    return [kinds[n % len(kinds)](n) for n in range(count)]


async def test_a_thousand_malformed_inputs_are_buried_and_the_good_ones_told(
    desk: LiveDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Good articles stand between the bad ones; one message is as big as the broker allows."""
    good = wire(100)
    bad = [*malformed(1_000), b'{"title": "' + b"z" * 900_000 + b'"}']
    mixed = [
        raw
        for n, raw in enumerate(bad)
        for raw in ([raw, good[n // 8]] if n % 8 == 0 and n // 8 < len(good) else [raw])
    ]
    await desk.publish(mixed)
    worker = desk.start_worker()
    ledger = await desk.until_done(len(mixed))
    buried: Counter[bytes] = Counter()
    reasons = set()
    async with TopicReader(desk.broker.bootstrap) as reader:
        async for records in reader.read(await reader.ranges(desk.names.dead)):
            buried.update(r.value for r in records)
            reasons |= {dict(r.headers)["reason"] for r in records}
            assert all(dict(r.headers)["detail"] for r in records)
    faults = await desk.faults(ledger)
    with capsys.disabled():
        print(f"\nmalformed: {len(bad)} in, {sum(buried.values())} buried, {len(good)} good between them, {faults}")
    assert buried == Counter(bad)
    assert reasons == {b"malformed"}
    assert faults == {"lost": 0, "doubled": 0, "unexpected": 0, "gaps": 0}
    assert worker.poll() is None
