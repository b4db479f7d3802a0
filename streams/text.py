"""Words as they came to words that can be compared: HTML to text, Unicode, urls, languages. Pure functions."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser

from streams import limits

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

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
_TAG: Final = re.compile(r"<[^<>]*>?")
_SPACE: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r"\s*\n\s*")
_BLOCKS: Final = re.compile(r"</?(?:p|div|br|li|ul|ol|tr|table|h[1-6]|section|article|blockquote)\b", re.IGNORECASE)
_TRACKING: Final = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|cmpid|ref_?src|wt_\w+|xtor|at_\w+|ncid|soc_\w+",
    re.IGNORECASE,
)
_WORK: Final = ("<", "&", "  ")  # without these, what is printable (so no line break, nothing invisible) is plain
_NO_ADDRESS: Final = re.compile(rf'[\s<>|"\\^`{_UNSEEN}]')
_NOT_WORD: Final = re.compile(r"[\W_]+")
_ASCII_WORDS: Final = bytes(ord(chr(c).lower()) if c < 128 and chr(c).isalnum() else 32 for c in range(256))  # noqa: PLR2004


def plain(words: str) -> str:
    """Readable text of `words`: markup out, entities resolved once, NFC, no invisible characters, single spaces."""
    if words.isprintable() and not any(c in words for c in _WORK):
        return (words if words.isascii() else normal_form(words)).strip()
    if "<" in words:
        words = _RIC.sub(r"&lt;\1&gt;", words.replace("<![CDATA[", "").replace("]]>", ""))
    if "<" in words and _MARKUP.search(words):
        words = _text_of_markup(words)
    elif "&" in words and _ENTITY.search(words):
        words = _resolved(words)
    lines = words.split("\n")
    if all(line.isprintable() for line in lines):  # then nothing is invisible, and no space but the plain one
        lines = [_single_spaced(line) for line in lines]
        return "\n".join(line for line in lines if line)
    words = normal_form(_INVISIBLE.sub("", words.replace("\r", "\n")))
    return _LINES.sub("\n", _SPACE.sub(" ", words)).strip()


def normal_form(words: str, form: Literal["NFC", "NFKC"] = "NFC") -> str:
    """`words` in that form of Unicode, in linear time: where that changes them, 30 accents at most stay on a letter."""
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


def _text_of_markup(words: str) -> str:
    words = _INVISIBLE.sub("", words[: limits.MARKUP_CHARS])
    if _is_attack(words):
        return _resolved(_TAG.sub(" ", words))
    tree = LexborHTMLParser(_BLOCKS.sub(lambda found: "\n" + found[0], words))
    for tag in ("script", "style", "noscript", "template"):
        for node in tree.css(tag):
            node.decompose()
    return tree.root.text(deep=True) if tree.root else ""


def _is_attack(words: str) -> bool:
    """A tree too deep, or a tag with attributes without end: the parser compares each with every other."""
    if words.count("<") > limits.TAGS_PARSED or words.count("=") > limits.TAGS_PARSED:
        return True
    return any(len(part) - part.find("<") > limits.TAG_CHARS for part in words.split(">") if "<" in part)


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


def language(said: str, title: str, text: str) -> str:
    """Two-letter code: what the article says, else what it reads like."""
    return _code(said) or _read_language(f"{title}. {text[:400]}")


_TWO_LETTERS: Final = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el"
    " en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it"
    " iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt"
    " my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl"
    " sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo"
    " za zh zu"
)
_ISO_639: Final = frozenset(_TWO_LETTERS.split())
"""Two letters that are a language; "us" and "xx" are none, and the article's own words decide."""


@lru_cache(maxsize=1_024)
def _code(said: str) -> str:
    """The two letters that `said` means, "" when it means none."""
    code = re.split(r"[-_]", said.strip().lower())[0]
    code = {"deu": "de", "ger": "de", "german": "de", "deutsch": "de", "eng": "en", "english": "en"}.get(code, code)
    return code if code in _ISO_639 else ""


# A short headline full of names reads like anything; another language must be clear to be believed.
_SURE: Final = 0.98
_OTHERS: Final = (
    "fr",
    "es",
    "it",
    "nl",
    "pt",
    "pl",
    "sv",
    "da",
    "tr",
    "ru",
    "uk",
    "zh",
    "ja",
    "ko",
    "ar",
    "cs",
)


def _read_language(words: str) -> str:
    code, probability = _identifier(("de", "en", *_OTHERS)).classify(words)
    if code in ("de", "en") or (probability >= _SURE and len(words) > 30):  # noqa: PLR2004 - a few words are no proof
        return str(code)
    return str(_identifier(("de", "en")).classify(words)[0])


@cache
def _identifier(languages: tuple[str, ...]) -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - loads numpy and a model

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(languages))
    return identifier
