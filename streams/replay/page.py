"""One page about a run: self-contained, opens offline, loads nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final

from streams.basics.times import DAY, iso
from streams.replay.diff import HOW, Difference
from streams.replay.gather import DELAYS, Gathered, gather
from streams.replay.report import change_lines
from streams.replay.svg import rows, stacked
from streams.sources.league import behind, without

_CHANGES: Final = 500
_SOURCES: Final = 50
_STYLE: Final = """
:root{color-scheme:light dark;--line:#8884}
body{font:15px/1.5 system-ui,sans-serif;max-width:900px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2.2rem;border-bottom:1px solid var(--line)}
svg{width:100%;height:auto}svg text{font-size:12px;fill:currentColor}svg line{stroke:var(--line)}
table{border-collapse:collapse;width:100%}td,th{padding:.2rem .6rem;border-bottom:1px solid var(--line);text-align:left}
td.n,th.n{text-align:right}.legend span{margin-right:1.2rem;white-space:nowrap}
.legend i{display:inline-block;width:.8em;height:.8em;margin-right:.35em;border-radius:2px}
pre{white-space:pre-wrap;font-size:.85rem}
"""


def page(out: Path, diff: Difference | None, source: str) -> str:
    """The page about the decisions in `out`. Raises ValueError and OSError."""
    found = gather(out)
    parts = [
        f"<h1>Replay of {escape(source)}</h1>",
        f"<p>{found.articles:,} articles from {iso(found.begin)} to {iso(found.end)}, {_told(found)}.</p>",
        *(_difference(diff) if diff else ()),
        "<h2>Alerts over time, by watch</h2>",
        _over_time(found, "watch"),
        "<h2>Alerts over time, by category</h2>",
        _over_time(found, "category"),
        "<h2>Stories told by most articles</h2>",
        _stories(found),
        "<h2>Sources: who was first</h2>",
        _league(found),
        "<h2>Silent decisions by reason</h2>",
        rows(dict(found.reasons.most_common()), "silent decisions by reason"),
        "<h2>Latency of alerts, published to seen</h2>",
        rows({n: found.delays[n] for n in [*(n for _, n in DELAYS), "more"]}, "alerts by latency, each under"),
        "<p>Each bar counts alerts whose article was seen within the time beside it, but not within the one above.</p>",
    ]
    head = f'<meta charset="utf-8"><title>Replay of {escape(source)}</title><style>{_STYLE}</style>'
    security = "default-src 'none'; style-src 'unsafe-inline'"
    policy = f'<meta http-equiv="Content-Security-Policy" content="{security}">'
    return f'<!doctype html><html lang="en"><head>{policy}{head}</head><body>{"".join(parts)}</body></html>\n'


def _over_time(found: Gathered, what: str) -> str:
    width = found.width()
    bars = (found.end - found.begin) // width + 1

    def tell(bar: int) -> str:
        text = iso(found.begin + bar * width) or ""
        return text[:10] if width >= DAY else text[5:16].replace("T", " ")

    return stacked(found.series(what), bars, tell, f"alerts over time by {what}")


def _stories(found: Gathered) -> str:
    lines = [
        f'<tr><td>{escape(s.title)}</td><td>{iso(s.first)}</td><td class="n">{len(s.articles)}</td>'
        f"<td>{escape(', '.join(sorted(s.watches)))}</td></tr>"
        for s in found.top()
    ]
    head = '<tr><th>first headline</th><th>told</th><th class="n">articles</th><th>watches</th></tr>'
    return f"<table>{head}{''.join(lines)}</table>"


def _league(found: Gathered) -> str:
    lines = [
        f'<tr><td>{escape(r["source"])}</td><td class="n">{r["articles"]}</td><td class="n">{r["first"]}</td>'
        f'<td class="n">{behind(r["lag_seconds"])}</td><td class="n">{r["copy_rate"]:.0%}</td>'
        f"<td>{without(r['without_it'])}</td></tr>"
        for r in found.league.rows()[:_SOURCES]
    ]
    numbers = "".join(f'<th class="n">{h}</th>' for h in ("articles", "first", "behind", "copies"))
    return f"<table><tr><th>source</th>{numbers}<th>without it</th></tr>{''.join(lines)}</table>"


def _difference(diff: Difference) -> Iterator[str]:
    yield "<h2>Against the baseline</h2>"
    counts = ", ".join(f"{diff.count(h)} {h}" for h in HOW)
    yield f"<p>{diff.before:,} alerts before, {diff.after:,} now: {counts}.</p>"
    for what in ("watch", "company", "category"):
        sums = diff.by(what)
        if sums:
            head = "".join(f'<th class="n">{h}</th>' for h in HOW)
            lines = "".join(_row(name, c) for name, c in sums.items())
            yield f"<table><tr><th>{what}</th>{head}</tr>{lines}</table>"
    yield f"<pre>{escape(chr(10).join(change_lines(diff.changes[:_CHANGES])))}</pre>"


def _row(name: str, counted: Counter[str]) -> str:
    cells = "".join(f'<td class="n">{counted[how] or ""}</td>' for how in HOW)
    return f"<tr><td>{escape(name)}</td>{cells}</tr>"


def _told(found: Gathered) -> str:
    return f"{len(found.alerts):,} alerts on {len(found.stories):,} stories"
