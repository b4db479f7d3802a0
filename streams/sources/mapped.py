"""The kind `json`: any JSON at an address; a table of paths (JMESPath) says where an article's fields lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import jmespath
import orjson
from jmespath.exceptions import JMESPathError

from streams.basics.limits import ARTICLES_A_PAGE
from streams.sources import poll
from streams.sources.base import Kind, NotRead, Page, RawArticle, Reading, Source
from streams.sources.charset import text_of
from streams.sources.table import Table

FIELDS: Final = ("id", "title", "text", "url", "published", "lang", "tickers", "removed", "updated")
_PATH_CHARS: Final = 300


def options(table: Table) -> Mapping[str, Any]:
    """`items`, the path to the list, and `[source.map]`, a path for each field; all checked when they are read."""
    paths = {"items": table.text("items", "@")} | table.mapping("map")
    for field, path in paths.items():
        if field not in ("items", *FIELDS):
            table.fault("map", f"{field!r} is no field: {', '.join(FIELDS)}")
        elif len(path) > _PATH_CHARS:
            table.fault("map", f"{field!r}: a path may have {_PATH_CHARS} characters")
        else:
            try:
                jmespath.compile(path)
            except JMESPathError as fault:
                table.fault("map", f"{field} = {path!r}: {str(fault).splitlines()[0]}")
    if not {"title", "text"} & paths.keys():
        table.fault("map", "needs a path for `title`")
    return paths


def parse(page: Page, source: Source) -> Reading:
    """The articles that the paths find. Raises `NotRead`. Pure."""
    try:
        data = orjson.loads(text_of(page.body, page.media).encode())
    except orjson.JSONDecodeError as fault:
        raise NotRead(f"is no JSON: {fault.msg}") from None
    paths = {field: jmespath.compile(path) for field, path in source.options.items()}
    items = _found(paths.pop("items"), data)
    if not isinstance(items, list):
        raise NotRead(f"`items` = {source.options['items']!r} finds no list in it")
    kept = items[:ARTICLES_A_PAGE]
    return Reading(
        articles=tuple(article_of(item, paths) for item in kept),
        form="json", cut=len(items) - len(kept),
    )  # fmt: skip


def _found(path: Any, data: Any) -> Any:
    try:
        return path.search(data)
    except (JMESPathError, TypeError, ValueError, RecursionError):
        return None


def article_of(item: Any, paths: Mapping[str, Any]) -> RawArticle:
    """What the paths find in one article."""
    return as_it_is({f: _found(p, item) for f, p in paths.items()})


def as_it_is(found: dict[str, Any]) -> RawArticle:
    """Fields under our names, with `removed` and `updated` as a status."""
    removed, updated = found.pop("removed", None), found.pop("updated", None)
    if isinstance(found.get("tickers"), str):
        found["tickers"] = found["tickers"].replace(",", " ").split()
    if _is_said(removed):
        found["status"] = "removed"
    elif _is_said(updated):
        found["status"] = "update"
    return {k: v for k, v in found.items() if v is not None}


def _is_said(value: Any) -> bool:
    """Tables have no flags but words."""
    return value.strip().lower() not in ("", "0", "false", "no", "f", "n") if isinstance(value, str) else bool(value)


KIND: Final = Kind(
    name="json", words="JSON at an address, with a path for each field",
    parse=parse, bring=poll.bring, look=poll.look, options=options,
)  # fmt: skip
