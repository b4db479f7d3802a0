"""watches: users' rules, with every fault named at once."""

from __future__ import annotations

import pytest

from streams.basics.times import HOUR
from streams.basics.toml_lines import parse_toml
from streams.records import Fact, Reason, Relevance, Status, evolve
from streams.stages.match import matched
from streams.watches.file import BadWatches, Choices, desk_of
from streams.watches.watch import Desk, Watch
from tests.build import NOON, company, sent

KNOWN = {"BABA": "alibaba", "9988.HK": "alibaba", "NVDA": "nvidia"}
CATEGORIES = ("capex", "export_controls")


def read(text: str) -> Desk:
    """A desk for a directory of two companies."""
    return desk_of(
        parse_toml(text, "watches.toml"),
        Choices(
            company_of=lambda t: frozenset({KNOWN[t]}) if t in KNOWN else frozenset(),
            tickers=tuple(KNOWN),
            categories=CATEGORIES,
        ),
    )


def test_any_listing_means_the_company() -> None:
    """BABA and 9988.HK are one company."""
    desk = read('[[watch]]\nname="a"\nchannel="console"\ncompanies=["BABA","9988.HK"]\nmax_age="2h"')
    assert desk.watches[0].companies == {"alibaba"}
    assert desk.watches[0].max_age == 2 * HOUR


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[watches]", "unknown table [watches]"),
        ("watch = 3", "write each watch as a [[watch]] table"),
        ('[[watch]]\nchannel="c"\ncompanies=["BABA"]', "`name` is missing"),
        ('[[watch]]\nname="a"\ncompanies=["BABA"]', "`channel` is missing"),
        ('[[watch]]\nname="a"\nchannel="c"', "asks for nothing"),
        ('[[watch]]\nname="a"\nchannel="c"\ncompanies=["BABBA"]', "nobody knows 'BABBA'; did you mean BABA"),
        ('[[watch]]\nname="a"\nchannel="c"\ncategories=["capx"]', "unknown category 'capx'; did you mean capex"),
        ('[[watch]]\nname="a"\nchannel="c"\ncompanies="BABA"', "`companies` must be a list of strings"),
        (
            '[[watch]]\nname="a"\nchannel="c"\ncompanies=["BABA"]\nurgnt=true',
            "unknown key `urgnt`; did you mean urgent",
        ),
        ('[[watch]]\nname="a"\nchannel="c"\ncompanies=["BABA"]\nmin_salience=200', "`min_salience` must be a number"),
        ('[[watch]]\nname="a"\nchannel="c"\ncompanies=["BABA"]\nmax_age="soon"', "`max_age`: 'soon' is no span"),
        ('[[watch]]\nname="a"\nchannel="c"\ncompanies=["BABA"]\nurgent="yes"', "`urgent` must be true or false"),
    ],
)
def test_each_fault_is_named_with_its_watch(text: str, fault: str) -> None:
    """A file that cannot be used says why, with the nearest right word."""
    with pytest.raises(BadWatches) as bad:
        read(text)
    assert any(fault in line for line in bad.value.faults)


def test_all_faults_come_at_once() -> None:
    """Nobody has to mend a file fault by fault."""
    with pytest.raises(BadWatches) as bad:
        read('[[watch]]\nname="a"\n[[watch]]\nchannel="c"\ncategories=["x"]')
    assert len(bad.value.faults) == 4


def test_two_watches_of_one_name_are_refused() -> None:
    """Decisions are counted by a watch's name."""
    one = '[[watch]]\nname="a"\nchannel="c"\ncategories=["capex"]\n'
    with pytest.raises(BadWatches, match="two watches are called 'a'"):
        read(one + one)
    with pytest.raises(BadWatches, match="two watches are called 'a'"):
        read(one + one.replace('"a"', '"a "'))


WATCH = Watch(name="w", channel="c", companies=frozenset({"alibaba"}), categories=frozenset({"capex"}))


