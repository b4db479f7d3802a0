"""The fourth clock: what became of alerts, by their receipts, and in words. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from streams.basics.times import DAY, iso, short_words
from streams.names import kind_of
from streams.records import SPOKE, Decision, Millis, Proof, Receipt

WAITING: Final = "waiting"
UNKNOWN: Final = "unknown"
"""No receipt, and decided before the ledger's first: it waits, or was told when no receipts were written yet."""
FATES: Final = (Proof.SENT.value, Proof.FOLDED.value, WAITING, Proof.UNWANTED.value, Proof.DEAD.value, UNKNOWN)
"""What can become of an alert."""
TOLD: Final = frozenset({Proof.SENT, Proof.FOLDED})
"""Proofs that its channel had it."""
_NAMES: Final = {"slack": "Slack", "console": "the console"}


@dataclass(slots=True)
class Receipts:
    """Of each alert the first proof. That a message stands outweighs that none ever will: a late answer proves it."""

    by_alert: dict[str, Receipt] = field(default_factory=dict)
    since: Millis | None = None  # the first of all

    def enter(self, receipt: Receipt) -> None:
        """One more, in any order."""
        self.note(receipt)
        known = self.by_alert.get(receipt.alert_id)
        if known is None or (receipt.proof in TOLD and known.proof not in TOLD):
            self.by_alert[receipt.alert_id] = receipt

    def note(self, receipt: Receipt) -> None:
        """That there is one, of an alert that nobody asks for."""
        self.since = receipt.at if self.since is None else min(self.since, receipt.at)

    def of(self, decision: Decision) -> Receipt | None:
        """The receipt of what it put into a channel, if any; an echo is an edit and has none."""
        return self.by_alert.get(decision.alert_id) if decision.reason in SPOKE else None

    def sent(self, decision: Decision) -> Millis | None:
        """When the channel had it; None while it has not."""
        receipt = self.of(decision)
        return receipt.at if receipt is not None and receipt.proof in TOLD else None

    def fate(self, decision: Decision) -> str:
        """One of `FATES`; "" for a decision that put nothing into a channel."""
        if decision.reason not in SPOKE:
            return ""
        if receipt := self.of(decision):
            return receipt.proof.value
        return UNKNOWN if self.since is not None and decision.decided < self.since else WAITING

    def words(self, decision: Decision) -> str:
        """The fate for a reader, "" where there is none."""
        receipt = self.of(decision)
        if receipt is not None:
            return _proved(receipt, decision.seen)
        return {
            WAITING: "waits: no channel has it yet",
            UNKNOWN: "no receipt: it waits, or was told before receipts were written",
        }.get(self.fate(decision), "")

    def sums(self, decisions: Iterable[Decision]) -> Counter[str]:
        """Alerts by fate; one that a repeated article asked for again counts once."""
        return Counter(self.fate(d) for d in _firsts(decisions))

    def missing(self, decisions: Iterable[Decision]) -> int:
        """Alerts that no receipt tells of: before the first one, what waits cannot be told from what is old."""
        sums = self.sums(decisions)
        return sums[WAITING] + sums[UNKNOWN]

    def delays(self, decisions: Iterable[Decision]) -> list[Millis]:
        """From seen (or the end of quiet hours) until the channel had it, of each alert that was told."""
        told = ((d, r) for d in _firsts(decisions) if (r := self.of(d)) and r.proof in TOLD)
        return [late(r, d.seen) for d, r in told]


def late(receipt: Receipt, seen: Millis) -> Millis:
    """How long it took; what quiet hours held counts from their end. Never negative: clocks differ."""
    return max(0, receipt.at - max(seen, receipt.hold))


def _firsts(decisions: Iterable[Decision]) -> Iterable[Decision]:
    first: dict[str, Decision] = {}
    for decision in decisions:
        if decision.reason in SPOKE:
            known = first.setdefault(decision.alert_id, decision)
            if decision.seen < known.seen:
                first[decision.alert_id] = decision
    return first.values()


def _proved(receipt: Receipt, seen: Millis) -> str:
    text = iso(receipt.at) or ""
    at = text[11:-1] if receipt.at // DAY == seen // DAY else text
    if receipt.proof not in TOLD:
        return f"{receipt.proof.value} {at}: {receipt.why}"
    who = _NAMES.get(kind_of(receipt.channel), receipt.channel)
    digest = " in a digest" if receipt.proof is Proof.FOLDED else ""
    since = "its quiet hours ended" if receipt.hold else "it was seen"
    return f"{who} had it{digest} {at}, {short_words(late(receipt, seen), digits=1)} after {since}"
