"""What a source's pages are like, and when one is not: suddenly no headlines, no dates, nothing. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.records import Millis
from streams.sources.base import Taken

if TYPE_CHECKING:
    from streams.sources.health import Health

_LEARN = 0.2
_OFTEN, _RARELY = 0.8, 0.2
_FEW = 3
_FIELDS: Final = ("words", "title", "url", "published")


def check_page(health: Health, taken: Taken, at: Millis) -> None:
    """Hold a page against what this source's pages are like, then learn from it unless it is odd."""
    oddity = _oddity(health, taken)
    if oddity:
        health.odd = health.odd or at
        health.oddity = oddity
        return
    health.odd, health.oddity = 0, ""
    health.pages += 1
    step = max(_LEARN, 1 / health.pages)
    health.form = taken.form
    health.listed += step * (taken.listed - health.listed)
    for name in _FIELDS:
        share = _lack(taken, name)
        health.lacks[name] = health.lacks.get(name, 0.0) + step * (share - health.lacks.get(name, 0.0))


def _oddity(health: Health, taken: Taken) -> str:
    if health.pages < _FEW:
        return ""
    if not taken.listed:
        return f"no article on its page, usually {health.listed:.0f}" if health.listed >= _FEW else ""
    for name in _FIELDS:
        share = _lack(taken, name)
        if taken.listed >= _FEW and share >= _OFTEN and health.lacks.get(name, 0.0) <= _RARELY:
            return f"{share:.0%} of its articles without `{name}`, usually {health.lacks.get(name, 0.0):.0%}"
    return ""


def _lack(taken: Taken, name: str) -> float:
    count = taken.empty if name == "words" else taken.missing.get(name, 0)
    return count / taken.listed if taken.listed else 0.0
