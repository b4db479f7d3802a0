"""Why an alert fired, or an article did not, in a few lines for a person in a channel. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from streams.basics.times import FOR_GOOD, SECOND, iso, span_words
from streams.desk.commands import Reader
from streams.records import Alert, Company, Decision, Millis, Relevance
from streams.watches.watch import NAMED, Desk, Watch
from streams.watches.words import few, told_twice

_MOST: Final = 5
_DECISIONS: Final = 8
_PLAIN: Final = Watch(name="", channel="")
_BARS: Final = ("min_probability", "min_confidence", "min_salience")


def of_alert(alert: Alert) -> list[str]:
    """The evidence an alert carries with it."""
    lines = [f"{alert.kind.value}: {alert.title}", alert.why]
    lines += [_company(c) for c in alert.companies[:_MOST]]
    lines += [_relevance(r) for r in alert.relevances[:_MOST]]
    if alert.facts:
        lines.append("facts: " + ", ".join(f.text or f"{f.value} {f.unit}".strip() for f in alert.facts[:_MOST]))
    told = f"story {alert.story_id}, novelty {alert.novelty}"
    lines.append(told if alert.root_id == alert.alert_id else f"{told}, follows alert {alert.root_id}")
    clocks = (("published", alert.published), ("seen", alert.seen), ("decided", alert.decided))
    lines.append(", ".join(f"{name} {iso(at)}" for name, at in clocks if at))
    return lines


def _company(company: Company) -> str:
    tickers = f" ({', '.join(company.tickers[:2])})" if company.tickers else ""
    because = f": {'; '.join(company.evidence[:2])}" if company.evidence else ""
    return f"{company.name}{tickers}: confidence {company.confidence:.2f}, salience {company.salience}{because}"


def _relevance(relevance: Relevance) -> str:
    verdict = ">=" if relevance.relevant else "<"
    words = f": {', '.join(relevance.terms[:_MOST])}" if relevance.terms else ""
    category = relevance.category.replace("_", " ")
    return f"{category} {relevance.probability:.2f} {verdict} {relevance.threshold:.2f}{words}"


def of_decisions(decisions: Sequence[Decision], desk: Desk, channel: str) -> list[str]:
    """What the ledger says of one article, for the watches that speak in this channel."""
    here = [d for d in decisions if d.watch is None or (w := desk.by_name.get(d.watch)) is None or w.channel == channel]
    if not here:
        return ["no watch of this channel was asked about it"]
    lines = [here[0].title or here[0].article_id]
    return lines + [_decided(d) for d in here[:_DECISIONS]]


def _decided(decision: Decision) -> str:
    told = f" (sent {iso(decision.sent)})" if decision.sent else ""
    return f"{decision.watch or 'every watch'}: {decision.reason.value}: {decision.detail}{told}"


def watched(watch: Watch, reader: Reader) -> list[str]:
    """A watch as its channel is told of it: whom it takes, by name, and how. Many companies take several lines."""
    more = [reader.called(one) for one in watch.asked[NAMED:]]
    below = [f"    and {', '.join(more[at : at + NAMED])}" for at in range(0, len(more), NAMED)]
    return [", ".join([watch.describe(reader.called), *_set(watch)]), *below]


def _set(watch: Watch) -> list[str]:
    """What is set otherwise than where nothing is said."""
    said = ["urgent"] if watch.urgent else []
    said += [f"{key}={value}" for key in _BARS if (value := getattr(watch, key)) != getattr(_PLAIN, key)]
    said += [f"max_age={span_words(watch.max_age)}"] if watch.max_age != _PLAIN.max_age else []
    return said + ([f"quiet {watch.quiet}"] if watch.quiet else [])


def beside(watch: Watch, before: Desk, desk: Desk, reader: Reader) -> list[str]:
    """What making a watch did to others: which it replaces, and which tell its channel of the same stories."""
    lines = []
    replaced = before.by_name.get(watch.name)
    if replaced is not None and replaced != watch:
        lines.append(f"it replaces {watched(replaced, reader)[0]}")
    twice = {w.name: both for w in desk.watches if w.name != watch.name and (both := told_twice(watch, w))}
    if twice:
        subjects = {reader.names.get(one, one.replace("_", " ")) for both in twice.values() for one in both}
        lines.append(f"a story on {few(subjects)} comes here more than once, also by {few(twice)}")
    return lines


def in_force(desk: Desk, channel: str, base: Desk, reader: Reader) -> list[str]:
    """The watches and mutes of a channel."""
    lines = []
    for watch in desk.watches:
        if watch.channel == channel:
            origin = "in the watch file" if watch.name in base.by_name else "made here"
            head, *below = watched(watch, reader)
            lines += [f"{head} ({origin})", *below]
    lines += [f"watch {n}: {fault}; say it anew" for (at, n), fault in sorted(desk.faults.items()) if at == channel]
    for (place, company), until in sorted(desk.mutes.items()):
        if place == channel:
            lines.append(f"muted: {reader.names.get(company, company)} {until_words(until, reader.zone)}")
    return lines or ["nothing is watched or muted here"]


def until_words(until: Millis, zone: str) -> str:
    """`until 2026-01-09 13:00 UTC`: by the clock of the desk, whose midnight "today" ends at."""
    if until >= FOR_GOOD:
        return "for good"
    return f"until {datetime.fromtimestamp(until / SECOND, ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"
