"""Nobody's voice is imitated without their consent: who gave it, and what is refused without it or once withdrawn.

A model that clones speaks with the original speaker's voice; a fitted voice (`voices`) imitates somebody it was fitted
to.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

from dubbench import languages
from dubbench.errors import BadInput, Refused
from dubbench.types import Consent, Dub, Voice


def given(dub: Dub, consents: Mapping[str, str]) -> Dub:
    """The dub, whose speakers all have a voice, with who gave consent for which. Raises BadInput for unknown speakers.

    Today is noted, and this film and language as what it is for. A consent that is in the dub already stays.
    """
    for label in consents:
        if label not in dub.speakers:
            raise BadInput(f"nobody is called '{label}' here; the speakers are: {', '.join(dub.speakers) or 'none'}")
    today = datetime.date.today().isoformat()
    purpose = f"{Path(dub.source.path).name} in {languages.name(dub.target_language)}"

    def told(voice: Voice) -> Voice:
        if voice.speaker not in consents or voice.consent:
            return voice
        return voice.but(consent=Consent(who=consents[voice.speaker], when=today, purpose=purpose))

    return dub.but(voices=tuple(told(voice) for voice in dub.voices))


def check_clones(dub: Dub) -> None:
    """Refuse to clone who did not allow it, or took it back. Raises Refused."""
    for voice in dub.voices:
        if voice.speaker not in dub.speakers or not voice.reference:
            continue
        name = voice.name or voice.speaker
        other = "or choose a model that brings its own voices: --model speak=kokoro"
        if voice.consent is None:
            raise Refused(
                f"this model would clone {name}, who has not consented as far as the dub knows; say who did: "
                f"--consent {voice.speaker}='THEIR NAME', {other}"
            )
        if voice.consent.withdrawn:
            raise Refused(
                f"{name} took back the consent to use their voice on {voice.consent.withdrawn}, and this model would "
                f"clone it; leave their lines out, {other}"
            )


def check_fitted(voice: Voice, person: Voice | None) -> None:
    """Refuse a fitted voice of whoever took their consent back: in the voice, or where the project remembers them.

    Raises Refused.
    """
    for known in (voice, person):
        if known is not None and known.consent is not None and known.consent.withdrawn:
            raise Refused(
                f"{known.consent.who} took back the consent to use their voice on {known.consent.withdrawn}, and "
                f"'{voice.preset}' imitates them; choose another: --voice SPEAKER=NAME"
            )
