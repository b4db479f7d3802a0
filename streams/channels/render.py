"""An alert as a Slack message: pure. Text from outside stands only where Slack does not parse it.

Headline and outlet go into `rich_text` and `plain_text` elements; mrkdwn holds our own words. The top-level
`text`, which Slack parses and phones show, is escaped. Clocks are Slack's own dates, shown in the reader's time zone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from streams.records import Alert, Company, Fact, Kind, Millis, Status
from streams.times import DAY, MINUTE, iso

MARKER = "d:"
"""Begins the block_id by which a delivery is found again in its channel; what follows a further colon is a revision."""
DIGEST = "g:"
"""Begins the block_id of a digest; its lines carry the markers of the alerts they tell."""

ALERT_EVENT = "tapewire_alert"
DIGEST_EVENT = "tapewire_digest"

HEADLINE_CHARS = 250
LINE_CHARS = 250
TEXT_CHARS = 1_000
REF_CHARS = 8

_MARKS = {Kind.NEW: "🔵", Kind.UPDATE: "🔁", Kind.CORRECTION: "⚠️ Correction:", Kind.ECHO: "🔁"}
_REF = re.compile(rf"\bref ([0-9a-z]{{1,{REF_CHARS}}})\b")
_DIGEST_REF = re.compile(r"g\d\d")  # an alert's id is hexadecimal
_NO_URL = re.compile(r"[\s<>|\x00-\x1f\ud800-\udfff]")
_URL_CHARS = 2_000  # Slack takes 3,000 of its own counting
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})

Block = dict[str, Any]


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


def message(alert: Alert, step: int = 0, posted: Millis | None = None, *, buttons: bool = False) -> dict[str, Any]:
    """The arguments of `chat.postMessage` but for channel and thread.

    `step` drops decoration: 0 everything, 1 no metadata, 2 headline and marker only, 3 text only.
    """
    arguments: dict[str, Any] = {"text": summary(alert), "unfurl_links": False, "unfurl_media": False}
    if step < 1:
        told = {"alert_id": alert.alert_id, "story_id": alert.story_id}
        arguments["metadata"] = {"event_type": ALERT_EVENT, "event_payload": told}
    if step < 2:  # noqa: PLR2004 - the ladder is described above
        arguments["blocks"] = blocks(alert, posted) + (actions(alert) if buttons else [])
    elif step < 3:  # noqa: PLR2004
        arguments["blocks"] = [headline(alert)]
    else:
        arguments["text"] += f" · {ref(alert)}"
    return arguments


def blocks(alert: Alert, posted: Millis | None = None) -> list[Block]:
    """Headline as the link, companies, categories with what carried them, the watch, the clocks."""
    lines = [headline(alert), _plain("c:", alert, companies_line(alert))]
    if alert.kind is not Kind.NEW and alert.facts:
        lines.append(_plain("f:", alert, "changed: " + facts_line(alert.facts)))
    lines.append(_plain("w:", alert, f"{alert.why} · novelty {alert.novelty}"))
    lines.append(clocks(alert, posted))
    return lines


def headline(alert: Alert, mark: str = "", revision: int = 0, *, strike: bool = False) -> Block:
    """The headline as the link, and the marker; struck out when it no longer holds."""
    title = inert(alert.title, HEADLINE_CHARS) or "(no headline)"
    style = {"bold": True} | ({"strike": True} if strike or alert.status is Status.REMOVED else {})
    words: Block = {"type": "text", "text": title, "style": style}
    if is_web(alert.url):
        words = {"type": "link", "url": alert.url, "text": title, "style": style}
    prefix = {"type": "text", "text": (mark or mark_of(alert)) + "  "}
    section = {"type": "rich_text_section", "elements": [prefix, words]}
    own = MARKER + alert.alert_id + (f":r{revision}" if revision else "")
    return {"type": "rich_text", "block_id": own, "elements": [section]}


def _plain(kind: str, alert: Alert, words: str) -> Block:
    return {"type": "context", "block_id": kind + alert.alert_id, "elements": [plain(words)]}


def plain(words: str, most: int = LINE_CHARS) -> Block:
    """Words that Slack shows as they are."""
    return {"type": "plain_text", "emoji": False, "text": inert(words, most) or "-"}


def clocks(alert: Alert, posted: Millis | None) -> Block:
    """Source, the four clocks in the reader's time zone, and the visible reference."""
    source = alert.source or "unknown source"
    if is_web(alert.url):
        source += f" ({urlsplit(alert.url).hostname})"
    parts = [f"published {_date(alert.published, alert.seen)}", f"seen {_date(alert.seen, alert.seen)}"]
    parts.append(f"decided +{max(0, alert.decided - alert.seen) / 1_000:.1f} s")
    if posted is not None:
        parts.append(f"sent {_date(posted, alert.seen)}")
    told = {"type": "mrkdwn", "verbatim": True, "text": " · ".join(parts)}
    elements = [plain(source), told, plain(ref(alert))]
    if earlier := _first_elsewhere(alert):
        elements.insert(2, plain(earlier))
    return {"type": "context", "block_id": "t:" + alert.alert_id, "elements": elements}


def _first_elsewhere(alert: Alert) -> str:
    if not alert.first_lang or alert.first_lang == alert.lang:
        return ""
    published = min(alert.published or alert.seen, alert.seen)  # as its story's clock goes: event time
    return f"first in {alert.first_lang}, {max(0, published - alert.first_seen) / MINUTE:.0f} min earlier"


