"""Words to features, the same in training and serving. Pure; a token's part is computed once and remembered.

An article is its title and windows of its text. A part's features are
  w:<word>          words, numbers masked to what they are (money by magnitude, percent, year, number)
  g:<gram>          character 4- and 5-grams of a word, weighted so that one word's grams weigh like one word
  b:<word> <word>   neighbours; r:<word>><concept> and r:<concept><<word>  a word beside a concept
  q:<concept>><concept>  a concept followed by the next one
  c:<concept>       concepts of `concepts/`; t:<concept> those of the title
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import sqrt
from typing import Final

from models.relevance.lexicon import Lexicon

NEAR: Final = 3
"""How far apart a word stands beside a concept at most."""
REACH: Final = 4
"""How far apart two words with a meaning follow one another."""


def part_features(tokens: Sequence[str], lexicon: Lexicon, weight: float) -> dict[str, float]:
    """Feature values of one part (a title, a window of text): words count once, what stands together each time."""
    features: dict[str, float] = {}
    for token in dict.fromkeys(tokens):
        features["w:" + token] = weight
        pieces = lexicon.grams(token)
        for piece in pieces:
            name = "g:" + piece
            features[name] = features.get(name, 0.0) + weight / sqrt(len(pieces))
    for name in (*_neighbours(tokens, lexicon), *_followers(tokens, lexicon)):
        features[name] = features.get(name, 0.0) + weight
    return features


def _neighbours(tokens: Sequence[str], lexicon: Lexicon) -> Iterator[str]:
    """b: two neighbouring words; r: a word beside a concept."""
    for distance in range(1, NEAR + 1):
        for left, right in zip(tokens, tokens[distance:], strict=False):
            if distance == 1:
                yield f"b:{left} {right}"
            if left[0] != "_":
                yield from (f"r:{left}>{c}" for c in lexicon.meant(right))
            if right[0] != "_":
                yield from (f"r:{c}<{right}" for c in lexicon.meant(left))


def _followers(tokens: Sequence[str], lexicon: Lexicon) -> Iterator[str]:
    """q: a concept and the next one."""
    places = [i for i, t in enumerate(tokens) if lexicon.meant(t)]
    for i, j in pairwise(places):
        if j - i <= REACH:
            yield from (f"q:{a}>{b}" for a in lexicon.meant(tokens[i]) for b in lexicon.meant(tokens[j]))


def concept_features(title: frozenset[str], whole: frozenset[str]) -> list[str]:
    """Concepts of title and window together (c:), and of the title alone (t:)."""
    return ["c:" + c for c in sorted(whole)] + ["t:" + c for c in sorted(title)]
