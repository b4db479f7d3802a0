"""Is an ambiguous name the company? Evidence from the whole article, for and against, added up; else abstain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from models.companies import cues
from models.companies.automaton import Mention
from models.companies.context import Context
from models.companies.document import Document
from models.companies.entries import Alias
from models.companies.others import another
from models.companies.phrases import phrases
from models.companies.words import words

THRESHOLD: Final = {"case": 1.0, "context": 2.0, "rare": 3.0}
START: Final = {"case": 1.0}
WEAK_MOST: Final = 1.5
"""What speaks for the article at large never suffices alone: a gap in chip makers' sales is no fashion house."""
_ANOTHER: Final = -9.0
"""Nothing that says it is a company outweighs that it is another one."""
_LIST_GAP: Final = 12
_JOINED: Final = re.compile(r"(?:'s)?\s?(?:[,/]|(?i:and|und|or|oder|&|sowie|vs\.?)\b|-)(?:[\s,/]|(?i:and|und|&))*")
_OF_A_PLACE: Final = re.compile(r"^(?:ab|an|auf|aus|bei|für|gegen|in|nach|um|von|vor|zu)$|^[A-ZÄÖÜ][\w-]*\w$")
Points = Iterator[tuple[float, str]]


def weigh(alias: Alias, doc: Document, near: Context, *, at: int) -> tuple[float, list[str]]:
    """Points for (and against) `doc.mentions[at]`, an `alias`, being its company, and the reasons in words."""
    mention, trust = doc.mentions[at], doc.mentions[at].trust(doc.lang)
    score, why = START.get(trust, 0.0), [f"{mention.name.text}: class {trust}"]
    weak = 0.0
    for points, reason in _at_large(mention, doc):
        weak += points
        why.append(f"{reason} {points:+g}")
    score += min(weak, WEAK_MOST)
    for points, reason in _at_its_place(mention, alias, doc, near, at=at):
        score += points
        why.append(f"{reason} {points:+g}")
    return score, why


def _at_its_place(mention: Mention, alias: Alias, doc: Document, near: Context, *, at: int) -> Points:
    ruled_out = doc.cue(alias)[1]
    yield from _neighbours(doc, near, known=not ruled_out)
    other = another(alias, doc, near, at=at)
    if other:
        yield _ANOTHER, other
    yield from _in_article(mention, alias, doc, at)
    yield from _spelling(mention, alias, doc, near)
    yield from _people(mention, doc, near)
    yield from _ordinary(mention, alias, doc, near)
    if ruled_out:
        yield -4.0, f"the article speaks of {ruled_out}"
    place = doc.place(mention.name.text)
    if not doc.german and cues.inside(near):
        yield -4.0, "is a place that something is in"
    elif place:
        here = phrases().place.match(near.after)
        yield -4.0 if here else -2.0, f"{'is' if here else 'the article speaks of'} {place}"


def _at_large(mention: Mention, doc: Document) -> Points:
    if len(doc.certain) > (mention.name.owner in doc.certain):
        yield 1.0, "another company in the article"
    if doc.businesslike and not doc.sporty:  # a club wins, pays and sells, too
        yield 1.0, "business words"


def _neighbours(doc: Document, near: Context, *, known: bool) -> Points:
    """What stands beside it; when the article speaks of another that goes by the name, that one may be introduced."""
    if cues.noun_after(near):
        yield 2.0, "followed by a company's word"
    elif cues.verb_after(near, german=doc.german):
        opens = near.opens and not doc.german
        yield 2.0 if opens else 1.5, "begins with a company's verb" if opens else "followed by a company's verb"
    elif doc.german and cues.finite_after(near) and near.opens_with(cues.ARTICLES):
        yield 0.5, "begins a sentence, followed by a verb"
    if known and cues.introduced(near):
        yield 2.0, "introduced as a company"
    elif doc.german and cues.employer(near):
        yield 1.0, "as an employer"


def _in_article(mention: Mention, alias: Alias, doc: Document, at: int) -> Points:
    own = mention.name.owner
    if own in doc.certain:
        yield 4.0, "named for certain elsewhere"
    if own in doc.given:
        yield 3.0, "the feed says so"
    around = doc.mentions[max(0, at - 1) : at + 2]
    if any(m.name.owner in doc.certain and m.name.owner != own and _listed(mention, m, doc) for m in around):
        yield 2.0, "in a list with another company"
    spoken = doc.cue(alias)[0]
    if spoken:
        yield 2.0, f"speaks of {spoken}"


