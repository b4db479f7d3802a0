"""What was told last is what counts: replaced figures, reversed steps, and what comes late; both story memories alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from streams.basics.times import DAY, HOUR, MINUTE
from streams.ports import StoryMemory
from streams.records import Kind, Role, Status
from streams.stories.redis import RedisStories
from tests.build import NOON
from tests.story_build import claims, told

NEW, UPDATE, ECHO = Kind.NEW, Kind.UPDATE, Kind.ECHO


async def kinds(memory: StoryMemory, *titles: str, order: str = "", lang: str = "en") -> list[Kind | None]:
    """What becomes of headlines of one story; `order` has the hour of each, by arrival, else one comes an hour later."""
    hours = order or "".join(str(n) for n in range(len(titles)))
    articles = [
        told(n, title, after=int(hour) * HOUR, lang=lang)
        for n, (title, hour) in enumerate(zip(titles, hours, strict=True))
    ]
    rulings = [await claims(memory, article) for article in articles]
    assert [await claims(memory, article) for article in articles] == rulings
    return [ruling.kind for ruling in rulings]


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("Nordbank to buy 10% of Oslo lender for $2bn", "Nordbank to buy 10% of Oslo lender for $5bn", UPDATE),
        ("Nordbank to buy 10% of Oslo lender for $5bn", "Nordbank to buy 30% of Oslo lender for $5bn", UPDATE),
        ("Nordbank to buy 10% of Oslo lender for $2bn", "Nordbank to buy 10% of Oslo lender, assets $90bn", UPDATE),
        ("Nordbank to buy 10% of Oslo lender", "Nordbank to buy 10% of Oslo lender for $5bn", ECHO),
        ("Nordbank raises $3.2bn in Oslo bond sale", "Nordbank raises $3.2bn in Oslo bond sale, plans $53bn", ECHO),
        ("Nordbank raises $3.2bn in Oslo bond sale", "Nordbank plans $53bn after Oslo bond sale of $3.17bn", ECHO),
    ],
)
async def test_a_replaced_figure(memory: StoryMemory, first: str, second: str, kind: Kind) -> None:
    """Beside an equal figure another one is a change when what it replaces is gone, however far it went."""
    assert await kinds(memory, first, second) == [NEW, kind]


async def test_a_figure_that_the_lead_still_names_is_not_replaced(memory: StoryMemory) -> None:
    """One detail more, though the headline has no room for the old figure."""
    lead = "The lender sold a bond of $2bn for its stake of 10% on Friday."
    first = told(1, "Nordbank to buy 10% of Oslo lender for $2bn", lead)
    second = told(2, "Nordbank to buy 10% of Oslo lender, assets $90bn", lead, after=HOUR)
    assert [(await claims(memory, a)).kind for a in (first, second)] == [NEW, ECHO]


async def test_a_figure_of_the_text_alone_is_not_replaced(memory: StoryMemory) -> None:
    """Who was told no sum in a headline was told none to be replaced."""
    first = told(1, "Nordbank to buy 10% of Oslo lender", "Nordbank has assets of $2bn in its Oslo lender.")
    second = told(2, "Nordbank to buy 10% of Oslo lender for $5bn", after=HOUR)
    assert [(await claims(memory, a)).kind for a in (first, second)] == [NEW, ECHO]


_RAISED, _FUND = "It raised 650 million euros in Oslo.", "Nordchip raises 650 million euros in Oslo round"


@pytest.mark.parametrize(
    ("first", "second", "lead", "kind"),
    [
        (_FUND, "Nordchip valued at 12 billion euros in Oslo round", _RAISED, ECHO),
        (_FUND, "Oslo round of Nordchip to bring 400 jobs", _RAISED, ECHO),
        (_FUND, "Nordchip valued at 12 billion euros in Oslo round", "Oslo lenders gave the money.", UPDATE),
        (_FUND, "Nordchip raises 700 million euros in Oslo round", _RAISED, UPDATE),  # revised
        (_FUND, "Nordchip raises 12 billion euros in Oslo round", "It was raised from 650 million euros.", UPDATE),
        (_FUND, "Oslo round of Nordchip to bring 400 jobs", "It raised 900 million euros in Oslo.", UPDATE),
        ("Nordchip, Oslo to bring 400 jobs in round", "Nordchip, Oslo to bring 400 jobs in round", _RAISED, ECHO),
    ],
)
async def test_a_side_figure_beside_a_lead(memory: StoryMemory, first: str, second: str, lead: str, kind: Kind) -> None:
    """Whose lead repeats the told sum retells; the lead itself says nothing beside a headline's figure."""
    articles = told(1, first), told(2, second, lead, after=HOUR)
    assert [(await claims(memory, a)).kind for a in articles] == [NEW, kind]


