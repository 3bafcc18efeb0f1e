"""Two processes at once: in one folder, in two languages of one folder, fetching and building the same weights."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.faults import artefacts, walks

TOYS = ("--from", "en", "--cast", "toy")
MODEL = "powerset"


@dataclass(frozen=True)
class Pair:
    """How two processes ended, what is not as one alone would have left it, and what is half written."""

    what: str
    ends: tuple[walks.Ended, walks.Ended]
    different: tuple[str, ...] = ()
    drafts: int = 0
    both: bool = False

    @property
    def well(self) -> bool:
        """One at least ended well, the other, too, or it was refused in one line; `both` had to."""
        good = [end for end in self.ends if end.code == 0]
        others = [end for end in self.ends if end.code]
        enough = len(good) == 2 if self.both else bool(good)
        return enough and all(end.plain for end in others) and not self.different and not self.drafts


def at_once(
    first: Sequence[str], second: Sequence[str], world: Mapping[str, str], *, after: Path | None = None
) -> tuple[walks.Ended, walks.Ended]:
    """Run two commands at once; with `after`, the second as soon as that file is there."""
    began, one = time.monotonic(), walks.begun(list(first), world)
    while after is not None and one.poll() is None and not after.exists():
        time.sleep(0.001)
    other = walks.begun(list(second), world)
    return walks.ended(one, began), walks.ended(other, began)


def one_folder(folder: Path, film: Path, *, together: bool) -> Pair:
    """Two dubs into one folder: begun together, or the second when the first has just begun to work."""
    world, known = walks.environment(folder), _alone(folder, film)
    home = folder / f"shared-{together}"
    arguments = walks.dub_arguments(film, home, *TOYS)
    ends = at_once(arguments, arguments, world, after=None if together else home / "work" / "lock")
    what = "one folder, begun together" if together else "one folder, the second while the first works"
    return Pair(what, ends, tuple(artefacts.differences(home, known)), len(artefacts.drafts(home)))


def two_languages(folder: Path, film: Path) -> Pair:
    """Two languages that share what was understood are walked again at once."""
    world, home = walks.environment(folder), folder / "languages"
    made = walks.run([*walks.dub_arguments(film, home, *TOYS), "--to", "es"], world)
    if made.code:
        raise RuntimeError(f"the dub in two languages ended with {made.code}: {made.stderr}")
    before = _languages(home)
    ends = at_once(["dub", str(home / "pt")], ["dub", str(home / "es")], world)
    after = _languages(home)
    different = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return Pair("two languages of one folder", ends, tuple(different), len(artefacts.drafts(home)))


def _languages(home: Path) -> dict[str, str]:
    shared = artefacts.of(home)
    return {**shared, **{f"{x}/{name}": sha for x in ("pt", "es") for name, sha in artefacts.of(home / x).items()}}


def fetching(folder: Path) -> Pair:
    """The same weights fetched by two."""
    world, home = _empty(folder)
    command = ["models", "fetch", MODEL]
    ends = at_once(command, command, world)
    check = walks.run(["models", "check", MODEL], world)
    bad = () if check.code == 0 else (check.said,)
    return Pair("the same weights fetched", ends, bad, len(artefacts.drafts(home)), both=True)


def building(folder: Path, film: Path) -> Pair:
    """The same graphs built by two dubs in folders of their own."""
    world, home = _empty(folder)
    homes = [folder / f"building-{i}" for i in range(2)]
    first, second = (walks.dub_arguments(film, to, *TOYS, "--model", f"diarize={MODEL}") for to in homes)
    ends = at_once(first, second, world)
    known = artefacts.of(homes[0])
    return Pair(
        "the same graphs built", ends, tuple(artefacts.differences(homes[1], known)), len(artefacts.drafts(home)),
        both=True,
    )  # fmt: skip


def _empty(folder: Path) -> tuple[dict[str, str], Path]:
    """A cache without the model, and a folder to fetch it from."""
    own = folder / f"empty-{len(list(folder.glob('empty-*')))}"
    own.mkdir()
    cache, store = walks.lent_cache(own, MODEL)
    return walks.environment(folder, DUBBENCH_CACHE=str(cache), DUBBENCH_WEIGHTS=str(store)), cache


def _alone(folder: Path, film: Path) -> dict[str, str]:
    home = folder / "alone"
    end = walks.run(walks.dub_arguments(film, home, *TOYS), walks.environment(folder))
    if end.code:
        raise RuntimeError(f"the dub alone ended with {end.code}: {end.stderr}")
    return artefacts.of(home)


def pairs(folder: Path, film: Path) -> list[Pair]:
    return [
        one_folder(folder, film, together=False), one_folder(folder, film, together=True),
        two_languages(folder, film), fetching(folder), building(folder, film),
    ]  # fmt: skip


def told(found: Sequence[Pair]) -> Iterator[str]:
    """The table of pairs."""
    yield "| two at once | exit codes | said | not as by one alone | half written |"
    yield "|---|---|---|---|---|"
    for one in found:
        codes = " and ".join(str(end.code) for end in one.ends)
        said = "; ".join(end.said for end in one.ends if end.code) or "–"
        yield f"| {one.what} | {codes} | {said.replace('|', '/')[:140]} | {len(one.different)} | {one.drafts} |"


def wrong(found: Sequence[Pair]) -> list[str]:
    return [
        f"{one.what}: {[(end.code, end.stderr) for end in one.ends]} {one.different} {one.drafts}"
        for one in found
        if not one.well
    ]
