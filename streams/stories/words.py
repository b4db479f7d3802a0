"""Headlines and leads to comparable words: cleaned, brought to a base, without stop words. Pure and quick."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from threading import Lock
from typing import Any, Final

import snowballstemmer
from simplemma import Lemmatizer
from simplemma.strategies import DictionaryLookupStrategy

from streams.stories.places import country_names, national


def _stemmer(language: str) -> Any:
    made = snowballstemmer.stemmer(language)
    made.maxCacheSize = 0  # `stem` remembers the words itself
    return made


_STEMMERS: Final = {"en": _stemmer("english"), "de": _stemmer("german")}
_STEMMING: Final = Lock()  # a stemmer keeps the word it works on in itself
_LEMMAS: Final = Lemmatizer(cache_max_size=0, lemmatization_strategy=DictionaryLookupStrategy())  # `base` remembers

_STOP_EN: Final = (
    "a an the of in on at to for from by with and or as is are was were be been being it its this that these those"
    " after before over under into out up down off than then there here more most less about amid against among"
    " between during per via not no nor has have had having do does did will would could should may might can must"
    " how what why who whom whose when where which while he she his her him they them their we our us you your i"
    " my me also just only very own same so too such all any both each few other some if because until through"
    " again further once new says say said saying according report reports reported told statement"
    " spokesman spokeswoman yesterday today tomorrow monday tuesday wednesday thursday friday saturday sunday"
    " inc corp co ltd plc llc company group holdings year years month months week weeks day days s t"
)
_STOP_DE: Final = (
    "der die das den dem des ein eine einer eines einem einen und oder in im an am auf aus bei beim mit nach von vom"
    " zu zum zur für über unter gegen durch ohne um bis vor seit während wegen trotz zwischen ist sind war waren wird"
    " werden wurde wurden worden sein hat haben hatte hatten kann können konnte muss müssen soll sollen will wollen"
    " darf dürfen nicht kein keine keinen keiner auch als wie was wer wo wann warum wenn weil dass ob sich er sie es"
    " wir ihr ihre ihren ihrer sein seine seinen seiner so noch nur mehr sehr schon doch aber denn da dann hier dort"
    " dies diese dieser dieses diesem diesen jetzt nun man alle allem aller etwa rund laut zufolge sagt sagte teilte"
    " heute gestern morgen montag dienstag mittwoch donnerstag freitag samstag sonntag ag se gmbh konzern"
    " jahr jahre jahren monat monate woche wochen tag tage tagen"
)
STOP: Final = {"en": frozenset(_STOP_EN.split()), "de": frozenset(_STOP_DE.split())}
"""Per language the words that carry no meaning."""

_WIRE: Final = re.compile(
    r"^(?:(?:update|wrapup|refile|correct(?:ed|ion)|recast|exclusive|breaking(?: news)?|just in|live|eilmeldung|eil|"
    r"exklusiv|liveblog|newsblog|ticker|korrektur|korrigiert|berichtig(?:t|ung)|aktualisiert|roundup|wdh|kreise|presse|"
    r"ots|dgap-\w+|eqs-\w+|factbox|analysis|insight|focus|(?:story )?withdrawn|zurückgezogen)"
    r"(?:[\s/]*\d+)?\s*[-:–|/+*]+\s*)+",
    re.IGNORECASE,
)
_SENT_BEFORE: Final = r"(?:WDH|ROUNDUP|REFILE|UPDATE)(?:\s\d+)?"
_REVISES: Final = re.compile(
    rf"(?:{_SENT_BEFORE}\s?/\s?)?"
    r"(?:(?P<correction>CORRECTED(?: \d+)?-|(?:CORRECTED|CORRECTION|KORREKTUR|KORRIGIERT|BERICHTIGUNG|BERICHTIGT)"
    rf"(?:\s?/\s?{_SENT_BEFORE})?(?:[\s/]*\d+)?\s*[-:–](?=.*[^\W\d_A-ZÄÖÜ]))|(?P<removed>(?:STORY )?WITHDRAWN-))"
)
_SEGMENTS: Final = re.compile(r"\s+([|–—-])\s+")
_ELLIPSIS: Final = re.compile(r"\s*(?:\.\.\.|…)\s*$")
_KICKER: Final = re.compile(r"^([^:?!]{2,45}):\s+(?=\S)")
_TICKER: Final = re.compile(r"\s*\([A-Z0-9][A-Z0-9 .:/-]{0,12}\)")
_POSSESSIVE: Final = re.compile(r"['’]s\b")
_WORD: Final = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’&][^\W\d_]+)*|\w+")
# "NEW YORK, Jan. 13 (Harbour Wire) -- ", "FRANKFURT (hw) - ": each outlet has its own, and one for all its news.
_MONTH: Final = r"(?:Jan|Feb|Mar|Mär|Apr|May|Mai|Ju[nl]|Aug|Sep|O[ck]t|Nov|De[cz])\w*\.?"
_DAY: Final = rf"(?:\d{{1,2}}\.? )?{_MONTH}(?: \d{{1,2}})?(?:,? \d{{4}})?"
_DATELINE: Final = re.compile(
    rf"[A-ZÄÖÜ][\w.'’ -]{{1,30}}(?:[,/] ?[A-ZÄÖÜ][\w. ]{{1,20}})?"
    rf"(?:,? {_DAY}(?: ?\([\w/ .-]{{2,30}}\))?| ?\([\w/ .-]{{2,30}}\)) ?[-–—]+ "
)
_HEADLINE_WORDS: Final = 4  # fewer behind a dash or after a colon are an outlet's name, not a headline


def headline(title: str) -> str:
    """The headline without wire prefixes ("UPDATE 2-"), outlet and section names (" - Example News", "Sport | ")."""
    title = _WIRE.sub("", _ELLIPSIS.sub("", unicodedata.normalize("NFKC", title)))
    return _WIRE.sub("", _without_names(title))


def _without_names(title: str) -> str:
    """Short parts are names behind the last long one and before a bar; before a dash they belong to the headline."""
    parts = _SEGMENTS.split(title)  # with a sign behind each but the last
    spoken = [n for n in range(0, len(parts), 2) if len(parts[n].split()) >= _HEADLINE_WORDS]
    if not spoken:
        return title
    return " ".join(parts[n] for n in range(0, spoken[-1] + 1, 2) if n in spoken or parts[n + 1] != "|")


def revises(title: str) -> str:
    """`correction` or `removed` when a wire's prefix ("CORRECTED-", "KORREKTUR:", "WITHDRAWN-") says so; else "".

    In capitals, at the start or behind what else it was sent as, before a headline that is not in capitals: markets
    have corrections too, though not with a dash behind the word. With a colon "WITHDRAWN" is a topic: of an offer.
    """
    found = _REVISES.match(title)
    return (found.lastgroup or "") if found else ""


def kicker(title: str) -> tuple[str, str]:
    """The topic before a headline's colon ("Verkehr: ...") and the rest; "" and the whole when there is none."""
    found = _KICKER.match(title)
    if not found or len(title[found.end() :].split()) < _HEADLINE_WORDS - 1:
        return "", title
    return found[1], title[found.end() :]


