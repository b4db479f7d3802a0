"""Where a stretch of a topic begins and ends: as people write it, and the offsets that it means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from streams.basics.times import parse_span, parse_time
from streams.kafka.reader import Ranges, TopicReader
from streams.kafka.stretch import Partition, Stretch
from streams.records import Millis

_OFFSET: Final = re.compile(r"@(\d{1,18})|(\d{1,8})", re.ASCII)
_DAY: Final = re.compile(r"(?:19|20)\d{6}", re.ASCII)  # as some write it; to read it as an offset would be wrong


@dataclass(frozen=True, slots=True)
class Bound:
    """An end of a stretch: an offset (in every partition) or a Kafka time; None for the topic's own end."""

    offset: int | None = None
    time: Millis | None = None


def bound(text: str | None, now: Millis) -> Bound:
    """`2026-01-09T12:00Z`, `24h` (before now), `1200` or `@1200` (an offset). Raises ValueError."""
    if text is None:
        return Bound()
    if _DAY.fullmatch(text.strip()):
        raise ValueError(f"{text!r} is a day or an offset: write 2026-01-09 for a day, @{text.strip()} for an offset")
    if found := _OFFSET.fullmatch(text.strip()):
        return Bound(offset=int(found[1] or found[2]))
    try:
        return Bound(time=max(0, now - parse_span(text)))
    except ValueError:
        pass
    try:
        return Bound(time=parse_time(text))
    except ValueError as fault:
        raise ValueError(f"{text!r} is no time, span or offset ({fault}): 2026-01-09T12:00Z, 24h, @1200") from None


def between(start: str | None, end: str | None, now: Millis) -> tuple[Bound, Bound]:
    """Both ends of a stretch. Raises ValueError, also where it ends before it begins: that would be empty."""
    first, last = bound(start, now), bound(end, now)
    for begins, ends in ((first.offset, last.offset), (first.time, last.time)):
        if begins is not None and ends is not None and begins > ends:
            raise ValueError(f"--from {start} lies after --to {end}: nothing is between them")
    return first, last


async def cut(reader: TopicReader, topic: str, start: Bound, end: Bound) -> Ranges:
    """The offsets of a topic that lie within the bounds, per partition. Raises `NoTopic`."""
    await reader.expect(topic)
    whole = await reader.ranges(topic)
    first = await _offsets(reader, whole, start, last=False)
    last = await _offsets(reader, whole, end, last=True)
    return {tp: _within(max(low, first[tp]), min(high, last[tp])) for tp, (low, high) in whole.items()}


def _within(first: int, end: int) -> Stretch:
    return first, max(first, end)  # a bound may lie outside the topic: then there is nothing, not less than nothing


async def _offsets(reader: TopicReader, whole: Ranges, at: Bound, *, last: bool) -> dict[Partition, int]:
    if at.offset is not None:
        return dict.fromkeys(whole, at.offset)
    if at.time is not None:
        return await reader.offsets_at(whole, at.time)
    return {tp: ends[last] for tp, ends in whole.items()}
