"""What Apertium leaves undone between Spanish and Portuguese, mended by rule before it and after.

Each rule answers one fault seen in its output on spoken sentences. Text that shows no such fault comes back unchanged.
A word the source lexicon does not know passes through Apertium as it is: that is how a rule settles a word beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dubbench.text import sentences

_Rules = Sequence[tuple[str, str]]

_FUTURE = {
    "quiser": "quer", "puder": "pode", "tiver": "tem", "estiver": "está", "fizer": "faz", "vier": "vem",
    "disser": "diz", "souber": "sabe", "houver": "há", "der": "dá", "precisar": "precisa", "gostar": "gosta",
}  # fmt: skip
_PLURAL = {"quer": "querem", "faz": "fazem", "diz": "dizem", "vem": "vêm", "tem": "têm", "está": "estão", "dá": "dão"}
"""After "se" Portuguese has a future subjunctive where Spanish has the present; Apertium makes "si quiera" of it."""

_BEFORE: dict[str, _Rules] = {
    "pt-es": (
        (r"\b([Vv])imos\b", r"\1ímos"), (r"\bleste\b", "este"), (r"\bLeste\b", "Este"),
        (r"\bfone de ouvido\b", "auricular"), (r"\bfones de ouvido\b", "auriculares"),
        (r"\bvá em frente\b", "adelante"), (r"\bVá em frente\b", "Adelante"),
    ),
    "es-pt": (
        (r"\b([Nn]o|[Yy]o|[Ll]o|[Yy]a|que) sé\b", r"\1 sei"), (r"^Vale,", "Está bien,"), (r"^Pues,", "Bueno,"),
        (r"\bLo siento(?: mucho)?(?=[,.!?…]|$| pero\b)", "Sinto muito"),
        (r"\blo siento(?: mucho)?(?=[,.!?…]|$| pero\b)", "sinto muito"),
        (r"\ba cambio de\b", "em troca de"),
        (r"\b([Uu])n solo (?=\w)", r"\1m só "), (r"\b([Uu])na sola (?=\w)", r"\1ma só "),
    ),
}  # fmt: skip
_AFTER: dict[str, _Rules] = {
    "pt-es": (
        (r"\b([Vv])ímos\b", r"\1imos"), (r"\bóptim(o|a|os|as)\b", r"estupend\1"),
        (r"\bÓptim(o|a|os|as)\b", r"Estupend\1"), (r"\b([Aa])lguna cosa\b", r"\1lgo"),
        (r", no (?:es|eres|son|fue|fueron|está|están)\?", ", ¿no?"), (r"\bpor cerca de\b", "durante cerca de"),
        (r"\b(me|te|se|lo|la|le|nos|los|las|les) \1\b", r"\1"), (r"^Ei,", "Eh,"),
        (r"\b(\w+)á-l([oa]s?)\b", r"\1arl\2"), (r"\b(\w+)ê-l([oa]s?)\b", r"\1erl\2"),
    ),
    "es-pt": (
        (r"\bMuitas graças\b", "Muito obrigado"), (r"\bmuitas graças\b", "muito obrigado"),
        (r"\bGraças\b(?! a| ao| à| às)", "Obrigado"), (r"\bgraças\b(?! a| ao| à| às)", "obrigado"),
        (r"\b([Bb])ons dias\b", r"\1om dia"), (r"\b([Bb])oas (tarde|noite)s\b", r"\1oa \2"),
        (r"\bFaz favor\b", "Por favor"), (r"\bfaz favor\b", "por favor"),
        (r"\bQue bem\b", "Que bom"), (r"\b([Nn]ão) o sei\b", r"\1 sei"), (r"\bum (?=\d+ ?%)", ""), (r"(?<=\d) %", "%"),
        # "La consola" is taken for a verb and its pronoun; after a preposition or before a verb it is none.
        (r"\bde (\w+[aeo])-([ao]s?)\b", r"d\2 \1"), (r"\bem (\w+[aeo])-([ao]s?)\b", r"n\2 \1"),
        (r"\bpor (\w+[aeo])-([ao]s?)\b", r"pel\2 \1"), (r"\ba (\w+[aeo])-o(s?)\b", r"ao\2 \1"),
        (r"\ba (\w+[aeo])-a(s?)\b", r"à\2 \1"),
        (r"\b(com|para|sem|sobre|entre|contra|até) (\w+[aeo])-([ao]s?)\b", r"\1 \3 \2"),
        (r"\b([^\W\dA-Z]\w*[aeo])-([ao]s?) (?=(?:não )?(?:está|estão|é|são|foi|foram|tem|têm)\b)", r"\2 \1 "),
    ),
}  # fmt: skip

_FIRST_PERSON = {
    "dijo": "dije", "trajo": "traje", "supo": "supe", "quiso": "quise", "hizo": "hice", "pudo": "pude", "tuvo": "tuve",
    "estuvo": "estuve", "vino": "vine", "puso": "puse", "cupo": "cupe",
}  # fmt: skip
"""Portuguese "disse" is first and third person; Apertium takes the third even after "eu"."""

_ASKING = {
    "que": "qué", "quien": "quién", "quienes": "quiénes", "como": "cómo", "cuando": "cuándo", "donde": "dónde",
    "cual": "cuál", "cuales": "cuáles", "cuanto": "cuánto", "cuanta": "cuánta", "cuantos": "cuántos",
}  # fmt: skip
_TO_USTED = {"te lo": "se lo", "te la": "se la", "te los": "se los", "te las": "se las", "te": "le", "tu": "su",
             "tus": "sus", "ti": "usted", "contigo": "con usted"}  # fmt: skip
_WITH_TE = (
    r"\b(decir|ver|ayudar|dar|llamar|mostrar|contar|preguntar|hablar|esperar|enseñar|explicar|pedir|hacer|traer|llevar|"
    r"conocer)te\b"
)
_LEAD = r"(?:(?:(?:Eh|Hola|Bien|Bueno|Entonces|Oh|Ah|Perdón|Disculpe|No|Sí|Está bien|De acuerdo),|Pero\b)\s+(?=\S))?"
_TAG = re.compile(r",\s*(?=(?:no|verdad|cierto|de acuerdo|sí|eh|vale)\?+$)", re.IGNORECASE)
_KNOWING = (
    r"\b(s[eé]|sabes?|saben|saber|sabía|mostrar\w*|explicar\w*|pregunt\w+|entiend\w+|dime|dígame|ver|averiguar"
    r"|descubrir)"
)
_PEOPLE = "yo|él|ella|usted|nosotros|ellos|ellas|ustedes"


def before(text: str, pair: str) -> str:
    """A sentence as Apertium should be asked it."""
    if pair == "pt-es":
        text = re.sub(r"\b([Ss]e) ((?:você|ele|ela) )?(\w+r)(em)?\b", _present, text)
    return _applied(text, _BEFORE.get(pair, ()))


def after(text: str, pair: str) -> str:
    """A translation with its residue mended, sentence by sentence."""
    text = _applied(text, _AFTER.get(pair, ()))
    if pair != "pt-es":
        return text
    return " ".join(_spanish(sentence) for sentence in sentences.split(_polite(text), "es"))


def _applied(text: str, rules: _Rules) -> str:
    for pattern, replacement in rules:
        text = re.sub(pattern, replacement, text)
    return text


def _present(match: re.Match[str]) -> str:
    verb = _FUTURE.get(match[3])
    if verb is None:
        return match[0]
    return f"{match[1]} {match[2] or ''}{_PLURAL.get(verb, verb + 'm') if match[4] else verb}"


def _polite(text: str) -> str:
    """One form of address: where a line says "usted", its "te" and "tu" become "le" and "su"."""
    if not re.search(r"\busted\b", text, re.IGNORECASE):
        return text
    text = re.sub(_WITH_TE, r"\1le", text)
    for familiar, polite in _TO_USTED.items():
        text = re.sub(rf"\b{familiar}\b", polite, text)
        text = re.sub(rf"\b{familiar.capitalize()}\b", polite.capitalize(), text)
    return text


def _spanish(sentence: str) -> str:
    sentence = _first_person(sentence)
    sentence = re.sub(_KNOWING + rf"( usted)? ({'|'.join(_ASKING)})\b(?<!que)", _indirect, sentence)
    sentence = re.sub(r"\b(dónde|cómo|cuándo) (él|ella|ellos|ellas) (\w+)(?=[?.!,]|$)", r"\1 \3 \2", sentence)
    sentence = _once(_opened(sentence))
    return _asked(sentence)


def _first_person(sentence: str) -> str:
    forms = "|".join(_FIRST_PERSON)
    between = r"(?:(?:no|nunca|jamás|ya|también|solo|siempre|te|le|les|lo|la|los|las|me|se|os|nos) )*"
    return re.sub(rf"\b([Yy]o {between})({forms})\b", lambda m: m[1] + _FIRST_PERSON[m[2]], sentence)


def _indirect(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2] or ''} {_ASKING[match[3]]}"


def _opened(sentence: str) -> str:
    """With ¿ or ¡ where a question or an exclamation begins: after a greeting, before a tag, else at the start."""
    closed = re.search(r"([?!])[?!]*[\"'”»)]*$", sentence)
    mark = closed and {"?": "¿", "!": "¡"}[closed[1]]
    if not mark or mark in sentence:
        return sentence
    tag = _TAG.search(sentence)
    if mark == "¿" and tag:
        return f"{sentence[: tag.end()]}¿{sentence[tag.end() :]}"
    late = re.search(
        rf",\s+(?=(?:a |de |con |por |para |en )?(?:{'|'.join(_ASKING)}|{'|'.join(_ASKING.values())})\b[^,]*\?+$)",
        sentence,
    )
    start = re.match(rf"[\"'“«(—–-]*\s*{_LEAD if mark == '¿' else ''}", sentence)
    at = late.end() if mark == "¿" and late else start.end() if start else 0
    return sentence[:at] + mark + sentence[at:]


def _asked(sentence: str) -> str:
    """The words of a question: accented, and without a "usted" before the verb, where Spanish puts none."""
    if "¿" not in sentence:
        return sentence
    head, _, question = sentence.partition("¿")
    question = re.sub(r"^([Dd]e)l que\b", r"\1 qué", question)
    question = re.sub(r"^Lo que\b", "Qué", re.sub(r"^lo que\b", "qué", question))
    words = "|".join([*_ASKING, *(word.capitalize() for word in _ASKING)])
    question = re.sub(rf"^((?:[Aa]|[Dd]e|[Cc]on|[Pp]or|[Pp]ara|[Ee]n|[Ss]obre) )?({words})\b", _accented, question)
    asking = "|".join([*_ASKING.values(), *(word.capitalize() for word in _ASKING.values())])
    question = re.sub(rf"^((?:\w+ )?(?:{asking})) (?:usted|yo) ", r"\1 ", question)
    question = re.sub(r"^(Usted|usted) (?=\S)(\w)", lambda m: m[2].upper() if m[1] == "Usted" else m[2], question)
    return f"{head}¿{question}"


def _accented(match: re.Match[str]) -> str:
    word = _ASKING[match[2].lower()]
    return (match[1] or "") + (word.capitalize() if match[2][0].isupper() else word)


def _once(sentence: str) -> str:
    """A pronoun said again after a conjunction is dropped where nobody else came between: the verb tells it."""
    last, parts, end = "", [], 0
    for match in re.finditer(rf"\b({_PEOPLE})\b", sentence, re.IGNORECASE):
        pronoun = match[1].lower()
        joined = re.search(r"\b(?:que|porque|cuando|si|pero|donde|como|dónde|cómo) $", sentence[: match.start()])
        follows = re.match(r" \w", sentence[match.end() :])
        if joined and follows and pronoun == last and match[1].islower():
            parts.append(sentence[end : match.start()])
            end = match.end() + 1
        last = pronoun
    return "".join(parts) + sentence[end:]


__all__ = ["after", "before"]
