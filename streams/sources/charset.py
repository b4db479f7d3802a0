"""Bytes to text when what says how they are encoded may be missing, wrong, or a lie. Pure."""

from __future__ import annotations

import codecs
import re
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAID_OUTSIDE: Final = re.compile(r"charset\s*=\s*[\"']?([\w\-:.]+)", re.IGNORECASE)
_SAID_INSIDE: Final = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w\-:.]{1,40})[\"']", re.IGNORECASE)
_MOSTLY: Final = 5  # so many characters beyond ASCII are whole for each that is not
_WIDE: Final = ((b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"))
# Labels that mean the superset, as browsers read them.
_MEANT: Final = dict.fromkeys(("ascii", "us-ascii", "iso-8859-1", "iso8859-1", "latin-1", "latin1"), "cp1252")
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TRANSFORMS: Final = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7", "undefined"})


def text_of(body: bytes, media: str) -> str:
    """The text, by the byte order mark, by what was said and holds, by what fits; never raises.

    Bytes that are valid UTF-8 beyond ASCII are UTF-8, whatever was said: nothing else looks like it by chance.
    Control characters that no text can hold are gone.
    """
    return _FORBIDDEN.sub("", _decoded(body, media)).replace("\r\n", "\n")


def _decoded(body: bytes, media: str) -> str:
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    for beginning, name in _WIDE:
        if body.startswith(beginning):
            return body.decode(name, "replace")
    mostly = body.decode("utf-8", "replace")
    broken = mostly.count("\ufffd")
    if not broken or sum(not c.isascii() for c in mostly) > _MOSTLY * broken:  # at most a byte was lost
        return mostly
    for name in (*_said(body, media), "cp1252"):
        try:
            return body.decode(name)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    said = _said(body, media)
    return body.decode("utf-8" if "utf-8" in said else "cp1252", "replace")


def _said(body: bytes, media: str) -> list[str]:
    inside, outside = _SAID_INSIDE.match(body[:400]), _SAID_OUTSIDE.search(media)
    names = [n.lower() for n in (outside[1] if outside else "", inside[1].decode() if inside else "") if n]
    return [_MEANT.get(n, n) for n in names if _is_text_codec(n)]


def _is_text_codec(name: str) -> bool:
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return False
    return found._is_text_encoding and found.name not in _TRANSFORMS  # noqa: SLF001 - the only way to ask
