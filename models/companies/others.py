"""A doubtful name that is somebody else's: a longer name's, a whole trade's, or of a company the article writes out."""

from __future__ import annotations

from typing import Final

from models.companies import cues
from models.companies.automaton import Mention
from models.companies.context import Context
from models.companies.document import Document
from models.companies.entries import Alias
from models.companies.phrases import phrases
from models.companies.roles import SENTENCE

_NEAR: Final = 80


def another(alias: Alias, doc: Document, near: Context, *, at: int) -> str:
    """Why the name is not its company's at this place, however much a company's it is; "" when it may be."""
    if _of_firm(doc, near):
        return "the first word of another firm's name"
    return _of_trade(doc, near, at) if alias.trade and doc.german else ""


def _of_firm(doc: Document, near: Context) -> bool:
    """Meta Genomics; Intel Labs and Ford Robotics only where a young firm raises money, as others are units."""
    if phrases().firm.match(near.after):
        return True
    if not phrases().young.match(near.after):
        return False
    return bool(phrases().round.search(doc.lower) or phrases().millions.search(doc.lower))


def _of_trade(doc: Document, near: Context, at: int) -> str:
    """Telekom-Ausrüster, US-Telekomkonzern, Bahnkonzern SNCF, Telekomkunden von Orange; not the Telekom-Tochter."""
    if near.link == " ":
        return ""
    if phrases().trade.match(near.after):
        return "a whole trade"
    mention = doc.mentions[at]
    own = mention.name.owner
    concern = phrases().concern.match(near.after)
    if concern:
        foreign = near.glued or (cues.adjective(near) and not near.low().startswith("deutsch"))
        if concern[1] or foreign or _others(doc, own):
            return "a kind of company"
        return ""
    of = phrases().of.match(near.after)
    beside = doc.mentions[at + 1 : at + 2]
    if of and any(m.name.owner != own and m.start == mention.end + of.end() for m in beside):
        return f"what {beside[0].name.text} has"
    return ""


def _others(doc: Document, own: int) -> bool:
    """Whether somebody else is named, for certain or in the title, and the company itself not for certain."""
    titled = (m.name.owner for m in doc.mentions if m.start < doc.title_end)
    return own not in doc.certain and any(owner != own for owner in (*doc.certain, *titled))


def written_out(alias: Alias, doc: Document, places: list[tuple[int, Context]]) -> Mention | None:
    """The longer name that the doubtful one is short for: a text that means LG Energy Solution writes it out once.

    None where the article says which company it means, sets the two beside each other, or has several such names.
    """
    short = [doc.mentions[at] for at, _ in places]
    own = short[0].name.owner
    long = [m for m in doc.mentions if m.name.text.startswith(f"{alias.text} ") and m.name.owner in doc.certain]
    if len({m.name.owner for m in long}) != 1 or own in doc.certain | doc.given or doc.cue(alias)[0]:
        return None
    first = long[0]
    if first.start >= doc.title_end and any(doc.title_end <= m.start < first.start for m in short):
        return None  # the text goes on without it
    if any(_set_apart(near, doc.mentions[at], doc) for at, near in places):
        return None
    return None if any(_together(m, other, doc) for m in short for other in long) else first


def _set_apart(near: Context, mention: Mention, doc: Document) -> bool:
    """Introduced as somebody new: "rival Merck", "the US group Merck"."""
    before = doc.body[max(0, mention.start - _NEAR) : mention.start]
    return cues.introduced(near) or bool(phrases().compared.search(before) or phrases().comes_from.search(before))


def _together(one: Mention, other: Mention, doc: Document) -> bool:
    """In one sentence, which would not name the same company twice."""
    low, high = min(one.end, other.end), max(one.start, other.start)
    return not (low <= doc.title_end <= high or SENTENCE.search(doc.body, low, high))
