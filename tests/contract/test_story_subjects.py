"""A company makes more than one piece of news a day: what two tellings about one company must share beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from streams.basics.times import HOUR
from streams.ports import StoryMemory, Telling
from streams.records import Fact, Role
from tests.story_build import told


def _about(telling: Telling, name: str = "Nordbank") -> Telling:
    return replace(telling, companies=("nordbank",), subjects=("nordbank",), names=(name,))


async def _same(memory: StoryMemory, first: str, second: str, lang: str = "en", name: str = "Nordbank") -> bool:
    tellings = [told(1, first, lang=lang), told(2, second, after=HOUR, lang=lang)]
    one, two = await memory.relate([_about(t, name) for t in tellings])
    return one.id == two.id


@pytest.mark.parametrize(
    ("first", "second", "lang"),
    [
        ("Nordbank shares slip at noon", "Nordbank suspends outlook", "en"),
        ("Nordbank suspends outlook", "Prosecutors search Nordbank", "en"),
        ("Nordbank-Aktie am Mittag schwächer", "Nordbank kappt Jahresziele", "de"),
        ("Nordbank kappt Jahresziele", "Razzia bei Nordbank", "de"),
    ],
)
async def test_the_company_alone_makes_no_story(memory: StoryMemory, first: str, second: str, lang: str) -> None:
    """Though it is most of what two headlines of four words say."""
    assert not await _same(memory, first, second, lang)


@pytest.mark.parametrize(
    ("first", "second", "lang"),
    [
        ("Nordbank suspends outlook", "Outlook of Nordbank withdrawn", "en"),
        ("Nordbank kappt Jahresziele", "Nordbank: Jahresziele nicht zu halten", "de"),
        ("Nordbank must pay $90 million", "Fine of 90 million dollars for Nordbank", "en"),
    ],
)
async def test_a_word_or_figure_beside_it_does(memory: StoryMemory, first: str, second: str, lang: str) -> None:
    """One that both headlines hold."""
    assert await _same(memory, first, second, lang)


async def test_all_words_of_a_name_are_the_company(memory: StoryMemory) -> None:
    """Also together, and also those that mean something in the language."""
    first, second = "Bank of Nordland shares slip at noon", "Bank of Nordland suspends outlook"
    assert not await _same(memory, first, second, name="Bank of Nordland")


async def test_a_name_is_known_from_either_telling(memory: StoryMemory) -> None:
    """Only the earlier one was about the company as far as the directory saw."""
    first, second = told(1, "Nordbank shares slip"), told(2, "Nordbank suspends", after=HOUR)
    one, two = await memory.relate([_about(first), second])
    assert one.id != two.id


_ENGLISH = (
    "Nordbank glitch locks savers out",
    "Clerks had warned of it since spring; lawyers expect little else in Oslo.",
)
_GERMAN = (
    "Panne bei Nordbank sperrt Sparer aus",
    "Schon an Ostern gab es Hinweise aus Filialen, nun prüfen Fachleute sie.",
)


@pytest.mark.parametrize(
    ("english", "german", "categories", "same"),
    [
        ("amount:USD:640000000", "amount:USD:640000000", (), True),
        ("count:savers:12400", "count:sparer:12400", (), True),
        ("amount:USD:640000000", "amount:USD:650000000", (), False),
        ("count:savers:40", "count:savers:40", (), False),
        ("percent:%:7", "percent:%:7", (), False),
        ("date::12-03", "date::12-03", (), False),
        ("amount:USD:640000000", "amount:USD:640000000", ("capex",), False),
    ],
)
async def test_a_sum_anchors_news_of_no_category_across_languages(
    memory: StoryMemory, english: str, german: str, categories: tuple[str, ...], same: bool
) -> None:
    """An amount or a count of the same company; a percent, a date or a small count is too common."""
    one, two = (Fact(**dict(zip(("kind", "unit", "value"), k.split(":"), strict=True))) for k in (english, german))
    first = replace(told(1, *_ENGLISH), facts=(one,), categories=categories)
    second = replace(told(2, *_GERMAN, after=HOUR, lang="de"), facts=(two,))
    first_link, link = await memory.relate([_about(first), _about(second)])
    assert (first_link.id == link.id, link.matched) == (same, "anchor" if same else "")


@pytest.mark.parametrize(
    ("first", "second", "lang"),
    [
        ("Nordbank: Milliarden für neue Rechenzentren", "Südbank: Milliarden für neue Rechenzentren", "de"),
        (
            "Nordbank steigt - Analysten heben ihre Kursziele an",
            "Südbank steigt - Analysten heben ihre Kursziele an",
            "de",
        ),
        ("Nordbank jumps - analysts lift their targets", "Suedbank jumps - analysts lift their targets", "en"),
        ("Director's dealing in own shares", "Director's dealing in own shares", "en"),
    ],
)
async def test_the_same_words_about_another_company_are_no_copy(
    memory: StoryMemory, first: str, second: str, lang: str
) -> None:
    """Neither behind a topic, nor behind a dash, nor where the headline names nobody; its own copy is one."""
    told_of = [("nordbank", first), ("suedbank", second), ("nordbank", first)]
    tellings = [
        replace(told(n, title, after=n * HOUR, lang=lang), companies=(who,), subjects=(who,), headlined=(who,))
        for n, (who, title) in enumerate(told_of)
    ]
    one, two, three = await memory.relate(tellings)
    assert one.id != two.id
    assert (three.id, three.role) == (one.id, Role.COPY)


async def test_the_same_words_are_a_copy_where_one_telling_names_nobody(memory: StoryMemory) -> None:
    """What the directory missed speaks for nothing."""
    plain = told(1, "Nordbank: Milliarden für neue Rechenzentren", lang="de")
    one, two = await memory.relate([_about(plain), told(2, "Banken: Milliarden für neue Rechenzentren", lang="de")])
    assert (one.id, Role.COPY) == (two.id, two.role)


@pytest.mark.parametrize(
    ("first", "second", "lang"),
    [
        ("Nordbank takes a stake in Lumenta", "Nordbank takes a stake in Ostara", "en"),
        ("Nordbank steigt bei Lumenta ein", "Nordbank steigt bei Ostara ein", "de"),
    ],
)
async def test_a_company_with_another_partner_is_another_story(
    memory: StoryMemory, first: str, second: str, lang: str
) -> None:
    """And with the same partner, or where one telling names none, it is the same one."""
    told_of = [(first, "lumenta"), (second, "ostara"), (first.replace("stake", "share"), "lumenta"), (second, "")]
    tellings = [
        replace(
            _about(told(n, title, after=n * HOUR, lang=lang)),
            companies=("nordbank", *([partner] if partner else [])),
            headlined=("nordbank", *([partner] if partner else [])),
        )
        for n, (title, partner) in enumerate(told_of)
    ]
    one, two, three, four = await memory.relate(tellings)
    assert one.id == three.id
    assert two.id == four.id != one.id


@pytest.mark.parametrize(("named", "same"), [(("nordbank", "lumenta"), True), ((), False)])
async def test_outlets_begin_one_piece_of_news_with_one_or_the_other(
    memory: StoryMemory, named: tuple[str, ...], same: bool
) -> None:
    """Each names whom the other is about; else headlines about different companies need more in common."""
    first = told(
        1, "Nordbank steigt bei Lumenta ein", subjects=("nordbank",), companies=named or ("nordbank",), lang="de"
    )
    second = told(
        2, "Lumenta bekommt Geld von Nordbank", subjects=("lumenta",), companies=named or ("lumenta",), lang="de",
        after=HOUR,
    )  # fmt: skip
    one, two = await memory.relate([first, second])
    assert (one.id == two.id) == same


async def test_who_is_named_in_the_lead_alone_parts_no_tellings(memory: StoryMemory) -> None:
    """Neither a bystander there, nor whom each outlet takes as its example of what a headline says of all."""
    first, second = (
        replace(_about(told(n, f"Nordbank {verb} its plan to build", lead, after=n * HOUR)), companies=("nordbank", who),
                headlined=("nordbank",))
        for n, (verb, lead, who) in enumerate([("raises", "Rival Lumenta rose.", "lumenta"), ("lifts", "Ostara fell.", "ostara")])
    )  # fmt: skip
    curbs = [
        replace(told(n, "Norway tightens export controls on scanners", after=n * HOUR), companies=(who,), subjects=(who,),
                facts=(Fact(kind="actor", value="no", text="Norway"),))
        for n, who in enumerate(("lumenta", "ostara"), 3)
    ]  # fmt: skip
    one, two, three, four = await memory.relate([first, second, *curbs])
    assert one.id == two.id
    assert (three.id, Role.COPY) == (four.id, four.role)
