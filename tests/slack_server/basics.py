"""Words every part of the server shares: a JSON object, a clock, and a refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

JSON: TypeAlias = dict[str, Any]
Clock: TypeAlias = Callable[[], float]


class RefusedError(Exception):
    """Slack says no: a code, the words beside it, and how the answer looks on the wire."""

    def __init__(
        self,
        code: str,
        *messages: object,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
        early: bool = False,
    ) -> None:
        super().__init__(code, *messages)
        self.code = code
        self.messages: Sequence[str] = [str(message) for message in messages]
        self.status = status
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})
        self.early = early

    def body(self) -> JSON:
        """The answer as Slack words it: `[ERROR] must be less than 151 characters [json-pointer:/blocks/0/...]`."""
        body: JSON = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": [f"[ERROR] {words}" for words in self.messages]}
            if self.code == "invalid_blocks":
                body["errors"] = list(self.messages)
        return body


def is_true(value: object) -> bool:
    """Slack reads `true`, `1`, `"true"` and `"1"` as true, whether they come as JSON, form or query."""
    return value is True or str(value).lower() in {"1", "true"}
