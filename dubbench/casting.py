"""Who gets which voice: a preset for every speaker, by sex and pitch, each its own. No models, no sound."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping, Sequence

from dubbench import consents, memory
from dubbench.errors import BadInput
from dubbench.stages.speak import Speak
from dubbench.types import Dub, Flag, Voice
from dubbench.voices import file as voice_file

ROOM = "casting"


def with_voices(dub: Dub) -> Dub:
    """The dub with a voice, yet without a preset, for every speaker who has none."""
    known = {voice.speaker for voice in dub.voices}
    new = (Voice(id=label, speaker=label) for label in dub.speakers if label not in known)
    return dub.but(voices=(*dub.voices, *new))


def cast_voices(
    dub: Dub, speak: Speak, wishes: Mapping[str, str], *, remembered: Mapping[str, str] | None = None
) -> Dub:
    """Every speaker with a preset of `speak` for all of their lines; wishes (speaker to preset or voice file) first.

    Then come voices `remembered` from other films, then stay those that were cast before and are still known; then
    chooses who has most to say: the likely sex, the nearest pitch, nobody else's. Where a language has too few, a voice
    of another language that reads it well is borrowed, and where those run out a voice is shared; both are flagged, as
    is a remembered voice that the model has no more. Nothing is chosen for a model without presets. Raises BadInput
    for an unknown speaker or preset, or a voice file that is none or of another model; Refused where somebody would be
    imitated without their consent.
    """
    dub = with_voices(dub).flagged(ROOM)
    offered = speak.presets(dub.target_language)
    asked = {**_edited(dub, speak), **wishes}
    fitted = _fitted(dub, speak, asked, remembered or {})
    _checked(dub, speak, offered, {label: preset for label, preset in asked.items() if label not in fitted})
    if speak.clones:
        consents.check_clones(dub)
    if not offered:
        return dub
    known = {x: preset for x, preset in (remembered or {}).items() if _is_known(preset, speak, offered)}
    lost = {x: p for x, p in (remembered or {}).items() if x not in known and x not in wishes and x not in fitted}
    named = {label: preset for label, preset in {**known, **wishes}.items() if label not in fitted}
    chosen = {**{label: _named(preset, speak, offered) for label, preset in named.items()}, **fitted}
    for voice in dub.voices:
        if voice.speaker in dub.speakers and voice.speaker not in chosen and _kept(voice, dub, speak, offered):
            chosen[voice.speaker] = _named(voice.preset or "", speak, offered)
    for label in sorted(dub.speakers, key=lambda label: -_seconds(dub, label)):
        if label not in chosen:
            chosen[label] = _chosen(_voice(dub, label), offered, tuple(chosen.values()))
    language = dub.target_language
    voices = tuple(_dressed(v, chosen[v.speaker], language) if v.speaker in chosen else v for v in dub.voices)
    made = dub.by(ROOM, speak.name, _key(voices))
    flags = [*_flags({x: chosen[x] for x in dub.speakers}, language), *_lost(lost, speak)]
    return dub.but(voices=voices, made_by=made).flagged(ROOM, *flags)


def was_edited(dub: Dub) -> bool:
    """Whether voices stand in the dub that nobody cast: a person wrote them."""
    made = dub.made_by.get(ROOM)
    cast = made is not None and made.key == _key(dub.voices)
    return not cast and any(voice.preset for voice in dub.voices if voice.speaker in dub.speakers)


def _key(voices: Sequence[Voice]) -> str:
    return memory.key(voices=[[voice.speaker, voice.preset] for voice in voices])


def _fitted(dub: Dub, speak: Speak, asked: Mapping[str, str], remembered: Mapping[str, str]) -> dict[str, Voice]:
    """Who wears a fitted voice: as they are asked to, in this dub already, or by what is remembered of them.

    A file that is wished for must be there; one that is only remembered counts as lost where it is gone, and a voice
    that the dub has already needs its file no more, which is read where it is there, for the consent may have been
    taken back in it.
    """
    found = {x: voice_file.opened(wish) for x, wish in asked.items() if voice_file.is_file(wish)}
    own = {v.speaker: v for v in dub.voices if voice_file.is_fitted(v, speak.name) and v.speaker in dub.speakers}
    for label, voice in own.items():
        if asked.get(label, voice.preset) == voice.preset:
            found[label] = voice_file.again(voice)
    for label, path in remembered.items():
        if label not in asked and voice_file.is_file(path) and voice_file.found(path).is_file():
            found[label] = voice_file.opened(path)
    for label, voice in found.items():
        _wearable(voice, speak)
        consents.check_fitted(voice, dub.voice_of(label))
    return found


def _wearable(voice: Voice, speak: Speak) -> None:
    if set(voice.blend or ()) != set(speak.blends):
        wearing = "wears no fitted voices" if not speak.blends else f"wants blends of {' and '.join(speak.blends)}"
        raise BadInput(f"model '{speak.name}' cannot speak as '{voice.preset}': it {wearing}; choose another voice")


def _lost(lost: Mapping[str, str], speak: Speak) -> list[Flag]:
    detail = "{} had '{}', which model '{}' does not have; another voice was chosen"
    return [Flag(room=ROOM, name="lost-voice", detail=detail.format(x, v, speak.name)) for x, v in lost.items()]


def _edited(dub: Dub, speak: Speak) -> dict[str, str]:
    """Presets in the dub that only a person can have written: another model's are cast anew without a word."""
    made = dub.made_by.get(ROOM)
    if made is not None and made.model != speak.name:
        return {}
    heard = (voice for voice in dub.voices if voice.speaker in dub.speakers and voice.preset)
    return {v.speaker: v.preset or "" for v in heard if v.language in (None, dub.target_language)}


