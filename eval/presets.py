"""How well preset voices are understood, and how high they are: what the presets of `kokoro.json` are chosen by.

    python eval/presets.py LANGUAGE [PRESET ...]      without any, those that Kokoro offers for the language

Each reads sentences, a few of which an ear (Whisper base) hears one after the other; words are counted, numbers spelled
out. The ear errs by itself in two or three words of a hundred.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import dubbench
from dubbench import pitch
from dubbench.stages.spoken import Spoken, joined
from dubbench.text import spelling
from dubbench.types import Voice
from eval.sentences import LINES

TOGETHER, REST = 3, 0.6
"""Sentences that the ear hears at once, and seconds between them: beyond half a minute it drops some by itself."""

MORE: dict[str, tuple[str, ...]] = {
    "es": (
        "Mañana iremos al mercado a comprar fruta y verdura.",
        "¿Has visto mis llaves en alguna parte?",
        "El médico dijo que debía descansar unos días.",
        "Nunca había oído una historia tan extraña.",
        "Los vecinos organizaron una fiesta en la plaza.",
        "Cierra la ventana, por favor, que hace frío.",
        "Mi hermano trabaja en una fábrica de muebles.",
        "No entiendo por qué te enfadas conmigo.",
        "La profesora explicó la lección dos veces.",
        "El perro corría detrás de la pelota.",
        "Tengo que entregar el informe antes del viernes.",
        "¡Qué sorpresa encontrarte aquí!",
        "Los científicos estudian el fondo del océano.",
        "Ayer perdimos el autobús y llegamos tarde.",
        "Dicen que el invierno será muy duro.",
        "¿Cuánto cuesta el billete de ida y vuelta?",
        "Ella guardó las cartas en una caja vieja.",
        "Después de la guerra reconstruyeron el puente.",
        "El niño preguntó si podía jugar fuera.",
        "La música sonaba muy fuerte en el salón.",
        "Hay que encontrar una solución cuanto antes.",
        "Siempre desayunamos juntos los domingos.",
        "Su abuelo le enseñó a pescar en el río.",
        "El gobierno anunció nuevas medidas esta semana.",
    )
}
"""Where voices differ little, more sentences than those of `eval/sentences.py`."""


def misheard(ear: Any, texts: Sequence[str], spoken: Sequence[Spoken], language: str) -> spelling.Errors:
    """The words that an ear gets wrong of sentences, a few of which it hears one after the other."""
    errors = spelling.Errors()
    for first in range(0, len(texts), TOGETHER):
        some = slice(first, first + TOGETHER)
        sound = joined(spoken[some], [REST] * len(spoken[some])).sound
        errors += spelling.wer(" ".join(texts[some]), ear.hear(sound, language).text, language)
    return errors


def rows(language: str, presets: Sequence[str]) -> Iterator[str]:
    speak: Any = dubbench.load("kokoro").ready()
    ear: Any = dubbench.load("whisper-base").ready()
    texts = (*LINES[language], *MORE.get(language, ()))
    yield f"{'preset':36}{'sentences':>10}{'words':>7}{'misheard':>10}{'Hz':>6}"
    for preset in presets or [voice.preset for voice in speak.presets(language)]:
        spoken = [speak.speak(text, Voice(id=preset, preset=preset), language) for text in texts]
        errors = misheard(ear, texts, spoken, language)
        hertz = np.median(np.concatenate([pitch.pitches(one.sound) for one in spoken]))
        yield f"{preset:36}{len(texts):>10}{errors.length:>7}{errors.rate:>10.1%}{hertz:>6.0f}"


def main(arguments: Sequence[str]) -> None:
    if not arguments or arguments[0] not in LINES:
        sys.exit(f"say which language: {', '.join(LINES)}")
    for row in rows(arguments[0], arguments[1:]):
        print(row, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
