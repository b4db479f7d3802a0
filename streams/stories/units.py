"""Words around a number, English and German: currencies, scales, percents, and the things that are counted."""

from __future__ import annotations

import re
from typing import Final

CURRENCY_SIGNS: Final = {
    "$": "USD", "us$": "USD", "hk$": "HKD", "nt$": "TWD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD",
    "s$": "SGD", "r$": "BRL", "nz$": "NZD", "€": "EUR", "£": "GBP", "¥": "JPY", "cn¥": "CNY", "₹": "INR", "₩": "KRW",
    "rs": "INR", "rs.": "INR", "rmb": "CNY", "sfr": "CHF", "dkr": "DKK", "nkr": "NOK", "skr": "SEK",
}  # fmt: skip

LETTER_SIGNS: Final = {"W": "KRW", "Y": "JPY", "EU": "EUR"}
"""Only before a number with a scale: "W1.9tn" and "EU600M" are money, "W3" and "EU27" names."""

CURRENCY_CODES: Final = (
    "USD", "EUR", "GBP", "JPY", "CNY", "HKD", "INR", "KRW", "CHF", "TWD", "SGD", "AUD", "CAD", "SEK", "NOK", "DKK",
    "BRL", "PLN", "CZK", "HUF", "TRY", "ZAR", "MXN", "SAR", "AED", "ILS", "THB", "IDR", "MYR", "VND", "PHP", "RUB",
    "NZD",
)  # fmt: skip

DOLLARS: Final = {
    "USD": 1.0, "EUR": 1.15, "GBP": 1.33, "CHF": 1.23, "JPY": 0.0067, "CNY": 0.14, "HKD": 0.128, "TWD": 0.032,
    "KRW": 0.0007, "INR": 0.0115, "SGD": 0.77, "AUD": 0.65, "CAD": 0.72, "NZD": 0.58, "SEK": 0.104, "NOK": 0.098,
    "DKK": 0.154, "PLN": 0.27, "CZK": 0.047, "HUF": 0.003, "TRY": 0.024, "ZAR": 0.057, "BRL": 0.185, "MXN": 0.054,
    "SAR": 0.267, "AED": 0.272, "ILS": 0.3, "THB": 0.031, "IDR": 0.00006, "MYR": 0.24, "VND": 0.000038, "PHP": 0.0172,
    "RUB": 0.0125,
}  # fmt: skip
"""What a unit of each currency is worth, roughly (2025): enough to see that two outlets converted one sum."""

CROWNS: Final = "crowns"
"""Of one of these countries; which, the place says."""
CROWNS_OF: Final = {"cz": "CZK", "dk": "DKK", "no": "NOK", "se": "SEK"}
CROWNS_AT: Final = {"PR": "CZK", "CO": "DKK", "OL": "NOK", "ST": "SEK"}
"""Where a company is listed: the end of its ticker."""

CURRENCY_WORDS: Final = {
    "us-dollar": "USD", "us dollar": "USD", "u.s. dollar": "USD", "dollar": "USD", "euro": "EUR",
    "hongkong-dollar": "HKD", "hong kong dollar": "HKD", "hk-dollar": "HKD", "hk dollar": "HKD",
    "taiwan-dollar": "TWD", "taiwan dollar": "TWD", "new taiwan dollar": "TWD", "kanadische dollar": "CAD",
    "kanadischer dollar": "CAD", "kanadischen dollar": "CAD", "canadian dollar": "CAD",
    "australische dollar": "AUD", "australischen dollar": "AUD", "australian dollar": "AUD",
    "singapur-dollar": "SGD", "singapore dollar": "SGD", "pfund": "GBP", "britische pfund": "GBP",
    "pound": "GBP", "yen": "JPY", "yuan": "CNY", "renminbi": "CNY", "rmb": "CNY", "franken": "CHF",
    "schweizer franken": "CHF", "swiss franc": "CHF", "rupien": "INR", "indische rupien": "INR", "rupee": "INR",
    "indian rupee": "INR", "won": "KRW", "südkoreanische won": "KRW", "schwedische kronen": "SEK",
    "swedish krona": "SEK", "swedish kronor": "SEK", "swedish crown": "SEK", "norwegische kronen": "NOK",
    "norwegian krone": "NOK", "norwegian crown": "NOK", "dänische kronen": "DKK", "danish krone": "DKK",
    "danish crown": "DKK", "zloty": "PLN", "rubel": "RUB", "rouble": "RUB", "ruble": "RUB", "rand": "ZAR",
    "reais": "BRL", "real": "BRL", "riyal": "SAR", "dirham": "AED", "dirhams": "AED",
    "crown": CROWNS, "krone": CROWNS, "kroner": CROWNS, "danish kroner": "DKK", "norwegian kroner": "NOK",
    "krona": "SEK", "kronor": "SEK", "czech crown": "CZK", "tschechische kronen": "CZK", "koruna": "CZK",
    "lira": "TRY", "baht": "THB", "ringgit": "MYR", "rupiah": "IDR", "shekel": "ILS", "forint": "HUF",
}  # fmt: skip

