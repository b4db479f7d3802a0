"""The flow in memory: order, endings, one bad article in a batch, what is said for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from streams.basics.times import HOUR, iso
from streams.flow import Journey, stages, triage
from streams.ports import Telling
from streams.records import Article, Away, Kind, Reason, Relevance, Role, StoryLink, evolve
from streams.stories.memory import MemoryStories
from streams.watches.watch import Desk
from tests.build import NOON, arrival, sent
from tests.twins import ALIBABA, NVIDIA, Kit, WordModel


async def run(kit: Kit, *articles: Any, whole: bool = False) -> list[Journey]:
    """Each article in a batch of its own, as news comes in."""
    return [journey for a in articles for journey in await triage(kit.parts, [a], whole=whole)]


def reasons(journey: Journey) -> dict[str | None, Reason]:
    """Watch to reason."""
    return {d.watch: d.reason for d in journey.decisions}


def test_the_stages_stand_in_the_order_the_design_gives() -> None:
    """decode, normalise, identify, classify, screen, relate, match, decide, explain."""
    names = [s.name for s in stages(Kit().parts)]
    assert names == ["decode", "normalise", "identify", "classify", "screen", "relate", "match", "decide", "explain"]


async def test_a_relevant_article_on_a_watched_company_fires_for_that_watch_alone() -> None:
    """The other watch gets its decision too, with the condition it failed."""
    (journey,) = await run(Kit(), sent(id="1", title="Alibaba to invest in three data centres", lang="en"))
    assert reasons(journey) == {"alibaba": Reason.ALERTED, "nvidia": Reason.NO_COMPANY}
    assert [a.kind for a in journey.alerts] == [Kind.NEW]
    assert journey.decisions[0].alert_id == journey.alerts[0].alert_id
    assert [r.terms for r in journey.alerts[0].relevances] == [("invest",)]


async def test_everyday_news_ends_before_the_story_memory_with_one_decision() -> None:
    """One decision without a watch stands for all watches."""
    kit = Kit()
    (journey,) = await run(kit, sent(id="1", title="Storm closes railway line", lang="en"))
    assert reasons(journey) == {None: Reason.BELOW_THRESHOLD}
    assert (await kit.stories.size())["articles"] == 0


MULLS = "Alibaba mulls {} for three data centres in Malaysia"
INVESTS = sent(id="2", title="Alibaba to invest $3.2bn in three data centres in Malaysia", lang="en")


async def test_what_is_relevant_but_no_more_goes_on_with_a_told_story_and_opens_none() -> None:
    """A changed figure breaks through, a retelling is heard as an echo; redelivered, each is as it was."""
    kit = Kit(desk=Desk((ALIBABA,)))
    unsure = sent(id="1", title=MULLS.format("$3.2bn"), lang="en")
    more = sent(id="3", title=MULLS.format("$3.5bn"), lang="en")
    again = sent(id="4", title=MULLS.format("$3.5bn"), lang="en", source="Other")
    journeys = await run(kit, unsure, INVESTS, more, again, unsure)
    found = [(j.decisions[0].reason, [a.kind for a in j.alerts]) for j in journeys]
    assert found == [
        (Reason.BELOW_THRESHOLD, []),
        (Reason.ALERTED, [Kind.NEW]),
        (Reason.UPDATED, [Kind.UPDATE]),
        (Reason.MERGED, [Kind.ECHO]),
        (Reason.BELOW_THRESHOLD, []),
    ]
    assert len({j.decisions[0].story_id for j in journeys}) == 1
    assert journeys[0].decisions[0].detail == "capex 0.70 < 0.80"
    assert [r.category for r in journeys[2].alerts[0].relevances] == ["capex"]


async def test_a_watch_with_a_bar_of_its_own_hears_nothing_below_it() -> None:
    """Also not of a story it was told."""
    kit = Kit(desk=Desk((replace(ALIBABA, min_probability=0.8),)))
    _, more = await run(kit, INVESTS, sent(id="3", title=MULLS.format("$3.5bn"), lang="en"))
    assert reasons(more) == {"alibaba": Reason.BELOW_THRESHOLD}


async def test_what_no_watch_asks_for_by_category_alone_ends_for_want_of_a_company() -> None:
    """A probability is held against a bar only where somebody set one."""
    kit = Kit(desk=Desk((replace(NVIDIA, categories=frozenset()),)))
    (journey,) = await triage(kit.parts, [sent(id="1", title="Alibaba to invest in three data centres", lang="en")])
    assert journey.decisions[0].reason is Reason.NO_COMPANY
    assert "which nobody watches; every watch asks for companies" in journey.decisions[0].detail


async def test_the_company_a_watch_asks_for_heads_its_alert() -> None:
    """The first is the one that the alert's button mutes."""
    title = "Alibaba to invest in three data centres, Nvidia supplies"
    (journey,) = await triage(Kit(desk=Desk((NVIDIA,))).parts, [sent(id="1", title=title, lang="en")])
    assert [c.id for c in journey.article.companies or ()] == ["alibaba", "nvidia"]
    assert [c.id for c in journey.alerts[0].companies] == ["nvidia", "alibaba"]


