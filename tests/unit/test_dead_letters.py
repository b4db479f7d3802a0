"""Which dead letters a filter means."""

from __future__ import annotations

import pytest

from streams.deadletters.letters import Filter, Letter
from tests.build import NOON


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (b'{"source": "Harbour Wire"}', True),
        (b'{"source": " HARBOUR WIRE ", "title": 5}', True),
        (b'{"source": "Harbour Wire Extra"}', False),
        (b'{"title": "Harbour Wire"}', False),
        (b'{"source": ["Harbour Wire"]}', False),
        (b'["Harbour Wire"]', False),
        (b'{"source": "Harbour Wire"', False),
        (b"", False),
    ],
)
def test_a_source_is_the_one_that_the_bytes_name(value: bytes, meant: bool) -> None:
    """As far as they can be read: what is no JSON names none."""
    letter = Letter(partition=0, offset=1, key=b"", value=value, headers={}, time=NOON)
    assert Filter(source="harbour wire").holds(letter) is meant
    assert Filter().holds(letter)
