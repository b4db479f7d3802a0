"""What the in-process book keeps: entries, their lines, and which services may be spoken to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from streams.delivery.alike import placed, receipt_of
from streams.delivery.book import FINAL, Sign, State
from streams.delivery.rules import Rules
from streams.delivery.waiting import Waiting
from streams.names import kind_of, service_of
from streams.records import Alert, Kind, Millis, Receipt


@dataclass(slots=True, kw_only=True)
class Entry:
    """One delivery; `members` make it a digest."""

    alert: Alert
    klass: str  # u: urgent, d: digest, n: normal
    born: Millis
    due: Millis
    turn: tuple[Millis, int] = (0, 0)  # in line: since when it may be told, and which of the book's entries it is
    state: State = State.PENDING
    fence: int = 0
    attempts: int = 0
    clean: int = 0
    step: int = 0
    lease: Millis = 0
    ts: str = ""
    anchor: str = "0"
    members: tuple[Alert, ...] = ()
    fold: str = ""
    after: str = ""  # the reply, or the part of a digest, before this one
    said: str = ""  # ts of the message that tells it: its own or a digest's
    why: str = ""  # it is dead or unwanted
    proved: Millis = 0
    unreported: Millis | None = None  # the ledger is to be told of its end from then on

    @property
    def since(self) -> Millis:
        """Since when it waits, or until when it is held."""
        return max(self.born, self.alert.hold)

    def prove(self, ts: str, now: Millis, why: str = "") -> None:
        """It ended for certain: the ledger is to be told. Of a digest its members are told of, each for itself."""
        if not self.members:
            self.said, self.why, self.proved, self.unreported = ts, why, now, now

    def receipt(self) -> Receipt:
        """What there is to tell."""
        return receipt_of(self.alert, self.state, self.proved, self.said, self.why)

    def is_open_for(self, other: Entry) -> bool:
        """Whether `other`, a reply, has to wait for it."""
        if self.alert.channel != other.alert.channel:
            return False
        if self.state is State.FOLDED:
            return not self.ts
        return self.state not in FINAL

    @property
    def may_move(self) -> bool:
        """Whether it can be told elsewhere: what was ever in doubt stays where it was tried, to be looked for."""
        return self.state is State.PENDING and not self.clean and self.alert.kind is not Kind.ECHO

    def stand(self, channel: str, hold: Millis) -> None:
        """It is to be told here, and not before then; its place in the order of telling is the one it has."""
        self.alert = placed(self.alert, channel, hold)
        self.due = self.since

    @property
    def line(self) -> str:
        """Which line it stands in: doubts of normal alerts are read before anything folds over them."""
        return "d" if self.klass == "n" and self.state is State.DOUBT else self.klass


def waits(entries: Mapping[str, Entry]) -> list[Entry]:
    """What is not told yet. An echo waits for nothing of its own."""
    return [e for e in entries.values() if e.state not in FINAL and e.alert.kind is not Kind.ECHO]


def since_in(entries: Mapping[str, Entry], entry: Entry) -> Millis:
    """Since when it waits: a digest as long as the first that it tells of."""
    return entries[entry.members[0].alert_id].since if entry.members else entry.since


def began_in(entries: Mapping[str, Entry], entry: Entry) -> Millis:
    """Since its turn came first: what is put off each night is no younger for it."""
    return (entries[entry.members[0].alert_id] if entry.members else entry).turn[0]


def waiting_in(entries: Mapping[str, Entry], now: Millis) -> Waiting:
    """See `DeliveryBook.waiting`."""
    oldest: dict[str, Millis] = {}
    still = waits(entries)
    for entry in still:
        since = since_in(entries, entry)
        if since <= now:
            oldest[entry.alert.channel] = max(oldest.get(entry.alert.channel, 0), now - since)
    proved = [e.proved for e in entries.values() if e.unreported is not None]
    return Waiting(sum(e.since > now for e in still), oldest, len(proved), now - min(proved, default=now))


@dataclass(slots=True)
class Breaker:
    """Troubles in a row shut a service for longer and longer; then one attempt is let through."""

    rules: Rules
    fails: int = 0
    until: Millis = 0
    wait: Millis = 0

    def trouble(self, now: Millis) -> None:
        """One more."""
        self.fails += 1
        if self.fails >= self.rules.breaker_after:
            wait = self.wait or self.rules.breaker_wait
            self.until = now + wait
            self.wait = min(wait * 2, self.rules.breaker_most)

    def heard(self, state: State) -> None:
        """A read that succeeds lets the next attempt through; only a post's answer clears the record."""
        self.until = 0
        if state is not State.READING:
            self.fails = self.wait = 0

    def half_open(self, until: Millis) -> None:
        """Let nothing else through while one attempt is under way."""
        if self.fails >= self.rules.breaker_after:
            self.until = until


@dataclass(slots=True)
class Gate:
    """Holds of each kind of channel; breaker and pace of each service."""

    rules: Rules
    breakers: dict[str, Breaker] = field(default_factory=dict)
    holds: dict[str, str] = field(default_factory=dict)
    spent: dict[str, Millis] = field(default_factory=dict)
    read: dict[str, Millis] = field(default_factory=dict)
    last_limited: dict[str, tuple[str, Millis]] = field(default_factory=dict)

    def breaker(self, channel: str) -> Breaker:
        """The breaker of its service."""
        return self.breakers.setdefault(service_of(channel), Breaker(self.rules))

    def is_shut(self, channel: str, now: Millis) -> bool:
        """Whether nothing may be sent."""
        return kind_of(channel) in self.holds or self.breaker(channel).until > now

    def is_free(self, channel: str, now: Millis, state: State) -> bool:
        """Whether the workspace's pace allows one more post, or for a doubt one more read."""
        service = service_of(channel)
        if state is State.PENDING:
            return self.spent.get(service, 0) <= now + self.rules.team_burst * self.rules.team_pace
        return self.read.get(service, 0) <= now + self.rules.read_burst * self.rules.read_pace

    def spend(self, channel: str, now: Millis, state: State) -> None:
        """One post, or one read."""
        service = service_of(channel)
        if state is State.PENDING:
            self.spent[service] = max(now, self.spent.get(service, 0)) + self.rules.team_pace
        else:
            self.read[service] = max(now, self.read.get(service, 0)) + self.rules.read_pace

    def give_back(self, channel: str) -> None:
        """Nothing was tried: the next attempt is let through, and is no sooner than the pace allows."""
        service = service_of(channel)
        self.breaker(channel).until = 0
        self.spent[service] = self.spent.get(service, 0) - self.rules.team_pace

    def learn(self, channel: str, sign: Sign, state: State, now: Millis, pause: Millis) -> None:
        """What an attempt showed. Two channels limited within ten seconds: the workspace is too fast."""
        service = service_of(channel)
        if sign is Sign.TROUBLE:
            self.breaker(channel).trouble(now)
        elif sign is Sign.ANSWERED:
            self.breaker(channel).heard(state)
        elif sign is Sign.LIMITED:
            last, at = self.last_limited.get(service, (channel, 0))
            self.last_limited[service] = (channel, now)
            if last != channel and now - at < 10_000:  # noqa: PLR2004 - as the docstring says
                until = now + pause + self.rules.team_burst * self.rules.team_pace
                self.spent[service] = max(self.spent.get(service, 0), until)