async def test_a_copy_is_merged_and_says_so() -> None:
    """The second outlet's article is silent for a watch that was told."""
    first, copy = await run(
        Kit(),
        sent(id="1", title="Alibaba to invest in three data centres", source="A", lang="en"),
        sent(id="2", title="Alibaba to invest in three data centres", source="B", lang="en"),
    )
    assert reasons(first)["alibaba"] is Reason.ALERTED
    assert reasons(copy)["alibaba"] is Reason.MERGED
    assert [a.kind for a in copy.alerts] == [Kind.ECHO]
    assert copy.article.story and first.article.story
    assert copy.article.story.id == first.article.story.id


async def test_a_wires_prefix_of_correction_is_no_fact_of_the_alert() -> None:
    """The alert's kind says it."""
    title = "Alibaba to invest in three data centres"
    _, fix = await run(Kit(), sent(id="1", title=title, lang="en"), sent(id="2", title=f"CORRECTED-{title}", lang="en"))
    assert [a.kind for a in fix.alerts] == [Kind.CORRECTION]
    assert fix.alerts[0].facts == ()


async def test_a_story_silences_only_watches_that_were_told_of_it() -> None:
    """Invariant 4: the retelling that also names Nvidia fires for the watch on Nvidia."""
    _, second = await run(
        Kit(),
        sent(id="1", title="Alibaba to invest in three data centres", source="A", lang="en"),
        sent(id="2", title="Alibaba to invest in three data centres", text="Nvidia supplies.", source="B", lang="en"),
    )
    assert reasons(second) == {"alibaba": Reason.MERGED, "nvidia": Reason.ALERTED}


async def test_the_same_article_again_gets_the_same_answer() -> None:
    """Invariant 3: a founder that is redelivered is not a copy of itself."""
    kit = Kit()
    article = sent(id="1", title="Alibaba to invest in three data centres", lang="en")
    first, again = await run(kit, article, article)
    assert again.decisions == first.decisions
    assert [a.alert_id for a in again.alerts] == [a.alert_id for a in first.alerts]


async def test_an_article_older_than_a_watchs_limit_is_late_not_new() -> None:
    """Invariant 9."""
    old = sent(id="1", title="Alibaba to invest more", lang="en", published=iso(NOON - 9 * HOUR))
    (journey,) = await run(Kit(), old)
    assert reasons(journey)["alibaba"] is Reason.LATE


async def test_a_language_nobody_can_read_ends_with_that_reason() -> None:
    """Not a guess, and not a silent drop."""

    class Mute(WordModel):
        def classify(self, articles: Sequence[Article]) -> list[tuple[Relevance, ...]]:
            return [() for _ in articles]

    kit = Kit()
    parts = replace(kit.parts, model=Mute())
    (journey,) = await triage(parts, [sent(id="1", title="Le conseil vote la piscine", lang="fr")])
    assert reasons(journey) == {None: Reason.UNSUPPORTED_LANGUAGE}


async def test_an_empty_desk_still_decides_every_article() -> None:
    """Without watches nothing fires, and nothing is lost from the ledger."""
    (journey,) = await run(Kit(desk=Desk(())), sent(id="1", title="Alibaba to invest", lang="en"), whole=True)
    assert len(journey.decisions) == 1
    parts = Kit(desk=Desk(())).parts
    article = evolve(sent(title="x"), id="1", story=StoryLink(id="s", role=Role.FIRST, novelty=100), matches=())
    (decided,) = await next(s for s in stages(parts) if s.name == "decide")([article])
    assert isinstance(decided, Article)
    assert decided.decisions and decided.decisions[0].reason is Reason.NO_WATCH


