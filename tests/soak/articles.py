"""The wire of the soak: mostly everyday news, a few stories in a thousand, copies, changed figures, broken records.

Its words are those of the relevance examples, so that stories differ as stories do.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from streams.basics.times import DAY, WallClock, iso
from streams.records import Millis

EXAMPLES = Path(__file__).parents[2] / "models" / "relevance" / "examples"
CHANNELS = ("C0SOAK0", "C0SOAK1", "C0SOAK2")
CATEGORIES = ("capex", "export_controls", "funding_rounds")
WATCHES = {  # name: channel, categories, urgent
    "capex": (CHANNELS[0], ("capex",), False),
    "controls": (CHANNELS[0], ("export_controls",), True),  # goes before the other of its channel
    "rounds": (CHANNELS[1], ("funding_rounds",), False),
    "everything": (CHANNELS[2], CATEGORIES, False),
}


def watches() -> str:
    """The watch file."""
    return "\n".join(
        f'[[watch]]\nname = "{name}"\nchannel = "slack:{channel}"\n'
        f"categories = {json.dumps(categories)}\nurgent = {str(urgent).lower()}\n"
        for name, (channel, categories, urgent) in WATCHES.items()
    )


def watch_names() -> list[str]:
    """As the ledger calls them."""
    return list(WATCHES)


def article(n: int, *, stories: int = 5) -> bytes:
    """The n-th article; `stories` in a thousand are relevant: half are new, the rest copies and changed figures."""
    place = n % 1_000
    every = 1_000 // max(1, stories)
    if stories and place % every == 0:
        return _told(n, n // 1_000 * stories + place // every)
    if place == 501:  # one in a thousand cannot be read
        return b'{"title": ' + str(n).encode()
    title, text, lang = _drawn(_pool("everyday"), n)
    return _record(f"s{n}", f"{title} ({n})", text, source=f"Wire {n % 40}", lang=lang)


def old_news() -> list[bytes]:
    """Every story of the wire, as it was told four days ago: nobody hears of it now, but every word was read once."""
    rows = [row for category in CATEGORIES for row in _pool(category)]
    return [
        _record(f"o{n}", title, text, source="Old Desk", lang=lang, when=WallClock().now() - 4 * DAY)
        for n, (title, text, lang) in enumerate(rows)
    ]


def _told(n: int, turn: int) -> bytes:
    """Of four tellings in a row: a story, the same from another outlet, a second story, that one with another figure."""
    pools = [_pool(category) for category in CATEGORIES]
    pool = pools[turn // 2 % len(pools)]
    title, text, lang = _drawn(pool, turn // 2)
    source = ("First Desk", "Second Desk", "First Desk", "Third Desk")[turn % 4]
    if turn % 4 == 3:
        title, text = _grown(title), _grown(text)
    return _record(f"s{n}", title, text, source=source, lang=lang)


def _drawn(pool: tuple[tuple[str, str, str], ...], n: int) -> tuple[str, str, str]:
    return pool[n * 7_919 % len(pool)]


def _grown(text: str) -> str:
    return re.sub(r"\b\d{1,6}\b", lambda number: str(int(number[0]) + 1), text, count=1)


@cache
def _pool(kind: str) -> tuple[tuple[str, str, str], ...]:
    rows = []
    for lang in ("en", "de"):
        for line in (EXAMPLES / f"{kind}.{lang}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            rows.append((row["title"], row["text"], lang))
    return tuple(rows)


def _record(name: str, title: str, text: str, *, source: str, lang: str, when: Millis | None = None) -> bytes:
    fields = {"id": name, "title": title, "text": text, "source": source, "lang": lang}
    return json.dumps(fields | {"published": iso(WallClock().now() if when is None else when)}).encode()