def _listed(mention: Mention, other: Mention, doc: Document) -> bool:
    start, end = min(mention.end, other.end), max(mention.start, other.start)
    return start < end < start + _LIST_GAP and bool(_JOINED.fullmatch(doc.body, start, end))


def _spelling(mention: Mention, alias: Alias, doc: Document, near: Context) -> Points:
    yield from _german_spelling(mention, alias, near) if doc.german else _english_spelling(mention, doc, near)
    if near.after.startswith("'s ") and not cues.determined(near, german=doc.german):
        yield 1.0, "a possessive"
    if mention.plural:
        yield -1.0, "may be a plural"


def _german_spelling(mention: Mention, alias: Alias, near: Context) -> Points:
    """Ordinary nouns have an article; companies have none, save for those that the press gives one.

    Neither has a city: of a company that has its name from one, having none behind "für" or "Werk" says nothing.
    """
    if alias.takes_article and near.low() in cues.ARTICLES and near.opens_with(cues.ARTICLES):
        yield 1.0, "with the article the press gives it"
    elif f"in {alias.text}" in alias.rules_out and _OF_A_PLACE.search(near.word()) and not near.opens:
        return
    elif not (near.glued or cues.determined(near, german=True) or cues.adjective(near)) and mention.name.text.isalpha():
        yield 0.5 if mention.name.text in words().first_names else 1.0, "without an article"  # nor has a Lilly one


def _english_spelling(mention: Mention, doc: Document, near: Context) -> Points:
    """A capital proves something in mid sentence only."""
    in_cased_title = mention.start < doc.title_end and doc.title_cased
    if not (near.opens or near.quoted or in_cased_title or mention.name.shouted):
        yield 1.0, "capital in mid sentence"
    elif cues.content_after(near):
        yield -1.0, "may be the first word of something else"


def _people(mention: Mention, doc: Document, near: Context) -> Points:
    if mention.name.text in doc.people:
        yield -4.0, "a person of that name is in the article"
    title = cues.personal(near)
    if title:
        yield -4.0, f"after the name or title {title}"
    if doc.sporty:
        yield -2.0, "the article is about sport"
    if near.quoted and doc.body[mention.start - 1] == "(" and near.after.startswith(")"):
        yield -3.0, "in brackets, as tickers are"


def _ordinary(mention: Mention, alias: Alias, doc: Document, near: Context) -> Points:
    """What ordinary nouns and verbs have beside them."""
    points = -1.0 if mention.trust(doc.lang) == "case" else -2.0
    if cues.determined(near, german=doc.german) and not cues.introduced(near):
        company = alias.takes_article and near.low() in cues.ARTICLES
        if not (company or near.after.startswith("-") or cues.noun_after(near)):
            yield points if doc.german else -2.0, "after an article or determiner"
    elif doc.german and cues.adjective(near):
        yield points, "after an adjective"
    part = near.glued.removesuffix("-")
    if part != near.glued and part.lower() not in words().free_parts:
        yield -2.0, f"last part of a compound with {part}"
    if doc.german and points < -1 and near.link == "-" and not cues.noun_after(near):
        yield -1.0, "first part of a compound"
    if not doc.german:
        yield from _ordinary_english(mention, doc, near, points)


def _ordinary_english(mention: Mention, doc: Document, near: Context, points: float) -> Points:
    if points < -1 and doc.title_cased and near.low() in words().infinitives:
        yield -2.0, "may be a verb"
    if cues.plural_after(near):
        yield -2.0, "followed by a plural noun and its verb"
    if _longer_name(mention, doc, near):
        yield points, "part of a longer name"


def _longer_name(mention: Mention, doc: Document, near: Context) -> bool:
    """Hanover Square: another capitalised word before it that is no company, no date and begins no sentence."""
    word = near.word()
    if near.glued or near.quoted or not word.isalpha() or word.isupper() or not word[0].isupper():
        return False
    if (mention.start < doc.title_end and doc.title_cased) or word in words().no_names or cues.introduced(near):
        return False
    begins = len(near.words) == 1 or near.word(1)[-1] in ".!?:;–—|"
    return not begins and not any(m.end == mention.start - 1 for m in doc.mentions)
