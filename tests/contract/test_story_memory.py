"""Both story memories keep the same promises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from streams.basics.times import HOUR, MINUTE
from streams.ports import Asks, Claim, Ruling, StoryMemory
from streams.records import Kind, Role
from tests.build import NOON
from tests.story_build import AGAIN, LEAD, MORE, MORE_AGAIN, OTHER, RAISES, claims, told


async def test_a_story_is_told_once_and_its_changed_figure_once(memory: StoryMemory) -> None:
    """3.2 billion is news, its second outlet is not, 3.5 billion is an update, its second outlet is not."""
    rulings = [await claims(memory, a) for a in (RAISES, AGAIN, MORE, MORE_AGAIN)]
    assert [r.kind for r in rulings] == [Kind.NEW, Kind.ECHO, Kind.UPDATE, Kind.ECHO]
    assert rulings[2] == Ruling(kind=Kind.UPDATE, root="a1~1", news=("amount:USD:3500000000",))


async def test_the_same_article_again_gets_the_same_answers(memory: StoryMemory) -> None:
    """Redelivery is harmless, for the founder, for a retelling and for an update."""
    articles = [RAISES, OTHER, AGAIN, MORE]
    first = await memory.relate(articles), [await claims(memory, a) for a in articles]
    again = await memory.relate(articles), [await claims(memory, a) for a in articles]
    assert first == again
    assert await memory.relate([AGAIN]) == [first[0][2]]


async def test_roles_and_novelty(memory: StoryMemory) -> None:
    """The first is all new, a retelling less with every telling, a copy nothing, an update at least 60."""
    copy = replace(RAISES, article_key="a9~1", source="copyist", event_time=NOON + HOUR)
    links = await memory.relate([RAISES, AGAIN, MORE, copy, OTHER])
    assert [link.role for link in links] == [Role.FIRST, Role.RETELLING, Role.UPDATE, Role.COPY, Role.FIRST]
    assert [link.novelty for link in links] == [100, 75, 60, 0, 100]
    assert len({link.id for link in links[:4]}) == 1
    assert links[4].id != links[0].id
    assert links[1].nearest == "a1~1"


async def test_a_link_says_who_had_the_story_first(memory: StoryMemory) -> None:
    """Time, language and outlet are those of the founding article."""
    [_, link] = await memory.relate([RAISES, AGAIN])
    assert (link.first_seen, link.first_lang, link.first_source) == (NOON, "en", "outlet 1")


@pytest.mark.parametrize(("hours", "same"), [(0, True), (17, True), (19, False), (40, False)])
async def test_an_equal_headline_is_a_copy_for_18_hours(memory: StoryMemory, hours: int, same: bool) -> None:
    """Later it is a daily template, and another story."""
    first = told(1, "Asia-Pacific bond risk falls, credit swaps show")
    second = told(2, "Asia-Pacific Bond Risk Falls, Credit Swaps Show!", after=hours * HOUR)
    one, two = await memory.relate([first, second])
    assert (one.id == two.id) is same
    assert two.role is (Role.COPY if same else Role.FIRST)


@pytest.mark.parametrize(("title", "lang"), [("News", "en"), ("Press release", "en"), ("Lumenta AG", "de")])
async def test_a_headline_that_says_nothing_makes_no_copies(memory: StoryMemory, title: str, lang: str) -> None:
    """What is one event then is said by the texts; without any, the headline is all there is."""
    one = "Lumenta baut in Ulm eine zweite Fabrik für Laser und stellt dort vierhundert Leute ein."
    two = "Hafenarbeiter in Rotterdam beenden nach drei Wochen ihren Streik um höhere Zuschläge."
    links = await memory.relate([told(1, title, one, lang=lang), told(2, title, two, lang=lang)])
    assert links[1].role is Role.FIRST
    bare = await memory.relate([told(3, title, lang=lang), told(4, title, lang=lang)])
    assert bare[1].matched == "title"


async def test_a_dateline_makes_no_story_of_two(memory: StoryMemory) -> None:
    """Where, when and by which agency it was written, all of its news of the day share."""
    dateline = "SAN RAFAEL, Calif., Jan. 13, 2026 (Harbour Newswire) -- "
    one = told(
        1,
        "Lumenta opens laser plant near Ulm",
        dateline + "Four hundred people cut steel there.",
        subjects=("lumenta",),
    )
    two = told(2, "Lumenta names finance chief", dateline + "She joins from a rival in spring.", subjects=("lumenta",))
    links = await memory.relate([one, two])
    assert [link.role for link in links] == [Role.FIRST, Role.FIRST]


@pytest.mark.parametrize("kicker_first", [True, False])
async def test_a_german_headline_is_equal_without_its_kicker(memory: StoryMemory, kicker_first: bool) -> None:
    """Outlets put the topic before a colon, or leave it out."""
    titles = ["Verkehr: Lastwagen kippt auf der Autobahn bei Ulm um", "Lastwagen kippt auf der Autobahn bei Ulm um"]
    if not kicker_first:
        titles.reverse()
    one, two = await memory.relate([told(i, t, after=i * HOUR, lang="de") for i, t in enumerate(titles)])
    assert (two.id, two.role, two.matched) == (one.id, Role.COPY, "title" if kicker_first else "kicker")


async def test_a_reused_url_is_a_new_story(memory: StoryMemory) -> None:
    """The url counts only together with similar words."""
    page = "https://wire.example/markets"
    first = replace(RAISES, url=page)
    edited = told(6, "Lumenta Photonics raises money with a bond", LEAD, after=HOUR, url=page)
    reused = replace(OTHER, url=page, event_time=NOON + 2 * HOUR)
    one, two, three = await memory.relate([first, edited, reused])
    assert (two.id, two.matched) == (one.id, "url")
    assert three.role is Role.FIRST


async def test_a_story_silences_only_watches_that_were_told(memory: StoryMemory) -> None:
    """Another watch fires on the second article of the story."""
    assert (await claims(memory, RAISES, "lasers")).kind is Kind.NEW
    ruling = await claims(memory, AGAIN, "bonds")
    assert (ruling.kind, ruling.root) == (Kind.NEW, "a2~1")


async def test_a_released_story_does_not_silence_the_next_article(memory: StoryMemory) -> None:
    """The founder was buried: the next article opens the story, and the founder itself is judged afresh."""
    await claims(memory, RAISES)
    await memory.release(["a1~1"])
    assert (await claims(memory, AGAIN)).kind is Kind.NEW
    assert (await claims(memory, RAISES)).kind is Kind.ECHO


async def test_a_released_update_may_be_told_again(memory: StoryMemory) -> None:
    """Facts that could not be told are not told."""
    await claims(memory, RAISES)
    await claims(memory, MORE)
    await memory.release(["a3~1"])
    assert (await claims(memory, MORE_AGAIN)).kind is Kind.UPDATE


async def test_what_one_watch_was_not_told_is_not_taken_from_another(memory: StoryMemory) -> None:
    """Its channel was gone: its claim is released, the other watch was told and hears no more of it."""
    await claims(memory, RAISES, "told")
    await claims(memory, RAISES, "untold")
    await memory.release([RAISES.article_key], "untold")
    assert (await claims(memory, AGAIN, "told")).kind is Kind.ECHO
    assert (await claims(memory, AGAIN, "untold")).kind is Kind.NEW
    await memory.release([AGAIN.article_key])
    assert (await claims(memory, MORE, "untold")).kind is Kind.NEW


async def test_an_article_older_than_the_window_is_late(memory: StoryMemory) -> None:
    """It is judged and said to be late, and a retelling of it still finds it."""
    late = [replace(a, event_time=a.event_time - 90 * 24 * HOUR) for a in (RAISES, AGAIN)]
    [recent, one, two] = await memory.relate([OTHER, *late])
    assert (recent.late, one.late, two.late) == (False, True, True)
    assert one.id == two.id
    [same] = await memory.relate([late[0]])
    assert same == one


async def test_what_lies_behind_every_partition_is_forgotten(memory: StoryMemory) -> None:
    """The sweep runs behind the slowest partition and the batch at hand, and stories go with their articles."""
    await claims(memory, RAISES)
    await memory.relate([replace(OTHER, partition=1)])
    ahead = [
        told(100 + i, f"Town number {i} opens its library on {i} street", after=(100 + i) * HOUR) for i in range(60)
    ]
    await memory.relate(ahead)
    assert (await memory.size())["articles"] == 62
    for a in ahead:
        await memory.relate([replace(a, article_key=a.article_key + "b", partition=1, title=a.title + " again")])
    size = await memory.size()
    assert size["articles"] < 110
    assert 0 < size["stories"] <= size["articles"]
    assert size["bytes"] > 0


async def test_languages_meet_on_company_category_and_figure(memory: StoryMemory) -> None:
    """A German and an English article with the same anchors are one story, though they share hardly a word."""
    english = replace(RAISES, companies=("lumenta",), categories=("funding_rounds",))
    title = "Laserbauer aus Ulm sichert sich 3,2 Mrd. US-Dollar für neue Hallen"
    german = told(7, title, lang="de", after=HOUR, companies=("lumenta",), categories=("funding_rounds",))
    figure = told(8, title.replace("3,2", "1,9"), lang="de", after=HOUR, companies=("lumenta",))
    one, two, three = await memory.relate([english, german, figure])
    assert (two.id, two.first_lang, two.matched) == (one.id, "en", "anchor")
    [_, alone] = await memory.relate([english, replace(figure, article_key="a10~1")])
    assert three.id == alone.id


async def test_languages_meet_on_names_and_meanings(memory: StoryMemory) -> None:
    """Without anchors, shared names and the glossary's words must do."""
    english = told(
        1, "Lumenta Photonics buys rival Ostara Optik", "The takeover needs approval by regulators in Vaduz."
    )
    german = told(
        2, "Lumenta Photonics übernimmt Konkurrenten Ostara Optik",
        "Die Übernahme braucht die Genehmigung der Behörden in Vaduz.", lang="de", after=HOUR,
    )  # fmt: skip
    other = told(3, "Lumenta Photonics verlegt Hauptversammlung nach Ulm", lang="de", after=HOUR)
    one, two, three = await memory.relate([english, german, other])
    assert (two.id, two.matched) == (one.id, "similarity")
    assert three.id != one.id


