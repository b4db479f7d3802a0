"""Dead letters: what was buried, sent again or dropped. Kafka forgets nothing, so both are notes behind the letters."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final

from streams.kafka.cluster import Where
from streams.kafka.publish import Publisher, Record
from streams.kafka.reader import TopicReader
from streams.names import Names
from streams.records import Millis
from streams.replay.stretch import bound
from streams.stages.decode import Malformed, field_text, object_of
from streams.text import visible
from streams.times import believable, iso

SETTLED: Final = "settled"
"""Header of a note: `requeued` or `dropped`; its header `of` says which letter."""
ATTEMPTS: Final = "attempts"
"""Header of a requeued article: how often it was buried before."""


class NotSettled(ValueError):  # noqa: N818 - named for the letter
    """A letter that may not be sent again, with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One buried article. `burials` is one more than the earlier letters with these very bytes that were sent again."""

    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: Mapping[str, bytes]
    time: Millis
    burials: int = 1
    first: Mapping[str, bytes] = field(default_factory=dict)  # headers of the first burial: the true origin
    settled: str = ""

    @property
    def at(self) -> str:
        """How commands call it."""
        return f"{self.partition}/{self.offset}"

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
    """Which letters; every condition given must hold."""

    reason: str = ""
    stage: str = ""
    source: str = ""  # as the bytes name it, upper and lower case alike
    words: str = ""  # in the bytes or the detail, upper and lower case alike
    since: Millis | None = None
    at: tuple[str, ...] = ()
    settled: bool = False  # those sent again or dropped, too

    def holds(self, letter: Letter) -> bool:
        """Whether a letter is meant."""
        text = letter.value.decode("utf-8", "replace") + "\n" + letter.said("detail")
        return all(
            (
                not self.reason or letter.said("reason") == self.reason,
                not self.stage or letter.said("stage") == self.stage,
                not self.source or letter.source.casefold() == self.source.casefold(),
                self.words.casefold() in text.casefold(),
                self.since is None or letter.time >= self.since,
                not self.at or letter.at in self.at,
                self.settled or not letter.settled,
            )
        )


async def letters(bootstrap: Where, names: Names, wanted: Filter) -> list[Letter]:
    """The letters that are meant, oldest first. Raises `Away`."""
    found = [letter async for letter in _all(bootstrap, names)]
    return [letter for letter in _counted(found) if wanted.holds(letter)]


async def _all(bootstrap: Where, names: Names) -> AsyncIterator[Letter]:
    async with TopicReader(bootstrap) as reader:
        async for records in reader.read(await reader.ranges(names.dead)):
            for record in records:
                yield _letter(record)


def _letter(record: Any) -> Letter:
    return Letter(
        partition=record.partition,
        offset=record.offset,
        key=record.key or b"",
        value=record.value or b"",
        headers={k: v or b"" for k, v in record.headers or ()},
        time=believable(record.timestamp),
    )


def _counted(found: Sequence[Letter]) -> list[Letter]:
    """The letters without the notes, each with what the notes and its earlier burials say."""
    ordered = sorted(found, key=lambda letter: (letter.time, letter.partition, letter.offset))
    notes = {x.said("of"): x.said(SETTLED) for x in ordered if SETTLED in x.headers}
    burials: dict[bytes, list[Letter]] = {}
    out = []
    for letter in ordered:
        if SETTLED in letter.headers:
            continue
        same = burials.setdefault(_digest(letter), [])
        settled = notes.get(letter.at, "")
        again = sum(notes.get(x.at) == "requeued" for x in same)
        same.append(letter)
        out.append(
            Letter(
                partition=letter.partition, offset=letter.offset, key=letter.key, value=letter.value,
                headers=letter.headers, time=letter.time, burials=again + 1,
                first=same[0].headers if again else letter.headers, settled=settled,
            )
        )  # fmt: skip
    return out


def _digest(letter: Letter) -> bytes:
    return blake2b(letter.value, digest_size=16).digest()


async def requeue(publisher: Publisher, names: Names, chosen: Sequence[Letter], *, most: int) -> int:
    """Send letters to the articles topic again, their bytes and key unchanged; the number sent.

    Each carries the origin of its first burial and `attempts`. Raises `NotSettled` before anything is sent when one
    was buried `most` times or is no article, and `Away`; a repeat after `Away` may send some twice, which the story
    memory bears.
    """
    foreign = [x.at for x in chosen if x.first.get("topic", names.articles.encode()) != names.articles.encode()]
    if foreign:
        raise NotSettled(f"no articles, they came from another topic: {', '.join(foreign[:10])}; `dead drop` ends them")
    worn = [letter.at for letter in chosen if letter.burials >= most]
    if worn:
        raise NotSettled(f"buried {most} times already: {', '.join(worn[:10])}; mend the cause, or raise --attempts")
    await publisher.publish([_again(letter, names) for letter in chosen])
    await publisher.publish([_note(letter, names, "requeued") for letter in chosen])
    return len(chosen)


async def drop(publisher: Publisher, names: Names, chosen: Sequence[Letter]) -> int:
    """Note that letters are done with; they stay on the topic as long as it keeps them. Raises `Away`."""
    await publisher.publish([_note(letter, names, "dropped") for letter in chosen])
    return len(chosen)


def _again(letter: Letter, names: Names) -> Record:
    origin = {f"origin-{n}": letter.first[n] for n in ("topic", "partition", "offset", "time") if n in letter.first}
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
