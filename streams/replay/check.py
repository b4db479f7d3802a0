"""Scenarios through the flow: what came out otherwise than expected, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from streams.flow import Journey, Parts, triage
from streams.ports import Claim, Clocked, Ruling, StoryMemory, Telling
from streams.records import SPOKE, Article, Away, Origin, StoryLink, evolve
from streams.replay.scenarios import Said, Scenario, Step

MakeParts = Callable[[Path, Clocked, Sequence[Said]], Parts]
"""Silent parts with a new memory, for the desk in a file and what was said to it."""


@dataclass(slots=True)
class Faulty:
    """A story memory that fails when a scenario says so."""

    inner: StoryMemory
    fault: str = ""
    away: bool = field(default=False)

    async def relate(self, tellings: Sequence[Telling]) -> list[StoryLink]:
        """See `StoryMemory.relate`."""
        if self.fault == "away" and not self.away:
            self.away = True
            raise Away("the scenario's story memory cannot be reached")
        if self.fault == "relate":
            raise RuntimeError("the scenario's relate fails")
        return await self.inner.relate(tellings)

    async def claim(self, claims: Sequence[Claim]) -> list[Ruling]:
        """See `StoryMemory.claim`; what it claimed stands, and it fails all the same."""
        rulings = await self.inner.claim(claims)
        if self.fault == "claim":
            raise RuntimeError("the scenario's claim fails")
        return rulings

    async def release(self, article_keys: Sequence[str], watch: str | None = None) -> None:
        """See `StoryMemory.release`."""
        await self.inner.release(article_keys, watch)

    async def size(self) -> dict[str, int]:
        """See `StoryMemory.size`."""
        return dict(await self.inner.size())


async def check(scenario: Scenario, make: MakeParts) -> list[str]:
    """Every way in which the flow does otherwise; none means that the scenario holds."""
    clock = Clocked()
    parts = make(scenario.desk, clock, scenario.said)
    memory = Faulty(parts.stories)
    parts = replace(parts, stories=memory)
    faults: list[str] = []
    done: dict[str, Journey] = {}
    for number, step in enumerate(scenario.steps):
        clock.set(max(clock.now(), step.seen))
        memory.fault, memory.away = step.fault, False
        offset = number if not step.again else next(n for n, s in enumerate(scenario.steps) if s.id == step.id)
        journey = await _judged(parts, step, offset)
        at = f"article {number + 1} ({step.id})"
        faults += [f"{at}: {fault}" for fault in _faults(step, journey, done, parts)]
        if step.again and journey.decisions != done[step.id].decisions and done[step.id].buried is None:
            faults.append(f"{at}: decided otherwise than the first time")
        done[step.id] = journey
    return faults


async def _judged(parts: Parts, step: Step, offset: int) -> Journey:
    origin = Origin(topic="scenario", partition=step.partition, offset=offset)
    article = Article(raw=step.raw, origin=origin, seen=step.seen)
    try:
        (journey,) = await triage(parts, [article])
    except Away:  # the worker waits, and gives the same batch again
        (journey,) = await triage(parts, [article])
    return _timeless(journey, step)


def _timeless(journey: Journey, step: Step) -> Journey:
    """Decided when seen: a redelivery is the same but for this clock."""
    decisions = tuple(evolve(d, decided=step.seen) for d in journey.decisions)
    return evolve(journey, decisions=decisions)


def _faults(step: Step, journey: Journey, done: dict[str, Journey], parts: Parts) -> list[str]:
    names, desk = [d.watch for d in journey.decisions], parts.desk.at(step.seen)
    faults = []
    if names != [None] and sorted(str(n) for n in names) != sorted(desk.names):
        faults.append(f"conservation: decisions for {names}, the desk has {sorted(desk.names)}")
    if step.ends and (names != [None] or journey.decisions[0].reason is not step.ends):
        faults.append(f"ends as {step.ends.value} expected, got {_told(journey)}")
    expected = dict(step.expect)
    for watch, reason in expected.items():
        mine = [d for d in journey.decisions if d.watch in (None, watch)]
        if watch not in desk.names:
            faults.append(f"the desk has no watch {watch!r}")
        elif not mine or mine[0].reason is not reason:
            faults.append(f"{watch}: {reason.value} expected, got {_told(journey)}")
    loud = [d.watch for d in journey.decisions if d.reason in SPOKE and d.watch not in expected]
    if loud:
        faults.append(f"spoke to {', '.join(map(str, loud))}, which nobody expected: {_told(journey)}")
    if step.detail and not any(step.detail in d.detail for d in journey.decisions):
        faults.append(f"no detail says {step.detail!r}: {_told(journey)}")
    return faults + _stories(step, journey, done)


def _stories(step: Step, journey: Journey, done: dict[str, Journey]) -> list[str]:
    faults = []
    mine = journey.article.story.id if journey.article.story else None
    for name, same in ((step.story_of, True), (step.other_story_than, False)):
        if not name:
            continue
        other = done[name].article.story if name in done else None
        if mine is None or other is None or (mine == other.id) is not same:
            faults.append(f"{'same' if same else 'another'} story expected as of {name!r}: {journey.article.story}")
    return faults


def _told(journey: Journey) -> str:
    return "; ".join(f"{d.watch or 'all watches'} {d.reason.value} ({d.detail})" for d in journey.decisions)
