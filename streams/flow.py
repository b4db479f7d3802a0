"""OPEN FIRST. The stages of triage in order, and the one loop that walks them.

    articles ─► decode · normalise · identify · classify · screen · relate · match · decide · explain ─► alerts
                                                                                   └► decisions

Worker, replay, `why`, `analyse` and the tests all walk it with `triage` below, or with its halves `read` and `settled`;
only the parts they hand in differ.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from streams.ports import Clock, Directory, RelevanceModel, StoryMemory
from streams.records import Alert, Article, Away, Decision, Ended, Millis, Noun, Outcome, Reason, evolve
from streams.stages.classify import Classify
from streams.stages.decide import Decide
from streams.stages.decision import Versions, decision_on
from streams.stages.decode import Decode
from streams.stages.explain import Explain
from streams.stages.identify import Identify
from streams.stages.match import MatchWatches
from streams.stages.normalise import Normalise
from streams.stages.relate import Relate
from streams.stages.screen import Screen
from streams.watches.watch import Desks

BURIED: Final = frozenset({Reason.MALFORMED, Reason.FAILED})
"""Endings whose original bytes go to the dead-letter topic."""


class Stage(Protocol):
    """One step of the flow: as many outcomes as articles, in the same order."""

    @property
    def name(self) -> str:
        """As the ledger, the metrics and `why` call it."""
        ...

    async def __call__(self, articles: Sequence[Article]) -> Sequence[Outcome]:
        """Each article goes on, or has ended with a reason. Raises `Away` when the world is."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the stages work with: live or silent (see `assemble`)."""

    directory: Directory
    model: RelevanceModel
    stories: StoryMemory
    desk: Desks
    clock: Clock
    catch_up: Millis | None = None
    """An article that was seen so long before the clock is late for whoever was not told of it; None: none is."""

    @property
    def versions(self) -> Versions:
        """Of the model and the directory, as decisions bear them."""
        return Versions(self.model.version, self.directory.version)


def reading(parts: Parts) -> tuple[Stage, ...]:
    """The pure half, in order: it knows neither stories nor watches nor the time."""
    return (Decode(), Normalise(), Identify(parts.directory), Classify(parts.model))


def settling(parts: Parts) -> tuple[Stage, ...]:
    """The other half, in order."""
    return (
        Screen(parts.desk),
        Relate(parts.stories),
        MatchWatches(parts.desk, parts.clock),
        Decide(parts.stories, parts.desk, parts.clock, parts.versions, parts.catch_up),
        Explain(parts.model),
    )


def stages(parts: Parts) -> tuple[Stage, ...]:
    """The whole flow. To add a stage, add a line to one of its halves."""
    return (*reading(parts), *settling(parts))


Trace = Callable[[str, Sequence[Article], Sequence[Outcome]], None]
"""Called after each stage with its name, what went in and what came out (`why`, metrics)."""


class Journey(Noun, frozen=True, kw_only=True):
    """An article at the end of its way: what is known of it, its decisions, its alerts, and why it is buried."""

    article: Article
    decisions: tuple[Decision, ...]
    alerts: tuple[Alert, ...] = ()
    buried: Ended | None = None


@dataclass(slots=True)
class Walk:
    """A batch on its way: how far each article has come, and which have ended, at which stage."""

    at: list[Article]
    ended: dict[int, tuple[str, Ended]] = field(default_factory=dict)
    whole: bool = False  # what has ended early visits the later stages too

    def going(self) -> list[int]:
        """Places of the articles that go on; of a `whole` walk all that are not buried."""
        return [i for i in range(len(self.at)) if i not in self.ended or (self.whole and not self._buried(i))]

    def _buried(self, i: int) -> bool:
        return self.ended[i][1].reason in BURIED


Reader = Callable[[Sequence[Article]], Awaitable[Walk]]
"""Does what `read` does, here or in another process."""


async def triage(
    parts: Parts, articles: Sequence[Article], *, whole: bool = False, trace: Trace | None = None
) -> list[Journey]:
    """Walk a batch through all stages; one journey per article, in the order given.

    An article never fails its batch: when a stage raises, the batch is halved until the culprit stands alone and
    ends as `failed`. `Away` passes through, and the same batch may be given again.
    With `whole`, an article that ended early still visits the later stages, so that every field is filled.
    """
    return await settled(parts, await read(parts, articles, whole=whole, trace=trace), trace=trace)


async def read(parts: Parts, articles: Sequence[Article], *, whole: bool = False, trace: Trace | None = None) -> Walk:
    """The pure half of `triage`: what an article says depends on nothing but itself, so any process may read it."""
    return await _walked(reading(parts), Walk(list(articles), whole=whole), trace)


async def normalised(records: Sequence[Article]) -> list[Article]:
    """What the first two stages make of records, for whoever looks for an article; unreadable ones are left out."""
    walk = await _walked((Decode(), Normalise()), Walk(list(records)))
    return [walk.at[i] for i in walk.going()]


async def settled(parts: Parts, walk: Walk, *, trace: Trace | None = None) -> list[Journey]:
    """The other half: what was read, held against stories and watches. Batches come here in the order of the wire."""
    walk = await _walked(settling(parts), Walk(list(walk.at), dict(walk.ended), walk.whole), trace)
    journeys = [_settle(article, walk.ended.get(i), parts) for i, article in enumerate(walk.at)]
    lost = [j.article.key for j in journeys if j.buried and j.article.story]
    if lost:  # a story that could not be told must not silence the next article
        await parts.stories.release(lost)
    return journeys


async def _walked(some: Sequence[Stage], walk: Walk, trace: Trace | None = None) -> Walk:
    for stage in some:
        walking = walk.going()
        before = [walk.at[i] for i in walking]
        outcomes = await _safely(stage, before)
        if trace:
            trace(stage.name, before, outcomes)
        for i, outcome in zip(walking, outcomes, strict=True):
            if isinstance(outcome, Ended):
                walk.at[i] = outcome.article
                walk.ended.setdefault(i, (stage.name, outcome))
            else:
                walk.at[i] = outcome
    return walk


async def _safely(stage: Stage, articles: Sequence[Article]) -> Sequence[Outcome]:
    if not articles:
        return ()
    try:
        return await stage(articles)
    except Away:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, only the culprit may end by it
        if len(articles) == 1:
            return (Ended(article=articles[0], reason=Reason.FAILED, detail=f"{stage.name}: {error!r}"[:500]),)
        half = len(articles) // 2
        return (*await _safely(stage, articles[:half]), *await _safely(stage, articles[half:]))


def _settle(article: Article, end: tuple[str, Ended] | None, parts: Parts) -> Journey:
    if end is None:
        return Journey(article=article, decisions=article.decisions or (), alerts=article.alerts)
    stage, ended = end
    decision = decision_on(
        article, None, ended.reason, ended.detail, stage=stage, versions=parts.versions, decided=parts.clock.now()
    )
    buried = ended if ended.reason in BURIED else None
    return Journey(article=evolve(article, decisions=(decision,)), decisions=(decision,), buried=buried)
