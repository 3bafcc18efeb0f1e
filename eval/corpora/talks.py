"""Made conversations: stretches of what people recorded alone, laid one after another, so that turns are exact.

allison   |---stretch---|           |--|
carlo                     |------|
june                           |------|      one turn in ten begins before the last one ends
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping

import numpy as np

from dubbench.bench import references
from dubbench.types import Turn
from eval.corpora import Corpus, Files, Made, Sample, pcm, speech

SOUNDS = "usr/share/asterisk/sounds"
PEOPLE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "allison": (
        ("deb://asterisk-core-sounds-en-wav@1.6.1-1", f"{SOUNDS}/en_US_f_Allison/"),
        ("deb://asterisk-core-sounds-es-wav@1.6.1-1", f"{SOUNDS}/es_MX_f_Allison/"),
    ),
    "armelle": (("deb://asterisk-prompt-fr-armelle@20070613-2.2", f"{SOUNDS}/fr/"),),
    "carlo": (("deb://asterisk-core-sounds-it-wav@1.6.1-1", f"{SOUNDS}/it_IT_m_Carlo/"),),
    "ivrvoice": (("deb://asterisk-core-sounds-ru-wav@1.6.1-1", f"{SOUNDS}/ru_RU_f_IvrvoiceRU/"),),
    "june": (("deb://asterisk-core-sounds-fr-wav@1.6.1-1", f"{SOUNDS}/fr_CA_f_June/"),),
    "paola": (("deb://asterisk-prompt-it-menardi-wav@1:1.4.22+mm20110907-3.1", f"{SOUNDS}/it_IT_f_Menardi/"),),
    "reader": ((speech.LIBRIVOX, "usr/share/pocketsphinx/test/data/librivox/"),),
}
"""Whose recordings lie where. The woman of the English prompts speaks the Spanish ones too."""
CASTS = (
    ("allison", "carlo"), ("armelle", "june"), ("ivrvoice", "paola"), ("carlo", "ivrvoice"),
    ("armelle", "carlo", "june"), ("ivrvoice", "paola", "reader"), ("allison", "armelle", "ivrvoice"),
    ("carlo", "june", "paola"), ("allison", "armelle", "carlo", "paola"), ("ivrvoice", "june", "reader", "carlo"),
    ("allison", "ivrvoice", "june", "paola"), ("armelle", "carlo", "ivrvoice", "reader"),
)  # fmt: skip
TALKS = 2
"""Of each cast."""
NAMES = f"deb://{speech.SOUNDS.format('en')}"
LEVEL, PEAK = 1600, pcm.MOST // 2
"""RMS while somebody speaks, -26 dB of full scale, and what no stretch may reach, so that no sum is too loud."""
PAUSE, LEAST, MOST = 0.3, 1.2, 7.5
"""Seconds of silence that part two stretches of a recording, and of a stretch."""
ENOUGH = 46
"""Seconds after which nobody begins to speak."""


def talks(packages: Mapping[str, Files]) -> Made:
    """Who begins, pauses and overlaps are drawn from the names of the talks, so they are the same for ever."""
    known = set(speech.written(packages, "en"))
    stock = {person: itertools.cycle(_stock(packages, person, known)) for person in PEOPLE}
    for cast, number in itertools.product(CASTS, range(1, TALKS + 1)):
        name = f"{'-'.join(sorted(cast))}-{number}"
        turns, sound = _talk(name, cast, stock)
        yield f"{name}.wav", pcm.wav(sound, 2 * pcm.TELEPHONE)
        yield f"{name}.rttm", references.rttm(turns, name).encode()
        yield Sample(
            id=name, cluster="-".join(sorted(cast)), audio={"mul": f"{name}.wav"}, turns=f"{name}.rttm",
            slices={"speakers": str(len(cast))},
        )  # fmt: skip


def _talk(name: str, cast: tuple[str, ...], stock: Mapping[str, Iterator[pcm.Pcm]]) -> tuple[list[Turn], pcm.Pcm]:
    rate = 2 * pcm.TELEPHONE
    turns, parts, end, overlapped = list[Turn](), list[tuple[int, pcm.Pcm]](), rate // 2, True
    for number, person in enumerate(_order(name, cast)):
        if end > ENOUGH * rate:
            break
        said = next(stock[person])
        # Nobody falls in twice in succession, so no three speak at once and nobody over themselves.
        overlapped = not overlapped and _drawn(8, name, number, "overlap") == 0
        pause = (10 + _drawn(91, name, number, "pause")) * pcm.frame(rate)
        by = (20 + _drawn(31, name, number, "by")) * pcm.frame(rate)
        start = end - by if overlapped else end + pause if turns else end
        parts.append((start, said))
        end = max(end, start + len(said))
        turns.append(Turn(speaker=person, start=start / rate, end=(start + len(said)) / rate))
    sound = np.zeros(end + rate // 2, np.int64)
    for start, said in parts:
        sound[start : start + len(said)] += said
    return turns, sound


def _order(name: str, cast: tuple[str, ...]) -> Iterator[str]:
    """Everybody once in each round, in another order each time, and nobody twice in succession."""
    last = ""
    for number in itertools.count():
        order = sorted(cast, key=lambda one: _drawn(1 << 32, name, number, one))
        if order[0] == last:
            order.reverse()
        yield from order
        last = order[-1]


def _drawn(sides: int, *what: object) -> int:
    """A number below `sides` that hangs on nothing but `what` it is for."""
    return int.from_bytes(hashlib.sha256(repr(what).encode()).digest()[:8], "big") % sides


def _stock(packages: Mapping[str, Files], person: str, known: set[str]) -> list[pcm.Pcm]:
    """What a person can say, equally loud, at twice the telephone's rate, in an order that mixes topics."""
    found = dict[tuple[str, int], pcm.Pcm]()
    for package, folder in PEOPLE[person]:
        for path, content in packages[package].items():
            name, _, kind = path.removeprefix(folder).rpartition(".")
            if path.startswith(folder) and kind in ("wav", "gsm") and (name in known or package == speech.LIBRIVOX):
                found |= {(path, start): said for start, said in _stretches(_telephone(path, content))}
    return [found[key] for key in sorted(found, key=lambda key: _drawn(1 << 32, *key))]


