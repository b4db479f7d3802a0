"""Text to an XML tree that can do nothing: no entities, no network, no depth without end; broken markup is mended."""

from __future__ import annotations

import html.entities
import re
import sys
from collections.abc import Iterator
from typing import Final

from lxml import etree

from streams.sources.base import NotRead

_XML_OWN: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})
_NAMED: Final = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_NUMBERED: Final = re.compile(r"(?:&#(?:\d{1,7}|[xX][0-9a-fA-F]{1,6});)+")
_NUMBER: Final = re.compile(r"#(\d+|[xX][0-9a-fA-F]+)")
_LONE: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CDATA: Final = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_ROOT: Final = re.compile(r"<[A-Za-z_]")
_DOCTYPE: Final = re.compile(r"<!DOCTYPE[^>\[]*(\[|>)", re.IGNORECASE)
_HTML: Final = re.compile(
    r"^\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_FEED_LINK: Final = re.compile(r"<link\b[^>]*application/(?:rss|atom)\+xml[^>]*>", re.IGNORECASE)
_HREF: Final = re.compile(r"href\s*=\s*[\"']([^\"'\s]{1,500})", re.IGNORECASE)

_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'|=|>")
_ATTRIBUTES: Final = 400

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
    link = _FEED_LINK.search(text[:200_000])
    href = _HREF.search(link[0]) if link else None
    return f"; it names one: {href[1]}" if href else ""


def _without_doctype(text: str) -> str:
    """Feeds may name a document type, as RSS 0.91 did. One that declares something of its own is an attack."""
    root = _ROOT.search(text)
    head = text[: root.start()] if root else text[:10_000]
    found = _DOCTYPE.search(head)
    if not found:
        return text
    if found[1] == "[" or "<!ENTITY" in head.upper():
        raise NotRead("declares entities of its own: refused")
    return text[: found.start()] + text[found.end() :]


def _resolved(text: str) -> str:
    """Outside CDATA: HTML's entities and numbered characters as what they mean, and an & that is none as itself."""
    if "&" not in text:
        return text
    parts = _CDATA.split(text)
    return "".join(
        p if i % 2 else _LONE.sub("&amp;", _NAMED.sub(_meant, _NUMBERED.sub(_numbered, p))) for i, p in enumerate(parts)
    )


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
    """Everything readable inside: text, or the markup of elements (Atom's xhtml)."""
    if len(element) == 0:
        return element.text or ""
    inner = [element.text or ""]
    inner += [etree.tostring(child, encoding="unicode", with_tail=True) for child in element]
    return "".join(inner)
