"""A story's first message as it reads after echoes, updates and corrections: pure, the whole message anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from streams.channels.marks import ref
from streams.channels.render import Block, actions, blocks, headline, rich_date
from streams.channels.words import facts_line, inert, summary, told_at
from streams.delivery.book import Edit
from streams.records import Alert, Kind, Status

_OUTLETS = 12
_NOTES = 3


def living(edit: Edit, *, buttons: bool = False) -> dict[str, Any]:
    """The arguments of `chat.update` but for channel and ts."""
    words = "; ".join(p for p in (_status(edit), also(edit)) if p)
    text = summary(edit.root, f"· {words}" if words else "")
    arguments: dict[str, Any] = {"text": text, "parse": "none", "link_names": False}
    if edit.step < 2:  # noqa: PLR2004 - the ladder of `render.message`
        arguments["blocks"] = _blocks(edit) + (actions(edit.root) if buttons else [])
    elif edit.step < 3:  # noqa: PLR2004
        arguments["blocks"] = [_headline(edit)]
    else:
        arguments["text"] += f" · {ref(edit.root.alert_id)}"
    return arguments


def also(edit: Edit) -> str:
    """`also reported by 3`; the first outlet itself and repeats of an outlet do not count."""
    outlets = _outlets(edit)
    return f"also reported by {len(outlets)}" if outlets else ""


def _blocks(edit: Edit) -> list[Block]:
    _, *rest = blocks(edit.root, edit.posted)
    told = [_headline(edit)]
    if edit.notes:
        told.append(_noted(edit))
    told += rest
    if _outlets(edit):
        told.append(_reported(edit))
    return told


def _headline(edit: Edit) -> Block:
    mark = {"removed": "⛔ WITHDRAWN", "corrected": "⚠️ CORRECTED", "updated": "🔵"}.get(_last(edit), "")
    return headline(edit.root, mark, edit.revision, strike=_last(edit) == "removed")


def _last(edit: Edit) -> str:
    """What the story has come to: a removal outweighs a correction, a correction an update."""
    if any(takes_back(n, edit.root, (*edit.notes, *edit.echoes)) for n in edit.notes):
        return "removed"
    if any(n.kind is Kind.CORRECTION and n.status is not Status.REMOVED for n in edit.notes):
        return "corrected"
    return "updated" if edit.notes and not edit.root.urgent else ""


def takes_back(note: Alert, told: Alert, beside: Iterable[Alert] = ()) -> bool:
    """Whether it withdraws what was told; `beside` are the story's other alerts.

    Another outlet that withdraws its telling does not, nor does the same outlet when it withdraws one of those.
    """
    if note.status is not Status.REMOVED:
        return False
    if note.article_id == told.article_id:
        return True
    others = {a.article_id for a in beside if a.status is not Status.REMOVED}
    return bool(note.source) and note.source == told.source and note.article_id not in others


def _status(edit: Edit) -> str:
    return {"removed": "WITHDRAWN", "corrected": "CORRECTED", "updated": "updated"}.get(_last(edit), "")


def _noted(edit: Edit) -> Block:
    """`updated 14:20: $3.5bn`, one sentence for each of the last changes."""
    elements: list[Block] = []
    for note in edit.notes[-_NOTES:]:
        lead = (
            "withdrawn" if note.status is Status.REMOVED else "CORRECTED" if note.kind is Kind.CORRECTION else "updated"
        )
        by = f" by {inert(note.source, 40)}" if note.status is Status.REMOVED else ""
        what = _news(edit, note)
        elements += [
            _text(("\n" if elements else "") + lead + by + " "),
            rich_date(note.seen, edit.posted),
            _text(f": {inert(what, 150)}"),
        ]
    return _rich("n:", edit, elements)


def _news(edit: Edit, note: Alert) -> str:
    """What the change is: a corrected headline, else the facts, else the headline."""
    if note.kind is Kind.CORRECTION and note.title != edit.root.title:
        return note.title
    return facts_line(note.facts) if note.facts else note.title


def _reported(edit: Edit) -> Block:
    """`also reported by 2 (Example Wire 09:02, Second Desk 09:05)`."""
    outlets = _outlets(edit)
    elements = [_text(also(edit) + " (")]
    for number, echo in enumerate(outlets[:_OUTLETS]):
        elements += [
            _text((", " if number else "") + inert(echo.source, 40) + " "),
            rich_date(told_at(echo), edit.posted),
        ]
    elements.append(_text(", …)" if len(outlets) > _OUTLETS else ")"))
    return _rich("e:", edit, elements)


def _outlets(edit: Edit) -> Sequence[Alert]:
    first: dict[str, Alert] = {}
    for echo in edit.echoes:
        if echo.source and echo.source != edit.root.source:
            first.setdefault(echo.source, echo)
    return list(first.values())


def _text(words: str) -> Block:
    return {"type": "text", "text": words}


def _rich(kind: str, edit: Edit, elements: list[Block]) -> Block:
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": kind + edit.root.alert_id, "elements": [section]}
