"""`make speech`: how lines are read: signs as people say them, and the pauses of speakers; figures of docs/speech.md.

    python eval/speech.py [--write]

Signs: sentences with numbers, dates, money, abbreviations and addresses are read with our readings and without (as
espeak-ng, which Kokoro reads by, takes them itself), and transcribed again. Pauses: sentences of two clauses, with a
rest of the speaker's between them, read in four ways; and films whose speakers rest, dubbed.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import dubbench
from dubbench import media, pitch
from dubbench.adapters import kokoro_text
from dubbench.stages.spoken import Spoken, joined, parted
from dubbench.text import spelling
from dubbench.timeline.pauses import SHORTEST
from dubbench.types import Sound, Voice
from eval import pages
from examples import clips

SIGNS = {
    "pt": (
        "O livro custa R$ 3,50 na feira.", "O jogo começa às 14h30 de sábado.", "Nasceu em 1/5/1999 no interior.",
        "A prova será em 25/12/2024 em São Paulo.", "O Dr. Silva falou com a Sra. Lima ontem.",
        "Ele chegou em 3º lugar na corrida.", "Cerca de 7% dos votos foram anulados.", "A sala tem 70 m² de área.",
        "O rei Luís XIV viveu na França.", "Foi no século XX que tudo mudou.", "Ele pesa 80 kg e mede 2 m de altura.",
        "A BBC e o FBI não comentaram o caso.", "A NASA e a ONU assinaram o acordo.", "Gastou R$ 2 milhões na obra.",
        "Escreva para fulano@exemplo.com.br ainda hoje.", "O carro andava a 80 km/h na estrada.",
        "Vieram de 10-20 pessoas à reunião.", "Hoje faz -5 °C na serra.", "São US$ 1.250,00 por mês de aluguel.",
    ),
    "es": (
        "El libro cuesta 3,50 € en la tienda.", "El partido empieza a las 14:30 del sábado.",
        "Nació el 25/12/2024 en Madrid.", "El rey Luis XIV vivió en Francia.", "El 7 % de los votos fue nulo.",
        "La BBC y el FBI no comentaron el caso.", "El coche iba a 80 km/h por la carretera.",
        "El Dr. García y la Sra. López ya llegaron.", "Gastó 2 millones de euros en la obra.",
        "Fue en el siglo XX cuando todo cambió.", "Pesa 80 kg y mide 2 m de altura.",
    ),
}  # fmt: skip
VOICES = {"pt": "pm_alex", "es": "em_alex"}

CLAUSES = (
    ("Quando cheguei em casa,", "a porta estava aberta."), ("Se você quiser,", "podemos sair mais cedo."),
    ("Eu trabalhei o dia inteiro,", "mas não terminei o relatório."), ("Antes de dormir,", "ela lê um pouco."),
    ("Depois de muitos anos,", "eles voltaram para a cidade."), ("Na minha opinião,", "isso não faz sentido."),
    ("Embora estivesse cansada,", "continuou andando."), ("Como vocês sabem,", "o prazo termina amanhã."),
    ("Para mim,", "a resposta está errada."), ("Ele abriu a janela,", "e o vento entrou na sala."),
)  # fmt: skip
READERS = ("pm_alex", "pf_dora")
REST = 0.6
FLOOR_DB = 30.0
"""So far below the loudest it is silent."""
LAST = 0.15
"""Seconds before a rest whose pitch is compared with that of the clause."""


@contextlib.contextmanager
def without_readings() -> Iterator[None]:
    """Kokoro's text as it was written: what espeak-ng makes of signs by itself."""
    with mock.patch.object(kokoro_text, "spoken", lambda text, language: text):
        yield


def signs(speak: Any, ear: Any) -> Iterator[str]:
    yield "| | sentences | words | misheard without readings | with |"
    yield "|---|---|---|---|---|"
    for language, texts in SIGNS.items():
        with without_readings():
            before = misheard(speak, ear, language, texts)
        after = misheard(speak, ear, language, texts)
        yield f"| {language} | {len(texts)} | {after.length} | {before.rate:.1%} | {after.rate:.1%} |"


def misheard(speak: Any, ear: Any, language: str, texts: Sequence[str]) -> spelling.Errors:
    voice, errors = Voice(id="voice", preset=VOICES[language]), spelling.Errors()
    for text in texts:
        sound = media.resample(speak.speak(text, voice, language).sound, ear.sample_rate)
        errors += spelling.wer(text, ear.transcribe(sound, language).text, language)
    return errors


