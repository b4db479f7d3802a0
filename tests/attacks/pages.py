"""Pages that try to break their reader: bytes, content type, and what must come of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """`says` is in the refusal; "" means it is read, with `articles` at most."""

    name: str
    body: bytes
    media: str = "text/xml"
    says: str = ""
    articles: int = 1


def _rss(inner: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?>{head}<rss><channel>{inner}</channel></rss>'.encode()


_ITEM = "<item><title>Harbour opens</title><link>https://wire.example/1</link></item>"
_LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))

PAGES = (
    Hostile(
        name="billion laughs",
        body=_rss("<item><title>&l9;</title></item>", f'<!DOCTYPE rss [<!ENTITY l0 "ha">{_LAUGHS}]>'),
        says="entities",
    ),
    Hostile(
        name="quadratic blow-up",
        body=_rss(f"<item><title>{'&a;' * 50_000}</title></item>", f'<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>'),
        says="entities",
    ),
    Hostile(
        name="a file as an entity",
        body=_rss("<item><title>&x;</title></item>", '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        says="entities",
    ),
    Hostile(
        name="a url as an entity",
        body=_rss("<item><title>&x;</title></item>", '<!DOCTYPE rss [<!ENTITY x SYSTEM "http://127.0.0.1/">]>'),
        says="entities",
    ),
    Hostile(
        name="parameter entities",
        body=_rss(_ITEM, '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd">%p;]>'),
        says="entities",
    ),
    Hostile(
        name="entities in UTF-16",
        body='<?xml version="1.0" encoding="utf-16"?><!DOCTYPE rss [<!ENTITY x "y">]><rss/>'.encode("utf-16"),
        says="entities",
    ),
    Hostile(
        name="entities in UTF-16 without a mark",
        body='<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x "y">]><rss/>'.encode("utf-16-le"),
        says="entities",
    ),
    Hostile(
        name="entities behind a bracket in an address",
        body=_rss(_ITEM, '<!DOCTYPE rss SYSTEM "<b" [<!ENTITY % p "<!ENTITY x 1>">%p;]>'),
        says="entities",
    ),
    Hostile(name="a doctype without end", body=b"<?xml?>" + b"<!DOCTYPE" * 10_000 + b"<rss></rss>", says="never ends"),
    Hostile(name="a doctype elsewhere", body=_rss(_ITEM, '<!DOCTYPE rss SYSTEM "file:///etc/passwd">')),
    Hostile(name="a character of five thousand digits", body=_rss(f"<item><title>x &amp;#{'9' * 5_000};</title></item>")),
    Hostile(name="an unknown entity", body=_rss("<item><title>a &file; b</title></item>")),
    Hostile(
        name="an include",
        body=_rss(
            '<item><title>x</title><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/></item>'
        ),
    ),
    Hostile(name="a stylesheet", body=b'<?xml-stylesheet href="file:///etc/passwd"?>' + _rss(_ITEM)[21:]),
    Hostile(name="depth", body=b"<rss>" + b"<a>" * 100_000, articles=0),
    Hostile(name="depth inside an article", body=_rss("<item><title>x</title>" + "<b>" * 5_000 + "</item>")),
    Hostile(name="items inside items' texts", body=_rss("<item><title>x</title><description>" * 120 + "y" * 300_000)),
    Hostile(name="items without end", body=_rss(_ITEM * 20_000), articles=500),
    Hostile(name="attributes without end", body=_rss("<item " + " ".join(f'a{i}="1"' for i in range(50_000)) + ">" + _ITEM[6:]), says="attributes"),
    Hostile(
        name="attributes without end, hidden behind brackets",
        body=_rss("<item " + " ".join(f"a{i}='>'" for i in range(50_000)) + ">" + _ITEM[6:]), says="attributes",
    ),
    Hostile(
        name="attributes without quotes",
        body=_rss("<item " + " ".join(f"a{i}=1" for i in range(50_000)) + ">" + _ITEM[6:]), says="attributes",
    ),
    Hostile(name="attributes without values", body=_rss("<item " + " ".join(f"a{i}" for i in range(50_000)) + ">" + _ITEM[6:])),
    Hostile(name="namespaces without end", body=_rss("<item " + " ".join(f'xmlns:a{i}="u{i}"' for i in range(50_000)) + ">" + _ITEM[6:]), says="attributes"),
    Hostile(name="a namespace without end", body=_rss(f'<a xmlns="{"u" * 40_000}">' + "<b/>" * 40_000 + "</a>" + _ITEM), says="namespace"),
    Hostile(name="namespaces again and again", body=_rss("".join(f'<a xmlns:n{i}="u{i}">' for i in range(20_000)) + _ITEM), articles=0),
    Hostile(
        name="attributes without end inside the text's markup",
        body=_rss("<item><title>x</title><description>&lt;a " + " ".join(f"a{i}=1" for i in range(40_000)) + "&gt;b</description></item>"),
    ),
    Hostile(
        name="attributes without values inside the text's markup",
        body=_rss("<item><title>x</title><description>&lt;a " + " ".join(f"a{i}" for i in range(60_000)) + "&gt;b</description></item>"),
    ),
    Hostile(name="a headline of a million characters", body=_rss(f"<item><title>{'x' * 1_000_000}</title></item>")),
    Hostile(name="a text of tags", body=_rss(f"<item><title>x</title><description>{'&lt;b&gt;' * 100_000}</description></item>")),
    Hostile(name="an open comment", body=_rss("<!-- " + "-" * 100_000 + _ITEM), articles=0),
    Hostile(name="an open CDATA", body=_rss("<item><title><![CDATA[" + "x" * 100_000)),
    Hostile(name="CDATA again and again", body=_rss("<item><title>" + "<![CDATA[" * 20_000 + "</title></item>")),
    Hostile(name="NULs", body=_rss(_ITEM).replace(b"Harbour", b"Har\x00bo\x00ur")),
    Hostile(name="control characters", body=_rss(_ITEM).replace(b"Harbour", b"\x01\x02\x1b[31mHarbour\x7f")),
    Hostile(name="not the encoding it says", body=_rss("<item><title>Größe</title></item>").decode().encode("cp1252"), media="text/xml; charset=utf-8"),
    Hostile(name="an encoding that is none", body=_rss(_ITEM), media="text/xml; charset=../../etc/passwd"),
    Hostile(name="an encoding that runs code elsewhere", body=b"\xff" + _rss(_ITEM), media="text/xml; charset=unicode_escape", says=""),
    Hostile(name="UTF-7", body=b"+ADw-rss+AD4- \xff", media="text/xml; charset=utf-7", says="no XML"),
    Hostile(name="nothing", body=b"", says="empty"),
    Hostile(name="only NULs", body=b"\x00" * 10_000, says="empty"),
    Hostile(name="noise", body=bytes(range(256)) * 400, says=""),
    Hostile(name="a web page", body=b"<!DOCTYPE html><html><body>We are back soon", says="web page"),
    Hostile(name="JSON of brackets", body=b'{"items":' + b"[" * 200_000, says="JSON"),
    Hostile(name="JSON with a language of brackets", body=b'{"language":' + b"[" * 1_000 + b"]" * 1_000 + b',"items":[{"title":"x"}]}'),
    Hostile(name="JSON numbers", body=b'{"items":[{"title":"x","id":1e999,"date_published":1e308}]}'),
    Hostile(name="JSON that is not what it should be", body=b'{"items":[1,null,[],{"title":{"a":1},"url":[1]},{"title":"x","id":{}}]}', articles=2),
    Hostile(name="a headline that forges a link", body=_rss("<item><title>&lt;!channel&gt; &lt;https://evil.example|Reuters&gt;</title></item>")),
    Hostile(name="an address that is a script", body=_rss("<item><title>x</title><link>javascript:alert(1)</link></item>")),
    Hostile(name="a date that costs", body=_rss(f"<item><title>x</title><pubDate>{'1' * 100_000}</pubDate></item>")),
    Hostile(name="a base that leads home", body=_rss('<item xml:base="http://127.0.0.1/"><title>x</title><link>a</link></item>')),
)  # fmt: skip
