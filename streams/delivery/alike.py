"""What both delivery books work out alike, whatever they keep it in. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from streams.basics.times import HOUR, believable, from_ts, to_ts
from streams.delivery.book import State
from streams.records import Alert, Kind, Millis, Proof, Receipt
from streams.watches.quiet import Quiet, parse_quiet


def queue_class(alert: Alert) -> str:
    """`u` for what must not wait in a crowd: urgent watches and corrections; `n` for the rest."""
    return "u" if alert.urgent or alert.kind is Kind.CORRECTION else "n"


def opening(alert: Alert, at: Millis) -> Millis:
    """When the quiet hours of its watch end that are on at this time; 0 outside them, and where it has none."""
    quiet = _quiet(alert.quiet) if alert.quiet else None
    return quiet.opening(believable(at)) if quiet else 0


@lru_cache(maxsize=256)
def _quiet(text: str) -> Quiet | None:
    span, _, zone = text.partition(" ")
    try:
        return parse_quiet(span, zone)
    except ValueError:  # of no version that we know: rather told than held
        return None


def entering(alert: Alert) -> Alert:
    """As it enters: what was decided in quiet hours is held until they end, however early its article was seen."""
    return placed(alert, alert.channel, max(alert.hold, opening(alert, alert.decided)))


def placed(alert: Alert, channel: str, hold: Millis) -> Alert:
    """As it is to be told by now: here, and not before then."""
    same = (alert.channel, alert.hold) == (channel, hold)
    return alert if same else replace(alert, channel=channel, hold=hold)


def digest_alert(members: Sequence[Alert], own: str, root: str) -> Alert:
    """What a digest is as an alert: its first member's, under the digest's own id."""
    return replace(members[0], alert_id=own, root_id=root, kind=Kind.NEW if own == root else Kind.UPDATE)


def anchor_before(at: Millis) -> str:
    """Where reads for what was said at this time or later begin: an hour earlier, as a Slack ts."""
    return to_ts(max(0, at - HOUR))


def receipt_of(alert: Alert, state: State, proved: Millis, ts: str, why: str = "") -> Receipt:
    """What the ledger is told of a final alert, of which the book learned at `proved`.

    A channel's `ts` is its time: what was found after a doubt had been there for a while.
    """
    at = min(proved, max(alert.decided, from_ts(ts))) if ts else proved
    return Receipt(
        alert_id=alert.alert_id, article_id=alert.article_id, root_id=alert.root_id, channel=alert.channel,
        proof=Proof(state.value), at=at, ts=ts, hold=alert.hold,
        why=why if state in (State.DEAD, State.UNWANTED) else "",
    )  # fmt: skip
