"""What a model is asked: a reference Dub made by people, with the part of one room taken out.

    reference   sound, turns, lines, translation, human speech
    question    the reference without what the room is to add
    gold        what it is compared with afterwards

Lines of text have no times of their own; they are given such as somebody would need to say them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from dubbench import languages, media, memory
from dubbench.bench import references, tongues
from dubbench.bench.samples import Sample
from dubbench.bench.suites import Suite
from dubbench.errors import BadInput
from dubbench.types import Audio, Dub, FrozenDict, Line, Noun, Seconds, Source, Tracks, Turn, Voice

LETTERS_A_SECOND = 15.0
"""How fast texts without a sound are taken to be said: a little faster than the prompts' speaker in English, who says
13.8 with her rests (15,951 letters in 1,152 s)."""
REST: Seconds = 0.5
EXACT: Seconds = 0.001
"""By so much the stems of a sound may be shorter or longer than it."""
SPEAKER = "A"


class Human(Noun):
    """What people made of a film in the target language: their sound, and their lines in it."""

    sound: Audio
    dub: Dub


class Question(Noun):
    """One reference; `asked` is what the model gets of it. `slices` are further names to look at apart."""

    id: str
    cluster: str
    slices: FrozenDict[str, str]
    gold: Dub
    human: Human | None = None

    @property
    def source(self) -> str:
        return str(self.gold.source_language)

    @property
    def target(self) -> str:
        return self.gold.target_language

    @property
    def sound(self) -> Audio:
        """Raises BadInput where it has none."""
        if self.gold.tracks.original is None:
            raise BadInput(f"sample {self.id} has no sound")
        return self.gold.tracks.original

    @property
    def seconds(self) -> Seconds:
        """How long its sound is, or its lines would be."""
        if self.gold.tracks.original is not None:
            return self.gold.tracks.original.duration
        return sum(line.end - line.start for line in self.gold.lines)

    def asked(self, room: str) -> Dub:
        """The reference without what `room` adds."""
        gold = self.gold
        if room in ("transcribe", "diarize", "separate", "dub"):
            return gold.but(lines=(), turns=(), tracks=Tracks(original=gold.tracks.original))
        if room == "translate":
            return gold.but(lines=tuple(line.but(translation=None) for line in gold.lines))
        return gold

    def key(self, room: str) -> str:
        """What is asked, by content: where files lie does not count."""
        asked = self.asked(room)
        lines = [[x.id, x.start, x.end, x.speaker, x.text, x.translation] for x in asked.lines]
        sound = asked.tracks.original.sha256 if asked.tracks.original else None
        spoken = [[x.start, x.end] for x in self.human.dub.lines] if self.human and room == "fit" else None
        return memory.key(room=room, source=self.source, target=self.target, lines=lines, sound=sound, spoken=spoken)


def of(suite: Suite, *, smoke: bool = False) -> list[Question]:
    """All questions of a suite, or its first few. Raises BadInput that names what is missing or does not fit."""
    samples = suite.chosen[: suite.smoke] if smoke else suite.chosen
    found = [question for pair in suite.pairs for question in _of_pair(suite, samples, *pair)]
    if not found:
        has = ", ".join(sorted({code for sample in samples for code in (*sample.texts, *sample.audio)}))
        raise BadInput(f"suite '{suite.id}': no sample is in {', '.join(suite.languages)}; they are in {has}")
    _one_rate(suite, found)
    tongues.check(suite.id, found)
    return found


def _of_pair(suite: Suite, samples: Sequence[Sample], source: str, target: str) -> Iterator[Question]:
    if suite.room == "translate":
        yield from _scenes(suite, samples, source, target)
        return
    for sample in samples:
        if source not in {**sample.texts, **sample.audio}:
            continue
        gold = _reference(suite, sample, source, target)
        code = source if source == target else f"{source}-{target}"
        several = len(suite.languages) > 1
        human = _human(suite, sample, target) if suite.room in ("dub", "fit", "speak") else None
        yield Question(
            id=f"{sample.id}/{code}" if several else sample.id, cluster=sample.cluster,
            slices={**sample.slices, "language": code}, gold=gold, human=human,
        )  # fmt: skip


def _scenes(suite: Suite, samples: Sequence[Sample], source: str, target: str) -> Iterator[Question]:
    """The lines of a cluster in one question, for a translator may look at what stands beside a line."""
    clusters: dict[str, list[Sample]] = {}
    for sample in samples:
        if source in sample.texts:
            clusters.setdefault(sample.cluster, []).append(sample)
    for cluster, inside in clusters.items():
        # Within a corpus the order of names is the order in which lines are said.
        lines = _written(suite, sorted(inside, key=lambda one: one.id), source, target)
        if lines:
            slices = {**inside[0].slices, "language": f"{source}-{target}"}
            name = f"{cluster}/{source}-{target}" if len(suite.languages) > 1 else cluster
            yield Question(id=name, cluster=cluster, slices=slices, gold=_dub(name, source, target, lines=lines))


def _written(suite: Suite, samples: Sequence[Sample], source: str, target: str) -> tuple[Line, ...]:
    lines, now = list[Line](), 0.0
    for sample in samples:
        name = f"suite '{suite.id}': sample {sample.id}"
        if target not in sample.texts and not suite.samples:
            # A corpus has few samples in every language.
            continue
        if target not in sample.texts:
            raise BadInput(f"{name} has no translation into {target}; give it in 'texts'")
        text, gold = sample.texts[source], sample.texts[target]
        empty = next((code for code in (source, target) if not sample.texts[code].strip()), None)
        if empty:
            raise BadInput(f"{name} has an empty text in {empty}")
        end = now + len(text) / LETTERS_A_SECOND
        lines.append(Line(id=sample.id, start=now, end=end, text=text, speaker=SPEAKER, translation=gold))
        now = end + REST
    return tuple(lines)


def _reference(suite: Suite, sample: Sample, source: str, target: str) -> Dub:
    name = f"suite '{suite.id}': sample {sample.id}"
    audio = _audio(suite.folder, sample.audio[source], name) if source in sample.audio else None
    needs_sound = suite.room in ("transcribe", "diarize", "separate", "dub")
    if needs_sound and audio is None:
        raise BadInput(f"{name} has no sound in {source}; give 'audio' = {{ {source} = \"file.wav\" }}")
    end = audio.duration if audio else len(sample.texts[source]) / LETTERS_A_SECOND
    turns: tuple[Turn, ...] = ()
    if suite.room == "diarize":
        if sample.turns is None:
            raise BadInput(f"{name} does not say who speaks when; give 'turns' = \"file.rttm\"")
        turns = references.read_turns(suite.folder / sample.turns, duration=end)
    lines = _lines(suite, sample, source, end, name) if suite.room != "diarize" else ()
    if suite.room == "speak":
        lines = tuple(line.but(translation=line.text) for line in lines)
    if suite.room in ("dub", "fit"):
        lines = _translated(suite, sample, lines, target, name)
    stems = _stems(suite, sample, audio, name) if suite.room == "separate" else {}
    return _dub(name, source, target, audio=audio, turns=turns, lines=lines, stems=stems)


def _lines(suite: Suite, sample: Sample, language: str, end: Seconds, name: str) -> tuple[Line, ...]:
    if language in sample.said:
        return references.read_lines(suite.folder / sample.said[language], duration=end)
    if language not in sample.texts:
        if suite.room == "separate":
            return ()
        raise BadInput(f"{name} has no text in {language}: there is nothing to compare with; give 'texts'")
    if not sample.texts[language].strip():
        raise BadInput(f"{name} has an empty text in {language}")
    return (Line(id=sample.id, start=0.0, end=end, text=sample.texts[language], speaker=SPEAKER),)


def _translated(suite: Suite, sample: Sample, lines: tuple[Line, ...], target: str, name: str) -> tuple[Line, ...]:
    """Lines with what people say for them in the target language."""
    if target in sample.said:
        theirs = references.read_lines(suite.folder / sample.said[target])
        texts = [line.text for line in theirs]
    else:
        texts = [sample.texts[target]] if target in sample.texts else []
    if not texts:
        raise BadInput(f"{name} has no translation into {target}; give it in 'texts' or 'said'")
    if len(texts) != len(lines):
        raise BadInput(f"{name}: {len(lines)} lines in the original and {len(texts)} in {target}: they are misaligned")
    return tuple(line.but(translation=text) for line, text in zip(lines, texts, strict=True))


def _human(suite: Suite, sample: Sample, target: str) -> Human | None:
    """What people said in the target language, where there is their sound."""
    if target not in sample.audio:
        return None
    name = f"suite '{suite.id}': sample {sample.id}"
    audio = _audio(suite.folder, sample.audio[target], name)
    lines = _lines(suite, sample, target, audio.duration, name)
    return Human(sound=audio, dub=_dub(name, target, target, audio=audio, lines=lines))


def _stems(suite: Suite, sample: Sample, mix: Audio | None, name: str) -> dict[str, Audio]:
    missing = {"speech", "background"} - sample.stems.keys()
    if missing:
        raise BadInput(f"{name} has no {' and no '.join(sorted(missing))}; give 'stems'")
    found: dict[str, Audio] = {stem: _audio(suite.folder, path, name) for stem, path in sample.stems.items()}
    for stem, audio in found.items():
        if mix is not None and (audio.sample_rate != mix.sample_rate or abs(audio.duration - mix.duration) > EXACT):
            raise BadInput(f"{name}: '{stem}' has {audio.duration:.3f} s at {audio.sample_rate} Hz, "
                           f"its sum {mix.duration:.3f} s at {mix.sample_rate} Hz; they must be alike")  # fmt: skip
    return found


def _dub(
    name: str,
    source: str,
    target: str,
    *,
    audio: Audio | None = None,
    turns: tuple[Turn, ...] = (),
    lines: tuple[Line, ...] = (),
    stems: dict[str, Audio] | None = None,
) -> Dub:
    duration = audio.duration if audio else max((line.end for line in lines), default=0.0)
    # "mul" is ISO 639's word for several languages at once: who speaks can be told in any.
    source_code, target_code = (code if code == "mul" else languages.normalise(code) for code in (source, target))
    return Dub(
        id=memory.key(name=name)[:12],
        source=Source(path=audio.path if audio else "", sha256=audio.sha256 if audio else "", duration=duration),
        source_language=source_code, target_language=target_code, turns=turns, lines=lines,
        tracks=Tracks(original=audio, **(stems or {})),
        voices=tuple(Voice(id=who, speaker=who) for who in dict.fromkeys(line.speaker for line in lines)),
    )  # fmt: skip


def _audio(folder: Path, path: str, name: str) -> Audio:
    file = folder / path
    if not file.is_file():
        raise BadInput(f"{name}: {file} is not there")
    return _described(file, file.stat().st_mtime_ns)


@cache
def _described(file: Path, changed: int) -> Audio:
    return media.describe(file, file.parent).but(path=str(file))


def _one_rate(suite: Suite, found: Sequence[Question]) -> None:
    """Two sample rates in one corpus make a difference between samples that is nobody's."""
    rates = {x.gold.tracks.original.sample_rate: x.id for x in found if x.gold.tracks.original}
    if len(rates) > 1:
        told = ", ".join(f"{rate} Hz ({name})" for rate, name in sorted(rates.items()))
        raise BadInput(f"suite '{suite.id}' mixes sample rates: {told}; bring its sounds to one, or make two suites")


__all__ = ["LETTERS_A_SECOND", "SPEAKER", "Human", "Question", "of"]
