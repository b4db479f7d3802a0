"""What was read too late to be told as new, by the clock of the flow: a first start, or the end of a long outage."""

from __future__ import annotations

from streams.records import Article, Millis
from streams.times import span_words, whole_words


def too_far_behind(article: Article, now: Millis, catch_up: Millis | None) -> str:
    """In words, when an article lay on Kafka for longer than `catch_up`; "" when it did not."""
    lay = now - article.seen
    if catch_up is None or lay <= catch_up:
        return ""
    return f"lay on Kafka for {whole_words(lay)}: longer than catch_up {span_words(catch_up)}"
