"""The wire of the soak: mostly everyday news, a few stories in a thousand, copies, changed figures, broken records."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from streams.times import WallClock, iso
from tests.live.desk import COMPANIES, SITES

EXAMPLES = Path(__file__).parents[2] / "models" / "relevance" / "examples"
CHANNELS = tuple(f"C0SOAK{n}" for n in range(4))
URGENT = frozenset(COMPANIES[::3])
TICKERS = {"Alibaba": "BABA", "Tencent": "0700.HK", "Nvidia": "NVDA", "Intel": "INTC", "ASML": "ASML", "Baidu": "BIDU"}


def watches() -> str:
    """A watch a company; some are urgent, and share their channel with others that are not."""
    rows = []
    for n, name in enumerate(COMPANIES):
        rows.append(
            f'[[watch]]\nname = "{name.lower()}"\nchannel = "slack:{CHANNELS[n % len(CHANNELS)]}"\n'
            f'companies = ["{TICKERS[name]}"]\ncategories = ["capex", "funding_rounds", "export_controls"]\n'
            f"urgent = {str(name in URGENT).lower()}\n"
        )
    return "\n".join(rows)


def watch_names() -> list[str]:
    """As the ledger calls them."""
    return [name.lower() for name in COMPANIES]


def article(n: int, *, stories: int = 10) -> bytes:
    """The n-th article; `stories` in a thousand are relevant, half of them new, the rest copies and changed figures."""
    place = n % 1_000
    every = 1_000 // max(1, stories)
    if stories and place % every == 0:
        return _told(n, place // every)
    if place == 501:  # one in a thousand cannot be read
        return b'{"title": ' + str(n).encode()
    return _everyday(n)


def _told(n: int, turn: int) -> bytes:
    number, part = n // 1_000 * 500 + turn // 2, turn % 4
    amount = 2 + number % 900
    who, where = COMPANIES[number % len(COMPANIES)], SITES[number // len(COMPANIES) % len(SITES)]
    lot = number // (len(COMPANIES) * len(SITES))
    if part == 1:  # another outlet, the same words
        return _record(n, *_words(who, where, amount, lot), source="Second Desk")
    if part == 3:  # another outlet, and the figure has grown
        return _record(n, *_words(who, where, amount + 1, lot), source="Third Desk")
    return _record(n, *_words(who, where, amount, lot), source="First Desk")


def _words(who: str, where: str, amount: int, lot: int) -> tuple[str, str]:
    title = f"{who} to invest ${amount} billion in new data centre in {where}"
    return title, f"{who} said it would spend ${amount} billion on a data centre campus in {where}, phase {lot + 1}."


def _everyday(n: int) -> bytes:
    title, text, lang = _pool()[n * 7_919 % len(_pool())]
    return _record(n, f"{title} ({n})", text, source=f"Wire {n % 40}", lang=lang)


@cache
def _pool() -> tuple[tuple[str, str, str], ...]:
    rows = []
    for lang in ("en", "de"):
        for line in (EXAMPLES / f"everyday.{lang}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            rows.append((row["title"], row["text"], lang))
    return tuple(rows)


def _record(n: int, title: str, text: str, *, source: str, lang: str = "en") -> bytes:
    fields = {"id": f"s{n}", "title": title, "text": text, "source": source, "lang": lang}
    return json.dumps(fields | {"published": iso(WallClock().now())}).encode()
