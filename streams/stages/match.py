"""match: each watch held against an article; the first condition that fails is kept as the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streams.basics.furniture import is_background
from streams.basics.times import MINUTE
from streams.ports import Clock
from streams.records import Article, Match, Millis, Outcome, Reason, Status, evolve
from streams.watches.unwanted import Mutes, muted, told_for
from streams.watches.watch import Desk, Desks, Watch


@dataclass(frozen=True, slots=True)
class MatchWatches:
    """Fills `matches`, one per watch, in the desk's order."""

    desk: Desks
    clock: Clock
    name: str = "match"

    async def __call__(self, articles: Sequence[Article]) -> Sequence[Outcome]:
        """Every article goes on, with the verdict of every watch."""
        return [self._held(article, self.desk.at(article.seen)) for article in articles]

    @staticmethod
    def _held(article: Article, desk: Desk) -> Article:
        return evolve(article, matches=tuple(matched(w, article, desk.mutes) for w in desk.watches))


_NONE: Mutes = {}


def matched(watch: Watch, article: Article, mutes: Mutes = _NONE) -> Match:
    """What one watch makes of it: companies first, then categories, freshness, and what its channel has muted."""
    if other := _companies(watch, article):
        return Match(watch=watch.name, reason=other[0], detail=other[1])
    late, hushed = _freshness(watch, article), _muted(watch, article, mutes) if mutes else None
    # an edit bears the date of its first telling, and its new figure is of now
    goes_on = hushed is None and (late is None or article.status is Status.UPDATE)
    if unsure := _categories(watch, article):
        follows = goes_on and _follows(watch, article)
        return Match(watch=watch.name, reason=unsure[0], detail=unsure[1], follows=follows)
    if untimely := late or hushed:
        return Match(watch=watch.name, reason=untimely[0], detail=untimely[1], follows=goes_on)
    return Match(watch=watch.name)


Failed = tuple[Reason, str] | None


def _companies(watch: Watch, article: Article) -> Failed:
    if not watch.companies:
        return None
    named = [c for c in article.companies or () if c.id in watch.companies]
    if not named:
        return Reason.NO_COMPANY, "names none of the watched companies"
    certain = [c for c in named if c.confidence >= watch.min_confidence]
    if not certain:
        best = max(named, key=lambda c: c.confidence)
        return (
            Reason.NOT_CERTAIN,
            f"{best.name}: confidence {best.confidence:.2f} < {watch.min_confidence:.2f}",
        )
    best = max(certain, key=lambda c: c.salience)
    if best.salience < watch.min_salience:
        return Reason.NOT_SALIENT, f"{best.name}: salience {best.salience} < {watch.min_salience}"
    return None


def _categories(watch: Watch, article: Article) -> Failed:
    if not watch.categories:
        return None
    asked = [r for r in article.relevances or () if r.category in watch.categories]
    if not asked:
        return Reason.UNSUPPORTED_LANGUAGE, f"the model cannot read {article.lang!r}"
    best = max(asked, key=lambda r: r.probability - watch.bar(r))
    if best.probability >= watch.bar(best):
        said = f"{best.category} {best.probability:.2f}, but its headline says that it is background or opinion"
        return (Reason.BELOW_THRESHOLD, said) if is_background(article.title) else None
    return Reason.BELOW_THRESHOLD, f"{best.category} {best.probability:.2f} < {watch.bar(best):.2f}"


def _follows(watch: Watch, article: Article) -> bool:
    """Whether it may go on with a told story; a denial may always: it says little of the matter that it denies."""
    if is_background(article.title):
        return False
    if any(f.kind == "status" and f.value == "denies" for f in article.facts or ()):
        return True
    asked = (r for r in article.relevances or () if r.category in watch.categories)
    return any(r.probability >= watch.floor(r) for r in asked)


def _freshness(watch: Watch, article: Article) -> Failed:
    # Against seen, not the wall clock: a replay must judge as the live run did.
    age: Millis = article.seen - article.event_time
    if age > watch.max_age:
        return Reason.LATE, f"{age // MINUTE} minutes old when seen; the limit is {watch.max_age // MINUTE}"
    return None


def _muted(watch: Watch, article: Article, mutes: Mutes) -> Failed:
    words = muted(told_for(watch, article.companies or ()), watch.channel, mutes)
    return (Reason.MUTED, words) if words else None
