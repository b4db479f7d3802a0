"""Who printed it: the outlet's name at the end of a headline is not what the headline is about."""

from __future__ import annotations

import re
from typing import Final

_TAIL: Final = re.compile(r"\s(?:[-–—|»·]|\|\|)\s(?=[^-–—|»·]{2,48}$)")
_OUTLET: Final = re.compile(
    r"\b(?:News\w*|Times|Post|Zeitung|Nachrichten|Online|Journal|Finance|TV|Magazine?|Radio|Herald|Tribune|Insider"
    r"|Aktionär|Press\w*|Presse|Blog|Reuters|Bloomberg|CNBC|Yahoo|Nasdaq|MSN|Forbes|Fool|Barron's|MarketWatch|Alpha"
    r"|Stocktwits|Benzinga|Zacks|Morningstar|TradingView|Investing|Börse|Handelsblatt|Spiegel|SPIEGEL|FAZ|Welt|WELT|Focus"
    r"|FOCUS|Stern|Bild|BILD|n-tv|ntv|Tagesschau|ZDF\w*|ARD|SRF|ORF|NZZ|heise|Heise|Golem|t3n|TechCrunch|Verge|Wired|WIRED"
    r"|Guardian|Independent|Telegraph|Mirror|Sun|Mail|Express|Economist|Fortune|Axios|Politico|BBC|CNN|NPR|Sky|Fox|NBC"
    r"|ABC|CBS|WSJ|FT|SCMP|Nikkei|Caixin|DigiTimes|Street|\w+\.(?:com|de|net|org|at|ch|io|news|st|co|uk|eu|tv))\b"
)
_WORDS: Final = 6


def imprint(body: str, title_end: int, source: str) -> tuple[int, int]:
    """Where in the body the outlet names itself behind the title ("... - Yahoo Finance"); (0, 0) for nowhere."""
    title = body[:title_end]
    cut = None
    for cut in _TAIL.finditer(title):  # noqa: B007 - the last one counts
        pass
    if cut is None or not title[: cut.start()].strip():
        return 0, 0
    tail = title[cut.end() :].strip()
    named = source and (tail.casefold() in source.casefold() or source.casefold() in tail.casefold())
    if named or (_OUTLET.search(tail) and len(tail.split()) <= _WORDS):
        return cut.start(), title_end
    return 0, 0