ALLOWS, BANS = "Denmark allows Nordchip to sell scanners", "Denmark bans Nordchip from selling scanners"
PLANS, SCRAPS = "Nordchip plans scanner plant in Oslo", "Nordchip scraps scanner plant in Oslo"
STARTS = "Nordchip starts building scanner plant in Oslo"
ERLAUBT, VERBIETET = (
    "Dänemark erlaubt Nordchip Verkauf von Scannern",
    "Dänemark verbietet Nordchip Verkauf von Scannern",
)


@pytest.mark.parametrize(
    ("titles", "order", "expected"),
    [
        ((ALLOWS, BANS, ALLOWS), "024", [NEW, UPDATE, UPDATE]),
        ((BANS, ALLOWS, BANS, BANS), "0246", [NEW, UPDATE, UPDATE, ECHO]),
        ((ALLOWS, BANS, ALLOWS, ALLOWS, BANS), "02468", [NEW, UPDATE, UPDATE, ECHO, UPDATE]),
        ((PLANS, SCRAPS, PLANS, STARTS, PLANS), "02468", [NEW, UPDATE, UPDATE, UPDATE, ECHO]),
        ((SCRAPS, PLANS, SCRAPS, PLANS), "0246", [NEW, UPDATE, ECHO, ECHO]),  # a plan alone has undone nothing
        ((ALLOWS, BANS, ALLOWS), "031", [NEW, UPDATE, ECHO]),  # the first headline once more, late
        ((BANS, ALLOWS), "31", [NEW, ECHO]),
        ((ALLOWS, BANS), "31", [NEW, ECHO]),
        ((SCRAPS, PLANS), "31", [NEW, ECHO]),
        ((PLANS, SCRAPS), "31", [NEW, UPDATE]),
        ((ALLOWS, BANS, ALLOWS, BANS), "0264", [NEW, UPDATE, UPDATE, ECHO]),
    ],
)
async def test_the_last_step_counts(
    memory: StoryMemory, titles: tuple[str, ...], order: str, expected: list[Kind]
) -> None:
    """What goes back on the last decision is news again; what was undone since its own time is not."""
    assert await kinds(memory, *titles, order=order) == expected


NEAR, DENIES, REJECTS = (
    "Nordchip near scanner plant in Oslo",
    "Nordchip denies scanner plant in Oslo",
    "Nordchip rejects report of scanner plant in Oslo",
)
NO_END = "Nordchip denies scrapping scanner plant in Oslo"


@pytest.mark.parametrize(
    ("titles", "order", "expected"),
    [
        ((NEAR, DENIES, REJECTS), "024", [NEW, UPDATE, ECHO]),  # how far it was before matters not
        ((NEAR, SCRAPS, SCRAPS), "024", [NEW, UPDATE, ECHO]),
        ((NEAR, SCRAPS), "01", [NEW, ECHO]),  # other setbacks may be what was told, in other words
        ((DENIES, REJECTS), "02", [NEW, ECHO]),
        ((PLANS, DENIES, DENIES, SCRAPS, SCRAPS), "02468", [NEW, UPDATE, ECHO, UPDATE, ECHO]),
        ((SCRAPS, NO_END, NO_END, SCRAPS, NO_END), "02468", [NEW, UPDATE, ECHO, UPDATE, ECHO]),
        ((PLANS, DENIES, STARTS, DENIES), "0246", [NEW, UPDATE, UPDATE, UPDATE]),
        ((PLANS, DENIES, PLANS), "031", [NEW, UPDATE, ECHO]),  # denied since
        ((STARTS, DENIES), "31", [NEW, ECHO]),  # started since
        ((SCRAPS, NO_END, SCRAPS), "031", [NEW, UPDATE, ECHO]),
    ],
)
async def test_a_denial(memory: StoryMemory, titles: tuple[str, ...], order: str, expected: list[Kind]) -> None:
    """News once, whatever was told before it, until a decision undoes it; what is refused after it is news."""
    assert await kinds(memory, *titles, order=order) == expected


