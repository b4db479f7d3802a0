"""Articles as pages of every form that a feed can have. Written by us after the formats' public descriptions."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

from streams.basics.times import iso
from streams.records import Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One article as its page shows it now."""

    guid: str
    title: str
    text: str
    url: str
    date: str = ""  # as the feed writes it
    gone: bool = False


def rfc822(at: Millis) -> str:
    """As RSS writes times."""
    return format_datetime(datetime.fromtimestamp(at / 1_000, UTC), usegmt=True)


def rss(articles: Sequence[Shown], encoding: str) -> str:
    """RSS 2.0."""
    items = "".join(
        f"<item><title>{escape(a.title)}</title><link>{escape(a.url)}</link>"
        f'<guid isPermaLink="false">{escape(a.guid)}</guid>'
        + (f"<pubDate>{a.date}</pubDate>" if a.date else "")
        + f"<description>{escape('<p>' + a.text + '</p>')}</description></item>"
        for a in articles
        if not a.gone
    )
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    return f'{head}<rss version="2.0"><channel><title>A feed</title><link>/</link>{items}</channel></rss>'


def atom(articles: Sequence[Shown], encoding: str) -> str:
    """Atom 1.0, with tombstones for what is gone."""
    entries = "".join(
        f'<at:deleted-entry ref="{escape(a.guid)}" when="2026-01-09T12:00:00Z"/>'
        if a.gone
        else f"<entry><id>{escape(a.guid)}</id><title>{escape(a.title)}</title>"
        f'<link rel="alternate" href="{escape(a.url)}"/>'
        + (f"<updated>{a.date}</updated>" if a.date else "")
        + f"<summary>{escape(a.text)}</summary></entry>"
        for a in articles
    )
    spaces = 'xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"'
    return f'<?xml version="1.0" encoding="{encoding}"?><feed {spaces}><title>A feed</title>{entries}</feed>'


def rdf(articles: Sequence[Shown], encoding: str) -> str:
    """RSS 1.0."""
    items = "".join(
        f'<item rdf:about="{escape(a.guid)}"><title>{escape(a.title)}</title><link>{escape(a.url)}</link>'
        + (f"<dc:date>{a.date}</dc:date>" if a.date else "")
        + f"<description>{escape(a.text)}</description></item>"
        for a in articles
        if not a.gone
    )
    spaces = (
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    return f'<?xml version="1.0" encoding="{encoding}"?><rdf:RDF {spaces}><channel/>{items}</rdf:RDF>'


def json_feed(articles: Sequence[Shown], encoding: str) -> str:
    """JSON Feed 1.1."""
    items = [
        {"id": a.guid, "title": a.title, "content_text": a.text, "url": a.url, "date_published": a.date or None}
        for a in articles
        if not a.gone
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "A feed", "items": items})


def vendor(articles: Sequence[Shown], encoding: str) -> str:
    """A vendor's own JSON."""
    rows = [
        {"uid": a.guid, "head": a.title, "body": a.text, "href": a.url, "at": a.date or None, "killed": a.gone}
        for a in articles
    ]
    return json.dumps({"data": {"rows": rows}})


FORMS: dict[str, tuple[Callable[[Sequence[Shown], str], str], str, Callable[[Millis], str]]] = {
    "rss": (rss, "application/rss+xml", rfc822),
    "atom": (atom, "application/atom+xml", lambda at: iso(at) or ""),
    "rdf": (rdf, "text/xml", lambda at: iso(at) or ""),
    "json feed": (json_feed, "application/feed+json", lambda at: iso(at) or ""),
    "vendor": (vendor, "application/json", str),
}
