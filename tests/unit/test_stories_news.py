"""What breaks through to someone who was told, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.basics.times import HOUR
from streams.stories.news import Saying, ToldFact, news
from streams.stories.points import point_of_key
from streams.stories.same import agree
from tests.build import NOON


def fresh(told: list[str], said: list[str], loud: list[str] | None = None) -> list[str]:
    """Which of the said facts are news; all are loud unless told otherwise."""
    points = [point_of_key(k) for k in said]
    standing_out = {point_of_key(k).key for k in (said if loud is None else loud)}
    found = news(Saying(points, standing_out, 1), [ToldFact(point_of_key(k), "a", 0, loud=True) for k in told])
    return [k for k in said if point_of_key(k).key in found]


BOND, MORE, TWICE = "amount:USD:3200000000", "amount:USD:3500000000", "amount:USD:90000000000"


@pytest.mark.parametrize(
    ("told", "said", "expected"),
    [
        ([BOND], [BOND], []),
        ([BOND], [MORE], [MORE]),
        ([], [BOND], [BOND]),
        ([BOND], ["amount:USD:3170000000"], []),  # the same, more exactly
        (["amount:USD:3000000000"], [BOND], [BOND]),  # rounding does not explain it
        ([BOND], [BOND, TWICE], []),  # a retelling with one more detail
        ([BOND], [BOND, MORE], [MORE]),  # "raised from 3.2 to 3.5"
        ([BOND], ["amount:EUR:3200000000"], ["amount:EUR:3200000000"]),
        ([BOND], ["amount:EUR:2800000000"], []),  # the same, in the outlet's own currency
        (["amount:JPY:1500000000000"], ["amount:USD:9700000000"], []),
        (["amount:JPY:1500000000000"], ["amount:USD:12000000000"], ["amount:USD:12000000000"]),
        (["amount:USD:433000000"], ["amount:USD:400000000+"], []),  # "more than 400" may be 433 ...
        (["amount:USD:380000000"], ["amount:USD:400000000+"], ["amount:USD:400000000+"]),  # ... but no 380
        (["amount:USD:480000000"], ["amount:USD:400000000+"], ["amount:USD:400000000+"]),
        (["amount:USD:400000000+"], ["amount:USD:433000000"], ["amount:USD:433000000"]),  # 433 says more than it
        (["amount:USD:400000000+"], ["amount:USD:400000000"], []),
        (["amount:USD:60000000000+"], ["amount:USD:65000000000+"], ["amount:USD:65000000000+"]),
        (["amount:USD:3900000000"], ["amount:USD:4000000000-"], []),  # "nearly 4"
        (["amount:USD:4100000000"], ["amount:USD:4000000000-"], ["amount:USD:4000000000-"]),
        (["amount:EUR:158000000"], ["amount:EUR:160000000~"], []),
        (["percent:%:5"], ["percent:%:5.2"], []),
        (["percent:%:5"], ["percent:%:6"], ["percent:%:6"]),
        (["percent:move:5"], ["percent:move:9"], []),
        (["count:job:3000"], ["count:job:3800"], ["count:job:3800"]),
        (["count:job:3000"], ["count:worker:3000"], []),  # the same figure in other words
        ([], ["count:pumpkin:3000"], []),  # of what we have no word for only revisions count
        (["count:pumpkin:3000"], ["count:pumpkin:3800"], ["count:pumpkin:3800"]),
        (["date::01-09"], ["date::01-10"], []),
        (["status:step:considers"], ["status:step:approves"], ["status:step:approves"]),
        (["status:step:approves"], ["status:step:plans"], []),
        (["status:step:approves"], ["status:step:refuses"], ["status:step:refuses"]),
        ([], ["status:step:approves"], []),  # how far it was before is not known
        ([], ["status:step:refuses"], []),
        ([], ["status:step:denies"], ["status:step:denies"]),  # whatever it was
        (["status:step:denies"], ["status:step:denies"], []),
        (["status:step:pauses"], ["status:step:halts"], []),  # one setback in two outlets' words ...
        (["status:step:halts"], ["status:step:pauses"], []),
        (["status:step:halts"], ["status:step:refuses"], []),
        (["status:step:pauses"], ["status:step:delays"], []),
        (["status:step:pauses"], ["status:step:refuses"], ["status:step:refuses"]),  # ... but for the next but one
        (["status:step:delays"], ["status:step:halts"], ["status:step:halts"]),
        (["status:step:pauses", "status:step:starts"], ["status:step:halts"], ["status:step:halts"]),
        (["status:step:refuses"], ["status:step:denies"], ["status:step:denies"]),
        (["status:step:refuses", "status:step:denies"], ["status:step:refuses"], ["status:step:refuses"]),
        (["direction:way:up"], ["direction:way:down"], ["direction:way:down"]),
        ([], ["direction:way:down"], []),
    ],
)
def test_what_is_news(told: list[str], said: list[str], expected: list[str]) -> None:
    """Changed headline figures, steps forward, setbacks and turns."""
    assert fresh(told, said) == expected


@pytest.mark.parametrize(("hours", "is_news"), [(1, False), (3, True)])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("refuses", "plans"), ("plans", "starts"), ("starts", "completes"), ("forbids", "refuses"), ("forbids", "enforces"),
        ("refuses", "enforces"), ("allows", "approves"),
    ],
)  # fmt: skip
def test_the_next_step_some_hours_later_is_no_other_verb(before: str, after: str, hours: int, is_news: bool) -> None:
    """Sooner, "to restrict" is said of a ban, and "breaks ground" of what is planned."""
    step, earlier = (point_of_key(f"status:step:{name}") for name in (after, before))
    told = [ToldFact(earlier, "a", NOON, loud=True)]
    assert news(Saying([step], {step.key}, NOON + hours * HOUR), told) == ([step.key] if is_news else [])


@pytest.mark.parametrize(
    ("step", "hours", "is_news"),
    [("refuses", 1, False), ("refuses", 3, True), ("approves", 3, True), ("starts", 3, False), ("denies", 0, True)],
)
def test_what_changes_things_is_news_though_it_is_not_known_how_they_were(step: str, hours: int, is_news: bool) -> None:
    """Told without a step ("steckt 600 Millionen in Werk"); in the first hours it is the same in other words."""
    said = point_of_key(f"status:step:{step}")
    told = [ToldFact(point_of_key(BOND), "a", NOON, loud=True)]
    assert news(Saying([said], {said.key}, NOON + hours * HOUR), told) == ([said.key] if is_news else [])


def test_only_what_stands_out_can_be_news() -> None:
    """A figure deep in the text breaks through nowhere."""
    assert fresh([BOND], [MORE], loud=[]) == []


@given(st.decimals(min_value=1, max_value=10**12, places=2), st.sampled_from(["amount:USD", "percent:%", "count:job"]))
def test_a_figure_agrees_with_itself(value: object, kind: str) -> None:
    """And is never news to who was told it."""
    key = f"{kind}:{value:f}"
    assert agree(point_of_key(key), point_of_key(key))
    assert fresh([key], [key]) == []
