"""Who acts in a headline, and what is left without them: two who do the same are two stories."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from streams.stories.terms import Key, key_for, term_for
from streams.stories.words import bases, key_of, kicker

_FIRST_WORDS: Final = (1, 2)  # who acts, in a headline
_REST_WORDS: Final = 5
_NOBODY_WORDS: Final = (
    "usd eur gbp pct trump biden white house administration congress senate lawmakers government govt washington"
    " america china beijing peking eu europe brussels brüssel berlin london britain tokyo moscow moskau hague haag"
    " paris seoul delhi taipei bundesregierung regierung ministerium ministry minister kabinett cabinet court"
    " courts judge judges richter gericht bundesgericht regulator regulators watchdog kartellamt behörde behörden"
    " authority authorities officials police polizei fed ecb ezb kommission commission parliament parlament"
    " bundestag kreml kremlin konzern chipkonzern company firm group maker chipmaker lender startup start"
    " hersteller autobauer unternehmen"
)
_NOBODY: Final = frozenset(_NOBODY_WORDS.split())  # go by other names too, or are no name


def rests(title: str, lang: str) -> Iterable[tuple[Key, tuple[int, ...]]]:
    """What "Finlo raises $50 million Series B" shares with Kestrix, who raises $40 million; and who it is.

    Nothing for who goes by many names: a government, a court, an authority.
    """
    spelled = key_of(kicker(title)[1]).split()
    for first in _FIRST_WORDS:
        who, rest = spelled[:first], ["#" if w[0].isdigit() else w for w in spelled[first:]]
        found = bases(" ".join(who), lang)
        if len(rest) >= _REST_WORDS and len(found) == first and _NOBODY.isdisjoint(who) and not found[-1][0].isdigit():
            yield key_for("rest", *rest), tuple(term_for(w) for w in found)
