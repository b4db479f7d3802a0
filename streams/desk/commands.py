"""The words of a `/tapewire` command to what it asks for: pure, and checked as the watch file is.

watch BABA, 0700.HK capex urgent          unwatch NAME
mute BABA 1h|2d|today|good                unmute BABA
list          why ID or words of a headline          help
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from streams.basics.limits import COMMAND_CHARS, COMMAND_COMPANIES
from streams.basics.text import hash_of
from streams.basics.times import FOR_GOOD, SECOND, parse_span
from streams.desk.feedback import Act
from streams.names import place_of
from streams.records import Millis
from streams.watches.file import BadWatches, Choices, CompanyOf, nearest, read_watch
from streams.watches.watch import Watch
from streams.watches.words import few

_WORDS: Final = re.compile(r"[\s,;]+")
_OPTION: Final = re.compile(r"(name|min_probability|min_confidence|min_salience|max_age|quiet|zone)=(.+)")
_BY_ID: Final = "company:"  # before a company's id, which alone may be somebody's ticker
_NAME: Final = re.compile(r"[\w.:+-]{1,60}")
_NAME_CHARS: Final = 50
_LEAST: Final[Millis] = 60 * SECOND
_FOR_GOOD: Final = frozenset({"good", "forever", "always"})

HELP: Final = (
    "watch BABA, 0700.HK capex urgent: tell this channel about these companies and categories (either may be left out)",
    "    more: name=..., min_probability=0.8, max_age=2h, quiet=22:00-07:00 (by the desk's clock, or zone=Asia/Tokyo)",
    "unwatch NAME: end a watch that was made here",
    "mute BABA 1h: say nothing here about a company for a while (2d, today, good: until unmute BABA)",
    "list: the watches and mutes of this channel",
    "why ID or words of a headline: why an article fired here, or did not",
)


class Unclear(ValueError):  # noqa: N818 - named for the words
    """A command that cannot be done; the message says why, and what was meant perhaps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a command asks for."""

    act: Act
    companies: tuple[str, ...] = ()
    until: Millis = 0
    watch: str = ""
    table: Mapping[str, Any] = field(default_factory=dict)
    asked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads commands against the directory, the model's categories and the desk's time zone.

    `names` says what a company is called, by its id.
    """

    company_of: CompanyOf
    tickers: Collection[str]
    names: Mapping[str, str]
    categories: Collection[str]
    zone: str = "UTC"

    def check(self, table: Mapping[str, Any]) -> Watch:
        """A watch table to a watch. Raises `BadWatches`."""
        choices = Choices(company_of=self.company_of, tickers=self.tickers, categories=self.categories)
        return read_watch(table, "watch", choices)

    def read(self, words: str, channel: str, now: Millis) -> Order:
        """Raises `Unclear`."""
        if len(words) > COMMAND_CHARS:
            raise Unclear(f"more than {COMMAND_CHARS} characters: ask for less at a time, or use a group")
        verb, _, rest = words.strip().partition(" ")
        readers: dict[str, Callable[[str, str, Millis], Order]] = {
            "watch": self._watch, "unwatch": self._unwatch, "mute": self._mute, "unmute": self._unmute,
            "list": lambda *_: Order(act=Act.LIST), "help": lambda *_: Order(act=Act.HELP),
            "why": lambda rest, *_: Order(act=Act.WHY, asked=rest),
        }  # fmt: skip
        if not verb:
            return Order(act=Act.HELP)
        if verb.lower() not in readers:
            raise Unclear(f"nobody knows the command {verb[:40]!r}{nearest(verb.lower(), readers)}; try help")
        return readers[verb.lower()](rest.strip(), channel, now)

    def _watch(self, rest: str, channel: str, _: Millis) -> Order:
        table: dict[str, Any] = {"channel": channel, "companies": [], "categories": []}
        for word in _split(rest):
            option = _OPTION.fullmatch(word)
            if option:
                table[option[1]] = _number(option[2]) if option[1].startswith("min_") else option[2]
            elif word.lower() == "urgent":
                table["urgent"] = True
            elif word.lower() in self.categories:
                table["categories"].append(word.lower())
            else:
                table["companies"].append(self._spelled(word))
        if "quiet" in table:  # on record, so that it is the same hours to whoever judges by it later
            table.setdefault("zone", self.zone)
        table["name"] = _name(table, channel)
        try:
            watch = self.check(table)
        except BadWatches as bad:
            raise Unclear("\n".join(f.removeprefix("watch: ") for f in bad.faults)) from None
        return Order(act=Act.WATCH, watch=watch.name, table=table)

    def called(self, asked: str) -> str:
        """What a watch asks for, and whom the directory takes it for: `ALV (Autoliv)`."""
        names = few([self.names.get(company, company) for company in self.company_of(asked)])
        return asked if names in ("", asked) else f"{asked} ({names})"

    def _spelled(self, word: str) -> str:
        """As the directory spells it: people type `baba` for a ticker, which may be another company's id."""
        meant = self._meant(word)
        if not meant:
            known = [*self.tickers, *self.categories]
            near = nearest(word.upper(), known) or nearest(word, known)
            raise Unclear(f"{word[:40]!r} is no company and no category{near}")
        if len(set(meant.values())) > 1:
            ways = [f"{few([self.names.get(c, c) for c in who])} (write {self._only(who)})" for who in meant.values()]
            raise Unclear(f"{word[:40]!r} may be {' or '.join(ways)}")
        return next(iter(meant))

    def _meant(self, word: str) -> dict[str, frozenset[str]]:
        """Whom a word may mean, by how a watch file would spell each; a ticker before a company's id."""
        if word.lower().startswith(_BY_ID):
            own = word[len(_BY_ID) :].lower()
            return {own: found} if (found := self.company_of(own)) == {own} else {}
        return {spelled: found for spelled in (word.upper(), word) if (found := self.company_of(spelled))}

    def _only(self, who: frozenset[str]) -> str:
        """How to write these and nobody else: by a ticker, in capitals, else by the id."""
        return next((t for t in self.tickers if self.company_of(t) == who), _BY_ID + min(who))

    def _unwatch(self, rest: str, channel: str, _: Millis) -> Order:
        if not _NAME.fullmatch(rest.split("@", 1)[0]):
            raise Unclear("say which: unwatch NAME (list tells the names)")
        place = "@" + place_of(channel)
        return Order(act=Act.UNWATCH, watch=rest if rest.endswith(place) else rest + place)

    def _mute(self, rest: str, _: str, now: Millis) -> Order:
        words = _split(rest)
        if words and self._meant(words[-1]):
            words.append("1h")
        if len(words) < 2:  # noqa: PLR2004 - whom, and how long
            raise Unclear("say whom, and for how long: mute BABA 1h")
        return Order(act=Act.MUTE, companies=self._companies(words[:-1]), until=self.until(words[-1], now))

    def _unmute(self, rest: str, _: str, __: Millis) -> Order:
        if not _split(rest):
            raise Unclear("say whom: unmute BABA")
        return Order(act=Act.UNMUTE, companies=self._companies(_split(rest)))

    def _companies(self, words: list[str]) -> tuple[str, ...]:
        return tuple(sorted(frozenset().union(*(self.company_of(self._spelled(w)) for w in words))))

    def until(self, span: str, now: Millis) -> Millis:
        """When a mute of `1h`, `today` or `good` ends. Raises `Unclear`."""
        if span.lower() in _FOR_GOOD:
            return FOR_GOOD
        if span.lower() == "today":
            zone = ZoneInfo(self.zone)
            tomorrow = datetime.fromtimestamp(now / SECOND, zone).date() + timedelta(days=1)
            return round(datetime.combine(tomorrow, datetime.min.time(), zone).timestamp() * SECOND)
        try:
            length = parse_span(span.lower())
        except ValueError:
            raise Unclear(f"{span[:40]!r} is no span of time: write 30m, 1h, 2d, today or good") from None
        if length < _LEAST:
            raise Unclear("a mute lasts a minute at least")
        return min(FOR_GOOD, now + length)


def _split(rest: str) -> list[str]:
    words = [w for w in _WORDS.split(rest) if w]
    if len(words) > COMMAND_COMPANIES:
        raise Unclear(f"at most {COMMAND_COMPANIES} words at once")
    return words


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Unclear(f"{text[:40]!r} is no number") from None


def _name(table: dict[str, Any], channel: str) -> str:
    """The name given, or one made of what is asked; the channel is part of it, so no two channels share one."""
    given = table.pop("name", None) or "-".join([*table["companies"], *table["categories"]]).lower()
    name = given.replace("group:", "")
    if len(name) > _NAME_CHARS:  # cut, but not to the name of another
        name = f"{name[:_NAME_CHARS]}-{hash_of(name, size=3)}"
    if name and not _NAME.fullmatch(name):
        raise Unclear(f"{name!r} cannot be a name: use letters, digits, dots and dashes")
    return f"{name or 'watch'}@{place_of(channel)}"
