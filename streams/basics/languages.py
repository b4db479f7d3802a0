"""In which language an article is: what it says itself, else what it reads like. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_TWO_LETTERS: Final = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el"
    " en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it"
    " iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt"
    " my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl"
    " sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo"
    " za zh zu"
)
_ISO_639: Final = frozenset(_TWO_LETTERS.split())
"""Two letters that are a language; "us" and "xx" are none, and the article's own words decide."""

# A short headline full of names reads like anything; another language must be clear to be believed.
_SURE: Final = 0.98
# Between German and English less is not sure: in "RWE SCRAPS LINGEN GAS PLANT" the place and a German verb mislead.
_SURE_OF_TWO: Final = 0.99
_OTHERS: Final = ("fr", "es", "it", "nl", "pt", "pl", "sv", "da", "tr", "ru", "uk", "zh", "ja", "ko", "ar", "cs")


Leaning = Callable[[str], int]
"""How many more of these words are English than German; below nothing when more are German."""


def language(said: str, title: str, text: str, leaning: Leaning | None = None) -> str:
    """Two-letter code: what the article says, else what it reads like; `leaning` is asked where that is not sure."""
    return _code(said) or _read_language(f"{title}. {text[:400]}", leaning)


@lru_cache(maxsize=1_024)
def _code(said: str) -> str:
    """The two letters that `said` means, "" when it means none."""
    code = re.split(r"[-_]", said.strip().lower())[0]
    code = {"deu": "de", "ger": "de", "german": "de", "deutsch": "de", "eng": "en", "english": "en"}.get(code, code)
    return code if code in _ISO_639 else ""


def load_detector() -> None:
    """Half a second's work, which else the first article that does not say its language waits for."""
    _identifiers()


def _read_language(words: str, leaning: Leaning | None) -> str:
    among_many, of_two = _identifiers()
    code, probability = among_many.classify(words)
    if code not in ("de", "en"):
        if probability >= _SURE and len(words) > 30:  # noqa: PLR2004 - a few words are no proof
            return str(code)
        code, probability = of_two.classify(words)
    leans = leaning(words) if leaning and probability < _SURE_OF_TWO else 0
    return ("en" if leans > 0 else "de") if leans else str(code)


@cache
def _identifiers() -> tuple[LanguageIdentifier, LanguageIdentifier]:
    """Among the languages that are looked for, and among German and English; both on one table of 42 MB."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - loads numpy and a model

    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

    def among(languages: tuple[str, ...]) -> LanguageIdentifier:
        """Made anew, as `set_languages` keeps the weights of all hundred languages too."""
        kept = [place for place, code in enumerate(whole.nb_classes) if code in languages]
        return LanguageIdentifier(
            whole.nb_ptc[:, kept], whole.nb_pc[kept], [whole.nb_classes[place] for place in kept],
            whole.tk_nextmove, whole.tk_output, norm_probs=True, tk_row=whole.tk_row,
        )  # fmt: skip

    return among(("de", "en", *_OTHERS)), among(("de", "en"))
