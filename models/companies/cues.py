"""What the words beside a name say for or against a company, English and German."""

from __future__ import annotations

import re
from typing import Final

from models.companies.context import Context
from models.companies.phrases import phrases
from models.companies.words import words

_LINKS: Final = frozenset({"von", "bei", "an", "für", "gegen", "auf", "mit", "zu", "der", "die", "zur"})
_FINITE: Final = re.compile(r" ([a-zäöüß]+t)\b")
_NO_THIRD_PERSON: Final = re.compile(r" (?!\w*[a-z](?<!ss)(?<!er)s\b)\w+| \w*(?:ers|ors|ings|ions|ists|ees)\b")
_MONEY: Final = re.compile(r"\d ?(?:%|prozent|percent|per cent|€)|[$€£]\d")
_PHRASES: Final = ("data cent", "wall street", "market share")
_WORD: Final = re.compile(r"[^\W\d_][\w'-]*")
_NO_ARTICLES: Final = frozenset({"an", "her", "no"})
"""English determiners that German has as other words: Auftrag an Arm."""
_INSIDE: Final = frozenset({"across", "along", "in", "inside", "into", "near", "through", "throughout"})
_NO_NOUN: Final = re.compile(
    r"$|[.,;:!?)]| (?:after|amid|and|are|as|at|but|by|for|from|has|have|is|since|to|was|were|when|while|will|with)\b"
)
_ADJECTIVE: Final = 3
_INITIAL: Final = 2
ARTICLES: Final = frozenset({"der", "die"})
"""What the press puts before Bahn, Post, Telekom and means the company."""


def businesslike(body: str, lower: str) -> bool:
    """Whether a text (`lower`: the same in lower case) speaks of business at all."""
    known = words()
    if any(stem in lower for stem in known.business_stems) or any(phrase in lower for phrase in _PHRASES):
        return True
    if phrases().desk.match(body) or _MONEY.search(lower):
        return True
    return not known.business.isdisjoint(_WORD.findall(lower))


def sporty(lower: str) -> bool:
    """Whether a text, in lower case, is about sport."""
    return not words().sport.isdisjoint(_WORD.findall(lower)) or bool(phrases().score.search(lower))


def noun_after(near: Context) -> bool:
    """Shares, chief, plant: the word behind the name, or behind a hyphen."""
    word = near.next.lower()
    return word in words().nouns or (word.startswith(words().noun_stems) and near.next[0].isupper())


def verb_after(near: Context, *, german: bool) -> bool:
    """A verb that companies do stands behind the name."""
    if near.link != " ":
        return False
    if german:
        return (near.next.lower() if near.next.isupper() else near.next) in words().verbs_de
    if phrases().does.match(near.after):
        return True
    return near.next.lower() in words().verbs_en and not plural_after(near)


def plural_after(near: Context) -> bool:
    """English: what might be a company's verb is a plural noun, as its own verb follows (Apple prices fall)."""
    return near.link == " " and bool(phrases().plural.match(near.after))


def finite_after(near: Context) -> bool:
    """German: some verb of the third person follows; most end in t."""
    found = _FINITE.match(near.after)
    return found is not None and found[1] not in words().not_finite


def content_after(near: Context) -> bool:
    """English: a word follows that is neither verb nor preposition nor a company's noun (Apple harvest)."""
    if not phrases().content.match(near.after) or noun_after(near) or verb_after(near, german=False):
        return False
    return bool(_NO_THIRD_PERSON.match(near.after))


def introduced(near: Context) -> bool:
    """Chip maker, Autovermieter, "companies like": the name is introduced as a company."""
    last = near.low()
    return bool(phrases().kind.fullmatch(last)) or bool(phrases().kind_phrase.fullmatch(f"{near.low(1)} {last}"))


def personal(near: Context) -> str:
    """The first name, title, initial or office before a surname; "" when there is none."""
    word = near.word().lstrip("\"„“'(")
    if near.glued or not word:
        return ""
    if word in words().first_names or word in words().titles or phrases().office.fullmatch(word):
        return word
    return word if len(word) == _INITIAL and word[0].isupper() and word[1] == "." else ""


def employer(near: Context) -> bool:
    """German: Streik bei der ..., Druck auf ..., Anteile an ..., laut ..."""
    last = near.low()
    if last == "laut":
        return True
    if last not in _LINKS:
        return False
    first = near.low(2) if near.low(1) in _LINKS else near.low(1)
    return bool(phrases().employer.fullmatch(first))


def determined(near: Context, *, german: bool) -> bool:
    """Whether an article or determiner stands before, perhaps with one adjective between."""
    if near.opens:
        return False
    last = near.low()
    if _is_article(last, german=german):
        return True
    between = (last[-1:].isalpha() and near.word()[0].islower()) or "-" in last
    return between and _is_article(near.low(1), german=german) and near.word()[-1] not in ",:;"


def _is_article(word: str, *, german: bool) -> bool:
    return word in words().determiners and not (german and word in _NO_ARTICLES)


def inside(near: Context) -> bool:
    """English: "in the Amazon", and no noun follows that would have the article: a region."""
    if near.low() != "the" or near.low(1) not in _INSIDE:
        return False
    return bool(_NO_NOUN.match(near.after)) or verb_after(near, german=False)


def adjective(near: Context) -> bool:
    """German: an adjective without an article; the noun it belongs to is an ordinary one."""
    last = near.word()
    if not last.isalpha() or not last.islower() or last in words().no_adjectives or last in words().determiners:
        return False
    return len(last) > _ADJECTIVE and last.endswith(("e", "er", "es", "em"))
