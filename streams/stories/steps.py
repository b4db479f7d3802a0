"""How far a plan has come, how sure that is, and which way things went: by the words of a headline, in `steps.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from streams.records import Fact

STEPS: Final = {
    "considers": 0, "rumoured": 0.5, "forbids": 0.96875, "allows": 0.984375, "plans": 1,
    "approves": 2, "advances": 2.5, "starts": 3, "completes": 4,
    "enforces": -0.5, "refuses": -1, "halts": -1.375, "pauses": -1.625, "delays": -2, "doubts": -2.5, "denies": -3,
}  # fmt: skip
"""How far each step is. Negative steps are setbacks: they undo the others, and a decision undoes them (`news`).

Who denies says that what was told is not so: a denial undoes the other setbacks too.
Who is "to ban" or "to allow" has planned it, and is soon said to do it (`news`); a ban that takes effect is enforced.
"""

BESIDE: Final = {
    "rumoured": 0.5, "forbids": 0.03125, "allows": 0.03125, "refuses": 0.375, "halts": 0.375, "pauses": 0.375,
    "delays": 0.375,
}  # fmt: skip
"""Steps so close are one in two outlets' words: a refusal or a halt, a halt or a pause, a pause or a delay; a rumoured
plan and what is considered, or the plan; a plan, whatever is planned.
"""

GROUNDS: Final = {"reported": 0, "confirmed": 1}
"""How sure it is."""

_PLANS: Final = ("plans", "forbids", "allows")
_MEANS: Final = {"lifted": "approves", "open": "considers"}


class _Words(NamedTuple):
    """What is looked for in one language; a match's last group says which step, grounds, way, or part of a price."""

    step: re.Pattern[str]
    grounds: re.Pattern[str]
    way: re.Pattern[str]
    price: re.Pattern[str]
    denial: re.Pattern[str]


def steps(title: str, lang: str) -> Iterator[Fact]:
    """The first step the headline names, its first grounds (both are statuses), and the first way, a direction."""
    words = _words(lang)
    grounds = words.grounds.search(title)
    if found := words.step.search(title):
        step = found.lastgroup or ""
        hearsay = step in _PLANS and grounds and grounds.lastgroup == "reported"
        yield Fact(kind="status", unit="step", value="rumoured" if hearsay else _MEANS.get(step, step), text=found[0])
    if grounds:
        yield Fact(kind="status", unit="grounds", value=grounds.lastgroup or "", text=grounds[0])
    if found := words.way.search(title):
        yield Fact(kind="direction", unit="way", value=found.lastgroup or "", text=found[0])


def may_deny(title: str, lang: str) -> bool:
    """Whether words of the headline say that something is not so. Cheaper than its `steps`, of which it may be none."""
    return _words(lang).denial.search(title) is not None


def moved(text: str) -> bool:
    """Whether words of either language say which way something went."""
    return any(_words(lang).way.search(text) for lang in ("en", "de"))


def without_way(title: str, lang: str) -> str:
    """The headline without the words that say which way things went: what a daily template repeats."""
    return _words(lang).way.sub(" ", title)


def priced(title: str, lang: str) -> str:
    """Whose price a headline reports: what is left of it without share, price and way; "" when it reports none."""
    words = _words(lang)
    found = {match.lastgroup for match in words.price.finditer(title)}
    if "share" not in found or not ("stood" in found or words.way.search(title)):
        return ""
    return words.price.sub(" ", words.way.sub(" ", title))


def _words(lang: str) -> _Words:
    return _read("de" if lang == "de" else "en")


@cache
def _read(lang: str) -> _Words:
    table = tomllib.loads(Path(__file__).with_name("steps.toml").read_text(encoding="utf-8"))[lang]
    groups = [table[name] for name in ("steps", "grounds", "ways", "prices")]
    groups.append({"denies": table["steps"]["denies"]})
    return _Words(*(_compiled(group, table["parts"]) for group in groups))


def _compiled(groups: Mapping[str, Sequence[str]], parts: Mapping[str, str]) -> re.Pattern[str]:
    named = "|".join(f"(?P<{name}>{'|'.join(expressions)})" for name, expressions in groups.items())
    for name, part in parts.items():
        named = part.join(re.split(rf"(?<!\?P)<{name}>", named))  # not the name of a group
    named = re.sub(r"\n *", "", named)  # as the file is laid out
    return re.compile(rf"(?<!\w)(?:{named})(?!-?\w)", re.IGNORECASE)
