"""The kind `feed`: RSS 0.9 to 2.0, RDF, Atom 0.3 and 1.0 with tombstones, JSON Feed. Which one, the page tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Final
from urllib.parse import urljoin

import orjson
from lxml import etree

from streams.basics.limits import ARTICLES_A_PAGE, URL_CHARS
from streams.records import Millis
from streams.sources import full_text, poll
from streams.sources.base import Kind, NotRead, Page, RawArticle, Reading, Source
from streams.sources.charset import text_of
from streams.sources.items import published_of
from streams.sources.markup import XML, Element, children, is_cut, name_of, tree_of, words_of

_TOMBSTONE: Final = "at:deleted-entry"


def parse(page: Page, source: Source) -> Reading:
    """The articles of a feed, as it lists them. Raises `NotRead`. Pure."""
    text = text_of(page.body, page.media).lstrip("\ufeff \t\n")
    if text.startswith("{"):
        return _json_feed(text, source)
    root = tree_of(text)
    form = _FORMS.get(name_of(root).removeprefix("atom:").lower())
    if form is None:
        raise NotRead(f"is XML, but no feed: <{name_of(root)[:60]}>")
    name, listed, of = form
    said = source.lang or _feed_language(root)
    nodes = list(islice(listed(root), ARTICLES_A_PAGE + 1))
    cut = max(0, len(nodes) - ARTICLES_A_PAGE)
    faults: tuple[str, ...] = ()
    if is_cut(root, text):
        nodes, faults = nodes[:-1], ("the page is cut short; its last article is left out",)
    articles = [of(node, said) for node in _latest(nodes[:ARTICLES_A_PAGE])]
    return Reading(articles=tuple(articles), form=name, cut=cut, faults=faults)


def _items(root: Element) -> Iterator[Element]:
    """RSS keeps its items in the channel, RDF beside it, and some feeds do as they like, or close none.

    What stands in a field of an item is the field's words, whatever it is called.
    """
    walk = etree.iterwalk(root, events=("start",))
    for _, node in walk:
        if name_of(node) == "item":
            yield node
        elif (above := node.getparent()) is not None and name_of(above) == "item":
            walk.skip_subtree()


def _entries(root: Element) -> Iterator[Element]:
    return (node for name, node in children(root) if name in ("atom:entry", "entry", _TOMBSTONE))


def _latest(nodes: list[Element]) -> list[Element]:
    """Of an entry and its tombstone on one page the later one (RFC 6721); the tombstone where times do not tell."""
    gone = {n.get("ref", ""): _time(n.get("when", "")) for n in nodes if name_of(n) == _TOMBSTONE}
    if not gone:
        return nodes
    ids = [n.get("ref", "") if name_of(n) == _TOMBSTONE else _child(n, "id") for n in nodes]
    edited = {i: _time(_child(n, "updated")) for i, n in zip(ids, nodes, strict=True) if name_of(n) != _TOMBSTONE}
    back = {i for i in gone.keys() & edited.keys() if edited[i] > gone[i]}
    return [
        n for i, n in zip(ids, nodes, strict=True) if i not in gone or (name_of(n) == _TOMBSTONE) == (i not in back)
    ]


def _child(node: Element, name: str) -> str:
    return next((words_of(child).strip() for n, child in children(node) if n.removeprefix("atom:") == name), "")


def _time(words: str) -> Millis:
    return published_of(words, "UTC") or 0


def _feed_language(root: Element) -> str:
    said = root.get(XML + "lang") or ""
    for top, channel in children(root):
        if top in ("language", "dc:language"):
            said = said or words_of(channel)
        elif top == "channel":
            for name, node in children(channel):
                if name in ("language", "dc:language"):
                    said = said or words_of(node)
    return said.strip()[:35]


def _rss_item(node: Element, said: str) -> RawArticle:
    found = _by_name(node)
    link = _first(found, "link", "atom:link", "feedburner:origLink") or _href(node)
    guid = _first(found, "guid", "dc:identifier") or _about(node)
    if not link and guid.startswith(("http://", "https://")):
        link = guid
    return {
        "id": guid,
        "title": _first(found, "title", "dc:title"),
        "text": _first(found, "content:encoded", "description", "dc:description", "atom:summary", "summary"),
        "url": _based(node, link),
        "published": _first(found, "pubDate", "pubdate", "dc:date", "dcterms:issued", "atom:published", "atom:updated"),
        "lang": _first(found, "dc:language", "language") or node.get(XML + "lang") or said,
    }


def _atom_entry(node: Element, said: str) -> RawArticle:
    if name_of(node) == _TOMBSTONE:
        return {"id": node.get("ref") or "", "status": "removed"}
    found = {name.removeprefix("atom:"): words for name, words in _by_name(node).items()}
    return {
        "id": _first(found, "id"),
        "title": _first(found, "title"),
        "text": _first(found, "content", "summary"),
        "url": _based(node, _href(node)),
        "published": _first(found, "published", "issued", "updated", "modified", "created"),
        "lang": node.get(XML + "lang") or said,
    }


_Form = tuple[str, Callable[[Element], Iterator[Element]], Callable[[Element, str], RawArticle]]
_FORMS: Final[Mapping[str, _Form]] = {
    "rss": ("rss", _items, _rss_item),
    "rdf:rdf": ("rdf", _items, _rss_item),
    "channel": ("rss", _items, _rss_item),
    "feed": ("atom", _entries, _atom_entry),
}  # fmt: skip


def _by_name(node: Element) -> dict[str, str]:
    """The first words under each name; an empty element does not hide a later one. An item inside is no field."""
    found: dict[str, str] = {}
    for name, child in children(node):
        if name != "item" and not found.get(name):
            found[name] = words_of(child).strip()
    return found


def _first(found: Mapping[str, str], *names: str) -> str:
    return next((found[n] for n in names if found.get(n)), "")


def _about(node: Element) -> str:
    return next((str(v) for k, v in node.attrib.items() if str(k).endswith("about")), "")


def _href(node: Element) -> str:
    """The address of the page itself, not of its comments, its pictures or its feed."""
    links = [child for name, child in children(node) if name in ("atom:link", "link") and child.get("href")]
    best = [c for c in links if c.get("rel", "alternate") == "alternate"] or links[:0]
    html = [c for c in best if "html" in c.get("type", "text/html")] or best
    return (html[0].get("href") or "").strip() if html else ""


def _based(node: Element, link: str) -> str:
    base = node.base or ""
    try:
        return urljoin(base, link) if link and 0 < len(base) <= URL_CHARS else link
    except ValueError:
        return link


def _json_feed(text: str, source: Source) -> Reading:
    try:
        data = orjson.loads(text.encode("utf-8", "replace"))
    except orjson.JSONDecodeError as fault:
        raise NotRead(f"is no JSON: {fault.msg}") from None
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise NotRead("is JSON, but no JSON Feed: it has no list `items`; kind `json` reads other shapes")
    language = data.get("language")
    said = source.lang or (language[:35] if isinstance(language, str) else "")
    kept = [item for item in items[:ARTICLES_A_PAGE] if isinstance(item, dict)]
    return Reading(
        articles=tuple(_json_item(i, said) for i in kept), form="json feed", cut=max(0, len(items) - ARTICLES_A_PAGE)
    )


def _json_item(item: Mapping[str, Any], said: str) -> RawArticle:
    return {
        "id": item.get("id"),
        "title": item.get("title"),
        "text": item.get("content_text") or item.get("content_html") or item.get("summary"),
        "url": item.get("url") or item.get("external_url"),
        "published": item.get("date_published") or item.get("date_modified"),
        "lang": item.get("language") or said,
        "tickers": item.get("_tickers"),
    }


KIND: Final = Kind(
    name="feed", words="RSS, Atom, RDF or JSON Feed at an address", parse=parse, bring=poll.bring, look=poll.look,
    options=lambda table: {full_text.OPTION: full_text.option(table)},
)  # fmt: skip