def key_of(title: str) -> str:
    """What two spellings of one headline share; figures and currency signs count, case and punctuation do not."""
    return " ".join(_WORD.findall(title.casefold().replace("€", " eur ").replace("$", " usd ").replace("%", " pct ")))


def without_dateline(text: str) -> str:
    """The text from where it tells of something, not of where, when and by whom it was written."""
    found = _DATELINE.match(text)
    return text[found.end() :] if found else text


def spoken(text: str) -> list[str]:
    """All words in small letters, in order; no numbers."""
    return [word for word in _WORD.findall(text.casefold()) if word.isalpha()]


def spelled(text: str, lang: str) -> list[str]:
    """The words that carry meaning as they are spelled, in small letters, in order, repeats included."""
    text = _TICKER.sub(" ", text) if "(" in text else text
    return [w for w in _WORD.findall(_POSSESSIVE.sub("", text).casefold()) if base(w, lang)]


def bases(text: str, lang: str) -> list[str]:
    """Their bases."""
    return [base(w, lang) for w in spelled(text, lang)]


@lru_cache(maxsize=65_536)
def base(word: str, lang: str) -> str:
    """What the forms of a word share, irregular ones too, and what is of a country with the country; "" of a stop word.

    Numbers have the decimal point of either language.
    """
    if word[0].isdigit():
        return word.replace(",", ".")
    if len(word) == 1 or word in STOP.get(lang, STOP["en"]):
        return ""
    code = national(lang).get(word)
    found = _lemma(country_names(lang)[code] if code else word, lang)
    return "" if found in _stop_lemmas(lang) else stem(found, lang)


def _lemma(word: str, lang: str) -> str:
    """As a dictionary lists it; a word that it does not know, and one of another language, as it is."""
    return _LEMMAS.lemmatize(word, lang).casefold() if lang in STOP else word


@cache
def _stop_lemmas(lang: str) -> frozenset[str]:
    return frozenset(_lemma(word, lang) for word in STOP.get(lang, ()))


@lru_cache(maxsize=65_536)
def stem(word: str, lang: str) -> str:
    """What the regular forms of a word share."""
    stemmer = _STEMMERS.get(lang)
    if stemmer is None:
        return word
    with _STEMMING:
        return str(stemmer.stemWord(word))
