"""A call that passed every check, and the deed it stands for.

Checking and doing are apart so that a fault can come between them: Slack accepts late, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tests.slack_server.basics import JSON

Plan: TypeAlias = Callable[[], JSON]
