"""Numbers: what a batch counts, what outside input may not do to labels, and what breaks conservation."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Sequence

import pytest
from prometheus_client.parser import text_string_to_metric_families

from streams.basics.times import DAY, SECOND
from streams.delivery.book import Delivery, Sign, State
from streams.delivery.channel import Answer, Doubt, Posted, Reach, Refused
from streams.flow import Journey, triage
from streams.knowledge import Knowledge
from streams.metrics import names
from streams.metrics.conservation import Conservation
from streams.metrics.delivered import Delivered
from streams.metrics.meter import SilentMeter
from streams.metrics.names import ALL, OTHER, Kind
from streams.metrics.prometheus import PrometheusMeter
from streams.metrics.sources import Bounded, Silence
from streams.metrics.triaged import Triaged
from streams.ports import Clocked
from streams.sample import WATCHES
from streams.silent import silent
from streams.watches.watch import Desk, Watch
from tests.build import NOON, alert, arrival, sent

AT = ("articles", 0)
DAY_S = DAY / SECOND


def desk(watches: int) -> Desk:
    """A desk with so many watches."""
    return Desk(tuple(Watch(name=f"w{n}", channel="none") for n in range(watches)))


def decided(measured: Triaged, count: int = 3) -> Sequence[Journey]:
    """Articles through the real flow, traced."""
    known = Knowledge.load()
    parts = silent(known, known.desk(WATCHES), Clocked([NOON + 2_000]))
    articles = [sent(title=f"Nvidia plans to invest $3 billion in site {n}", source="A Wire") for n in range(count)]
    return asyncio.run(triage(parts, [*articles, arrival(b"{")], trace=measured.trace()))


def test_a_batch_is_counted_by_source_ending_stage_and_time() -> None:
    """Every article has one ending; what entered a stage is counted there."""
    meter = PrometheusMeter()
    measured = Triaged(meter)
    measured.done(decided(measured), desk(4))
    found = _samples(meter)
    assert sum(v for (name, _), v in found.items() if name == "tapewire_articles_total") == 4
    assert meter.value(names.ARTICLES, "unknown", "malformed") == 1
    assert meter.value(names.DEAD_LETTERS, "malformed") == 1
    assert meter.value(names.STAGE_ARTICLES, "decode") == 4
    assert meter.value(names.STAGE_ARTICLES, "normalise") == 3
    assert meter.value(names.DECISIONS, "malformed") == 1
    assert found["tapewire_decided_seconds_sum", ()] == 8.0
    assert found["tapewire_decided_seconds_count", ()] == 4
    assert found["tapewire_batch_articles_count", ()] == 1
    assert meter.value(names.GAP) == 0


def test_an_article_without_a_decision_for_a_watch_breaks_conservation() -> None:
    """Four decisions where five watches were asked."""
    measured = Triaged(PrometheusMeter())
    measured.done(decided(measured), desk(5))
    assert measured.conservation.gap == 3


def test_every_metric_of_the_table_is_exported_and_can_be_parsed() -> None:
    """Dashboards may ask for each; a histogram's buckets only rise."""
    meter = PrometheusMeter()
    for metric in ALL:
        labels = ['a "label"\n\\'] * len(metric.labels)
        if metric.kind is Kind.HISTOGRAM:
            meter.observe(metric, (0.0, 3.0, math.inf), *labels)
        else:
            meter.count(metric, *labels)
    families = {f.name: f for f in text_string_to_metric_families(meter.text().decode())}
    for metric in ALL:
        family = families[f"tapewire_{metric.name}"]
        assert family.samples, metric
        assert family.documentation == metric.words
        counts = [s.value for s in family.samples if s.name.endswith("_bucket")]
        assert counts == sorted(counts)
    assert len({m.full for m in ALL}) == len(ALL)


def test_sources_cannot_make_labels_without_end() -> None:
    """What comes after the bound is other; nothing unprintable gets through."""
    bounded = Bounded(most=2)
    assert [bounded(n) for n in ("a", "b\x1b[31m\n" + "x" * 99, "c", "a", "d")] == [
        "a", "b[31m" + "x" * 55, OTHER, "a", OTHER,
    ]  # fmt: skip
    assert bounded("") == OTHER
    assert Bounded()("") == "unknown"


