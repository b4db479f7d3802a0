"""What the ledger and the outbox know of one story: its articles, and which watch was told what of it, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import orjson

from streams.basics.times import MINUTE, iso
from streams.kafka.cluster import Where
from streams.kafka.reader import Ranges, TopicReader
from streams.ledger.why import asked_for
from streams.names import Names
from streams.records import Alert, Decision, Kind, Millis, Reason
from streams.wire import decode_alert, decode_decision

_STORY: Final = "s-"  # how the id of a story begins
_CLOSED: Final = frozenset({Reason.MERGED, Reason.WITHDRAWN})  # ruled on, and nothing was posted
_NOT_ASKED: Final = frozenset({Reason.NO_COMPANY, Reason.BELOW_THRESHOLD})


@dataclass(slots=True)
class Member:
    """One article of the story as it was at that time, with its decisions by watch: an update of it is another."""

    article: str
    title: str
    source: str
    lang: str
    seen: Millis
    published: Millis | None
    order: int
    decisions: dict[str, Decision] = field(default_factory=dict)


@dataclass(slots=True)
class Storybook:
    """A story as it went."""

    id: str
    members: dict[tuple[str, int], Member] = field(default_factory=dict)  # by id and running number
    alerts: dict[str, Alert] = field(default_factory=dict)

    def ordered(self) -> list[Member]:
        """The articles in the order in which the memory met them."""
        return sorted(self.members.values(), key=lambda m: (m.order, m.seen, m.article))

    def enter(self, decision: Decision) -> None:
        """Add what one decision says; of a decision that was repeated the newest stands.

        The memory gives a record that repeats an article the number of the first, and one that updates it a new one.
        """
        member = self.members.setdefault(
            (decision.article_id, decision.related),
            Member(
                article=decision.article_id, title=decision.title, source=decision.source, lang=decision.lang,
                seen=decision.seen, published=decision.published, order=decision.related,
            ),
        )  # fmt: skip
        member.decisions[decision.watch or ""] = decision


async def read_story(where: Where, names: Names, what: str) -> Storybook | None:
    """The story with this id, or the story of the newest article with this id or these words.

    Raises `NoTopic` and `Away`.
    """
    async with TopicReader(where) as reader:
        await reader.expect(names.decisions)
        ledger, outbox = await reader.ranges(names.decisions), await reader.ranges(names.alerts)
        story = what if what.startswith(_STORY) else await _story_of(reader, ledger, what)
        found = Storybook(story)
        async for decisions in reader.decoded(ledger, decode_decision):
            for decision in (d for d in decisions if story and d.story_id == story):
                found.enter(decision)
        async for alerts in reader.decoded(outbox, decode_alert):
            found.alerts |= {a.alert_id: a for a in alerts if story and a.story_id == story}
    return found if found.members else None


async def _story_of(reader: TopicReader, ledger: Ranges, what: str) -> str:
    same, found, newest = asked_for(what), "", -1
    async for decisions in reader.decoded(ledger, decode_decision):
        for decision in decisions:
            if decision.story_id and decision.seen >= newest and same(decision.article_id, "", decision.title):
                found, newest = decision.story_id, decision.seen  # partitions come in no order of time
    return found


def told(book: Storybook) -> list[str]:
    """The story for a terminal: each article with the minutes since the first, and what each watch was told."""
    members = book.ordered()
    first = members[0]
    langs = ", ".join(dict.fromkeys(m.lang for m in members))
    lines = [f"story {book.id}: {len(members)} articles ({langs}), {len(book.alerts)} alerts, first {iso(first.seen)}"]
    for member in members:
        late = (member.seen - first.seen) // MINUTE
        lines += [
            "",
            f"  +{late} min  [{member.lang}] {member.title}  ({member.source or 'no source'}; {member.article})",
        ]
        lines += [f"      {watch or 'every watch'}: {_said(d, book.alerts)}" for watch, d in _asked(member)]
    return lines


def _asked(member: Member) -> list[tuple[str, Decision]]:
    return [(w, member.decisions[w]) for w in sorted(member.decisions) if member.decisions[w].reason not in _NOT_ASKED]


def _said(decision: Decision, alerts: Mapping[str, Alert]) -> str:
    alert = alerts.get(decision.alert_id)
    facts = ", ".join(f.text or f.key for f in alert.facts) if alert and alert.kind is not Kind.ECHO else ""
    where = f" to {alert.channel}" if alert and decision.reason not in _CLOSED else ""
    return f"{decision.reason.value}{where} {iso(decision.decided)}: {decision.detail}{f' ({facts})' if facts else ''}"


def as_json(book: Storybook) -> bytes:
    """The same for a program."""
    members = [
        {
            "article": m.article, "title": m.title, "source": m.source, "lang": m.lang, "seen": iso(m.seen),
            "published": iso(m.published),
            "watches": {
                w: {
                    "reason": d.reason.value, "detail": d.detail, "decided": iso(d.decided), "alert": d.alert_id,
                    "facts": [f.key for f in book.alerts[d.alert_id].facts] if d.alert_id in book.alerts else [],
                }
                for w, d in m.decisions.items() if w
            },
        }
        for m in book.ordered()
    ]  # fmt: skip
    return orjson.dumps({"story": book.id, "articles": members})
