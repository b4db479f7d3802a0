"""What the words beside a name say for or against a company, English and German."""

from __future__ import annotations

import re
from typing import Final

from models.companies.beside import Beside
from models.companies.words import words

_VERB_PHRASE: Final = re.compile(
    r"(?:'s?)? (?i:(?:in|near|close to|ends|resumes) (?:talks|deal)\b|to (?!be\b)[a-z]{3,}"
    r"|(?:will|would|may|might|could|can|must) (?!be\b)[a-z]{3,}"
    r"|is (?:in talks|said to|set to|buying|cutting|selling|building|launching|considering|planning|closing"
    r"|laying|raising|hiring|adding|facing|working|using|making|getting|betting|turning)\b"
    r"|has (?:agreed|raised|cut|sold|bought|launched|announced|hired|sued|filed|started|stopped|been|become|won"
    r"|lost|made)\b)"
)
_KIND: Final = re.compile(
    r"[\w-]*(?:konzern(?:s|e|en)?|bauer[ns]?|herstellern?s?|zulieferern?s?|vermieter[ns]?|anbieter[ns]?|senders?"
    r"|riesen?|riesin|händlern?s?|dienstleistern?s?|versicherer[ns]?|betreiber[ns]?|entwickler[ns]?|kette|gruppe"
    r"|banken|bank|airlines?|fluglinie|fluggesellschaft|brauerei|börse|portals?|plattform|firma|firmen"
    r"|unternehmens?|tochter|töchter|mutter|rivalen?|konkurrent(?:en|in)?|primus|platzhirsch|designers?|schmiede"
    r"|spezialist(?:en)?|ausrüster[ns]?|titel|produzent(?:en)?|start-?ups?|makers?|giants?|retailers?|insurers?"
    r"|parent|rivals?|firms?|provider|company|companies|behemoth|operator|supplier|carrier|lender|developer|major"
    r"|brand|manufacturer|streamer|studio|heavyweight|titan|conglomerate|broker|owner|chain|group"
    r"|versorgers?|postdienst|paketdienst|reederei|werft|verlag)"
)
_KIND_PHRASE: Final = re.compile(
    r"(?:firmen|unternehmen|konzernen?|aktien|titel|marken) wie"
    r"|(?:companies|stocks|shares|firms|names|makers|giants|retailers|players) (?:like|including|as)"
    r"|(?:shares|unit|takeover|acquisition) of|(?:stake|shares) in|bid for|owned by"
)
_EMPLOYER: Final = re.compile(
    r"\w*chef\w*|\w*vorstand\w*|\w*streiks?|mitarbeit\w*|beschäftigte\w*|\w*jobs?|stellen\w*|kritik|druck|\w*klagen?"
    r"|\w*aktien?|anteile?n?|\w*manager\w*|sprecher\w*|umsatz|gewinn|verluste?|beteiligung|einstieg|angebot|vertrag"
    r"|auftrag|aufträge|milliarden|millionen|kunden?|verhandlungen|tarif\w*|warnstreik\w*|umbau|ausstieg"
)
_LINKS: Final = frozenset({"von", "bei", "an", "für", "gegen", "auf", "mit", "zu", "der", "die", "zur"})
_FINITE: Final = re.compile(r" ([a-zäöüß]+t)\b")
_NO_THIRD_PERSON: Final = re.compile(r" (?!\w*[a-z](?<!ss)(?<!er)s\b)\w+| \w*(?:ers|ors|ings|ions|ists|ees)\b")
_MONEY: Final = re.compile(r"\d ?(?:%|prozent|percent|per cent|€)|[$€£]\d")
_DESK: Final = re.compile(
    r"(?:ROUNDUP|UPDATE|AKTIEN? IM FOKUS|AKTIEN|BRIEF|EXCLUSIVE|EQS|DGAP|PTA|IPO|WDH|KORREKTUR|ANALYSE|OTS|AFX|RPT"
    r"|BREAKINGVIEWS|Original-Research|Kreise|KREISE|dpa-AFX|Aktie im Fokus|ADVISORY|CORRECTED|HINTERGRUND)\b"
)
_PHRASES: Final = ("data cent", "wall street", "market share")
_WORD: Final = re.compile(r"[^\W\d_][\w'-]*")
_CONTENT: Final = re.compile(
    r" (?!(?i:to|in|on|at|and|or|for|is|are|was|were|has|have|had|will|would|could|can|may|might|must|should|as|by"
    r"|from|with|after|before|amid|over|into|vs|but|not|no|than|its|it|this|that|still|also|now|just|isn't|won't"
    r"|can't|doesn't|didn't|under|against|among|ahead|near|up|down|out|via|without|despite|says?)\b)\w+"
)
_ADJECTIVE: Final = 3
_INITIAL: Final = 2
_OFFICE: Final = re.compile(
    r".*-(?:[Cc]hef(?:in)?|[Mm]inister(?:in)?|[Pp]räsident(?:in)?|[Tt]rainer(?:in)?|[Kk]anzler(?:in)?|[Ss]precher(?:in)?"
    r"|[Aa]nwalt|[Aa]nwältin|[Ee]xperte|[Ee]xpertin|[Ss]tar|[Pp]rofi|[Pp]olitiker(?:in)?|[Kk]andidat(?:in)?|[Ss]tratege)"
)
ARTICLES: Final = frozenset({"der", "die"})
"""What the press puts before Bahn, Post, Telekom and means the company."""


