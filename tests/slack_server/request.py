"""From HTTP to a call: arguments may come as JSON, as a form, or in the query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from tests.slack_server.basics import JSON, RefusedError
from tests.slack_server.workspace import Token

FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
# these are JSON inside a string when they come by form or query
_OPENED = {"blocks", "attachments", "metadata", "view"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one method by one token; `host` is the address it reached the server under."""

    method: str
    args: JSON
    who: Token
    host: str = ""


async def read_arguments(request: web.Request) -> JSON:
    """The arguments of a call; raises Slack's code for a body it cannot read."""
    sent = await _body(request) if request.method == "POST" and request.can_read_body else {}
    return {name: _opened(name, value) for name, value in {**request.query, **sent}.items()}


def bearer(request: web.Request, args: JSON) -> str:
    """The token, from the header or from the arguments; an empty string if there is none."""
    header = request.headers.get("Authorization", "")
    return header.removeprefix("Bearer ").strip() or str(args.pop("token", ""))


async def _body(request: web.Request) -> JSON:
    if "Content-Type" not in request.headers:
        raise RefusedError("missing_post_type")
    if request.content_type in FORMS:
        return dict(await request.post())
    if request.content_type != "application/json":
        raise RefusedError("invalid_post_type", request.content_type)
    if (request.charset or "utf-8").lower() not in {"utf-8", "utf8"}:
        raise RefusedError("invalid_charset", request.charset)
    return read_json(await request.read())


def read_json(raw: bytes) -> JSON:
    """The object these bytes spell. Half a surrogate pair is as malformed to Slack as a missing brace."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise RefusedError("invalid_json", error, status=400) from error
    if not isinstance(body, dict):
        raise RefusedError("json_not_object")
    return body


def _opened(name: str, value: Any) -> Any:
    if name not in _OPENED or not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value  # still a string: its own check refuses it by its own code
