"""An alert as a Slack message: pure. Text from outside stands only where Slack does not parse it.

Headline and outlet go into `rich_text` and `plain_text` elements; mrkdwn holds our own words. The top-level
`text`, which Slack parses and phones show, is escaped. Clocks are Slack's own dates, shown in the reader's time zone.
"""

from __future__ import annotations

from typing import Any

from streams.basics.times import only_day
from streams.channels.marks import ALERT_EVENT, MARKER, ref
from streams.channels.words import (
    after,
    changed,
    companies_line,
    first_elsewhere,
    headline_words,
    inert,
    is_web,
    mark_of,
    other_day,
    source_words,
    summary,
    utc,
)
from streams.desk.click import mutable
from streams.records import Alert, Millis, Status

HEADLINE_CHARS = 250
LINE_CHARS = 250

Block = dict[str, Any]


def message(alert: Alert, step: int = 0, posted: Millis | None = None, *, buttons: bool = False) -> dict[str, Any]:
    """The arguments of `chat.postMessage` but for channel and thread.

    `step` drops decoration: 0 everything, 1 no metadata, 2 headline and marker only, 3 text only.
    """
    arguments: dict[str, Any] = {"text": summary(alert, _more(alert)), "unfurl_links": False, "unfurl_media": False}
    if step < 1:
        told = {"alert_id": alert.alert_id, "story_id": alert.story_id}
        arguments["metadata"] = {"event_type": ALERT_EVENT, "event_payload": told}
    if step < 2:  # noqa: PLR2004 - the ladder is described above
        arguments["blocks"] = blocks(alert, posted) + (actions(alert) if buttons else [])
    elif step < 3:  # noqa: PLR2004
        arguments["blocks"] = [headline(alert)]
    else:
        arguments["text"] += f" · {ref(alert.alert_id)}"
    return arguments


def _more(alert: Alert) -> str:
    return f"· {news}" if (news := changed(alert)) else ""


def blocks(alert: Alert, posted: Millis | None = None) -> list[Block]:
    """Headline as the link, companies, categories with what carried them, the watch, the clocks."""
    lines = [headline(alert), _plain("c:", alert, companies_line(alert))]
    if news := changed(alert):
        lines.append(_plain("f:", alert, news))
    lines.append(_plain("w:", alert, f"{alert.why} · novelty {alert.novelty}"))
    lines.append(clocks(alert, posted))
    return lines


def headline(alert: Alert, mark: str = "", revision: int = 0, *, strike: bool = False) -> Block:
    """The headline as the link, and the marker; struck out when it no longer holds."""
    title = headline_words(alert, HEADLINE_CHARS)
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
    day = alert.decided if posted is None else posted
    published = only_day(alert.published) or slack_date(alert.published, day)
    parts = [f"published {published}", f"seen {slack_date(alert.seen, day)}"]
    parts.append(f"decided {after(alert.seen, alert.decided)}")
    if posted is not None:
        parts.append(f"sent {slack_date(posted, day)}")
    elements = [plain(source_words(alert)), parsed(" · ".join(parts)), plain(ref(alert.alert_id))]
    if earlier := first_elsewhere(alert):
        elements.insert(2, plain(earlier))
    return {"type": "context", "block_id": "t:" + alert.alert_id, "elements": elements}


def parsed(words: str) -> Block:
    """Our own words, in which Slack looks for dates: nothing from outside may stand in them."""
    return {"type": "mrkdwn", "verbatim": True, "text": words}


def slack_date(at: Millis | None, posted: Millis, *, seconds: bool = True) -> str:
    """Slack's date token: the reader's own clock, ours in UTC where it cannot be shown; and the day of another."""
    if at is None:
        return "?"
    form = _day(at, posted) + ("{time_secs}" if seconds else "{time}")
    return f"<!date^{at // 1_000}^{form}|{utc(at, posted, to=19 if seconds else 16)}>"


def rich_date(at: Millis, posted: Millis) -> Block:
    """The same inside rich text, without seconds; the day alone of what told no hour."""
    if day := only_day(at):
        return {"type": "text", "text": day}
    form = _day(at, posted) + "{time}"
    return {"type": "date", "timestamp": at // 1_000, "format": form, "fallback": utc(at, posted, to=16)}


def _day(at: Millis, posted: Millis) -> str:
    return "{date_short_pretty} " if other_day(at, posted) else ""


def actions(alert: Alert) -> list[Block]:
    """Mute (when there is a company to mute), not relevant, why. Values carry the alert's id and nothing else."""
    buttons: list[Block] = [
        _button("irrelevant", "Not relevant", alert.alert_id),
        _button("why", "Why?", alert.alert_id),
    ]
    if company := mutable(alert):
        called = next(iter(company.tickers), company.name)
        spans = (("1h", "for 1 hour"), ("today", "for today"), ("good", "for good"))
        options = [
            {"text": plain(f"Mute {called} {words}", 75), "value": f"{span}:{alert.alert_id}"} for span, words in spans
        ]
        buttons.insert(0, {"type": "overflow", "action_id": "mute", "options": options})
    return [{"type": "actions", "block_id": "a:" + alert.alert_id, "elements": buttons}]


def _button(action: str, words: str, value: str) -> Block:
    return {"type": "button", "action_id": action, "text": plain(words, 75), "value": value}
