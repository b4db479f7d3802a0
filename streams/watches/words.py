"""What is said of watches, to whoever made them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import combinations

from streams.watches.watch import NAMED, Desk, Watch


def few(names: Collection[str]) -> str:
    """`Alibaba, Baidu and 12 more`, on one line."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(sorted(names)[:NAMED])}{more}"


def overlaps(desk: Desk) -> Iterator[str]:
    """One line per two watches that would tell one channel of the same story: no fault, but twice the noise."""
    for one, other in combinations(desk.watches, 2):
        if both := told_twice(one, other):
            yield (
                f"watches {one.name!r} and {other.name!r} overlap: a story on {few(both)} comes twice to {one.channel}"
            )


def told_twice(one: Watch, other: Watch) -> frozenset[str]:
    """The companies, else the categories, on which two watches would tell their one channel of the same story."""
    companies, categories = one.companies & other.companies, one.categories & other.categories
    apart = (one.companies and other.companies and not companies) or (
        one.categories and other.categories and not categories
    )
    return frozenset() if apart or one.channel != other.channel else companies or categories
