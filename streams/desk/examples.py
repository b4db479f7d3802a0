"""Feedback to labelled examples: each "not relevant" joined with its article, for a person to review.

An example says what the person said: none of the categories. Who said it, and when, is kept beside, never in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from streams.basics.times import iso
from streams.desk.feedback import Act, Feedback, Subject
from streams.flow import normalised
from streams.kafka.cluster import Where
from streams.kafka.reader import TopicReader
from streams.kafka.record import came_in
from streams.records import Article

KIND: Final = "feedback"
_TEXT_CHARS: Final = 2_000
WHO: Final = ("line", "said", "user", "channel", "article", "alert", "categories then", "url", "text found")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One example and its origin."""

    title: str
    text: str
    lang: str
    feedback: Feedback
    subject: Subject
    found: bool

    def line(self) -> bytes:
        """As the corpus wants it."""
        return orjson.dumps({"title": self.title, "text": self.text, "categories": [], "kind": KIND})

    def who(self, number: int) -> list[str]:
        """A row of `WHO`."""
        told, about = self.feedback, self.subject
        then = " ".join(about.categories)
        found = "yes" if self.found else "no: the topic keeps it no longer"
        return [
            str(number), iso(told.at) or "", told.user, told.channel, about.article_id, about.alert_id, then, about.url,
            found,
        ]  # fmt: skip


def judged(feedback: Iterable[Feedback]) -> list[tuple[Feedback, Subject]]:
    """The clicks that label an article, one for each article: the last."""
    newest: dict[str, tuple[Feedback, Subject]] = {}
    for told in feedback:
        if told.act is Act.NOT_RELEVANT and not told.refused and told.subject is not None:
            newest[told.subject.article_id] = (told, told.subject)
    return list(newest.values())


async def labelled(where: Where, topic: str, feedback: Sequence[Feedback]) -> list[Labelled]:
    """The examples, with the texts that the articles topic still holds. Raises `Away`."""
    out = []
    async with TopicReader(where) as reader:
        for told, subject in judged(feedback):
            article = await _article(reader, topic, subject)
            out.append(
                Labelled(
                    title=article.title if article else subject.title,
                    text=article.text[:_TEXT_CHARS] if article else "",
                    lang=(article.lang if article else subject.lang) or "unknown",
                    feedback=told, subject=subject, found=article is not None,
                )
            )  # fmt: skip
    return out


async def _article(reader: TopicReader, topic: str, subject: Subject) -> Article | None:
    """The record with this id among those of the millisecond in which it came in."""
    ranges = await reader.ranges(topic)
    first = await reader.offsets_at(ranges, subject.seen)
    end = await reader.offsets_at(ranges, subject.seen + 1)
    async for records in reader.read({tp: (first[tp], end[tp]) for tp in ranges if first[tp] < end[tp]}):
        for article in await normalised([came_in(r, subject.seen) for r in records]):
            if article.id == subject.article_id:
                return article
    return None
