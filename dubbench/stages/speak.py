"""Text to speech: the voice room. Which voice and what pace is decided before (casting, fit)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any, ClassVar

import numpy as np

from dubbench import durations, media, memory
from dubbench.errors import AdapterFailed, BadInput
from dubbench.stages.abreast import Abreast
from dubbench.stages.base import Progress, Stage, quiet
from dubbench.stages.spoken import Spoken as Spoken
from dubbench.stages.spoken import joined, parted
from dubbench.stages.watermark import Watermark
from dubbench.text import emphasis, names, pronunciations
from dubbench.timeline import pauses as rests
from dubbench.types import Controls, Dub, Emphasis, Flag, Line, Pause, Seconds, Take, Voice

CALIBRATING = 6
"""Lines of a voice that are spoken before the plan, where nothing is known of its speed: estimates of others are then
4 to 6 % off instead of 8 to 16 (espeak-ng in four languages)."""

AT_ONCE = 100
"""Letters that each processor's share of the lines spoken at once has at most, some six seconds: Kokoro takes 24 MB a
second of speech while it speaks, and the longest lines of a long film came all together."""


class Speak(Stage):
    """The speak room."""

    room: ClassVar[str] = "speak"
    parallel: ClassVar[int] = 1
    """How many lines the adapter may be asked for at once, from threads."""
    reads_names: ClassVar[bool] = False
    """Whether it understands "[Jersey](en)" in a text: a name to be read by its own language's rules (`text.names`)."""

    prosody: ClassVar[bool] = False
    """Whether it stresses words that are marked in a text ("*never*", `text.emphasis`), in the time that they take
    without, and raises its voice by `Controls.pitch_semitones`."""

    clones: ClassVar[bool] = False
    """Whether it imitates a `Voice.reference`: then nobody is spoken for who has not consented."""
    blends: ClassVar[tuple[str, ...]] = ()
    """The parts of a fitted voice's `blend` that it understands; without any it wears no fitted voice (`voices`)."""
    calibrated: ClassVar[bool] = False
    """Whether `estimate` is a guess, which takes of the voice improve (`durations`)."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._made: list[str] = []

    @property
    def made(self) -> int:
        """How many readings were spoken so far, and not found in memory."""
        return len(self._made)

    @abstractmethod
    def speak(
        self,
        text: str,
        voice: Voice,
        language: str,
        *,
        pace: float = 1.0,
        controls: Controls = Controls(),
    ) -> Spoken:
        """`text` read aloud, `pace` times as fast as is natural, mono, every word of it.

        Empty text or text without a letter or digit is BadInput. The same seed gives the same sound.
        """

    @abstractmethod
    def estimate(self, text: str, voice: Voice, language: str) -> Seconds:
        """How long `text` takes at pace 1, without speaking it."""

    def sounds(self, text: str, voice: Voice, language: str) -> int | None:
        """How many phonemes `speak` gives for `text`; None where it gives none, or readings are better not parted.

        A voice that tells reads a line with pauses in one breath, and silence is put in between two phonemes. Others
        read each part alone, which sounds like an end each time.
        """
        return None

    def expect(self, readings: int) -> None:
        """Told before the model is loaded: so many lines are to be spoken, for models that share processors otherwise
        among few."""

    def presets(self, language: str) -> tuple[Voice, ...]:
        """The voices this model brings for a language, with sex and pitch; empty where there is none to choose."""
        return ()

    def check(self, source: str | None, target: str) -> None:
        """Refuse a language this model does not speak."""
        self._refuse(target)

    def key(self, dub: Dub, line: Line, pace: float, mark: Watermark | None = None) -> str:
        """The content key of a line's reading at `pace`, with the pauses that its text honours."""
        voice = self.voice(dub, line)
        paused, stressed = rests.honoured(line.translation or "", line.pauses), self._stressed(dub, line)
        return memory.key(
            text=self._with_names(dub, line, line.translation or ""),
            voice={"preset": voice.preset, "reference": voice.reference.sha256 if voice.reference else None}
            if not voice.preset
            else {"preset": voice.preset, **({"blend": dict(voice.blend)} if voice.blend else {})},
            language=dub.target_language,
            pace=round(pace, 3),
            controls=self.controls(dub, line).model_dump(mode="json", exclude={"emphasis"}, exclude_none=True),
            mark=mark.identity() if mark else None,
            by=self.identity(),
            **({"pauses": [pause.model_dump(mode="json") for pause in paused]} if paused else {}),
            **({"emphasis": [[one.at, one.word] for one in stressed]} if stressed else {}),
        )

    def voice(self, dub: Dub, line: Line) -> Voice:
        """Whose voice reads a line. Raises BadInput when its speaker has none."""
        voice = dub.voice_of(line.speaker)
        if voice is None:
            raise BadInput(f"line {line.id}: speaker '{line.speaker}' has no voice; add one to 'voices' in dub.json")
        return voice

    def reads(self, reading: str, language: str) -> bool:
        """Whether a pronunciation can be used: a respelling by everyone, IPA ("/ˈdʒɜːzi/") by those who say so here."""
        return not pronunciations.ipa(reading)

    def _unread(self, dub: Dub, line: Line) -> Line:
        """The line with a flag for each reading it wants that this model cannot use."""
        wanted = pronunciations.relevant(line.translation or "", pronunciations.of(dub, line))
        flags = tuple(
            Flag(room=self.room, name="reading-unused",
                 detail=f"'{self.name}' cannot read {said} for '{word}': write a respelling of it")
            for word, said in wanted.items() if not self.reads(said, dub.target_language)
        )  # fmt: skip
        flags += self._unstressed(dub, line)
        return line if flags == tuple(f for f in line.flags if f.room == self.room) else line.flagged(self.room, *flags)

    def _unstressed(self, dub: Dub, line: Line) -> tuple[Flag, ...]:
        """A flag for each word that a person wishes stressed and the line does not say, or this model cannot stress."""
        wanted, text = emphasis.wishes(self.controls(dub, line).emphasis or ""), line.translation or ""
        why = "the line does not say it" if self.prosody else f"'{self.name}' stresses no words"
        lost = [word for word in wanted if not self.prosody or not emphasis.wished(text, word)]
        return tuple(Flag(room=self.room, name="emphasis-unused", detail=f"'{word}': {why}") for word in lost)

    def _with_names(self, dub: Dub, line: Line, text: str) -> str:
        """`text` as the adapter is given it: words respelled as wished, kept names marked for those who can read
        them."""
        usable = {w: said for w, said in pronunciations.of(dub, line).items() if self.reads(said, dub.target_language)}
        text = pronunciations.applied(text, usable)
        if not self.reads_names or dub.source_language is None:
            return text
        return names.marked(text, line.text, dub.source_language, dub.target_language, dub.said_before(line))

    def _at_hand(self, dub: Dub, line: Line) -> Voice:
        """The voice with its reference where an adapter can open it, for those know nothing of the dub's folder."""
        voice = self.voice(dub, line)
        if voice.reference is None:
            return voice
        return voice.but(reference=voice.reference.but(path=str(dub.open(voice.reference))))

    def controls(self, dub: Dub, line: Line) -> Controls:
        """The line's wishes over its speaker's, over how the original was said where the voice can follow it."""
        wishes = line.controls.over(dub.controls.get(line.speaker, Controls()))
        if not self.prosody or wishes.pitch_semitones is not None:
            return wishes
        share = 1.0 if wishes.exaggeration is None else wishes.exaggeration
        return wishes.but(pitch_semitones=round(line.pitch_semitones * share, 2) or None)

    def _stressed(self, dub: Dub, line: Line) -> tuple[Emphasis, ...]:
        """The words of a line's translation to be stressed: those a person wishes, else those that say what was."""
        wishes, text = self.controls(dub, line), line.translation or ""
        if not self.prosody or wishes.exaggeration == 0:
            return ()
        if wishes.emphasis is not None:
            found = emphasis.wished(text, wishes.emphasis)
        else:
            found = emphasis.honoured(text, line.emphasis)
        # A reading of several words goes before: it is sought in the text letter by letter.
        read = [word for word in pronunciations.relevant(text, pronunciations.of(dub, line)) if " " in word]
        return tuple(one for one in found if not any(one.word.lower() in word.lower().split() for word in read))

    def natural(
        self, dub: Dub, line: Line, text: str, pauses: Sequence[Pause] = (), *, pace: float = 1.0, keep: bool = True
    ) -> Seconds:
        """How long `text` takes at `pace`, with `pauses` in it: what the fit plans with.

        As the voice said it before, else as its takes teach, else by `estimate`, which is remembered unless `keep` is
        false. A pause lasts as long at every pace: it is the speaker's, and a hurried voice with its rests kept sounds
        less hurried. Raises BadInput for text without a letter or digit.
        """
        _sayable(line, text)
        parts = rests.cut(text, pauses)
        read = self._whole(dub, line, [part for part, _ in parts]) or [part for part, _ in parts]
        said = sum(self._estimated(dub, line, part, keep=keep) for part in read)
        return said / pace + sum(rest for _, rest in parts)

    def _estimated(self, dub: Dub, line: Line, text: str, *, keep: bool) -> Seconds:
        voice, store, text = self._at_hand(dub, line), memory.Memory(dub.folder), self._with_names(dub, line, text)
        lesson = self._taught(dub, voice)
        if lesson is not None:
            return lesson.seconds(text, dub.target_language)
        name = voice.preset or voice.id
        whose: Any = {"preset": name, "blend": dict(voice.blend)} if voice.blend else name
        key = memory.key(estimate=text, voice=whose, language=dub.target_language, by=self.identity())
        kept = store.recall("estimate", key)
        if kept is None:
            kept = float(self.ready().estimate(text, voice, dub.target_language))
            if keep:
                store.keep("estimate", key, kept)
        return float(kept)

    def _taught(self, dub: Dub, voice: Voice) -> durations.Lesson | None:
        """What takes of a voice taught so far."""
        kept = memory.Memory(dub.folder).recall("estimate", self._lesson(dub, voice)) if self.calibrated else None
        return None if kept is None else durations.Lesson.of(kept)

    def _lesson(self, dub: Dub, voice: Voice) -> str:
        whose = voice.preset or (voice.reference.sha256 if voice.reference else voice.id)
        return memory.key(taught=whose, language=dub.target_language, by=self.identity())

    def _learn(self, dub: Dub, lines: Sequence[Line], takes: Sequence[Take]) -> None:
        """Remember how long takes lasted, voice by voice; later estimates go by it until there are more."""
        new: dict[str, list[durations.Sample]] = {}
        voices: dict[str, Voice] = {}
        for line, take in zip(lines, takes, strict=True):
            voice, text = self.voice(dub, line), self._with_names(dub, line, take.text)
            voices[take.voice] = voice
            sounding = take.speech.duration - sum(pause.duration for pause in take.pauses)
            new.setdefault(take.voice, []).append(durations.Sample(text, take.pace, sounding))
        for name, samples in new.items():
            before = self._taught(dub, voices[name])
            lesson = durations.learned([*(before.samples if before else ()), *samples], dub.target_language)
            if before is None or lesson.samples != before.samples:
                memory.Memory(dub.folder).keep("estimate", self._lesson(dub, voices[name]), lesson.kept())

    def calibrate(self, dub: Dub, progress: Progress = quiet, *, mark: Watermark | None = None) -> None:
        """Speak a few lines of each voice that was never heard, short and long ones, so that the plan knows its speed.

        Their takes are remembered: those planned at the natural pace are not spoken again.
        """
        if not self.calibrated:
            return
        lines = [line for line in dub.lines if line.speech is None and any(c.isalnum() for c in line.translation or "")]
        jobs = []
        for speaker in dict.fromkeys(line.speaker for line in lines):
            own = sorted((x for x in lines if x.speaker == speaker), key=lambda x: len(x.translation or ""))
            if self._taught(dub, self.voice(dub, own[0])) is None:
                chosen = np.unique(np.linspace(0, len(own) - 1, min(CALIBRATING, len(own))).round().astype(int))
                jobs += [(own[i], 1.0) for i in chosen]
        self._learn(dub, [line for line, _ in jobs], self.takes(dub, jobs, progress, mark=mark) if jobs else [])

    def learn(self, dub: Dub) -> None:
        """Let the takes of a dub teach how long their voices speak, for the next plan.

        To be called when that dub is kept: a plan made again after a kill must know no more than it did.
        """
        if self.calibrated:
            said = [(line, take) for line in dub.lines for take in line.takes if take.voice == self._named(dub, line)]
            self._learn(dub, [line for line, _ in said], [take for _, take in said])

    def _named(self, dub: Dub, line: Line) -> str:
        voice = self.voice(dub, line)
        return voice.preset or voice.id

    def __call__(self, dub: Dub, progress: Progress = quiet, *, mark: Watermark | None = None) -> Dub:
        """Adds a take and `speech` to lines whose text, voice, pauses or pace (`tempo`) changed, or sound is gone."""
        wanted = {line.id: self.key(dub, line, line.tempo or 1.0, mark) for line in dub.lines}
        todo = [x for x in dub.lines if x.made_by.get(self.room) != wanted[x.id] or not _has_sound(dub, x)]
        takes = self.takes(dub, [(line, line.tempo or 1.0) for line in todo], progress, mark=mark)
        chosen = {line.id: take for line, take in zip(todo, takes, strict=True)}
        lines = tuple(
            with_take(line, chosen[line.id], wanted[line.id]) if line.id in chosen else line for line in dub.lines
        )
        lines = tuple(self._unread(dub, line) for line in lines)
        return dub.but(lines=lines, made_by=dub.by(self.room, self.name, memory.key(lines=wanted)))

    def takes(
        self, dub: Dub, jobs: Sequence[tuple[Line, float]], progress: Progress = quiet, *, mark: Watermark | None = None
    ) -> list[Take]:
        """A take for each (line, pace), from memory or spoken now: long lines first, few of them at once."""
        results: list[Take | None] = [None] * len(jobs)
        abreast = Abreast([len(line.translation or "") for line, _ in jobs], self.parallel * AT_ONCE)

        def next_take() -> tuple[int, Take]:
            with abreast.job() as i:
                return i, self._take(dub, *jobs[i], mark)

        with ThreadPoolExecutor(max_workers=max(1, self.parallel)) as pool:
            futures = [pool.submit(next_take) for _ in jobs]
            try:
                for done, future in enumerate(as_completed(futures)):
                    i, results[i] = future.result()
                    progress(self.room, done + 1, len(jobs), jobs[i][0].id)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        return [take for take in results if take is not None]

    def _take(self, dub: Dub, line: Line, pace: float, mark: Watermark | None) -> Take:
        key, store = self.key(dub, line, pace, mark), memory.Memory(dub.folder)
        kept = store.recall(self.room, key)
        if kept is not None and (dub.folder / kept["speech"]["path"]).is_file():
            return Take.model_validate(kept)
        text, voice = line.translation or "", self._at_hand(dub, line)
        _sayable(line, text)
        spoken = self._read(dub, line, text, voice, pace)
        sound = mark.ready().mark(spoken.sound) if mark else spoken.sound
        path = store.path(self.room, key, ".wav")
        with memory.replacing(path) as draft:
            media.write(draft, sound)
        self._made.append(line.id)
        take = Take(
            speech=media.describe(path, dub.folder),
            text=text,
            voice=voice.preset or voice.id,
            pace=pace,
            seed=self.seed,
            pauses=rests.honoured(text, line.pauses),
            phonemes=spoken.phonemes,
        )
        store.keep(self.room, key, take.model_dump(mode="json"))
        return take

    def _read(self, dub: Dub, line: Line, text: str, voice: Voice, pace: float) -> Spoken:
        """`text` read aloud, silent where the line pauses: in one breath where the voice can, else part by part."""
        text, paused = emphasis.marked(text, self._stressed(dub, line), line.pauses)
        parts, silences = zip(*rests.cut(text, paused), strict=True)
        whole = self._whole(dub, line, parts)
        said = [self._with_names(dub, line, part) for part in whole or parts]
        controls, language = self.controls(dub, line), dub.target_language
        spoken = [self._asked(line, part, voice, language, pace, controls) for part in said]
        if whole is not None:
            return parted(spoken[0], [self._sounds(dub, line, part) or 0 for part in parts], silences)
        if len({one.sound.sample_rate for one in spoken}) > 1:
            raise AdapterFailed(self.name, "its sample rate changes from text to text", line=line.id)
        return joined(spoken, silences)

    def _whole(self, dub: Dub, line: Line, parts: Sequence[str]) -> list[str] | None:
        """Parts as the one text that they are read as; None where the voice must read them one by one."""
        whole = " ".join(parts)
        if len(parts) == 1:
            return None
        counts = [self._sounds(dub, line, part) for part in parts]
        # Rules may read a word otherwise beside its neighbours: then nobody knows where a part ends.
        alike = None not in counts and sum(count or 0 for count in counts) == self._sounds(dub, line, whole)
        return [whole] if alike else None

    def _sounds(self, dub: Dub, line: Line, text: str) -> int | None:
        return self.sounds(self._with_names(dub, line, text), self.voice(dub, line), dub.target_language)

    def _asked(self, line: Line, text: str, voice: Voice, language: str, pace: float, controls: Controls) -> Spoken:
        with self.blamed(line.id):
            spoken = self.ready().speak(text, voice, language, pace=pace, controls=controls)
            _check(self.name, spoken)
        return spoken