def pauses(speak: Any) -> Iterator[str]:
    yield f"{len(CLAUSES)} sentences, in each a rest of {REST} s:"
    yield ""
    yield "| read | reader | rests, s (median) | pitch before it, semitones |"
    yield "|---|---|---|---|"
    for preset in READERS:
        voice = Voice(id=preset, preset=preset)
        for name, way in WAYS.items():
            rests, falls = zip(*(way(speak, voice, *both) for both in CLAUSES), strict=True)
            known = [fall for fall in falls if fall is not None]
            yield f"| {name} | {preset} | {np.median(rests):.2f} | {np.median(known):+.1f} |"


def plain(speak: Any, voice: Voice, one: str, two: str) -> tuple[float, float | None]:
    """As it is read when nobody asks for a rest."""
    return heard(speak.speak(f"{one} {two}", voice, "pt"), speak.sounds(one, voice, "pt"))


def in_one_breath(speak: Any, voice: Voice, one: str, two: str) -> tuple[float, float | None]:
    counts = [speak.sounds(part, voice, "pt") for part in (one, two)]
    return heard(parted(speak.speak(f"{one} {two}", voice, "pt"), counts, (REST - 0.15, 0.0)), counts[0])


def part_by_part(speak: Any, voice: Voice, one: str, two: str) -> tuple[float, float | None]:
    parts = [speak.speak(part, voice, "pt") for part in (one, two)]
    return heard(joined(parts, (REST, 0.0)), len(parts[0].phonemes))


def two_sentences(speak: Any, voice: Voice, one: str, two: str) -> tuple[float, float | None]:
    """What an end sounds like."""
    parts = [speak.speak(part, voice, "pt") for part in (one.replace(",", "."), two[0].upper() + two[1:])]
    return heard(joined(parts, (REST, 0.0)), len(parts[0].phonemes))


WAYS = {
    "as the voice reads it": plain, "in one breath (ours)": in_one_breath, "part by part": part_by_part,
    "two sentences": two_sentences,
}  # fmt: skip


def heard(spoken: Spoken, count: int) -> tuple[float, float | None]:
    """The longest silence near the border after `count` phonemes (s), and the fall of pitch before it (semitones)."""
    sound = media.resample(spoken.sound, pitch.RATE)
    border = (spoken.phonemes[count - 1].end + spoken.phonemes[count].start) / 2
    quiet = silences(sound)
    near = [(a, b) for a, b in quiet if a - 0.2 <= border <= b + 0.2]
    start, end = max(near, key=lambda span: span[1] - span[0]) if near else (border, border)
    return end - start, fall(Sound(sound.samples[:, : round(start * pitch.RATE)], pitch.RATE))


def silences(sound: Sound) -> list[tuple[float, float]]:
    """Spans under the floor, in seconds, by windows of 10 ms."""
    size = pitch.RATE // 100
    blocks = sound.mono[: len(sound.mono) // size * size].reshape(-1, size)
    level = np.sqrt(np.square(blocks).mean(axis=1))
    quiet = np.concatenate([[0], level < level.max() * 10 ** (-FLOOR_DB / 20), [0]]).astype(int)
    starts, ends = (np.flatnonzero(np.diff(quiet) == step) for step in (1, -1))
    return [(float(a) / 100, float(b) / 100) for a, b in zip(starts, ends, strict=True)]


def fall(clause: Sound) -> float | None:
    """How many semitones a clause's last moments lie above its median; None where they are not voiced."""
    last = Sound(clause.samples[:, -round((LAST + 0.1) * pitch.RATE) :], pitch.RATE)
    whole, end = (pitch.pitches(sound) for sound in (clause, last))
    return float(12 * np.log2(np.median(end) / np.median(whole))) if len(end) and len(whole) else None


def dubbed() -> Iterator[str]:
    """Where speakers rest inside their lines, and where the dub does."""
    yield "| film | lines | rests in lines | s | in the dub | s |"
    yield "|---|---|---|---|---|---|"
    for name, make in (("a president", clips.kennedy), ("two on the phone", clips.phone_call)):
        with tempfile.TemporaryDirectory() as folder:
            film = make(Path(folder) / "film.mp4")
            dub = dubbench.dub(film, to="pt", source_language="en", out=Path(folder) / "pt")
        gaps = (b.start - a.end for line in dub.lines for a, b in pairwise(line.words))
        rests = [gap for gap in gaps if gap >= SHORTEST]
        kept = [pause.duration for line in dub.lines for take in line.takes[-1:] for pause in take.pauses]
        yield f"| {name} | {len(dub.lines)} | {len(rests)} | {sum(rests):.1f} | {len(kept)} | {sum(kept):.1f} |"


def main(arguments: Sequence[str]) -> None:
    speak, ear = dubbench.load("kokoro").ready(), dubbench.load("whisper-base").ready()
    rows = chain(signs(speak, ear), [""], pauses(speak), [""], dubbed())
    pages.shown(rows, "speech.md", "make speech", kept="--write" in arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
