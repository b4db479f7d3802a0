"""Who a headline is about: companies stand in it as subjects unless the words beside them push them aside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_COMPARED: Final = re.compile(
    r"\b(?:such as|like|including|unlike|than|alongside|led by|(?:competitors?|peers?|rivals?)(?: such as| like)?|wie"
    r"|darunter|etwa|als|gegenüber|neben|statt|anstelle von|ähnlich wie|im vergleich zu|konkurrent(?:en|in)?|rivalen?"
    r"|vs\.?|versus|compared (?:with|to)|in line with|besides|à la|outbids|overtakes|outpaces|surpasses|challenges"
    r"|rivals|überholt|überflügelt|over|behind|ahead of|hinter|distanz zur?|names|appoints|beauftragt)\s+$",
    re.IGNORECASE,
)
"""Before the name: it is an example, a yardstick or somebody's helper."""
_FROM: Final = re.compile(
    r"(?:\(|\b(?:from|von|vom|für|(?:backed|owned|powered) by|based on|built on|using|via|aus|bei|former|ex"
    r"|ehemalige\w*|früher\w*|without|ohne|trotz|despite|following|after|nach|wegen|amid|as|when|while|because of"
    r"|thanks to|dank|seit|since|speculation (?:of|about)|instead of))\s*(?:[\w€$.%-]+\s+){0,3}$",
    re.IGNORECASE,
)
"""Before the name, perhaps some words between: it is where something comes from, or what happened before."""
_APART_AFTER: Final = re.compile(
    r"(?:'s?)?[\s-]?(?i:backed|owned|powered|rivals?|rivale[nr]?|konkurrent\w*|alumni|veteran|like|style)\b"
)
"""After the name: it is somebody else who acts."""
_OWNS_AFTER: Final = re.compile(
    r"(?:'s?)?[\s-]?(?i:parent|founders?|co-founder|unit|spin-?off|subsidiary|suppliers?|zulieferer\w*|tochter|töchter"
    r"|mutter|manager|arbeiter|ceo|boss|chief|challenger|killer|partner|based|compatible|kunden?|gründer|owner|exec\w*"
    r"|engineers?|researchers?|customers?)\b"
)
"""After the name: the next word is what it is about, if anybody else is named."""
_PRODUCT_AFTER: Final = re.compile(
    r"(?:'s)?[\s-](?:AI |KI-|advanced |new |\w+-)?(?i:chips?|[gtc]pus?|processors?|cloud|i?phones?|models?|stake|deal"
    r"|technology|software|hardware|servers?|products?|ads?|app|platform|event|sale|ipo|filing|results|earnings"
    r"|complaint|lawsuit|probe|takeover|bid|merger|order|contract|investment|prozessor\w*|modell\w*|server\w*|zahlen)\b"
)
"""After the name: it only says whose the thing is."""
_LIST_AFTER: Final = re.compile(r"[^.!?]{0,40}(?:& Co\b|und Co\b|im Blick|im Fokus|in focus|and more|among\b|und mehr)")
_BEATEN_AFTER: Final = re.compile(
    r"\s(?:zu )?(?:überholen|überflügeln|abhängen|einholen|übertrumpfen|ausstechen|ablösen)\b"
)
_RIVAL_OF: Final = re.compile(
    r"(?:'s)?[\s-](?i:rivals?|rivale[nr]?|konkurrent(?:en|in)?|challenger|supplier|zulieferer)\s"
)
_JOINT: Final = re.compile(
    r"(?:'s)?(?: [A-Z]\w+)?(?:,? (?:up|down|plus|minus) [\d.,]+ ?(?:%|percent|Prozent)?)?"
    r"(?:\s*[,/]\s*|,?\s+(?:and|und|&|sowie|or|oder|bzw\.)\s+|-)(?:\w+[\s-])?"
)
_SHIFT: Final = re.compile(r"\s(?:auf|to|zu)\s")
MARKET: Final = re.compile(
    r"\b(?:Wall Street|(?i:stocks? (?:to (?:watch|buy)|making|markets?|futures)|biggest (?:moves|movers)|market wrap)"
    r"|Dow Jones|Dow\b|S&P 500|Nasdaq (?:100|Composite|Futures)|Börsen? \w+|M?D[Aa][Xx]|Hang Seng|Nikkei|FTSE 100"
    r"|Sensex|Nifty|KOSPI|Kospi|(?:Euro)?S[Tt][Oo][Xx][Xx]|Aktien (?:Frankfurt|New York|Schweiz|Asien|Europa|Wien)"
    r"|Leitindex|Kursgewinner|Marktbericht|Anlagetipps?|Top-?(?:Aktien|Picks?)|Börsen-?[Tt]icker|Tagesverlierer"
    r"|(?i:pre-?market|tech stocks|tech-?aktien)|stocks (?:rise|fall|slip|gain|end|close|open)|Analyst Blog"
    r"|\w*[Zz]ertifikate?|Optionsscheine?|Knock-?[Oo]ut|Warrants?)(?![\w-])"
)
"""A round-up of the market, or a certificate on somebody's shares."""
_SENTENCE: Final = re.compile(
    r"(?<!Inc)(?<!Corp)(?<!Co)(?<!Ltd)(?<!U\.S)(?<!vs)(?<![DM]r)(?<!St)(?<!N[or])[.!?][\"“”']?\s+"
)
_NEAR: Final = 80
_TICKER_GAP: Final = 3


