"""Every limit of the Slack server on blocks and modals: the last that passes, the first that does not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.slack_limits import Limit, refusal
from tests.slack_server.basics import JSON
from tests.slack_server.samples import alert, mrkdwn, plain, section
from tests.slack_server.validate import (
    MOST_BLOCK_UNITS,
    block_units,
    check_content,
    check_view,
)


def button(**changes: Any) -> JSON:
    """A button."""
    return {"type": "button", "action_id": "b", "text": plain("Open"), **changes}


def option(number: int = 0, **changes: Any) -> JSON:
    """An option of a menu."""
    return {"text": plain("1h"), "value": f"v{number}", **changes}


def actions(*elements: JSON) -> list[JSON]:
    """One actions block."""
    return [{"type": "actions", "elements": list(elements)}]


def menu(kind: str, options: list[JSON], **changes: Any) -> list[JSON]:
    """One actions block with one menu."""
    return actions({"type": kind, "action_id": "m", "options": options, **changes})


def confirm(**changes: Any) -> list[JSON]:
    """A button that asks back."""
    asked = {"title": plain("t"), "text": plain("t"), "confirm": plain("y"), "deny": plain("n"), **changes}
    return actions(button(confirm=asked))


def link(url: str) -> list[JSON]:
    """A rich text block with one link."""
    line = {"type": "rich_text_section", "elements": [{"type": "link", "url": url}]}
    return [{"type": "rich_text", "elements": [line]}]


def address(length: int) -> str:
    """A URL of exactly this length."""
    return "https://a.example/".ljust(length, "x")


def sized(units: int) -> list[JSON]:
    """Blocks whose JSON has exactly this many units."""
    blocks = [section("x" * 3000) for _ in range(4)]
    rest = units - block_units([*blocks, section("")])
    return [*blocks, section("x" * rest)]


def numbered(count: int) -> list[JSON]:
    """Options with different values."""
    return [option(number) for number in range(count)]


BLOCK_LIMITS = [
    Limit("blocks in a message", 50, lambda n: [{"type": "divider"}] * n, "/blocks"),
    Limit("block_id", 255, lambda n: [section(block_id="x" * n)], "/blocks/0/block_id"),
    Limit("section text", 3000, lambda n: [section("x" * n)], "/blocks/0/text/text"),
    Limit("section fields", 10, lambda n: [section(fields=[plain("f")] * n)], "/blocks/0/fields"),
    Limit("section field", 2000, lambda n: [section(fields=[mrkdwn("x" * n)])], "/blocks/0/fields/0/text"),
    Limit("header", 150, lambda n: [{"type": "header", "text": plain("x" * n)}], "/blocks/0/text/text"),
    Limit("context elements", 10, lambda n: [{"type": "context", "elements": [plain("c")] * n}], "/blocks/0/elements"),
    Limit(
        "context text",
        3000,
        lambda n: [{"type": "context", "elements": [plain("x" * n)]}],
        "/blocks/0/elements/0/text",
    ),
    Limit(
        "actions elements",
        25,
        lambda n: actions(*(button(action_id=f"b{i}") for i in range(n))),
        "/blocks/0/elements",
    ),
    Limit("action_id", 255, lambda n: actions(button(action_id="x" * n)), "/blocks/0/elements/0/action_id"),
    Limit("button text", 75, lambda n: actions(button(text=plain("x" * n))), "/blocks/0/elements/0/text/text"),
    Limit("button value", 2000, lambda n: actions(button(value="x" * n)), "/blocks/0/elements/0/value"),
    Limit("button url", 3000, lambda n: actions(button(url=address(n))), "/blocks/0/elements/0/url"),
    Limit(
        "button label", 75, lambda n: actions(button(accessibility_label="x" * n)), "/elements/0/accessibility_label"
    ),
    Limit("accessory text", 75, lambda n: [section(accessory=button(text=plain("x" * n)))], "/accessory/text/text"),
    Limit("confirm title", 100, lambda n: confirm(title=plain("x" * n)), "/confirm/title/text"),
    Limit("confirm text", 300, lambda n: confirm(text=plain("x" * n)), "/confirm/text/text"),
    Limit("confirm button", 30, lambda n: confirm(confirm=plain("x" * n)), "/confirm/confirm/text"),
    Limit("confirm denial", 30, lambda n: confirm(deny=plain("x" * n)), "/confirm/deny/text"),
    Limit("overflow options", 5, lambda n: menu("overflow", numbered(n)), "/elements/0/options"),
    Limit("option text", 75, lambda n: menu("overflow", [option(text=plain("x" * n))]), "/options/0/text/text"),
    Limit("option value", 150, lambda n: menu("overflow", [option(value="x" * n)]), "/options/0/value"),
    Limit(
        "option description", 75, lambda n: menu("overflow", [option(description=plain("x" * n))]), "/description/text"
    ),
    Limit("select options", 100, lambda n: menu("static_select", numbered(n)), "/elements/0/options"),
    Limit(
        "select placeholder",
        150,
        lambda n: menu("static_select", numbered(1), placeholder=plain("x" * n)),
        "/elements/0/placeholder/text",
    ),
    Limit(
        "image alt text",
        2000,
        lambda n: [{"type": "image", "image_url": address(40), "alt_text": "x" * n}],
        "/blocks/0/alt_text",
    ),
    Limit(
        "image url",
        3000,
        lambda n: [{"type": "image", "image_url": address(n), "alt_text": "a"}],
        "/blocks/0/image_url",
    ),
    Limit("link url", 3000, lambda n: link(address(n)), "/blocks/0/elements/0/elements/0/url"),
    Limit("markdown block", 12_000, lambda n: [{"type": "markdown", "text": "x" * n}], "/blocks/0/text"),
    Limit(
        "markdown together",
        12_000,
        lambda n: [{"type": "markdown", "text": "x" * 6000}, {"type": "markdown", "text": "x" * (n - 6000)}],
        "/blocks",
    ),
    Limit("alert text", 3000, lambda n: [{"type": "alert", "text": mrkdwn("x" * n)}], "/blocks/0/text/text"),
    Limit("size of all blocks", MOST_BLOCK_UNITS, sized, code="msg_blocks_too_long"),
    # 2 UTF-16 units each: counted as the stricter of Slack's possible ways
    Limit("emoji in a header", 75, lambda n: [{"type": "header", "text": plain("🔴" * n)}], "/blocks/0/text/text"),
]


@pytest.mark.parametrize("limit", BLOCK_LIMITS, ids=str)
def test_block_limit(limit: Limit) -> None:
    """Blocks pass at their limit and are refused one beyond it, with a pointer to the spot."""
    check_content(alert(blocks=limit.build(limit.most)))
    refused = refusal(lambda: check_content(alert(blocks=limit.build(limit.most + 1))))
    assert refused.code == limit.code
    assert all(f"{limit.pointer}]" in message for message in refused.messages)


EMPTY = [
    ("section text", [section("")], "/blocks/0/text/text"),
    ("section without text", [{"type": "section"}], "/blocks/0"),
    ("section fields", [section(fields=[])], "/blocks/0/fields"),
    ("header", [{"type": "header", "text": plain("")}], "/blocks/0/text/text"),
    ("context elements", [{"type": "context", "elements": []}], "/blocks/0/elements"),
    ("actions elements", actions(), "/blocks/0/elements"),
    ("overflow options", menu("overflow", []), "/blocks/0/elements/0/options"),
    ("action_id", actions(button(action_id="")), "/blocks/0/elements/0/action_id"),
    ("block_id", [section(block_id="")], "/blocks/0/block_id"),
    ("markdown", [{"type": "markdown", "text": ""}], "/blocks/0/text"),
    ("rich text", [{"type": "rich_text", "elements": []}], "/blocks/0/elements"),
    ("image alt text", [{"type": "image", "image_url": address(40), "alt_text": ""}], "/blocks/0/alt_text"),
]
WRONG = [
    ("unknown block", [{"type": "carousel"}], "/blocks/0"),
    ("no type", [{}], "/blocks/0"),
    ("not an object", ["words"], "/blocks/0"),
    ("unknown key", [section(colour="red")], "/blocks/0"),
    ("unknown key in text", [section(fields=[{**plain("f"), "bold": True}])], "/blocks/0/fields/0"),
    ("emoji on mrkdwn", [section(fields=[{**mrkdwn("f"), "emoji": False}])], "/blocks/0/fields/0"),
    ("verbatim on plain text", [section(fields=[{**plain("f"), "verbatim": True}])], "/blocks/0/fields/0"),
    ("emoji that is no boolean", [section(fields=[{**plain("f"), "emoji": "no"}])], "/blocks/0/fields/0/emoji"),
    ("mrkdwn header", [{"type": "header", "text": mrkdwn("h")}], "/blocks/0/text"),
    ("mrkdwn button", actions(button(text=mrkdwn("b"))), "/blocks/0/elements/0/text"),
    ("text that is no string", [{"type": "markdown", "text": 7}], "/blocks/0/text"),
    ("button without action_id", actions({"type": "button", "text": plain("b")}), "/blocks/0/elements/0"),
    ("button style", actions(button(style="default")), "/blocks/0/elements/0/style"),
    ("alert level", [{"type": "alert", "text": plain("a"), "level": "fatal"}], "/blocks/0/level"),
    ("element in the wrong place", actions(plain("b")), "/blocks/0/elements/0"),
    ("script url", actions(button(url="javascript:alert(1)")), "/blocks/0/elements/0/url"),
    ("url with a space", link("https://a.example/a b"), "/blocks/0/elements/0/elements/0/url"),
    ("url that closes the link", link("https://a.example/|x>"), "/blocks/0/elements/0/elements/0/url"),
    ("block_id twice", [section(block_id="a"), section(block_id="a")], "/blocks/1/block_id"),
    ("action_id twice", actions(button(), button()), "/blocks/0/elements"),
    (
        "rich text piece",
        [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "html"}]}]}],
        "/blocks/0/elements/0/elements/0",
    ),
]


@pytest.mark.parametrize(("blocks", "pointer"), [row[1:] for row in EMPTY + WRONG], ids=[r[0] for r in EMPTY + WRONG])
def test_wrong_blocks(blocks: list[JSON], pointer: str) -> None:
    """Blocks that are empty or misshapen are refused with a pointer to the spot."""
    refused = refusal(lambda: check_content(alert(blocks=blocks)))
    assert refused.code == "invalid_blocks"
    assert any(f"[json-pointer:{pointer}]" in message for message in refused.messages)


def test_two_blocks_may_use_one_action_id() -> None:
    """An action_id need only be unique within its block."""
    check_content(alert(blocks=actions(button()) + actions(button())))


def test_refusal_is_worded_as_slack_words_it() -> None:
    """A refusal of blocks carries Slack's own words, in both of Slack's places."""
    blocks = [{"type": "header", "text": plain("x" * 151)}]
    body = refusal(lambda: check_content(alert(blocks=blocks))).body()
    words = "must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    assert body == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [words],
        "response_metadata": {"messages": [f"[ERROR] {words}"]},
    }


def modal(**changes: Any) -> JSON:
    """A modal."""
    return {"type": "modal", "title": plain("Mute"), "blocks": [{"type": "divider"}], **changes}


VIEW_LIMITS = [
    Limit("title", 24, lambda n: modal(title=plain("x" * n)), "/view/title/text"),
    Limit("submit", 24, lambda n: modal(submit=plain("x" * n)), "/view/submit/text"),
    Limit("close", 24, lambda n: modal(close=plain("x" * n)), "/view/close/text"),
    Limit("blocks", 100, lambda n: modal(blocks=[{"type": "divider"}] * n), "/view/blocks"),
    Limit("private metadata", 3000, lambda n: modal(private_metadata="x" * n), "/view/private_metadata"),
    Limit("callback_id", 255, lambda n: modal(callback_id="x" * n), "/view/callback_id"),
]


@pytest.mark.parametrize("limit", VIEW_LIMITS, ids=str)
def test_view_limit(limit: Limit) -> None:
    """A modal passes at its limits and is refused one beyond them."""
    check_view(limit.build(limit.most))
    refused = refusal(lambda: check_view(limit.build(limit.most + 1)))
    assert refused.code == "invalid_arguments"
    assert f"[json-pointer:{limit.pointer}]" in refused.messages[0]
