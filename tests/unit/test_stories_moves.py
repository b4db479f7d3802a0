"""Which percents of a headline are those of a share, though it does not speak of shares."""

from __future__ import annotations

import pytest

from streams.records import evolve
from streams.stories.tell import facts_of
from tests.unit.companies import article, directory


def _percents(title: str, lang: str) -> list[tuple[str, str]]:
    told = article(title, lang=lang)
    [companies] = directory().identify([told])
    return [(f.unit, f.value) for f in facts_of(evolve(told, companies=companies)) if f.kind == "percent"]


@pytest.mark.parametrize(
    ("title", "lang"),
    [
        ("ASML slides 5% as The Hague curbs servicing", "en"),
        ("ASML down 5% on Dutch licence rule", "en"),
        ("Micron jumps more than 8% after plan for new fab", "en"),
        ("Licence rule sends chip gear lower; ASML falls by 5 percent", "en"),
        ("Infineon fällt um 5 Prozent nach neuen Exportregeln", "de"),
    ],
)
def test_a_company_that_goes_up_or_down_is_its_share(title: str, lang: str) -> None:
    """It changes by the minute: no news of the story."""
    assert [unit for unit, _ in _percents(title, lang)] == ["move"]


@pytest.mark.parametrize(
    ("title", "lang"),
    [
        ("ASML sales fall 5% on Dutch licence rule", "en"),
        ("ASML cuts forecast by 5%", "en"),
        ("Nvidia gains 5% stake in startup", "en"),
        ("Micron drops 5% of its staff", "en"),
        ("Infineon senkt Investitionen um 5 Prozent", "de"),
    ],
)
def test_what_else_goes_up_or_down_is_a_figure(title: str, lang: str) -> None:
    """Sales, forecasts, stakes and staff."""
    assert [unit for unit, _ in _percents(title, lang)] == ["%"]