async def test_other_subjects_speak_against_one_story(memory: StoryMemory) -> None:
    """Two headlines of one pattern about two companies are two stories."""
    first = told(1, "Form 8.3 opening position disclosure Dragon Lumber", subjects=("dragon",))
    second = told(2, "Form 8.3 opening position disclosure Sporting Rowers", after=HOUR, subjects=("rowers",))
    one, two = await memory.relate([first, second])
    assert one.id != two.id


@pytest.mark.parametrize(
    ("first", "second", "lang", "same"),
    [
        ("Finlo raises $50 million Series B", "Kestrix raises $50 million Series B", "en", False),
        ("Finlo raises $50 million Series B", "Kestrix raises $40 million Series B", "en", False),
        ("Norway tightens export rules on deep sea drills", "Sweden tightens export rules on deep sea drills", "en", False),
        ("Finlo sammelt 50 Millionen Euro ein", "Kestrix sammelt 50 Millionen Euro ein", "de", False),
        ("Finlo raises $50 million Series B", "Fintech Finlo raises $50 million Series B", "en", True),
        ("Finlo raises $50 million Series B", "Finlo raises $60 million Series B", "en", True),
        ("Norway considers ban on deep sea drill sales", "Norway approves ban on deep sea drill sales", "en", True),
        ("US considers ban on deep sea drill sales", "US approves ban on deep sea drill sales", "en", True),
        ("1,200 jobs to go at Finlo in Oslo", "1,500 jobs to go at Finlo in Oslo", "en", True),
        ("$3.2bn Finlo bond sale draws record demand", "$3.5bn Finlo bond sale draws record demand", "en", True),
        ("Washington tightens export rules on deep sea drills", "US tightens export rules on deep sea drills", "en", True),
        ("Finlo streicht 300 Stellen in Oslo", "Kreditfirma streicht 300 Stellen in Oslo", "de", True),
        ("Lender raises $50 million Series B", "Finlo raises $50 million Series B", "en", True),  # the lead names it
    ],
)  # fmt: skip
async def test_headlines_that_differ_in_who_acts(
    memory: StoryMemory, first: str, second: str, lang: str, same: bool
) -> None:
    """Two who do the same are two stories; one name more, another figure, or a name in the lead makes no other one."""
    lead = "Finlo of Oslo, a lender, said the round was led by its owners." if same else ""
    one, two = await memory.relate([told(1, first, lead, lang=lang), told(2, second, lead, lang=lang, after=MINUTE)])
    assert (one.id == two.id) is same


