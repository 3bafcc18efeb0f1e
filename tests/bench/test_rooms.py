"""Each room is asked as in a dub and scored by what the metric says, recomputed here by hand or by another library."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sacrebleu

from dubbench import bench, media
from dubbench.bench import counting
from dubbench.bench.asking import merged
from dubbench.bench.questions import of
from dubbench.errors import BadInput
from dubbench.types import Line, Sound
from tests.bench import toys


def run(suite: bench.Suite, *labels: str) -> list[bench.Result]:
    return bench.run(suite, labels, apart=False)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_translations_are_scored_line_by_line_and_as_a_whole_by_sacrebleu(tmp_path: Path) -> None:
    pairs = [
        ("good morning sir", "BOM DIA SENHOR"),
        ("thank you very much", "THANK YOU VERY MUCH"),
        ("no", "NO WAY OUT"),
    ]
    made = [{"id": f"l{at}", "cluster": f"c{at % 2}", "texts": {"en": source, "pt": gold}}
            for at, (source, gold) in enumerate(pairs)]  # fmt: skip
    suite = toys.suite(tmp_path, room="translate", languages=["en-pt"], primary="chrf",
                       metrics=["bleu", "length_compliance", "rtf"], samples=made)  # fmt: skip
    found = run(suite, "toy-translate")[0]
    lines = [row.id for row in found.rows if "chrf" in row.counts]
    assert lines == ["l0", "l1", "l2"], "a scene is asked as a whole, its lines are scored one by one"
    assert [row.id for row in found.rows if "rtf" in row.counts] == ["c0", "c1"]
    assert found.run.asked == 2
    said = [source.upper() for source, _ in pairs]
    gold = [text for _, text in pairs]
    assert found.value("chrf") == pytest.approx(sacrebleu.corpus_chrf(said, [gold], word_order=2).score)
    assert found.value("bleu") == pytest.approx(sacrebleu.corpus_bleu(said, [gold]).score)
    assert found.value("length_compliance") == 1.0  # Toys shout as long as the source is.


def test_separation_is_scored_against_the_known_stems(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    time = np.arange(48_000) / 48_000
    speech, rest = 0.2 * np.sin(2 * np.pi * 220 * time), 0.1 * rng.normal(size=48_000)
    for name, values in {"speech": speech, "background": rest, "mix": speech + rest}.items():
        media.write(tmp_path / f"{name}.wav", Sound(values.astype(np.float32)[None], 48_000))
    one = {
        "id": "m",
        "cluster": "m",
        "audio": {"en": "mix.wav"},
        "stems": {"speech": "speech.wav", "background": "background.wav"},
    }
    suite = toys.suite(
        tmp_path, room="separate", primary="speech_si_sdr", metrics=["background_si_sdr", "rtf"], samples=[one]
    )
    found = run(suite, "unseparated")[0]
    clean, whole = speech - speech.mean(), (speech + rest) - (speech + rest).mean()
    kept = clean * (clean @ whole) / (clean @ clean)
    expected = 10 * math.log10(float(np.sum(kept**2) / np.sum((whole - kept) ** 2)))
    assert found.value("speech_si_sdr") == pytest.approx(expected, abs=0.01)
    assert found.value("background_si_sdr") == -100.0, "silence is nothing of the background"


def test_turns_are_scored_over_the_whole_sound(tmp_path: Path) -> None:
    toys.noise(tmp_path / "a.wav", 4.0, rate=16_000)
    (tmp_path / "a.rttm").write_text("SPEAKER a 1 0.5 1.0 <NA> <NA> anna <NA> <NA>\n", "utf-8")
    one = {"id": "a", "cluster": "a", "audio": {"mul": "a.wav"}, "turns": "a.rttm"}
    suite = toys.suite(tmp_path, room="diarize", languages=["mul"], primary="der", metrics=["rtf"], samples=[one])
    found = run(suite, "toy-diarize")[0]
    turns = bench.predict(suite, "toy-diarize")[0].dub
    assert turns is not None
    spoken = [(turn.start, turn.end) for turn in turns.turns]
    false = sum(end - start for start, end in spoken) - max(
        0.0, sum(min(e, 1.5) - max(s, 0.5) for s, e in spoken if s < 1.5 and e > 0.5)
    )
    assert found.value("der") == pytest.approx(false / 1.0, abs=0.02)


def film(folder: Path) -> dict[str, Any]:
    """Two lines of a film in English, and people's dub of it, whose second line takes twice as long."""
    toys.noise(folder / "en.wav", 6.0)
    toys.noise(folder / "es.wav", 8.0)
    (folder / "en.stm").write_text("f 1 A 0.5 1.5 good morning\nf 1 A 2.5 3.5 thank you\n", "utf-8")
    (folder / "es.stm").write_text("f 1 A 0.5 1.5 buenos días\nf 1 A 2.5 5.5 muchas gracias\n", "utf-8")
    return {
        "id": "f",
        "cluster": "f",
        "audio": {"en": "en.wav", "es": "es.wav"},
        "said": {"en": "en.stm", "es": "es.stm"},
    }


