"""Words as they came to words that can be compared: HTML to text, Unicode, urls. Pure functions."""

from __future__ import annotations

import html
import re
import unicodedata
from hashlib import blake2b
from typing import Final, Literal
from urllib.parse import urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser

from streams.basics import limits
from streams.basics.furniture import prune

_MARKUP: Final = re.compile(r"<(?:[a-zA-Z/!?])")
_RIC: Final = re.compile(r"<([A-Za-z0-9]{1,6}\.[A-Z]{1,2})>")  # Reuters' code of a share is no tag
_ENTITY: Final = re.compile(r"&(?:#\d|#x|\w)")
_NO_NUMBER: Final = re.compile(r"&#[0-9]{100,}")
# Control, zero-width and direction-changing characters: invisible in a headline, dangerous in a channel.
_UNSEEN: Final = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
    r"\ufff9-\ufffb\ud800-\udfff"
)
_INVISIBLE: Final = re.compile(f"[{_UNSEEN}]")
# Accents out of order are sorted in quadratic time. No language sets more than 30 on a letter (Unicode, UAX 15).
_MOST_ACCENTS: Final = 30
_ACCENTS: Final = re.compile(rf"[\W\uff9e\uff9f]{{{_MOST_ACCENTS + 1},}}")
_JOINED: Final = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LIGATURE: Final = re.compile(f"[{''.join(_JOINED)}]")  # as PDFs have them
_TAG: Final = re.compile(r"<[^<>]*>?")
_SPACE: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r"\s*\n\s*")
_BLOCKS: Final = re.compile(r"</?(?:p|div|br|li|ul|ol|tr|table|h[1-6]|section|article|blockquote)\b", re.IGNORECASE)
_CELLS: Final = re.compile(r"<t[dh]\b", re.IGNORECASE)
_TRACKING: Final = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|cmpid|ref_?src|wt_\w+|xtor|at_\w+|ncid|soc_\w+",
    re.IGNORECASE,
)
_WORK: Final = ("<", "&", "  ")  # without these, what is printable (so no line break, nothing invisible) is plain
_NO_ADDRESS: Final = re.compile(rf'[\s<>|"\\^`{_UNSEEN}]')
_NOT_WORD: Final = re.compile(r"[\W_]+")
_ASCII_WORDS: Final = bytes(ord(chr(c).lower()) if c < 128 and chr(c).isalnum() else 32 for c in range(256))  # noqa: PLR2004


def plain(words: str, *, pruned: bool = False) -> str:
    """Readable text of `words`: markup out, entities resolved once, NFC, no invisible characters, single spaces.

    `pruned`: without what HTML says is no part of the article (`furniture.prune`).
    """
    if words.isprintable() and not any(c in words for c in _WORK):
        return (words if words.isascii() else normal_form(words)).strip()
    if "<" in words:
        words = _RIC.sub(r"&lt;\1&gt;", words.replace("<![CDATA[", "").replace("]]>", ""))
    if "<" in words and _MARKUP.search(words):
        words = _text_of_markup(words, pruned=pruned)
    elif "&" in words and _ENTITY.search(words):
        words = _resolved(words)
    lines = words.split("\n")
    if all(line.isprintable() for line in lines):  # then nothing is invisible, and no space but the plain one
        lines = [_single_spaced(line) for line in lines]
        return "\n".join(line for line in lines if line)
    words = normal_form(_INVISIBLE.sub("", words.replace("\r", "\n")))
    return _LINES.sub("\n", _SPACE.sub(" ", words)).strip()


def normal_form(words: str, form: Literal["NFC", "NFKC"] = "NFC") -> str:
    """`words` in that form of Unicode and without ligatures, in linear time.

    Where the form changes them, 30 accents at most stay on a letter.
    """
    words = _LIGATURE.sub(lambda found: _JOINED[found[0]], words)
    if unicodedata.is_normalized(form, words):
        return words
    return unicodedata.normalize(form, _ACCENTS.sub(_first_accents, words))


def accents(words: str) -> int:
    """How many characters sit on the letter before them, written as themselves or as entities."""
    words = words if words.isascii() and "&" not in words else _resolved(words)
    return sum(words.count(c) for c in set(words) if _is_accent(c))


def _is_accent(c: str) -> bool:
    return unicodedata.combining(unicodedata.normalize("NFKD", c)[0]) > 0


def _first_accents(found: re.Match[str]) -> str:
    kept, run = [], 0
    for c in found[0]:
        run = run + 1 if _is_accent(c) else 0
        if run <= _MOST_ACCENTS:
            kept.append(c)
    return "".join(kept)


def visible(words: str) -> str:
    """`words` on one line as a terminal may print them: what would command it, or hide, is spelled out."""
    if words.isprintable():
        return words
    return "".join(
        c if c.isprintable() or unicodedata.category(c) == "Zs" else c.encode("unicode_escape").decode() for c in words
    )


def _single_spaced(line: str) -> str:
    line = normal_form(line)
    return " ".join(filter(None, line.split(" "))) if "  " in line else line.strip(" ")


def _resolved(words: str) -> str:
    """Entities as what they mean. Python refuses to read a number of thousands of digits; it means no character."""
    return html.unescape(_NO_NUMBER.sub("&#1114112", words))


def _text_of_markup(words: str, *, pruned: bool) -> str:
    words = _INVISIBLE.sub("", words[: limits.MARKUP_CHARS])
    if _is_attack(words):
        return _resolved(_TAG.sub(" ", words))
    words = _CELLS.sub(lambda found: " " + found[0], _BLOCKS.sub(lambda found: "\n" + found[0], words))
    tree = LexborHTMLParser(words)
    for tag in ("script", "style", "noscript", "template"):
        for node in tree.css(tag):
            node.decompose()
    if pruned:
        prune(tree)
    return tree.root.text(deep=True) if tree.root else ""


def _is_attack(words: str) -> bool:
    """A tree too deep, or a tag with attributes without end: the parser compares each with every other."""
    if words.count("<") > limits.TAGS_PARSED or words.count("=") > limits.TAGS_PARSED:
        return True
    return any(len(part) - part.find("<") > limits.TAG_CHARS for part in words.split(">") if "<" in part)


def hash_of(*parts: str, size: int = 8) -> str:
    """A short name for these words; every process gives the same."""
    return hash_bytes(*parts, size=size).hex()


def hash_bytes(*parts: str, size: int = 8) -> bytes:
    """The same in bytes, where millions are kept."""
    return blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=size).digest()


def title_key(title: str) -> str:
    """What two spellings of one headline share: case, punctuation and spacing do not count."""
    if title.isascii():  # the same, ten times faster
        return b" ".join(title.encode().translate(_ASCII_WORDS).split()).decode()
    return _NOT_WORD.sub(" ", normal_form(title, "NFKC").casefold()).strip()


def canonical_url(url: str) -> str:
    """One spelling per page: tracking parameters, fragment and default port gone. "" for what is no web address."""
    url = url.strip()
    if not url or len(url) > limits.URL_CHARS or _NO_ADDRESS.search(url):
        return ""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or parts.username is not None:
        return ""
    host = parts.hostname.lower()
    if port and port not in (80, 443):
        host = f"{host}:{port}"
    page = parts.fragment if parts.fragment.startswith("!") else ""  # #!/article/5 is another page than #!/article/6
    return urlunsplit((parts.scheme.lower(), host, parts.path.rstrip("/") or "/", _telling(parts.query), page))


def _telling(query: str) -> str:
    """The parameters that decide which page it is, as they were written."""
    return "&".join(p for p in query.split("&") if p and not _TRACKING.fullmatch(p.partition("=")[0]))
