"""What breaks through to a watch that was told, and what stays silent: both story memories alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from streams.basics.times import HOUR, MINUTE
from streams.ports import StoryMemory
from streams.records import Kind, Role, Status
from streams.stories.facts import extract
from tests.story_build import AGAIN, LEAD, MORE, RAISES, claims, told


@pytest.mark.parametrize(
    ("status", "told_before", "kind"),
    [
        (Status.CORRECTION, True, Kind.CORRECTION),
        (Status.REMOVED, True, Kind.CORRECTION),
        (Status.CORRECTION, False, Kind.NEW),
        (Status.REMOVED, False, None),
    ],
)
async def test_corrections_and_removals(
    memory: StoryMemory, status: Status, told_before: bool, kind: Kind | None
) -> None:
    """They break through where something was told; a removal of what was never told says nothing."""
    if told_before:
        await claims(memory, RAISES)
    ruling = await claims(memory, AGAIN, status=status)
    assert ruling.kind is kind


async def test_the_same_correction_is_told_once_and_each_removal(memory: StoryMemory) -> None:
    """Whoever sends it again, with a sentence more: an echo. In other words it may correct something else."""
    fixed = replace(AGAIN, title="Lumenta Photonics raises $2.2bn in convertible bond sale", facts=())
    back = replace(RAISES, article_key="a1~4", event_time=RAISES.event_time + HOUR)
    await claims(memory, RAISES)
    sent = [
        (replace(fixed, article_key="a1~2"), Status.CORRECTION, Kind.CORRECTION),
        (replace(fixed, article_key="a1~3", text="Corrects the sum."), Status.CORRECTION, Kind.ECHO),
        (replace(fixed, article_key="a6~1", source="another"), Status.CORRECTION, Kind.ECHO),
        (back, Status.CORRECTION, Kind.CORRECTION),
        (replace(fixed, article_key="a6~2", source="another"), Status.REMOVED, Kind.CORRECTION),
        (replace(fixed, article_key="a6~3", source="another", text="Gone."), Status.REMOVED, Kind.ECHO),
        (replace(back, article_key="a1~5"), Status.REMOVED, Kind.CORRECTION),
    ]
    assert [(await claims(memory, a, status=status)).kind for a, status, _ in sent] == [kind for _, _, kind in sent]


async def test_a_removal_of_the_untold_leaves_the_story_open(memory: StoryMemory) -> None:
    """The next article may still be the first that is told."""
    await claims(memory, RAISES, status=Status.REMOVED)
    assert (await claims(memory, AGAIN)).kind is Kind.NEW


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("Denmark considers ban on scanner exports", "Denmark approves ban on scanner exports", Kind.UPDATE),
        ("Denmark approves sale of Nordchip", "Denmark plans sale of Nordchip", Kind.ECHO),
        ("Denmark approves ban on scanner exports", "Denmark delays ban on scanner exports", Kind.UPDATE),
        ("Denmark allows Nordchip to sell scanners", "Denmark bans Nordchip from selling scanners", Kind.UPDATE),
        (
            "Denmark approves sale of Nordchip scanners",
            "Denmark does not approve sale of Nordchip scanners",
            Kind.UPDATE,
        ),
        ("Nordchip starts building Oslo scanner plant", "Nordchip stops building Oslo scanner plant", Kind.UPDATE),
        ("Denmark bans Nordchip scanner exports", "Denmark lifts ban on Nordchip scanner exports", Kind.UPDATE),
        ("Denmark considers ban on Nordchip sales", "Denmark does not rule out ban on Nordchip sales", Kind.ECHO),
        ("Denmark allows Nordchip scanner sales", "Denmark won’t allow Nordchip scanner sales", Kind.UPDATE),
        ("Nordchip considers new Oslo scanner plant", "Nordchip builds new Oslo scanner plant", Kind.UPDATE),
        (
            "Nordchip to buy 10% stake in Oslo rival, shares jump",
            "Nordchip to buy 15% stake in Oslo rival, shares jump",
            Kind.UPDATE,
        ),
        ("Denmark reportedly approves Nordchip sale", "Denmark confirms it approved Nordchip sale", Kind.UPDATE),
        ("Nordbank sells $3.2bn bond, sources say", "Nordbank confirms sale of $3.2bn bond", Kind.UPDATE),
        ("Nordbank confirms sale of $3.2bn bond", "Nordbank sells $3.2bn bond, sources say", Kind.ECHO),
        ("Nordbank confirms sale of $3.2bn bond", "Nordbank sale of $3.2bn bond confirmed", Kind.ECHO),
        ("Nordchip gets Danish export licence", "Nordchip loses Danish export licence", Kind.UPDATE),
        ("Nordchip to pay 20% of scanner revenue", "Nordchip to pay 25% of scanner revenue", Kind.UPDATE),
        ("Nordchip faces 100% scanner tariff in Oslo", "Nordchip faces 145% scanner tariff in Oslo", Kind.UPDATE),
        ("Nordchip pays 20% of scanner revenue", "Nordchip pays 20.4% of scanner revenue", Kind.ECHO),
        ("Nordbank cuts 3,000 jobs in Oslo head office", "Nordbank to cut 3,000 jobs, Oslo head office hit", Kind.ECHO),
        ("Nordbank cuts 3,000 jobs in Oslo head office", "Nordbank cuts 3,800 jobs in Oslo head office", Kind.UPDATE),
        ("Nordbank sells $3.2bn bond in Oslo deal", "Nordbank sells $3.17bn bond in Oslo deal", Kind.ECHO),
        ("Nordbank sells $433m bond in Oslo deal", "Nordbank sells more than $400m of bonds in Oslo deal", Kind.ECHO),
        ("Nordbank sells $433m bond in Oslo deal", "Nordbank sells more than $500m of bonds in Oslo deal", Kind.UPDATE),
        ("Nordchip pauses Oslo scanner plant", "Nordchip suspends work on Oslo scanner plant", Kind.ECHO),
        ("Nordchip suspends work on Oslo scanner plant", "Nordchip scraps Oslo scanner plant", Kind.ECHO),
        ("Nordchip pauses Oslo scanner plant", "Nordchip scraps Oslo scanner plant", Kind.UPDATE),
        ("Denmark blocks Nordchip scanner exports", "Norway blocks Nordchip scanner exports", Kind.UPDATE),
        ("Denmark blocks Nordchip scanner exports", "Danish government bars Nordchip scanner exports", Kind.ECHO),
        ("Nordchip to build Polish scanner plant", "Nordchip to build Spanish scanner plant", Kind.UPDATE),
        ("Nordchip to build Polish scanner plant", "Nordchip to build scanner plant in Poland", Kind.ECHO),
        ("Denmark curbs exports of antimony", "Denmark curbs exports of tungsten", Kind.UPDATE),
        ("Nordchip in talks on scanner deal", "Nordchip plans scanner deal, sources say", Kind.ECHO),
        ("Nordbank shares fall 3.1% on Oslo bond deal", "Nordbank shares fall 3.4% on Oslo bond deal", Kind.ECHO),
        (
            "Nordbank sells $3.2bn bond in Oslo deal",
            "Nordbank sells $3.2bn bond in Oslo deal as assets reach $90bn",
            Kind.ECHO,
        ),
    ],
)
async def test_what_breaks_through(memory: StoryMemory, first: str, second: str, kind: Kind) -> None:
    """Changed headline figures and steps do; rounding, price moves and one more detail do not."""
    assert (await claims(memory, told(1, first))).kind is Kind.NEW
    assert (await claims(memory, told(2, second, after=MINUTE))).kind is kind


@pytest.mark.parametrize(
    ("first", "second", "hours", "kind"),
    [
        ("Nordchip's $600 million Oslo works", "Nordchip cancels its Oslo works", 6, Kind.UPDATE),
        ("Nordchip's $600 million Oslo works", "Nordchip cancels its Oslo works", 1, Kind.ECHO),
        ("Nordchip's $600 million Oslo works", "Nordchip starts its Oslo works", 6, Kind.ECHO),
        ("Nordchip to spend $9.7bn on Oslo plant", "Nordchip to spend 1.5 trillion yen on Oslo plant", 1, Kind.ECHO),
        ("Nordchip to spend $9.7bn on Oslo plant", "Nordchip to spend 2 trillion yen on Oslo plant", 1, Kind.UPDATE),
    ],
)
async def test_what_was_told_otherwise(memory: StoryMemory, first: str, second: str, hours: int, kind: Kind) -> None:
    """Without a step: a setback is news, once outlets no longer retell. In another currency: news only if it differs."""
    assert (await claims(memory, told(1, first))).kind is Kind.NEW
    assert (await claims(memory, told(2, second, after=hours * HOUR))).kind is kind


async def test_a_halt_that_went_for_the_told_pause_hides_no_cancellation(memory: StoryMemory) -> None:
    """It tells nothing to a watch, or to the story: what may go for the halt may not go for the pause."""
    titles = ("pauses work on", "halts work on", "suspends work on", "scraps", "cancels")
    articles = [told(n, f"Nordchip {verb} Oslo scanner plant", after=n * HOUR) for n, verb in enumerate(titles)]
    kinds = [(await claims(memory, article)).kind for article in articles]
    assert kinds == [Kind.NEW, Kind.ECHO, Kind.ECHO, Kind.UPDATE, Kind.ECHO]


async def test_a_wires_prefix_of_correction_breaks_through_once(memory: StoryMemory) -> None:
    """The headline is the told one; another outlet's copy of the correction is a copy. Undone, it is told again."""
    plain = "Nordbank sells $3.2bn bond in Oslo deal"
    await claims(memory, told(1, plain))
    assert (await claims(memory, told(2, f"Correction: {plain}", after=MINUTE))).kind is Kind.ECHO
    fix = told(3, f"CORRECTED-{plain}", after=2 * MINUTE)
    first = await claims(memory, fix)
    assert (first.kind, first.root) == (Kind.CORRECTION, "a1~1")
    assert [key.rpartition(":")[0] for key in first.news] == ["notice:corrected"]
    assert await claims(memory, fix) == first
    copy = told(4, f"CORRECTED 2-{plain}", after=3 * MINUTE)
    assert (await claims(memory, copy)).kind is Kind.ECHO
    assert (await claims(memory, copy, "banks")).kind is Kind.NEW
    await memory.release([fix.article_key])
    assert (await claims(memory, told(5, f"CORRECTED-{plain}", after=4 * MINUTE))).kind is Kind.CORRECTION


