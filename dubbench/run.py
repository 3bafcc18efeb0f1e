"""The walk through the house: one Dub, one home folder, one room after the other, timed and written down after each.

Every result is remembered by content (`memory`), so walking again costs only what changed.
"""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from dubbench import (
    casting,
    catalog,
    cleaning,
    consents,
    disk,
    documents,
    door,
    edits,
    fitting,
    heap,
    languages,
    listen,
    manifest,
    media,
    memory,
    passages,
    people,
    prosody,
    report,
    rooms,
    voiceprint,
)
from dubbench.beside import Beside
from dubbench.brought import PERSON, with_translation
from dubbench.errors import BadInput
from dubbench.passages import Heard
from dubbench.processes.wanted import StoppedError
from dubbench.slowing import slow_picture
from dubbench.stages.base import Progress, Stage, quiet
from dubbench.stages.translate import checked
from dubbench.timeline import programme
from dubbench.translation import alignment
from dubbench.translation.alignment import Pairs
from dubbench.types import Dub, Flag

T = TypeVar("T")


@dataclass
class Run:
    """A dub on its way. `seconds` and `redone` tell afterwards what took how long and what was really done again;
    rooms that work beside each other take more seconds in all than the walk does."""

    dub: Dub
    home: Path
    cast: catalog.Cast
    stages: dict[str, Stage]
    progress: Progress = quiet
    voices: Mapping[str, str] = field(default_factory=dict)
    consents: Mapping[str, str] = field(default_factory=dict)
    translation: Path | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    redone: dict[str, int] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    aside: Callable[[Progress], Beside] = Beside
    """How work beside the walk is done; whoever measures rooms alone has it done at once."""
    _beside: Beside = field(init=False, repr=False)
    _saved: Dub | None = field(init=False, repr=False, default=None)
    _written: bool = field(init=False, repr=False, default=False)
    """Whether the film lies there as it is to be."""

    def __post_init__(self) -> None:
        self.home = self.home.resolve()

    def walk(self) -> Dub:
        """From whatever is known to a finished film and its report. Raises the five errors."""
        started, folder, self._written = time.perf_counter(), self.dub.folder, False
        heap.settle()
        with (
            disk.writing(folder, instead="choose another --out", also=NOWHERE),
            door.busy(folder) as alone,
            self.aside(self.progress) as self._beside,
        ):
            if alone:
                door.sweep(self.home, folder)
            before, self.dub = self.dub, documents.present(self.dub)
            self._begin(before)
            self.understand()
            self.dub = voiceprint.cut_again(self.dub, {v.speaker: v.reference for v in before.voices if v.reference})
            if self.dub.lines:
                self.translate()
                self.speak()
            self.finish(started)
            manifest.finish(self.dub, self.home, self.stages)
            cleaning.settle(self.dub)
        return self.dub

    def _begin(self, before: Dub) -> None:
        """Note what goes into this walk: the dub, with what its voices were cut to `before` their files were missed."""
        if not (self.home / documents.NAME).exists():
            # Before its manifest: one that lies there without a dub is taken for a stranger's file.
            documents.write(self.dub, self.home / documents.NAME)
        asked = self.dub.but(voices=before.voices)
        manifest.begin(asked, self.home, voices=self.voices, consents=self.consents, translation=self.translation)

    def understand(self) -> None:
        """Everything up to lines with speakers: the same for every target language."""
        self._step("probe", lambda: rooms.probe(self.dub.source, self.dub, self.progress))
        self._ahead()
        if not self._told("transcribe"):
            transcribe: Any = self.stages["transcribe"]
            self._lines("transcribe", lambda: transcribe(self.dub, self.progress), transcribe)
        if not self.dub.lines:
            silent = self.dub.but(picture=())
            self.dub = silent.flagged("transcribe", Flag(room="transcribe", name="no-speech", detail=NOTHING))
            self._save()
            return
        self.dub = self.dub.flagged("transcribe")
        diarize: Any = self.stages.get("diarize")
        if diarize is None:
            one = tuple(line.but(speaker=line.speaker or "A") for line in self.dub.lines)
            self.dub = casting.with_voices(self.dub.but(lines=one))
        else:
            speakers = self.dub.wishes.speakers
            self._waited("diarize")
            self._lines("diarize", lambda: diarize(self.dub, self.progress, speakers=speakers), diarize)
            diarize.release()
        self._model("faces", release=True)
        self._meanwhile()

    def _ahead(self) -> None:
        """Begin what lines wait for and only the film's sound is needed for, and load models that will be asked for."""
        diarize = self.stages.get("diarize")
        dub, speakers = self.dub, self.dub.wishes.speakers
        if diarize is not None and diarize.on_cpu and "diarize" not in dub.made_by:
            room: Any = diarize
            self._beside.start("diarize", lambda told: room.listen(dub, told, speakers=speakers), last=diarize.release)
        speak: Any = self.stages["speak"]
        edited = sum(line.take is not None and line.take.text != line.translation for line in dub.lines)
        if edited:
            speak.expect(edited)
            self._warm("speak")
            self._warm("transcribe")

    def _meanwhile(self) -> None:
        """Begin what later rooms ask of the original and its lines alone. Translating takes one processor; while words
        are heard there is none to spare."""
        dub, separate = self.dub, self.stages.get("separate")
        speak: Any = self.stages["speak"]
        if separate is not None:
            if not separate.on_cpu:
                return
            # Also where it is known: its files may be gone, and what comes next here needs them.
            stage: Any = separate
            self._beside.start("separate", lambda told: stage(dub, told), last=separate.release)

        def with_stems(told: Progress) -> Dub:
            # A model that failed is not asked again before the walk has told so.
            if self._beside.failed("separate"):
                raise StoppedError
            return dub if separate is None else stage(dub, told)  # type: ignore[no-any-return]

        if speak.prosody:
            self._beside.start("prosody", lambda told: prosody.listened(with_stems(told), told))
        if not dub.wishes.slow_picture and not dub.picture:
            self._beside.start("mix", lambda told: rooms.ground(with_stems(told)))
        self._beside.start("fit", lambda told: programme.ready())

    def _warm(self, room: str) -> None:
        """Load a model ahead; one that may lie in a GPU's memory has to wait until it has that for itself."""
        if self.stages[room].on_cpu:
            self._beside.warm(self.stages[room])

    def translate(self) -> None:
        """Adds the text to be spoken. The pair of languages is known only now, so the model is chosen now."""
        source, target = self.dub.source_language, self.dub.target_language
        if source == target:
            raise BadInput(f"the film already speaks {languages.name(target)}; choose another language with --to")
        if self.translation is not None:
            self.dub = with_translation(self.dub, self.translation)
        if not all(line.translation and "translate" not in line.made_by for line in self.dub.lines):
            stage = self.cast.choose("translate", f"{source}-{target}", progress=self.progress)
            assert stage is not None
            stage.check(source, target)
            self.stages["translate"] = stage
            before = {line.id: line.translation for line in self.dub.lines}
            if not any(line.take for line in self.dub.lines):
                self._warm("speak")
            self._model("translate", release=True)
            self.redone["translate"] = sum(before.get(x.id) != x.translation for x in self.dub.lines)
        else:
            self.dub = checked(self.dub)

    def speak(self) -> None:
        """Adds voices, takes and places; what cannot be understood is taken again."""
        speak: Any = self.stages["speak"]
        mark: Any = self.stages.get("watermark") if self.dub.wishes.watermark else None
        self._step("casting", lambda: self._cast(speak), speak)
        self._timed("fit", lambda: speak.calibrate(self.dub, self.progress, mark=mark), speak)
        self._step("fit", lambda: fitting.fit(self.dub, speak, self.progress, mark=mark), speak)
        self._separate()
        if speak.prosody:
            self._waited("prosody")
            self._step("prosody", self._prosody)
        before = speak.made
        self._step("speak", lambda: _marked(speak(self.dub, self.progress, mark=mark), mark), speak)
        self.redone["speak"] = speak.made - before
        self._step("place", lambda: fitting.place(self.dub, speak))
        ear: Any = self.stages["transcribe"]
        if ear.speaks(self.dub.target_language):
            self._listen(ear, speak, mark)
            self._save()
        speak.learn(self.dub)

    def _prosody(self) -> Dub:
        """How the original was said, carried to the translation by who made it, else by words that look alike."""
        source, target = str(self.dub.source_language), self.dub.target_language
        translate: Any = self.stages.get("translate")

        def align(text: str, said: str) -> Pairs:
            if translate is None:
                return alignment.alike(text.split(), said.split())
            pairs: Pairs = translate.aligned(text, said, source, target)
            return pairs

        try:
            return prosody.carried(self.dub, align)
        finally:
            if translate is not None:
                translate.release()

    def _cast(self, speak: Any) -> Dub:
        dub = consents.given(casting.with_voices(self.dub), self.consents) if self.consents else self.dub
        if dub.wishes.people is None:
            return casting.cast_voices(dub, speak, self.voices)
        path, embedder = Path(dub.wishes.people), self.stages.get("diarize")
        people.check(path, embedder)
        return people.cast(dub, speak, self.voices, path=path, embedder=embedder)

    def _listen(self, ear: Any, speak: Any, mark: Any) -> None:
        self._waited("mix")
        sound, _ = self._timed("mix", lambda: rooms.mixed(self.dub, self.progress))
        # As the film will hold it: what is heard now is not heard again once the film is written.
        track = self._timed("mux", lambda: rooms.coded(sound))
        self._film_first(sound)
        dub = self.dub
        # Neither waits for the words; as if no line were taken again.
        self._beside.start("report", lambda told: report.loudness(dub, track))
        self._compare()
        understood = self._heard(track).by_line()
        self._step("listen", lambda: listen.judged(self.dub, ear, understood, self.progress), ear)
        self.dub, changed = self._timed(
            "listen", lambda: listen.retaken(self.dub, ear, speak, self.progress, mark=mark)
        )
        if changed:
            self._written = False
            self.redone["retake"] = len(changed)
            self._step("place", lambda: fitting.place(self.dub, speak))

    def _film_first(self, sound: Path) -> None:
        """After an edit, write the film before it is heard: it stays if every line is understood."""
        if sum(line.take is not None and line.take.score is None for line in self.dub.lines) > FEW:
            return
        own = not self.dub.picture and "lipsync" not in self.stages
        if own and media.copies(self.dub.source, preview=self.dub.wishes.preview):
            self._write(sound)

    def _write(self, sound: Path, picture: Path | None = None) -> None:
        self._step("mux", lambda: rooms.muxed(self.dub, sound, self.home, picture=picture, progress=self.progress))
        self._written = True

    def _compare(self) -> None:
        """Begin to compare voices for the report."""
        dub, embedder = self.dub, self.stages.get("diarize")
        if embedder is not None and embedder.on_cpu:
            self._beside.start("likeness", lambda told: (report.likeness(dub, embedder), report.drift(dub, embedder)))

    def _heard(self, film: Path) -> Heard:
        ear: Any = self.stages["transcribe"]
        return self._timed("listen", lambda: passages.heard(self.dub, ear, film, self.progress), ear)

    def finish(self, started: float) -> None:
        """Writes the film, its subtitles and the report of a walk that `started` then (`time.perf_counter`)."""
        if not self.dub.lines:
            self._separate()
        self._waited("mix")
        sound, facts = self._timed("mix", lambda: rooms.mixed(self.dub, self.progress))
        lipsync: Any = self.stages.get("lipsync")
        picture = None
        if self.dub.picture:
            picture = self._timed("picture", lambda: slow_picture(self.dub, self.progress))
        if lipsync is not None and self.dub.source.has_picture and self.dub.lines:
            film = picture or Path(self.dub.source.path)
            picture = self._timed("lipsync", lambda: lipsync.film(self.dub, film, sound, self.progress), lipsync)
        if not self._written:
            self._write(sound, picture)
        self.facts.update(facts)
        for room in ("report", "likeness"):
            self._waited(room)
        dub = self.dub
        self._beside.start("report", lambda told: report.loudness(dub, self.home / "dub.mp4"))
        self._compare()
        ear: Any = self.stages["transcribe"]
        if self.dub.lines and ear.speaks(self.dub.target_language):
            # Passages that were taken again are heard on the film as it was written.
            self.facts["heard"] = self._heard(self.home / "dub.mp4")
        self._waited("likeness")
        self.facts["likeness"] = self._timed("likeness", lambda: report.likeness(self.dub, self.stages.get("diarize")))
        self.facts["drift"] = self._timed("likeness", lambda: report.drift(self.dub, self.stages.get("diarize")))
        self.dub = report.drifted(self.dub, self.facts["drift"])
        self.dub = report.noted(self.dub, self.facts.get("overrun_seconds"))
        self._save()
        self._waited("report")
        self.facts["wall_seconds"] = time.perf_counter() - started
        self._timed("report", lambda: report.write(self.dub, self))

    @property
    def models(self) -> dict[str, str]:
        """The entry that played each part, with the language in between for translations that took a detour."""
        names = {room: made.model for room, made in self.dub.made_by.items() if room in catalog.ROOMS}
        pivot = getattr(self.stages.get("translate"), "pivot", None)
        if pivot and "translate" in names:
            names["translate"] += f" (pivot {pivot})"
        return names

    def _told(self, room: str) -> bool:
        """Whether a person brought this room's part: then the model stays out."""
        made = self.dub.made_by.get(room)
        return made is not None and made.model == PERSON

    def _model(self, room: str, *, release: bool = False) -> None:
        stage: Any = self.stages.get(room)
        if stage is None:
            return
        self._step(room, lambda: stage(self.dub, self.progress), stage)
        if release:
            stage.release()

    def _separate(self) -> None:
        """Nobody needs the stems before speech is compared with the original's or mixed."""
        self._waited("separate")
        self._model("separate", release=True)

    def _waited(self, room: str) -> None:
        """Until what was begun for a room beside the walk is done, or failed."""
        seconds = self._timed(room, lambda: self._beside.wait(room), self.stages.get(room), count=False)
        self.seconds[room] = self.seconds.get(room, 0.0) + seconds

    def _lines(self, room: str, work: Callable[[], Dub], stage: Stage) -> None:
        """A step that may understand the lines anew, which must not lose what a person did to them."""

        def guarded() -> Dub:
            after = work()
            if after.made_by.get(room) != self.dub.made_by.get(room):
                edits.guard(self.dub, after, self.home)
                edits.note(after)
            return after

        self._step(room, guarded, stage)

    def _step(self, room: str, work: Callable[[], Dub], stage: Stage | None = None) -> None:
        self.dub = self._timed(room, work, stage)
        self._save()

    def _timed(self, room: str, work: Callable[[], T], stage: Stage | None = None, *, count: bool = True) -> T:
        started = time.perf_counter()
        self._make_room(stage)
        try:
            with stage.blamed() if stage is not None else contextlib.nullcontext():
                return work()
        finally:
            self.seconds[room] = self.seconds.get(room, 0.0) + count * (time.perf_counter() - started)

    def _make_room(self, stage: Stage | None) -> None:
        """One model at a time in a GPU's memory: others that are not at work are released before `stage` begins."""
        for room, other in self.stages.items():
            if stage is not None and other is not stage and other.on_gpu and not self._beside.at_work(room):
                other.release()

    def _save(self) -> None:
        if self.dub != self._saved:
            documents.write(self.dub, self.home / documents.NAME)
            manifest.saved(self.dub, self.home)
            self._saved = self.dub


def _marked(dub: Dub, mark: Any) -> Dub:
    """The dub saying who put the mark into its speech; without `mark` it says nobody did."""
    if mark is not None:
        return dub.but(made_by=dub.by("watermark", mark.name, memory.key(by=mark.identity())))
    return dub.but(made_by={room: made for room, made in dub.made_by.items() if room != "watermark"})


FEW = 5
"""So few new takes are likely to be understood at once, so the film need not wait until they were heard. Of a whole dub
some line is taken again nearly always, and its film would be written twice; so would a picture that must be encoded,
which takes long."""

NOWHERE = frozenset({errno.ENOENT})
"""A folder that cannot be made (in /proc), or was taken away."""

NOTHING = "no speech was found: the dub keeps the original sound"