async def test_who_only_follows_opens_no_story_and_goes_on_with_one_that_was_told(memory: StoryMemory) -> None:
    """An article that is relevant but no news by itself; asked again it is answered as before, whatever came since."""
    articles = (RAISES, AGAIN, MORE, MORE_AGAIN)
    links = await memory.relate(articles)
    first, second, third, fourth = (
        Claim(watch="lasers", story_id=s.id, article_key=a.article_key, facts=tuple(f.key for f in a.facts))
        for s, a in zip(links, articles, strict=True)
    )
    follow = [replace(claim, asks=Asks.FOLLOW) for claim in (first, third, fourth)]
    rulings = await memory.claim([follow[0], second, follow[1], follow[2], follow[0]])
    assert [r.kind for r in rulings] == [None, Kind.NEW, Kind.UPDATE, Kind.ECHO, None]
    assert {r.root for r in rulings[1:4]} == {second.article_key}
    assert rulings[2].news


async def test_who_asks_only_for_what_was_ruled_claims_nothing(memory: StoryMemory) -> None:
    """It is answered as it was before, or not at all; and the next article of the story is new."""
    links = await memory.relate([RAISES, AGAIN])
    asks = [
        Claim(watch="lasers", story_id=s.id, article_key=a.article_key)
        for s, a in zip(links, (RAISES, AGAIN), strict=True)
    ]
    only = [replace(ask, asks=Asks.REPEAT) for ask in asks]
    assert [r.kind for r in await memory.claim([only[0], asks[1], only[0], only[1]])] == [
        None,
        Kind.NEW,
        None,
        Kind.NEW,
    ]
    assert [r.kind for r in await memory.claim([asks[0], only[0]])] == [Kind.ECHO, Kind.ECHO]


@pytest.mark.parametrize(("hours", "role"), [(1, Role.COPY), (3, Role.UPDATE)])
async def test_a_decision_hours_after_a_story_without_facts_is_an_update(
    memory: StoryMemory, hours: int, role: Role
) -> None:
    """That nothing was told is remembered, with its time; sooner the decision may be what the others had left out."""
    plain = told(1, "Lumenta lithium plant near Oslo harbour")
    decided = told(2, "Lumenta lithium plant near Oslo harbour approved", after=hours * HOUR)
    one, two = await memory.relate([plain, decided])
    assert (two.id, two.role) == (one.id, role)
