"""Progress: one moving line with the time left on a terminal, not a byte elsewhere."""

from __future__ import annotations

import io

from dubbench.cli.progress import Meter


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


def test_a_file_sees_nothing() -> None:
    quiet = io.StringIO()
    meter = Meter(quiet)
    meter("speak", 1, 8, "L001")
    meter.close()
    assert quiet.getvalue() == ""