def test_a_source_is_held_against_its_own_habits() -> None:
    """The longest silence counts, and is slowly forgotten; a late article does not turn the clock back."""
    silence = Silence()
    for at in (0.0, DAY_S, DAY_S + 1, 90.0):
        silence.seen("a", at)
    assert silence.last["a"] == DAY_S + 1
    assert 0.999 * DAY_S < silence.usual["a"] < DAY_S
    for hour in range(1, 14 * 24 + 1):
        silence.seen("a", DAY_S + hour * 3_600)
    assert 0.49 * DAY_S < silence.usual["a"] < 0.51 * DAY_S
    silence.seen("b", 5.0)
    assert "b" not in silence.usual


@pytest.mark.parametrize("articles", [50, 200, 600])
def test_nights_and_weekends_are_learned_within_two_however_busy_the_days(articles: int) -> None:
    """By the condition of the rule `TapewireSourceSilent`, before each article of eight weeks; what dies is found."""
    rng, silence, fired = random.Random(articles), Silence(), list[float]()

    def is_silent(at: float) -> bool:
        gap = at - silence.last["a"]
        return gap > 3 * silence.usual["a"] > 0 and gap > 1_800

    days = [day for day in range(8 * 7) if day % 7 < 5]
    for at in sorted(day * DAY_S + rng.uniform(7, 20) * 3_600 for day in days for _ in range(articles)):
        if "a" in silence.usual and is_silent(at - 300):  # the rule has fired for five minutes by then
            fired.append(at / DAY_S)
        silence.seen("a", at)
    assert [day for day in fired if day > 14] == []
    assert is_silent(silence.last["a"] + 9 * DAY_S)


def test_conservation_finds_what_was_committed_and_never_decided() -> None:
    """Each offset is asked for once, from where the assignment began; what is known is not kept."""
    kept = Conservation()
    for offset in (5, 6, 8):
        kept.decided(AT, offset)
    assert kept.committed(AT, start=5, upto=7) == 0
    assert kept.committed(AT, start=5, upto=9) == 1  # 7
    assert kept.committed(AT, start=5, upto=9) == 0
    assert kept.gap == 1
    kept.decided(AT, 6)  # delivered again after a rebalance: proved already
    assert kept.committed(AT, start=6, upto=9) == 0
    assert kept.committed(AT, start=20, upto=20) == 0  # another worker had the part between
    kept.decided(AT, 20)
    assert kept.committed(AT, start=20, upto=21) == 0
    assert kept.gap == 1


def test_conservation_passes_over_what_holds_no_record() -> None:
    """However wide, told in part again after a rebalance, and half of it committed; an article in the midst is not covered."""
    kept, end = Conservation(), 10**9
    kept.passed(AT, 0, end)
    kept.passed(AT, 10, end - 10)
    kept.decided(AT, end)
    kept.passed(AT, end + 2, end + 4)
    assert kept.committed(AT, start=0, upto=end // 2) == 0
    assert kept.committed(AT, start=0, upto=end + 4) == 1
    assert kept.gap == 1


def test_attempts_to_post_are_counted_by_answer() -> None:
    """A 429 is one; the three clocks run to the answer; a digest is all its members."""
    meter = PrometheusMeter()
    told = Delivered(meter, Clocked([NOON + 1_040]))
    one = Delivery(alert=alert(), state=State.SENDING, fence=1)
    answers: list[Answer] = [
        Posted("1"), Doubt("cut"), Refused("no"), Refused("ratelimited", Reach.CHANNEL, wait=1, sign=Sign.LIMITED),
    ]  # fmt: skip
    for answer in answers:
        told(one, answer, 0.1)
    told(Delivery(alert=alert(), state=State.SENDING, fence=1, members=(alert(1), alert(2))), Posted("2"), 0.1)
    counted = [meter.value(names.POSTS, "slack", word) for word in ("posted", "doubt", "refused", "limited")]
    assert counted == [2, 1, 1, 1]
    assert meter.value(names.RATE_LIMITED) == 1
    found = _samples(meter)
    assert found["tapewire_sent_seconds_count", ("decided",)] == 3
    assert found["tapewire_sent_seconds_sum", ("decided",)] == 3.0
    assert round(found["tapewire_sent_seconds_sum", ("published",)], 2) == 3 * 61.04


def test_the_silent_twin_takes_everything_and_says_nothing() -> None:
    """Replay and tests measure nothing."""
    measured = Triaged(SilentMeter())
    measured.done(decided(measured, 1), desk(4))
    assert measured.meter.text() == b""


def _samples(meter: PrometheusMeter) -> dict[tuple[str, tuple[str, ...]], float]:
    families = text_string_to_metric_families(meter.text().decode())
    return {
        (s.name, tuple(v for k, v in s.labels.items() if k != "le")): s.value
        for f in families
        for s in f.samples
        if not s.name.endswith("_bucket")
    }