def _check(model: str, spoken: Spoken) -> None:
    """Refuse what is no sound in [-1, 1], or none that can be heard."""
    if not isinstance(spoken, Spoken):
        raise AdapterFailed(model, f"wanted sound, got {spoken!r:.60}")
    samples: Any = spoken.sound.samples
    if samples.ndim != 2 or samples.shape[1] == 0 or not np.isfinite(samples).all() or not samples.any():
        raise AdapterFailed(model, "it gave no sound")
    if spoken.sound.sample_rate <= 0 or np.abs(samples).max() > 1:
        loudest, rate = float(np.abs(samples).max()), spoken.sound.sample_rate
        raise AdapterFailed(model, f"it gave samples up to {loudest:.3g} at {rate} Hz; they must lie in [-1, 1]")


def _has_sound(dub: Dub, line: Line) -> bool:
    """Whether the file of a line's speech is still there: folders are moved about, and `work` is cleaned out."""
    return line.speech is not None and dub.open(line.speech).is_file()


def _sayable(line: Line, text: str) -> None:
    if not any(c.isalnum() for c in text):
        raise BadInput(
            f"line {line.id} has nothing to say: its translation is {text[:40]!r}; write one with a letter or a digit "
            "in dub.json"
        )


def with_take(line: Line, take: Take, key: str) -> Line:
    """The line with `take` as its chosen one, among those it has."""
    others = tuple(t for t in line.takes if t.speech.path != take.speech.path)
    return line.but(takes=(*others, take), speech=take.speech, made_by=line.made("speak", key))
