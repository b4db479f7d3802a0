"""What the Slack server refuses of a message beside its blocks: text, attachments, metadata."""

from __future__ import annotations

import pytest

from tests.slack_limits import refusal
from tests.slack_server.basics import JSON
from tests.slack_server.samples import alert
from tests.slack_server.validate import MOST_METADATA_BYTES, check_content, check_metadata

CONTENT = [
    ("no text at all", alert(text=None, blocks=None), "no_text"),
    ("blank text", alert(text="  ", blocks=None), "no_text"),
    ("text is a number", alert(text=7), "invalid_arguments"),
    ("thread_ts is a number", alert(thread_ts=1.5), "invalid_arguments"),
    ("blocks are words", alert(blocks="words"), "invalid_blocks_format"),
    ("blocks are one object", alert(blocks={"type": "divider"}), "invalid_blocks_format"),
    ("attachments are one object", alert(attachments={}), "invalid_attachments"),
    ("101 attachments", alert(attachments=[{"text": "a"}] * 101), "too_many_attachments"),
    ("markdown_text beside text", alert(blocks=None, markdown_text="m"), "markdown_text_conflict"),
    ("markdown_text beside blocks", alert(text=None, markdown_text="m"), "markdown_text_conflict"),
    ("12001 of markdown_text", alert(text=None, blocks=None, markdown_text="x" * 12_001), "msg_too_long"),
]
FINE = [
    ("text only", alert(blocks=None)),
    ("empty blocks beside text", alert(blocks=[])),
    ("blocks only", alert(text=None)),
    ("100 attachments", alert(attachments=[{"text": "a"}] * 100)),
    ("12000 of markdown_text", alert(text=None, blocks=None, markdown_text="x" * 12_000)),
    ("4001 of text in a new message", alert(text="x" * 4001)),
]


@pytest.mark.parametrize(("args", "code"), [row[1:] for row in CONTENT], ids=[row[0] for row in CONTENT])
def test_wrong_content(args: JSON, code: str) -> None:
    """Content that Slack refuses is refused with Slack's code."""
    assert refusal(lambda: check_content(args)).code == code


@pytest.mark.parametrize("args", [row[1] for row in FINE], ids=[row[0] for row in FINE])
def test_fine_content(args: JSON) -> None:
    """Content just within the limits passes."""
    check_content(args)


def test_an_update_takes_less_text() -> None:
    """`chat.update` takes 4000 of text and refuses 4001."""
    check_content(alert(text="x" * 4000), update=True)
    assert refusal(lambda: check_content(alert(text="x" * 4001), update=True)).code == "msg_too_long"


def metadata(payload: JSON, event_type: object = "alert") -> JSON:
    """Metadata with this payload."""
    return {"event_type": event_type, "event_payload": payload}


METADATA = [
    ("words", "words", "invalid_metadata_format"),
    ("no payload", {"event_type": "alert"}, "invalid_metadata_format"),
    ("a third key", {**metadata({}), "extra": 1}, "invalid_metadata_format"),
    ("payload is a list", {"event_type": "alert", "event_payload": []}, "invalid_metadata_format"),
    ("bad event type", metadata({}, "Alert!"), "invalid_metadata_schema"),
    ("event type is a number", metadata({}, 7), "invalid_metadata_schema"),
    ("key with a capital", metadata({"Delivery": "1"}), "invalid_metadata_schema"),
    ("key with a dash", metadata({"delivery-id": "1"}), "invalid_metadata_schema"),
    ("nested object", metadata({"delivery": {"id": 1}}), "invalid_metadata_schema"),
    ("nothing", metadata({"delivery": None}), "invalid_metadata_schema"),
    ("list of objects", metadata({"delivery": [{"id": 1}]}), "invalid_metadata_schema"),
    ("too large", metadata({"a": "x" * MOST_METADATA_BYTES}), "metadata_too_large"),
]


@pytest.mark.parametrize(("value", "code"), [row[1:] for row in METADATA], ids=[row[0] for row in METADATA])
def test_wrong_metadata(value: object, code: str) -> None:
    """Metadata that is misshapen, nested or too large is refused with Slack's code."""
    assert refusal(lambda: check_metadata(value)).code == code


def test_fine_metadata() -> None:
    """Flat metadata passes, up to the last byte."""
    check_metadata(metadata({"delivery_id": "1", "rev": 1, "score": 0.5, "late": False, "tickers": ["A", "B"]}))
    spare = MOST_METADATA_BYTES - len('{"event_type":"alert","event_payload":{"a":""}}')
    check_metadata(metadata({"a": "x" * spare}))
    assert refusal(lambda: check_metadata(metadata({"a": "x" * (spare + 1)}))).code == "metadata_too_large"