def businesslike(body: str, lower: str) -> bool:
    """Whether a text (`lower`: the same in lower case) speaks of business at all."""
    known = words()
    if any(stem in lower for stem in known.business_stems) or any(phrase in lower for phrase in _PHRASES):
        return True
    if _DESK.match(body) or _MONEY.search(lower):
        return True
    return not known.business.isdisjoint(_WORD.findall(lower))


def sporty(lower: str) -> bool:
    """Whether a text, in lower case, is about sport."""
    return not words().sport.isdisjoint(_WORD.findall(lower))


def noun_after(near: Beside) -> bool:
    """Shares, chief, plant: the word behind the name, or behind a hyphen."""
    word = near.next.lower()
    return word in words().nouns or (word.startswith(words().noun_stems) and near.next[0].isupper())


def verb_after(near: Beside, *, german: bool) -> bool:
    """A verb that companies do stands behind the name."""
    if near.link != " ":
        return False
    if german:
        return near.next in words().verbs_de
    return near.next.lower() in words().verbs_en or bool(_VERB_PHRASE.match(near.after))


def finite_after(near: Beside) -> bool:
    """German: some verb of the third person follows; most end in t."""
    found = _FINITE.match(near.after)
    return found is not None and found[1] not in words().not_finite


def content_after(near: Beside) -> bool:
    """English: a word follows that is neither verb nor preposition nor a company's noun (Apple harvest)."""
    if not _CONTENT.match(near.after) or noun_after(near) or verb_after(near, german=False):
        return False
    return bool(_NO_THIRD_PERSON.match(near.after))


def introduced(near: Beside) -> bool:
    """Chip maker, Autovermieter, "companies like": the name is introduced as a company."""
    last = near.low()
    return bool(_KIND.fullmatch(last)) or bool(_KIND_PHRASE.fullmatch(f"{near.low(1)} {last}"))


def personal(near: Beside) -> str:
    """The first name, title, initial or office before a surname; "" when there is none."""
    word = near.word().lstrip("\"„“'(")
    if near.glued or not word:
        return ""
    if word in words().first_names or word in words().titles or _OFFICE.fullmatch(word):
        return word
    return word if len(word) == _INITIAL and word[0].isupper() and word[1] == "." else ""


def employer(near: Beside) -> bool:
    """German: Streik bei der ..., Druck auf ..., Anteile an ..., laut ..."""
    last = near.low()
    if last == "laut":
        return True
    if last not in _LINKS:
        return False
    first = near.low(2) if near.low(1) in _LINKS else near.low(1)
    return bool(_EMPLOYER.fullmatch(first))


def determined(near: Beside) -> bool:
    """Whether an article or determiner stands before, perhaps with one adjective between."""
    if near.opens:
        return False
    last, known = near.low(), words().determiners
    if last in known:
        return True
    between = (last[-1:].isalpha() and near.word()[0].islower()) or "-" in last
    return between and near.low(1) in known and near.word()[-1] not in ",:;"


def adjective(near: Beside) -> bool:
    """German: an adjective without an article; the noun it belongs to is an ordinary one."""
    last = near.word()
    if not last.isalpha() or not last.islower() or last in words().no_adjectives or last in words().determiners:
        return False
    return len(last) > _ADJECTIVE and last.endswith(("e", "er", "es", "em"))
