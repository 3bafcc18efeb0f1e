"""Clauses of the rooms that take text: translate, speak. Most are about texts that nobody would write on purpose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from dubbench.errors import BadInput, Missing, Unsupported
from dubbench.stages.speak import Spoken
from dubbench.testing.report import broken, left_out, same
from dubbench.text import emphasis
from dubbench.types import Line, Seconds, Voice

if TYPE_CHECKING:
    from dubbench.testing.contract import Subject

SENTENCES = {
    "de": "Gestern Abend haben wir lange über die Reise gesprochen.",
    "en": "Yesterday evening we talked about the journey for a long time.",
    "es": "Ayer por la tarde hablamos mucho tiempo sobre el viaje.",
    "fr": "Hier soir nous avons parlé du voyage pendant longtemps.",
    "hi": "कल शाम हमने यात्रा के बारे में बहुत देर तक बात की।",
    "it": "Ieri sera abbiamo parlato a lungo del viaggio.",
    "ja": "昨日の夜、私たちは旅について長い間話しました。",
    "pt": "Ontem à noite falámos durante muito tempo sobre a viagem.",
    "zh": "昨天晚上我们谈了很久关于旅行的事情。",
}
"""Other languages get the English one: any voice can be made to read it."""

WORDLESS = {
    "empty": "",
    "blank": "  \n\t ",
    "punctuation": "?!… — “”",
    "emoji": "😀🎬",
    "control": "\x00\x07\x1b",
}
ODD = {
    "right to left": "שלום עולם, مرحبا بالعالم",
    "emoji among words": "Good 😀 morning 🎬",
    "newlines": "Good\nmorning\r\nAnna",
    "control characters among words": "Good\x07 morning\x00 Anna\x1b[31m",
    "markup": '<speak>Good <break time="9s"/>morning &amp; <b>welcome</b></speak>',
}
EDGE: Seconds = 0.25
NATURAL = (0.7, 1.4)
"""What a natural reading may last against its estimate; half or one and a half as much is a wrong sample rate."""
STRESSED = 0.05
"""How much longer or shorter, as a share, a reading may be for a word that is stressed in it."""


def sentence(language: str) -> str:
    return SENTENCES.get(language, SENTENCES["en"])


def long_text(length: int) -> str:
    """Sentences that do not repeat, `length` characters or a little less."""
    text = " ".join(f"Line {number} of the story goes on." for number in range(1, length // 25))
    return text[:length].rpartition(".")[0] + "."


def in_language(subject: Subject, language: str) -> Spoken:
    return subject.adapter.speak(sentence(language), _voice(subject, language), language)  # type: ignore[no-any-return]


def _voice(subject: Subject, language: str) -> Voice:
    presets = subject.adapter.presets(language)
    return subject.voice or (presets[0] if presets else Voice(id="somebody"))


def speak(subject: Subject) -> None:
    """Clauses of the speak room."""
    clause, adapter = subject.report.clause, subject.adapter
    languages = subject.languages or ("en",)
    main = languages[0]
    text, voice = sentence(main), _voice(subject, main)
    said: dict[str, Spoken] = {}
    with clause("every declared language is spoken: mono float32, audible, within [-1, 1]"):
        for language in languages:
            try:
                adapter.check(None, language)
                said[language] = in_language(subject, language)
                _sounds(said[language], f"in '{language}'")
            except Missing as missing:
                subject.report.leave_out(f"'{language}' is spoken", str(missing))
    if main not in said:
        return
    spoken = said[main]
    subject.results["speak"] = (lambda: in_language(subject, main), spoken)
    subject.results["estimate"] = _noted(lambda: adapter.estimate(text, voice, main))
    with clause("a reading lasts about as long as estimated, at the true sample rate"):
        share = spoken.sound.duration / adapter.estimate(text, voice, main)
        if not NATURAL[0] <= share <= NATURAL[1]:
            raise broken(f"it lasts {share:.2f} times the estimate at {spoken.sound.sample_rate} Hz")
    with clause("there is no silence at the edges"):
        _edges(spoken)
    with clause("pace 1.25 takes less time, and not much less than a quarter"):
        quick = adapter.speak(text, voice, main, pace=1.25).sound.duration / spoken.sound.duration
        if not 0.65 <= quick <= 0.95:
            raise broken(f"it took {quick:.2f} of the natural time")
    with clause("a stressed word takes no more time, and is heard"):
        _stressed(subject, voice, main, spoken)
    with clause("phonemes lie in order inside the sound"):
        _phonemes(spoken)
    with clause("text without a letter or digit is refused with BadInput"):
        for name, odd in WORDLESS.items():
            for ask in (adapter.speak, adapter.estimate):
                _refused(name, ask, odd, voice, main)
    with clause("odd text is refused by name or spoken, all of it and nothing else"):
        _odd(subject, voice, main, spoken)
    with clause("long text is refused by name or spoken to its end"):
        _long(subject, voice, main)
    with clause("readings asked for at once are those asked for alone"):
        if adapter.parallel < 2:
            raise left_out("it is asked for one line at a time")
        with ThreadPoolExecutor(2) as pool:
            for other in pool.map(lambda _: in_language(subject, main), range(2)):
                if not same(other, spoken):
                    raise broken("two threads got another sound than one")


def _stressed(subject: Subject, voice: Voice, language: str, spoken: Spoken) -> None:
    if not subject.adapter.prosody:
        raise left_out("it does not say that it stresses words")
    text = sentence(language)
    longest = max(range(len(text.split())), key=lambda place: len(text.split()[place]))
    one = emphasis.word(text, longest)
    assert one is not None
    marked, _ = emphasis.marked(text, [one])
    stressed = subject.adapter.speak(marked, voice, language)
    if abs(stressed.sound.duration - spoken.sound.duration) > STRESSED * spoken.sound.duration:
        raise broken(f"with {marked!r} it takes {stressed.sound.duration:.2f} s, without {spoken.sound.duration:.2f} s")
    if same(stressed, spoken):
        raise broken(f"{marked!r} sounds as it does without stress")


def _noted(ask: Callable[[], Any]) -> tuple[Callable[[], Any], Any]:
    return ask, ask()


def _sounds(spoken: Spoken, what: str) -> None:
    samples = spoken.sound.samples
    if samples.dtype != np.float32 or samples.ndim != 2 or samples.shape[0] != 1:
        raise broken(f"{what} it gave {samples.dtype} {samples.shape}")
    if samples.shape[1] == 0 or not np.isfinite(samples).all() or np.max(np.abs(samples)) < 1e-3:
        raise broken(f"{what} it gave silence, or values that are no numbers")
    if np.max(np.abs(samples)) > 1.0:
        raise broken(f"{what} its loudest sample is {np.max(np.abs(samples)):.2f}")


def _quiet(spoken: Spoken) -> tuple[Seconds, Seconds, Seconds]:
    """Seconds of silence (50 dB under the peak) before, after, and the longest inside."""
    loud = np.flatnonzero(np.abs(spoken.sound.mono) > 0.003 * np.max(np.abs(spoken.sound.samples)))
    rate, inside = spoken.sound.sample_rate, np.max(np.diff(loud), initial=0)
    return loud[0] / rate, (spoken.sound.samples.shape[1] - 1 - loud[-1]) / rate, inside / rate


def _edges(spoken: Spoken) -> None:
    before, after, _ = _quiet(spoken)
    if max(before, after) > EDGE:
        raise broken(f"there are {before:.2f} s before and {after:.2f} s after the words")


def _phonemes(spoken: Spoken) -> None:
    if not spoken.phonemes:
        raise left_out("it knows none")
    starts = [phoneme.start for phoneme in spoken.phonemes]
    if starts != sorted(starts) or starts[0] < 0 or spoken.phonemes[-1].end > spoken.sound.duration + 0.05:
        raise broken(f"they reach from {starts[0]:.2f} to {spoken.phonemes[-1].end:.2f} s")


def _refused(name: str, ask: Callable[..., Any], *given: Any) -> None:
    try:
        ask(*given)
    except BadInput:
        return
    raise broken(f"{ask.__name__}() took {name} text")


def _or_refused(ask: Callable[..., Any], *given: Any) -> Any | None:
    """The result, None where the adapter refuses by name; a crash is neither."""
    try:
        return ask(*given)
    except (BadInput, Unsupported):
        return None


def _odd(subject: Subject, voice: Voice, language: str, spoken: Spoken) -> None:
    plain = subject.adapter.speak("Good morning Anna", voice, language).sound.duration
    for name, odd in ODD.items():
        given = _or_refused(subject.adapter.speak, odd, voice, language)
        if given is None:
            continue
        _sounds(given, f"for {name}")
        if name == "newlines" and given.sound.duration < 0.6 * plain:
            raise broken(f"of a text with {name} it spoke only the beginning")
        if name == "markup" and _quiet(given)[2] > 3.0:
            raise broken("it obeyed markup instead of refusing or speaking it")


def _long(subject: Subject, voice: Voice, language: str) -> None:
    text = long_text(subject.long)
    given = _or_refused(subject.adapter.speak, text, voice, language)
    if given is None:
        return
    _sounds(given, "for a long text")
    least = NATURAL[0] * subject.adapter.estimate(text, voice, language)
    # Nobody speaks 40 letters a second: what is shorter was cut, whatever the estimate says.
    if given.sound.duration < max(least, len(text) / 40):
        raise broken(f"{len(text)} characters lasted {given.sound.duration:.0f} s: not all of them were spoken")


def _pair(subject: Subject) -> tuple[str, str]:
    source, _, target = (subject.languages or ("en-pt",))[0].partition("-")
    return source, target


def into_language(subject: Subject, target: str) -> list[list[str]]:
    return subject.adapter.translate([_line("1", "Good morning.")], "qab", target, {})  # type: ignore[no-any-return]


def _line(number: str, text: str) -> Line:
    return Line(id=number, start=0.0, end=2.0, text=text, speaker="A")


def translate(subject: Subject) -> None:
    """Clauses of the translate room."""
    clause, adapter = subject.report.clause, subject.adapter
    source, target = _pair(subject)
    texts = [sentence(source), "Anna.", sentence(source), "1984"]
    lines, glossary = [_line(str(i), text) for i, text in enumerate(texts)], {"journey": "trip"}

    def ask(count: int = len(lines)) -> Any:
        return adapter.translate(lines[:count], source, target, {})

    with clause("every declared pair is translated"):
        for pair in subject.languages or ("en-pt",):
            one, _, other = pair.partition("-")
            try:
                adapter.check(one, other)
                _worded(adapter.translate([_line("1", sentence(one))], one, other, {}), 1)
            except Missing as missing:
                subject.report.leave_out(f"'{pair}' is translated", str(missing))
    with clause("as many lines come out as went in, each with a wording"):
        for count in (len(lines), 1, 2):
            _worded(ask(count), count)
        subject.results["translate"] = (ask, ask())
    with clause("pairs of words lie in both texts"):
        text, said = texts[0], ask()[0][0]
        _inside(adapter.align(text, said, source, target), len(text.split()), len(said.split()))
    with clause("its input is not modified"):
        given, kept = list(lines), list(lines)
        adapter.translate(given, source, target, glossary, before=kept, after=kept)
        if given != lines or kept != lines or glossary != {"journey": "trip"}:
            raise broken("lines or glossary are others than before")
    with clause("text without a letter or digit is refused with BadInput or gets no words"):
        for name, odd in WORDLESS.items():
            answer = _or_refused(adapter.translate, [_line("1", odd)], source, target, {}) or [[]]
            invented = next((wording for wording in answer[0] if any(c.isalnum() for c in wording)), None)
            if invented is not None:
                raise broken(f"{name} text became {invented[:60]!r}")
    with clause("odd text is refused by name or translated in one line"):
        for odd in ODD.values():
            answer = _or_refused(adapter.translate, [_line("1", odd)], source, target, {})
            if answer is not None:
                _worded(answer, 1)
                _on_one_line(answer[0])
    with clause("long text is refused by name or translated to its end"):
        _long_translated(subject, source, target)


def _worded(answer: Any, count: int) -> None:
    if len(answer) != count:
        raise broken(f"{count} lines went in and {len(answer)} came out")
    for wordings in answer:
        if isinstance(wordings, str) or not wordings or not all(isinstance(w, str) and w.strip() for w in wordings):
            raise broken(f"a line became {wordings!r}; wanted a list of wordings")


def _inside(pairs: Sequence[tuple[int, int]], words: int, said: int) -> None:
    """Places of words, none beyond the last."""
    beyond = next(((i, j) for i, j in pairs if not (0 <= i < words and 0 <= j < said)), None)
    if beyond is not None:
        raise broken(f"it pairs words {beyond[0]} and {beyond[1]} of texts with {words} and {said}")


def _on_one_line(wordings: Sequence[str]) -> None:
    """Subtitles and programs that read a line a text would take a line break inside for the end."""
    parted = next((wording for wording in wordings if len(wording.splitlines()) > 1), None)
    if parted is not None:
        raise broken(f"a wording has a line break in it: {parted[:60]!r}")


def _long_translated(subject: Subject, source: str, target: str) -> None:
    text = long_text(subject.long)
    answer = _or_refused(subject.adapter.translate, [_line("1", text)], source, target, {})
    if answer is None:
        return
    _worded(answer, 1)
    last = max(int(word) for word in text.split() if word.isdigit())
    # Scripts differ in length; what has lost its last sentence has lost its number too.
    if len(answer[0][0]) < len(text) / 5 or str(last) not in answer[0][0]:
        raise broken(f"{len(text)} characters became {len(answer[0][0])}, without the last line's number")
