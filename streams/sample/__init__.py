"""The sample wire: 42 records written by us, for the demo and the tests."""

from __future__ import annotations

import json
from pathlib import Path

from streams.basics.times import MINUTE, iso
from streams.records import Millis

WIRE = Path(__file__).with_name("wire.jsonl")
WATCHES = Path(__file__).with_name("watches.toml")


def sample_wire(now: Millis) -> list[tuple[str, bytes]]:
    """Each record's note and its bytes as a feed would send them, published relative to `now`."""
    records = []
    for line in WIRE.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if "raw" in row:
            records.append((row["note"], row["raw"].encode()))
            continue
        article = row["article"] | {"published": iso(now - row["minutes_old"] * MINUTE)}
        records.append((row["note"], json.dumps(article, ensure_ascii=False).encode()))
    return records