def test_ways_to_fit_are_given_how_long_people_took(tmp_path: Path) -> None:
    suite = toys.suite(tmp_path, room="fit", languages=["en-es"], primary="adherence",
                       metrics=["cut", "overlap", "start_offset", "dead_air"], samples=[film(tmp_path)])  # fmt: skip
    ours, trimmed, exact = run(suite, "ours-one-wording", "cap-1.5x-then-trim", "exact-slot-no-cap")
    assert ours.value("cut") == ours.value("overlap") == 0.0
    assert trimmed.value("cut") == 0.0, "there is room behind the second line"
    assert exact.value("adherence") == 0.5, "the second line is three times too fast"
    with pytest.raises(BadInput, match="there is no way to fit called 'magic'; known: .*ours-one-wording"):
        run(suite, "magic")


def test_people_can_be_asked_where_there_is_their_sound(tmp_path: Path) -> None:
    made = toys.samples(tmp_path)
    suite = toys.suite(tmp_path, room="speak", metrics=[], ear="toy-transcribe", samples=made)
    assert run(suite, "human")[0].value("wer") == 0.0
    silent = [{key: value for key, value in one.items() if key != "audio"} for one in made]
    with pytest.raises(BadInput, match="sample s0 has no human speech in en"):
        run(toys.suite(tmp_path, room="speak", metrics=[], ear="toy-transcribe", samples=silent), "human")


def test_a_voice_is_a_preset_of_the_model(tmp_path: Path) -> None:
    suite = toys.suite(tmp_path, room="speak", metrics=["rtf"], ear="toy-transcribe")
    low, high = run(suite, "toy-speak:voice=toy-low", "toy-speak:voice=toy-high")
    assert low.run.identity != high.run.identity
    with pytest.raises(BadInput, match="has no voice 'nobody' in en; it has: toy-high, toy-low"):
        run(suite, "toy-speak:voice=nobody")


def line(at: int, start: float, end: float, text: str, translation: str | None = None) -> Line:
    return Line(id=str(at), start=start, end=end, text=text, translation=translation)


def test_recognised_lines_are_given_what_people_say_for_what_is_said_in_them() -> None:
    gold = [line(1, 0, 1, "a", "A"), line(2, 2, 3, "b", "B"), line(3, 4, 5, "c", "C"), line(4, 8, 9, "d", "D")]
    heard = [line(1, 0.1, 2.9, "a b"), line(2, 4.0, 4.4, "c1"), line(3, 4.5, 5.1, "c2")]
    found = merged(heard, gold)
    assert [(x.start, x.end, x.text, x.translation) for x in found] == [
        (0.1, 2.9, "a b", "A B"), (4.0, 5.1, "c1 c2", "C"),
    ]  # fmt: skip


def test_questions_hold_no_gold_of_the_room_that_is_asked(tmp_path: Path) -> None:
    question = of(toys.suite(tmp_path))[0]
    assert question.gold.lines
    assert question.asked("transcribe").lines == ()
    assert question.key("transcribe") == of(toys.suite(tmp_path, samples=toys.samples(tmp_path)))[0].key("transcribe")


def test_worst_scores_are_those_of_no_answer() -> None:
    assert counting.WORST_OPINION == {"opinion": 1.0, "clips": 1.0}
