"""Strangers' texts for each of our readers, made by hypothesis: each gives a value or one of the five errors, and soon.

`READERS` names what is read and how; media are mutated elsewhere (`mutated`).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

from dubbench import documents, languages, people
from dubbench.apart.wire import Exchange
from dubbench.catalog import tables
from dubbench.errors import DubError
from dubbench.text import (
    addresses,
    dates,
    emphasis,
    glossary,
    names,
    numerals,
    pronunciations,
    readings,
    sentences,
    shortened,
    spelling,
    subtitles,
)
from dubbench.types import Dub, Line, Sound, Turn, Voice
from dubbench.voices import file as voice_file

CODES = ("en", "pt", "es", "fr", "it", "de", "ja", "zh", "hi", "xx")


class Reader(NamedTuple):
    """`given` makes what `read` gets; `read` may raise one of the five errors, and what stands in `allowed`."""

    given: st.SearchStrategy[Any]
    read: Callable[[Any], object]
    allowed: tuple[type[Exception], ...] = (DubError,)


def survived(reader: Reader, given: object) -> bool:
    """Whether something was read; False for a refusal. Anything else is raised on."""
    try:
        reader.read(given)
    except reader.allowed:
        return False
    return True


def pieces(*parts: str) -> st.SearchStrategy[str]:
    """Texts of the pieces that a reader knows, between any others."""
    return st.lists(st.sampled_from(parts) | st.text(max_size=8), max_size=25).map("".join)


def _bytes(text: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    """A text in the encodings that files come in; now and then anything at all."""
    coded = st.tuples(text, st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1"]))
    return coded.map(lambda x: x[0].encode(x[1], "ignore")) | st.binary(max_size=300)


def of_file(suffix: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """A reader of files as one of bytes."""

    def reading(content: bytes) -> object:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"own{suffix}"
            path.write_bytes(content)
            return read(path)

    return reading


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def changed(whole: Mapping[str, Any]) -> st.SearchStrategy[bytes]:
    """A good document with some of its values replaced by any others, as JSON."""
    ways = _ways(whole)

    def apply(changes: list[tuple[tuple[Any, ...], Any]]) -> bytes:
        made = json.loads(json.dumps(whole))
        for way, value in changes:
            _put(made, way, value)
        return json.dumps(made).encode("utf-8", "surrogatepass")

    return st.lists(
        st.tuples(st.sampled_from(ways), VALUES | st.floats(0, 6) | st.text(max_size=5)), min_size=1, max_size=3
    ).map(apply)


def _ways(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way for key, item in inside for way in [(*before, key), *_ways(item, (*before, key))]]


def _put(made: Any, way: tuple[Any, ...], value: Any) -> None:
    for key in way[:-1]:
        try:
            made = made[key]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(made, dict | list) and (isinstance(made, dict) or (isinstance(way[-1], int) and way[-1] < len(made))):
        made[way[-1]] = value


AUDIO = {"path": "work/a.wav", "sample_rate": 24000, "channels": 1, "duration": 1.0, "sha256": "0" * 64}
LINE = {
    "id": "L001", "start": 1.0, "end": 2.0, "text": "Hello", "speaker": "A", "translation": "Olá", "wordings": ["Olá"],
    "words": [{"text": "Hello", "start": 1.0, "end": 2.0}], "pauses": [{"at": 1, "duration": 0.2}],
    "emphasis": [{"at": 0, "word": "Olá"}], "controls": {"pace": 1.0, "pronunciation": "a=b"}, "speech": AUDIO,
    "takes": [{"speech": AUDIO, "text": "Olá", "voice": "v"}], "placed_start": 1.0, "placed_end": 2.0,
}  # fmt: skip
DUB = {
    "schema": 1, "id": "x", "source": {"path": "a.mp4", "sha256": "0", "duration": 6.0}, "target_language": "pt",
    "source_language": "en", "tracks": {"original": AUDIO}, "turns": [{"speaker": "A", "start": 1.0, "end": 2.0}],
    "voices": [{"id": "v", "speaker": "A", "preset": "p", "reference": AUDIO}], "lines": [LINE], "picture": [[0, 0],
        [6, 7]],
    "glossary": {"a": "b"}, "wishes": {"models": {"speak": "toy-speak"}}, "made_by": {"probe": {"model": "a",
        "key": "b"}},
}  # fmt: skip
PEOPLE = {"schema": 1, "by": "x", "people": [{"id": "P001", "vectors": [[0.6, 0.8]], "presets": {"a/b": "c"}}]}
FIGURES = {"cosine": 0.5, "wer": 0.1, "pitch_hz": 100.0}
VOICE = {
    "schema": 1, "name": "a", "model": "kokoro", "language": "pt", "blend": {"style": "x"}, "kept": "fitted",
    "consent": {"who": "a", "when": "b", "purpose": "c"}, "sample": "0", "judged": {"preset": "a", "before": FIGURES,
    "after": FIGURES, "ceiling": 0.9, "evaluations": 1, "seconds": 1.0, "seed": 0},
}  # fmt: skip

TIMED = pieces(
    "\n", "\n\n", "\r\n", "1\n", "00:00:01,000 --> 00:00:02,000\n", "00:01.0 --> 00:02.5 align:left\n", " --> ",
        "WEBVTT",
    "NOTE x\n", "STYLE\n", "<v Anna>", "<i>", "{\\an8}", "&amp;", "99:59:59.999", "-->", "<", ">", "Hello there.",
)  # fmt: skip
CELLS = pieces(",", ";", "\t", "\n", '"', "#", "source,target\n", "Nginx,pt,engenecs\n", "word", "/ˈa/", "[", "(", "\\")
TABLES = pieces(
    "[a]\n", "a = 1\n", '"x" = "y"\n', "{", "}", "[", "]", "=", '"', "'''", "\n", "1e999", "2026-02-31", "nan"
)
ENTRIES = pieces(
    "[shout]\n", 'room = "speak"\n', 'adapter = "a:B"\n', "[cast.x]\n", "languages = [1]\n", "weights = [{}]\n", "=",
        "[", "]",
    "settings = {a = 1}\n", "rtf = nan\n", '"', "\n", "isolated = 3\n",
)  # fmt: skip
PROSE = pieces(
    "3", "1.234,56", "R$ 5", "$4m", "50 %", "12:30", "3rd", "1º", "12/03/2024", "1/2", "1990s", "20 km/h", "XIV",
        "século XX",
    "www.a.com/b?c=d", "a@b.co", "+55 11 91234-5678", "Dr. ", "e.g. ", "NASA", "*so*", "…", "!?", "\u200d", "½", "²",
        "٣", "१",
    "0" * 40, "1e400", "-", ".", ",", " ", "\n", "漢字", "😀", "Hello", "não", "L'été",
)  # fmt: skip
SAID = st.tuples(PROSE, st.sampled_from(CODES))
PAIRS = st.dictionaries(PROSE, PROSE, max_size=4)

READERS: dict[str, Reader] = {
    "subtitles (SRT)": Reader(_bytes(TIMED), of_file(".srt", subtitles.read)),
    "subtitles (VTT)": Reader(_bytes(TIMED.map("WEBVTT\n\n".__add__)), of_file(".vtt", subtitles.read)),
    "subtitles, written": Reader(PROSE.filter(str.strip), lambda x: subtitles.srt([subtitles.Cue(start=1, end=2,
        text=x)])),
    "glossary (CSV)": Reader(_bytes(CELLS), of_file(".csv", glossary.read)),
    "glossary (JSON)": Reader(VALUES.map(lambda x: json.dumps(x).encode()) | st.binary(max_size=99),
                              of_file(".json", glossary.read)),
    "glossary (TOML)": Reader(_bytes(TABLES), of_file(".toml", glossary.read)),
    "glossary, used": Reader(st.tuples(PROSE, PROSE, PAIRS), lambda x: (glossary.missed(*x), glossary.protect(x[0],
        x[2]))),
    "pronunciations (CSV)": Reader(_bytes(CELLS), of_file(".csv", lambda path: pronunciations.read(path, "pt"))),
    "pronunciations (JSON)": Reader(VALUES.map(lambda x: json.dumps(x).encode()),
                                    of_file(".json", lambda path: pronunciations.read(path, "pt"))),
    "pronunciations (TOML)": Reader(_bytes(TABLES), of_file(".toml", lambda path: pronunciations.read(path, "pt"))),
    "pronunciations, wished": Reader(pieces("=", ";", "/", "a", "[", " "), pronunciations.wished),
    "pronunciations, used": Reader(st.tuples(PROSE, PAIRS), lambda x: pronunciations.applied(*x)),
    "catalogue": Reader(_bytes(ENTRIES), of_file(".toml", tables._parsed)),
    "dub.json": Reader(changed(DUB), of_file(".json", documents.read)),
    "dub.json, any bytes": Reader(st.binary(max_size=200) | VALUES.map(lambda x: json.dumps(x).encode()),
                                  of_file(".json", documents.read)),
    "people": Reader(changed(PEOPLE), of_file(".json", people.read)),
    "voice file": Reader(changed(VOICE), of_file(".voice.json", voice_file.opened)),
    "languages": Reader(pieces("pt", "-", "_", "BR", "Portuguese", " "), languages.normalise),
    "emphasis": Reader(st.tuples(PROSE, PROSE), lambda x: (emphasis.wished(*x), emphasis.parts(x[0])), ()),
    "readings": Reader(SAID, lambda x: readings.spoken(*x), ()),
    "dates": Reader(SAID, lambda x: dates.written(*x), ()),
    "addresses": Reader(SAID, lambda x: addresses.read_out(*x), ()),
    "shortened": Reader(SAID, lambda x: shortened.in_full(*x), ()),
    "numerals": Reader(st.tuples(PROSE, PROSE), lambda x: numerals.agreed(x[0], x[1], "en", "pt"), ()),
    "names": Reader(st.tuples(PROSE, PROSE), lambda x: names.parts(names.marked(x[0], x[1], "en", "pt"), "pt"), ()),
    "sentences": Reader(SAID, lambda x: [sentences.clauses(one) for one in sentences.split(*x)], ()),
    "spelling": Reader(st.tuples(PROSE, PROSE, st.sampled_from(CODES)), lambda x: (spelling.wer(*x), spelling.cer(*x)),
        ()),
    "what another process says": Reader(
        st.tuples(VALUES, st.sampled_from([Sound, Dub, Line, Turn, tuple[Turn, ...], tuple[Sound, Sound], Voice | None,
        str])),
        lambda x: Exchange(Path("/nowhere")).unpack(*x), (ValueError,),
    ),
}  # fmt: skip
"""What is read, by name. The text normalisers may refuse nothing: a line must be read whatever it holds."""
