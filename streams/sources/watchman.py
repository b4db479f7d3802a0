"""The watchman learns from every visit, and tells a channel once when a source falls ill and once when it is well.

What it tells is an ordinary alert on the outbox, so that it is delivered, retried and never doubled like any other:
an illness is a story, its end a reply in the story's thread.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from streams.basics.text import hash_of
from streams.basics.times import MINUTE, SECOND
from streams.metrics import names as metric
from streams.metrics.meter import Meter, SilentMeter
from streams.records import Alert, Away, Kind, Millis
from streams.sources.base import Source, Visit
from streams.sources.book import SourceBook
from streams.sources.health import FAILING, Health, Ill, decode, ills, learn, silent_at

log = logging.getLogger(__name__)

_NOTED_EVERY: Millis = 10 * MINUTE
_MANY = 4
OUTAGE = Source(name="ingest", kind="", outlet="ingest")
"""Stands for this process itself: when most sources fail at once, they are not what is ill."""

Tell = Callable[[Alert], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class Watchman:
    """See `base.Notice`. `channel` "" tells nobody but the log."""

    book: SourceBook
    sources: Sequence[Source]
    channel: str = ""
    tell: Tell | None = None
    meter: Meter = field(default_factory=SilentMeter)
    health: dict[str, Health] = field(default_factory=dict)
    _noted: dict[str, Millis] = field(default_factory=dict)

    async def begin(self) -> None:
        """Read what was noted before. Raises `Away`."""
        await self._read([s.name for s in (*self.sources, OUTAGE)])

    async def _read(self, names: Sequence[str]) -> None:
        notes = await self.book.notes(names)
        self.health |= {name: decode(text) for name, text in zip(names, notes, strict=True)}

    def change(self, sources: Sequence[Source], channel: str) -> None:
        """Watch these; nothing more is told of the others, and what is known of them stays."""
        for name in {s.name for s in self.sources} - {s.name for s in sources}:
            self.meter.forget(metric.SOURCE_PATIENCE, name)
        self.sources, self.channel = sources, channel

    async def __call__(self, source: Source, visit: Visit) -> None:
        """Learn, and tell what has changed. Never raises."""
        if source.name not in self.health:  # it came while we ran, and may have been here before
            try:
                await self._read([source.name])
            except Away as away:
                log.debug("the watchman waits: %s", away)
                return
        health = self.health[source.name]
        learn(health, visit, source)
        self._measure(source, visit, health)
        found = dict(ills(health, source, visit.at))
        outage = self._outage(visit.at)
        if outage and FAILING not in health.told:  # what was told before stays told
            found.pop(FAILING, None)
        changed = await self._changes(source, health, found, visit.at)
        await self._changes(OUTAGE, self.health.setdefault(OUTAGE.name, Health()), outage, visit.at)
        if changed or (visit.taken and visit.taken.sent) or visit.at - self._noted.get(source.name, 0) > _NOTED_EVERY:
            await self._note(source, health, visit.at)

    def _outage(self, now: Millis) -> Mapping[str, Ill]:
        known = [self.health[s.name] for s in self.sources if s.name in self.health]
        failing = [h for h in known if h.failures]
        if len(failing) < _MANY or 2 * len(failing) <= len(known):
            return {}
        since = sorted(h.failing for h in failing)[len(failing) // 2]
        if now - since < 5 * MINUTE:
            return {}
        told = self.health.setdefault(OUTAGE.name, Health()).told.get(FAILING, since)
        return {FAILING: Ill(told, f"{len(failing)} of {len(known)} sources cannot be reached: is it our own network?")}

    async def _changes(self, source: Source, health: Health, found: Mapping[str, Ill], now: Millis) -> bool:
        """Tell each beginning and each end once; told first and noted after, since a repeat is the same alert."""
        changed = False
        for what, ill in found.items():
            if what not in health.told and await self._say(source, what, ill, now):
                health.told[what] = ill.since
                changed = True
        for what, since in list(health.told.items()):
            if what not in found and await self._say(source, what, Ill(since, ""), now):
                del health.told[what]
                changed = True
        if changed:
            await self._note(source, health, now)
        return changed

    async def _say(self, source: Source, what: str, ill: Ill, now: Millis) -> bool:
        alert = alert_of(source, what, ill, now, self.channel)
        log.warning("%s", alert.title)
        if not self.channel or self.tell is None:
            return True
        try:
            await self.tell(alert)
        except Away as away:  # the next visit tells
            log.debug("the watchman waits: %s", away)
            return False
        return True

    async def _note(self, source: Source, health: Health, now: Millis) -> None:
        try:
            await self.book.note(source.name, health.encode())
            self._noted[source.name] = now
        except Away as away:
            log.debug("the watchman waits: %s", away)

    def _measure(self, source: Source, visit: Visit, health: Health) -> None:
        self.meter.count(metric.SOURCE_VISITS, source.name)
        if visit.fault:
            self.meter.count(metric.SOURCE_FAILURES, source.name)
        if visit.taken and visit.taken.sent:
            self.meter.count(metric.SOURCE_SENT, source.name, by=visit.taken.sent)
        self.meter.set(metric.SOURCE_PATIENCE, (silent_at(health, source) - visit.at) / SECOND, source.name)


def alert_of(source: Source, what: str, ill: Ill, now: Millis, channel: str) -> Alert:
    """The alert of a beginning (with words) or an end (without). The same one, however often it is made."""
    root = hash_of("source", source.name, what, str(ill.since), size=10)
    begins = bool(ill.words)
    name = "Ingest" if source is OUTAGE else f"Source {source.name}"
    title = f"{name} is {what}: {ill.words}" if begins else f"{name} is no longer {what}"
    alert = Alert(
        alert_id=root, kind=Kind.NEW, watch="sources", channel=channel, story_id=f"source:{source.name}:{root}",
        article_id=f"source:{source.name}", root_id=root, title=title[:500], url=source.url, source="tapewire ingest",
        lang="en", companies=(), relevances=(), why=f"source health; `tapewire sources test {source.name}`",
        seen=now, decided=now, article_key=f"source:{source.name}~{root}",
    )  # fmt: skip
    if begins:
        return alert
    return replace(alert, alert_id=hash_of(root, "well", size=10), kind=Kind.UPDATE)