# Powers of ten. German "Billion" is a million millions; `GERMAN_POWERS` overrules in German texts.
POWERS: Final = {
    "k": 3, "thousand": 3, "tausend": 3, "tsd": 3, "lakh": 5, "lakhs": 5, "m": 6, "mn": 6, "mln": 6, "mm": 6,
    "mio": 6, "million": 6, "millions": 6, "millionen": 6, "crore": 7, "crores": 7, "b": 9, "bn": 9, "bln": 9,
    "billion": 9, "billions": 9, "mrd": 9, "milliarde": 9, "milliarden": 9, "t": 12, "tn": 12, "trn": 12,
    "trln": 12, "trillion": 12, "trillions": 12, "bio": 12, "billionen": 12, "lakh crore": 12,
}  # fmt: skip
GERMAN_POWERS: Final = {"billion": 12, "billionen": 12, "trillion": 18, "trillionen": 18}
BARE_LETTERS: Final = frozenset({"k", "m", "b", "t", "mm"})  # a scale only beside a currency, or the words go mad

NUMBER_WORDS: Final = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "twelve": 12, "twenty": 20, "half a": 0.5, "ein": 1, "eine": 1, "einer": 1, "zwei": 2, "drei": 3,
    "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "zwölf": 12, "zwanzig": 20,
    "eine halbe": 0.5, "einer halben": 0.5, "another": 1, "one and a half": 1.5, "two and a half": 2.5,
    "anderthalb": 1.5, "eineinhalb": 1.5, "zweieinhalb": 2.5, "dreieinhalb": 3.5, "viereinhalb": 4.5,
    "fünfeinhalb": 5.5, "sechseinhalb": 6.5, "siebeneinhalb": 7.5, "achteinhalb": 8.5, "neuneinhalb": 9.5,
}  # fmt: skip

# Between a number and its scale: "two more billion".
MORE: Final = (
    "more", "further", "additional", "extra", "weitere", "weiteren", "weiterer", "zusätzliche", "zusätzlichen",
    "zusätzlicher",
)  # fmt: skip

PERCENT: Final = frozenset({"%", "percent", "per cent", "pct", "prozent", "prozentpunkte", "prozentpunkten"}) | {
    "percentage point",
    "percentage points",
}
BASIS_POINTS: Final = frozenset({"bp", "bps", "basis point", "basis points", "basispunkt", "basispunkte"}) | {
    "basispunkten"
}

_THINGS: Final = {
    "chip": "chip chips prozessor prozessoren processor processors gpu gpus grafikchip grafikchips halbleiter",
    "job": "job jobs stelle stellen arbeitsplatz arbeitsplätze arbeitsplätzen position positions roles",
    "worker": "employee employees worker workers mitarbeiter mitarbeitern mitarbeiterin mitarbeiterinnen staff"
    " beschäftigte beschäftigten angestellte",
    "vehicle": "car cars vehicle vehicles auto autos fahrzeug fahrzeuge fahrzeugen wagen truck trucks lastwagen"
    " pickup pickups",
    "tank": "tank tanks panzer panzern",
    "plane": "plane planes aircraft jet jets flugzeug flugzeuge flugzeugen",
    "share": "share shares aktie aktien anteile",
    "plant": "plant plants factory factories werk werke werken fabrik fabriken fab fabs",
    "datacentre": "datacenter datacenters datacentre datacentres rechenzentrum rechenzentren",
    "server": "server servers servern",
    "unit": "unit units stück einheit einheiten device devices gerät geräte geräten",
    "customer": "customer customers user users subscriber subscribers kunde kunden nutzer nutzern abonnenten",
    "company": "company companies firm firms unternehmen firma firmen konzerne entities",
    "household": "household households haushalt haushalte haushalten",
    "person": "people persons menschen personen einwohner passengers passagiere",
    "death": "dead deaths killed tote toten todesopfer",
    "injured": "injured wounded verletzte verletzten",
    "arrest": "arrest arrests festnahme festnahmen festgenommene",
    "store": "store stores shop shops filiale filialen geschäfte",
    "country": "country countries land länder ländern staaten",
    "tonne": "ton tons tonne tonnes tonnen",
    "megawatt": "mw megawatt megawatts",
    "gigawatt": "gw gigawatt gigawatts",
    "barrel": "barrel barrels fass",
}
THINGS: Final = {word: thing for thing, words in _THINGS.items() for word in words.split()}

# What is counted where a German word ends so: "Kampfjets" are planes. No "stellen", "werke" or "länder", with which
# words for other things end ("Tankstellen", "Netzwerke", "Ausländer").
_LAST_PARTS: Final = (
    "chips prozessoren autos fahrzeuge fahrzeugen jets flugzeuge flugzeugen fabriken rechenzentren firmen konzerne"
    " panzer panzern kunden haushalte haushalten filialen"
)
_COMPOUND: Final = re.compile(rf"\w{{3,}}?({'|'.join(_LAST_PARTS.split())})")


def thing_of(word: str, *, german: bool) -> str:
    """What a word in small letters counts; "" when it is none of ours."""
    if not (thing := THINGS.get(word, "")) and german and (found := _COMPOUND.fullmatch(word)):
        return THINGS[found[1]]
    return thing
