"""Which watch was told what of which story, in this process."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from streams.ports import Asks, Claim, Ruling
from streams.records import REVISING, Kind, Status
from streams.stories import thresholds as at
from streams.stories.news import Saying, ToldFact, news, tell
from streams.stories.points import point_of_key, spoken_at


@dataclass(slots=True)
class State:
    """What one watch was told of one story, and by which article first."""

    root: str
    told: list[ToldFact]


@dataclass(slots=True)
class ClaimBook:
    """Claims and their rulings; the owner says when a story or an article is forgotten."""

    states: dict[str, dict[str, State]] = field(default_factory=dict)  # story -> watch
    memos: dict[str, dict[str, tuple[str, Ruling]]] = field(default_factory=dict)  # article -> watch -> story, ruling

    def claim(self, claim: Claim, loud: Collection[int] | None) -> Ruling:
        """The ruling; the same again for the same claim. Without `loud` every fact of the claim stands out."""
        known = self.memos.get(claim.article_key, {}).get(claim.watch)
        if known is None and claim.asks is Asks.REPEAT:
            return Ruling(kind=None, root="")
        if known is None:
            known = claim.story_id, self._rule(claim, loud)
            self.memos.setdefault(claim.article_key, {})[claim.watch] = known
        return known[1]

    def _rule(self, claim: Claim, loud: Collection[int] | None) -> Ruling:
        facts = claim.facts[: at.FACTS_PER_ARTICLE]
        points = [point_of_key(key) for key in facts]
        saying = Saying(
            points, {p.key for p in points} if loud is None else loud, spoken_at(claim.event_time, claim.status)
        )
        watches = self.states.setdefault(claim.story_id, {})
        state = watches.get(claim.watch)
        if state is None:
            if claim.status is Status.REMOVED or claim.asks is Asks.FOLLOW:
                return Ruling(kind=None, root="")
            state = watches[claim.watch] = State(root=claim.article_key, told=[])
            tell(state.told, saying.since(claim.event_time), claim.article_key)
            return Ruling(kind=Kind.NEW, root=claim.article_key)
        fresh = news(saying, state.told)
        kind = Kind.ECHO if not fresh else Kind.CORRECTION if claim.status in REVISING else Kind.UPDATE
        if fresh:
            tell(state.told, saying, claim.article_key)
        return Ruling(
            kind=kind, root=state.root, news=tuple(f for f, p in zip(facts, points, strict=True) if p.key in fresh)
        )

    def release(self, article_key: str, watch: str | None = None) -> None:
        """Undo what this article claimed, for one watch, or for all."""
        memos = self.memos.get(article_key, {})
        for name in list(memos) if watch is None else [watch]:
            if name in memos:
                self._undo(article_key, memos.pop(name)[0], name)
        if not memos:
            self.memos.pop(article_key, None)

    def _undo(self, article_key: str, story: str, watch: str) -> None:
        state = self.states.get(story, {}).get(watch)
        if state is not None and state.root == article_key:
            del self.states[story][watch]
        elif state is not None:
            state.told = [t for t in state.told if t.by != article_key]
