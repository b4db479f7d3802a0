"""decide: who may speak about the story now; every watch gets exactly one decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streams.basics.text import hash_of
from streams.basics.times import iso, span_words, whole_words
from streams.ports import Asks, Claim, Clock, Ruling, StoryMemory
from streams.records import (
    REVISING,
    Alert,
    Article,
    Company,
    Decision,
    Kind,
    Match,
    Millis,
    Outcome,
    Reason,
    StoryLink,
    evolve,
)
from streams.stages.decision import Versions, decision_on
from streams.watches.unwanted import told_for
from streams.watches.watch import Desks, Watch

_REASONS = {
    Kind.NEW: Reason.ALERTED,
    Kind.UPDATE: Reason.UPDATED,
    Kind.CORRECTION: Reason.CORRECTED,
    Kind.ECHO: Reason.MERGED,
}
_SAID_BY_KIND = ("notice",)
_NOT_ASKED = Ruling(kind=None, root="")


@dataclass(frozen=True, slots=True)
class Decide:
    """Fills `decisions` and `alerts`."""

    stories: StoryMemory
    desk: Desks
    clock: Clock
    versions: Versions
    catch_up: Millis | None = None  # see `Parts`
    name: str = "decide"

    async def __call__(self, articles: Sequence[Article]) -> Sequence[Outcome]:
        """Every article goes on, decided for every watch."""
        now = self.clock.now()
        behind = [too_far_behind(article, now, self.catch_up) for article in articles]
        claims = [
            claim_of(article, match.watch, _asks(article, match, late))
            for article, late in zip(articles, behind, strict=True)
            for match in article.matches or ()
            if not match.reason or match.follows or article.status in REVISING
        ]
        rulings = await self.stories.claim(claims)
        ruled = {(c.article_key, c.watch, c.asks): r for c, r in zip(claims, rulings, strict=True)}
        return [self._decided(article, late, ruled) for article, late in zip(articles, behind, strict=True)]

    def _decided(self, article: Article, late: str, ruled: dict[tuple[str, str, Asks], Ruling]) -> Article:
        decisions: list[Decision] = []
        alerts: list[Alert] = []
        desk = self.desk.at(article.seen)
        for match in article.matches or ():
            ruling = ruled.get((article.key, match.watch, _asks(article, match, late)), _NOT_ASKED)
            if ruling.kind is None and (match.reason or late):
                decisions.append(self._silent(article, match, late, ruling))
                continue
            watch = desk.by_name.get(match.watch)
            if watch is None:
                decisions.append(self._decision(article, match.watch, Reason.NO_WATCH, "the watch ended meanwhile"))
                continue
            alert = self._alert(article, watch, ruling)
            if alert and (alert.kind is not Kind.ECHO or watch.echoes):
                alerts.append(alert)
            decisions.append(self._ruled(article, match, ruling, alert))
        if not decisions:
            decisions.append(self._decision(article, None, Reason.NO_WATCH, "the desk has no watch"))
        return evolve(article, decisions=tuple(decisions), alerts=tuple(alerts))

    def _silent(self, article: Article, match: Match, late: str, ruling: Ruling) -> Decision:
        if match.reason is None:
            return self._decision(article, match.watch, Reason.LATE, late, claimed=ruling.order)
        return self._decision(article, match.watch, match.reason, match.detail, stage="match", claimed=ruling.order)

    def _ruled(self, article: Article, match: Match, ruling: Ruling, alert: Alert | None) -> Decision:
        link = _link(article)
        if alert is None:
            return self._decision(
                article, match.watch, Reason.WITHDRAWN, "removed before it was told", claimed=ruling.order
            )
        detail = {
            Kind.NEW: f"first of story {link.id} for this watch",
            Kind.UPDATE: f"new in the story: {', '.join(ruling.news) or 'status'}",
            Kind.CORRECTION: f"{article.status.value} of a story already told",
            Kind.ECHO: f"{link.role.value} of {ruling.root}, told already ({link.matched} {link.similarity:.2f})",
        }[alert.kind]
        if alert.hold:
            detail += f"; held until {iso(alert.hold)} (quiet hours)"
        return self._decision(
            article, match.watch, _REASONS[alert.kind], detail, alert_id=alert.alert_id, claimed=ruling.order
        )

    def _decision(
        self, article: Article, watch: str | None, reason: Reason, detail: str, *,
        stage: str = "decide", alert_id: str = "", claimed: int = 0,
    ) -> Decision:  # fmt: skip
        return decision_on(
            article, watch, reason, detail, stage=stage, versions=self.versions, decided=self.clock.now(),
            alert_id=alert_id, related=_link(article).order, claimed=claimed,
        )  # fmt: skip

    def _alert(self, article: Article, watch: Watch, ruling: Ruling) -> Alert | None:
        if ruling.kind is None:
            return None
        link = _link(article)
        root = alert_id(watch.name, link.id, ruling.root, Kind.NEW)
        told = [company.id for company in told_for(watch, article.companies or ())]
        own = root if ruling.kind is Kind.NEW else alert_id(watch.name, link.id, article.key, ruling.kind)
        return Alert(
            alert_id=own,
            kind=ruling.kind,
            watch=watch.name,
            channel=watch.channel,
            story_id=link.id,
            article_id=article.id,
            root_id=root,
            title=article.title,
            url=article.url,
            source=article.source,
            lang=article.lang,
            companies=_led_by(watch, article, told),
            lead=next(iter(told), ""),
            relevances=tuple(r for r in article.relevances or () if r.probability >= watch.floor(r)),
            facts=tuple(f for f in article.facts or () if f.key in ruling.news and f.kind not in _SAID_BY_KIND),
            why=watch.describe(),
            novelty=link.novelty,
            urgent=watch.urgent,
            published=article.published,
            seen=article.seen,
            decided=self.clock.now(),
            first_lang=link.first_lang,
            first_seen=link.first_seen,
            status=article.status,
            article_key=article.key,
            hold=watch.quiet.opening(article.seen) if watch.quiet else 0,
            quiet=str(watch.quiet or ""),
        )


def alert_id(watch: str, story_id: str, article_key: str, kind: Kind) -> str:
    """The alert's id, from inputs that a redelivery or a replay shares."""
    return hash_of(watch, story_id, article_key, kind, size=10)


