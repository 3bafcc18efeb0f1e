"""Two dubs of one film into one language beside each other, room by room: what each made is the same, or how it is not.

A dub's own document says most of it, by hashes of its sounds; the finished films are compared packet by packet, and
sample by sample where those differ. What no dub can have twice is left out: how long it took, and the signature.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from dubbench import documents, media
from dubbench.errors import BadInput
from dubbench.processes import passing
from dubbench.types import Audio, Dub, Line, Noun, Samples

OWN = frozenset({"seconds", "realtime_factor", "peak_rss_mb", "redone", "consents"})
"""Figures of a report that tell of one run or one day, and not of the dub."""
SHOWN = 4
GONE = "cannot be compared: {} is gone"
MIX, PICTURE = "audio 0", "video 0"


class Compared(Noun):
    """What one room made, in two dubs. `same` is None where one of them is not there to be compared."""

    room: str
    same: bool | None
    what: str = ""


def rooms(a: Dub, b: Dub, home_a: Path, home_b: Path) -> tuple[Compared, ...]:
    """A row a room, in the order in which a dub walks through them."""
    return (
        _hashes("probe", [a.tracks.original], [b.tracks.original], ["the film's sound"]),
        _hashes("separate", [a.tracks.speech, a.tracks.background], [b.tracks.speech, b.tracks.background],
                ["speech", "background"]),
        _parts("transcribe", a, b, lambda x: (x.start, x.end, x.text, x.words), whole=lambda d: d.source_language),
        _parts("diarize", a, b, lambda x: x.speaker, whole=_speakers),
        _parts("translate", a, b, lambda x: (x.translation, x.wordings)),
        _parts("casting", a, b, lambda x: None, whole=lambda d: [(v.speaker, v.preset, v.blend) for v in d.voices]),
        _parts("fit", a, b, lambda x: (x.pauses, x.emphasis, x.pitch_semitones, x.take and x.take.pace)),
        _takes(a, b),
        _parts("place", a, b, lambda x: (x.placed_start, x.placed_end, x.tempo), whole=lambda d: d.picture),
        _parts("listen", a, b, lambda x: x.take and (x.take.heard, x.take.score)),
        *_films(home_a, home_b),
        _subtitles(home_a, home_b),
        _reports(home_a, home_b),
    )  # fmt: skip


def _parts(
    room: str, a: Dub, b: Dub, of: Callable[[Line], Any], *, whole: Callable[[Dub], Any] = lambda _: None
) -> Compared:
    """A room by what it gave each line, and the `whole`."""
    old, new = ({line.id: of(line) for line in dub.lines} for dub in (a, b))
    lines = [name for name in dict.fromkeys([*old, *new]) if old.get(name, room) != new.get(name, room)]
    other = [] if whole(a) == whole(b) else ["the whole"]
    return Compared(room=room, same=not lines and not other, what=_named([*other, *lines]))


def _speakers(dub: Dub) -> Any:
    voices = [(v.speaker, v.pitch_hz, v.sex, v.reference.sha256 if v.reference else None) for v in dub.voices]
    return dub.turns, voices


def _hashes(room: str, a: Sequence[Audio | None], b: Sequence[Audio | None], names: Sequence[str]) -> Compared:
    pairs = zip(a, b, names, strict=True)
    other = [name for x, y, name in pairs if (x and x.sha256) != (y and y.sha256)]
    return Compared(room=room, same=not other, what=_named(other))


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _takes(a: Dub, b: Dub) -> Compared:
    """Sample by sample: files of the same samples have the same hash."""
    old, new = ({line.id: line.speech for line in dub.lines} for dub in (a, b))
    ids = [x for x in dict.fromkeys([*old, *new]) if not same_sound(old.get(x), new.get(x))]
    return Compared(room="speak", same=not ids, what=_named([f"{x}{_lengths(old.get(x), new.get(x))}" for x in ids]))


def same_sound(a: Audio | None, b: Audio | None) -> bool:
    """Whether two sounds have the same samples, by the hashes of their files."""
    return (a and a.sha256) == (b and b.sha256)


def _lengths(a: Audio | None, b: Audio | None) -> str:
    if a is None or b is None:
        return " (not there)"
    samples = round(b.duration * b.sample_rate) - round(a.duration * a.sample_rate)
    return f" ({samples:+d} samples)" if samples else ""


def _films(a: Path, b: Path) -> Iterator[Compared]:
    """The mix as the film holds it, then all else that the film holds."""
    film_a, film_b = a / documents.FILM, b / documents.FILM
    gone = next((path for path in (film_a, film_b) if not path.is_file()), None)
    if gone is not None:
        yield from (Compared(room=room, same=None, what=GONE.format(gone)) for room in ("mix", "mux"))
        return
    old, new = packets(film_a), packets(film_b)
    same = old.get(MIX) == new.get(MIX)
    yield Compared(room="mix", same=same, what="" if same else Mixes.of(film_a, film_b).told)
    other = [x for x in dict.fromkeys([*old, *new]) if x != MIX and old.get(x) != new.get(x)]
    yield Compared(room="mux", same=not other, what=_named(other))


def packets(film: Path) -> dict[str, str]:
    """A hash for each stream of a film, by its kind and its number among those: of its packets and of their times."""
    found: dict[str, Any] = {}
    with media.opened(film) as container:
        counts: dict[str, int] = {}
        names = {}
        for stream in container.streams:
            names[stream.index] = f"{stream.type} {counts.setdefault(stream.type, 0)}"
            counts[stream.type] += 1
        for packet in container.demux():
            digest = found.setdefault(names[packet.stream.index], hashlib.sha256())
            digest.update(f"{packet.pts} {packet.dts} {packet.duration} ".encode())
            digest.update(bytes(packet))
    return {name: digest.hexdigest() for name, digest in found.items()}


class Mixes(Noun):
    """How far two mixes are apart. `difference_db` is the level of what differs against that of the first mix.

    None where nothing differs, or the first one is silent.
    """

    same: bool
    difference_db: float | None = None
    longer: int = 0

    @classmethod
    def of(cls, a: Path, b: Path) -> Mixes:
        """The default sound tracks of two films, decoded; `longer` is by how many samples at 48 kHz the second is."""
        sums, lengths = np.zeros(2), np.zeros(2, int)
        with passing.folder("mix") as folder:
            wavs = [folder / name for name in ("a.wav", "b.wav")]
            for film, wav in zip((a, b), wavs, strict=True):
                media.extract(film, wav)
            for pair in zip_longest(*map(media.stream, wavs)):
                x, y = _padded(*(np.zeros((2, 0), np.float32) if one is None else one for one in pair))
                sums += np.sum(np.square(x, dtype=np.float64)), np.sum(np.square(y - x, dtype=np.float64))
                lengths += [0 if one is None else one.shape[1] for one in pair]
        whole, apart = sums
        level = round(10 * math.log10(apart / whole), 1) if whole and apart else None
        return cls(
            same=not apart and lengths[0] == lengths[1], difference_db=level, longer=int(lengths[1] - lengths[0])
        )

    @property
    def told(self) -> str:
        if self.same:
            return "another coding of the same samples"
        level = "" if self.difference_db is None else f"what differs is at {self.difference_db:.1f} dB"
        longer = f"{self.longer:+d} samples" if self.longer else ""
        return ", ".join(part for part in (level, longer) if part) or "one of them is silent"


def _padded(x: Samples, y: Samples) -> tuple[Samples, Samples]:
    most = max(x.shape[1], y.shape[1])
    a, b = (np.pad(one, ((0, 0), (0, most - one.shape[1]))) for one in (x, y))
    return a, b


def _subtitles(a: Path, b: Path) -> Compared:
    old, new = ({path.name: path.read_bytes() for path in home.glob("subtitles.*")} for home in (a, b))
    other = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    return Compared(room="subtitles", same=not other, what=_named(other))


def figures(home: Path) -> dict[str, Any]:
    """The figures of a dub's report that are about the dub; none where it has no report. Raises BadInput."""
    path = home / documents.REPORT
    try:
        told: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise BadInput(f"{path} is not valid JSON: {error}") from None
    return {name: value for name, value in told.items() if name not in OWN}


def _reports(a: Path, b: Path) -> Compared:
    old, new = figures(a), figures(b)
    gone = next((home for home, told in ((a, old), (b, new)) if not told), None)
    if gone is not None:
        return Compared(room="report", same=None, what=GONE.format(gone / documents.REPORT))
    other = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
    return Compared(room="report", same=not other, what=_named([_figure(x, old.get(x), new.get(x)) for x in other]))


def _figure(name: str, old: Any, new: Any) -> str:
    plain = not isinstance(old, list | dict) and not isinstance(new, list | dict)
    return f"{name} {old} → {new}" if plain else name
