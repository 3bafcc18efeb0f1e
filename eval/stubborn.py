"""What does not want to stop, for `eval/cancel.py`: models that hang in every way there is, and a server that drips.

The models are toys but for the one thing that they do; a walk comes to them by the catalogue, as to any other.
"""

from __future__ import annotations

import re
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dubbench.adapters.toy import ToySpeak
from dubbench.weights.pins import cache_folder


class Grabbing(ToySpeak):
    """Reads in a C call that never ends and lets no other thread have a turn: a pattern that backtracks for ever."""

    def speak(self, *args: Any, **kwargs: Any) -> Any:
        return re.match(r"(a+)+$", "a" * 64 + "b")


class Sleeping(ToySpeak):
    """Reads in threads that never wake."""

    def speak(self, *args: Any, **kwargs: Any) -> Any:
        threading.Event().wait()


class Hanging(Sleeping):
    """The same in a process of its own."""

    isolated = True


class Dripping(socketserver.BaseRequestHandler):
    """Answers a byte a second."""

    def handle(self) -> None:
        self.request.recv(65536)
        for byte in b"HTTP/1.0 200 OK\r\nContent-Type: audio/wav\r\n\r\n" + b"0" * 3600:
            try:
                self.request.sendall(bytes([byte]))
            except OSError:
                return
            time.sleep(1.0)


CATALOGUE = """
[grabbing]
room = "speak"
adapter = "eval.stubborn:Grabbing"
[sleeping]
room = "speak"
adapter = "eval.stubborn:Sleeping"
[hanging]
room = "speak"
adapter = "eval.stubborn:Hanging"
[building]
room = "speak"
adapter = "eval.stubborn:Hanging"
requires = ["sympy==1.13.*", "numpy<2", "onnxruntime==1.20.*"]
[program]
room = "speak"
adapter = "dubbench.adapters.command:CommandSpeak"
[program.settings]
argv = ["sh", "-c", "sleep 3600 & sleep 3600", "{{text}}"]
[server]
room = "speak"
adapter = "dubbench.adapters.http:HttpSpeak"
[server.settings]
url = "http://127.0.0.1:{port}/v1"
"""


def cases(film: Path, folder: Path, case: Callable[..., Any]) -> Iterator[Any]:
    """A walk to each of them, and one that fetches into an empty cache."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dripping) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        own = folder / "own.toml"
        own.write_text(CATALOGUE.format(port=server.server_address[1]), "utf-8")
        empty = folder / "cache"
        empty.mkdir()
        (empty / "weights").symlink_to(cache_folder() / "weights")
        found = {"DUBBENCH_CATALOG": str(own), "DUBBENCH_CACHE": str(empty)}
        for name, where in {
            "grabbing": "a C call that lets no thread in", "sleeping": "threads that never wake",
            "hanging": "a model apart that hangs", "building": "an environment being built",
            "program": "a program with children", "server": "a server that drips",
        }.items():  # fmt: skip
            options = {"cast": "toy", "source_language": "en", "models": {"speak": name}}
            # The toys before it take no time; it never says that it began.
            room, wait = ("environment", 1.5) if name == "building" else ("translate", 3.0)
            yield case(where, room, film, folder / name, options, found, wait)
        bare = folder / "bare"
        bare.mkdir()
        options = {"cast": "toy", "source_language": "en", "models": {"separate": "spleeter"}}
        yield case("a fetch", "spleeter", film, folder / "fetch", options, {"DUBBENCH_CACHE": str(bare)}, 0.3)
        server.shutdown()
