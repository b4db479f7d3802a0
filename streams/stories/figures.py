"""Numbers in running text to canonical facts: "$3.2bn", "3,2 Mrd. US-Dollar" and "3.2 billion dollars" are one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from streams.records import Fact
from streams.stories.counted import KNOWN, LITTLE, counted, hires
from streams.stories.replaced import behind, is_old
from streams.stories.rough import rough
from streams.stories.steps import moved
from streams.stories.units import (
    BARE_LETTERS,
    BASIS_POINTS,
    CURRENCY_CODES,
    CURRENCY_SIGNS,
    CURRENCY_WORDS,
    GERMAN_POWERS,
    LETTER_SIGNS,
    MORE,
    NUMBER_WORDS,
    PERCENT,
    POWERS,
    THINGS,
)


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))


_GROUP: Final = ".,'’ \u00a0\u202f"
_SPACE: Final = r"[\s\u00a0-]?"
# A digit first and nothing before it: the search then runs from digit to digit, and words cost next to nothing.
_DIGITS: Final = rf"\d(?:\d{{0,2}}(?:[{_GROUP}]\d{{3}})+(?:[.,]\d{{1,2}}(?!\d))?|\d*(?:[.,]\d+)?)"
_CODES: Final = tuple(code.lower() for code in CURRENCY_CODES)
_SIGNS: Final = _any([*CURRENCY_SIGNS, *_CODES])
_MONEY: Final = rf"(?:{_any([*CURRENCY_WORDS, *_CODES])})(?:e?n|s)?\b"

_NUMBER: Final = re.compile(rf"{_DIGITS}(?!\d)")
_BEFORE: Final = re.compile(rf"(?:^|[^\w$€£¥])({_SIGNS})[\s\u00a0]?$", re.IGNORECASE)
_RANGE: Final = re.compile(rf"\s?(?:-|–|to|bis)\s?(?:{_SIGNS})?\s?({_DIGITS})(?!\d)", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"\b(?:between|zwischen) $", re.IGNORECASE)
_LONGEST_BETWEEN: Final = 12
_MORE: Final = rf"(?:\s(?:{_any(MORE)}))?"
_SCALE: Final = re.compile(rf"{_MORE}{_SPACE}({_any({**POWERS, **GERMAN_POWERS})})\b\.?", re.IGNORECASE)
_SHARE: Final = re.compile(rf"{_SPACE}(%|(?:{_any([*PERCENT, *BASIS_POINTS])})\b)", re.IGNORECASE)
_AFTER: Final = re.compile(rf"{_SPACE}([$€£¥]|{_MONEY})", re.IGNORECASE)
_SPELLED: Final = re.compile(rf"(?:illi(?:on(?:en|s)?|arden?)|ILLI(?:ON(?:EN|S)?|ARDEN?))\s((?i:{_MONEY}))")
_SPELLED_BEFORE: Final = re.compile(
    rf"\b(?:({_any(NUMBER_WORDS)})\s(?:to|and|or|bis|und|oder)\s)?({_any(NUMBER_WORDS)}){_MORE}\s(m|b|tr)$",
    re.IGNORECASE,
)
_LONGEST_SPELLED: Final = 40
_BROKEN: Final = re.compile(r"\s?\w{0,9}\s?(?:\.\.\.|…)\s*")
_LETTER: Final = re.compile(rf"(?:^|[^\w$€£¥])({_any(LETTER_SIGNS)})$")
# From a figure to the one it replaces, which is of the same currency: "480 billion yuan, up from 380 billion".
_AGAINST: Final = re.compile(r",?\s(?:(?:up|down|compared|instead)\s)?(?:from|of|with|to|than|von|statt|nach|auf)\s")
# A German sum in one word goes without its currency: "80-Millionen-Runde". Of people and years it is none.
_IN_ONE_WORD: Final = re.compile(
    r"-(?!(?:Einwohner|Menschen|Nutzer|Kunden|Jahre?s?|Stadt|Metropole|Volk|Land|Publikum|Seelen|Dorf|Markt)\w*)"
    r"([A-ZÄÖÜ]\w+)"
)
_BUILT: Final = (None, "plant", "datacentre")  # a "50-Millionen-Werk" is one
_OF_GERMANY: Final = "EUR"
_PRICED: Final = re.compile(
    r"\b(?:shares?|stocks?|adrs?|futures|aktien?|papiere?|titel|kurs\w*|anteilsschein\w*|dax|index|börse)\b",
    re.IGNORECASE,
)
_MOVED: Final = re.compile(r"\b(?:up|down|brach|plus|minus|gestiegen|gewann\w*|gewinn\w*)\b", re.IGNORECASE)
_CLAUSE: Final = re.compile(r"[.;:!?,\n](?!\d)|\s(?:as|after|while|weil|nachdem)\s")

_WORTH_COUNTING: Final = 1000  # of things we have no word for
_REACH: Final = 3  # words from a number to what it counts: "200,000 new AI chips"
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_GROUP_LENGTH: Final = 3
_AROUND: Final = 90  # characters before a percent, and half as many after, in which a share price is looked for


class _Found(NamedTuple):
    values: tuple[tuple[str, Decimal], ...]
    currency: str
    scaled: bool
    share: str
    rough: str
    start: int
    end: int
    named: int  # where what it counts is looked for, and its words end


def figures(text: str, lang: str) -> Iterator[Fact]:
    """Amounts, percents and counts in `text`; values are decimal strings without sign, and a mark when no exact ones.

    A percent of a share price has the unit `move`: it changes by the minute and is no fact of the story itself.
    """
    german = lang == "de"
    done, currency = 0, ""
    for number in _NUMBER.finditer(text):
        if number.start() >= done and (found := _surroundings(number, text, german=german)):
            if found.scaled and not (found.currency or found.share) and _AGAINST.fullmatch(text[done : found.start]):
                found = found._replace(currency=currency)
            done, currency = found.end, found.currency
            yield from _facts(found, text, german=german)
    yield from _spelled_out(text, german=german)


def _spelled_out(text: str, *, german: bool) -> Iterator[Fact]:
    """Amounts such as "half a billion dollars" and "vier Billionen US-Dollar"."""
    for scale in _SPELLED.finditer(text):
        before = _SPELLED_BEFORE.search(text[max(0, scale.start() - _LONGEST_SPELLED) : scale.start()])
        if before:
            power = _power(before[3] + scale[0].split()[0], german=german)
            words = before[0] + scale[0]
            for number in filter(None, (before[1], before[2])):
                value = Decimal(str(NUMBER_WORDS[number.lower()])).scaleb(power)
                mark, start = rough(text, scale.end() - len(words), "" if before[1] else str(value.normalize()))
                yield Fact(
                    kind="amount", unit=_currency(scale[1]), value=_plain(value) + mark, text=text[start : scale.end()]
                )


def _surroundings(number: re.Match[str], text: str, *, german: bool) -> _Found | None:
    before = text[max(0, number.start() - 5) : number.start()]
    if before and before[-1] in ".,'’" and before[-2:-1].isdigit():
        return None  # the rest of what is no number, such as 1.2.3
    sign = _BEFORE.search(before) or _LETTER.search(before)
    if not sign and before and (before[-1].isalpha() or (before[-1] in "-–/" and before[-2:-1].isalnum())):
        return None  # part of a name, such as H200 or A350-800
    at, digits = number.end(), [number[0]]
    if (high := _RANGE.match(text, at)) and (sign or not _may_be_year(number[0])):
        if is_old(text, number.start(), at):
            return None  # "from 45 to 35 billion" is no range
        at = high.end()
        digits.append(high[1])
    scale = _SCALE.match(text, at)
    named = at if scale else behind(text, at)
    scale = scale or _SCALE.match(text, named)
    share = _SHARE.match(text, scale.end() if scale else named)
    after = None if share else _AFTER.match(text, scale.end() if scale else named)
    currency = _currency(sign[1] if sign else "") or _currency(after[1] if after else "")
    bare = scale[1].lower() in BARE_LETTERS if scale else False
    letter = LETTER_SIGNS.get(sign[1], "") if sign else ""
    if _is_name(sign[1] if letter and sign else "", scaled=bool(scale), bare=bare) or (
        bare and not (currency or letter)
    ):
        return None
    if sign and not (scale or share or after) and _BROKEN.fullmatch(text, at):
        return None  # "to $56 bi..." does not say of what there are 56
    power = _power(scale[1] if scale else "", german=german)
    start = sign.start(1) - len(before) + number.start() if sign else number.start()
    mark, start = rough(text, start, number[0]) if len(digits) == 1 else ("", start)
    return _Found(
        values=tuple((d, _number(d, german=german).scaleb(power)) for d in digits),
        currency=letter or currency or ("" if share else _in_one_word(text, scale, german=german)),
        scaled=bool(scale),
        share=share[1].lower() if share else "",
        start=start,
        rough=mark,
        end=at if named > at else max(m.end() if m else at for m in (scale, share, after)),
        named=max(m.end() if m else named for m in (scale, share, after)),
    )


def _is_name(letters: str, *, scaled: bool, bare: bool) -> bool:
    """Whether what stands before a number makes it a name: "W3", "Y300B"; terminals write "EU600M"."""
    return bool(letters) and (not scaled or (bare and len(letters) == 1))


def _in_one_word(text: str, scale: re.Match[str] | None, *, german: bool) -> str:
    """The currency of "80-Millionen-Runde", which leaves it out: that of the country; "" of what is no sum."""
    joined = _IN_ONE_WORD.match(text, scale.end()) if german and scale else None
    return _OF_GERMANY if joined and THINGS.get(joined[1].lower()) in _BUILT else ""


def _facts(found: _Found, text: str, *, german: bool) -> Iterator[Fact]:
    words = text[found.start : found.named].strip()
    low = bool(_BETWEEN.search(text[max(0, found.start - _LONGEST_BETWEEN) : found.start]))
    for digits, value in found.values:
        if found.share:
            yield Fact(kind="percent", unit=_share_unit(found, text), value=_plain(value) + found.rough, text=words)
        elif found.currency:
            yield from _sum(found, value, words, low=low or digits != found.values[-1][0])
        else:
            year = _may_be_year(digits)
            reach, large = 1 if year else _REACH, value >= _WORTH_COUNTING
            thing, end = counted(text, found.named, reach, german=german, large=large)
            if thing in LITTLE:  # "to hire 3,000 at its plant" does not say what it counts
                thing = "job" if not found.scaled and hires(text, found.start) else ""
            if thing and (thing in KNOWN or not year):
                value_said = _plain(value) + found.rough
                yield Fact(kind="count", unit=thing, value=value_said, text=text[found.start : end].strip())


def _sum(found: _Found, value: Decimal, words: str, *, low: bool) -> Iterator[Fact]:
    """A sum. Where a range begins is known by it, but others tell but its end: only another one is news."""
    amount = _plain(value) + found.rough
    yield Fact(kind="amount", unit=found.currency, value=amount, text="" if low else words)
    if low:
        yield Fact(kind="least", unit=found.currency, value=amount, text=words)


def _share_unit(found: _Found, text: str) -> str:
    if found.share in BASIS_POINTS:
        return "bp"
    before = _CLAUSE.split(text[max(0, found.start - _AROUND) : found.start])[-1]
    after = _CLAUSE.split(text[found.end : found.end + _AROUND // 2])[0]
    clause = before + after
    return "move" if _PRICED.search(clause) and (_MOVED.search(clause) or moved(clause)) else "%"


def _may_be_year(digits: str) -> bool:
    return digits.isdigit() and _FIRST_YEAR <= int(digits) <= _LAST_YEAR


def _number(digits: str, *, german: bool) -> Decimal:
    """German decimal commas and English points; three digits after the other mark are a group of thousands."""
    marks = [c for c in digits if not c.isdigit()]
    if not marks:
        return Decimal(digits)
    whole, last = digits[: digits.rindex(marks[-1])], digits[digits.rindex(marks[-1]) + 1 :]
    if len(marks) == 1:
        decimal = marks[0] == ("," if german else ".") or (marks[0] in ".," and len(last) != _GROUP_LENGTH)
    else:
        decimal = marks[-1] != marks[0]
    joined = "".join(c for c in whole if c.isdigit())
    return Decimal(f"{joined}.{last}" if decimal else joined + last)


def _power(scale: str, *, german: bool) -> int:
    scale = scale.lower()
    return (GERMAN_POWERS.get(scale) if german else None) or POWERS.get(scale, 0)


def _currency(words: str) -> str:
    words = words.lower().strip()
    if words in CURRENCY_SIGNS:
        return CURRENCY_SIGNS[words]
    if words in _CODES:
        return words.upper()
    for end in ("", "s", "n", "en"):
        if words.endswith(end) and (code := CURRENCY_WORDS.get(words.removesuffix(end))):
            return code
    return ""


def _plain(value: Decimal) -> str:
    spelled = f"{value:f}"
    return spelled.rstrip("0").rstrip(".") if "." in spelled else spelled
