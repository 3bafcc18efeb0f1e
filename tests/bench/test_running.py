"""Answers are kept by content and gone on with; failures are the worst there is; results can be computed again."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import jiwer
import pytest

from dubbench import bench
from dubbench.bench import figures, leaderboard, measures, predicting, results, statistics
from dubbench.bench.answers import Answers
from dubbench.bench.candidates import parsed
from dubbench.catalog import tables
from dubbench.errors import AdapterFailed, BadInput, Missing, Unsupported
from dubbench.metrics import Score
from dubbench.stages.transcribe import Transcribe, Transcript
from dubbench.types import Sound, Word
from tests.bench import toys

OWN = """
[half]
room = "transcribe"
adapter = "tests.bench.test_running:Half"

[moody]
room = "transcribe"
adapter = "tests.bench.test_running:Moody"

[broken]
room = "transcribe"
adapter = "tests.bench.test_running:Broken"
"""


class Half(Transcribe):
    """Hears one word of two, whatever was said."""

    asked = 0

    def transcribe(self, sound: Sound, language: str | None = None) -> Transcript:
        Half.asked += 1
        return Transcript(language="en", segments=((Word(text="good", start=0.0, end=0.1),),))


class Moody(Half):
    """Fails on the longest sound."""

    def transcribe(self, sound: Sound, language: str | None = None) -> Transcript:
        if sound.duration > 1.1:
            raise AdapterFailed(self.name, "too long for me")
        return super().transcribe(sound, language)


class Broken(Half):
    """Fails always."""

    def transcribe(self, sound: Sound, language: str | None = None) -> Transcript:
        raise AdapterFailed(self.name, "out of order")


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bench.Suite:
    (tmp_path / "own.toml").write_text(OWN, "utf-8")
    monkeypatch.setenv("DUBBENCH_CATALOG", str(tmp_path / "own.toml"))
    monkeypatch.chdir(tmp_path)
    Half.asked = 0
    return toys.suite(tmp_path)


def run(suite: bench.Suite, *labels: str, **options: Any) -> list[bench.Result]:
    return bench.run(suite, labels, apart=False, **options)


def test_what_is_answered_is_not_asked_again(suite: bench.Suite) -> None:
    first = run(suite, "half")[0]
    assert Half.asked == 4
    assert run(suite, "half")[0].records() == first.records()
    assert Half.asked == 4


def test_a_run_that_was_stopped_goes_on_with_the_next_question(suite: bench.Suite) -> None:
    seen = list[str]()

    def stopped(room: str, done: int, total: int, what: str) -> None:
        seen.append(what)
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench.predict(suite, "half", progress=stopped)
    assert Half.asked == 2
    with pytest.raises(
        BadInput, match=r"half has not been asked 2 of 4 questions \(s2, …\): dubbench bench predict toys"
    ):
        bench.score(suite, "half")
    run(suite, "half")
    assert Half.asked == 4


def test_an_answer_that_is_not_whole_is_asked_for_again(suite: bench.Suite, tmp_path: Path) -> None:
    run(suite, "half")
    torn = next((tmp_path / "eval/outputs/toys").glob("*/answer.json"))
    torn.write_text(torn.read_text("utf-8")[:40], "utf-8")
    run(suite, "half")
    assert Half.asked == 4, "the room remembered what the answer told"
    assert json.loads(torn.read_text("utf-8"))["question"]


def test_another_setting_is_asked_anew_and_an_unknown_one_refused(suite: bench.Suite) -> None:
    assert parsed("m:a=1,b=true,c=x").settings == (("a", 1), ("b", True), ("c", "x"))
    assert parsed("m:a=1,b=true,c=x").label == "m:a=1,b=true,c=x"
    with pytest.raises(BadInput, match="setting 'speed' of model 'half'"):
        run(suite, "half:speed=2")
    with pytest.raises(BadInput, match="'half:speed' is no model: write NAME"):
        run(suite, "half:speed")
    with pytest.raises(BadInput, match="there is no model 'hlaf'; did you mean 'half'"):
        run(suite, "hlaf")
    with pytest.raises(BadInput, match="model 'toy-translate' plays 'translate'; this suite asks for 'transcribe'"):
        run(suite, "toy-translate")


def test_a_failure_counts_as_the_worst_and_the_coverage_tells(suite: bench.Suite) -> None:
    found = run(suite, "moody")[0]
    failed = [row for row in found.rows if row.error]
    assert [row.id for row in failed] == ["s1"]
    assert "too long for me" in str(failed[0].error)
    assert found.run.coverage == 0.75
    assert Score(found.metric("wer"), failed[0].counts["wer"]).value == 1.0
    assert "rtf" not in failed[0].counts
    assert "75 %" in leaderboard.section(suite, [found])


def test_failures_are_kept_until_they_are_to_be_tried_again(suite: bench.Suite) -> None:
    run(suite, "moody")
    before = Half.asked
    run(suite, "moody")
    assert Half.asked == before
    assert sum(answer.error is not None for answer in bench.predict(suite, "moody", retry=True)) == 1


def test_too_many_failures_are_no_result(suite: bench.Suite) -> None:
    with pytest.raises(BadInput, match=r"broken answered 0 of 4 questions, which is no result; first: .*out of order"):
        run(suite, "broken")


def test_every_aggregate_is_computed_again_from_the_samples(suite: bench.Suite, tmp_path: Path) -> None:
    """With another library, from what lies on the disk and in the suite."""
    run(suite, "half")
    folder = next((tmp_path / "eval/results/toys/half").iterdir())
    rows = [json.loads(line) for line in (folder / "samples.jsonl").read_text("utf-8").splitlines()]
    read = results.read(folder)
    errors, length = (sum(row["counts"]["wer"][name] for row in rows) for name in ("errors", "length"))
    assert read.value("wer") == errors / length == jiwer.wer(list(toys.TEXTS), ["good"] * 4)
    seconds, sound = (sum(row["counts"]["rtf"][name] for row in rows) for name in ("seconds", "sound"))
    assert read.value("rtf") == pytest.approx(seconds / sound)
    assert read.interval("wer").low <= read.value("wer") <= read.interval("wer").high
    assert json.loads((folder / "run.json").read_text("utf-8"))["metrics"]["wer"] == "wer@1"


def test_results_of_other_samples_are_not_compared(suite: bench.Suite, tmp_path: Path) -> None:
    ours, theirs = run(suite, "toy-transcribe", "half")
    found = bench.compare(ours, theirs)
    assert found.gain == pytest.approx(theirs.value("wer") - ours.value("wer"))
    assert found.verdict == "too few clusters"
    other = toys.suite(tmp_path, samples=toys.samples(tmp_path, toys.TEXTS[:2]))
    with pytest.raises(BadInput, match="were asked other things"):
        bench.compare(ours, run(other, "half")[0])
    assert [one.model for one in results.of(other)] == ["half"]


def test_under_twenty_clusters_there_is_no_verdict_and_with_them_there_is(suite: bench.Suite, tmp_path: Path) -> None:
    few = leaderboard.section(suite, run(suite, "toy-transcribe", "half"))
    assert "Under 20 clusters: no verdicts." in few
    assert "no verdict: 4 clusters, 20 are needed" in few
    made = toys.samples(tmp_path, [toys.TEXTS[at % 4] for at in range(statistics.FEWEST)])
    many = toys.suite(tmp_path, samples=made)
    found = run(many, "toy-transcribe", "half")
    told = leaderboard.section(many, found)
    assert [one.group for one in bench.standings(many, found)] == [1, 2]
    assert "| worse |" in told
    reader = toys.suite(tmp_path, samples=made, indicative="one toy")
    assert "indicative: no verdict" in leaderboard.section(reader, run(reader, "toy-transcribe", "half"))
    assert {one.group for one in bench.standings(reader, found)} == {1}


def test_a_row_names_the_command_that_gives_it_again(suite: bench.Suite) -> None:
    found = run(suite, "half")
    told = leaderboard.section(suite, found)
    command = next(line for line in told.splitlines() if line.startswith("dubbench bench run"))
    assert command == "dubbench bench run toys.toml half"
    assert leaderboard.html(found).count("<tr>") == 2


def test_floor_ceiling_and_budget_are_told(suite: bench.Suite, tmp_path: Path) -> None:
    told = toys.suite(tmp_path, floor="half", ceiling="toy-transcribe", budget={"memory_mb": 1})
    page = leaderboard.section(told, run(told, "half"))
    assert "Floor half, ceiling toy-transcribe." in page
    assert "| half ◆ (over budget) |" in page
    roomy = toys.suite(tmp_path, budget={"memory_mb": 100_000, "rtf": 1000})
    assert "over budget" not in leaderboard.section(roomy, run(roomy, "half"))


def test_smoke_asks_the_first_few_and_is_no_result_of_the_whole(suite: bench.Suite) -> None:
    found = run(suite, "half", smoke=True)[0]
    assert found.run.asked == suite.smoke == 2
    assert results.of(suite) == []
    assert [one.model for one in results.of(suite, smoke=True)] == ["half"]


def test_each_model_runs_in_a_process_of_its_own(suite: bench.Suite) -> None:
    found = bench.run(suite, ["toy-transcribe"])[0]
    assert found.value("wer") == 0.0
    assert 20 < found.run.peak_mb < 1000
    with pytest.raises(BadInput, match="there is no model 'nobody'"):
        bench.run(suite, ["nobody"])


def test_the_command_says_a_mistake_in_one_line(suite: bench.Suite, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dubbench", "bench", "run", "nope"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("dubbench: there is no suite 'nope'")
    assert len(done.stderr.splitlines()) == 1


def test_an_answer_moves_with_its_folder(suite: bench.Suite, tmp_path: Path) -> None:
    spoken = toys.suite(tmp_path, id="said", room="speak", metrics=[], ear="toy-transcribe", models=["toy-speak"])
    first = run(spoken, "toy-speak")[0]
    assert first.value("wer") == 0.0
    (tmp_path / "eval/outputs").rename(tmp_path / "elsewhere")
    moved = bench.score(spoken, "toy-speak", outputs=tmp_path / "elsewhere")
    assert moved.records() == first.records()
    answer = predicting.answered(spoken, "toy-speak", outputs=tmp_path / "elsewhere")[0][1]
    assert answer is not None
    assert Answers("said", tmp_path / "elsewhere").home(answer.key).is_dir()


def test_what_an_ear_judges_carries_the_ear_in_its_id(suite: bench.Suite, tmp_path: Path) -> None:
    spoken = toys.suite(tmp_path, id="said", room="speak", metrics=[], ear="toy-transcribe", models=["toy-speak"])
    deaf = toys.suite(tmp_path, id="deaf", room="speak", metrics=[], ear="half", models=["toy-speak"])
    ours, theirs = run(spoken, "toy-speak")[0], run(deaf, "toy-speak")[0]
    assert ours.run.metrics["wer"].startswith("wer@1+")
    assert ours.run.metrics["wer"] != theirs.run.metrics["wer"]
    with pytest.raises(BadInput, match="do not add: score both by the same metric"):
        ours.metric("wer").total([*ours.scores("wer")[0], *theirs.scores("wer")[0]])


def test_a_figure_of_nothing_is_shown_as_none() -> None:
    metric = measures.named("rtf", "transcribe").metric("transcribe")
    assert figures.shown(math.nan, metric) == "–"


def test_a_session_holds_suite_results_and_answers_together(suite: bench.Suite, tmp_path: Path) -> None:
    session = bench.Session(tmp_path / "toys.toml", smoke=True, outputs=tmp_path / "o", results_folder=tmp_path / "r")
    assert session.example() == "  0.00 s  good morning"
    results_of = session.run(["toy-transcribe"])
    assert session.table(results_of)._repr_markdown_() == leaderboard.section(session.suite, results_of)
    (question, answer), _ = session.answers("toy-transcribe")
    assert answer.dub is not None
    assert [line.text for line in answer.dub.lines] == [line.text for line in question.gold.lines]
    assert session.question("s1").id == "s1"
    assert session.answers("half") == []


def test_what_a_child_could_not_do_is_refused_before_it_starts(suite: bench.Suite, tmp_path: Path) -> None:
    """A model that misses its weights or knows no language of the suite is said so by kind, not by words of a child."""
    french = toys.suite(tmp_path, languages=["fr"], samples=[
        {"id": "f", "cluster": "f", "audio": {"fr": "0.wav"}, "texts": {"fr": "bonjour"}}
    ])  # fmt: skip
    with pytest.raises(Unsupported, match="does not know 'fr'"):
        bench.run(french, ["whisper-tiny-en"])
    (tmp_path / "own.toml").write_text(OWN + LOST, "utf-8")
    tables.forget()
    with pytest.raises(Missing, match="gone"):
        bench.run(suite, ["lost"])


LOST = """
[lost]
room = "transcribe"
adapter = "tests.bench.test_running:Half"

[[lost.weights]]
name = "gone.bin"
sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
size = 1
sources = ["pypi://there-is-no-such-package-of-ours@1.0/gone.bin"]
"""
