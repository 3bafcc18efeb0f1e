"""Subtitles as cues: SRT and VTT read and written. Words are never changed; what the cues are for is not known here.

One reader serves both forms, for they differ in the header, the decimal mark and the tags. It is our own because the
readers on the registry skip what they do not understand, and a skipped cue would be a line that is never spoken.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from dubbench import textfiles
from dubbench.errors import BadInput
from dubbench.types import Noun, Seconds

WIDTH = 42
"""Characters a line, full-width ones counted twice; two lines a cue (the usual limit of broadcasters)."""
FASTEST = 21.0
"""Characters a second above which a cue is gone before it is read (TED Translators, "Cheat-sheet"; Latin script)."""

_ENDS, _PAUSES = tuple(".!?…。！？"), tuple(",;:—，、；：")
_LEADING = {
    "en": "a an the of to in on at by for from with into about as than and or but nor if that because when while "
          "i you he she it we they my your his her its our their this these those who which what very not no is are",
    "pt": "o a os as um uma uns umas de do da dos das em no na nos nas ao aos à às por pelo pela pelos pelas com sem "
          "para pra pro sobre entre até e ou mas nem que se porque quando como eu tu você ele ela nós vocês eles elas "
          "me te lhe meu minha seu sua este esta esse essa não muito mais é são num numa",
    "es": "el la los las un una unos unas lo de del en al por con sin para sobre entre hasta y e o u pero ni que si "
          "porque cuando como yo tú usted él ella nosotros ellos ellas me te se le les mi tu su sus este esta ese esa "
          "no muy más es",
    "fr": "le la les un une des du de à au aux en dans par pour avec sans sur sous et ou mais ni que qui si "
          "parce quand comme je tu il elle on nous vous ils elles me te se ne mon ma mes ton ta tes son sa ses ce "
          "cette ces très plus est",
    "it": "il lo la i gli le un uno una di del della dei delle a al alla ai alle da dal dalla in nel nella con su sul "
          "sulla per tra fra e o ma né che se perché quando come io tu lui lei noi voi loro mi ti si ci vi non molto "
          "più mio mia suo sua questo questa è",
    "de": "der die das den dem des ein eine einen einem einer in im an am auf aus bei mit nach von vom zu zum zur für "
          "über unter und oder aber dass wenn weil als wie ich du er sie es wir ihr mein meine sein seine nicht sehr",
}  # fmt: skip
_LEADS = frozenset(word for words in _LEADING.values() for word in words.split())
"""Articles, prepositions, conjunctions and pronouns, which lean on the word that follows: no row ends with one where it
can be helped (86 of 383 rows of real dubs did when only evenness counted, 8 now). A cue does not know its language, and
the few words that are others elsewhere do no harm."""

_TIME = r"(?:(\d{1,7}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMES = re.compile(rf"^{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$")
# The beginning of a timing row, well-formed or not; an arrow in the middle of a sentence is none.
_ARROW = re.compile(r"[\d:.,]+\s*-->")
_TAG = re.compile(r"</?(?:i|b|u|s|c|v|font|lang|ruby|rt)(?:[.\s][^>]*)?>|<\d[\d:.]*>|\{\\[^}]*\}", re.IGNORECASE)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>", re.IGNORECASE)


class Cue(Noun):
    """`text` on screen from `start` to `end`, in one line; `speaker` where the file names one (VTT's `<v Name>`)."""

    start: Seconds
    end: Seconds
    text: str
    speaker: str | None = None


def read(path: Path) -> tuple[Cue, ...]:
    """The cues of an SRT or VTT file in order of their start; they may overlap. Tags and empty cues are left out.

    Raises BadInput with the number of the line that makes no sense, and for a file without any cue.
    """
    return parse(decoded(path), name=str(path))


def decoded(path: Path) -> str:
    """The text of a file as it stands there. Raises BadInput where it is no text."""
    try:
        return _decoded(textfiles.content(path))
    except OSError as error:
        raise BadInput(f"cannot read the subtitles {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        form = "UTF-16" if error.encoding.startswith("utf-16") else "UTF-8"
        raise BadInput(f"{path}, line {line}: not {form}; save the subtitles as UTF-8") from None


def _decoded(data: bytes) -> str:
    return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")


def parse(text: str, *, name: str = "subtitles") -> tuple[Cue, ...]:
    """The cues in a text, as `read` does; `name` is for messages."""
    rows = re.split(r"\r\n|\r|\n", text)
    vtt = rows[0].startswith("WEBVTT")
    cues = tuple(cue for block in _blocks(rows, vtt, name) for cue in _cues(block, vtt, name))
    if not cues:
        raise BadInput(f"{name} holds no subtitles; give an SRT or VTT file with at least one")
    return tuple(sorted(cues, key=lambda cue: cue.start))


class _Block(NamedTuple):
    number: int
    times: re.Match[str]
    rows: list[str]


def _blocks(rows: Sequence[str], vtt: bool, name: str) -> Iterator[_Block]:
    """A timing row and the rows of text below it, up to an empty row or the next cue's number and timing."""
    i = _skip(rows, 0) if vtt else 0
    while i < len(rows):
        if not rows[i].strip():
            i += 1
            continue
        if vtt and re.match(r"(NOTE|STYLE|REGION)(\s|$)", rows[i]):
            i = _skip(rows, i)
            continue
        # A number or a name may stand above the times; whatever else stands there belongs to no cue.
        i += "-->" not in rows[i] and "-->" in "".join(rows[i + 1 : i + 2])
        times = _TIMES.match(rows[i].strip())
        if times is None:
            shown = rows[i].strip()[:40]
            raise BadInput(f"{name}, line {i + 1}: {shown!r} is no time, like 00:00:01,000 --> 00:00:02,500")
        end = i + 1
        while end < len(rows) and rows[end].strip() and not _next_cue(rows, end):
            end += 1
        yield _Block(i + 1, times, [row.strip() for row in rows[i + 1 : end]])
        i = end


def _skip(rows: Sequence[str], i: int) -> int:
    while i < len(rows) and rows[i].strip():
        i += 1
    return i


def _next_cue(rows: Sequence[str], i: int) -> bool:
    """Whether the next cue begins here although the empty row before it was forgotten."""
    here = rows[i].strip()
    below = rows[i + 1].strip() if i + 1 < len(rows) else ""
    return _ARROW.match(here) is not None or (here.isdigit() and _TIMES.match(below) is not None)


def _cues(block: _Block, vtt: bool, name: str) -> Iterator[Cue]:
    """The block's cue; several, at the same times, when several voices speak in it."""
    start, end = _seconds(block.times.groups()[:4]), _seconds(block.times.groups()[4:])
    if end <= start:
        raise BadInput(f"{name}, line {block.number}: the subtitle ends ({end:g} s) before it has begun ({start:g} s)")
    before, *voiced = _VOICE.split(" ".join(block.rows))
    for speaker, text in [(None, before), *zip(voiced[::2], voiced[1::2], strict=True)]:
        plain = " ".join(_TAG.sub("", text).split())
        plain = html.unescape(plain) if vtt else plain
        if plain:
            named = html.unescape(speaker).strip() if speaker else None
            yield Cue(start=start, end=end, text=plain, speaker=named)


def _seconds(groups: Sequence[str | None]) -> Seconds:
    hours, minutes, seconds, fraction = groups
    ms = int((fraction or "0").ljust(3, "0"))
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + ms / 1000


def write(path: Path, cues: Iterable[Cue]) -> None:
    """Write cues as the suffix says, .srt or .vtt, wrapped to two lines of `WIDTH`; longer ones become several."""
    forms = {".srt": srt, ".vtt": vtt}
    if path.suffix.lower() not in forms:
        raise BadInput(f"cannot write subtitles as '{path.suffix}': .srt and .vtt are supported")
    path.write_text(forms[path.suffix.lower()](cues), "utf-8", newline="\n")


def srt(cues: Iterable[Cue]) -> str:
    """The text of an SRT file. SRT knows no speakers."""
    blocks = (
        f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n" + "\n".join(wrap(cue.text)) + "\n"
        for number, cue in enumerate(_short(cues), 1)
    )
    return "\n".join(blocks)


def vtt(cues: Iterable[Cue]) -> str:
    """The text of a WebVTT file, speakers as `<v Name>`."""
    blocks = ["WEBVTT\n"]
    for cue in _short(cues):
        voice = f"<v {html.escape(cue.speaker, quote=False)}>" if cue.speaker else ""
        text = "\n".join(html.escape(row, quote=False) for row in wrap(cue.text))
        blocks.append(f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{voice}{text}\n")
    return "\n".join(blocks)


def _clock(seconds: Seconds, mark: str) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}{mark}{ms % 1000:03d}"


def _short(cues: Iterable[Cue]) -> Iterator[Cue]:
    for cue in cues:
        yield from split(cue)


def split(cue: Cue) -> tuple[Cue, ...]:
    """The cue in pieces that fit two lines each, cut where the text pauses, time shared by the width of the text."""
    words = _words(cue.text)
    if len(wrap(cue.text)) <= 2 or len(words) < 2:
        return (cue,)
    at = _break(words)
    head, tail = "".join(words[:at]).strip(), "".join(words[at:]).strip()
    middle = cue.start + (cue.end - cue.start) * _width(head) / (_width(head) + _width(tail))
    return (*split(cue.but(end=middle, text=head)), *split(cue.but(start=middle, text=tail)))


def speed(cue: Cue) -> float:
    """Characters a second, spaces and all, that a reader of `cue` must take in; full-width ones count twice."""
    return _width(cue.text) / max(cue.end - cue.start, 0.001)


def wrap(text: str) -> list[str]:
    """`text` in lines of at most `WIDTH`, even in length where two do; a word longer than that has its own line."""
    text = " ".join(text.split())
    words = _words(text)
    if _width(text) <= WIDTH or len(words) < 2:
        return [text]
    fitting = [
        at for at in range(1, len(words))
        if all(_width("".join(part).strip()) <= WIDTH for part in (words[:at], words[at:]))
    ]  # fmt: skip
    if fitting:
        at = _break(words, fitting)
        return ["".join(words[:at]).strip(), "".join(words[at:]).strip()]
    lines = [""]
    for word in words:
        if lines[-1].strip() and _width((lines[-1] + word).strip()) > WIDTH:
            lines.append("")
        lines[-1] += word
    return [line.strip() for line in lines]


def _break(words: Sequence[str], among: Sequence[int] | None = None) -> int:
    """Where to break: near the middle, better after a clause, better still a sentence; hardly after "the" or "of"."""
    total = sum(map(_width, words))

    def cost(at: int) -> float:
        return abs(sum(map(_width, words[:at])) - total / 2) - _rest(words[at - 1].strip())

    return min(among or range(1, len(words)), key=cost)


def _rest(word: str) -> float:
    """How well a row ends with `word`, in characters of unevenness that it is worth: half a line after a sentence."""
    if word.lower() in _LEADS:
        return -WIDTH / 2
    return WIDTH / 2 if word.endswith(_ENDS) else WIDTH / 4 if word.endswith(_PAUSES) else 0


def _words(text: str) -> list[str]:
    """Pieces a line may be broken between; joined they give `text` again. Ideographs and kana stand alone."""
    pieces: list[str] = []
    for char in text:
        last = pieces[-1][-1] if pieces else " "
        if last != " " and (_sticks(char) or _opens(last) or not (_stands(char) or _stands(last) or _opens(char))):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


@cache
def _stands(char: str) -> bool:
    """Whether a line may be broken on either side: kana, ideographs, full-width forms; not Hangul, which has spaces."""
    return unicodedata.east_asian_width(char) in "WF" and not "\uac00" <= char <= "\ud7a3"


@cache
def _sticks(char: str) -> bool:
    """Whether it may not begin a line: spaces, combining marks, closing marks, small kana."""
    closing = unicodedata.category(char) in {"Zs", "Mn", "Mc", "Pe", "Pf", "Po", "Pd", "Pc"}
    return closing or char in "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮー"


@cache
def _opens(char: str) -> bool:
    return unicodedata.category(char) in {"Ps", "Pi"} and unicodedata.east_asian_width(char) in "WF"


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(map(_columns, text))


@cache
def _columns(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
