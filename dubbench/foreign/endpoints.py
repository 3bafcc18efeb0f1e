"""HTTP endpoints as models: asked patiently, their refusals as our errors, their key kept out of everything.

What they are asked and what they answer is the business of the adapter that asks.
"""

from __future__ import annotations

import json
import os
import re
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Sequence
from http.client import HTTPException, IncompleteRead
from typing import Any, NamedTuple

from pydantic import Field, field_validator

from dubbench.errors import AdapterFailed, Missing, Refused
from dubbench.foreign.line import Line
from dubbench.stages.base import Settings, Stage
from dubbench.types import Seconds

ADDRESS = r"^https?://[^/\s]+"

AGAIN = (408, 409, 425, 429, 500, 502, 503, 504)
"""Answers after which the same request may succeed."""


LARGEST = 256 * 2**20
"""Bytes of an answer: speech of an hour and a half at 24 kHz, and a hundred times the words of a film."""


class Endpoint(Settings):
    """Where to ask, as whom, and how patiently: `tries` in all, `pause` before the second, doubled before each next.

    `timeout` is how long it may be silent, `deadline` how long a try may take as a whole: a server that sends a byte
    now and then is never silent.
    """

    url: str = Field("http://127.0.0.1:8000/v1", pattern=ADDRESS)
    model: str = ""
    key_env: str | None = None
    timeout: Seconds = Field(120.0, gt=0)
    deadline: Seconds = Field(900.0, gt=0, exclude=True)
    tries: int = Field(3, ge=1)
    pause: Seconds = Field(1.0, ge=0)

    @field_validator("key_env")
    @classmethod
    def _name(cls, key_env: str | None) -> str | None:
        if key_env is not None and not re.fullmatch(r"[A-Z_][A-Z0-9_]{0,63}", key_env):
            raise ValueError("must be the NAME of an environment variable, never the key itself")
        return key_env


class Reply(NamedTuple):
    """What an endpoint answered: the bytes, and the content type it gave them."""

    body: bytes
    kind: str


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key to another address and turn the request into a plain GET."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def post(stage: Stage, path: str, body: bytes, kind: str) -> Reply:
    """What the endpoint answers to `body` of content type `kind`. Raises Missing, Refused, AdapterFailed."""
    settings: Endpoint = stage.settings
    headers = {"Content-Type": kind, "User-Agent": "dubbench", **_authorization(stage)}
    request = urllib.request.Request(settings.url.rstrip("/") + path, body, headers)
    for attempt in range(settings.tries):
        last = attempt == settings.tries - 1
        with Line(settings.deadline) as line:
            try:
                return _asked(stage, line, request)
            except urllib.error.HTTPError as error:
                said = _whole(stage, line, error).decode("utf-8", "replace")
                if last or error.code not in AGAIN:
                    raise _refusal(stage, error, said) from None
            except (OSError, HTTPException) as error:
                if last:
                    raise AdapterFailed(stage.name, f"{settings.url} {_why(error, line)}") from None
        time.sleep(settings.pause * 2**attempt)
    raise AssertionError("the last attempt returns or raises")


def _asked(stage: Stage, line: Line, request: urllib.request.Request) -> Reply:
    opener = urllib.request.build_opener(_NoRedirect, *line.handlers())
    with opener.open(request, timeout=stage.settings.timeout) as reply:
        return Reply(_whole(stage, line, reply), reply.headers.get("Content-Type") or "no content type")


def _whole(stage: Stage, line: Line, reply: Any) -> bytes:
    """All of an answer. Raises AdapterFailed for one without an end, TimeoutError for one that the line was cut in."""
    body = bytes(reply.read(LARGEST + 1))
    if len(body) > LARGEST:
        raise AdapterFailed(stage.name, f"{stage.settings.url} answered with more than {LARGEST >> 20} MB")
    if line.cut:
        raise TimeoutError
    missing = getattr(reply, "length", None)
    if missing:
        raise IncompleteRead(body, missing)
    return body


def _authorization(stage: Stage) -> dict[str, str]:
    """The header that says who asks. Raises Missing that names the key's variable, and never the key."""
    name = stage.settings.key_env
    if name is None:
        return {}
    key = _key(stage)
    if not key:
        raise Missing(f"model '{stage.name}' needs a key: export {name}=…")
    # What no header can carry would be repeated, key and all, in the error of whoever tries to send it.
    if not (key.isascii() and key.isprintable()):
        raise Missing(f"model '{stage.name}': {name} holds what no key has (not plain ASCII); export {name}=… again")
    return {"Authorization": f"Bearer {key}"}


def _key(stage: Stage) -> str:
    """The key, without the line end that comes with it when it is read from a file; "" where there is none."""
    return os.environ.get(stage.settings.key_env or "", "").strip()


def _why(error: BaseException, line: Line) -> str:
    if line.cut:
        return f"did not finish its answer within {line.deadline:g} s"
    reason = getattr(error, "reason", error)
    return f"does not answer: {str(reason) or type(reason).__name__}"


def _refusal(stage: Stage, error: urllib.error.HTTPError, said: str) -> Missing | Refused | AdapterFailed:
    """An HTTP error as one of ours, with the server's words and without our key, which servers like to repeat."""
    key = _key(stage)
    said = " ".join((said.replace(key, "…") if key else said).split())[:500]
    if error.code in (401, 403):
        hint = f"check {stage.settings.key_env}" if stage.settings.key_env else "name its variable in 'key_env'"
        return Missing(f"model '{stage.name}': {stage.settings.url} refuses the key ({error.code}); {hint}")
    if error.code in (402, 429):
        return Refused(f"model '{stage.name}': {stage.settings.url} says the quota is used up: {said}")
    if error.code in (301, 302, 303, 307, 308):
        return AdapterFailed(stage.name, f"{stage.settings.url} moved; set 'url' to {error.headers.get('Location')}")
    return AdapterFailed(stage.name, f"{stage.settings.url} answered {error.code}", stderr=said)


def post_json(stage: Stage, path: str, **question: Any) -> Reply:
    """What the endpoint answers to `question` as JSON."""
    return post(stage, path, json.dumps(question, ensure_ascii=False).encode("utf-8", "replace"), "application/json")


def form(fields: Sequence[tuple[str, str]], wave: bytes) -> tuple[bytes, str]:
    """A multipart/form-data body (RFC 7578) and its content type."""
    edge = uuid.uuid4().hex
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="sound.wav"\r\n'
    body = "".join([*parts, head, "Content-Type: audio/wav\r\n\r\n"]).encode() + wave + f"\r\n--{edge}--\r\n".encode()
    return body, f"multipart/form-data; boundary={edge}"
