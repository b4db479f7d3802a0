"""The desk as it stood at any time: the watch file, and every change that people made in a channel since.

A pure fold. Changes come from the feedback topic in any order and any number of times, a worker's own before others'
that were earlier; they are folded in the order of their times, so that every reader has the same desk.
"""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from streams.desk.feedback import GRACE, Act, Feedback
from streams.records import Millis
from streams.watches.file import BadWatches, without
from streams.watches.watch import Desk, Watch

log = logging.getLogger(__name__)

_KEPT: Final = 64  # desks of different times that are kept ready


@dataclass(slots=True)
class _Span:
    """From `begin` up to `end`, which is left out."""

    begin: Millis
    end: Millis
    watch: Watch | None = None  # None: a mute, or a watch of which nothing is left
    until: Millis = 0  # of a mute: its end as it was told, though it may have ended sooner
    fault: str = ""  # why a watch is not what was asked for

    def covers(self, at: Millis) -> bool:
        return self.begin <= at < self.end


def _order(feedback: Feedback) -> tuple[Millis, str]:
    return feedback.at, feedback.id


Check = Callable[[Mapping[str, Any]], Watch]
"""A watch table to a watch, as the watch file is read. Raises `BadWatches`."""
_NEVER: Final[Millis] = 1 << 62


@dataclass(slots=True)
class ChangingDesk:
    """See `watches.Desks`."""

    base: Desk
    check: Check
    _spans: dict[tuple[str, str], list[_Span]] = field(default_factory=dict)  # by channel, and company or watch
    _known: dict[str, Feedback] = field(default_factory=dict)
    _edges: list[Millis] = field(default_factory=list)
    _desks: dict[int, Desk] = field(default_factory=dict)

    def add(self, feedbacks: Iterable[Feedback]) -> int:
        """Fold these in; what is known already changes nothing. Returns how many changes were new."""
        fresh = {f.id: f for f in feedbacks if f.changes and f.id not in self._known}
        if fresh:
            latest = max(map(_order, self._known.values()), default=(0, ""))
            self._known |= fresh
            behind = min(map(_order, fresh.values())) < latest  # two people at once: whoever clicked first goes first
            if behind:
                self._spans.clear()
            for feedback in sorted((self._known if behind else fresh).values(), key=_order):
                self._fold(feedback)
            edges = {e for spans in self._spans.values() for s in spans for e in (s.begin, s.end)}
            self._edges = sorted(edges)
            self._desks.clear()
        return len(fresh)

    def changed(self, like: Feedback) -> Millis:
        """The latest time of a change of what this one is about; 0 when it was never changed."""
        return max(
            (f.at for f in self._known.values() if f.channel == like.channel and set(f.about) & set(like.about)),
            default=0,
        )

    def over(self, base: Desk, check: Check) -> ChangingDesk:
        """The same changes on another watch file; this one stays as it is."""
        other = ChangingDesk(base, check)
        other.add(self._known.values())
        return other

    def _fold(self, feedback: Feedback) -> None:
        at = feedback.at + GRACE
        match feedback.act:
            case Act.MUTE | Act.UNMUTE:
                for mute in feedback.about:
                    spans = self._ended(feedback.channel, mute, at)
                    if feedback.act is Act.MUTE and feedback.until > at:
                        spans.append(_Span(at, feedback.until, until=feedback.until))
            case Act.WATCH:
                watch, fault = self._checked(feedback)
                name = watch.name if watch else feedback.watch
                if name not in self.base.by_name:
                    spans = self._ended(feedback.channel, f"watch {name}", at)
                    spans.append(_Span(at, _NEVER, watch, fault=fault))
            case Act.UNWATCH:
                self._ended(feedback.channel, f"watch {feedback.watch}", at)

    def _ended(self, channel: str, what: str, at: Millis) -> list[_Span]:
        spans = self._spans.setdefault((channel, what), [])
        if spans:  # changes are folded in the order of their times: those before the last have ended
            last = spans[-1]
            last.end = min(last.end, max(at, last.begin))
        return spans

    def _checked(self, feedback: Feedback) -> tuple[Watch | None, str]:
        """The watch, and what it lacks since the directory or the model has changed; None when nothing is left."""
        try:
            return self.check(feedback.table), ""
        except BadWatches as bad:
            watch, fault = self._rest(feedback.table, bad)
        log.error("the watch %s, made in %s, is not whole: %s", feedback.watch, feedback.channel, fault)
        return watch, fault

    def _rest(self, table: Mapping[str, Any], bad: BadWatches) -> tuple[Watch | None, str]:
        """What a watch still asks for without what nobody knows."""
        forgotten = ", ".join(repr(word) for words in bad.unknown.values() for word in words)
        left = without(table, bad.unknown)
        if left is None:
            return None, f"nobody knows {forgotten} any more, so it watches nothing" if forgotten else str(bad)
        try:
            return self.check(left), f"nobody knows {forgotten} any more"
        except BadWatches as other:
            return None, str(other)

    def at(self, when: Millis) -> Desk:
        """See `watches.Desks.at`."""
        if not self._edges:
            return self.base
        segment = bisect_right(self._edges, when)
        desk = self._desks.get(segment)
        if desk is None:
            if len(self._desks) >= _KEPT:
                self._desks.clear()
            desk = self._desks[segment] = self._desk_at(when)
        return desk

    def _desk_at(self, when: Millis) -> Desk:
        made: list[tuple[Millis, str, Watch]] = []
        mutes: dict[tuple[str, str], Millis] = {}
        faults: dict[tuple[str, str], str] = {}
        for (channel, what), spans in self._spans.items():
            kind, _, name = what.partition(" ")
            for span in (span for span in spans if span.covers(when)):
                if kind == "mute":
                    mutes[channel, name] = span.until
                if span.watch is not None:
                    made.append((span.begin, name, span.watch))
                if span.fault:
                    faults[channel, name] = span.fault
        made.sort(key=lambda m: m[:2])
        watches = (*self.base.watches, *(watch for _, _, watch in made))
        return Desk(watches, mutes=mutes, faults=faults, ended=self._over(when))

    def _over(self, when: Millis) -> frozenset[str]:
        """Watches that were made in a channel and have ended; not one that was made anew, or stands in the file."""
        made = [(what, spans) for (_, what), spans in self._spans.items() if what.startswith("watch ")]
        over = {what for what, spans in made if any(span.end <= when for span in spans)}
        stand = {what for what, spans in made if any(span.covers(when) for span in spans)}
        return frozenset(what.removeprefix("watch ") for what in over - stand) - set(self.base.names)

    @property
    def version(self) -> str:
        """See `watches.Desks.version`."""
        return self.base.version

    @property
    def names(self) -> tuple[str, ...]:
        """See `watches.Desks.names`."""
        made = dict.fromkeys(s.watch.name for spans in self._spans.values() for s in spans if s.watch)
        return (*self.base.names, *made)
