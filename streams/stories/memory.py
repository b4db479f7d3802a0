"""The story memory in this process: for replay, tests and measuring. Same promises and answers as the Redis memory."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from streams.basics.times import HOUR
from streams.ports import Claim, Ruling, Telling
from streams.records import Millis, Role, StoryLink
from streams.stories import thresholds as at
from streams.stories.claims import ClaimBook
from streams.stories.evidence import two_events
from streams.stories.index import Frequencies, Postings
from streams.stories.likeness import likeness, may_be_one
from streams.stories.news import Saying, ToldFact, news, tell
from streams.stories.prepare import Prepared, prepare
from streams.stories.retention import in_use
from streams.stories.similarity import Bag, Vector, add_to_centroid, alike
from streams.stories.terms import Key, key_for


@dataclass(slots=True)
class _Article:
    link: StoryLink
    story: Key
    prepared: Prepared
    vector: Vector | None = None


@dataclass(slots=True)
class _Story:
    id: str
    at: Millis
    lang: str
    source: str
    articles: int = 0
    vectors: int = 0
    centroid: dict[int, int] = field(default_factory=dict)
    centre: Bag = field(default_factory=lambda: Bag.of({}))  # the centroid, ready to be compared
    told: list[ToldFact] = field(default_factory=list)
    queued: int = 0


@dataclass(frozen=True, slots=True)
class _Match:
    how: str
    similarity: float
    nearest: str
    story: Key


class MemoryStories:
    """See `StoryMemory`. Bounded by event time: what lies `KEPT` behind the slowest partition is forgotten.

    Deterministic: the same articles in the same order give the same stories; no clock is read.
    """

    def __init__(self) -> None:
        self._articles: dict[Key, _Article] = {}
        self._stories: dict[Key, _Story] = {}
        self._titles: dict[Key, tuple[Key, Millis]] = {}  # latest article and its time
        self._postings = Postings()
        self._frequencies = Frequencies()
        self._claims = ClaimBook()
        self._queue: dict[int, deque[tuple[str, Key, str]]] = {}
        self._marks: dict[int, Millis] = {}

    async def relate(self, tellings: Sequence[Telling]) -> list[StoryLink]:
        """See `StoryMemory.relate`."""
        floor = in_use([t.event_time for t in tellings], min(self._marks.values(), default=None))
        return [self._relate(prepare(t), floor) for t in tellings]

    async def claim(self, claims: Sequence[Claim]) -> list[Ruling]:
        """See `StoryMemory.claim`."""
        return [self._claim(c) for c in claims]

    async def release(self, article_keys: Sequence[str], watch: str | None = None) -> None:
        """See `StoryMemory.release`."""
        for article_key in article_keys:
            self._claims.release(article_key, watch)

    async def size(self) -> Mapping[str, int]:
        """See `StoryMemory.size`; bytes are an estimate."""
        articles = len(self._articles)
        return {
            "articles": articles,
            "stories": len(self._stories),
            "bytes": 2_000 * articles,
            "most": at.MOST_ARTICLES,
        }

    def _relate(self, article: Prepared, floor: float) -> StoryLink:
        if known := self._articles.get(article.key):
            return known.link
        slowest = min(self._marks.values(), default=article.at)
        late = article.at < slowest - at.WINDOW
        match = self._revised(article) or self._same_headline(article)
        vector = None
        if match is None:
            vector = self._frequencies.weigh(article.terms, article.lang, max(article.at, slowest - at.WINDOW))
            match = self._same_page(article, vector) or self._alike(article, vector)
        link = replace(self._link(article, match), late=late)
        self._remember(article, link, match.story if match else key_for("story", link.id), vector)
        self._queue_article(article, link, slowest if late else article.at)
        self._marks[article.partition] = max(self._marks.get(article.partition, article.at), article.at)
        self._sweep(floor)
        return link

    def _revised(self, article: Prepared) -> _Match | None:
        """What a correction or removal was sent for: its page says so, whatever its words are now."""
        for how, key in article.pages if article.revises else ():
            if (known := self._titles.get(key)) and abs(article.at - known[1]) <= at.KEPT:
                earlier = self._articles[known[0]]
                return _Match(how, 1.0, earlier.prepared.id, earlier.story)
        return None

    def _same_headline(self, article: Prepared) -> _Match | None:
        """The same words are one event, but for those of two ("Nvidia: Billions for ...", "AMD: Billions for ...")."""
        for how, key in article.titles:
            if (known := self._titles.get(key)) and abs(article.at - known[1]) <= at.EXACT_WINDOW:
                earlier = self._articles[known[0]]
                if two_events(article, earlier.prepared):
                    continue
                return _Match(how, 1.0, earlier.prepared.id, earlier.story)
        return None

    def _same_page(self, article: Prepared, vector: Vector) -> _Match | None:
        for how, key in article.pages:
            known = self._titles.get(key)
            earlier = self._articles.get(known[0]) if known else None
            if earlier and earlier.vector and abs(article.at - earlier.prepared.at) <= at.WINDOW:
                similar = alike(vector.bag, earlier.vector.bag)
                if similar >= at.SAME_PAGE:
                    return _Match(how, similar, earlier.prepared.id, earlier.story)
        return None

    def _alike(self, article: Prepared, vector: Vector) -> _Match | None:
        leads = [*zip(vector.terms[: at.POSTED], vector.weights, strict=False)]
        leads += [(anchor, at.ANCHOR_WEIGHT) for anchor in article.anchors]
        best, most = None, 0.0
        window = at.EXACT_WINDOW if self._recurs(article) else at.WINDOW
        for key in self._postings.candidates(leads, article.at, window):
            earlier = self._articles[key]
            if earlier.vector is None:
                continue
            story = self._stories[earlier.story]
            centre = story.centre if story.vectors > 1 else None
            found = likeness(article, vector, earlier.prepared, earlier.vector, centre)
            above = found.score - found.bar
            if above < 0 or (best is not None and above <= most):
                continue
            if may_be_one(article, vector, earlier.prepared, earlier.vector):
                best, most = _Match(found.how, found.score, earlier.prepared.id, earlier.story), above
        return best

    def _recurs(self, article: Prepared) -> bool:
        """Whether the headline is a daily template: known, but not of today. Yesterday's is another story."""
        known = [self._titles[key][1] for key in article.returning if key in self._titles]
        return any(at.EXACT_WINDOW < abs(article.at - when) <= at.KEPT for when in known)

    def _link(self, article: Prepared, match: _Match | None) -> StoryLink:
        if match is None:
            return self._founder(article)
        story = self._stories[match.story]
        fresh = news(_saying(article), story.told)
        copied = match.how in ("title", "kicker") or match.similarity >= at.COPY
        role = Role.UPDATE if fresh else Role.COPY if copied else Role.RETELLING
        return StoryLink(
            id=story.id, role=role, novelty=novelty(role, story.articles), matched=match.how,
            similarity=math.floor(match.similarity * 10_000 + 0.5) / 10_000, nearest=match.nearest, first_seen=story.at,
            first_lang=story.lang, first_source=story.source,
        )  # fmt: skip

    def _founder(self, article: Prepared) -> StoryLink:
        new = _Story(article.founds, article.at, article.lang, article.source)
        # it lives when its founder, forgotten, comes again
        story = self._stories.get(key_for("story", article.founds), new)
        return StoryLink(
            id=article.founds, role=Role.FIRST, novelty=100, first_seen=story.at, first_lang=story.lang,
            first_source=story.source,
        )  # fmt: skip

    def _remember(self, article: Prepared, link: StoryLink, key: Key, vector: Vector | None) -> None:
        returns = link.role is Role.FIRST and key in self._stories
        story = self._stories.setdefault(key, _Story(link.id, article.at, article.lang, article.source))
        story.articles += 1
        saying = _saying(article)
        tell(story.told, saying if story.told else saying.since(article.at), article.id)
        if vector and not returns:
            story.vectors += 1
            story.centroid = add_to_centroid(story.centroid, vector.terms, vector.weights)
            story.centre = Bag.of(story.centroid)
        if vector:
            self._postings.add((*vector.terms[: at.POSTED], *article.anchors), article.key, article.at)
        kept = replace(article, terms=())  # weighed by now, and most of what an article weighs
        self._articles[article.key] = _Article(link, key, kept, vector)
        for title in article.registered:
            known_title = self._titles.get(title)
            if known_title is None or article.at >= known_title[1]:
                self._titles[title] = (article.key, article.at)

    def _queue_article(self, article: Prepared, link: StoryLink, when: Millis) -> None:
        self._queue_up(when, "article", article.key, article.id)
        key = self._articles[article.key].story
        story = self._stories[key]
        if (when + HOUR) // HOUR > story.queued:  # an hour later, so that a story outlives its articles
            story.queued = (when + HOUR) // HOUR
            self._queue_up(when + HOUR, "story", key, link.id)

    def _queue_up(self, when: Millis, what: str, key: Key, name: str) -> None:
        self._queue.setdefault(when // HOUR, deque()).append((what, key, name))

    def _sweep(self, floor: float) -> None:
        cut = (min(*self._marks.values(), floor) - at.KEPT) // HOUR
        for _ in range(at.SWEPT_PER_CALL):
            hour = min(self._queue)
            if hour >= cut and len(self._articles) <= at.MOST_ARTICLES:
                return
            what, key, name = self._queue[hour].popleft()
            if not self._queue[hour]:
                del self._queue[hour]
                self._frequencies.forget(hour * HOUR)
            if what == "article":
                self._forget_article(key, name)
            elif (story := self._stories.get(key)) is None or story.queued <= hour:
                self._stories.pop(key, None)
                self._claims.states.pop(name, None)

    def _forget_article(self, key: Key, name: str) -> None:
        self._claims.memos.pop(name, None)
        gone = self._articles.pop(key, None)
        if gone is None:
            return
        if gone.vector:
            self._postings.remove((*gone.vector.terms[: at.POSTED], *gone.prepared.anchors), key)
        for title in gone.prepared.registered:
            if self._titles.get(title, (b"", 0))[0] == key:
                del self._titles[title]

    def _claim(self, claim: Claim) -> Ruling:
        article = self._articles.get(key_for("article", claim.article_key))
        if claim.article_key not in self._claims.memos and article is None:
            when = max(claim.event_time, max(self._marks.values(), default=claim.event_time))
            self._queue_up(when, "article", key_for("article", claim.article_key), claim.article_key)
            self._queue_up(when + HOUR, "story", key_for("story", claim.story_id), claim.story_id)
        return self._claims.claim(claim, article.prepared.loud if article else None)


def _saying(article: Prepared) -> Saying:
    return Saying(article.points, article.loud, article.spoken)


def novelty(role: Role, articles: int) -> int:
    """0 for a copy; a retelling three quarters of the one before it; an update never below 60."""
    if role is Role.COPY:
        return 0
    value = 100.0
    for _ in range(min(articles, 20)):
        value *= 0.75
    value = float(int(value + 0.5))
    return int(max(value, 60.0)) if role is Role.UPDATE else int(value)
