"""Which governments a headline says are acting: what the Netherlands block and what China blocks are two events."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from streams.records import Fact
from streams.stories.places import countries, listed
from streams.stories.words import kicker

_AND: Final = r", and |, | and | und |/"
_HOW: Final = r"(?: (?:government|also|now|again|formally|further|temporarily))?"
_WILL: Final = (
    r"(?:(?:moves?|plans?|set|decides?|agrees?|threatens?|says?|vows?|pledges?) to|says? it (?:will|would|may)"
    r"|to|will|may|could)"
)
# "China curbs on magnets" and "US bans spur" are nouns.
_NO_VERB: Final = (
    r"(?! (?:on|against|for|from|in|at|and|are|were|have|had|may|could|can|will|would|should|hits?|hurt|bite|spur|push"
    r"|force|drive|threaten|weigh|loom|fuel|help|fail|cost|take|leave|send|boost|deepen|remain|expire|end)\b|[,.:;]|$)"
)
# "Peking protestiert gegen Auflagen und droht mit Vergeltung": between the name and the second verb, as far as that is.
_FIRST_DOES: Final = r"(?: (?-i:[a-zäöü])\w*(?: [\w.,&’'/+-]+){0,10})"
# "China will Ausfuhr von Gallium verbieten", "China kündigt Vergeltung für US-Regeln an": the rest of the verb is last.
_PEOPLE: Final = "Dutch"  # many: "Dutch tighten rules"
_MORE: Final = r"(?: [\w.,&’'/+-]+){0,12}"
_MODAL: Final = r"(?:will|wollen|darf|dürfen|könnten?)"
_LAST: Final = r"(?=\s*(?:$|[.,;:!?–-]| (?:und|wegen|trotz|nach) ))"


class _Governments(NamedTuple):
    codes: Mapping[str, str]
    firsts: frozenset[str]  # words that names begin with
    who: re.Pattern[str]
    one: re.Pattern[str]  # what one of them does
    many: re.Pattern[str]


def governments(title: str, lang: str) -> Iterator[Fact]:
    """Those that a headline begins with, where a verb says what they do."""
    before, after = kicker(title)
    yield from _acting(after, lang) or _acting(before, lang)  # "Den Haag verschärft Regeln: Lumenta braucht Lizenz"


def _acting(clause: str, lang: str) -> list[Fact]:
    known = _governments(lang)
    bare = clause.removeprefix("The ")
    if bare.partition(" ")[0].rstrip(",") not in known.firsts or not (who := known.who.match(bare)):
        return []
    names = re.split(_AND, who[0])
    if not (known.one if len(names) == 1 and names[0] != _PEOPLE else known.many).match(bare, who.end()):
        return []
    return [Fact(kind="actor", value=known.codes[name], text=name) for name in names]


@cache
def _governments(lang: str) -> _Governments:
    table = tomllib.loads(Path(__file__).with_name("governments.toml").read_text(encoding="utf-8"))
    codes = countries(lang) | listed(table["names"], lang)
    name = "(?:" + "|".join(map(re.escape, sorted(codes, key=len, reverse=True))) + r")(?![\w-])"
    firsts = frozenset(name.partition(" ")[0] for name in codes)
    who = re.compile(rf"{name}(?:(?:{_AND}){name})*")
    verb = "(?:" + "|".join(table["acts"][lang].split()) + ")"
    if lang == "de":
        forms = (
            rf" (?:{verb}(?!\w)|{_MODAL}{_MORE} {verb}{_LAST}|kündig(?:t|en|te|ten){_MORE} an{_LAST})",
            rf"{_FIRST_DOES} und {verb}(?!\w)",
        )
        act = re.compile("|".join(forms))
        return _Governments(codes, firsts, who, act, act)
    forms = (
        rf"{_HOW} (?:{verb}s{_NO_VERB}|{_WILL} {verb}(?!\w))|{_FIRST_DOES} and {verb}s{_NO_VERB}",
        rf"{_HOW} (?:{verb}{_NO_VERB}|{_WILL} {verb}(?!\w))",
    )
    return _Governments(codes, firsts, who, *(re.compile(form, re.IGNORECASE) for form in forms))
