"""What a person or a machine set up: catalogue files, casts, environment variables, signing keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from eval.hostile.case import WORKS, Case
from eval.hostile.making import TOY, beside

BAD, MISSING = "BadInput", "Missing"
OWN = {"DUBBENCH_CATALOG": "{here}/own.toml"}
SHOUT = '[shout]\nroom = "translate"\n'
WEIGHT = 'weights = [{{name = "{}", sha256 = "' + "0" * 64 + '", size = 1, sources = ["{}"]}}]\n'


def own(content: bytes | str, *words: str) -> Callable[[Path], list[str]]:
    return beside("own.toml", content, *words)


def dubbed(*words: str) -> Callable[[Path], list[str]]:
    """A whole dub, for what is only needed at its end."""

    def made(here: Path) -> list[str]:
        beside("own.txt", "no key")(here)
        return ["dub", "talk.mp4", *TOY, *words]

    return made


def never_dry(content: str, *words: str) -> Callable[[Path], list[str]]:
    made = own(content, *words)
    return lambda here: [word for word in made(here) if word != "--dry-run"]


GOOD = beside("own.txt", "")
USED = ("--model", "translate=shout")

CASES = (
    Case("a catalogue of 0 bytes", own(""), WORKS, "s into", OWN),
    Case("a catalogue that is no TOML", own("[loud\n"), BAD, r"own\.toml is not valid TOML", OWN),
    Case("a catalogue in Latin-1", own(b'[a]\nabout = "\xe9"\n'), BAD, "line 2 is no UTF-8", OWN),
    Case("a catalogue that is not there", GOOD, BAD, "DUBBENCH_CATALOG points at", {"DUBBENCH_CATALOG": "/none.toml"}),
    Case("/dev/zero as the catalogue", GOOD, BAD, "/dev/zero", {"DUBBENCH_CATALOG": "/dev/zero"}),
    Case("a catalogue 100 000 deep", own("a = " + "[" * 100_000), BAD, r"own\.toml.* deep", OWN),
    Case("a catalogue with a number of 5000 digits", own("a = " + "9" * 5000), BAD, r"own\.toml", OWN),
    Case("a catalogue with a date of no day", own("a = 2026-02-31"), BAD, r"own\.toml", OWN),
    Case("an entry that is a number", own("shout = 3\n"), BAD, "a model begins with", OWN),
    Case("an entry without an adapter", own(SHOUT), BAD, r"own\.toml: model 'shout': adapter", OWN),
    Case("an entry with an unknown field", own(SHOUT + 'adapter = "a:B"\nspeed = 3\n'), BAD, "speed", OWN),
    Case("an entry of an unknown room", own('[a]\nroom = "sing"\nadapter = "a:B"\n'), BAD, "needs room = one of", OWN),
    Case("an adapter that does not exist", own(SHOUT + 'adapter = "no_such:Thing"\n', *USED), MISSING,
         "cannot import no_such", OWN),
    Case("an adapter that is no adapter", own(SHOUT + 'adapter = "os:system"\n', *USED), BAD, "is no adapter", OWN),
    Case("an adapter that is a path", own(SHOUT + 'adapter = "../../evil.py"\n', *USED), BAD, "no dotted path", OWN),
    Case("an adapter of another room", own(SHOUT + 'adapter = "dubbench.adapters.toy:ToySpeak"\n', *USED), BAD,
         "plays 'speak', not 'translate'", OWN),
    Case("settings that an adapter does not have", own(SHOUT + 'adapter = "dubbench.adapters.toy:ToyTranslate"\n'
         "settings = {volume = 11}\n", *USED), BAD, "volume", OWN),
    Case("weights named outside of their folder", own(SHOUT + 'adapter = "dubbench.adapters.toy:ToyTranslate"\n'
         + WEIGHT.format("../../evil", "https://example.org/a")), BAD, r"own\.toml: model 'shout': weights", OWN),
    Case("weights named from the root", own(SHOUT + 'adapter = "dubbench.adapters.toy:ToyTranslate"\n'
         + WEIGHT.format("/etc/evil", "https://example.org/a")), BAD, r"own\.toml: model 'shout': weights", OWN),
    Case("weights whose sha256 is none",
         own(SHOUT + 'adapter = "a:B"\nweights = [{name = "a", sha256 = "x", size = 1}]'),
         BAD, "sha256", OWN),
    Case("weights of a negative size", own(SHOUT + 'adapter = "a:B"\nweights = [{name = "a", sha256 = "' + "0" * 64
         + '", size = -1}]'), BAD, "size", OWN),
    Case("a cast that is a text", own('[cast]\nloud = "x"\n'), BAD, r"write \[cast\.loud\]", OWN),
    Case("a cast of a model that is not there", own('[cast.toy]\nspeak = "nobody"\n'), BAD,
         "there is no model 'nobody'",
         OWN),
    Case("a cast of a room that is not there", own('[cast.toy]\nsing = "toy-speak"\n'), BAD, "there is no room 'sing'",
         OWN),
    Case("a cast with nobody to speak", own('[cast.mute]\ntranscribe = "toy-transcribe"\n', "--cast", "mute"), BAD,
         "has nobody for", OWN),
    Case("a cast that is not there", lambda here: [*GOOD(here), "--cast", "defualt"], BAD, "did you mean 'default'"),
    Case("a program for a model that is not there",
         never_dry('[say]\nroom = "speak"\nadapter = "dubbench.adapters.command:'
         'CommandSpeak"\nsettings = {argv = ["no-such-program", "{text}"]}\n', "--model", "speak=say"), MISSING,
         "there is no program 'no-such-program'", OWN),
    Case("an ffmpeg that is not there", dubbed(), MISSING, "unset it", {"DUBBENCH_FFMPEG": "/no/ffmpeg"}),
    Case("an ffmpeg that is a text", dubbed(), MISSING, "DUBBENCH_FFMPEG", {"DUBBENCH_FFMPEG": "{here}/own.txt"}),
    Case("an ffmpeg that is no ffmpeg", dubbed(), BAD, "DUBBENCH_FFMPEG", {"DUBBENCH_FFMPEG": "/bin/true"}),
    Case("weights in a folder that is not there", lambda here: ["models", "where", "kokoro"], BAD,
         "which is no folder", {"DUBBENCH_WEIGHTS": "/no/folder"}),
    Case("a cache that is a file", lambda here: [*beside("own.txt", "")(here)[:-3], "--cast", "default", "--dry-run"],
         WORKS, "would be fetched", {"DUBBENCH_CACHE": "{here}/own.txt"}),
    Case("a speaker at an address that is none", GOOD, BAD, "DUBBENCH_SPEAK_URL", {"DUBBENCH_SPEAK_URL": "nonsense"}),
    Case("a speaker at a file", GOOD, BAD, "DUBBENCH_SPEAK_URL", {"DUBBENCH_SPEAK_URL": "file:///etc/passwd"}),
    Case("a certificate without a key", dubbed(), BAD, "set both", {"DUBBENCH_SIGN_CERT": "{here}/own.txt"}),
    Case("a certificate that is a text", dubbed(), BAD, "is not PEM", {"DUBBENCH_SIGN_CERT": "{here}/own.txt",
         "DUBBENCH_SIGN_KEY": "{here}/own.txt"}),
    Case("a certificate that is not there", dubbed(), BAD, "cannot read the signing file",
         {"DUBBENCH_SIGN_CERT": "/no/cert", "DUBBENCH_SIGN_KEY": "/no/key"}),
    Case("a folder of configuration that is a file", dubbed(), MISSING, "set DUBBENCH_CONFIG=FOLDER",
         {"DUBBENCH_CONFIG": "{here}/own.txt"}),
    Case("a model that is not there", lambda here: ["models", "show", "kokroo"], BAD, "did you mean 'kokoro'"),
    Case("weights of a model that is not there", lambda here: ["models", "fetch", "../../etc"], BAD,
         "there is no model"),
)  # fmt: skip
