"""Exchanges: the ending of a ticker, its market identifier codes, and how the press and the agencies name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MICS: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("XNAS", "XNYS", "XASE", "BATS", "OTCM", "XOTC", "PINX", "ARCX"),
    ".DE": ("XETR",), ".F": ("XFRA",), ".L": ("XLON",), ".IL": ("XLON",), ".PA": ("XPAR",), ".AS": ("XAMS",),
    ".BR": ("XBRU",), ".LS": ("XLIS",), ".IR": ("XDUB",), ".SW": ("XSWX",), ".MI": ("XMIL",), ".MC": ("XMAD",),
    ".VI": ("XWBO",), ".ST": ("XSTO",), ".CO": ("XCSE",), ".OL": ("XOSL",), ".HE": ("XHEL",), ".IC": ("XICE",),
    ".WA": ("XWAR",), ".PR": ("XPRA",), ".BD": ("XBUD",), ".AT": ("XATH",), ".IS": ("XIST",), ".ME": ("MISX",),
    ".TA": ("XTAE",), ".SR": ("XSAU",), ".AE": ("XDFM", "DIFX"), ".AD": ("XADS",), ".QA": ("DSMD",),
    ".KW": ("XKUW",), ".HK": ("XHKG",), ".SS": ("XSHG",), ".SZ": ("XSHE",), ".BJ": ("BJSE",), ".TW": ("XTAI",),
    ".TWO": ("ROCO",), ".T": ("XTKS",), ".KS": ("XKRX",), ".KQ": ("XKOS", "XKRX"), ".NS": ("XNSE",), ".BO": ("XBOM",),
    ".SI": ("XSES",), ".JK": ("XIDX",), ".KL": ("XKLS",), ".BK": ("XBKK",), ".PS": ("XPHS",), ".VN": ("XSTC",),
    ".HM": ("XSTC",), ".AX": ("XASX",), ".NZ": ("XNZE",), ".TO": ("XTSE",), ".V": ("XTSX",), ".CN": ("XCNQ",),
    ".SA": ("BVMF",), ".MX": ("XMEX",), ".BA": ("XBUE",), ".SN": ("XSGO",), ".CL": ("XBOG",), ".LM": ("XLIM",),
    ".JO": ("XJSE",), ".CA": ("XCAI",), ".RO": ("XBSE",), ".TL": ("XTAL",), ".RG": ("XRIS",), ".VS": ("XLIT",),
    ".SG": ("XSTU",), ".DU": ("XDUS",), ".BE": ("XBER",), ".HA": ("XHAN",), ".MU": ("XMUN",), ".XC": ("CEUX",),
}  # fmt: skip
"""Ending -> market identifier codes (ISO 10383) it may stand for."""

PRESS: Final[Mapping[str, tuple[str, ...]]] = {
    "NASDAQ": ("",), "NYSE": ("",), "NYSE AMERICAN": ("",), "AMEX": ("",), "CBOE": ("",), "NASDAQGS": ("",),
    "NASDAQGM": ("",), "NASDAQCM": ("",), "OTC": ("",), "OTCMKTS": ("",), "OTCQX": ("",), "OTCQB": ("",),
    "HKEX": (".HK",), "SEHK": (".HK",), "HKG": (".HK",), "HKSE": (".HK",), "HK": (".HK",),
    "XETRA": (".DE",), "ETR": (".DE",), "FRA": (".DE",), "FWB": (".DE",), "FSE": (".DE",), "XETR": (".DE",),
    "LON": (".L",), "LSE": (".L",), "EPA": (".PA",), "EURONEXT": (".PA", ".AS", ".BR", ".LS", ".MI", ".OL"),
    "AMS": (".AS",), "EBR": (".BR",), "SIX": (".SW",), "SWX": (".SW",), "VTX": (".SW",), "TSE": (".T", ".TO"),
    "TYO": (".T",), "KRX": (".KS", ".KQ"), "KOSDAQ": (".KQ",), "TWSE": (".TW",), "TPE": (".TW",),
    "SSE": (".SS",), "SHA": (".SS",), "SZSE": (".SZ",), "SHE": (".SZ",), "NSE": (".NS",), "BSE": (".BO", ".NS"),
    "ASX": (".AX",), "TSX": (".TO",), "BIT": (".MI",), "BME": (".MC",), "STO": (".ST",), "CPH": (".CO",),
    "OSE": (".OL",), "OSL": (".OL",), "HEL": (".HE",), "VIE": (".VI",), "SGX": (".SI",), "WSE": (".WA",),
}  # fmt: skip
"""Exchange as the press writes it before a colon, in capitals -> endings to try."""

REUTERS: Final[Mapping[str, str]] = {
    "O": "", "OQ": "", "N": "", "K": "", "P": "", "A": "", "PK": "", "S": ".SW", "VX": ".SW",
}  # fmt: skip
"""Ending of a Reuters code where it differs from the ticker's."""

BLOOMBERG: Final[Mapping[str, str]] = {
    "US": "", "UN": "", "UW": "", "UQ": "", "HK": ".HK", "GR": ".DE", "GY": ".DE", "LN": ".L", "FP": ".PA",
    "NA": ".AS", "JP": ".T", "JT": ".T", "KS": ".KS", "KQ": ".KQ", "TT": ".TW", "CH": ".SS", "SW": ".SW",
    "SE": ".SW", "IM": ".MI", "SM": ".MC", "AU": ".AX", "CN": ".TO", "IN": ".NS", "BB": ".BR", "AV": ".VI",
    "SS": ".ST", "DC": ".CO", "NO": ".OL", "FH": ".HE",
}  # fmt: skip
"""Country code of a Bloomberg ticker -> ending."""


def ending(ticker: str) -> str:
    """The ending that names the exchange, dot included; "" for a US ticker (also one with a class, BRK.B)."""
    stem, dot, last = ticker.rpartition(".")
    return f".{last}" if dot and stem and f".{last}" in MICS and not (len(last) == 1 and last in "ABC") else ""


def padded(symbol: str, suffix: str) -> str:
    """The ticker: symbol and ending; Hong Kong numbers have four digits, so 700 and 00700 are 0700.HK."""
    if suffix == ".HK" and symbol.isdigit():
        symbol = symbol.lstrip("0").zfill(4)
    return symbol + suffix
