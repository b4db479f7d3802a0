"""How a name may be spelled: composed letters, apostrophes and hyphens, umlauts, accents, capitals, German endings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_ADJECTIVE: Final = re.compile(
    r"\b(Deutsche|Österreichische|Schweizerische|Norddeutsche|Süddeutsche|Westdeutsche|Chinesische|Russische|Vereinigte"
    r"|Berliner|Kommunale|Sächsische|Rheinische|Bayerische|Europäische|Japanische|Erste|Neue|Vereinte)(?= )"
)
_UMLAUTS: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ø": "o", "Ø": "O", "æ": "ae"}
)
_ALIKE: Final = (
    ("’", "'"), ("‘", "'"), ("ʼ", "'"), ("´", "'"), ("`", "'"), ("‐", "-"), ("‑", "-"), ("\u00a0", " "),
    ("\u202f", " "), ("\u2009", " "), ("\n", " "),
)  # fmt: skip
_ALIKE_ASCII: Final = (("`", "'"), ("\n", " "))
_LONG: Final = 5
_HYPHENED: Final = 8


def alike(text: str) -> str:
    """`text` with one kind of apostrophe, hyphen and space; as long as before, so that places keep."""
    for other, one in _ALIKE_ASCII if text.isascii() else _ALIKE:
        if other in text:
            text = text.replace(other, one)
    return text


def composed(text: str) -> tuple[str, list[int] | None]:
    """`text` in NFC, and for each of its places (the end too) the place it came from; None when nothing moved."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text, None
    pieces, places = [], []
    for found in re.finditer(r".[\u0300-\u036f\u1100-\u11ff\u3099\u309a]*", text, re.DOTALL):
        piece = unicodedata.normalize("NFC", found[0])
        pieces.append(piece)
        places += [found.start()] * len(piece)
    return "".join(pieces), [*places, len(text)]


def variants(text: str) -> Iterator[str]:
    """Other spellings of a name that mean the same in any text; may repeat `text` itself."""
    yield text.translate(_UMLAUTS)
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    yield bare
    if not is_long(text):
        return
    if text.isalpha() and text != text.capitalize():
        yield text.capitalize()
    elif text.isupper():
        yield text.title()
    if "-" in text and _letters(text) >= _HYPHENED:
        yield text.replace("-", " ")


def in_capitals(text: str) -> str:
    """A name as a headline in capitals writes it."""
    return (text.translate(_UMLAUTS) if "ß" in text else text).upper()


def is_long(text: str) -> bool:
    """Whether a name is its own in any capitals: shorter ones would be abbreviations of something else."""
    return _letters(text) >= _LONG


def _letters(text: str) -> int:
    return sum(c.isalpha() for c in text)


def inflected(text: str) -> Iterator[str]:
    """German endings of a name that begins with an adjective: Deutschen Bank, Deutscher Börse."""
    if _ADJECTIVE.search(text):
        for ending in "nrs":
            yield _ADJECTIVE.sub(rf"\g<1>{ending}", text)


def hyphened(text: str) -> str:
    """A name of several words as German compounds write it (Deutsche-Bank-Aktie), or ""."""
    return text.replace(" ", "-") if " " in text and "." not in text and "&" not in text else ""


_KIND: Final = re.compile(
    r"(?:(?<![\w-])[A-ZÄÖÜ]?[\w-]*(?:konzern|bauer|hersteller|zulieferer|vermieter|anbieter|sender|riese|händler|dienstleister"
    r"|versicherer|betreiber|entwickler|kette|firma|unternehmen|spezialist|designer|Start-?up|start-?up|dienst|schmiede"
    r"|produzent|ausrüster|fertiger|studio|fonds|investor|plattform|verlag|Konzern|Hersteller|Anbieter|Firma|Unternehmen|Tochter|tochter)"
    r"|(?<![\w-])(?:startup|start-up|insurer|retailer|operator|provider|\w*maker|broadcaster|bank|group"
    r"|developer|company|firm|giant|producer|manufacturer|airline|lender|platform|broker)) "
)
_TAIL: Final = re.compile(r"-(?:Aktien?|Konzerns?|Gruppe|Mutter|Tochter|Chef|Werke?|Chips?|Chatbot)$")


def core(text: str) -> tuple[int, int] | None:
    """Where the name itself stands in an alias that says its kind as well ("Chipdesigner Arm"); None for all of it."""
    start = max((m.end() for m in _KIND.finditer(text)), default=0)
    tail = _TAIL.search(text, start)
    end = tail.start() if tail else len(text)
    if (start, end) == (0, len(text)) or not text[start:end] or text[start].islower():
        return None
    return start, end
