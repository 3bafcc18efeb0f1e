"""A line to an HTTP server that is cut at a deadline, whatever is going on in it. What is asked is others' business.

The timeout of a socket begins anew with each byte, so a server that drips holds a caller for hours: in the headers,
where nobody can look at the clock, as well as in the body.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import urllib.request
from functools import partial
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from types import TracebackType
from typing import Any, Self

from dubbench.types import Seconds


class Line:
    """Cuts the sockets of all that its `handlers` open, `deadline` seconds after the `with` began; `cut` says so."""

    def __init__(self, deadline: Seconds) -> None:
        self.deadline, self.cut = deadline, False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(deadline, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()

    def handlers(self) -> tuple[urllib.request.BaseHandler, ...]:
        """For `urllib.request.build_opener`."""
        return _Http(self), _Https(self)

    def opened(self, sock: socket.socket) -> None:
        """A socket that is to be cut with the others."""
        self._sockets.append(sock)
        if self.cut:
            self._end()

    def _end(self) -> None:
        self.cut = True
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                # Of the socket below an encrypted one: its own would pull the cipher away from under a reader.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


class _OnLine(HTTPConnection):
    """A connection whose socket is its line's to cut, once it is there."""

    def __init__(self, host: str, *, line: Line, **how: Any) -> None:
        super().__init__(host, **how)
        self.line = line

    def connect(self) -> None:
        super().connect()
        self.line.opened(self.sock)


class _OnSecureLine(_OnLine, HTTPSConnection):
    """The same, encrypted."""


class _Http(urllib.request.HTTPHandler):
    def __init__(self, line: Line) -> None:
        super().__init__()
        self.line = line

    def http_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(partial(_OnLine, line=self.line), req)  # type: ignore[arg-type]


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, line: Line) -> None:
        super().__init__()
        self.line = line

    def https_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(partial(_OnSecureLine, line=self.line), req)  # type: ignore[arg-type]