async def test_a_second_correction_is_told_and_a_status_says_the_same_as_a_prefix(memory: StoryMemory) -> None:
    """The wire corrects the sum, then the place; a desk that sends the first again by its status says nothing new."""
    sum_, place = "Nordbank sells $3.2bn bond in Oslo deal", "Nordbank sells $3.2bn bond in Bergen deal"
    await claims(memory, told(1, "Nordbank sells $2.3bn bond in Oslo deal"))
    assert (await claims(memory, told(2, f"CORRECTED-{sum_}", after=MINUTE))).kind is Kind.CORRECTION
    by_status = told(3, sum_, after=2 * MINUTE)
    assert (await claims(memory, by_status, status=Status.CORRECTION)).kind is Kind.ECHO
    assert (await claims(memory, told(4, f"CORRECTED-{place}", after=3 * MINUTE))).kind is Kind.CORRECTION
    both = told(5, f"CORRECTED-{place}", after=4 * MINUTE)
    assert (await claims(memory, both, status=Status.CORRECTION)).kind is Kind.ECHO


async def test_what_a_prefix_withdraws_is_withdrawn_once_and_never_news(memory: StoryMemory) -> None:
    """Each desk passes the wire's notice on under an id of its own."""
    plain = "Nordbank sells $3.2bn bond in Oslo deal"
    await claims(memory, told(1, plain))
    gone = [await claims(memory, told(n, f"WITHDRAWN-{plain}", after=n * MINUTE)) for n in (2, 3)]
    assert [ruling.kind for ruling in gone] == [Kind.CORRECTION, Kind.ECHO]
    assert (await claims(memory, told(4, f"WITHDRAWN-{plain}", after=4 * MINUTE), "banks")).kind is None


