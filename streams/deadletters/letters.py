"""Dead letters: what was buried, sent again or dropped. Kafka forgets nothing, so both are notes behind the letters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from streams.basics.text import visible
from streams.basics.times import iso
from streams.kafka.bounds import bound
from streams.kafka.publish import Publisher, Record
from streams.names import Names
from streams.records import Millis
from streams.stages.decode import Malformed, field_text, object_of

SETTLED: Final = "settled"
"""Header of a note: `requeued` or `dropped`; its header `of` says which letter."""
ORIGIN: Final = ("topic", "partition", "offset", "time")
"""Headers of a letter: where the article lay."""
ATTEMPTS: Final = "attempts"
"""Header of a requeued article: how often it was buried before."""
_PLACE: Final = re.compile(r"\d+/\d+", re.ASCII)


class NotSettled(ValueError):  # noqa: N818 - named for the letter
    """A letter that may not be sent again, with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grave:
    """Where a buried article lies. `burials` is one more than the earlier letters with these bytes sent again."""

    partition: int
    offset: int
    time: Millis
    burials: int = 1
    first: Mapping[str, bytes] = field(default_factory=dict)  # `ORIGIN` of the first burial: the true one
    settled: str = ""
    size: int = 0  # of its bytes
    digest: bytes = b""  # of its bytes

    @property
    def at(self) -> str:
        """How commands call it."""
        return f"{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter(Grave):
    """One buried article, with its bytes."""

    key: bytes
    value: bytes
    headers: Mapping[str, bytes]

    @property
    def source(self) -> str:
        """Whom its bytes name as their source; "" when they cannot be read so far."""
        try:
            return field_text(object_of(self.value), "source").strip()
        except Malformed:
            return ""

    def said(self, name: str) -> str:
        """A header as text; empty when it is not there."""
        return self.headers.get(name, b"").decode("utf-8", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which letters; every condition given must hold. Raises ValueError for places that are none."""

    reason: str = ""
    stage: str = ""
    source: str = ""  # as the bytes name it, upper and lower case alike
    words: str = ""  # in the bytes or the detail, upper and lower case alike
    since: Millis | None = None
    at: tuple[str, ...] = ()
    settled: bool = False  # those sent again or dropped, too

    def __post_init__(self) -> None:
        for at in self.at:
            if not _PLACE.fullmatch(at):
                raise ValueError(f"{at!r} names no letter: write PARTITION/OFFSET, as `tapewire dead list` does")

    def holds(self, letter: Letter) -> bool:
        """Whether a letter is meant; what reads its bytes comes last."""
        return (
            (self.since is None or letter.time >= self.since)
            and (not self.at or letter.at in self.at)
            and (self.settled or not letter.settled)
            and (not self.reason or letter.said("reason") == self.reason)
            and (not self.stage or letter.said("stage") == self.stage)
            and (not self.source or letter.source.casefold() == self.source.casefold())
            and (not self.words or self._spoken(letter))
        )

    def _spoken(self, letter: Letter) -> bool:
        text = letter.value.decode("utf-8", "replace") + "\n" + letter.said("detail")
        return self.words.casefold() in text.casefold()


def refuse(names: Names, chosen: Sequence[Grave], *, most: int) -> None:
    """Raises `NotSettled` when one was buried `most` times, or is no article: it may not be sent again."""
    foreign = [x.at for x in chosen if x.first.get("topic", names.articles.encode()) != names.articles.encode()]
    if foreign:
        raise NotSettled(f"no articles, they came from another topic: {', '.join(foreign[:10])}; `dead drop` ends them")
    worn = [x.at for x in chosen if x.burials >= most]
    if worn:
        raise NotSettled(f"buried {most} times already: {', '.join(worn[:10])}; mend the cause, or raise --attempts")


async def requeue(publisher: Publisher, names: Names, chosen: Sequence[Letter], *, most: int) -> int:
    """Send letters to the articles topic again, their bytes and key unchanged; the number sent.

    Each carries the origin of its first burial and `attempts`. Raises `NotSettled` before anything is sent (see
    `refuse`), and `Away`; a repeat after `Away` may send some twice, which the story memory bears.
    """
    refuse(names, chosen, most=most)
    await publisher.publish([_again(letter, names) for letter in chosen])
    await publisher.publish([_note(letter, names, "requeued") for letter in chosen])
    return len(chosen)


async def drop(publisher: Publisher, names: Names, chosen: Sequence[Letter]) -> int:
    """Note that letters are done with; they stay on the topic as long as it keeps them. Raises `Away`."""
    await publisher.publish([_note(letter, names, "dropped") for letter in chosen])
    return len(chosen)


def _again(letter: Letter, names: Names) -> Record:
    origin = {f"origin-{n}": letter.first[n] for n in ORIGIN if n in letter.first}
    headers = origin | {ATTEMPTS: str(letter.burials).encode()}
    return Record(topic=names.articles, key=letter.key, value=letter.value, headers=headers)


def _note(letter: Letter, names: Names, how: str) -> Record:
    headers = {SETTLED: how.encode(), "of": letter.at.encode()}
    return Record(topic=names.dead, key=letter.key, value=b"", headers=headers)


def in_full(letter: Letter) -> list[str]:
    """A letter in full, for a person: whatever is in it, its lines command no terminal."""
    headers = [f"{name}: {letter.said(name)}" for name in letter.headers]
    state = [f"settled: {letter.settled}"] if letter.settled else []
    text = letter.value.decode("utf-8", "backslashreplace") or "(no bytes at all)"
    buried = f"buried {letter.burials} times" if letter.burials > 1 else "buried once"
    lines = [f"letter {letter.at}, {iso(letter.time)}, {buried}", *headers, *state, "", *text.split("\n")]
    return [visible(line) for line in lines]


def listed(letter: Letter) -> str:
    """A letter on one line."""
    state = f" [{letter.settled}]" if letter.settled else ""
    where = f"{letter.said('reason')} at {letter.said('stage')}"
    why = f"{where}{state}: {letter.said('detail')[:120]}"
    return visible(f"{letter.at:>8}  {iso(letter.time)}  x{letter.burials}  {why}")


def since(text: str | None, now: Millis) -> Millis | None:
    """A time, a span before now, or None. Raises ValueError, also for an offset: letters lie on several partitions."""
    found = bound(text, now)
    if found.offset is not None:
        raise ValueError(
            f"--since {text}: write a time or a span, 2026-01-09T12:00Z or 24h; an offset is PARTITION/OFFSET"
        )
    return found.time
