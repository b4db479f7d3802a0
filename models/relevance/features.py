"""Words to features, the same in training and serving. Pure; a token's part is computed once and remembered.

An article is its title and windows of its text. A part's features are
  w:<word>          words, numbers masked to what they are (money by magnitude, percent, year, number)
  g:<gram>          character 4- and 5-grams of a word, weighted so that one word's grams weigh like one word
  b:<word> <word>   neighbours; r:<word>><concept> and r:<concept><<word>  a word beside a concept
  q:<concept>><concept>  a concept followed by the next one
  c:<concept>       concepts of `concepts.toml`; p:<concept>+<concept> pairs of them; t:<concept> those of the title
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, pairwise
from math import sqrt
from pathlib import Path
from typing import Final

TOKEN: Final = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*|[$€£¥%ⓒ]")
MONEY_BEFORE: Final = frozenset({"$", "€", "£", "¥", "rs", "eur", "usd", "chf", "gbp", "inr", "rmb", "dollar"})
MONEY_AFTER: Final = frozenset(
    {
        "dollar",
        "dollars",
        "euro",
        "euros",
        "yuan",
        "yen",
        "won",
        "rupees",
        "pounds",
        "pfund",
        "franken",
        "francs",
        "eur",
    }
    | {"usd", "chf", "gbp", "rmb", "€", "$", "£", "crore", "lakh", "kronen", "kronor", "rupien", "us"}
)
BILLIONS: Final = frozenset(
    {
        "bn",
        "billion",
        "billions",
        "b",
        "mrd",
        "milliarde",
        "milliarden",
        "trillion",
        "tn",
        "billionen",
        "bln",
        "billiarden",
    }
)
MILLIONS: Final = frozenset({"m", "mn", "mln", "mil", "million", "millions", "mio", "millionen", "crore", "lakh", "k"})
PERCENT: Final = frozenset({"%", "percent", "prozent", "pc", "pct"})
LONGEST_WORD: Final = 40
GRAM_FROM: Final = 5
"""Shorter words have no inner structure worth learning."""

CONCEPTS_FILE: Final = Path(__file__).with_name("concepts.toml")


def masked(text: str) -> list[str]:
    """The tokens of `text`, lower case, with amounts as `_bn_`, `_mn_`, `_money_`, `_pct_`, `_year_`, `_num_`."""
    raw = TOKEN.findall(text.lower().replace("ß", "ss"))  # Swiss spelling is the common ground
    if not any(t[0].isdigit() for t in raw):
        return [t for t in raw if t not in "$€£¥%"]
    out: list[str] = []
    i = 0
    while i < len(raw):
        if raw[i][0].isdigit():
            mask, used = _number(raw, i)
            out.append(mask)
            i += used
            continue
        if raw[i] not in "$€£¥%":
            out.append(raw[i])
        i += 1
    return out


def _number(raw: Sequence[str], i: int) -> tuple[str, int]:
    before = raw[i - 1] if i else ""
    after = raw[i + 1] if i + 1 < len(raw) else ""
    beyond = raw[i + 2] if i + 2 < len(raw) else ""
    if after in PERCENT:
        return "_pct_", 2
    scale = "_bn_" if after in BILLIONS else "_mn_" if after in MILLIONS else ""
    if scale:
        money = before in MONEY_BEFORE or beyond in MONEY_AFTER or after in ("crore", "lakh")
        return scale if money else scale.replace("_", "n_", 1), 2 + (beyond in MONEY_AFTER)
    if before in MONEY_BEFORE or after in MONEY_AFTER:
        return "_money_", 1 + (after in MONEY_AFTER)
    if len(raw[i]) == 4 and raw[i][:2] in ("19", "20"):  # noqa: PLR2004 - a year
        return "_year_", 1
    return "_num_", 1


@dataclass(frozen=True)
class Concepts:
    """The concept file as a function of a word."""

    table: dict[str, tuple[str, ...]]

    @classmethod
    def load(cls, path: Path = CONCEPTS_FILE) -> Concepts:
        """Read the file. Raises OSError or tomllib.TOMLDecodeError."""
        return cls({k: tuple(v) for k, v in tomllib.loads(path.read_text(encoding="utf-8"))["concepts"].items()})

    @cached_property
    def _exact(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for concept, entries in self.table.items():
            for entry in entries:
                if "*" not in entry:
                    found.setdefault(entry, []).append(concept)
        return {k: tuple(v) for k, v in found.items()}

    @cached_property
    def _starts(self) -> list[tuple[str, str]]:
        return [(e[:-1], c) for c, entries in self.table.items() for e in entries if e.endswith("*")]

    @cached_property
    def _ends(self) -> list[tuple[str, str]]:
        return [(e[1:], c) for c, entries in self.table.items() for e in entries if e.startswith("*")]

    def of(self, word: str) -> tuple[str, ...]:
        """The concepts a lower-case word belongs to, sorted."""
        found = set(self._exact.get(word, ()))
        found.update(c for start, c in self._starts if word.startswith(start))
        found.update(c for end, c in self._ends if word.endswith(end))
        return tuple(sorted(found))


@dataclass
class Lexicon:
    """Remembers what a word is made of. Bounded: forgets everything when full."""

    concepts: Concepts
    most: int = 100_000
    _meant: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _grams: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def meant(self, token: str) -> tuple[str, ...]:
        """The concepts of a token; a mask such as `_bn_` is a concept of its own."""
        known = self._meant.get(token)
        if known is None:
            if len(self._meant) >= self.most:
                self._meant.clear()
            known = self._meant[token] = (token,) if token[0] == "_" else self.concepts.of(token)
        return known

    def grams(self, token: str) -> tuple[str, ...]:
        """Character n-grams of a token."""
        known = self._grams.get(token)
        if known is None:
            if len(self._grams) >= self.most:
                self._grams.clear()
            known = self._grams[token] = grams(token)
        return known


def grams(word: str) -> tuple[str, ...]:
    """Distinct character 4- and 5-grams of `<word>`, `()` for short words and masks."""
    if len(word) < GRAM_FROM or word[0] == "_" or len(word) > LONGEST_WORD:
        return ()
    framed = f"<{word}>"
    return tuple(dict.fromkeys(framed[i : i + n] for n in (4, 5) for i in range(len(framed) - n + 1)))


NEAR: Final = 2
"""How far apart two words still say something together."""
REACH: Final = 4
"""How far apart two words with a meaning follow one another."""

Pair = tuple[str, str, int]  # two tokens and 1 (adjacent), 2 (one between) or 0 (next meaningful)


def pairs(tokens: Sequence[str], meaningful: Callable[[str], bool]) -> dict[Pair, None]:
    """Distinct pairs of a part: neighbours, neighbours but one, and each meaningful token with the next one."""
    found: dict[Pair, None] = dict.fromkeys((a, b, 1) for a, b in pairwise(tokens))
    found.update(dict.fromkeys((a, b, 2) for a, b in zip(tokens, tokens[2:], strict=False)))
    places = [i for i, t in enumerate(tokens) if meaningful(t)]
    found.update(dict.fromkeys((tokens[i], tokens[j], 0) for i, j in pairwise(places) if j - i <= REACH))
    return found


def pair_features(pair: Pair, meant: Callable[[str], Sequence[str]]) -> tuple[str, ...]:
    """What a pair says: b: the two words, r: a word beside a concept, q: a concept followed by a concept."""
    left, right, distance = pair
    if distance == 0:
        return tuple(f"q:{a}>{b}" for a in meant(left) for b in meant(right))
    beside = [f"r:{left}>{c}" for c in meant(right) if left[0] != "_"]
    beside += [f"r:{c}<{right}" for c in meant(left) if right[0] != "_"]
    return (f"b:{left} {right}", *beside) if distance == 1 else tuple(beside)


def part_features(tokens: Sequence[str], lexicon: Lexicon, weight: float) -> dict[str, float]:
    """Feature values of the words and pairs of one part (a title, a window of text) at `weight`."""
    features: dict[str, float] = {}
    for token in dict.fromkeys(tokens):
        features["w:" + token] = weight
        pieces = lexicon.grams(token)
        for piece in pieces:
            name = "g:" + piece
            features[name] = features.get(name, 0.0) + weight / sqrt(len(pieces))
    for pair in pairs(tokens, lambda t: bool(lexicon.meant(t))):
        for name in pair_features(pair, lexicon.meant):
            features[name] = features.get(name, 0.0) + weight
    return features


def concept_features(title: frozenset[str], whole: frozenset[str]) -> list[str]:
    """Concepts and their pairs in title and window together (c:, p:), and concepts of the title alone (t:)."""
    ordered = sorted(whole)
    names = ["c:" + c for c in ordered] + [f"p:{a}+{b}" for a, b in combinations(ordered, 2)]
    return names + ["t:" + c for c in sorted(title)]
