"""An alert in words, for any channel; and words from outside made inert."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import urlsplit

from streams.basics.times import DAY, MINUTE, iso, only_day, short_words, whole_words
from streams.channels.marks import ref
from streams.records import Alert, Company, Fact, Kind, Millis, Status

TEXT_CHARS = 1_000
_NO_HEADLINE = "(no headline)"
_MARKS = {Kind.NEW: "🔵", Kind.UPDATE: "🔁", Kind.CORRECTION: "⚠️ Correction:", Kind.ECHO: "🔁"}
_NO_URL = re.compile(r"[\s<>|\x00-\x1f\ud800-\udfff]")
_URL_CHARS = 2_000  # Slack takes 3,000 of its own counting
_LANGUAGES = {"de": "German", "en": "English"}
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def escape(words: str) -> str:
    """Slack's three entities, ampersand first; nothing else has meaning in escaped text."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escaped(words: str, most: int) -> str:
    """Inert and escaped words, at most `most` UTF-16 units after escaping (which can make five of one)."""
    length = most
    while _units(told := escape(inert(words, length))) > most:
        length -= max(1, (_units(told) - most) // 5)
    return told


def inert(words: str, most: int) -> str:
    """`words` on one line without control, direction or zero-width characters, at most `most` UTF-16 units."""
    kept = "".join(c if unicodedata.category(c) not in _HIDDEN else " " for c in words[: 4 * most])
    line = " ".join(unicodedata.normalize("NFC", kept).split())
    if _units(line) <= most:
        return line
    while _units(line) > most - 1:
        line = line[: len(line) - max(1, (_units(line) - most) // 2)]
    return line.rstrip() + "…"


def _units(words: str) -> int:
    return len(words.encode("utf-16-le", "replace")) // 2


def headline_words(alert: Alert, most: int) -> str:
    """The headline, on one line: a removal may come without one."""
    return inert(alert.title, most) or _NO_HEADLINE


def first_elsewhere(alert: Alert) -> str:
    """In which language the story was first told, when that is another; "" otherwise."""
    if not alert.first_lang or alert.first_lang == alert.lang:
        return ""
    before = told_at(alert) - alert.first_seen
    when = f"{whole_words(before)} earlier" if before >= MINUTE else "just before"
    return f"first in {_LANGUAGES.get(alert.first_lang, alert.first_lang)}, {when}"


def told_at(alert: Alert) -> Millis:
    """When its outlet told it, as its story's clock goes: event time."""
    return min(alert.published or alert.seen, alert.seen)


def other_day(at: Millis, posted: Millis) -> bool:
    """Whether a time of day alone would be taken for one of the post's day: it is of another, or half a day away."""
    return at // DAY != posted // DAY or abs(posted - at) > DAY // 2


def utc(at: Millis | None, posted: Millis | None = None, *, to: int = 19) -> str:
    """`11:59:00 UTC`, or `2026-01-06 11:59:00 UTC` when that is another day than `posted`; `to=16` without seconds."""
    if at is None:
        return "?"
    told = (iso(at) or "").replace("T", " ")
    return f"{told[0 if posted is not None and other_day(at, posted) else 11 : to]} UTC"


def mark_of(alert: Alert) -> str:
    """The sign before the headline, with a word where the meaning changed."""
    if alert.status is Status.REMOVED:
        return "⛔ Withdrawn:"
    return "🔴" if alert.urgent and alert.kind is Kind.NEW else _MARKS[alert.kind]


def is_web(url: str) -> bool:
    """Whether it can be a link: http or https with a host, bounded, without what would end Slack's link."""
    if not url.startswith(("http://", "https://")) or len(url) > _URL_CHARS or _NO_URL.search(url):
        return False
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def companies_line(alert: Alert) -> str:
    """`Alibaba (BABA · 9988.HK), Nvidia (NVDA) | export controls 0.93: licence, H200`."""
    named = _few([company_words(c) for c in alert.companies], 5) or "no company"
    judged = "; ".join(
        f"{r.category.replace('_', ' ')} {r.probability:.2f}" + (f": {', '.join(r.terms[:4])}" if r.terms else "")
        for r in alert.relevances
    )
    return f"{named} | {judged}" if judged else named


def company_words(company: Company) -> str:
    """`Alibaba (BABA · 9988.HK)`."""
    return f"{company.name} ({' · '.join(company.tickers[:2])})" if company.tickers else company.name


def facts_line(facts: Sequence[Fact]) -> str:
    """The facts as the article wrote them."""
    return _few([f.text or f"{f.value} {f.unit}".strip() for f in facts], 6)


def changed(alert: Alert) -> str:
    """What is new in a story that was told; "" of a first telling, of a withdrawal, and where no fact says it."""
    same = alert.kind is Kind.NEW or alert.status is Status.REMOVED or not alert.facts
    return "" if same else f"changed: {facts_line(alert.facts)}"


def _few(words: Sequence[str], most: int) -> str:
    return ", ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")


def source_words(alert: Alert) -> str:
    """`Harbour Wire (harbourwire.example)`: who says it, and where its link leads."""
    source = alert.source or "unknown source"
    return f"{source} ({urlsplit(alert.url).hostname})" if is_web(alert.url) else source


def after(since: Millis, at: Millis) -> str:
    """`+0.3 s`, `+180 min`."""
    return f"+{short_words(max(0, at - since), digits=1)}"


def clocks_line(alert: Alert, posted: Millis | None = None) -> str:
    """Source and the four clocks in words, for a console."""
    day = alert.decided if posted is None else posted
    published = only_day(alert.published) or utc(alert.published, day)
    parts = [source_words(alert), f"published {published}", f"seen {utc(alert.seen, day)}"]
    parts.append(f"decided {after(alert.seen, alert.decided)}")
    if posted is not None:
        parts.append(f"sent {after(alert.seen, posted)}")
    parts += [p for p in (first_elsewhere(alert), ref(alert.alert_id)) if p]
    return " · ".join(parts)


def summary(alert: Alert, more: str = "") -> str:
    """One line for phones and screen readers, escaped for Slack."""
    tickers = " ".join(c.tickers[0] for c in alert.companies[:3] if c.tickers)
    source = f"({alert.source})" if alert.source else ""
    parts = (f"{tickers}:" if tickers else "", alert.title or _NO_HEADLINE, source, more)
    words = " ".join(p for p in parts if p)
    return f"{mark_of(alert)} {escaped(words, TEXT_CHARS)}"
