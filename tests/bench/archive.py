"""An archive of any length, generated from the sample wire's grammar: headlines and leads of everyday and relevant news."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

import orjson

from streams.basics.times import DAY, iso
from streams.records import Millis

_COMPANIES: Final = (
    "Alibaba",
    "Tencent",
    "Baidu",
    "Nvidia",
    "Intel",
    "ASML",
    "Meituan",
    "Xiaomi",
    "Lenovo",
    "BYD",
    "SMIC",
    "JD.com",
)
_PLACES: Final = (
    "Brazil", "Texas", "Saxony", "Osaka", "Lyon", "Ohio", "Johor", "Turin", "Leipzig", "Bavaria", "Arizona", "Penang",
    "Krakow", "Dresden", "Norway", "Quebec", "Chile", "Kenya", "Hanoi", "Perth", "Bilbao", "Porto", "Ghent", "Malmö",
)  # fmt: skip
_SOURCES: Final = ("Harbour Wire", "Pacific Desk", "Wirtschaftsdienst Nord", "Börsenblick", "Marktbrief", "Kreisbote")
_RELEVANT: Final = (
    ("en", "{c} to invest ${n} billion in new data centres in {p}",
     "{c} said it would spend ${n} billion on a campus in {p} to expand its AI infrastructure."),
    ("en", "{c} raises ${n} billion with convertible notes to fund cloud build-out",
     "The zero-coupon notes of {c} were priced late. Proceeds go into data centres in {p}."),
    ("en", "US tightens export controls on chips, {c} affected",
     "Shipments to {p} will need an export licence from next month, a filing of {c} says; {n} models are named."),
    ("de", "{c} steckt {n} Milliarden Dollar in Rechenzentren in {p}",
     "{c} baut in {p} und gibt dafür {n} Milliarden Dollar aus, um sein KI-Geschäft zu erweitern."),
    ("de", "{c} nimmt {n} Milliarden Dollar mit Wandelanleihe auf",
     "Die Wandelanleihe von {c} ohne Zinskupon soll den Ausbau der Cloud in {p} finanzieren."),
    ("de", "Exportkontrollen für Chips verschärft: {c} braucht Lizenzen",
     "Ausfuhren nach {p} brauchen künftig eine Genehmigung, {n} Modelle von {c} sind betroffen."),
)  # fmt: skip
_EVERYDAY: Final = (
    ("en", "Town council of {p} debates {w} rules", "Item {n} of the agenda was {w}; residents of {p} spoke for {k} minutes."),
    ("en", "Home side win {w} derby in {p} with late penalty", "A spot kick in minute {k} settled a scrappy match before {n} thousand."),
    ("en", "Review: {n} budget laptops for {w}, tested", "Battery life and keyboards compared over {k} days in {p}."),
    ("de", "Sturm über {p}: Bahnstrecken wegen {w} gesperrt", "Umgestürzte Bäume behindern den Verkehr, {n} Züge fielen aus, {k} fuhren später."),
    ("de", "Museum in {p} zeigt {w} aus {n} Jahren", "Die Ausstellung öffnet am Samstag, Karten kosten {k} Euro."),
    ("de", "Rat von {p} streitet über {w}", "Tagesordnungspunkt {n} dauerte {k} Minuten, eine Mehrheit gab es nicht."),
)  # fmt: skip
_PASSING: Final = (
    ("en", "{c} shares close little changed in quiet trade", "The stock moved {n} points; dealers in {p} spoke of {w}."),
    ("de", "Aktie von {c} schließt kaum verändert", "Händler in {p} sprachen von {w}, {n} Punkte im Plus."),
)  # fmt: skip
_WORDS: Final = (
    "parking", "library", "harvest", "bicycle", "ferry", "orchard", "radio", "swimming", "market", "garden", "Brücken",
    "Bäder", "Trachten", "Radwege", "Schulhöfe", "Feuerwehr", "Kartoffeln", "Orgeln", "Buslinien", "Vereinsheime",
)  # fmt: skip
RELEVANT_SHARE: Final = 0.1
PASSING_SHARE: Final = 0.05  # names a company, and is about nothing that is watched
RETOLD_SHARE: Final = 0.4  # of the relevant ones: a copy or retelling of a story of late
RARE_WORDS: Final = 40_000  # names of people and streets that nobody saw before


def archive(count: int, *, begin: Millis, days: int = 30, seed: int = 7) -> Iterator[tuple[Millis, bytes]]:
    """When each article was seen and its bytes, in the order of time; the same ones for the same arguments."""
    chance = random.Random(seed)
    lately: list[tuple[str, str, str]] = []
    for number in range(count):
        seen = begin + number * days * DAY // count
        kind = chance.random()
        if kind >= RELEVANT_SHARE:
            forms = _PASSING if kind < RELEVANT_SHARE + PASSING_SHARE else _EVERYDAY
            lang, title, text = _filled(chance.choice(forms), chance)
            text += f" {_name(chance)} of {_name(chance)} street was there."
        elif lately and chance.random() < RETOLD_SHARE:
            lang, title, text = chance.choice(lately)
        else:
            lang, title, text = _filled(chance.choice(_RELEVANT), chance)
            lately = [*lately[-20:], (lang, title, text)]
        published = iso(seen - chance.randint(0, 120_000))
        article = {"id": f"a{number}", "title": title, "text": text, "source": chance.choice(_SOURCES), "lang": lang}
        yield seen, orjson.dumps(article | {"published": published})


def _filled(form: tuple[str, str, str], chance: random.Random) -> tuple[str, str, str]:
    lang, title, text = form
    words = {
        "c": chance.choice(_COMPANIES), "p": chance.choice(_PLACES), "w": chance.choice(_WORDS),
        "n": str(chance.randint(2, 99)), "k": str(chance.randint(2, 99)),
    }  # fmt: skip
    return lang, title.format(**words), text.format(**words)


def _name(chance: random.Random) -> str:
    syllables = ("ka", "lo", "mer", "tin", "su", "bra", "vel", "hof", "ner", "dio", "stra", "wil")
    number = chance.randrange(RARE_WORDS)
    return "".join(syllables[number // 12**i % 12] for i in range(4)).title()
