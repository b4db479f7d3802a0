"""Block Kit as a table of shapes: what each block and element may hold, and how much of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.slack_server.rich_text import RICH_TEXT
from tests.slack_server.shapes import (
    Check,
    Problem,
    array,
    boolean,
    by_type,
    one_of,
    shape,
    string,
    units,
    url,
)

MESSAGE_BLOCKS = 50
MODAL_BLOCKS = 100
MARKDOWN_UNITS = 12_000  # over all markdown blocks of a message together


def words(most: int, *kinds: str) -> Check:
    """A text object; `emoji` belongs to plain text only, `verbatim` to mrkdwn only."""
    shapes = {
        "plain_text": shape({"text": string(most)}, {"emoji": boolean}),
        "mrkdwn": shape({"text": string(most)}, {"verbatim": boolean}),
    }
    return by_type({kind: shapes[kind] for kind in kinds or shapes})


def plain(most: int) -> Check:
    """A plain_text object."""
    return words(most, "plain_text")


_ACTION_ID = string(255)
_CONFIRM = shape(
    {"title": plain(100), "text": words(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
_OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": url(3000)})
_IMAGE_FIELDS = {"image_url": url(3000), "alt_text": string(2000)}

_IMAGE_ELEMENT = shape(_IMAGE_FIELDS)
_ELEMENTS: dict[str, Check] = {
    "button": shape(
        {"text": plain(75), "action_id": _ACTION_ID},
        {
            "value": string(2000),
            "url": url(3000),
            "style": one_of("primary", "danger"),
            "confirm": _CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "overflow": shape({"action_id": _ACTION_ID, "options": array(_OPTION, 1, 5)}, {"confirm": _CONFIRM}),
    "static_select": shape(
        {"action_id": _ACTION_ID, "options": array(_OPTION, 1, 100)},
        {"placeholder": plain(150), "initial_option": _OPTION, "confirm": _CONFIRM, "focus_on_load": boolean},
    ),
}
_INPUTS: dict[str, Check] = {
    "static_select": _ELEMENTS["static_select"],
    "plain_text_input": shape(
        {"action_id": _ACTION_ID},
        {
            "placeholder": plain(150),
            "initial_value": string(3000, least=0),
            "multiline": boolean,
            "focus_on_load": boolean,
        },
    ),
}
_CONTEXT_ELEMENT = by_type(
    {
        "image": _IMAGE_ELEMENT,
        # a text object's own limit: Slack names no tighter one for context
        "plain_text": shape({"text": string(3000)}, {"emoji": boolean}),
        "mrkdwn": shape({"text": string(3000)}, {"verbatim": boolean}),
    }
)
_BLOCK_ID = {"block_id": string(255)}
_SECTION = shape(
    {},
    {
        **_BLOCK_ID,
        "text": words(3000),
        "fields": array(words(2000), 1, 10),
        "accessory": by_type({**_ELEMENTS, "image": _IMAGE_ELEMENT}),
        "expand": boolean,
    },
)


def _section(value: Any, at: str) -> Iterator[Problem]:
    yield from _SECTION(value, at)
    if "text" not in value and "fields" not in value:
        yield Problem("missing required field: text", at)


_SHARED: dict[str, Check] = {
    "section": _section,
    "header": shape({"text": plain(150)}, _BLOCK_ID),
    "context": shape({"elements": array(_CONTEXT_ELEMENT, 1, 10)}, _BLOCK_ID),
    "divider": shape({}, _BLOCK_ID),
    "actions": shape({"elements": array(by_type(_ELEMENTS), 1, 25)}, _BLOCK_ID),
    "image": shape(_IMAGE_FIELDS, {**_BLOCK_ID, "title": plain(2000)}),
    "rich_text": shape({"elements": RICH_TEXT}, _BLOCK_ID),
}
MESSAGE: dict[str, Check] = {
    **_SHARED,
    "markdown": shape({"text": string(MARKDOWN_UNITS)}, _BLOCK_ID),
    "alert": shape(
        {"text": words(3000)},
        {**_BLOCK_ID, "level": one_of("default", "info", "warning", "error", "success")},
    ),
}
MODAL: dict[str, Check] = {
    **_SHARED,
    "input": shape(
        {"label": plain(2000), "element": by_type(_INPUTS)},
        {**_BLOCK_ID, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
}


def check_blocks(blocks: Any, kinds: dict[str, Check] = MESSAGE, most: int = MESSAGE_BLOCKS) -> list[Problem]:
    """Everything Slack would find wrong with these blocks."""
    problems = list(array(by_type(kinds), 1, most)(blocks, "/blocks"))
    if not problems:  # only well-shaped blocks can be compared with one another
        problems += _repeats(blocks)
        problems += _markdown_total(blocks)
    return problems


def _repeats(blocks: list[dict[str, Any]]) -> Iterator[Problem]:
    seen = Counter(block["block_id"] for block in blocks if "block_id" in block)
    for index, block in enumerate(blocks):
        if seen[block.get("block_id")] > 1:
            yield Problem(f"block_id already exists: {block['block_id']}", f"/blocks/{index}/block_id")
        actions = Counter(element["action_id"] for element in block.get("elements", ()) if "action_id" in element)
        for action_id, count in actions.items():
            if count > 1:
                yield Problem(f"action_id already exists: {action_id}", f"/blocks/{index}/elements")


def _markdown_total(blocks: list[dict[str, Any]]) -> Iterator[Problem]:
    if sum(units(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_UNITS:
        yield Problem(f"must be less than {MARKDOWN_UNITS + 1} characters in all markdown blocks", "/blocks")
