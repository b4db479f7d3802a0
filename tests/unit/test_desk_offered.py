"""What an alert's button offers to mute has an effect: the next article that is told for the same is silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from streams.channels.render import actions
from streams.desk.changing import ChangingDesk
from streams.desk.feedback import GRACE, Act
from streams.flow import triage
from streams.records import Alert, Article, Company, Reason, evolve
from streams.watches.watch import Desk, Watch
from streams.wire import decode_alert, encode_alert
from tests.build import NOON, alert, company, sent
from tests.desk_kit import HERE, READER, Office, pressed, said
from tests.twins import Kit, WordDirectory

ALL = Watch(name="all", channel=HERE, categories=frozenset({"capex"}))
ONE = replace(ALL, name="one", companies=frozenset({"alibaba"}))


@dataclass
class Salient(WordDirectory):
    """Says how much an article is about each company."""

    salience: Mapping[str, int] = field(default_factory=dict)

    def identify(self, articles: Sequence[Article]) -> list[tuple[Company, ...]]:
        """See `Directory.identify`."""
        found = super().identify(articles)
        told = [[evolve(c, salience=self.salience[c.id]) for c in companies] for companies in found]
        return [tuple(sorted(companies, key=lambda c: -c.salience)) for companies in told]


async def told(watch: Watch, seen: int, desk: ChangingDesk, **salience: int) -> tuple[Reason, tuple[Alert, ...]]:
    """How an article on these companies ends, on a story of its own."""
    parts = Kit(directory=Salient(salience=salience), desk=desk).parts
    title = f"{' and '.join(name.title() for name in salience)} invest in a canteen"
    (journey,) = await triage(parts, [sent(id=str(seen), title=title, lang="en", seen=seen)])
    return journey.decisions[0].reason, journey.alerts


def offered(about: Alert) -> list[str]:
    """The words of the menu."""
    elements: list[dict[str, Any]] = actions(about)[0]["elements"]
    return [option["text"]["text"] for element in elements for option in element.get("options", [])]


@pytest.mark.parametrize(
    ("watch", "salience", "ticker"),
    [
        (ALL, {"alibaba": 80}, "BABA"),
        (ALL, {"alibaba": 80, "nvidia": 12}, "BABA"),
        (ONE, {"nvidia": 95, "alibaba": 60}, "BABA"),
        (ONE, {"alibaba": 90, "tencent": 12}, "BABA"),
    ],
)
async def test_what_is_offered_and_muted_is_silent(watch: Watch, salience: dict[str, int], ticker: str) -> None:
    """Also where a watch asks for categories alone, and where the article is more about another company."""
    desk = ChangingDesk(Desk((watch,)), READER.check)
    reason, (first,) = await told(watch, NOON, desk, **salience)
    assert reason is Reason.ALERTED and offered(first)[0] == f"Mute {ticker} for 1 hour"
    assert first.companies[0].tickers[0] == ticker
    office = Office(alerts={first.alert_id: decode_alert(encode_alert(first))})
    assert "muted here for good" in await office.ask(pressed(Act.MUTE, first.alert_id, span="good"))
    desk.add(office.records)
    assert (await told(watch, NOON + GRACE, desk, **salience))[0] is Reason.MUTED


async def test_a_company_in_passing_comes_last_and_is_not_offered() -> None:
    """The watch would be told all the same: a mute of it counts for nothing there."""
    desk = ChangingDesk(Desk((ALL,)), READER.check)
    _, (passing,) = await told(ALL, NOON, desk, alibaba=12)
    assert [c.id for c in passing.companies] == ["alibaba"] and offered(passing) == []
    office = Office(alerts={passing.alert_id: decode_alert(encode_alert(passing))})
    assert "no company that could be muted" in await office.ask(pressed(Act.MUTE, passing.alert_id, span="good"))
    assert [r.refused for r in office.records] != [""]
    desk.add([said(Act.MUTE, companies=("alibaba",), until=2 * NOON)])
    assert (await told(ALL, NOON + GRACE, desk, alibaba=12))[0] is Reason.ALERTED
    narrow = replace(ONE, companies=frozenset({"alibaba", "nvidia"}))
    _, (both,) = await told(
        narrow, NOON, ChangingDesk(Desk((narrow,)), READER.check), tencent=95, nvidia=40, alibaba=12
    )
    assert [c.id for c in both.companies] == ["nvidia", "tencent", "alibaba"]


async def test_an_alert_of_an_older_version_offers_its_first_company() -> None:
    """Its message stands with that menu."""
    old = decode_alert(
        encode_alert(replace(alert(1), companies=(company("nvidia", "NVDA"),))).replace(b'"lead"', b'"x"')
    )
    assert old.lead is None and offered(old)[0] == "Mute NVDA for 1 hour"
    office = Office(alerts={"a00001": old})
    assert (await office.ask(pressed(Act.MUTE, span="1h"))).startswith("Nvidia: muted here")
