"""OPEN FIRST. The stages of triage in order, and the one loop that walks them.

    articles ─► decode · normalise · identify · classify · screen · relate · match · decide ─► alerts, decisions

Worker, replay, `why`, `analyse` and the tests all call `triage` below; only the parts they hand in differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from streams.ports import Clock, Directory, RelevanceModel, StoryMemory
from streams.records import BURIED, Alert, Article, Away, Decision, Ended, Noun, Outcome, Reason, evolve
from streams.stages.classify import Classify
from streams.stages.decide import Decide
from streams.stages.decode import Decode
from streams.stages.identify import Identify
from streams.stages.match import MatchWatches
from streams.stages.normalise import Normalise
from streams.stages.relate import Relate
from streams.stages.screen import Screen
from streams.watches import Desks


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


def stages(parts: Parts) -> tuple[Stage, ...]:
    """The flow, in order. To add a stage, add a line."""
    return (
        Decode(),
        Normalise(),
        Identify(parts.directory),
        Classify(parts.model),
        Screen(parts.desk),
        Relate(parts.stories),
        MatchWatches(parts.desk, parts.clock),
        Decide(parts.stories, parts.desk, parts.clock, parts.model.version, parts.directory.version),
    )


Trace = Callable[[str, Sequence[Article], Sequence[Outcome]], None]
"""Called after each stage with its name, what went in and what came out (`why`, metrics)."""


class Journey(Noun, frozen=True, kw_only=True):
    """An article at the end of its way: what is known of it, its decisions, its alerts, and why it is buried."""

    article: Article
    decisions: tuple[Decision, ...]
    alerts: tuple[Alert, ...] = ()
    buried: Ended | None = None


async def triage(
    parts: Parts, articles: Sequence[Article], *, whole: bool = False, trace: Trace | None = None
) -> list[Journey]:
    """Walk a batch through all stages; one journey per article, in the order given.

    An article never fails its batch: when a stage raises, each article is tried alone and the culprit
    ends as `failed`. `Away` passes through, and the same batch may be given again.
    With `whole`, an article that ended early still visits the later stages, so that every field is filled.
    """
    at: list[Article] = list(articles)
    ended: dict[int, tuple[str, Ended]] = {}
    for stage in stages(parts):
        walking = [i for i in range(len(at)) if _goes_on(ended.get(i), whole=whole)]
        before = [at[i] for i in walking]
        outcomes = await _safely(stage, before)
        if trace:
            trace(stage.name, before, outcomes)
        for i, outcome in zip(walking, outcomes, strict=True):
            if isinstance(outcome, Ended):
                at[i] = outcome.article
                ended.setdefault(i, (stage.name, outcome))
            else:
                at[i] = outcome
    journeys = [_settle(article, ended.get(i), parts) for i, article in enumerate(at)]
    lost = [j.article.key for j in journeys if j.buried and j.article.story]
    if lost:  # a story that could not be told must not silence the next article
        await parts.stories.release(lost)
    return journeys


def _goes_on(end: tuple[str, Ended] | None, *, whole: bool) -> bool:
    return end is None or (whole and end[1].reason not in BURIED)


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
    decision = Decision(
        article_id=article.id or str(article.origin),
        watch=None,
        stage=stage,
        reason=ended.reason,
        detail=ended.detail,
        origin=article.origin,
        source=article.source,
        lang=article.lang,
        title=article.title,
        story_id=article.story.id if article.story else "",
        model=parts.model.version,
        directory=parts.directory.version,
        published=article.published,
        seen=article.seen,
        decided=parts.clock.now(),
    )
    buried = ended if ended.reason in BURIED else None
    return Journey(article=evolve(article, decisions=(decision,)), decisions=(decision,), buried=buried)
