"""`make people`: who speaks, told by voice: figures of cast memory, voice drift and likely sex; docs/people.md.

    python eval/people.py [--write] [DATA]      DATA: a folder with ljspeech, ami and grid in it, for more people

Recordings of people that packages ship (and DATA has) are cut into pieces of 1.3 to 6 s. A person's voice is the mean
of the embedding model's vectors of their pieces. Films are pairs of people who have not met: their voices are cast for
each film alone, and with a file of people.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import dubbench
from dubbench import media, people, voiceprint
from dubbench.adapters.command import rttm
from dubbench.casting import cast_voices
from dubbench.errors import DubError
from dubbench.report.drift import FEW, FLOOR, MOST
from dubbench.types import Dub, Line, Sound, Source, Voice
from dubbench.vectors import HALF, Vector, whole
from dubbench.weights import WeightFile
from eval import pages
from eval.sentences import LINES
from examples import clips

RATE = 16_000
LEAST, PIECE = 1.3, 6.0
PACES = (1.0, 1.25, 0.9, 1.1)


def _prompts(package: str, voice: str, *files: tuple[str, str, int]) -> tuple[WeightFile, ...]:
    where = f"deb://asterisk-core-sounds-{package}-wav@1.6.1-1/usr/share/asterisk/sounds/{voice}"
    return tuple(
        WeightFile(name=f"{package}-{name}.wav", sha256=sha256, size=size, sources=(f"{where}/{name}.wav",))
        for name, sha256, size in files
    )


ENGLISH = _prompts(
    "en", "en_US_f_Allison",
    ("demo-instruct", "0013075fde30d7b0bf41bd5b0183bc657dc7164b0a8f322f712145f4f996bbe3", 1_173_624),
    ("demo-congrats", "c47bcc0dfb442cf40ab833e442843a9be0c3558458ab3e1c403f602e00546afc", 484_472),
)  # fmt: skip
FRENCH = _prompts(
    "fr", "fr_CA_f_June",
    ("demo-instruct", "3dc16f234003315bcc39645e60724c4925108e7c5fbb17821c3679fddc08bd22", 1_132_010),
    ("demo-congrats", "0d29d5c32bec6865c000045831e76e4c1286acd326648f7a59b5f7c369b528b6", 467_542),
)  # fmt: skip
ITALIAN = _prompts(
    "it", "it_IT_m_Carlo",
    ("demo-instruct", "a075e5d5066f47f231e535a7af243504e5bb9f564f48e1d3affb231dc66d6a54", 1_029_216),
    ("demo-congrats", "47604e93a232f80ab99f23b54ff76345654819a09918001f02f4254a037d9e4f", 434_418),
)  # fmt: skip
"""Telephone prompts, 8 kHz (CC BY-SA 3.0). The woman of the English ones reads the Spanish ones too."""


@dataclass
class Recording:
    """One person in one recording: pieces of sound at RATE, each (1, n), and the vector of each."""

    name: str
    person: str
    female: bool
    pieces: list[Sound]
    vectors: list[Vector] = field(default_factory=list)

    @property
    def voice(self) -> Vector:
        return whole(self.vectors)

    @property
    def all(self) -> Sound:
        return Sound(np.concatenate([piece.samples for piece in self.pieces], axis=1), RATE)


def cut(sound: Sound) -> list[Sound]:
    """Even pieces of at most PIECE seconds."""
    n = max(1, round(sound.duration / PIECE))
    pieces = (Sound(part, RATE) for part in np.array_split(sound.samples, n, axis=1))
    return [piece for piece in pieces if piece.duration >= LEAST]


def meeting(wav: Path, told: Path) -> Iterator[tuple[str, list[Sound]]]:
    """Everybody of a recording, where they speak alone."""
    sound, said = media.read(wav, sample_rate=RATE, channels=1), rttm(told.read_text("utf-8"))
    for who in sorted({turn.speaker for turn in said}):
        spans = voiceprint.alone(who, said)
        parts = (Sound(sound.samples[:, round(a * RATE) : round(b * RATE)], RATE) for a, b in spans)
        yield who, [piece for part in parts if part.duration >= LEAST for piece in cut(part)]


def read(files: Sequence[Path]) -> list[Sound]:
    return [piece for file in files for piece in cut(media.read(file, sample_rate=RATE, channels=1))]


def shipped() -> Iterator[Recording]:
    """Who can be had from packages; what cannot be fetched here is named and left out."""
    phone = clips.folder()
    for who, pieces in meeting(phone / clips.PHONE.name, phone / clips.PHONE_TURNS.name):
        yield Recording(f"phone {who}", who, True, pieces)
    for name, person, female, files in (
        ("a novel", "novel", False, clips.NOVEL), ("a president", "kennedy", False, (clips.KENNEDY,)),
        ("Spanish prompts", "allison", True, clips.SPANISH), ("English prompts", "allison", True, ENGLISH),
        ("French prompts", "june", True, FRENCH), ("Italian prompts", "carlo", False, ITALIAN),
    ):  # fmt: skip
        try:
            where = clips.folder(*files)
        except DubError as error:
            print(f"{name}: not here ({error})")
            continue
        yield Recording(name, person, female, read([where / file.name for file in files]))


GRID_WOMEN = frozenset({"brbk7n", "lbbc2a"})
"""As their pictures show."""


def developed(data: Path) -> Iterator[Recording]:
    """Who is in a folder of recordings for development."""
    yield Recording("LJ Speech", "lj", True, read(sorted((data / "ljspeech").glob("*.wav"))))
    for wav in sorted((data / "ami").glob("*.wav")):
        for who, pieces in meeting(wav, wav.with_suffix(".rttm")):
            if pieces:
                yield Recording(f"meeting {who}", who, who.startswith("F"), pieces)
    with tempfile.TemporaryDirectory() as name:
        for film in sorted((data / "grid").glob("*.mpg")):
            wav = Path(name) / f"{film.stem}.wav"
            command = [media.ffmpeg_exe(), "-v", "error", "-i", str(film), "-ac", "1", "-ar", str(RATE), str(wav)]
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
            yield Recording(f"GRID {film.stem}", film.stem, film.stem in GRID_WOMEN, read([wav]))


def known(heard: Sequence[Recording]) -> Iterator[str]:
    """How far apart people are, and how near one person to themselves in another recording."""
    strangers = [float(a.voice @ b.voice) for a, b in itertools.combinations(heard, 2) if a.person != b.person]
    again = [float(a.voice @ b.voice) for a, b in itertools.combinations(heard, 2) if a.person == b.person]
    own = [float(a @ b) for x in heard for a, b in itertools.combinations(x.vectors, 2)]
    yield "### One person or two"
    yield ""
    persons = len({x.person for x in heard})
    yield f"{persons} people in {len(heard)} recordings. Known from a cosine of {people.KNOWN} on."
    yield ""
    yield "| pairs | number | least | median | greatest | told wrong |"
    yield "|---|---|---|---|---|---|"
    for name, values, wrong in (
        ("two people", strangers, np.greater_equal), ("one person, two recordings", again, np.less),
        ("two pieces of one recording", own, np.less),
    ):  # fmt: skip
        low, middle, high = np.percentile(values, [0, 50, 100])
        count = int(wrong(values, people.KNOWN).sum())
        yield f"| {name} | {len(values)} | {low:.2f} | {middle:.2f} | {high:.2f} | {count} |"
    yield ""


def sexes(heard: Sequence[Recording]) -> Iterator[str]:
    """Whether the median pitch tells women from men."""
    yield "### Women and men by pitch"
    yield ""
    told = [(x, voiceprint.pitch(x.all)) for x in heard]
    wrong = [(x, hertz) for x, hertz in told if hertz and (hertz > voiceprint.FEMALE_HZ) != x.female]
    silent = sum(hertz is None for _, hertz in told)
    right = len(told) - len(wrong) - silent
    yield f"Right for {right} of {len(told)} recordings, {silent} with too little voiced sound."
    yield from (f"Wrong: {x.name}, a {'woman' if x.female else 'man'} at {hertz:.0f} Hz." for x, hertz in wrong)
    yield ""


def consistent(heard: Sequence[Recording], folder: Path) -> Iterator[str]:
    """Whether people who are in several films keep their voice, cast alone and with a file of people."""
    speak: Any = dubbench.load("kokoro")
    embedder: Any = dubbench.load("powerset").ready()
    films = list(pairs(heard, folder))
    file = folder / "people.json"
    alone, remembered, named = (defaultdict[str, list[str | None]](list) for _ in range(3))
    for film, who in films:
        one = cast_voices(film, speak, {})
        two = people.cast(film, speak, {}, path=file, embedder=embedder)
        for voice in one.voices:
            alone[who[voice.speaker]].append(voice.preset)
        for voice in two.voices:
            remembered[who[voice.speaker]].append(voice.preset)
            named[who[voice.speaker]].append(voice.person)
    yield "### One voice from film to film"
    yield ""
    yield f"{len(films)} films of two people each, into Portuguese; {len(alone)} people in all, each in several films,"
    yield "each time with another piece of their sound."
    yield ""
    yield "| | people who keep one voice | people with two names or more | names for two people or more |"
    yield "|---|---|---|---|"
    yield f"| each film alone | {one_each(alone)} of {len(alone)} | – | – |"
    owners = defaultdict[str | None, set[str]](set)
    for person, names in named.items():
        for name in names:
            owners[name].add(person)
    two_names = sum(len(set(names)) > 1 for names in named.values())
    two_people = sum(len(who) > 1 for who in owners.values())
    yield f"| a file of people | {one_each(remembered)} of {len(remembered)} | {two_names} | {two_people} |"
    yield ""


def one_each(voices: dict[str, list[str | None]]) -> int:
    return sum(len(set(worn)) == 1 for worn in voices.values())


def pairs(heard: Sequence[Recording], folder: Path) -> Iterator[tuple[Dub, dict[str, str]]]:
    """Films in which everybody with three pieces or more meets the next two; and who speaks in each."""
    rich = [x for x in heard if len(x.pieces) >= 3]
    used = dict.fromkeys([x.name for x in rich], 0)
    for step in (1, 2):
        for i, one in enumerate(rich):
            other = rich[(i + step) % len(rich)]
            if one.person == other.person:
                continue
            home = folder / f"{step}-{i}"
            home.mkdir()
            voices = []
            for label, x in (("A", one), ("B", other)):
                piece = x.pieces[used[x.name] % len(x.pieces)]
                used[x.name] += 1
                media.write(home / f"{label}.wav", piece)
                hertz = voiceprint.pitch(piece)
                own = media.describe(home / f"{label}.wav", home)
                sex = voiceprint.likely_sex(hertz)
                voices.append(Voice(id=label, speaker=label, sex=sex, pitch_hz=hertz, reference=own))
            lines = tuple(Line(id=x, start=i, end=i + 1.0, text="x", speaker=x) for i, x in enumerate("AB"))
            film = Source(path="film.mp4", sha256=home.name, duration=9.0)
            dub = Dub(
                id=home.name, source=film, source_language="en", target_language="pt", lines=lines, voices=tuple(voices)
            )
            yield dub.at(home), {"A": one.person, "B": other.person}


def steady() -> Iterator[str]:
    """How steady Kokoro's Portuguese voices are from line to line, and what one line in another voice would show."""
    speak: Any = dubbench.load("kokoro").ready()
    embedder: Any = dubbench.load("powerset").ready()
    texts = [text for text in LINES["pt"] if speak.estimate(text, speak.presets("pt")[0], "pt") >= 1.5 * HALF]
    takes = {}
    for voice in speak.presets("pt"):
        read = zip(texts, PACES * 2, strict=False)
        sounds = (media.resample(speak.speak(text, voice, "pt", pace=pace).sound, RATE) for text, pace in read)
        heard = (Sound(sound.samples[:, : round(MOST * RATE)], RATE) for sound in sounds)
        takes[voice.preset] = [np.asarray(embedder.embed(sound)) for sound in heard]
    fours = [x[i : i + FEW] for x in takes.values() for i in (0, FEW)]
    own = [float(min(np.stack(four) @ whole(four))) for four in fours]
    mixed = ([*takes[a][i : i + 3], takes[b][i + 3]] for a, b in itertools.permutations(takes, 2) for i in (0, FEW))
    strays = [float(min(np.stack(four) @ whole(four))) for four in mixed]
    yield "### A voice from line to line"
    yield ""
    yield f"Each of {len(takes)} voices reads two times four lines at paces {', '.join(map(str, PACES))}."
    yield f"Cosine with the mean of the four of the one least like it. Flagged under {FLOOR}."
    yield ""
    yield "| fours | number | least | median | greatest | flagged |"
    yield "|---|---|---|---|---|---|"
    for name, values in (("one voice", own), ("three of one, one of another", strays)):
        low, middle, high = np.percentile(values, [0, 50, 100])
        yield f"| {name} | {len(values)} | {low:.2f} | {middle:.2f} | {high:.2f} | {sum(x < FLOOR for x in values)} |"
    yield ""


def main(arguments: Sequence[str]) -> None:
    data = [Path(argument) for argument in arguments if argument != "--write"]
    embedder: Any = dubbench.load("powerset").ready()
    heard = [*shipped(), *(x for folder in data for x in developed(folder))]
    for x in heard:
        x.vectors = [np.asarray(embedder.embed(piece)) for piece in x.pieces]
    with tempfile.TemporaryDirectory() as name:
        rows = itertools.chain(known(heard), consistent(heard, Path(name)), steady(), sexes(heard))
        pages.shown(rows, "people.md", "make people", kept="--write" in arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
