"""What was made is found again by content, and a torn write leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dubbench import memory
from dubbench.memory import Memory, replacing


def test_keys_depend_on_content_not_on_order() -> None:
    assert memory.key(a=1, b="x") == memory.key(b="x", a=1)
    assert memory.key(a=1) != memory.key(a=2)


def test_kept_values_come_back_and_unknown_ones_do_not(tmp_path: Path) -> None:
    store = Memory(tmp_path)
    store.keep("speak", "k", {"text": "olá"})
    assert store.recall("speak", "k") == {"text": "olá"}
    assert store.recall("speak", "other") is None


def test_a_half_written_value_counts_as_none(tmp_path: Path) -> None:
    store = Memory(tmp_path)
    store.keep("speak", "k", [1])
    store.path("speak", "k", ".json").write_text('{"text": "ol', "utf-8")
    assert store.recall("speak", "k") is None


def test_a_failed_write_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_text("old", "utf-8")
    with pytest.raises(RuntimeError), replacing(path) as draft:
        draft.write_text("half", "utf-8")
        raise RuntimeError
    assert path.read_text("utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.wav"]


def test_killed_while_writing_leaves_nothing_under_the_true_name(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from dubbench.memory import replacing\n"
        "with replacing(Path(sys.argv[1])) as draft:\n"
        "    draft.write_text('half'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.json")], env=os.environ, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "a.json").exists()


def test_drafts_of_the_dead_are_swept_and_nothing_else(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from dubbench.memory import replacing\n"
        "with replacing(Path(sys.argv[1])) as outer, replacing(outer) as inner:\n"
        "    outer.write_text('half'); inner.write_text('half'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    for name in ("dub.mp4", "other.wav", "without"):
        subprocess.run([sys.executable, "-c", code, str(tmp_path / name)], env=os.environ, check=False)
    stays = {".checked.json", ".package-0.2.0.lock", ".a.draft.wav", "a.draft-1-2.wav", ".lock"}
    for name in stays:
        (tmp_path / name).write_text("mine", "utf-8")
    assert len(list(tmp_path.iterdir())) == 6 + len(stays)
    memory.sweep(tmp_path, "dub.")
    assert len(list(tmp_path.iterdir())) == 4 + len(stays)
    memory.sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == stays