@dataclass(frozen=True, slots=True)
class Place:
    """One mention: whose, where, and whether by a brand."""

    owner: int
    start: int
    end: int
    brand: bool


def merged(places: Sequence[Place]) -> list[Place]:
    """A name and the ticker in brackets behind it as one place."""
    out: list[Place] = []
    for p in places:
        if out and out[-1].owner == p.owner and p.start - out[-1].end <= _TICKER_GAP:
            out[-1] = Place(p.owner, out[-1].start, max(p.end, out[-1].end), out[-1].brand)
        else:
            out.append(p)
    return out


def subjects(places: Sequence[Place], body: str, start: int, end: int) -> frozenset[int]:
    """Of the companies in `body[start:end]` (a title, or a lead), those it is about."""
    found: set[int] = set()
    first = True
    for low, high in _sentences(body, start, end):
        inside = [p for p in places if low <= p.start < high]
        if inside:
            found |= _of_sentence(inside, body, low, first=first)
            first = False
    return frozenset(found)


def _sentences(body: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    return pairwise([start, *(m.end() for m in _SENTENCE.finditer(body, start, end)), end])


def _of_sentence(places: Sequence[Place], body: str, low: int, *, first: bool) -> set[int]:
    """Those that nothing pushes aside; in the first sentence with companies somebody has to be the subject."""
    if MARKET.search(body, low, places[0].start):
        return set()
    free: set[int] = set()
    aside = False
    several = len({p.owner for p in places}) > 1
    for before, p in zip((None, *places), places, strict=False):
        if not _inherits(before, p, body, aside=aside):
            aside = _aside(p, before, body, low)
        listed = several and _LIST_AFTER.match(body, p.end)
        if not (aside or listed or _owner_only(p, before, places, body)):
            free.add(p.owner)
    return free if free or not first else _least_aside(places, body, low)


def _inherits(before: Place | None, place: Place, body: str, *, aside: bool) -> bool:
    """Joined by "and" or a comma to the one before, or the goal of a shift away from it (from A to B)."""
    if before is None:
        return False
    if _JOINT.fullmatch(body, before.end, place.start):
        return True
    return aside and bool(_SHIFT.fullmatch(body, before.end, place.start))


def _least_aside(places: Sequence[Place], body: str, low: int) -> set[int]:
    """Nobody stands free: the first that is no mere example, with those joined to it."""
    found: list[Place] = []
    example = False
    for before, p in zip((None, *places), places, strict=False):
        joined = before is not None and bool(_JOINT.fullmatch(body, before.end, p.start))
        if found and not joined:
            break
        if not joined:
            example = bool(_COMPARED.search(_before(p, body, low)) or _APART_AFTER.match(body, p.end))
        if not example:
            found.append(p)
    if len(found) > 1 and _LIST_AFTER.match(body, found[-1].end):
        return set()
    return {p.owner for p in found}


def _aside(place: Place, before: Place | None, body: str, low: int) -> bool:
    words = _before(place, body, before.end if before else low)
    if before is not None and _RIVAL_OF.fullmatch(body, before.end, place.start):
        return False
    if _COMPARED.search(words) or _FROM.search(words) or _BEATEN_AFTER.match(body, place.end):
        return True
    return before is not None and bool(_PRODUCT_AFTER.match(body, place.end))


def _owner_only(place: Place, before: Place | None, places: Sequence[Place], body: str) -> bool:
    """Google's DeepMind, Nvidia-backed, Metro-Tochter: named to say whose somebody else is."""
    if before is not None and body[before.end : place.start] == "'s ":
        return False
    if _APART_AFTER.match(body, place.end) or _OWNS_AFTER.match(body, place.end):
        return True
    return body.startswith("'s ", place.end) and any(p.start == place.end + 3 for p in places)


def _before(place: Place, body: str, low: int) -> str:
    return body[max(low, place.start - _NEAR) : place.start]