@pytest.mark.parametrize(
    ("first", "second", "hours", "kind"),
    [
        ("Nordchip wins export licence for Kuwait", "Nordchip wins export licence for Oman", "00", UPDATE),
        ("Nordchip wins export licence for Kuwait", "Nordchip wins export licence for Kuwait and Oman", "00", ECHO),
        ("Nordchip wins export licence for Kuwait", "Kuwait licence for Nordchip: exports to Oman next", "00", ECHO),
        ("Nordchip wins export licence for Oman and Kuwait", "Nordchip wins licence for Kuwait", "00", ECHO),
        ("Nordchip wins export licence in Oslo", "Nordchip wins export licence for Oman", "00", ECHO),
        ("Nordchip to ship $2bn of chips to Kuwait", "Nordchip to ship $2bn of chips to Oman", "00", UPDATE),
        ("Nordchip wins export licence for Kuwait", "Nordchip wins export licence for Oman", "31", ECHO),
        ("Nordchip to build plant in Texas", "Nordchip to build plant in Ohio", "00", UPDATE),
        ("Nordchip to build plant in Texas", "Nordchip to build plant in US", "00", ECHO),
        ("Nordchip to build plant in Texas", "Nordchip to build plant in Austin", "00", ECHO),
        ("Nordchip to build plant near Lyon", "Nordchip to build plant in Turin", "00", UPDATE),
        ("Nordchip to build plant near Lyon", "Nordchip to build plant in France", "00", ECHO),
        ("Nordchip to build plant in Texas", "Nordchip shares fall in Japan over plant in Texas", "00", ECHO),
        ("Nordchip to open Oslo plant in 2027", "Nordchip to open Oslo plant in 2029", "00", UPDATE),
        ("Nordchip to open Oslo plant in 2027", "Nordchip to open Oslo plant, after 2027, in 2029", "00", ECHO),
        ("Nordchip cleared to sell N20 chips to Oman", "Nordchip cleared to sell N30B chips to Oman", "00", UPDATE),
        ("Nordchip cleared to sell N20 chips to Oman", "Nordchip cleared to sell Oman N20 and N30B chips", "00", ECHO),
    ],
)
async def test_another_one_is_news(memory: StoryMemory, first: str, second: str, hours: str, kind: Kind) -> None:
    """Another place, year or product is another event; one more beside what was told may be a detail."""
    assert await kinds(memory, first, second, order=hours) == [NEW, kind]


async def test_a_denial_in_german(memory: StoryMemory) -> None:
    """As in English."""
    titles = (
        "Nordchip streicht Werk für Scanner in Oslo",
        "Nordchip weist Bericht über Aus für Werk für Scanner in Oslo zurück",
        "Nordchip dementiert Aus für Werk für Scanner in Oslo",
    )
    assert await kinds(memory, *titles, lang="de") == [NEW, UPDATE, ECHO]


async def test_the_last_step_counts_in_german(memory: StoryMemory) -> None:
    """As in English."""
    found = await kinds(memory, ERLAUBT, VERBIETET, ERLAUBT, VERBIETET, order="0241", lang="de")
    assert found == [NEW, UPDATE, UPDATE, ECHO]


@pytest.mark.parametrize(
    ("titles", "order", "expected"),
    [
        (("$3.5bn", "$3.2bn"), "31", [NEW, ECHO]),
        (("$3.2bn", "$3.5bn", "$3.3bn", "$3.8bn"), "0214", [NEW, UPDATE, ECHO, UPDATE]),
        (("10% for $5bn:", "10% for $2bn:"), "31", [NEW, ECHO]),
        (("$9bn", "$3.2bn"), "31", [NEW, UPDATE]),  # no revision of the other: a figure that was not told
        (("€3.5bn", "$3.2bn"), "31", [NEW, UPDATE]),
    ],
)
async def test_a_figure_that_comes_late(
    memory: StoryMemory, titles: tuple[str, ...], order: str, expected: list[Kind]
) -> None:
    """What was revised before it came is no revision."""
    sales = [f"Nordbank sells {figure} bond in Oslo deal" for figure in titles]
    assert await kinds(memory, *sales, order=order) == expected


async def test_a_direction_that_comes_late(memory: StoryMemory) -> None:
    """It has turned since."""
    titles = "Asia bond risk falls on Oslo rate cut", "Asia bond risk rises on Oslo rate cut"
    assert await kinds(memory, *titles, order="31") == [NEW, ECHO]


