"""What small translation models garble by habit, put right from the source: marks, numbers, capitals, ends.

Never a word of sense, save the few of Portuguese that these models always get wrong.
"""

from __future__ import annotations

import re

from dubbench.text import numerals

_CLOSED = re.compile(r"[\"'”’»)\]]*([.!?…]+)?[\"'”’»)\]]*$")

_INTERJECTIONS = (("Yeah", "Sim"), ("yeah", "sim"), ("Yep", "Sim"), ("Wow", "Uau"), ("wow", "uau"), ("Hey", "Ei"))
"""What is left in English now and then in the midst of a line."""


def plain(sentence: str) -> str:
    """Quotes and spaces the model knows: typographic ones come back as noise ("‘hello’" as "Ohello")."""
    sentence = re.sub(r"(?<!\w)[‘'](?=\w)([^‘’']*)[’'](?!\w)", r'"\1"', sentence)
    return re.sub(r"[“”„«»]", '"', re.sub(r"[‘’ʼ]", "'", sentence)).replace("…", "...")


def without_hesitation(sentence: str, language: str) -> str:
    """English without "um" and "uh", which models take for words ("um" is Portuguese for "a"); never nothing."""
    if language != "en":
        return sentence
    kept = re.sub(r"(?:,\s*)?\b(?<![-'])(?:um+|uh+|erm+)\b(?![-'])(,?)", r"\1", sentence, flags=re.IGNORECASE)
    kept = " ".join(re.sub(r"^[\s,.…]+", "", kept).split())
    if kept == sentence or not any(char.isalnum() for char in kept):
        return sentence
    return kept[:1].upper() + kept[1:] if sentence[:1].isupper() else kept


def mended(out: str, source_text: str, source: str, target: str) -> str:
    """What a model garbles by habit put right from the source: marks, numbers, capitals, ends."""
    if "(" in out and "(" not in source_text:
        out = re.sub(r"\s*\([^)]*\)?", "", out)
    out = re.sub(r"\b(US|R) ?\$ ?(?=\d)", r"\1$ ", numerals.agreed(out, source_text, source, target))
    if target == "pt":
        out = _portuguese(out, source_text)
    if "—" in source_text or "–" in source_text:
        out = out.replace(" - ", " — ")
    return _ended(_begun(out.strip(), source_text), source_text)


def _portuguese(out: str, source_text: str) -> str:
    out = re.sub(r"\b(\d+)([oa])\b", lambda m: m[1] + ("º" if m[2] == "o" else "ª"), out)
    if not re.search(r"member|deput|parliament|hono", source_text, re.IGNORECASE):
        out = re.sub(r"\b([Ss]enhoras) e Senhores Deputados\b", r"\1 e senhores", out)
        out = re.sub(r"(?<=, )Senhoras e senhores\b", "senhoras e senhores", out)
    if re.search(r"\bwhat\b.*\b(?:talking|speaking) about\b", source_text, re.IGNORECASE):
        out = re.sub(r"\b([Oo]) que (?=\w+ est\w+ falando)", lambda m: f"{'D' if m[1] == 'O' else 'd'}o que ", out)
    if re.search(r"\bhow are you doing\b", source_text, re.IGNORECASE):
        out = re.sub(r"\b([Cc]omo você está) (?:fazendo|indo)\b", r"\1", out)
    out = re.sub(r"\b(aqui|aí|ali|lá|cá) em baixo\b", r"\1 embaixo", out)
    # Somebody says who they are; what has a Portuguese name of its own (countries) is left alone.
    for name in re.findall(r"\b[Tt]his is ([A-Z][\w'’-]+)\b", source_text):
        itself = rf"\b(?:([EI])|[ei])(?:st[ea]|sto|sso) é (?:[oa] )?(?={re.escape(name)}\b)"
        out = re.sub(itself, lambda m: "Aqui é " if m[1] else "aqui é ", out)
    for english, said in _INTERJECTIONS:
        out = re.sub(rf"\b{english}\b(?=[,.!?…]|$)", said, out)
    return re.sub(r"^(Oh|Ah) (?=\w)", r"\1, ", out)


def _begun(out: str, source_text: str) -> str:
    """The first letter in the source's case, unless its word is written so in the source."""
    at = next((i for i, char in enumerate(out) if char.isalpha()), None)
    first = next((char for char in source_text if char.isalpha()), "")
    word = re.match(r"\w+", out[at:]) if at is not None else None
    if at is None or word is None or word[0] in source_text.split() or (word[0].isupper() and len(word[0]) > 1):
        return out
    letter = out[at].lower() if first.islower() else out[at].upper()
    return out[:at] + letter + out[at + 1 :]


def _ended(out: str, source_text: str) -> str:
    """The sentence's final mark as in the source; commas and clause marks stay where the model put them."""
    wanted, given = _CLOSED.search(source_text), _CLOSED.search(out)
    if wanted is None or given is None:
        return out
    mark, has = wanted[1] or "", given[1] or ""
    if mark.replace("…", "...") == has.replace("…", "...") or (not mark and source_text[-1:] in ",;:—-"):
        return out
    if not mark:
        return out[: given.start()] + given[0].replace(has, "") if has == "." else out
    if has:
        return out[: given.start()] + given[0].replace(has, mark)
    return out.rstrip(" ,;:") + mark


__all__ = ["mended", "plain", "without_hesitation"]
