"""Slack's rate limits: a bucket per channel and per token for posts, a minute's window per method for the rest.

Once a limit is hit, its gauge stays shut for the time that was announced: a call that does not wait is refused
again and marked early, so impatience shows in the journal.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Hashable, Sequence

from tests.slack_server.basics import Clock, RefusedError
from tests.slack_server.settings import Settings

MINUTE = 60.0
_HAIR = 1e-6  # what sums of floats may be off by; nobody is refused for so little
UNDISTRIBUTED_PAGE = 15  # objects per page, and one call a minute, for apps outside the Marketplace since 2025
READS = {"conversations.history", "conversations.replies"}
PER_MINUTE = {
    "conversations.list": 20,
    "chat.update": 50,
    "chat.delete": 50,
    "conversations.history": 50,
    "conversations.replies": 50,
    "conversations.info": 50,
    "reactions.add": 50,
    "apps.connections.open": 50,
    "chat.postEphemeral": 100,
    "views.open": 100,
    "auth.test": 600,
    "api.test": 600,
    "blocks.validate": 600,
    "chat.getPermalink": 600,
}


class Bucket:
    """Holds up to `burst` calls, refilled at `rate` a second."""

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self.rate = rate
        self.burst = burst
        self.shut_until = -math.inf
        self._level = burst
        self._read = now

    def wait(self, now: float) -> float:
        """Seconds until a call may pass; 0 when it may pass now."""
        self._level = min(self.burst, self._level + (now - self._read) * self.rate)
        self._read = now
        return max(0.0, 1 - self._level - _HAIR) / self.rate

    def take(self, _now: float) -> None:
        """Counts a call that passed."""
        self._level -= 1


class Window:
    """Lets `most` calls through in any minute."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.shut_until = -math.inf
        self._passed: deque[float] = deque()

    def wait(self, now: float) -> float:
        """Seconds until a call may pass; 0 when it may pass now."""
        while self._passed and self._passed[0] <= now - MINUTE + _HAIR:
            self._passed.popleft()
        return 0.0 if len(self._passed) < self.most else self._passed[0] + MINUTE - now

    def take(self, now: float) -> None:
        """Counts a call that passed."""
        self._passed.append(now)


class Pace:
    """Decides which calls come too fast."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._start = clock()
        self._buckets: dict[Hashable, Bucket] = {}
        self._windows: dict[Hashable, Window] = {}

    def admit(self, method: str, token: str, channel: object = None) -> None:
        """Counts the call, or raises a 429 with whole seconds in `Retry-After`; a refused call counts nowhere."""
        now = self._now()
        gauges = self._gauges(method, token, channel, now)
        for gauge in gauges:
            if gauge.shut_until > now + _HAIR:
                raise _limited(gauge.shut_until - now, early=True)
        for gauge in gauges:
            if (wait := gauge.wait(now)) > 0:
                seconds = _whole(wait)
                gauge.shut_until = now + seconds
                raise _limited(seconds, early=False)
        for gauge in gauges:
            gauge.take(now)

    def hold(self, method: str, token: str, channel: object, seconds: float) -> None:
        """Shuts the narrowest gauge of this call, so that an injected 429 is meant."""
        now = self._now()
        gauges = self._gauges(method, token, channel, now)
        if gauges:
            gauges[0].shut_until = now + seconds

    def reset(self) -> None:
        """Forgets every call."""
        self._buckets.clear()
        self._windows.clear()

    def _now(self) -> float:
        return (self._clock() - self._start) / self._settings.timescale

    def _gauges(self, method: str, token: str, channel: object, now: float) -> Sequence[Bucket | Window]:
        rate, burst = self._settings.rate, self._settings.burst
        team = self._settings.ws_rate
        if method == "chat.postMessage":
            narrow = self._bucket(("channel", token, str(channel)), rate, burst, now)
            return narrow + self._bucket(("team", token), team, 2 * team, now)
        if method == "webhook":
            return self._bucket((method, token), rate, burst, now)
        most = self._per_minute(method)
        if most is None:
            return []
        window = self._windows.setdefault((method, token), Window(most))
        window.most = most
        return [window]

    def _bucket(self, key: Hashable, rate: float, burst: float, now: float) -> list[Bucket | Window]:
        if rate <= 0:
            return []
        bucket = self._buckets.setdefault(key, Bucket(rate, burst, now))
        bucket.rate, bucket.burst = rate, burst
        return [bucket]

    def _per_minute(self, method: str) -> int | None:
        if self._settings.non_marketplace and method in READS:
            return 1
        return PER_MINUTE.get(method)


def _whole(seconds: float) -> int:
    return max(1, math.ceil(seconds - _HAIR))


def _limited(wait: float, *, early: bool) -> RefusedError:
    return RefusedError("ratelimited", status=429, headers={"Retry-After": str(_whole(wait))}, early=early)
