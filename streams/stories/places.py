"""Where a headline says that something happens: whereto it goes, where it stands, and what is only named."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from streams.records import Fact

NAMED: Final = "named"
"""The unit of what is only named: it can be no news itself, but whoever was told it knows it."""

_NEAR: Final = {
    "en": re.compile(r" (to|into|for|in|near|at|against) (?:the )?(?=[A-Z])"),
    "de": re.compile(
        r" (nach|für|an|in die|in|bei|nahe|gegen|auf(?= [^.:;!?]{2,40} aus(?!\w))) (?:(?:der|den|die) )?(?=[A-ZÄÖÜ])"
    ),
}
# What is imposed on a country is "against" it: a match is won against one, too.
_AGAINST: Final = ("gegen", "against")
_IMPOSED: Final = re.compile(
    r"(?:bans?|curbs?|sanctions|embargo|restrictions|controls|tariffs|verbote?|stopps?|sperren?|sanktionen"
    r"|beschränkungen|kontrollen|zölle)$",
    re.IGNORECASE,
)
_FOR: Final = ("für", "for")  # a sum
_AT: Final = ("in", "near", "at", "bei", "nahe")
_SITE: Final = {
    "en": r"plants?|factor(?:y|ies)|gigafactor(?:y|ies)|fabs?|sites?|campus|hubs?|mines?|facilit(?:y|ies)|parks?|lines?"
    r"|refiner(?:y|ies)|terminals?|projects?|warehouses?|cent(?:er|re)s?|complex|smelters?",
    "de": r"werke?[ns]?|fabrik(?:en)?|zentr(?:um|ums|en)|campus|standorte?[ns]?|anlagen?|mine|raffinerie|terminals?"
    r"|park|lager|projekte?|hütte",
}
# "In" says where only of what stands somewhere, or costs so much: shares fall in Japan, and courts charge in America.
_STANDS: Final = {
    "en": re.compile(
        rf"(?:{_SITE['en']}|invests?|builds?|[bm]n|[bmtr]illion|\d\w*|euros?|dollars?|pounds|yuan|investments?)$",
        re.IGNORECASE,
    ),
    "de": re.compile(
        rf"(?:{_SITE['de']}|investiert|baut|millionen|milliarden?|mio\.?|mrd\.?|euro|dollar|yuan|pfund"
        r"|(?:milli(?:onen|arden))?(?:investition(?:en)?|summe|betrag)|(?<!\w)(?:aus|neu|um)?bau|elektrolyseure?"
        r"|speicher|fertigung|produktion|montage|halle|hochofen|lackiererei|gießerei|labor)$",
        re.IGNORECASE,
    ),
}
# "For US customers" says of what kind.
_FUNCTION: Final = (
    "and or as at by in on after amid from with for to until before over while via despite under following again this"
    " next say says said worth would will could is are was"
)
_ENDS: Final = {
    "en": re.compile(rf"$|[.,;:!?)]|['’]s? |\s[–—-]\s|\s(?:{_FUNCTION.replace(' ', '|')})\b"),
    "de": re.compile(r"(?![\w-])"),
}
# What a place stands before to say whose site it is: "Texas EV battery plant", "polnisches Werk"; no plant's operator.
_OF_IT: Final = {
    "en": re.compile(
        r"(?: (?!(?:an?|and|or|for|in|on|to|by|of|at|the|with|from)\b)(?:[a-z][a-z-]*(?<!s)|[A-Z]{2,4}|Data|Chip))"
        rf"{{0,2}}? (?i:{_SITE['en']})(?![\w-])"
        r"(?!(?: \w+)? (?:operator|owner|maker|developer|builder|firm|company|group|provider|supplier|start-?up)s?\b)"
    ),
    "de": re.compile(
        r" (?:[a-zäöüß]+e[nrs]? )?(?=[A-ZÄÖÜ])(?!\w*(?:Termin|[Hh]andwerk|[Nn]etzwerk))"
        rf"[\w-]*?(?i:{_SITE['de']})(?![\w-])"
    ),
}
# "Stammwerk München" and "Motorenwerk Steyr"; what a Handwerk or a Netzwerk is in stands nowhere.
_AT_SITE: Final = re.compile(
    r"\b(?:(?=[A-ZÄÖÜ])"
    r"(?:(?:\w+(?<!hand)(?<!netz)(?<!Hand)(?<!Netz)(?<!Feuer)(?<!Kunst)(?<!ilfs)(?<!rieb)(?<!Bau)w|W)erk"
    r"|(?:\w*f|F)abrik|(?:\w*r|R)echenzentrum|(?:\w*s|S)tandort|Campus)(?:e?s)?"
    r"|erweitert|vergrößert|modernisiert) (?=[A-ZÄÖÜ])"
)
CAPITAL: Final = re.compile(r"[A-ZÄÖÜ](?<!\w.)[\w.:-]+")  # what it begins with first: the search is quick then
_OF_PLACE: Final = {
    "en": re.compile(r"(?<![\w-])[A-Z][\w.-]+"),
    "de": re.compile(
        r"(?<![\w-])(?:[A-ZÄÖÜ][\wß]+er|(?:[A-Za-zÄÖÜäöü][\w-]+)sche[mnrs]?)(?= )"
    ),  # Dresdner, polnisches
}
_CITY_ENDS: Final = (("er", ""), ("er", "en"), ("ner", "en"), ("er", "e"))  # Kölner, Bremer, Dresdner, Karlsruher


class _Places(NamedTuple):
    codes: Mapping[str, str]
    cities: frozenset[str]  # codes
    firsts: Mapping[str, tuple[str, ...]]  # first word of a name, also in the genitive -> names, longest first
    adjectives: Mapping[str, str]  # "Polish", "polnisch"
    declined: bool  # "polnisches"

    def at(self, text: str, start: int) -> str:
        """The longest name that begins there; "" when none does."""
        word = CAPITAL.match(text, start)
        names = self.firsts.get(word[0].rstrip(".:-"), ()) if word else ()
        return next((name for name in names if text.startswith(name, start)), "")

    def of(self, word: str) -> str:
        """The code of "Polish", "polnisches", or of a German city's "Dresdner"; "" of others."""
        if (code := self.adjectives.get(word)) or not self.declined:
            return code or ""
        if code := self.adjectives.get(word.lower().rpartition("sch")[0] + "sch"):
            return code
        cities = (word.removesuffix(end) + start for end, start in _CITY_ENDS if word.endswith(end))
        return next((self.codes[city] for city in cities if self.codes.get(city, "").startswith("de-")), "")


