"""Progress: one moving line with the time left on a terminal, not a byte elsewhere."""

from __future__ import annotations

import io
import threading

import pytest

from dubbench import dub
from dubbench.cli.progress import Meter
from tests.talks import make_talk


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_the_room_the_line_and_the_time_left() -> None:
    screen = Terminal()
    meter = Meter(screen)
    meter("speak", 0, 8, "L001")
    meter("speak", 4, 8, "L005")
    last = screen.getvalue().rsplit("\r", 1)[-1]
    assert all(part in last for part in ("speak", "4/8", "L005", "s left"))
    meter.close()
    assert screen.getvalue().endswith("\x1b[K")


def test_rooms_that_work_beside_each_other_share_the_line() -> None:
    screen = Terminal()
    meter = Meter(screen)
    other = threading.Thread(target=lambda: meter("separate", 1, 9, "apart"))
    other.start()
    other.join()
    meter("speak", 3, 8, "L004")
    last = screen.getvalue().rsplit("\r", 1)[-1]
    assert all(part in last for part in ("separate", "1/9", "speak", "3/8"))
    meter("place", 0, 1, "placing")
    assert "speak" not in screen.getvalue().rsplit("\r", 1)[-1], "a room makes way for the next of its thread"


def test_a_file_sees_nothing() -> None:
    quiet = io.StringIO()
    meter = Meter(quiet)
    meter("speak", 1, 8, "L001")
    meter.close()
    assert quiet.getvalue() == ""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, int, int, str]]:
    """All that is told while a talk is dubbed."""
    folder = tmp_path_factory.mktemp("talk")
    told: list[tuple[str, int, int, str]] = []
    talk = make_talk(folder / "talk.mp4")
    dub(talk, to="pt", out=folder / "o", cast="toy", source_language="en", progress=lambda *news: told.append(news))
    return told


@pytest.mark.parametrize(("room", "least"), [("mix", 8), ("mux", 3)])
def test_long_work_is_told_step_by_step(told: list[tuple[str, int, int, str]], room: str, least: int) -> None:
    steps = [(done, total) for name, done, total, _ in told if name == room and total > 1]
    assert len(steps) >= least
    shares = [done / total for done, total in steps]
    assert all(0 <= share <= 1 for share in shares)
    first = shares[: shares.index(1.0) + 1]
    assert first == sorted(first)


def test_nothing_is_told_of_what_need_not_be_done_again(told: list[tuple[str, int, int, str]]) -> None:
    heard = [(done, total, what) for room, done, total, what in told if room == "listen"]
    assert heard
    assert all(total == 1 and "again" not in what for _, total, what in heard)
