"""The shipped directory: complete, without faults, and no worse for being broad."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from stdnum import isin as stdnum_isin

from models.companies.check import check
from models.companies.evaluate import measure
from models.companies.identify import load_directory
from models.companies.labelled import Row, read_rows
from models.companies.universe import Extra, entries, from_pytickersymbols, made_up, stripped
from tests.unit.companies import article, directory


def test_the_shipped_directory_has_no_faults() -> None:
    """What CI runs as `tapewire companies check`."""
    assert check() == []


def test_breadth_of_the_directory() -> None:
    """The indices, the chip chain and the private firms that matter to the three categories are there."""
    groups = directory().groups
    kinds = Counter(e.kind for e in directory().entries)
    assert len(directory().entries) >= 2_000
    assert kinds["private"] >= 100
    assert len(groups["dax"]) == 40
    assert len(groups["eurostoxx50"]) == 50
    for group, least in {"mdax": 50, "tecdax": 30, "nasdaq100": 100, "sp100": 100, "chips": 150, "defence": 80}.items():
        assert len(groups[group]) >= least, group
    for name in ("openai", "bytedance", "deepseek", "anthropic", "mistral", "helsing"):
        assert directory().company_of(name)


def test_all_isins_are_valid_by_another_librarys_count() -> None:
    """python-stdnum agrees with the check that refuses a bad number."""
    numbers = {x.isin for e in directory().entries for x in e.listings if x.isin}
    assert len(numbers) > 500
    assert [n for n in numbers if not stdnum_isin.is_valid(n)] == []


def test_extra_names_never_take_what_the_directory_owns() -> None:
    """Known by ticker, by name, or by name without its legal form: left out. Funds own nobody's name."""
    kept = directory().entries
    offered = [
        Extra("NVIDIA Corporation"),
        Extra("Some Other Name", ("BABA",)),
        Extra("Siemens Index ETF"),
        Extra("Granite Harbor Textile Inc"),
        Extra("Verdantix"),
    ]
    taken = list(entries(offered, kept))
    assert [e.name for e in taken] == ["Granite Harbor Textile Inc", "Verdantix"]
    assert [e.aliases[0].trust("en") for e in taken] == ["safe", "rare"]
    assert stripped("Acme Holdings Group Inc.") == "Acme"


def test_extra_names_are_found_when_they_are_switched_on() -> None:
    """The long tail works, and is off by default."""
    extra = load_directory(extra=[Extra("Granite Harbor Textile Inc", ("GQSX",))])
    told = article("Granite Harbor Textile opens plant in Ohio")
    assert directory().identify([told]) == [()]
    assert [c.tickers for c in extra.identify([told])[0]] == [("GQSX",)]
    assert extra.version != directory().version


def headlines() -> list[Row]:
    """The invented headlines as labelled rows."""
    rows: list[str] = []
    for line in Path(__file__).with_name("companies_headlines.psv").read_text(encoding="utf-8").splitlines()[1:]:
        lang, title, ids = line.split("|")
        names = [next(e.name for e in directory().entries if e.id == i) for i in ids.split()]
        labels = ",".join(f'{{"name": "{n}", "tickers": []}}' for n in names)
        quoted = title.replace("\\", "").replace('"', '\\"')
        rows.append(f'{{"id": "{len(rows)}", "lang": "{lang}", "text": "{quoted}", "companies": [{labels}]}}')
    return read_rows(rows)


def test_ten_thousand_more_names_cost_nothing() -> None:
    """Precision and recall stay within one point with the generated names switched on."""
    pytest.importorskip("pytickersymbols")
    real = from_pytickersymbols()
    extra = [*real, *made_up(10_000 - len(real))]
    assert len(extra) == 10_000
    broad = load_directory(extra=extra)
    assert len(broad.entries) - len(directory().entries) > 8_000
    rows = headlines()
    before, after = (measure(d, rows).figures["all"].found for d in (directory(), broad))
    assert after.precision >= before.precision - 0.01
    assert after.recall >= before.recall - 0.01