@pytest.mark.parametrize(
    "changes",
    [{"status": Status.UPDATE}, {"event_time": NOON - NOON % DAY}, {"event_time": NOON - NOON % DAY - 1}],
    ids=["an edit", "a day", "the end of a day"],
)
async def test_what_has_no_time_of_its_own_comes_when_it_comes(memory: StoryMemory, changes: dict[str, Any]) -> None:
    """An edit bears the time of what it edits, and some outlets say no more than the day."""
    assert await kinds(memory, *(f"Nordbank sells ${n}bn bond in Oslo deal" for n in (3.2, 3.5))) == [NEW, UPDATE]
    edit = replace(told(9, "Nordbank sells $3.8bn bond in Oslo deal", after=-MINUTE), **changes)
    assert (await claims(memory, edit, status=edit.status)).kind is UPDATE
    [link] = await memory.relate([edit])
    assert link.role is Role.UPDATE
    after = told(10, "Nordbank sells $4.2bn bond in Oslo deal", after=2 * HOUR)
    assert (await claims(memory, after)).kind is UPDATE


async def test_a_reversal_that_could_not_be_told_is_told_by_the_next(memory: StoryMemory) -> None:
    """Released, it leaves what was told before it, and no more."""
    assert await kinds(memory, ALLOWS, BANS, ALLOWS) == [NEW, UPDATE, UPDATE]
    await memory.release(["a2~1"])
    assert (await claims(memory, told(7, BANS, after=3 * HOUR))).kind is ECHO
    assert (await claims(memory, told(8, ALLOWS, after=4 * HOUR))).kind is UPDATE
    assert (await claims(memory, told(9, ALLOWS, after=5 * HOUR))).kind is ECHO


async def test_a_story_of_many_facts_still_hears_its_figure_once(memory: StoryMemory) -> None:
    """What is told is bounded: a headline's figure drives out one that no headline had."""
    for n in range(3):
        text = " ".join(f"Item {i} cost ${1000 * n + i + 100} million." for i in range(30))
        assert (
            await claims(memory, told(n, f"Nordbank sells ${3 + n}bn bond in Oslo deal", text, after=n * HOUR))
        ).kind
    late = [told(9 + n, "Nordbank sells $7bn bond in Oslo deal", after=(3 + n) * HOUR) for n in range(2)]
    assert [(await claims(memory, article)).kind for article in late] == [UPDATE, ECHO]


_FORGET_LOUDNESS = """
local tag = KEYS[1]
local function cut(facts, size)
  for i, fact in ipairs(facts) do facts[i] = { unpack(fact, 1, size) } end
  return facts
end
local said = redis.call('HGETALL', tag .. ':w')
for i = 1, #said, 2 do
  local state = cmsgpack.unpack(said[i + 1])
  if #said[i] > 8 then redis.call('HSET', tag .. ':w', said[i], cmsgpack.pack({ state[1], cut(state[2], 6) })) end
end
local stories = redis.call('HGETALL', tag .. ':s')
for i = 1, #stories, 2 do
  local story = cmsgpack.unpack(stories[i + 1])
  story[8] = cmsgpack.pack(cut(cmsgpack.unpack(story[8]), 5))
  redis.call('HSET', tag .. ':s', stories[i], cmsgpack.pack(story))
end
"""
"""What an earlier version kept of a told fact: key, group, number, slack, strength, and for a watch who told it."""


async def test_what_an_earlier_version_told_is_read(redis_url: str) -> None:
    """Its facts bear neither a time nor whether they were loud: they are older than all, and never replaced."""
    async with Redis.from_url(redis_url) as redis:
        prefix = f"stories-{uuid4().hex}"
        memory = RedisStories(redis, prefix)
        assert (await claims(memory, told(1, "Denmark allows $2bn sale of 10% of Nordchip"))).kind is NEW
        await redis.eval(_FORGET_LOUDNESS, 1, "{" + prefix + "}")
        titles = (
            "Denmark allows $5bn sale of 10% of Nordchip",
            "Denmark bans $2bn sale of 10% of Nordchip",
            "Denmark allows $2bn sale of 10% of Nordchip again",
        )
        later = [told(2 + n, title, after=n * HOUR - MINUTE) for n, title in enumerate(titles)]
        assert [(await claims(memory, article)).kind for article in later] == [ECHO, UPDATE, UPDATE]
