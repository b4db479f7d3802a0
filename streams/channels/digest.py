"""A digest as a Slack message: pure. Many alerts, a line each, every line with its alert's marker."""

from __future__ import annotations

from typing import Any

from streams.basics.times import MINUTE
from streams.channels.living import takes_back
from streams.channels.marks import DIGEST, DIGEST_EVENT, MARKER, ref
from streams.channels.render import Block, parsed, plain, rich_date, slack_date
from streams.channels.words import escaped, headline_words, inert, is_web, mark_of, told_at, utc
from streams.delivery.book import Delivery
from streams.records import Alert, Kind, Millis

_LINE_CHARS = 110
_LINK_CHARS = 220
_WHY = {
    "crowd": "told together because there were too many to tell one by one",
    "late": "held back while they could not be delivered",
    "quiet": "held back during quiet hours",
}


def digest(delivery: Delivery, posted: Millis) -> dict[str, Any]:
    """The arguments of `chat.postMessage` but for channel and thread; the ladder of `render.message`."""
    told = {"alert_id": delivery.id, "members": [m.alert_id for m in delivery.members]}
    arguments: dict[str, Any] = {"text": title(delivery, posted), "unfurl_links": False, "unfurl_media": False}
    if delivery.step < 1:
        arguments["metadata"] = {"event_type": DIGEST_EVENT, "event_payload": told}
    if delivery.step < 3:  # noqa: PLR2004 - the ladder's last step
        links = delivery.step < 2  # noqa: PLR2004
        arguments["blocks"] = [
            _head(delivery, posted),
            *(_line(delivery, m, posted, link=links) for m in delivery.members),
        ]
    else:
        lines = "\n".join(_words(m) for m in delivery.members)
        arguments["text"] += "\n" + lines + f"\n{ref(delivery.id)}"
    return arguments


def title(delivery: Delivery, posted: Millis) -> str:
    """`47 alerts, 13:02 to 14:05 UTC, held back while they could not be delivered`: our own words alone."""
    first, last = (utc(at, posted, to=16) for at in _span(delivery))
    return _title(delivery, last if first == last else f"{first.removesuffix(' UTC')} to {last}")


def _span(delivery: Delivery) -> tuple[Millis, Millis]:
    """The minutes in which the first and the last of them were decided."""
    decided = [m.decided // MINUTE * MINUTE for m in delivery.members]
    return min(decided), max(decided)


def _title(delivery: Delivery, span: str) -> str:
    more = "" if delivery.alert.kind is Kind.NEW else "continued: "
    return f"🗞 {more}{len(delivery.members)} alerts, {span}, {_WHY.get(delivery.fold, _WHY['crowd'])}"


def _head(delivery: Delivery, posted: Millis) -> Block:
    """The title by the reader's own clock, as the lines below it are."""
    dates = dict.fromkeys(slack_date(at, posted, seconds=False) for at in _span(delivery))
    told = _title(delivery, " to ".join(dates))
    elements = [parsed(told), parsed(f"sent {slack_date(posted, posted)}"), plain(ref(delivery.id))]
    return {"type": "context", "block_id": DIGEST + delivery.id, "elements": elements}


def _line(delivery: Delivery, alert: Alert, posted: Millis, *, link: bool) -> Block:
    tickers = " ".join(c.tickers[0] for c in alert.companies[:2] if c.tickers)
    words: Block = {"type": "text", "text": headline_words(alert, _LINE_CHARS)}
    if link and is_web(alert.url) and len(alert.url) <= _LINK_CHARS:
        words = {"type": "link", "url": alert.url, "text": words["text"]}
    story = [m for m in delivery.members if m.root_id == alert.root_id]
    if any(takes_back(m, alert, story) for m in story):
        words["style"] = {"strike": True}
    lead: Block = {"type": "text", "text": inert(f"{mark_of(alert)} {tickers}", 40) + "  ", "style": {"bold": True}}
    tail: Block = {"type": "text", "text": "  " + inert(alert.source, 40) + " "}
    elements = [lead, words, tail, rich_date(told_at(alert), posted)]
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": MARKER + alert.alert_id, "elements": [section]}


def _words(alert: Alert) -> str:
    tickers = " ".join(c.tickers[0] for c in alert.companies[:2] if c.tickers)
    source = f"({inert(alert.source, 30)})" if alert.source else ""
    told = escaped(f"{tickers} {headline_words(alert, _LINE_CHARS)} {source}", 140)
    return f"{mark_of(alert)} {told} · {ref(alert.alert_id)}"
