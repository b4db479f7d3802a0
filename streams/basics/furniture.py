"""What a page sets around its article: other headlines, sign-ups, disclaimers, tables of prices. Pure functions.

None of it is what the article says. Left in, a list of related headlines makes every article news of their kind,
a disclaimer names companies, and two articles of one outlet pass for one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

_TAGS: Final = ("aside", "button", "figcaption", "footer", "nav", "select")  # they hold nothing else
_MARKED: Final = re.compile(rf"<(?:a|{'|'.join(_TAGS)})\b", re.IGNORECASE)
_BLOCKS: Final = frozenset(("dd", "div", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "td"))
_INLINE: Final = frozenset(("b", "em", "font", "i", "small", "span", "strong", "u"))
_BESIDE: Final = 3  # nodes on either side of a link, and elements around it, that are looked at
_LINKED: Final = 20  # characters of a link that may be a headline
_POINTS: Final = re.compile(r"\W*(?:\w[\w &'’-]{0,30}:)?\W*")  # "Read more: ", "→ ", "(READ: "

FILE: Final = Path(__file__).with_suffix(".toml")
"""The phrases, by what becomes of them."""
_SENTENCE: Final = re.compile(
    r"(?<=[.!?…])(?<!\b[A-Z]\.)(?<!Inc\.)(?<!Corp\.)(?<!Co\.)(?<!Ltd\.)[\"“”]? +(?=[A-ZÄÖÜ©(\[\"„“])"
)
_QUOTES: Final = "\"“”’')]"
_BULLET: Final = re.compile(r"[•*·‣▪»>–—-]+ +")
_CUT_OFF: Final = re.compile(r"\s*\[\+?\d+ (?:chars|Zeichen)\]$")
# "About Harbour Chips" as a heading, or before the name again: "About Harbour Chips: Harbour Chips AG makes ...".
_NAME: Final = r"[A-ZÄÖÜ][\w.&’'-]*"
_NAMES: Final = rf"(?:,? (?:{_NAME}|and|of|the|und|für|&))*,?:?"
_ABOUT: Final = re.compile(
    rf"(?:About|ABOUT|Über|ÜBER) (?:the |die |das )?(?:{_NAME}{_NAMES}$|({_NAME}){_NAMES} (?:The |Die )?\1\b)"
)
# "A plant of Harbour Chips. Photo: Harbour Wire", "A plant of Harbour Chips (Photo: Harbour Wire)".
_CREDIT: Final = re.compile(
    r"(?:[^.!?:]{2,160}[.!?] |[^.!?:]{2,160}[(|] ?)?(?:Photos?|Fotos?|Images?|Bild(?:er)?|Pictures?)(?: credits?)?: ?"
    r"(?:[^.:!?]|\b[A-Z]\.){2,50}"
)
_HEAD_CHARS: Final = 80
_HEADLINE_CHARS: Final = 160
_CAPTION_CHARS: Final = 240
_NOTE_CHARS: Final = 400
_NUMBER: Final = re.compile(r"[(+−–-]?[$€£]?[+−–-]?\d[\d.,]*(?:%|\$|€|bn|mn|m)?\)?|[%$€£]|n/a|[–—-]")
_ROW_CHARS: Final = 120
_ROWS: Final = 3  # so many in a row are a table
_FIGURES: Final = 2  # of a row, and half of its words
_PROSE: Final = 60  # characters of a sentence before what ends an article: a page begins with no end


class _Words(NamedTuple):
    """The phrases of `furniture.toml`, each list one pattern."""

    head: re.Pattern[str]
    label: re.Pattern[str]
    note: re.Pattern[str]
    end: re.Pattern[str]
    round_up: re.Pattern[str]
    background: re.Pattern[str]


def is_marked(markup: str) -> bool:
    """Whether HTML may itself say what is set around the article. Cheaper than to parse it."""
    return "<" in markup and _MARKED.search(markup) is not None


def prune(tree: LexborHTMLParser) -> None:
    """Take out what HTML says is none of the article: navigation, captions, blocks that are but a link elsewhere."""
    for tag in _TAGS:
        for node in tree.css(tag):
            node.decompose()
    for block in [found for link in tree.css("a") if (found := _only_linked(link))]:
        block.decompose()


def _only_linked(link: LexborNode) -> LexborNode | None:
    """The block that holds nothing but a link to another headline, and perhaps a word that points to it."""
    said = link.text().strip()
    if len(said) < _LINKED or _is_ended(said):  # a linked sentence may be the lead
        return None
    node: LexborNode | None = link
    for _ in range(_BESIDE):
        before, after = _beside(node, back=True), _beside(node, back=False)
        if not (_POINTS.fullmatch(before) and _POINTS.fullmatch(after) and "." not in after):
            return None
        node = node.parent if node else None
        if node is None or node.tag not in _INLINE:
            return node if node and node.tag in _BLOCKS else None
    return None


def _beside(node: LexborNode | None, *, back: bool) -> str:
    """The words on one side of a node; a long word when there are more nodes than a link alone has beside it."""
    found: list[str] = []
    for _ in range(_BESIDE + 1):
        node = (node.prev if back else node.next) if node else None
        if node is None:
            return " ".join(reversed(found) if back else found)
        if node.tag not in _INLINE and node.tag not in ("-text", "br"):
            break
        found.append(node.text() or "")
    return "w" * _HEADLINE_CHARS


def own_words(text: str) -> str:
    """The lines and sentences of plain `text` that are the article's own, in order and otherwise as they were.

    Where all that is left sounds like a note it stays: a lead is one sentence, and there are headlines about sign-ups.
    """
    text = _CUT_OFF.sub("", text) if text.endswith("]") else text
    lines = [*_without_lists(text.split("\n"))]
    noteless = [kept for line in lines if (kept := _without_notes(line))] or lines
    return "\n".join(_without_tables(noteless) if len(noteless) >= _ROWS else noteless)


def is_round_up(title: str) -> bool:
    """Whether a headline says that many pieces of news follow; whom it names they may all be about."""
    return _words().round_up.search(title.lower()) is not None


def is_background(title: str) -> bool:
    """Whether a headline says of itself that it looks back, explains or judges: it tells no news of any category."""
    return _words().background.search(title) is not None


def _without_lists(lines: Iterable[str]) -> Iterator[str]:
    """Lines without other headlines, captions and topics, up to what stands behind the article."""
    ends = _words().end
    listing = begun = False
    for line in lines:
        bare = _BULLET.sub("", line, count=1)
        if begun and (ends.match(bare.lower()) or _ABOUT.match(bare)):
            return
        if _is_head(bare):
            listing = True
        elif not (listing and _is_headline(bare)):
            listing = False
            if not _is_aside(bare):
                begun = begun or (len(bare) >= _PROSE and _is_ended(bare))
                yield line


def _is_head(line: str) -> bool:
    return len(line) <= _HEAD_CHARS and not line.endswith(".") and _words().head.fullmatch(line.lower()) is not None


def _is_headline(line: str) -> bool:
    return len(line) <= _HEADLINE_CHARS and not _is_ended(line)


def _is_ended(line: str) -> bool:
    """As a sentence is, and no headline. What was cut off is not."""
    line = line.rstrip(_QUOTES)
    return line.endswith((".", ":", ";")) and not line.endswith("...")


def _is_aside(line: str) -> bool:
    """Whether it only points elsewhere, or says what a picture shows; a longer line has swallowed a paragraph."""
    if ":" not in line or len(line) > _CAPTION_CHARS:
        return False
    if len(line) <= _HEADLINE_CHARS and _words().label.match(line.lower()):
        return True
    return _CREDIT.fullmatch(line) is not None


def _without_notes(line: str) -> str:
    sentences = _SENTENCE.split(line)
    kept = [s for s in sentences if not _is_note(s)]
    return line if len(kept) == len(sentences) else " ".join(kept)


def _is_note(sentence: str) -> bool:
    """A line of hard-wrapped text may begin as one does, but in the middle of its sentence."""
    return not sentence[:1].islower() and _words().note.match(sentence[:_NOTE_CHARS].lower()) is not None


def _without_tables(lines: Sequence[str]) -> Iterator[str]:
    rows: list[str] = []
    for line in lines:
        if _is_row(line):
            rows.append(line)
            continue
        yield from rows if len(rows) < _ROWS else ()
        rows = []
        yield line
    yield from rows if len(rows) < _ROWS else ()


def _is_row(line: str) -> bool:
    """Whether half of a short line is figures, as "ADI 100.50 -1.2 %" is."""
    if len(line) > _ROW_CHARS or _BULLET.match(line):
        return False
    words = line.split()
    figures = sum(1 for w in words if _NUMBER.fullmatch(w))
    return figures >= _FIGURES and 2 * figures >= len(words)


@cache
def _words() -> _Words:
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    names = ("heads", "labels", "notes", "ends", "round_ups", "background")
    lists = {name: _filled(told[name], told["parts"]) for name in names}
    said = lists["background"]
    return _Words(
        head=_pattern(rf"(?:{lists['heads']})\s*(?:\(\d+\))?\s*[:…»>]*"),
        label=_pattern(rf"(?:{lists['labels']})\s*: "),
        note=_pattern(lists["notes"]),
        end=_pattern(lists["ends"]),
        round_up=_pattern(rf"(?<!\w)(?:{lists['round_ups']})(?![\w-])"),
        background=_pattern(
            rf"(?i:\A(?:{said})(?:\s?[:|]| [–—-] )|[|–—-] (?:{said})\s*\Z)|\A(?=[A-Z& -]+-)(?i:{said})-"
        ),
    )


def _filled(phrases: Sequence[str], parts: Mapping[str, str]) -> str:
    joined = "|".join(phrases)
    for name, part in parts.items():
        joined = joined.replace(f"<{name}>", part)
    return joined


def _pattern(phrases: str) -> re.Pattern[str]:
    return re.compile(phrases)
