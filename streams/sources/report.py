"""How each source does, as rows: for `tapewire sources list` and `check`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from streams.basics.times import HOUR, iso
from streams.records import Millis
from streams.sources.base import Source
from streams.sources.health import decode, ills, silent_at


def rows_of(sources: Sequence[Source], notes: Sequence[str], now: Millis) -> list[dict[str, Any]]:
    """One row a source, in the order of the file."""
    return [_row(source, note, now) for source, note in zip(sources, notes, strict=True)]


def _row(source: Source, note: str, now: Millis) -> dict[str, Any]:
    health = decode(note)
    found = ills(health, source, now)
    last = health.rhythm.last
    unseen = now - max(health.visited, health.failing)
    return {
        "source": source.name,
        "kind": source.kind,
        "form": health.form,
        "visited": iso(health.visited or None),
        "last": iso(last or None),
        "an_hour": round(health.rhythm.hourly, 2),
        "silent_at": iso(silent_at(health, source)) if health.visited else None,
        "articles": health.articles,
        "lag_minutes": round(health.lag / 60_000, 1),
        "fault": health.fault,
        "ills": {what: ill.words for what, ill in found.items()},
        "stale": bool(health.visited) and unseen > max(HOUR, 3 * source.every),
    }
