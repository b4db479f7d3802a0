"""The shapes inside a rich_text block."""

from __future__ import annotations

from tests.slack_server.shapes import Check, array, boolean, by_type, one_of, shape, string, url, whole

_MOST_PIECES = 500  # ours: Slack publishes none, and the size of all blocks ends long before
_LONGEST = 13_200
_ID = string(255)
_STYLE = {"style": shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))}

_PIECES: dict[str, Check] = {
    "text": shape({"text": string(_LONGEST)}, _STYLE),
    "link": shape({"url": url(3000)}, {**_STYLE, "text": string(_LONGEST), "unsafe": boolean}),
    "emoji": shape({"name": _ID}, {**_STYLE, "unicode": _ID, "skin_tone": whole}),
    "date": shape({"timestamp": whole, "format": string(255)}, {**_STYLE, "url": url(3000), "fallback": string(255)}),
    "channel": shape({"channel_id": _ID}, _STYLE),
    "user": shape({"user_id": _ID}, _STYLE),
    "usergroup": shape({"usergroup_id": _ID}, _STYLE),
    "broadcast": shape({"range": one_of("here", "channel", "everyone")}, _STYLE),
    "color": shape({"value": _ID}, _STYLE),
}
_LINE = array(by_type(_PIECES), 1, _MOST_PIECES)
_SECTION = by_type({"rich_text_section": shape({"elements": _LINE})})

RICH_TEXT: Check = array(
    by_type(
        {
            "rich_text_section": shape({"elements": _LINE}),
            "rich_text_quote": shape({"elements": _LINE}, {"border": whole}),
            "rich_text_preformatted": shape({"elements": _LINE}, {"border": whole, "language": _ID}),
            "rich_text_list": shape(
                {"elements": array(_SECTION, 1, _MOST_PIECES), "style": one_of("bullet", "ordered")},
                {"indent": whole, "offset": whole, "border": whole},
            ),
        }
    ),
    1,
    _MOST_PIECES,
)