def places(title: str, lead: str, lang: str) -> Iterator[Fact]:
    """Places that something goes to or stands at, in the headline; then what else it and the lead name.

    Who names a place names the region and the country around it.
    """
    known = _places(lang)
    told = {fact.value: fact for found in (_going, _standing) for fact in found(title, lang, known)}
    yield from told.values()
    for part in (title, lead):
        sites = _standing(part, lang, known) if told else ()
        for fact in (*_named(part, known), *sites):
            parts = fact.value.split("-")
            around = ("-".join(parts[:upto]) for upto in range(len(parts), 0, -1))
            yield from (Fact(kind="place", unit=NAMED, value=at, text=fact.text) for at in around if at not in told)


def _going(title: str, lang: str, known: _Places) -> Iterator[Fact]:
    """Whereto something goes, and where something stands: cities only stand."""
    for near in _NEAR[lang].finditer(title):
        name = known.at(title, near.end())
        if not name or not _ENDS[lang].match(title, near.end() + len(name)):
            continue
        code = known.codes[name]
        if near[1] in _AGAINST and not _IMPOSED.search(title[: near.start()]):
            continue
        stands = near[1] in (*_AT, *_FOR) and _STANDS[lang].search(title[: near.start()])
        if stands or (near[1] not in _AT and code not in known.cities):
            yield Fact(kind="place", value=code, text=title[near.start() + 1 : near.end()] + name)