@pytest.mark.parametrize("first_as", [Status.NEW, Status.UPDATE, Status.CORRECTION])
async def test_a_first_telling_speaks_for_its_own_time_whatever_it_was_sent_as(
    memory: StoryMemory, first_as: Status
) -> None:
    """So that minutes later a retelling says no new step in a verb that the first said in a noun."""
    first = told(1, "Nordchip export ban on Oslo scanner plant", companies=("nordchip",), subjects=("nordchip",))
    verb = "Oslo bans exports of Nordchip scanner plant"
    again = told(2, verb, companies=("nordchip",), subjects=("nordchip",), after=MINUTE)
    assert (await claims(memory, first, status=first_as)).kind is Kind.NEW
    assert (await claims(memory, again)).kind is Kind.ECHO


async def test_a_copy_tells_a_watch_what_it_was_not_told(memory: StoryMemory) -> None:
    """The raised sum passed the watch by; its copy is news to the watch, though none to the story."""
    await claims(memory, RAISES)
    [link] = await memory.relate([MORE])
    copy = replace(MORE, article_key="a9~1", source="copyist", event_time=MORE.event_time + MINUTE)
    assert (await claims(memory, copy)).kind is Kind.UPDATE
    assert [one.role for one in await memory.relate([replace(copy, article_key="a10~1")])] == [Role.COPY]
    assert link.role is Role.UPDATE


