"""The parts we ship: locked at the versions that are tested, with hashes, under terms that allow it."""

from __future__ import annotations

import pytest

from tests.supply.audit import UNASKED, told
from tests.supply.licences import FREE, PAGE, licence, page
from tests.supply.lock import CONSTRAINTS, LOCK, asked, pins, unhashed

ELSEWHERE = {"colorama", "tzdata"}  # only where this is not run


def test_the_lock_is_what_the_tests_run_on() -> None:
    """The image installs the versions of the constraints, and every file has its hash."""
    locked, tested = pins(LOCK), pins(CONSTRAINTS)
    assert asked() - set(locked) == set()
    assert {n: v for n, v in locked.items() if n not in ELSEWHERE and tested.get(n) != v} == {}
    assert unhashed() == []


def test_nothing_in_the_lock_says_where_it_was_made() -> None:
    """Names, versions, hashes; no index, no path."""
    assert "://" not in LOCK.read_text()
    assert "--index" not in LOCK.read_text()


def test_the_licences_page_is_fresh_and_every_licence_allows_shipping() -> None:
    """A part with other terms is looked at by a person before it goes in."""
    assert PAGE.read_text() == page()
    assert [name for name in pins(LOCK) if not FREE.search(licence(name))] == []


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ({"name": "a", "version": "1", "vulns": []}, 0),
        ({"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}, 1),
        ({"name": "a", "version": "1", "skip_reason": "not found"}, UNASKED),
    ],
)
def test_an_audit_that_could_not_look_is_not_called_clean(found: dict[str, object], code: int) -> None:
    """Three ends: clean, vulnerable, not audited."""
    assert told({"dependencies": [found]})[0] == code
