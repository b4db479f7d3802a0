"""The table of phrases: what is written there is what is looked for."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from models.companies import phrases as module
from models.companies.phrases import Phrases, phrases

TABLES: dict[str, Any] = tomllib.loads(Path(module.__file__).with_name("phrases.toml").read_text(encoding="utf-8"))
PARTS: dict[str, Any] = TABLES.pop("parts")


@pytest.mark.parametrize("name", [f.name for f in fields(Phrases)])
def test_every_list_is_part_of_its_pattern_and_no_name_is_left_in_it(name: str) -> None:
    """A list that is called otherwise than where it belongs would be looked for by nobody."""
    table = TABLES[name]
    given = {"words" if key in ("en", "de") else key for key in table if key != "pattern"}
    assert set(re.findall(r"<([a-z]+)>", str(table))) - PARTS.keys() == given
    assert not re.search(r"<[a-z]+>", getattr(phrases(), name).pattern)


@pytest.mark.parametrize("name", [f.name for f in fields(Phrases)])
def test_nothing_is_written_twice(name: str) -> None:
    """Neither in one language nor in both."""
    words = [word for key, listed in TABLES[name].items() if key != "pattern" for word in listed]
    assert len(words) == len(set(words))


def test_every_part_is_shared() -> None:
    """What one table alone has is one of its lists."""
    assert all(sum(f"<{part}>" in str(table) for table in TABLES.values()) > 1 for part in PARTS)
