"""Text to an XML tree that can do nothing: no entities, no network, no depth without end; broken markup is mended."""

from __future__ import annotations

import html
import html.entities
import re
import sys
from collections.abc import Iterator
from typing import Final

from lxml import etree

from streams.basics.limits import MARKUP_CHARS
from streams.sources.base import NotRead

_XML_OWN: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})
_NAMED: Final = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_NUMBERED: Final = re.compile(r"(?:&#(?:\d{1,7}|[xX][0-9a-fA-F]{1,6});)+")
_NUMBER: Final = re.compile(r"#(\d+|[xX][0-9a-fA-F]+)")
_LONE: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CDATA: Final = ("<![CDATA[", "]]>")
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_ROOT: Final = re.compile(r"<[A-Za-z_]")
_DOCTYPE: Final = re.compile(r"<!DOCTYPE", re.IGNORECASE)
_DOCTYPE_TOLD: Final = re.compile(r"[^\"'<>\[]*(?:(?:\"[^\"]*\"|'[^']*')[^\"'<>\[]*)*+>")
_HTML: Final = re.compile(
    r"^\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_LINK: Final = re.compile(r"<link\b[^<>]*>", re.IGNORECASE)
_FEED: Final = re.compile(r"application/(?:rss|atom)\+xml", re.IGNORECASE)
_HREF: Final = re.compile(r"href\s*=\s*[\"']([^\"'\s]{1,500})", re.IGNORECASE)

_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'|=|>")
_ATTRIBUTES: Final = 400
_SPACE_CHARS: Final = 200  # lxml spells a namespace out for every element in it

NAMESPACES: Final = {
    "http://www.w3.org/2005/Atom": "atom",
    "http://purl.org/atom/ns#": "atom",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://purl.org/net/rss1.1#": "",
    "http://backend.userland.com/rss2": "",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://purl.org/atompub/tombstones/1.0": "at",
}
XML = "{http://www.w3.org/XML/1998/namespace}"

Element = etree._Element  # noqa: SLF001 - lxml has no public name for it


def tree_of(text: str) -> Element:
    """The root element. Raises `NotRead` for what is no XML, is a web page, or declares entities."""
    if _HTML.match(text):
        raise NotRead("is a web page, not a feed" + _hint(text))
    text = _without_doctype(_DECLARATION.sub("", text, count=1))
    if _has_monster(text):
        raise NotRead("has a tag with attributes without end: refused")
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, collect_ids=False,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        root = etree.fromstring(_resolved(text).encode("utf-8"), parser)
    except etree.XMLSyntaxError as fault:
        raise NotRead(f"is no XML: {fault.msg}"[:200]) from None
    if root is None:
        raise NotRead("is no XML: it holds no element" if text.strip() else "is empty")
    if any(len(space) > _SPACE_CHARS for _, (_, space) in etree.iterwalk(root, events=("start-ns",))):
        raise NotRead("has a namespace without end: refused")
    return root


def _has_monster(text: str) -> bool:
    """libxml2 compares each attribute of a tag with every other: fifty thousand cost half a minute."""
    for part in text.split("<"):
        if part.count("=") <= _ATTRIBUTES:
            continue
        for count, found in enumerate(_QUOTED.finditer(part)):
            if found[0] == ">":
                break
            if count > 2 * _ATTRIBUTES:
                return True
    return False


def is_cut(root: Element, text: str) -> bool:
    """Whether the page ends before its root does: then what stands last may be half of what was meant."""
    name = root.tag.rpartition("}")[2]
    return f"</{root.prefix}:{name}" not in text if root.prefix else f"</{name}" not in text


def _hint(text: str) -> str:
    link = next((tag for tag in _LINK.findall(text[:200_000]) if _FEED.search(tag)), "")
    href = _HREF.search(link)
    return f"; it names one: {href[1]}" if href else ""


def _without_doctype(text: str) -> str:
    """Feeds may name a document type, as RSS 0.91 did. One that declares something of its own is an attack."""
    root = _ROOT.search(text)
    found = _DOCTYPE.search(text, 0, root.start() if root else len(text))
    if not found:
        return text
    told = _DOCTYPE_TOLD.match(text, found.end())
    if not told:
        raise NotRead("has a document type that declares entities, or never ends: refused")
    return text[: found.start()] + text[told.end() :]


def _resolved(text: str) -> str:
    """Outside CDATA: HTML's entities and numbered characters as what they mean, and an & that is none as itself."""
    if "&" not in text:
        return text
    return "".join(
        p if i % 2 else _LONE.sub("&amp;", _NAMED.sub(_meant, _NUMBERED.sub(_numbered, p)))
        for i, p in enumerate(_by_cdata(text))
    )


def _by_cdata(text: str) -> Iterator[str]:
    """What stands outside CDATA and what is CDATA, in turns; one that never ends is none."""
    opening, closing = _CDATA
    at = 0
    while (start := text.find(opening, at)) >= 0 and (end := text.find(closing, start)) >= 0:
        yield text[at:start]
        at = end + len(closing)
        yield text[start:at]
    yield text[at:]


def _numbered(found: re.Match[str]) -> str:
    """Characters by number; two halves of a pair, as some feeds write an emoji, are one."""
    codes = [int(n[1:], 16) if n[0] in "xX" else int(n) for n in _NUMBER.findall(found[0])]
    text = "".join(chr(c) for c in codes if c <= sys.maxunicode)
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return html.escape(_NOT_XML.sub("", text), quote=True)


def _meant(found: re.Match[str]) -> str:
    name = found[1]
    if name in _XML_OWN:
        return found[0]
    told = html.entities.html5.get(name + ";")
    return f"&amp;{name};" if told is None else html.escape(told, quote=False)


def name_of(element: Element) -> str:
    """`title`, `dc:date`, `atom:link`: one spelling whatever prefix the feed chose, or forgot to declare."""
    tag: object = element.tag  # comments and entities have a function there
    if not isinstance(tag, str):
        return ""
    if tag.startswith("{"):
        space, _, local = tag[1:].partition("}")
        prefix = NAMESPACES.get(space, "?")
        return f"{prefix}:{local}" if prefix else local
    return tag


def children(element: Element) -> Iterator[tuple[str, Element]]:
    """The elements directly inside, by name."""
    for child in element:
        if name := name_of(child):
            yield name, child


def words_of(element: Element) -> str:
    """Everything readable inside: text, or the markup of elements (Atom's xhtml). At most `MARKUP_CHARS` of it."""
    pieces, size = [], 0
    for piece in _inside(element):
        pieces.append(piece)
        size += len(piece)
        if size >= MARKUP_CHARS:
            break
    return "".join(pieces)[:MARKUP_CHARS]


def _inside(element: Element) -> Iterator[str]:
    """Piece by piece and without namespaces: lxml would declare all that are in scope for each child anew."""
    yield element.text or ""
    for child in element:
        for event, node in etree.iterwalk(child, ("start", "end")):
            name = _local(node.tag)
            if event == "start":
                told = "".join(f' {_local(k)}="{html.escape(v)}"' for k, v in node.attrib.items())
                yield f"<{name}{told}>{html.escape(node.text or '', quote=False)}"
            else:
                yield f"</{name}>{html.escape(node.tail or '', quote=False)}"


def _local(name: str) -> str:
    return name.rpartition("}")[2].rpartition(":")[2]