def _telephone(path: str, content: bytes) -> pcm.Pcm:
    """A recording in the telephone's band: nobody is to be told by how well they were recorded."""
    if path.endswith(".gsm"):
        return pcm.gsm(content)
    sound, rate = pcm.read(content)
    return sound if rate == pcm.TELEPHONE else pcm.halved(sound)


def _stretches(sound: pcm.Pcm) -> Iterator[tuple[int, pcm.Pcm]]:
    for start, end in pcm.stretches(sound, pcm.TELEPHONE, pause=PAUSE):
        if LEAST <= (end - start) / pcm.TELEPHONE <= MOST:
            said = pcm.doubled(pcm.levelled(sound[start:end], pcm.TELEPHONE, LEVEL))
            if abs(said).max() <= PEAK:
                yield start, said


CORPORA = (
    Corpus(
        name="talks",
        about="conversations of 2 to 4 of 7 people, made of what each recorded alone, 16 kHz in the telephone's band",
        licence="CC BY-SA 3.0: Allison Smith, June Wallack; Marco Menardi e Paola Dal Zot, http://www.voip.ammdomus.it "
        "(Italy). CC BY 3.0: Carlo Flora, Maxim Topal (ivrvoice.ru). BSD: Michel Gutierrez, spoken by Armelle "
        "Desjardins. Public domain: LibriVox. The whole: CC BY-SA 3.0",
        packages=tuple(dict.fromkeys((NAMES, *(package for parts in PEOPLE.values() for package, _ in parts)))),
        make=talks,
        wanted=(f"{SOUNDS}/", "usr/share/pocketsphinx/test/data/librivox/", "usr/share/doc/asterisk-core-sounds-en/"),
    ),
)