def _led_by(watch: Watch, article: Article, told: Sequence[str]) -> tuple[Company, ...]:
    """The companies the watch is sure of, those it is told for first: they head the alert."""
    sure = (c for c in article.companies or () if c.confidence >= watch.min_confidence)
    return tuple(sorted(sure, key=lambda c: c.id not in told))


def _link(article: Article) -> StoryLink:
    if article.story is None:
        raise ValueError("decide needs an article that was related to a story")
    return article.story


def _asks(article: Article, match: Match, late: str) -> Asks:
    """What does not match or comes late can only go on with, or revise, what the watch was told."""
    if article.status in REVISING and (match.reason or late):
        return Asks.FOLLOW
    if late:
        return Asks.REPEAT
    return Asks.FOLLOW if match.reason else Asks.NEWS


def asked_by(decision: Decision) -> Asks:
    """What the claim had asked for that was ruled with this decision: `_asks` read from the ledger, where it tells.

    Who was corrected had been told; for who did not match, or was too late, no story was opened.
    """
    if decision.stage == "match" or decision.reason is Reason.CORRECTED:
        return Asks.FOLLOW
    return Asks.REPEAT if was_behind(decision) else Asks.NEWS


def too_far_behind(article: Article, now: Millis, catch_up: Millis | None) -> str:
    """In words, when an article lay on Kafka for longer than `catch_up`; "" when it did not.

    Then it was read too late to be told as new: at a first start, or at the end of a long outage.
    """
    lay = now - article.seen
    if catch_up is None or lay <= catch_up:
        return ""
    return f"lay on Kafka for {whole_words(lay)}: longer than catch_up {span_words(catch_up)}"


def was_behind(decision: Decision) -> bool:
    """Whether it was too far behind; `late` at another stage is older than the watch's `max_age`."""
    return decision.reason is Reason.LATE and decision.stage == "decide"


def claim_of(article: Article, watch: str, asks: Asks) -> Claim:
    """What the memory is asked for a watch."""
    return Claim(
        watch=watch,
        story_id=_link(article).id,
        article_key=article.key,
        status=article.status,
        event_time=article.event_time,
        facts=tuple(f.key for f in article.facts or ()),
        asks=asks,
    )