def _date(at: Millis | None, today: Millis) -> str:
    """Slack's date token: the reader's own clock, ours in UTC where it cannot be shown."""
    if at is None:
        return "?"
    form = "{time_secs}" if at // DAY == today // DAY else "{date_short} {time_secs}"
    return f"<!date^{at // 1_000}^{form}|{utc(at)}>"


def utc(at: Millis | None) -> str:
    """`11:59:00 UTC`."""
    return "?" if at is None else f"{(iso(at) or '')[11:19]} UTC"


def rich_date(at: Millis) -> Block:
    """A time of day inside rich text, in the reader's time zone."""
    return {"type": "date", "timestamp": at // 1_000, "format": "{time}", "fallback": utc(at)[:5] + " UTC"}


def actions(alert: Alert) -> list[Block]:
    """Mute (when there is a company to mute), not relevant, why. Values carry the alert's id and nothing else."""
    buttons: list[Block] = [
        _button("irrelevant", "Not relevant", alert.alert_id),
        _button("why", "Why?", alert.alert_id),
    ]
    if tickers := [t for c in alert.companies[:1] for t in (c.tickers[:1] or (c.name,))]:
        spans = (("1h", "for 1 hour"), ("today", "for today"), ("good", "for good"))
        options = [
            {"text": plain(f"Mute {tickers[0]} {words}", 75), "value": f"{span}:{alert.alert_id}"}
            for span, words in spans
        ]
        buttons.insert(0, {"type": "overflow", "action_id": "mute", "options": options})
    return [{"type": "actions", "block_id": "a:" + alert.alert_id, "elements": buttons}]


def _button(action: str, words: str, value: str) -> Block:
    return {"type": "button", "action_id": action, "text": plain(words, 75), "value": value}


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


def ref(alert: Alert) -> str:
    """The visible reference, and the last marker that is left when Slack keeps neither blocks nor metadata."""
    return f"ref {alert.alert_id[:REF_CHARS]}"


def companies_line(alert: Alert) -> str:
    """`Alibaba (BABA · 9988.HK), Nvidia (NVDA) | export controls 0.93: licence, H200`."""
    named = ", ".join(company_words(c) for c in alert.companies[:5]) or "no company"
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
    return ", ".join(f.text or f"{f.value} {f.unit}".strip() for f in facts[:6])


def clocks_line(alert: Alert, posted: Millis | None = None) -> str:
    """Source and the four clocks in words, for a console."""
    parts = [alert.source or "unknown source"]
    if is_web(alert.url):
        parts[0] += f" ({urlsplit(alert.url).hostname})"
    parts += [f"published {utc(alert.published)}", f"seen {utc(alert.seen)}"]
    parts.append(f"decided +{max(0, alert.decided - alert.seen) / 1_000:.1f} s")
    if posted is not None:
        parts.append(f"sent +{max(0, posted - alert.seen) / 1_000:.1f} s")
    parts += [p for p in (_first_elsewhere(alert), ref(alert)) if p]
    return " · ".join(parts)


def summary(alert: Alert, more: str = "") -> str:
    """One line for phones and screen readers, escaped for Slack."""
    tickers = " ".join(c.tickers[0] for c in alert.companies[:3] if c.tickers)
    source = f"({alert.source})" if alert.source else ""
    parts = (f"{tickers}:" if tickers else "", alert.title or "(no headline)", source, more)
    words = " ".join(p for p in parts if p)
    return f"{mark_of(alert)} {escaped(words, TEXT_CHARS)}"


def marks_of(found: dict[str, Any]) -> tuple[str, ...]:
    """The deliveries a message read back tells, its own first: by block_id and by metadata, whichever Slack kept."""
    ids = [str(b.get("block_id", "")) for b in found.get("blocks") or ()]
    marks = [i[2:].split(":", 1)[0] for i in ids if i.startswith((MARKER, DIGEST))]
    return tuple(dict.fromkeys([*marks, *_told(found)]))


def _told(found: dict[str, Any]) -> list[str]:
    """The ids in our own metadata; other apps write what they like into theirs."""
    metadata = found.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") not in {ALERT_EVENT, DIGEST_EVENT}:
        return []
    payload = metadata.get("event_payload")
    payload = payload if isinstance(payload, dict) else {}
    members = payload.get("members")
    told = [payload.get("alert_id"), *(members if isinstance(members, list) else ())]
    return [t for t in told if t and isinstance(t, str)]


def refs_of(found: dict[str, Any]) -> frozenset[str]:
    """The visible references of a message that we wrote: in elements of their own, or in a text without blocks."""
    held = found.get("blocks") or ()
    if not held:
        return frozenset(_REF.findall(str(found.get("text", ""))))
    words = [str(e.get("text", "")) for b in held if b.get("type") == "context" for e in b.get("elements", ())]
    return frozenset(r[1] for w in words if (r := _REF.fullmatch(w)))


def is_digest(found: dict[str, Any]) -> bool:
    """Whether it is one of our digests."""
    ids = [str(b.get("block_id", "")) for b in found.get("blocks") or ()]
    ours = (found.get("metadata") or {}).get("event_type") == DIGEST_EVENT
    return ours or any(i.startswith(DIGEST) for i in ids) or any(_DIGEST_REF.match(r) for r in refs_of(found))