@pytest.mark.parametrize(
    ("changes", "relevance", "age", "reason"),
    [
        ({}, 0.9, 0, None),
        ({"id": "nvidia"}, 0.9, 0, Reason.NO_COMPANY),
        ({"confidence": 0.4}, 0.9, 0, Reason.NOT_CERTAIN),
        ({"salience": 10}, 0.9, 0, Reason.NOT_SALIENT),
        ({}, 0.3, 0, Reason.BELOW_THRESHOLD),
        ({}, 0.9, 7 * HOUR, Reason.LATE),
    ],
)
def test_the_first_condition_that_fails_is_the_reason(
    changes: dict[str, object], relevance: float, age: int, reason: Reason | None
) -> None:
    """Companies, then categories, then freshness."""
    article = evolve(
        sent(title="x"),
        companies=(company(**changes),),
        relevances=(Relevance(category="capex", probability=relevance, threshold=0.5),),
        event_time=NOON - age,
        lang="en",
    )
    assert matched(WATCH, article).reason is reason


@pytest.mark.parametrize(
    ("own", "probability", "told"),
    [(None, 0.7, False), (None, 0.87, True), (0.6, 0.7, True), (0.6, 0.55, False), (0.95, 0.9, False)],
)
def test_a_watch_is_told_from_the_alert_threshold_unless_it_asks_otherwise(
    own: float | None, probability: float, told: bool
) -> None:
    """What is relevant and no more than that is for who asks for it; the screen lets it through, as it may follow."""
    relevance = Relevance(category="capex", probability=probability, threshold=0.6, alert_threshold=0.87)
    watch = Watch(name="w", channel="c", categories=frozenset({"capex"}), min_probability=own)
    assert (relevance.probability >= watch.bar(relevance)) is told
    assert Desk((watch,)).lowest_bar(relevance) == (0.6 if own is None else own)


@pytest.mark.parametrize(
    ("who", "probability", "age", "follows"),
    [
        ("alibaba", 0.7, 0, True),
        ("alibaba", 0.5, 0, False),
        ("alibaba", 0.9, 0, False),  # it is news
        ("alibaba", 0.7, 7 * HOUR, False),
        ("nvidia", 0.7, 0, False),
    ],
)
def test_what_is_relevant_may_follow_where_all_else_holds(
    who: str, probability: float, age: int, follows: bool
) -> None:
    """Neither for another company, nor late; and not where the channel has muted the company."""
    relevance = Relevance(category="capex", probability=probability, threshold=0.6, alert_threshold=0.87)
    article = evolve(
        sent(title="x"), companies=(company(id=who),), relevances=(relevance,), event_time=NOON - age, lang="en"
    )
    assert matched(WATCH, article).follows is follows
    assert not matched(WATCH, article, {("c", who): NOON + HOUR}).follows


@pytest.mark.parametrize(("probability", "follows"), [(0.9, True), (0.7, True), (0.5, False)])
def test_an_edit_may_follow_however_old_its_date_is(probability: float, follows: bool) -> None:
    """It bears the date of its first telling; as news it is late like any other, and not where the company is muted."""
    relevance = Relevance(category="capex", probability=probability, threshold=0.6, alert_threshold=0.87)
    article = evolve(
        sent(title="x"), companies=(company(),), relevances=(relevance,), event_time=NOON - 7 * HOUR, lang="en",
        status=Status.UPDATE,
    )  # fmt: skip
    match = matched(WATCH, article)
    assert (match.follows, match.reason is Reason.LATE) == (follows, probability > 0.87)
    assert not matched(WATCH, article, {("c", "alibaba"): NOON + HOUR}).follows
    assert not matched(WATCH, evolve(article, status=Status.NEW)).follows


@pytest.mark.parametrize(("value", "follows"), [("denies", True), ("refuses", False)])
def test_a_denial_may_follow_whatever_it_is_about(value: str, follows: bool) -> None:
    """The model finds little of the matter in "Report is pure invention"; the story memory knows what it denies."""
    unlike = Relevance(category="capex", probability=0.04, threshold=0.6, alert_threshold=0.87)
    said = (Fact(kind="status", unit="step", value=value),)
    article = evolve(
        sent(title="x"),
        companies=(company(id="alibaba"),),
        relevances=(unlike,),
        facts=said,
        event_time=NOON,
        lang="en",
    )
    assert matched(WATCH, article).follows is follows
