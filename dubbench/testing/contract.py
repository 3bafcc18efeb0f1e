"""`check_adapter`, and the clauses that hold in every room. What a room adds stands in `heard` and `worded`."""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dubbench.apart import wire
from dubbench.errors import BadInput, DubError, Unsupported
from dubbench.stages.base import Stage
from dubbench.testing import fresh, heard, worded
from dubbench.testing.report import Report, broken, left_out, same, unlike
from dubbench.types import Sound, Voice

LONG = 5_000


@dataclass
class Subject:
    """An adapter under check, what it may be given, and what was found so far."""

    adapter: Any
    report: Report
    sample: Sound | None = None
    language: str | None = None
    languages: tuple[str, ...] = ()
    voice: Voice | None = None
    film: Path | None = None
    long: int = LONG
    results: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> type[Stage]:
        """The adapter's own class, also where it runs apart."""
        return getattr(self.adapter, "kind", type(self.adapter))

    @property
    def undeclared(self) -> str | None:
        """A language (or pair) that the adapter does not declare; None when it declares all."""
        return None if self.adapter.speaks("qaa") or self.adapter.speaks("qaa-qab") else "qaa"


def check_adapter(
    adapter: Stage | type[Stage], *, sample: Sound | None = None, language: str | None = None,
    languages: Sequence[str] | None = None, voice: Voice | None = None, film: Path | None = None, long: int = LONG,
    interpreters: bool = True,
) -> Report:  # fmt: skip
    """Check every clause of the contract that `adapter`'s room has; the report says which were left out and why.

    `sample` is 3 to 30 s of real speech in `language` (rooms that listen); `languages` are the ones to try (default:
    all declared); `voice` is for models that clone; `film` is for lipsync (default: a tiny one); `long` is the length
    of the longest text, in characters; without `interpreters` nothing is run in a process of its own.

    Raises ContractBroken, which names the clause, at the first that does not hold.
    """
    stage = _made(adapter) if isinstance(adapter, type) else adapter
    subject = Subject(stage, Report(stage.name, stage.room), sample, language, voice=voice, film=film, long=long)
    subject.languages = tuple(languages or [x for x in stage.languages if x != "*"])
    _declared(subject)
    _strict(subject)
    if interpreters:
        fresh.light(subject)
    with subject.report.clause("it loads"):
        stage.ready()
    with subject.report.clause("an undeclared language is refused with Unsupported"):
        _refuses(subject)
    ROOMS[stage.room](subject)
    _crosses(subject)
    _repeats(subject)
    with subject.report.clause("it lets go and loads again"):
        stage.release()
        stage.ready()
        stage.release()
    if interpreters:
        fresh.released(subject)
    return subject.report


ROOMS: dict[str, Callable[[Any], None]] = {
    "separate": heard.separate,
    "transcribe": heard.transcribe,
    "diarize": heard.diarize,
    "watermark": heard.watermark,
    "faces": heard.faces,
    "lipsync": heard.lipsync,
    "translate": worded.translate,
    "speak": worded.speak,
}


def _made(kind: type[Stage]) -> Stage:
    """The adapter of a class; one that lacks a verb cannot be made at all."""
    name = kind.__name__.lower()
    with Report(name, getattr(kind, "room", "no room")).clause("it writes the verbs of its room"):
        if inspect.isabstract(kind):
            raise broken(f"it does not write {', '.join(f'{verb}()' for verb in sorted(kind.__abstractmethods__))}")
    return kind(name=name)


def _declared(subject: Subject) -> None:
    adapter = subject.adapter
    with subject.report.clause("it declares a room, a licence and languages"):
        if adapter.room not in ROOMS:
            raise broken(f"there is no room '{adapter.room}'; rooms: {', '.join(ROOMS)}")
        if not adapter.licence or adapter.licence == "unknown":
            raise broken("'licence' says nothing; write an SPDX name, or what it is in words")
        if not adapter.languages or isinstance(adapter.languages, str):
            raise broken("'languages' must be a tuple of codes, pairs or '*'")


def _refuses(subject: Subject) -> None:
    """At the door (`check`) and by the verb itself."""
    language = subject.undeclared
    if language is None:
        raise left_out("it declares every language")
    if subject.adapter.room in ("separate", "diarize", "watermark", "faces", "lipsync"):
        raise left_out("this room asks for no language")
    asks: list[Callable[[], Any]] = [lambda: VERBS[subject.adapter.room](subject, language)]
    if subject.adapter.room != "transcribe":
        asks.append(lambda: subject.adapter.check("qab", language))
    for ask in asks:
        try:
            ask()
        except Unsupported:
            continue
        except DubError as error:
            raise broken(f"'{language}' was refused with {type(error).__name__}: {error}") from None
        raise broken(f"'{language}' was taken")


VERBS: dict[str, Callable[[Any, str], Any]] = {
    "transcribe": heard.in_language,
    "translate": worded.into_language,
    "speak": worded.in_language,
}


def _strict(subject: Subject) -> None:
    with subject.report.clause("an unknown setting is refused by name with BadInput"):
        known = subject.adapter.settings.model_dump(exclude_unset=True)
        try:
            subject.kind(name=subject.adapter.name, **known, no_such_setting=1)
        except BadInput as error:
            if "no_such_setting" not in str(error):
                raise broken(f"the refusal does not name it: {error}") from None
            return
        raise broken("'no_such_setting' was taken")


def _crosses(subject: Subject) -> None:
    """What the verbs gave goes through plain JSON and comes back the same."""
    with subject.report.clause("what it gives survives plain JSON"), tempfile.TemporaryDirectory() as folder:
        exchange = wire.Exchange(Path(folder))
        for verb, result in _given(subject).items():
            _, hints = wire.verb(wire.room_of(subject.kind), verb)
            try:
                packed = exchange.pack(result)
                wire.dumps(packed)
                back = exchange.unpack(packed, hints["return"])
            except (TypeError, ValueError) as error:
                raise broken(f"{verb}() gave something else: {' '.join(str(error).split())}") from None
            if not same(result, back):
                raise broken(f"{verb}() gave a {type(result).__name__} that comes back another")


def _repeats(subject: Subject) -> None:
    with subject.report.clause("the same input and seed give the same result"):
        for name, (again, first) in _given(subject, again=True).items():
            second = again()
            if not same(second, first):
                raise broken(f"{name}() gave something else the second time: {unlike(first, second)}")


def _given(subject: Subject, *, again: bool = False) -> dict[str, Any]:
    if not subject.results:
        film = subject.adapter.room in ("faces", "lipsync")
        raise left_out("what it is about is a film" if film else "nothing was asked of it: give a sample")
    return {verb: pair if again else pair[1] for verb, pair in subject.results.items()}
