"""Short ways to what the story memory is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from streams.ports import Told
from streams.stories.facts import extract
from tests.build import NOON


def told(number: int, title: str, text: str = "", *, after: int = 0, lang: str = "en", **changes: Any) -> Told:
    """An article `after` milliseconds past noon, with the facts that its words hold."""
    plain = Told(
        article_id=f"a{number}~1",
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
