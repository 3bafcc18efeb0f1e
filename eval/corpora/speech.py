"""Spoken corpora: what was said, by whom and when, by people who read it or wrote it down."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping

from dubbench.bench import references
from eval.corpora import Corpus, Files, Made, Sample

LIBRIVOX = "deb://pocketsphinx-testdata@0.8+5prealpha+1-15"
PHONE = "pypi://pyannote.audio@4.0.7"
SOUNDS = "asterisk-core-sounds-{}@1.6.1-1"
VOICES = {"en": "en_US_f_Allison", "es": "es_MX_f_Allison", "fr": "fr_CA_f_June", "it": "it_IT_m_Carlo"}

_NO_SENTENCE = re.compile(r"[\[(]|^(?:\w\W+)*\w\W*$")
_SAID = re.compile(r"<s> (?P<text>.*) </s> \((?P<name>[^)]+)\)")


def librivox(packages: Mapping[str, Files]) -> Made:
    """Five sentences of "Sense and Sensibility" as one volunteer read them, and their words in small letters."""
    files = {path.rsplit("/", 1)[-1]: content for path, content in packages[LIBRIVOX].items()}
    for said in _SAID.finditer(files["transcription"].decode()):
        name, number = said["name"], said["name"].rpartition("-")[2]
        yield f"{number}.wav", files[f"{name}.wav"]
        yield Sample(id=number, cluster="reader", texts={"en": said["text"]}, audio={"en": f"{number}.wav"})


def phone(packages: Mapping[str, Files]) -> Made:
    """Half a minute of two people on the phone: who speaks when, and what they say."""
    files = {path.rpartition(".")[2]: content for path, content in packages[PHONE].items()}
    for kind in ("wav", "rttm", "stm"):
        yield f"call.{kind}", files[kind]
    words = references.words(references.lines(files["stm"].decode(), "call.stm"))
    yield Sample(
        id="call", cluster="call", texts={"en": words}, audio={"en": "call.wav"}, turns="call.rttm",
        said={"en": "call.stm"},
    )  # fmt: skip


def prompts(packages: Mapping[str, Files]) -> Made:
    """The prompts of a telephone exchange that have a text in English and another language, read by professionals."""
    texts = {language: written(packages, language) for language in VOICES}
    sounds = {language: recorded(packages, language) for language in VOICES}
    for name in sorted(texts["en"].keys() & sounds["en"].keys()):
        spoken = [language for language in VOICES if name in texts[language] and name in sounds[language]]
        if len(spoken) < 2:
            continue
        plain = name.replace("/", "-")
        for language in spoken:
            yield f"{language}/{plain}.wav", sounds[language][name]
        yield Sample(
            id=plain,
            cluster=topic(name),
            texts={language: texts[language][name] for language in spoken},
            audio={language: f"{language}/{plain}.wav" for language in spoken},
        )


def topic(name: str) -> str:
    """What part of the exchange a prompt belongs to."""
    return re.split(r"[-/]", name)[0]


def recorded(packages: Mapping[str, Files], language: str) -> Files:
    """The sounds of a language's prompts, by name."""
    start = f"usr/share/asterisk/sounds/{VOICES[language]}/"
    files = packages[f"deb://{SOUNDS.format(f'{language}-wav')}"]
    return {path.removeprefix(start)[:-4]: content for path, content in files.items() if path.endswith(".wav")}


def written(packages: Mapping[str, Files], language: str) -> dict[str, str]:
    """The texts of a language's prompts, by name.

    Tones in brackets, silences and notes in parentheses, and a few letters or words, are no sentences.
    """
    files = packages[f"deb://{SOUNDS.format(language)}"]
    told = next(content for path, content in files.items() if path.endswith(f"core-sounds-{language}.txt.gz"))
    lines = gzip.decompress(told).decode("utf-8-sig").splitlines()
    rows = (line.partition(":") for line in lines if not line.startswith(";"))
    found = ((name.strip(), said.strip()) for name, _, said in rows)
    return {name: said for name, said in found if len(said.split()) >= 3 and not _NO_SENTENCE.search(said)}


CORPORA = (
    Corpus(
        name="librivox",
        about="Jane Austen read by a volunteer of LibriVox: 5 sentences, 71 words, English, 16 kHz",
        licence="public domain",
        packages=(LIBRIVOX,),
        make=librivox,
        wanted=("usr/share/pocketsphinx/test/data/librivox/",),
    ),
    Corpus(
        name="phone",
        about="two people on the phone, 30 s, English, 16 kHz, with turns and words",
        licence="MIT, as part of pyannote.audio",
        packages=(PHONE,),
        make=phone,
        wanted=("pyannote/audio/sample/",),
    ),
    Corpus(
        name="prompts",
        about="prompts of the telephone exchange Asterisk, the same in en, es, fr, it, by professional voices, 8 kHz",
        licence="CC BY-SA 3.0: Allison Smith, June Wallack, Carlo Flora and others",
        packages=tuple(f"deb://{SOUNDS.format(name)}" for language in VOICES for name in (language, f"{language}-wav")),
        make=prompts,
        wanted=("usr/share/asterisk/sounds/", "usr/share/doc/asterisk-core-sounds-"),
    ),
)