async def test_an_extra_figure_in_the_text_is_silent(memory: StoryMemory) -> None:
    """A retelling with more detail is a retelling."""
    await claims(memory, RAISES)
    text = LEAD + " It had sales of $900 million and 4,100 employees. Its shares fell 5 percent."
    assert (await claims(memory, replace(AGAIN, text=text, facts=extract(AGAIN.title, text, "en")))).kind is Kind.ECHO


async def test_a_new_sum_in_the_headline_breaks_through_though_the_lead_repeats_a_told_one(memory: StoryMemory) -> None:
    """Hours later: state aid is no retelling of what the plant costs, as a valuation in the first hour would be."""
    assert (await claims(memory, told(1, "Lumenta to build 5 billion euro plant in Ulm"))).kind is Kind.NEW
    lead = "Berlin will pay a third of the 5 billion euro plant of Lumenta in Ulm."
    aid = await claims(memory, told(2, "Lumenta wins 1.6 billion euros of aid for plant in Ulm", lead, after=3 * HOUR))
    assert (aid.kind, aid.news) == (Kind.UPDATE, ("amount:EUR:1600000000",))
    again = told(3, "Lumenta plant in Ulm gets aid of 1.6 billion euros", lead, after=4 * HOUR)
    assert (await claims(memory, again)).kind is Kind.ECHO


async def test_a_changed_amount_in_the_lead_breaks_through(memory: StoryMemory) -> None:
    """When the headline holds no figure, the lead's amount counts, but only as the revision of a told one."""
    title = "Lumenta Photonics convertible bond sale in Ulm"
    leads = (
        "sells bonds for $3.2 billion.",
        "sells bonds for $3.5 billion.",
        "sells bonds, and has $90 billion of assets.",
    )
    kinds = []
    for number, lead in enumerate(leads):
        text = f"The maker of industrial lasers {lead} {LEAD}"
        kinds.append((await claims(memory, told(number, f"{title} {'again ' * number}", text, after=number))).kind)
    assert kinds == [Kind.NEW, Kind.UPDATE, Kind.ECHO]


async def test_a_batch_that_spans_a_weekend_is_told_as_one_by_one(memory: StoryMemory) -> None:
    """What Monday's articles make forgotten is not forgotten under Friday's, which have yet to claim."""
    monday = [told(20 + n, f"Harbour {n} opens a quay for grain ships", after=72 * HOUR) for n in range(12)]
    await memory.relate([RAISES, AGAIN, MORE, *monday])
    assert [(await claims(memory, a)).kind for a in (RAISES, AGAIN, MORE)] == [Kind.NEW, Kind.ECHO, Kind.UPDATE]


@pytest.mark.parametrize(("hours", "stories"), [(3, 1), (24, 2)])
@pytest.mark.parametrize(
    ("lang", "titles"),
    [
        ("en", ("Lumenta Photonics shares close little changed", "Lumenta Photonics shares end slightly lower")),
        ("de", ("Lumenta-Aktie kaum verändert", "Lumenta-Aktie schließt leicht im Plus")),
    ],
)
async def test_a_price_is_reported_anew_every_day(
    memory: StoryMemory, lang: str, titles: tuple[str, str], hours: int, stories: int
) -> None:
    """What is left without the price is a template: tomorrow's is another story, in whatever words."""
    links = await memory.relate([told(n, t, lang=lang, after=n * hours * HOUR) for n, t in enumerate(titles)])
    assert len({link.id for link in links}) == stories


async def test_headlines_without_a_word_are_not_one_headline(memory: StoryMemory) -> None:
    """A removal may come without any, and before what it removes: two of them are about two articles."""
    [one, other] = await memory.relate([told(1, "", status=Status.REMOVED), told(2, "", status=Status.REMOVED)])
    assert one.id != other.id
