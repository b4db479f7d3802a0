"""The OpenAPI document and the server agree: schemathesis makes requests from the one and holds the other to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from streams.sources.door import description
from tests.feeds.porch import KEY, Porch, porch_in_thread


@schemathesis.serializer("application/x-ndjson")
def as_lines(_: Any, value: Any) -> Any:
    """A body that is a string already."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


schema = schemathesis.openapi.from_dict(description())


@pytest.fixture(scope="module")
def door() -> Iterator[Porch]:
    """One for all requests."""
    with porch_in_thread() as made:
        yield made


@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_server_is_as_the_document_says(case: Any, door: Porch) -> None:
    """Statuses, headers and bodies are as described; what the document forbids is refused; no key, no entry."""
    # A date, or a headline of nothing but markup, can be wrong in ways that no schema tells: `tests/flow/test_push.py`.
    case.call_and_validate(
        base_url=door.url, headers={"Authorization": f"Bearer {KEY}"}, excluded_checks=[positive_data_acceptance]
    )
