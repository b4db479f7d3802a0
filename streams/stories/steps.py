"""How far a plan has come, and which way things went, by the words of a headline (English and German)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from streams.records import Fact

STEPS: Final = {"considers": 0, "plans": 1, "approves": 2, "starts": 3, "completes": 4, "refuses": -1, "delays": -2}
"""How far each step is. Negative steps are setbacks: news whenever they come."""

# The first step named in a headline counts. Words that stand in every market report ("shares close", "opens higher",
# "oil prices") are read as steps only with what makes them one.
_EN: Final = {
    "refuses": r"reject\w*|den(?:y|ies|ied)|block(?:s|ed)|cancel\w*|scrap(?:s|ped)?|halt(?:s|ed)|withdraw\w*|withdrew|"
    r"suspend\w*|abandon\w*|revok\w+|shelv\w+|calls? off|called off|pulls? out|drops? (?:plan|bid|offer)|retract\w*|"
    r"ban(?:s|ned)|bar(?:s|red)|refus\w+|forbid\w*|prohibit\w*|stop(?:s|ped)|fails? to|failed to|"
    r"los(?:es|t) (?:\w+ ){0,3}(?:approval|licen[cs]e|permit|permission|bid|contract|appeal)|"
    r"(?:does|do|did|will|would|has|have|is|are|can|could)(?: not|n't)|won't|cannot|no longer|plans? no|no plans?|"
    r"not to|"
    r"(?:added to|placed on|puts? (?:\w+ ){1,3}on) (?:\w+ ){0,4}(?:black ?list|entity list)",
    "delays": r"delay(?:s|ed)?|postpon\w+|puts? off",
    "considers": r"consider(?:s|ed|ing)?|weigh(?:s|ed|ing)?|mull(?:s|ed|ing)?|explor(?:es|ed|ing)|ponder\w*|in talks|"
    r"ey(?:es|eing)|may(?! \d)|could|might",
    "plans": r"plan(?:s|ned|ning)?|aims?|seeks?|intend\w*|propos\w+|prepar\w+|set to|files? for|"
    r"to (?:raise|build|invest|sell|issue|buy|spend|open|launch|cut|expand|acquire|restrict|ban|curb)",
    "approves": r"approv\w+|agree[sd]?|clear(?:s|ed)|grant(?:s|ed)|signs(?! of)|signed|greenlights?|authori[sz]\w+|"
    r"allow(?:s|ed)|confirm(?:s|ed)?|permit(?:s|ted)|"
    r"(?:wins?|won|gets?|got|secures?|secured|receives?|received) (?:\w+ ){0,3}"
    r"(?:approval|licen[cs]e|permit|permission|nod)|"
    r"(?:removed|taken|struck) (?:from|off) (?:\w+ ){0,4}(?:black ?list|entity list)",
    "completes": r"complet(?:es|ed|ion)|clos(?:es|ed) (?:deal|sale|round|acquisition|purchase|takeover)|finali[sz]\w+|"
    r"finish(?:es|ed)",
    "starts": r"start(?:s|ed)?|begin\w*|began|launch(?:es|ed)|opens(?! higher| lower| up| down| flat)|breaks ground|"
    r"rais(?:es|ed)(?= (?:[$€£¥\d]|\w{1,3}\$|\w{3} ?\d|funds|capital|money))",
}
_DE: Final = {
    "refuses": r"lehn\w+ (?:[^.!?]* )?ab|ablehn\w*|abgelehnt|dementier\w*|bestreit\w*|blockier\w*|verbiete\w*|"
    r"streich\w+|gestrichen|stopp(?:t|en)|gestoppt|gekippt|kippt|zieh\w+ (?:[^.!?]* )?zurück|zurückgezogen|"
    r"sag\w+ (?:[^.!?]* )?ab|abgesagt|setz\w+ (?:[^.!?]* )?aus|ausgesetzt|untersag\w*|widerruf\w*|platzt|geplatzt|"
    r"verbiet\w*|verboten|verweiger\w*|verwehr\w*|verlier\w* (?:\w+ ){0,3}(?:genehmigung|lizenz|zulassung|auftrag)|"
    r"(?:plant|plan(?:en|te)|will|wollen|soll|sollen|darf|dürfen|wird|werden) (?:\w+ ){0,3}(?:nicht|kein\w*)|"
    r"nicht mehr",
    "delays": r"verschieb\w*|verschoben|verzöger\w*|verspät\w*|vertag\w*",
    "considers": r"erwäg\w*|prüf(?:t|en)|könnte\w*|möglicherweise|verhandel\w+|in gesprächen|liebäugel\w*|"
    r"denk\w+ über|spielt mit",
    "plans": r"plan(?:t|en|te)|geplant\w*|will|wollen|beabsichtig\w*|kündig\w+ (?:[^.!?]* )?an|angekündigt|streb\w+|"
    r"soll|bereite\w* (?:[^.!?]* )?vor|schläg\w+ (?:[^.!?]* )?vor|beantrag\w*",
    "approves": r"genehmig\w*|billig(?:t|te|en)|stimm\w+ (?:[^.!?]* )?zu|beschließ\w*|beschlossen|unterzeichne\w*|"
    r"einig\w+ sich|bestätig\w*|erlaub\w*|grünes licht|erteil\w*|gib\w* (?:[^.!?]* )?frei|freigegeben|zugestimmt",
    "completes": r"schließ\w+ (?:[^.!?]* )?ab|abgeschlossen|vollzogen|platzier(?:t|te)|vollende\w*|fertiggestellt",
    "starts": r"startet|starten|beginn(?:t|en)|begann|gestartet|eröffnet|leg\w+ (?:[^.!?]* )?los|"
    r"sammel\w+ (?:[^.!?]* )?ein",
}
_UP: Final = {
    "en": r"rises?|rising|risen|rose|(?:gain|climb|jump|soar|surg|advanc|rall(?:y|ie)|higher)\w*",
    "de": r"steig\w*|stieg\w*|klett\w+|leg\w+ (?:[^.!?]* )?zu|gewinn\w* an|zugelegt|im plus|höher|springt",
}
_DOWN: Final = {
    "en": r"(?:fall|fell|drop|declin|slump|tumbl|plung|slid|slip|sink|sank|lower)\w*",
    "de": r"fäll\w*|fiel\w*|fallen|sink\w*|sank\w*|verlier\w*|verlor\w*|rutsch\w*|im minus|bricht ein|stürz\w+",
}


def _compiled(words: dict[str, str]) -> re.Pattern[str]:
    return re.compile(
        r"(?<!\w)(?:" + "|".join(f"(?P<{name}>{w})" for name, w in words.items()) + r")(?!\w)", re.IGNORECASE
    )


_STEP: Final = {"en": _compiled(_EN), "de": _compiled(_DE)}
_WAY: Final = {lang: _compiled({"up": _UP[lang], "down": _DOWN[lang]}) for lang in ("en", "de")}


def steps(title: str, lang: str) -> Iterator[Fact]:
    """At most one status (the first step the headline names) and one direction (the first way it names)."""
    known = "de" if lang == "de" else "en"
    if found := _STEP[known].search(title):
        yield Fact(kind="status", unit="step", value=found.lastgroup or "", text=found[0])
    if found := _WAY[known].search(title):
        yield Fact(kind="direction", unit="way", value=found.lastgroup or "", text=found[0])


def without_way(title: str, lang: str) -> str:
    """The headline without the words that say which way things went: what a daily template repeats."""
    return _WAY["de" if lang == "de" else "en"].sub(" ", title)
