"""ISIN and WKN: what a check digit proves is the typing, not the company."""

from __future__ import annotations

import re
from typing import Final

_ISIN: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{9}\d")
_WKN: Final = re.compile(r"[A-HJ-NP-Z0-9]{6}")


def isin_valid(number: str) -> bool:
    """Shape and check digit of an ISIN (ISO 6166: letters to two digits, then the Luhn sum of the whole)."""
    if not _ISIN.fullmatch(number):
        return False
    digits = "".join(str(int(c, 36)) for c in number)
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits))]
    return sum(d // 10 + d % 10 for d in doubled) % 10 == 0


def wkn_valid(number: str) -> bool:
    """Shape of a WKN: six letters or digits, never I or O. There is no check digit."""
    return bool(_WKN.fullmatch(number))
