"""Films broken by chance: flipped bytes, cuts, splices, lengths that lie; looked at in a process of its own.

    python -m eval.hostile.mutated FOLDER      looks at each file there and prints what it got, a line each, at once

Whoever started that sees which file it was at when it crashed or hung.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dubbench import media
from dubbench.errors import DubError
from eval.hostile.case import DEADLINE, HOUSE, METER
from eval.hostile.making import film

FORMS: dict[str, dict[str, str | None]] = {
    "mp4": {}, "mkv": {}, "mov": {"audio": "pcm_s16le"}, "webm": {"video": "libvpx", "audio": "libopus"}, "ts": {},
    "avi": {"video": "mpeg4", "audio": "libmp3lame"}, "flv": {"video": "flv", "audio": "aac"},
    "wav": {"video": None, "audio": "pcm_s16le"}, "flac": {"video": None, "audio": "flac"},
    "ogg": {"video": None, "audio": "libvorbis"}, "mp3": {"video": None, "audio": "libmp3lame"},
}  # fmt: skip
BATCH = 40
"""Files a process looks at. Of all its time it has DEADLINE seconds, and so has each file."""
HEARD = 8
"""Of so many files that can be looked at, one is decoded too."""


class Finding(NamedTuple):
    """A file that was not simply taken or refused: what happened, and how to make it again."""

    seed: int
    form: str
    what: str


def mutation(seed: int) -> tuple[str, bytes]:
    """The form and the bytes of a broken film; the same seed gives the same."""
    rng = random.Random(seed)
    form = rng.choice(sorted(FORMS))
    content = bytearray(film(form, seconds=0.5, **FORMS[form]))  # type: ignore[arg-type]
    for _ in range(rng.choice((1, 1, 2, 4))):
        content = _broken(content, rng)
    return form, bytes(content)


def _broken(content: bytearray, rng: random.Random) -> bytearray:
    """Headers lie at the beginning and the end, so most harm is done there."""
    size = max(1, len(content))
    at = rng.choice(
        (rng.randrange(min(size, 600)), rng.randrange(size), max(0, size - 1 - rng.randrange(min(size, 1200))))
    )
    length = rng.choice((1, 2, 4, 8, 64, 1000))
    harm = rng.randrange(6)
    if harm == 0:
        for _ in range(rng.choice((1, 8, 100))):
            content[min(size - 1, at + rng.randrange(64)) % max(1, len(content))] ^= 1 << rng.randrange(8)
        return content
    if harm == 1:
        return content[: max(1, at)]
    if harm == 2:
        return content[:at] + content[at + length :]
    if harm == 3:
        other = rng.randrange(size)
        return content[:at] + content[other : other + length * 8] + content[at:]
    if harm == 4:
        return content[:at] + bytes(rng.choice((b"\0", b"\xff", b"\x7f"))) * length + content[at + length :]
    number = rng.choice((0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, rng.getrandbits(32)))
    return content[:at] + number.to_bytes(4, rng.choice(("big", "little"))) + content[at + 4 :]


def run(seeds: range) -> tuple[dict[str, int], list[Finding], float]:
    """(how many were taken or refused, findings, largest resident set in megabytes) of the films of some seeds."""
    told = {"taken": 0, "refused": 0}
    findings: list[Finding] = []
    peak_mb = 0.0
    for start in range(seeds.start, seeds.stop, BATCH):
        left = list(range(start, min(start + BATCH, seeds.stop)))
        while left:
            answers, peak, how = _looked(left)
            peak_mb = max(peak_mb, peak)
            for seed, answer in answers:
                if answer in told:
                    told[answer] += 1
                else:
                    findings.append(Finding(seed, mutation(seed)[0], answer))
            left = left[len(answers) :]
            if left and how is not None:
                findings.append(Finding(left[0], mutation(left[0])[0], how))
                left = left[1:]
    return told, findings, peak_mb


def _looked(seeds: list[int]) -> tuple[list[tuple[int, str]], float, str | None]:
    """What a process says of the films of some seeds, as far as it came; its memory; how it ended, if not well."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for seed in seeds:
            form, content = mutation(seed)
            (folder / f"{seed:09d}.{form}").write_bytes(content)
        asked = [
            sys.executable,
            "-SEc",
            METER,
            str(folder / "peak"),
            sys.executable,
            "-m",
            "eval.hostile.mutated",
            name,
        ]
        child = subprocess.Popen(
            asked, cwd=HOUSE, env={**os.environ, "PYTHONPATH": str(HOUSE)}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        how = None
        try:
            out, _ = child.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, 9)
            out, _ = child.communicate()
            how = f"no answer in {DEADLINE} s"
        if child.returncode > 0:
            how = f"the process ended with {child.returncode}"
        answers = [(int(seed), str(answer)) for seed, answer in map(json.loads, out.decode().splitlines())]
        peak = folder / "peak"
        return answers, float(peak.read_text()) / 1000 if peak.exists() else 0.0, how


def looked_at(folder: Path) -> Iterator[tuple[int, str]]:
    """Each file of a folder looked at, and some decoded: (seed, "taken", "refused", or what else was raised)."""
    for path in sorted(folder.glob("*.*")):
        seed = int(path.stem)
        try:
            media.probe(path)
            if seed % HEARD == 0:
                media.extract(path, folder / "heard" / "sound.wav")
            answer = "taken"
        except DubError:
            answer = "refused"
        except Exception as error:
            answer = f"{type(error).__name__}: {error}"
        yield seed, answer


if __name__ == "__main__":
    (Path(sys.argv[1]) / "heard").mkdir()
    for line in looked_at(Path(sys.argv[1])):
        print(json.dumps(line), flush=True)
