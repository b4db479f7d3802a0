"""Asking a worker of this machine how it is; what `tapewire health` does. Standard library only: it is asked often."""

from __future__ import annotations

import http.client
import json
from typing import Any, Final

_PATIENCE_S: Final = 5.0
_ANYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what others bind to, never we
_MOST_BYTES: Final = 65_536


def ask(host: str, port: int, token: str, what: str) -> tuple[bool, list[str]]:
    """Whether it is `live` or `ready`, with reasons against and notes. Never raises."""
    connection = http.client.HTTPConnection(_ANYWHERE.get(host, host), port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", f"/{what}", headers={"Authorization": f"Bearer {token}"} if token else {})
        answer = connection.getresponse()
        said: Any = json.loads(answer.read(_MOST_BYTES))
        words = [*said.get("reasons", ()), *said.get("notes", ())]
        return answer.status == http.HTTPStatus.OK and said.get(what) is True, [str(word) for word in words]
    except (OSError, http.client.HTTPException, ValueError, AttributeError, TypeError) as fault:
        return False, [f"no worker answers on {host}:{port}: {fault}"]
    finally:
        connection.close()
