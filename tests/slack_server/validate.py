"""What Slack refuses in the content of a call. Pure: looks at arguments only, never at the state of the workspace."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from tests.slack_server.basics import JSON, RefusedError
from tests.slack_server.block_kit import MODAL, MODAL_BLOCKS, check_blocks, plain
from tests.slack_server.shapes import array, boolean, one_of, shape, string, units

MOST_BLOCK_UNITS = 13_200  # seen in the field as msg_blocks_too_long; Slack publishes no figure
MOST_ATTACHMENTS = 100
MOST_TEXT_ON_UPDATE = 4000
MOST_MARKDOWN = 12_000
MOST_METADATA_BYTES = 8000  # ours: Slack has the code metadata_too_large but publishes no figure

_WORD = re.compile(r"[a-z][A-Za-z0-9_]{0,254}")
_TS = re.compile(r"\d{1,12}(\.\d{1,6})?")
_STRINGS = ("text", "markdown_text", "thread_ts", "ts", "parse", "client_msg_id", "user")
_VIEW = shape(
    {"type": one_of("modal"), "title": plain(24), "blocks": array(lambda _value, _at: iter(()), 1, MODAL_BLOCKS)},
    {
        "submit": plain(24),
        "close": plain(24),
        "private_metadata": string(3000, least=0),
        "callback_id": string(255),
        "external_id": string(255),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
    },
)


def check_content(args: JSON, *, update: bool = False) -> None:
    """Raises the code Slack would answer to this text, these blocks and attachments; else returns."""
    _check_strings(args)
    text, blocks, markdown = args.get("text"), args.get("blocks"), args.get("markdown_text")
    if markdown is not None and (text or blocks):
        raise RefusedError("markdown_text_conflict")
    attachments = _attachments(args.get("attachments"))
    if not blocks and not attachments and not (text or markdown or "").strip():
        raise RefusedError("no_text")
    if blocks is not None and blocks != []:
        _check_blocks(blocks)
    if (update and units(text or "") > MOST_TEXT_ON_UPDATE) or units(markdown or "") > MOST_MARKDOWN:
        raise RefusedError("msg_too_long")


def _check_strings(args: JSON) -> None:
    for name in _STRINGS:
        if args.get(name) is not None and not isinstance(args[name], str):
            raise RefusedError("invalid_arguments", f"must be a string [json-pointer:/{name}]")


def _attachments(attachments: Any) -> list[Any]:
    if attachments is None:
        return []
    if not isinstance(attachments, list):
        raise RefusedError("invalid_attachments", "must be an array [json-pointer:/attachments]")
    if len(attachments) > MOST_ATTACHMENTS:
        raise RefusedError("too_many_attachments")
    return attachments


def _check_blocks(blocks: Any) -> None:
    if not isinstance(blocks, list):
        raise RefusedError("invalid_blocks_format", "must be an array [json-pointer:/blocks]")
    if problems := check_blocks(blocks):
        raise RefusedError("invalid_blocks", *problems)
    if block_units(blocks) > MOST_BLOCK_UNITS:
        raise RefusedError("msg_blocks_too_long")


def block_units(blocks: Any) -> int:
    """The size of blocks as JSON in Python's default spelling (spaces kept), the longest a client may send."""
    return units(json.dumps(blocks, ensure_ascii=False))


def check_metadata(metadata: Any) -> None:
    """Raises unless `metadata` is an event type with a flat payload of a moderate size."""
    well_formed = (
        isinstance(metadata, dict)
        and set(metadata) == {"event_type", "event_payload"}
        and isinstance(metadata["event_payload"], dict)
    )
    if not well_formed:
        raise RefusedError("invalid_metadata_format", "must hold event_type and event_payload [json-pointer:/metadata]")
    if not isinstance(metadata["event_type"], str) or not _WORD.fullmatch(metadata["event_type"]):
        raise RefusedError("invalid_metadata_schema", "bad name [json-pointer:/metadata/event_type]")
    for name, value in metadata["event_payload"].items():
        if not _WORD.fullmatch(name) or not _is_flat(value):
            raise RefusedError("invalid_metadata_schema", f"bad [json-pointer:/metadata/event_payload/{name}]")
    if len(orjson.dumps(metadata)) > MOST_METADATA_BYTES:
        raise RefusedError("metadata_too_large")


def _is_flat(value: Any) -> bool:
    items = value if isinstance(value, list) else [value]
    return all(isinstance(item, (str, int, float)) for item in items)


def check_view(view: Any) -> None:
    """Raises unless `view` is a modal Slack would open."""
    problems = list(_VIEW(view, "/view"))
    if not problems:
        problems = check_blocks(view["blocks"], MODAL, MODAL_BLOCKS)
    if problems:
        raise RefusedError("invalid_arguments", *problems)


def check_ts(value: Any, code: str) -> str:
    """`value` if it can be a Slack timestamp; else raises `code`."""
    if not isinstance(value, str) or not _TS.fullmatch(value):
        raise RefusedError(code)
    return value
