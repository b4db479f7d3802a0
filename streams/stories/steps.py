"""How far a plan has come, and which way things went, by the words of a headline (English and German)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from streams.records import Fact

STEPS: Final = {"considers": 0, "plans": 1, "approves": 2, "starts": 3, "completes": 4, "refuses": -1, "delays": -2}
"""How far each step is. Negative steps are setbacks: news whenever they come."""

# The first step named in a headline counts. Words that stand in every market report ("shares close", "opens higher",
# "oil prices") are read as steps only with what makes them one. What is undone, or is not forbidden, comes first:
# "lifts ban" is no ban.
_NOT: Final = r"(?: not|n['’]t)"
_CURB_EN: Final = r"(?:bans?|curbs?|restrictions?|embargo|sanctions?|blocks?|freeze|moratorium|controls?)"
_FORBID_EN: Final = r"(?:ban|block|bar|oppos|stop|halt|restrict|prohibit|forbid|suspend|reject|veto|appeal)\w*"
_DO_EN: Final = (
    r"(?:be |being )?(?:approv|allow|permit|agree|grant|sign|plan|consider|seek|sell|buy|build|invest|proceed|rais|"
    r"ship|launch|start|clos|go ahead|supply|export)\w*"
)
_PERMIT_EN: Final = r"(?:approval|licen[cs]e|permit|permission|nod)"
_LIST_EN: Final = r"(?:\w+ ){0,2}(?:black ?list|entity list)"
_EN: Final = {
    "lifted": rf"(?:lift|end|eas|remov|scrap|drop|revers|overturn|relax|rescind|repeal|block)\w* (?:[\w-]+ ){{0,5}}?"
    rf"{_CURB_EN}(?! bid)|{_CURB_EN} (?:[\w’'-]+ ){{0,8}}(?:lifted|eased|ended|overturned|scrapped|removed)|"
    rf"(?:(?:does|do|did|will|would|has|have|is|are){_NOT}|won['’]t|no longer|decides? not to|refus\w+ to|declin\w+ to)"
    rf" (?:be )?{_FORBID_EN}",
    "open": rf"(?:(?:does|do|did|will|would|can|could){_NOT}|won['’]t|cannot|refus\w+ to|not) rul\w+ out",
    "refuses": r"reject\w*|den(?:y|ies|ied)|block(?:s|ed|ing)|cancel\w*|scrap(?:s|ped)?|halt(?:s|ed|ing)|withdraw\w*|"
    r"withdrew|suspend\w*|abandon\w*|revok\w+|shelv\w+|calls? off|called off|pulls? out|drops? (?:plan|bid|offer)|"
    r"retract\w*|ban(?:s|ning|(?<!of bann)ned)|bar(?:s|red)(?=(?: \w+){0,3} from)|refus\w+|forbid\w*|prohibit\w*|"
    r"stop(?:s|ped|ping)(?! (?:at|in|short)\b)|"
    r"fail(?:s|ed)? to (?:win|get|agree|secure|pass|reach|approve|raise|sell|buy|close)|"
    rf"los(?:es|t) (?:\w+ ){{0,3}}(?:{_PERMIT_EN}|bid|contract|appeal)|"
    rf"(?:(?:does|do|did|has|have|is|are|can|could){_NOT}|cannot|no longer|not|never) (?:\w+ )?{_DO_EN}|"
    rf"(?:will|would){_NOT}|won['’]t|plans? no|no plans?|"
    r"confirms? (?:\w+ ){0,3}(?:not|halt)|(?:decides?|agrees?|opts?|chooses?|vows?|told|tells?) (?:\w+ ){0,2}not to|"
    r"(?:orders?|to) (?:halt|block|bar|stop|suspend)|"
    rf"(?:added to|placed on|puts? (?:\w+ ){{1,3}}on) {_LIST_EN}",
    "delays": r"delay(?:s|ed)?|postpon\w+|puts? off|paus(?:es|ed)",
    "considers": r"consider(?:s|ed|ing)?|weigh(?:s|ed|ing)?|mull(?:s|ed|ing)?|explor(?:es|ed|ing)|ponder\w*|in talks|"
    r"ey(?:es|eing)|may(?! \d)|could|might",
    "approves": r"approv(?:es?|ed|ing)|"
    r"(?<!needs )(?<!awaits )(?<!awaiting )(?<!without )(?<!pending )approval(?= (?:for|to))|agree[sd]?|clear(?:s|ed)|"
    r"grant(?:s|ed)|signs(?! of)|signed|greenlights?|authori[sz]\w+|allow(?:s|ed|ing)|permit(?:s|ted)|impos(?:es|ed)|"
    r"confirm(?:s|ed)?(?! (?:[\w-]+ ){0,3}(?:not|delay|halt|won))|"
    rf"(?:wins?|won|gets?|got|secures?|secured|receives?|received) (?:\w+ ){{0,3}}{_PERMIT_EN}|"
    rf"(?:removed|taken|struck) (?:from|off) {_LIST_EN}|adds? (?:[\w-]+ ){{1,6}}to {_LIST_EN}",
    "plans": r"plan(?:s|ned|ning)?|aims?|seeks?|intend\w*|propos\w+|prepar\w+|set to|files? for|"
    r"to (?:raise|build|invest|sell|issue|buy|spend|open|launch|cut|expand|acquire|restrict|ban|curb)|"
    r"invests|builds|buys|acquires|announces|unveils|decides",
    "completes": r"complet(?:es|ed|ion)|clos(?:es|ed) (?:deal|sale|round|acquisition|purchase|takeover)|finali[sz]\w+|"
    r"finish(?:es|ed)",
    "starts": r"start(?:s|ed)?|begin\w*|began|launch(?:es|ed)|opens(?! higher| lower| up| down| flat)|breaks ground|"
    r"rais(?:es|ed)(?= (?:[$€£¥\d]|\w{1,3}\$|\w{3} ?\d|funds|capital|money))|resum(?:es|ed)",
}
_END: Final = r"(?=\s*(?:$|[.,;:!?–-]| (?:und|wegen|trotz|nach)\b))"  # where German puts the end of its verbs
_NO_DE: Final = r"(?:nicht|kein\w*)(?! nur| müde| länger| aus(?:zu)?schlie)"
_FORBID_DE: Final = r"(?:untersag|verbiet|blockier|stopp)\w*"
_PERMIT_DE: Final = r"\w*(?:genehmigung|lizenz|zulassung)"
_DE: Final = {
    "lifted": rf"(?:heb\w+|lift\w*) (?:[^.!?]* )?auf{_END}|aufgehoben|gelockert|locker(?:t|n)|"
    rf"nicht mehr (?:verboten|blockiert|untersagt)|(?:nicht|kein\w*) (?:zu )?{_FORBID_DE}|"
    rf"(?:will|wollen|wird|werden) (?:[\w-]+ ){{0,3}}nicht {_FORBID_DE}|"
    r"(?:kippt|stoppt) (?:[\w-]+ )?\w*(?:verbot|stopp|beschränkung)\w*",
    "open": r"(?:will|wollen) (?:[\w-]+ ){0,6}nicht ausschließen|schließ\w+ (?:[^.!?]* )?nicht aus",
    "refuses": rf"lehn\w+ (?:[^.!?]* )?ab{_END}|ablehn\w*|abgelehnt|dementier\w*|bestreit\w*|blockier\w*|"
    r"streich(?:t|en)(?! .* ein$)|gestrichen|stopp(?:t|en)|gestoppt|gekippt|kippt(?! um)|"
    rf"zieh\w+ (?:[^.!?]* )?zurück{_END}|zurückgezogen|sag\w+ (?:[^.!?]* )?ab{_END}|abgesagt|"
    rf"setz\w+ (?:[^.!?]* )?aus{_END}|ausgesetzt|untersag\w*|widerruf\w*|platzt|geplatzt|verbiet\w*|verboten|"
    rf"verweiger\w*|verwehr\w*|verlier\w* (?:\w+ ){{0,3}}(?:{_PERMIT_DE}|auftrag)|entzieh\w*|entzogen|"
    rf"(?:plant|plan(?:en|te)|will|wollen|soll|sollen|darf|dürfen|wird|werden) (?:\w+ ){{0,3}}{_NO_DE}|"
    rf"(?:baut|bekommt|bekommen|erhält|erhalten|lässt|lassen|liefert|kauft) (?:\w+ ){{0,3}}{_NO_DE}|"
    r"nicht mehr|verzichte\w* auf",
    "delays": r"verschieb\w*|verschoben|verzöger\w*|verspät\w*|vertag\w*|pausier\w*",
    "considers": r"erwäg\w*|prüf(?:t|en)|könnte\w*|möglicherweise|verhandel\w+|in gesprächen|liebäugel\w*|"
    r"denk\w+ über|spielt mit",
    "approves": rf"genehmig(?:t|te|en)|(?:erhält|bekommt) (?:\w+ )?{_PERMIT_DE}|billig(?:t|te|en)|"
    r"stimm\w+ (?:[^.!?]* )?zu|beschließ\w*|beschlossen|unterzeichne\w*|einig\w+ sich|"
    r"bestätig\w*(?! (?:\w+ )?(?:verzöger|verschieb|aus))|erlaub\w*|grünes licht|erteil\w*|"
    r"g(?:ib|eb)\w* (?:[^.!?]* )?frei|freigegeben|zugestimmt|verhäng\w*|darf|dürfen",
    "plans": r"plan(?:t|en|te)|geplant\w*|will|wollen|beabsichtig\w*|kündig\w+ (?:[^.!?]* )?an|angekündigt|streb\w+|"
    r"soll|bereite\w* (?:[^.!?]* )?vor|schläg\w+ (?:[^.!?]* )?vor|beantrag\w*|investier\w+|baut|bauen|kauft|"
    r"übernimmt|übernehmen|entscheide\w*",
    "completes": r"schließ\w+ (?:[^.!?]* )?ab|abgeschlossen|vollzogen|platzier(?:t|te)|vollende\w*|fertiggestellt",
    "starts": r"startet|starten|beginn(?:t|en)|begann|gestartet|eröffnet|leg\w+ (?:[^.!?]* )?los|"
    r"sammel\w+ (?:[^.!?]* )?ein",
}
_MEANS: Final = {"lifted": "approves", "open": "considers"}
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
        step = found.lastgroup or ""
        yield Fact(kind="status", unit="step", value=_MEANS.get(step, step), text=found[0])
    if found := _WAY[known].search(title):
        yield Fact(kind="direction", unit="way", value=found.lastgroup or "", text=found[0])


def without_way(title: str, lang: str) -> str:
    """The headline without the words that say which way things went: what a daily template repeats."""
    return _WAY["de" if lang == "de" else "en"].sub(" ", title)