def _checked(dub: Dub, speak: Speak, offered: Sequence[Voice], wishes: Mapping[str, str]) -> None:
    for label, preset in wishes.items():
        if label not in dub.speakers:
            raise BadInput(f"nobody is called '{label}' here; the speakers are: {', '.join(dub.speakers) or 'none'}")
        if not offered:
            raise BadInput(f"model '{speak.name}' has no voices to choose from")
        _refuse(preset, speak, offered, dub.target_language)


def _refuse(preset: str, speak: Speak, offered: Sequence[Voice], language: str) -> None:
    if _is_known(preset, speak, offered):
        return
    names = [voice.preset or voice.id for voice in offered]
    near = difflib.get_close_matches(preset, _names(speak, offered), 1)
    hint = f" (did you mean '{near[0]}'?)" if near else ""
    raise BadInput(f"model '{speak.name}' has no voice '{preset}'{hint}; for '{language}' it has: {', '.join(names)}")


def _names(speak: Speak, offered: Sequence[Voice]) -> dict[str, Voice]:
    """Voices by name: those of every language where the model lets voices read other languages than their own, and
    those that only blends were offered of."""
    own = {voice.language for voice in offered}
    others = (v for code in speak.languages if code != "*" for v in speak.presets(code)) if len(own) > 1 else ()
    names = {voice.preset or voice.id: voice for voice in (*offered, *others)}
    for voice in offered:
        for part in _parts(voice.preset or ""):
            names.setdefault(part, voice.but(id=part, name=part, preset=part, pitch_hz=None))
    return names


def _parts(preset: str) -> dict[str, float]:
    """Names and numbers of a preset: "pf_dora:0.6+af_bella:0.4" is a blend, "de-DE:0.6" a changed voice."""
    found = [re.fullmatch(r"\s*([^:+]+?)\s*(?::(\d*\.?\d+))?\s*", part) for part in preset.split("+")]
    return {m[1]: float(m[2] or 1) for m in found if m} if all(found) else {}


def _is_known(preset: str, speak: Speak, offered: Sequence[Voice]) -> bool:
    names = _names(speak, offered)
    parts = _parts(preset)
    return preset in names or (bool(parts) and all(name in names and share > 0 for name, share in parts.items()))


def _named(preset: str, speak: Speak, offered: Sequence[Voice]) -> Voice:
    """The voice of a preset; a blend has the sex and language of its largest share."""
    names = _names(speak, offered)
    if preset in names:
        return names[preset]
    parts = _parts(preset)
    return names[max(parts, key=lambda name: parts[name])].but(id=preset, name=preset, preset=preset, pitch_hz=None)


def _kept(voice: Voice, dub: Dub, speak: Speak, offered: Sequence[Voice]) -> bool:
    """Whether somebody's voice stays: cast for this language, or chosen by a person in dub.json, and still known."""
    if voice.preset is None or (voice.language and voice.language != dub.target_language):
        return False
    return _is_known(voice.preset, speak, offered)


def _chosen(person: Voice, offered: Sequence[Voice], taken: Sequence[Voice]) -> Voice:
    """The best voice for somebody: free before native, native before borrowed, then near in pitch, then the first.

    Another sex is a last resort: better one voice twice than a man with a woman's. Embeddings are not asked: between
    11 real speakers and five presets of their sex the cosines are -0.08 to 0.40, and which of two presets is the
    nearer is answered alike by two pieces of one recording in 84 % of pairs (half would be chance; most pieces are
    telephone prompts). So the answer is rather steady; that a listener would give it is not shown.
    """
    home = offered[0].language
    used = [voice.preset for voice in taken]

    def cost(voice: Voice) -> tuple[bool, int, bool, float]:
        wrong = person.sex is not None and voice.sex is not None and voice.sex != person.sex
        return wrong, used.count(voice.preset), voice.language != home, _octaves(person, voice)

    return min(offered, key=cost)


def _octaves(person: Voice, voice: Voice) -> float:
    """How far apart two voices lie; 0 where either is unknown."""
    return abs(math.log2(voice.pitch_hz / person.pitch_hz)) if voice.pitch_hz and person.pitch_hz else 0.0


def _flags(chosen: Mapping[str, Voice], language: str) -> list[Flag]:
    """Who borrows a voice of another language, and who has one that somebody before them has."""
    flags: list[Flag] = []
    first: dict[str | None, str] = {}
    for label, voice in chosen.items():
        if voice.language and voice.language != language:
            detail = f"{label} is read by '{voice.preset}', whose own language is '{voice.language}'"
            flags.append(Flag(room=ROOM, name="borrowed-voice", detail=detail))
        if voice.preset in first:
            detail = f"{label} shares '{voice.preset}' with {first[voice.preset]}; choose with --voice {label}=NAME"
            flags.append(Flag(room=ROOM, name="shared-voice", detail=detail))
        first.setdefault(voice.preset, label)
    return flags


def _dressed(person: Voice, preset: Voice, language: str) -> Voice:
    """The speaker's voice wearing a preset, cast for `language`; their own pitch, sex and reference stay."""
    name, consent = person.name or preset.name, preset.consent or person.consent
    return person.but(
        preset=preset.preset, blend=preset.blend, file=preset.file, name=name, licence=preset.licence,
        consent=consent, language=language,
    )  # fmt: skip


def _voice(dub: Dub, label: str) -> Voice:
    return next(voice for voice in dub.voices if voice.speaker == label)


def _seconds(dub: Dub, label: str) -> float:
    return sum(line.end - line.start for line in dub.lines if line.speaker == label)
