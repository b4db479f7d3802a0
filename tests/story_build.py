"""Short ways to what the story memory is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from streams.basics.times import MINUTE
from streams.ports import Claim, Ruling, StoryMemory, Telling, id_in
from streams.records import Status
from streams.stories.facts import extract
from streams.stories.tell import notices
from streams.stories.words import revises
from tests.build import NOON


def told(number: int, title: str, text: str = "", *, after: int = 0, lang: str = "en", **changes: Any) -> Telling:
    """An article `after` milliseconds past noon, with the facts that its words hold."""
    plain = Telling(
        article_key=f"a{number}~1",
        title=title,
        text=text,
        url="",
        lang=lang,
        source=f"outlet {number}",
        event_time=NOON + after,
        partition=0,
        companies=(),
        categories=(),
        facts=extract(title, text, lang),
    )
    return replace(plain, **changes)


LEAD = "The maker of industrial lasers said the money will pay for a second plant near Ulm, which opens in spring."
RAISES = told(1, "Lumenta Photonics raises $3.2bn in convertible bond sale", LEAD)
AGAIN = told(2, "Lumenta Photonics sells convertible bond for 3.2 billion dollars", LEAD, after=10 * MINUTE)
MORE = told(3, "Lumenta Photonics convertible bond sale raised to $3.5bn", LEAD, after=20 * MINUTE)
MORE_AGAIN = told(4, "Convertible bond sale of Lumenta Photonics now 3.5 billion dollars", LEAD, after=30 * MINUTE)
OTHER = told(5, "Harbour workers in Rotterdam vote to end their strike", "The union said shifts resume on Monday.")


async def claims(memory: StoryMemory, article: Telling, watch: str = "lasers", status: Status = Status.NEW) -> Ruling:
    """Relate an article and claim its story for a watch; `status` is what it was sent as, unless a prefix says more."""
    status = Status(revises(article.title) or status)
    sent_as = notices(status, id_in(article.article_key), article.title)
    article = replace(article, status=status, facts=(*sent_as, *article.facts))
    [link] = await memory.relate([article])
    [ruling] = await memory.claim(
        [
            Claim(
                watch=watch, story_id=link.id, article_key=article.article_key, status=status,
                event_time=article.event_time, facts=tuple(f.key for f in article.facts),
            )
        ]
    )  # fmt: skip
    return ruling