def _standing(text: str, lang: str, known: _Places) -> Iterator[Fact]:
    """Whose site it is, by what stands beside it: an adjective, an English name before it, a German one after it."""
    done = 0
    for word in _OF_PLACE[lang].finditer(text):
        name = known.at(text, word.start()) if lang == "en" else ""
        code = _site_of(name, known) or known.of(word[0])
        if code and word.start() >= done and (site := _OF_IT[lang].match(text, word.start() + len(name or word[0]))):
            yield Fact(kind="place", value=code, text=text[word.start() : site.end()])
        done = max(done, word.start() + len(name))
    for site in _AT_SITE.finditer(text) if lang == "de" else ():
        if name := known.at(text, site.end()):
            yield Fact(kind="place", value=known.codes[name], text=site[0] + name)


def _site_of(name: str, known: _Places) -> str:
    """No American city's: others bear its name, too, and the largest is not meant."""
    code = known.codes.get(name, "")
    return "" if code in known.cities and code.startswith("us-") else code


def _named(text: str, known: _Places) -> Iterator[Fact]:
    done = 0
    for word in CAPITAL.finditer(text):
        if word.start() >= done and (name := known.at(text, word.start())):
            done = word.start() + len(name)
            yield Fact(kind="place", value=known.codes[name], text=name)


@cache
def _places(lang: str) -> _Places:
    tables = _tables()
    rows = Path(__file__).with_name("cities.tsv").read_text(encoding="utf-8").splitlines()[1:]
    cities = dict(row.split("\t") for row in rows)
    codes = cities | listed({**tables["countries"], **tables["regions"]}, lang)
    firsts: dict[str, tuple[str, ...]] = {}
    for name in sorted(codes, key=len, reverse=True):
        first = CAPITAL.match(name)
        word = first[0].rstrip(".:-") if first else name
        for spelled in (word, word + "s") if word == name else (word,):  # "Deutschlands"
            firsts[spelled] = (*firsts.get(spelled, ()), name)
    return _Places(codes, frozenset(cities.values()), firsts, listed(tables["adjectives"], lang), lang == "de")


def countries(lang: str) -> dict[str, str]:
    """Their names with their codes; English also "Dutch government"."""
    tables = _tables()
    governed = {f"{of} government": code for of, code in listed(tables["adjectives"], lang).items()}
    return listed(tables["countries"], lang) | governed


@cache
def national(lang: str) -> Mapping[str, str]:
    """Countries of one word and what is of them ("china", "chinesische"), in small letters, with their codes."""
    tables = _tables()
    of = listed(tables["adjectives"], lang).items()
    ends = ("", "e", "en", "er", "es", "em") if lang == "de" else ("",)
    named = {name.casefold(): code for name, code in listed(tables["countries"], lang).items()}
    return {word: code for word, code in named.items() if " " not in word} | {
        adjective.casefold() + end: code for adjective, code in of if code in named.values() for end in ends
    }


@cache
def openings(lang: str) -> frozenset[str]:
    """The first two words of every name that has two: "New York", "San José" of "San José del Monte"."""
    return frozenset(" ".join(name.split()[:2]) for name in _places(lang).codes if " " in name)


@cache
def country_names(lang: str) -> Mapping[str, str]:
    """Of each code the first name of its country, in small letters."""
    return {code: name.casefold() for name, code in reversed(listed(_tables()["countries"], lang).items())}


@cache
def _tables() -> Mapping[str, Mapping[str, str]]:
    tables: Mapping[str, Mapping[str, str]] = tomllib.loads(
        Path(__file__).with_name("places.toml").read_text(encoding="utf-8")
    )
    return tables


def listed(table: Mapping[str, str], lang: str) -> dict[str, str]:
    """Names with their codes, of a table `code = "English, ... | German, ..."`."""
    return {name.strip(): code for code, row in table.items() for name in row.split("|")[lang == "de"].split(",")}