async def test_a_watch_that_ends_under_an_article_buries_it_for_nobody() -> None:
    """It was matched and is gone when its turn comes: the other watches are decided as ever."""
    kit = Kit()
    articles: Sequence[Any] = [
        sent(id="1", title="Alibaba to invest in three data centres, Nvidia supplies", lang="en")
    ]
    later = replace(kit, desk=Desk((NVIDIA,)))
    for now, then in zip(stages(kit.parts), stages(later.parts), strict=True):
        stage = then if now.name == "decide" else now
        articles = await stage(articles)
    assert [(d.watch, d.reason) for d in articles[0].decisions] == [
        ("alibaba", Reason.NO_WATCH), ("nvidia", Reason.ALERTED),
    ]  # fmt: skip


async def test_one_bad_article_never_fails_its_batch() -> None:
    """A bug that one article triggers ends that article alone; the others are decided."""
    kit = Kit()
    kit.directory.poison = "poison"
    batch = [sent(id=str(n), title="Alibaba to invest" if n != 3 else "poison pill", lang="en") for n in range(7)]
    journeys = await triage(kit.parts, batch)
    buried = [j for j in journeys if j.buried]
    assert [j.article.id for j in buried] == ["3"]
    assert buried[0].decisions[0].reason is Reason.FAILED
    assert "poisoned" in buried[0].decisions[0].detail
    assert sum(reasons(j).get("alibaba") in (Reason.ALERTED, Reason.MERGED, Reason.UPDATED) for j in journeys) == 6


async def test_malformed_bytes_are_buried_and_the_rest_goes_on() -> None:
    """Good articles between bad ones are unaffected."""
    journeys = await triage(
        Kit().parts, [arrival(b"junk"), sent(id="2", title="Alibaba to invest", lang="en"), arrival(b"")]
    )
    assert [j.buried is not None for j in journeys] == [True, False, True]
    assert all(len(j.decisions) >= 1 for j in journeys)


class Fickle(MemoryStories):
    """A memory that is away when asked, or forgets to answer claims."""

    away = False
    broken = False

    async def relate(self, tellings: Sequence[Telling]) -> list[StoryLink]:
        if self.away:
            raise Away("Redis: gone")
        return await super().relate(tellings)

    async def claim(self, claims: Any) -> Any:
        if self.broken and claims:
            raise RuntimeError("claim is broken")
        return await super().claim(claims)


async def test_an_outage_passes_through_and_the_same_batch_can_be_given_again() -> None:
    """Invariant 10: no blind alert, no drop."""
    memory = Fickle()
    kit = Kit(stories=memory)
    article = sent(id="1", title="Alibaba to invest more", lang="en")
    memory.away = True
    with pytest.raises(Away):
        await triage(kit.parts, [article])
    memory.away = False
    (journey,) = await triage(kit.parts, [article])
    assert reasons(journey)["alibaba"] is Reason.ALERTED


async def test_a_story_that_could_not_be_told_does_not_silence_the_next_article() -> None:
    """Invariant 5: when its founder fails, the next article on it is new."""
    memory = Fickle()
    kit = Kit(stories=memory)
    memory.broken = True
    (lost,) = await run(kit, sent(id="1", title="Alibaba to invest in three data centres", source="A", lang="en"))
    assert lost.buried
    memory.broken = False
    (told,) = await run(kit, sent(id="2", title="Alibaba to invest in three data centres", source="B", lang="en"))
    assert reasons(told)["alibaba"] is Reason.ALERTED


async def test_whole_fills_every_field_of_an_article_that_ended_early() -> None:
    """`analyse` shows story and facts also for what a live run would have dropped; its decision stays the early one."""
    (journey,) = await run(Kit(), sent(id="1", title="Storm closes railway line", lang="en"), whole=True)
    assert journey.article.story is not None
    assert journey.article.facts is not None
    assert reasons(journey) == {None: Reason.BELOW_THRESHOLD}


async def test_a_trace_sees_every_stage_before_and_after() -> None:
    """What `why` shows."""
    seen: list[str] = []
    await triage(
        Kit().parts,
        [sent(id="1", title="Alibaba to invest", lang="en")],
        trace=lambda name, before, after: seen.append(f"{name}:{len(before)}:{len(after)}"),
    )
    assert seen[0] == "decode:1:1"
    assert seen[-1] == "explain:1:1"
    assert len(seen) == 9
