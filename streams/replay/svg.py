"""Bars as inline SVG. Pure; every word that comes from outside is escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from html import escape
from typing import Final

COLOURS: Final = ("#2f6fb0", "#d9822b", "#3f9c58", "#b04a7a", "#7a62b8", "#8a8a8a")
"""The last one stands for all further names."""
_WIDE, _HIGH, _FOOT, _LEFT = 860, 200, 24, 40


def stacked(series: Mapping[str, Counter[int]], bars: int, tell: Callable[[int], str], title: str) -> str:
    """Stacked columns over time with a legend; `tell` names the beginning of a column."""
    named = [*series.items()]
    shown = named[: len(COLOURS) - 1]
    rest: Counter[int] = sum((c for _, c in named[len(shown) :]), Counter())
    if rest:
        shown.append(("others", rest))
    most = max((sum(c[i] for _, c in shown) for i in range(bars)), default=0) or 1
    step = (_WIDE - _LEFT) / max(1, bars)
    parts = [_axis(most, bars, step, tell)]
    for i in range(bars):
        height = 0.0
        for n, (name, counted) in enumerate(shown):
            if counted[i]:
                tall = counted[i] / most * (_HIGH - 10)
                label = f"{tell(i)}: {name} {counted[i]}"
                parts.append(
                    _bar((_LEFT + i * step, _HIGH - height - tall), max(1.0, step - 1), tall, COLOURS[n], label)
                )
                height += tall
    box = f'viewBox="0 0 {_WIDE} {_HIGH + _FOOT}" role="img" aria-label="{escape(title, quote=True)}"'
    legend = "".join(
        f'<span><i style="background:{COLOURS[n]}"></i>{escape(name)} ({counted.total()})</span>'
        for n, (name, counted) in enumerate(shown)
    )
    return f'<svg {box}>{"".join(parts)}</svg><p class="legend">{legend or "nothing"}</p>'


def _axis(most: int, bars: int, step: float, tell: Callable[[int], str]) -> str:
    ticks = sorted({0, bars // 2, max(0, bars - 1)})
    texts = [
        f'<text x="{_LEFT + i * step:.1f}" y="{_HIGH + 16}" text-anchor="{"end" if i and i == bars - 1 else "start"}">'
        f"{escape(tell(i))}</text>"
        for i in ticks
    ]
    line = f'<line x1="{_LEFT}" y1="{_HIGH}" x2="{_WIDE}" y2="{_HIGH}"/>'
    return f'{line}<text x="{_LEFT - 6}" y="16" text-anchor="end">{most}</text>{"".join(texts)}'


def _bar(place: tuple[float, float], wide: float, tall: float, colour: str, label: str) -> str:
    x, y = place
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" fill="{colour}">'
        f"<title>{escape(label)}</title></rect>"
    )


def rows(counts: Mapping[str, int], title: str) -> str:
    """One horizontal bar a name, with its number."""
    most = max(counts.values(), default=0) or 1
    parts = []
    for n, (name, count) in enumerate(counts.items()):
        y = 4 + n * 24
        parts.append(f'<text x="190" y="{y + 13}" text-anchor="end">{escape(name)}</text>')
        parts.append(_bar((200, y), max(1.0, count / most * 560), 17, COLOURS[0], f"{name}: {count}"))
        parts.append(f'<text x="{208 + max(1.0, count / most * 560):.1f}" y="{y + 13}">{count:,}</text>')
    box = f'viewBox="0 0 {_WIDE} {8 + 24 * max(1, len(counts))}" role="img" aria-label="{escape(title, quote=True)}"'
    return f"<svg {box}>{''.join(parts)}</svg>"
