"""Two hundred feeds with habits and vices, the same for the same seed: what each shows at any moment."""

from __future__ import annotations

import random
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

from streams.basics.times import DAY, HOUR, MINUTE
from streams.records import Millis
from streams.sources.rhythm import hour_of_week
from tests.feeds.pages import FORMS, Shown

HISTORY: Millis = 28 * DAY
PAGE = 25
VICES = (
    "", "", "", "slow", "too slow", "broken", "cut", "web page", "redirecting", "moved", "flapping", "busy",
    "future dates", "same dates", "no dates", "ancient dates", "says utf-8", "says latin-1", "no etag", "changing ids",
    "two versions", "shared link", "tombstones", "edits", "gzip",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article of a feed: shown from `at`, with other words from `edited` on, gone from `gone` on."""

    number: int
    at: Millis
    edited: Millis = 0
    gone: Millis = 0


@dataclass(slots=True, kw_only=True)
class Feed:
    """One feed."""

    name: str
    form: str
    vice: str
    rate: float  # articles an hour
    office: bool  # by day and on weekdays
    every: Millis
    dies: Millis = 0  # it still answers, but brings nothing new
    returns: Millis = 0
    lost: Millis = 0  # it answers 404 from then on
    stories: list[Story] = field(default_factory=list)
    asked: int = 0

    @property
    def host(self) -> str:
        """Each has a host of its own."""
        return f"{self.name}.example"

    def table(self, port: str = "") -> str:
        """As sources.toml has it."""
        scheme = "http" if port else "https"
        lines = [
            "[[source]]", f'name = "{self.name}"', f'url = "{scheme}://{self.host}{port}/feed"',
            f'every = "{self.every}ms"', 'lang = "en"',
        ]  # fmt: skip
        if self.form == "vendor":
            lines += ['kind = "json"', 'items = "data.rows"', "[source.map]"]
            fields = {
                "id": "uid",
                "title": "head",
                "text": "body",
                "url": "href",
                "published": "at",
                "removed": "killed",
            }
            lines += [f'{ours} = "{theirs}"' for ours, theirs in fields.items()]
        return "\n".join(lines)

    def shown(self, now: Millis) -> list[Shown]:
        """The newest articles, as they read now."""
        end = bisect_right(self.stories, now, key=lambda s: s.at)
        return [self._shown(s, now) for s in reversed(self.stories[max(0, end - PAGE) : end])]

    def names(self, now: Millis) -> list[str]:
        """The articles on the page now."""
        end = bisect_right(self.stories, now, key=lambda s: s.at)
        shown = self.stories[max(0, end - PAGE) : end]
        return [f"{self.name}-{s.number}" for s in shown if not (s.gone and now >= s.gone)]

    def _shown(self, story: Story, now: Millis) -> Shown:
        own = f"{self.name}-{story.number}"
        edited = story.edited and now >= story.edited
        text = f"Größe und Umfang of {own}" + (" were corrected." if edited else ".")
        if self.vice == "two versions" and self.asked % 2:
            text += " Read more elsewhere."
        shared = self.vice == "shared link"
        return Shown(
            guid=f"{own}-{self.asked}" if self.vice == "changing ids" else own,
            title=f"Article {own} – Überschrift",
            text=text,
            url=f"https://{self.host}/live" if shared else f"https://{self.host}/{story.number}.html",
            date=self._date(story, now),
            gone=bool(story.gone and now >= story.gone),
        )

    def _date(self, story: Story, now: Millis) -> str:
        write = FORMS[self.form][2]
        match self.vice:
            case "future dates":
                return write(story.at + 5 * HOUR)
            case "same dates":
                return write(now)
            case "no dates":
                return ""
            case "ancient dates":
                return write(2 * DAY)
            case _:
                return write(story.at)

    def page(self, now: Millis) -> tuple[bytes, str]:
        """Body and content type, lies included."""
        render, media, _ = FORMS[self.form]
        says, is_ = {"says utf-8": ("utf-8", "cp1252"), "says latin-1": ("iso-8859-1", "utf-8")}.get(
            self.vice, ("utf-8", "utf-8")
        )
        body = render(self.shown(now), says).encode(is_, "xmlcharrefreplace")
        return body, f"{media}; charset={says}"


def wire(count: int, begin: Millis, span: Millis, seed: int = 1) -> list[Feed]:
    """Feeds with four weeks behind them and `span` ahead."""
    rng = random.Random(seed)
    feeds = [_feed(rng, i, begin, span) for i in range(count)]
    for feed in feeds:
        _fill(rng, feed, begin, span)
    return feeds


def _feed(rng: random.Random, number: int, begin: Millis, span: Millis) -> Feed:
    vice = VICES[number % len(VICES)]
    forms = {"tombstones": ["atom", "vendor"], "says utf-8": ["rss", "atom"], "says latin-1": ["rss", "rdf"]}
    form = rng.choice(forms.get(vice, [*FORMS, "rss", "rss"]))
    made = Feed(
        name=f"feed{number:03d}", form=form, vice=vice, rate=rng.choice((0.02, 0.1, 0.3, 1.0, 2.0, 4.0)),
        office=rng.random() < 0.4, every=rng.choice((5, 10, 15)) * MINUTE,
    )  # fmt: skip
    if number % 25 == 0:  # the dead: they spoke often enough to be missed within the day
        made.rate, made.office, made.vice = 4.0, False, ""
        made.dies = begin + round(span * rng.uniform(0.1, 0.4))
        made.returns = made.dies + round(span * 0.5) if number % 50 == 0 else 0
    if number % 40 == 39:
        made.lost, made.vice = begin + round(span * 0.3), ""
    return made


def _fill(rng: random.Random, feed: Feed, begin: Millis, span: Millis) -> None:
    at, number = begin - HISTORY, 0
    while at < begin + span:
        at += round(rng.expovariate(max(feed.rate, 0.01) * (2 if feed.office else 1)) * HOUR)
        if (feed.office and not _at_work(at, rng)) or (feed.dies and feed.dies <= at < (feed.returns or at + 1)):
            continue
        number += 1
        edited = at + rng.randrange(20, 90) * MINUTE if feed.vice == "edits" and rng.random() < 0.5 else 0
        gone = at + rng.randrange(30, 120) * MINUTE if feed.vice == "tombstones" and rng.random() < 0.3 else 0
        feed.stories.append(Story(number=number, at=at, edited=edited, gone=gone))


def _at_work(at: Millis, rng: random.Random) -> bool:
    hour = hour_of_week(at)
    return (hour < 120 and 7 <= hour % 24 < 18) or rng.random() < 0.01


def toml(feeds: list[Feed], port: str = "", **ingest: Any) -> str:
    """The whole sources.toml."""
    head = "\n".join(f"{k} = {v}" for k, v in ingest.items())
    return f"[ingest]\n{head}\n" + "\n".join(f.table(port) for f in feeds) + "\n"
