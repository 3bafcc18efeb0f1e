"""What is left when a dub is killed, finds its disk full or meets bad models; and how `make faults` counts."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import dubbench
from dubbench.adapters.toy import ToySeparate, ToySpeak, ToyTranslate
from dubbench.errors import AdapterFailed
from dubbench.testing import tiny_dub
from dubbench.types import Dub
from eval.faults import artefacts, kills, walks
from eval.faults.artefacts import Look
from tests.clips import make_film
from tests.ended import gone
from tests.finished import TOY

WORDS = ("--from", "en", "--cast", "toy")


class TestKilled:
    @pytest.mark.parametrize(
        "moment",
        [
            {"rename": "*/manifest.json", "after": True},
            {"rename": "*/speak/*.wav", "after": True},
            {"call": "speak", "nth": 2},
            {"ffmpeg": "*/.*.mp4"},
            {"told": "mix"},
        ],
        ids=["before there is a dub", "in a rename", "in a model", "in ffmpeg", "in a room"],
    )
    def test_a_walk_that_goes_on_ends_like_one_that_was_never_killed(
        self, moment: dict[str, Any], talk: Path, finished: Path, tmp_path: Path
    ) -> None:
        world, log = walks.environment(tmp_path), tmp_path / "calls.log"
        arguments = walks.dub_arguments(talk, tmp_path / "pt", *WORDS)
        end = walks.dying(moment, log, arguments, world)
        assert (end.code, end.left) == (-signal.SIGKILL, 0)
        assert end.killed_in
        before = artefacts.looks(tmp_path / "pt")
        assert walks.dying({}, log, arguments, world).code == 0
        known = artefacts.of(finished)
        assert artefacts.differences(tmp_path / "pt", known) == []
        assert artefacts.made_again(before, artefacts.looks(tmp_path / "pt"), known) == set()
        assert artefacts.drafts(tmp_path) == []

    def test_the_next_walk_sweeps_the_drafts_of_the_dead_and_leaves_strangers_alone(
        self, talk: Path, finished: Path, tmp_path: Path
    ) -> None:
        shutil.copytree(finished, tmp_path / "pt")
        dead = ["work/mix/.a.draft-1-2.wav", ".dub.draft-1-2.mp4", "..dub.draft-1-2.draft-1-2.mp4",
                ".subtitles.pt.draft-1-2.srt"]  # fmt: skip
        mine = [".mine.draft-1-2.txt", "draft-1-2.wav", ".hidden"]
        for name in (*dead, *mine):
            (tmp_path / "pt" / name).write_text("half", "utf-8")
        dubbench.dub(talk, to="pt", out=tmp_path / "pt", **TOY)
        assert [name for name in dead if (tmp_path / "pt" / name).exists()] == []
        assert [name for name in mine if not (tmp_path / "pt" / name).exists()] == []

    @pytest.mark.skipif(shutil.which("setpriv") is None, reason="no setpriv here: ffmpeg goes on to its end")
    def test_ffmpeg_does_not_outlive_a_process_that_was_killed_alone(self, tmp_path: Path) -> None:
        film = make_film(tmp_path / "film.mp4", seconds=2.0)
        code = (
            "import os, signal, subprocess, sys\nfrom pathlib import Path\nfrom dubbench.media import engine\n"
            "begin = subprocess.Popen.__init__\n"
            "def begun(self, *args, **more):\n"
            "    begin(self, *args, **more)\n"
            "    print(self.pid, flush=True)\n"
            "    os.kill(os.getpid(), signal.SIGKILL)\n"
            "engine.ffmpeg_exe(); engine._leash()\n"
            "subprocess.Popen.__init__ = begun\n"
            "source = engine.source(Path(sys.argv[1]), stream_loop=-1)\n"
            "to = Path(sys.argv[2])\n"
            "engine.run(engine.output([source['v:0']], to, {}), about=to, to=to)\n"
        )
        root = Path(__file__).parents[1]
        done = subprocess.run(
            [sys.executable, "-c", code, str(film), str(tmp_path / "endless.mp4")], cwd=root, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert gone(int(done.stdout), within=20), "it would write for ever"


class TestFull:
    @pytest.mark.parametrize("room", ["separate", "speak", "mix"])
    def test_where_no_file_may_grow_the_command_says_so_in_one_line_and_goes_on_later(
        self, room: str, talk: Path, finished: Path, tmp_path: Path
    ) -> None:
        known, folder = artefacts.of(finished), tmp_path / "pt"
        largest = {path.parent.name: path.stat().st_size for path in sorted((finished / "work").glob("*/*.wav"))}
        if room != "separate":
            # Everything before is remembered, so this room is the first that writes.
            shutil.copytree(finished, folder)
            shutil.rmtree(folder / "work" / room)
            shutil.rmtree(folder / "work" / "listen", ignore_errors=True)
        end = limited(largest[room] * 3 // 4, walks.dub_arguments(talk, folder, *WORDS))
        assert end.returncode == 2
        assert end.stderr.count("\n") == 1
        assert end.stderr.startswith("dubbench: cannot write to")
        assert "File too large; free some space" in end.stderr
        assert artefacts.torn(folder, known) == []
        assert artefacts.drafts(folder) == []
        dubbench.dub(talk, to="pt", out=folder, **TOY)
        assert artefacts.differences(folder, known) == []

    def test_ffmpeg_that_the_system_ended_is_not_blamed_on_the_film(self, talk: Path, tmp_path: Path) -> None:
        end = limited(10_000, walks.dub_arguments(talk, tmp_path / "pt", *WORDS))
        assert end.returncode == 2
        assert end.stderr.startswith("dubbench: ffmpeg was ended by SIGXFSZ")
        assert "no file may become so large here" in end.stderr
        assert artefacts.drafts(tmp_path) == []


def limited(size: int, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """`dubbench` where no file may grow beyond so many bytes: who writes more is refused as by a full disk."""
    code = (
        "import resource, sys\nfrom dubbench import cli\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)\ncli.main()\n"
    )
    root = Path(__file__).parents[1]
    command = [sys.executable, "-c", code, str(size), *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


class Leaving(ToySpeak):
    """Calls sys.exit, as command-line programs do that somebody made a library of."""

    def speak(self, *args: Any, **more: Any) -> Any:
        sys.exit("no licence")


class Blank(ToySpeak):
    def speak(self, *args: Any, **more: Any) -> Any:
        return None


class Breaking(ToyTranslate):
    """Fails at its third line."""

    batch = 1
    asked = 0

    def translate(self, *args: Any, **more: Any) -> list[list[str]]:
        self.asked += 1
        if self.asked == 3:
            raise RuntimeError("no more")
        return super().translate(*args, **more)


class Empty(ToySeparate):
    def separate(self, *args: Any) -> Any:
        return ()


class TestMisbehaving:
    @pytest.fixture
    def dub(self, tmp_path: Path) -> Dub:
        return tiny_dub(tmp_path)

    def test_a_speaker_that_calls_sys_exit_is_named_with_its_line(self, dub: Dub) -> None:
        spoken = dub.but(target_language="en", lines=tuple(x.but(translation=x.text) for x in dub.lines))
        with pytest.raises(AdapterFailed, match=r"^model 'leaving' failed at line \S+: SystemExit: no licence"):
            Leaving()(spoken)
        with pytest.raises(AdapterFailed, match=r"^model 'blank' failed at line \S+: wanted sound, got None"):
            Blank()(spoken)

    def test_a_translator_that_breaks_is_named_with_its_line_and_keeps_those_before(self, dub: Dub) -> None:
        third = dub.lines[2].id
        with pytest.raises(AdapterFailed, match=rf"^model 'breaking' failed at line {third}: RuntimeError: no more"):
            Breaking()(dub)
        healed = Breaking()
        healed(dub)
        assert healed.asked == len(dub.lines) - 2

    def test_a_separator_that_gives_no_stems_is_named(self, talk: Path, tmp_path: Path) -> None:
        catalogue = tmp_path / "own.toml"
        catalogue.write_text(
            '[empty]\nroom = "separate"\nadapter = "tests.test_faults:Empty"\nlicence = "MIT"\n', "utf-8"
        )
        with pytest.MonkeyPatch.context() as patch, pytest.raises(AdapterFailed, match="model 'empty' failed: a stem"):
            patch.setenv("DUBBENCH_CATALOG", str(catalogue))
            dubbench.dub(talk, to="pt", out=tmp_path / "o", models={"separate": "empty"}, **TOY)


class TestCounting:
    REFERENCE = {"work/speak/a.wav": "1", "work/speak/a.json": "2", "work/mix/b.json": "3", "dub.json": "4"}

    @staticmethod
    def looks(*names: str, time: int = 0) -> dict[str, Look]:
        return {name: Look(1, time, 9) for name in names}

    def test_a_result_is_finished_when_all_its_files_are_there(self) -> None:
        found = self.looks("work/speak/a.wav", "work/mix/b.json")
        assert artefacts.finished(found, self.REFERENCE) == {("mix", "b")}

    def test_only_what_was_finished_and_is_another_file_was_made_again(self) -> None:
        before = self.looks("work/speak/a.wav", "work/mix/b.json")
        after = {**self.looks("work/speak/a.wav", time=5), **self.looks("work/mix/b.json")}
        assert artefacts.made_again(before, after, self.REFERENCE) == set()
        assert artefacts.made_again(before, self.looks("work/mix/b.json", time=5), self.REFERENCE) == {("mix", "b")}
        assert artefacts.made_again(before, {}, self.REFERENCE) == {("mix", "b")}

    @pytest.mark.parametrize("change", ["a take", "dub.json", "the film's sound"])
    def test_what_is_not_the_same_is_found(self, change: str, finished: Path, tmp_path: Path) -> None:
        shutil.copytree(finished, tmp_path / "pt")
        known = artefacts.of(finished)
        assert artefacts.differences(tmp_path / "pt", known) == []
        if change == "a take":
            name = next((tmp_path / "pt" / "work" / "speak").glob("*.wav"))
            name.write_bytes(name.read_bytes()[:-2] + b"xy")
        elif change == "dub.json":
            plain = json.loads((tmp_path / "pt" / "dub.json").read_text("utf-8"))
            plain["lines"][0]["tempo"] = 0.5
            (tmp_path / "pt" / "dub.json").write_text(json.dumps(plain), "utf-8")
        else:
            make_film(tmp_path / "pt" / "dub.mp4", seconds=2.0)
        assert len(artefacts.differences(tmp_path / "pt", known)) >= 1

    @pytest.mark.parametrize("count", [5, 30, len(kills.DESIGNED), 500])
    def test_few_kills_are_spread_over_the_whole_house(self, count: int) -> None:
        found = kills.chosen(count, seed=3)
        assert len(found) == min(count, len(kills.DESIGNED))
        assert len({moment.what + moment.room for moment in found}) == len(found)
        order = [moment.room for moment in kills.DESIGNED]
        assert order.index(found[0].room) < order.index(found[-1].room)
        assert found == kills.chosen(count, seed=3)

    def test_every_room_of_a_dub_has_a_moment(self) -> None:
        rooms = {
            "start", "weights", "probe", "separate", "transcribe", "diarize", "translate", "fit", "prosody", "speak",
            "mix", "listen", "mux", "report",
        }  # fmt: skip
        assert {moment.room for moment in kills.DESIGNED} == rooms

    def test_what_was_wrong_is_told(self, tmp_path: Path) -> None:
        moment = kills.DESIGNED[0]
        bad = kills.Struck(moment, "weights", finished=3, drafts=1, left=1, again=1)
        bad.repeated["speak"] = 3
        walked = kills.Walked(tmp_path, kills=[bad], different=["dub.json"], drafts=[tmp_path / "x"], code=1)
        assert len(kills.wrong([walked], workers=2)) == 6
        late = kills.Moment(kills.ANYWHERE, "9 s after the start", {"seconds": 9.0})
        assert kills.wrong([kills.Walked(tmp_path, missed=[moment, late])], workers=2) == [
            f"never came: {moment.room}, {moment.what}"
        ]
        good = kills.Walked(tmp_path, kills=[kills.Struck(moment, "weights", finished=3, drafts=1, left=0)])
        assert kills.wrong([good], workers=2) == []
