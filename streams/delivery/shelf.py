"""What the in-process book keeps: entries, their lines, and which kinds of channels may be spoken to."""

from __future__ import annotations

from dataclasses import dataclass, field

from streams.delivery.book import FINAL, Rules, Sign, State
from streams.records import Alert, Millis


@dataclass(slots=True, kw_only=True)
class Entry:
    """One delivery; `members` make it a digest."""

    alert: Alert
    klass: str  # u: urgent, d: digest, n: normal
    born: Millis
    due: Millis
    place: tuple[Millis, int] = (0, 0)  # in line: since when it may be told, and which of the book's entries it is
    state: State = State.PENDING
    fence: int = 0
    attempts: int = 0
    clean: int = 0
    step: int = 0
    lease: Millis = 0
    ts: str = ""
    anchor: str = "0"
    at: Millis = 0
    members: tuple[Alert, ...] = ()
    fold: str = ""
    after: str = ""  # the reply, or the part of a digest, before this one

    @property
    def since(self) -> Millis:
        """Since when it waits, or until when it is held."""
        return max(self.born, self.alert.hold)

    def is_open_for(self, other: Entry) -> bool:
        """Whether `other`, a reply, has to wait for it."""
        if self.alert.channel != other.alert.channel:
            return False
        if self.state is State.FOLDED:
            return not self.ts
        return self.state not in FINAL

    @property
    def line(self) -> str:
        """Which line it stands in: doubts of normal alerts are read before anything folds over them."""
        return "d" if self.klass == "n" and self.state is State.DOUBT else self.klass


@dataclass(slots=True)
class Breaker:
    """Troubles in a row shut a kind of channel for longer and longer; then one attempt is let through."""

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
    """Breaker, hold and pace of each kind of channel."""

    rules: Rules
    breakers: dict[str, Breaker] = field(default_factory=dict)
    holds: dict[str, str] = field(default_factory=dict)
    spent: dict[str, Millis] = field(default_factory=dict)
    read: dict[str, Millis] = field(default_factory=dict)
    last_limited: dict[str, tuple[str, Millis]] = field(default_factory=dict)

    def breaker(self, scheme: str) -> Breaker:
        """The breaker of a kind."""
        return self.breakers.setdefault(scheme, Breaker(self.rules))

    def is_shut(self, scheme: str, now: Millis) -> bool:
        """Whether nothing may be sent."""
        return scheme in self.holds or self.breaker(scheme).until > now

    def is_free(self, scheme: str, now: Millis, state: State) -> bool:
        """Whether the workspace's pace allows one more post, or for a doubt one more read."""
        if state is State.PENDING:
            return self.spent.get(scheme, 0) <= now + self.rules.team_burst * self.rules.team_pace
        return self.read.get(scheme, 0) <= now + self.rules.read_burst * self.rules.read_pace

    def spend(self, scheme: str, now: Millis, state: State) -> None:
        """One post, or one read."""
        if state is State.PENDING:
            self.spent[scheme] = max(now, self.spent.get(scheme, 0)) + self.rules.team_pace
        else:
            self.read[scheme] = max(now, self.read.get(scheme, 0)) + self.rules.read_pace

    def told(self, channel: str, sign: Sign, state: State, now: Millis, pause: Millis) -> None:
        """What an attempt showed. Two channels limited within ten seconds: the workspace is too fast."""
        scheme = channel.split(":", 1)[0]
        if sign is Sign.TROUBLE:
            self.breaker(scheme).trouble(now)
        elif sign is Sign.ANSWERED:
            self.breaker(scheme).heard(state)
        elif sign is Sign.LIMITED:
            last, at = self.last_limited.get(scheme, (channel, 0))
            self.last_limited[scheme] = (channel, now)
            if last != channel and now - at < 10_000:  # noqa: PLR2004 - as the docstring says
                self.spent[scheme] = now + pause + self.rules.team_burst * self.rules.team_pace
