"""Endpoints as models, against a real server on this machine that answers as it is told."""

from __future__ import annotations

import email
import io
import json
import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest
import soundfile

from dubbench import catalog
from dubbench.adapters.http import HttpSpeak, HttpTranscribe, HttpTranslate, speak_from_environment
from dubbench.errors import AdapterFailed, BadInput, Missing, Refused, Unsupported
from dubbench.foreign import endpoints
from dubbench.testing import check_adapter
from dubbench.types import Controls, Line, Sound, Voice

VOICE = Voice(id="v", preset="nova")
LINES = [
    Line(id=str(i), start=0, end=2, text=text, speaker="A") for i, text in enumerate(["One.", "Two.", "Three."], 1)
]
KEY = "sk-very-secret"

Answer = tuple[int, bytes] | tuple[int, bytes, dict[str, str]]


class Server:
    """Answers each request with the next of `answers` (the last one for ever), and keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Answer | Callable[[Any], Answer]] = []
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.append((self.path, dict(self.headers), body))
                answer = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                code, said, *headers = answer(body) if callable(answer) else answer
                self.send_response(code)
                for name, value in {"Content-Length": str(len(said)), **(headers[0] if headers else {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    def json(self, place: int = -1) -> Any:
        return json.loads(self.asked[place][2])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = Server()
    thread = threading.Thread(target=server.server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.server.shutdown()
    server.server.server_close()
    thread.join()


def wav(seconds: float, rate: int = 24_000, *, edge: float = 0.4, level: float = 0.3) -> bytes:
    """A tone with `edge` seconds of silence on both sides, as a WAV file."""
    tone = level * np.sin(np.arange(round(seconds * rate)) * 0.2)
    quiet = np.zeros(round(edge * rate))
    file = io.BytesIO()
    soundfile.write(file, np.concatenate([quiet, tone, quiet]), rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


def speaking(body: bytes) -> Answer:
    asked = json.loads(body)
    return 200, wav(len(asked["input"].strip()) / 14 / asked["speed"])


def test_a_speaking_endpoint_keeps_the_contract(server: Server) -> None:
    server.answers = [speaking]
    report = check_adapter(catalog.load("http-speak", url=server.url), interpreters=False, long=600)
    assert "readings asked for at once are those asked for alone" in report.held


def test_speech_is_asked_for_as_endpoints_know_it(server: Server) -> None:
    server.answers = [(200, wav(1.0))]
    spoken = HttpSpeak(url=server.url + "/").speak("Olá 😀", VOICE, "pt", pace=1.1, controls=Controls(style="calm"))
    path, headers, _ = server.asked[0]
    assert path == "/v1/audio/speech"
    assert headers["Content-Type"] == "application/json"
    assert "Authorization" not in headers
    assert server.json() == {
        "model": "tts-1", "input": "Olá 😀", "voice": "nova", "speed": 1.1, "response_format": "wav",
        "instructions": "calm",
    }  # fmt: skip
    assert spoken.sound.sample_rate == 24_000
    assert spoken.sound.duration == pytest.approx(1.0, abs=0.01)


def test_a_streamed_wav_that_does_not_know_its_length_is_whole(server: Server) -> None:
    sound = bytearray(wav(1.0))
    place = sound.index(b"data")
    sound[4:8] = sound[place + 4 : place + 8] = b"\xff\xff\xff\xff"
    server.answers = [(200, bytes(sound))]
    assert HttpSpeak(url=server.url).speak("hello", VOICE, "en").sound.duration == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    ("answer", "error", "why"),
    [
        ((200, b'{"error": "no"}'), AdapterFailed, r'no sound but 15 bytes of no content type \({"error": "no"}\)$'),
        (
            (200, b"<html>\n<body>", {"Content-Type": "text/html"}),
            AdapterFailed,
            "no sound but 13 bytes of text/html",
        ),
        ((200, wav(1.0, level=0.0)), AdapterFailed, "silence"),
        ((400, b'{"error": {"message": "unknown voice"}}'), AdapterFailed, "answered 400.*unknown voice"),
        ((401, b"bad key"), Missing, "THE_KEY"),
        ((429, b"slow down"), Refused, "quota.*slow down"),
        ((503, b"busy"), AdapterFailed, "answered 503.*busy"),
        (
            (307, b"", {"Location": "http://elsewhere.example/v1"}),
            AdapterFailed,
            "moved; set 'url' to http://elsewhere",
        ),
        ((200, b"RIFF", {"Content-Length": "999"}), AdapterFailed, "does not answer"),
    ],
)
def test_refusals_are_named(
    server: Server, monkeypatch: pytest.MonkeyPatch, answer: Answer, error: type[Exception], why: str
) -> None:
    monkeypatch.setenv("THE_KEY", KEY)
    server.answers = [answer]
    with pytest.raises(error, match=why):
        HttpSpeak(url=server.url, pause=0, key_env="THE_KEY").speak("hello", VOICE, "en")
    again = answer[0] in (429, 503) or answer[1] == b"RIFF"
    assert len(server.asked) == (3 if again else 1), "only what may succeed is asked again"


def test_a_busy_endpoint_is_asked_again(server: Server) -> None:
    server.answers = [(503, b""), (429, b""), (200, wav(1.0))]
    assert HttpSpeak(url=server.url, pause=0).speak("hello", VOICE, "en").sound.duration > 0.9
    assert len(server.asked) == 3


def test_nobody_there_is_said(server: Server) -> None:
    server.server.server_close()
    with pytest.raises(AdapterFailed, match=r"127\.0\.0\.1.*does not answer"):
        HttpSpeak(url=server.url, pause=0, tries=1).speak("hello", VOICE, "en")


@pytest.mark.parametrize("dripping", ["head", "body"])
def test_a_server_that_drips_is_left_at_the_deadline(dripping: str) -> None:
    head = b"HTTP/1.0 200 OK\r\nContent-Type: audio/wav\r\n\r\n"
    fast, slow = (b"", head) if dripping == "head" else (head, b"0" * 600)
    left = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            self.request.sendall(fast)
            for byte in slow:
                if left.wait(0.1):
                    return
                try:
                    self.request.sendall(bytes([byte]))
                except OSError:
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        speak = HttpSpeak(name="drip", url=url, tries=1, timeout=5, deadline=0.7)
        with pytest.raises(AdapterFailed, match=r"did not finish its answer within 0\.7 s"):
            speak.speak("Hello.", VOICE, "en")
        left.set()
        server.shutdown()
        thread.join()


def test_an_answer_without_an_end_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "LARGEST", 1000)
    server.answers = [(200, b"x" * 1001)]
    with pytest.raises(AdapterFailed, match="answered with more than"):
        HttpSpeak(name="loud", url=server.url, tries=1).speak("Hello.", VOICE, "en")


def test_the_key_is_sent_and_told_to_nobody_else(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", KEY)
    server.answers = [(400, f"your key {KEY} may not do this".encode())]
    stage = HttpSpeak(url=server.url, key_env="THE_KEY")
    with pytest.raises(AdapterFailed) as failed:
        stage.speak("hello", VOICE, "en")
    assert server.asked[0][1]["Authorization"] == f"Bearer {KEY}"
    assert KEY not in str(failed.value) + failed.value.stderr + json.dumps(stage.identity())
    monkeypatch.delenv("THE_KEY")
    with pytest.raises(Missing, match="export THE_KEY="):
        stage.speak("hello", VOICE, "en")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", " \t"])
def test_a_key_read_from_a_file_loses_its_line_end(end: str, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", KEY + end)
    server.answers = [(400, f"no such key: {KEY}".encode())]
    with pytest.raises(AdapterFailed, match="no such key: …"):
        HttpSpeak(url=server.url, key_env="THE_KEY").speak("hello", VOICE, "en")
    assert server.asked[0][1]["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("inside", ["é", "’", "\n", "\r", "\x7f", "漢"])
def test_a_key_that_cannot_be_sent_is_told_by_its_name_alone(
    inside: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THE_KEY", f"sk-very{inside}secret")
    with pytest.raises(Missing, match="THE_KEY") as told:
        HttpSpeak(url=server.url, key_env="THE_KEY").speak("hello", VOICE, "en")
    assert told.value.__cause__ is told.value.__context__ is None
    assert "very" not in str(told.value)
    assert "secret" not in str(told.value)
    assert server.asked == []


def test_a_blank_key_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", " \n")
    with pytest.raises(Missing, match="export THE_KEY="):
        HttpSpeak(url="http://127.0.0.1:9/v1", key_env="THE_KEY").speak("hello", VOICE, "en")


def test_a_key_in_place_of_its_name_is_refused_without_repeating_it() -> None:
    with pytest.raises(BadInput, match="NAME") as refused:
        HttpSpeak(url="http://x.example/v1", key_env=KEY)
    assert KEY not in str(refused.value)


def test_the_environment_names_the_speaker(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    assert speak_from_environment() is None
    monkeypatch.setenv("DUBBENCH_SPEAK_URL", server.url)
    monkeypatch.setenv("DUBBENCH_SPEAK_MODEL", "piper")
    assert speak_from_environment() == {"url": server.url, "model": "piper"}
    monkeypatch.setenv("DUBBENCH_SPEAK_KEY", KEY)
    assert speak_from_environment() == {"url": server.url, "model": "piper", "key_env": "DUBBENCH_SPEAK_KEY"}
    server.answers = [speaking]
    speaker: Any = catalog.cast("toy").choose("speak", "pt")
    assert speaker.speak("hello there", VOICE, "pt").sound.duration > 0.5
    assert server.json()["model"] == "piper"
    assert server.asked[0][1]["Authorization"] == f"Bearer {KEY}"


HEARD = {
    "language": "portuguese",
    "segments": [{"start": 0.0, "end": 1.0, "text": "olá mundo"}, {"start": 1.0, "end": 1.9, "text": "adeus"}],
    "words": [
        {"word": "olá", "start": 0.1, "end": 0.4},
        {"word": " mundo", "start": 0.5, "end": 0.9},
        {"word": "adeus", "start": 1.2, "end": 1.8},
    ],
}
SOUND = Sound(np.sin(np.arange(32_000) * 0.1, dtype=np.float32)[None] * 1.2, 16_000)


def test_words_come_with_times_in_segments(server: Server) -> None:
    server.answers = [(200, json.dumps(HEARD).encode())]
    heard = HttpTranscribe(url=server.url).transcribe(SOUND)
    assert heard.language == "pt"
    assert [[word.text for word in segment] for segment in heard.segments] == [["olá", "mundo"], ["adeus"]]
    assert heard.segments[1][0].start == 1.2
    path, headers, body = server.asked[0]
    assert path == "/v1/audio/transcriptions"
    form = email.message_from_bytes(f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode() + body)
    parts: list[Any] = form.get_payload()  # type: ignore[assignment]
    fields = [(p.get_param("name", header="content-disposition"), p.get_payload(decode=True)) for p in parts]
    assert ("timestamp_granularities[]", b"word") in fields
    assert "language" not in dict(fields), "nobody said which, so it is guessed"
    sent, rate = soundfile.read(io.BytesIO(dict(fields)["file"]), dtype="float32")
    assert rate == 16_000
    assert np.corrcoef(sent, SOUND.samples[0])[0, 1] > 0.9999, "louder than 16 bits allow, and yet not clipped"


def test_without_times_of_words_the_segments_times_are_shared(server: Server) -> None:
    server.answers = [(200, json.dumps({**HEARD, "words": None}).encode())]
    first, second = HttpTranscribe(url=server.url).transcribe(SOUND, "pt").segments
    assert [word.text for word in (*first, *second)] == ["olá", "mundo", "adeus"]
    assert 0 < first[0].end < first[1].end == pytest.approx(1.0)


def test_long_sound_goes_in_pieces_cut_at_silence_and_times_go_on(server: Server) -> None:
    samples = np.sin(np.arange(30 * 16_000) * 0.1, dtype=np.float32) * 0.5
    samples[int(9.5 * 16_000) : int(9.7 * 16_000)] = 0
    lengths: list[float] = []

    def answer(body: bytes) -> Answer:
        lengths.append(len(body) / 32_000)
        return 200, json.dumps(HEARD).encode()

    server.answers = [answer]
    heard = HttpTranscribe(url=server.url, piece=10).hear(Sound(samples[None], 16_000), "pt")
    assert len(lengths) == 3
    assert sum(lengths) == pytest.approx(30, abs=0.1)
    assert 9.5 < heard.segments[2][0].start - 0.1 < 9.7


@pytest.mark.parametrize("said", [b"<html>", b'{"text": "hi", "words": [{"word": 1}]}', b'{"language": "klingon?!"}'])
def test_a_transcript_that_is_none_is_named(server: Server, said: bytes) -> None:
    server.answers = [(200, said)]
    with pytest.raises(AdapterFailed, match=r"no JSON|no transcript"):
        HttpTranscribe(url=server.url).transcribe(SOUND)


def chat(*lines: tuple[str, list[str]], text: str | None = None) -> Answer:
    said = text or json.dumps({"lines": [{"id": i, "wordings": w} for i, w in lines]})
    return 200, json.dumps({"choices": [{"message": {"role": "assistant", "content": said}}]}).encode()


GOOD = chat(("1", ["É um.", "Um."]), ("3", ["Três."]), ("2", [" Dois. "]))
PARTED = chat(("1", ["Um,\ndois."]), ("2", ["Dois.\r\n"]), ("3", ["Três."]))


def test_each_line_gets_its_own_wordings_whatever_their_order(server: Server) -> None:
    server.answers = [GOOD]
    stage = HttpTranslate(url=server.url)
    near = Line(id="0", start=0, end=1, text="Zero.")
    found = stage.translate(LINES, "en", "pt", {"two": "dois"}, before=[near])
    assert found == [["É um.", "Um."], ["Dois."], ["Três."]]
    asked = server.json()
    question = json.loads(asked["messages"][1]["content"])
    assert [line["id"] for line in question["lines"]] == ["1", "2", "3"]
    assert question["glossary"] == {"two": "dois"}
    assert question["before"] == [{"speaker": "", "text": "Zero."}]
    assert asked["response_format"] == {"type": "json_object"}


def test_a_wording_is_one_line(server: Server) -> None:
    server.answers = [PARTED]
    assert HttpTranslate(url=server.url).translate(LINES, "en", "pt", {})[:2] == [["Um, dois."], ["Dois."]]


LATE = [
    Line(id="1", start=0, end=1.2, text="I did not come yesterday because of the snow."),
    Line(id="2", start=2, end=6, text="I have three children."),
]
LONG, SHORT = "Eu não vim ontem por causa da neve.", "Não vim ontem pela neve."
LOSING = chat(("1", [LONG, "Vim ontem por causa da neve."]), ("2", ["Eu tenho três filhos.", "Tenho três filhos."]))
CHILDREN = ["Eu tenho três filhos.", "Tenho três filhos."]


def test_a_line_that_nothing_faithful_fits_is_asked_for_once_more(server: Server) -> None:
    server.answers = [LOSING, chat(("1", [LONG, SHORT]))]
    found = HttpTranslate(url=server.url).translate(LATE, "en", "pt", {})
    assert found == [[LONG, SHORT], CHILDREN]
    question = json.loads(server.json(0)["messages"][1]["content"])
    assert [line["letters"] for line in question["lines"]] == [19, 64]
    again = server.json()["messages"][-1]["content"]
    assert "Vim ontem" in again
    assert "três filhos" not in again
    allowed = re.search(r'"letters": (\d+)', again)
    assert allowed
    assert len(SHORT) - 5 < int(allowed[1]) < len(LONG)


@pytest.mark.parametrize(
    "second",
    [
        chat(("1", [LONG, "Vim ontem por causa da neve.", "Não vim 2 vezes."])),
        chat(("1", ["Eu não vim anteontem por causa da neve toda."])),
        chat(("2", [LONG, SHORT])),
        chat(text="Sorry, that is as short as it gets."),
    ],
)
def test_what_loses_something_twice_is_left_out_and_its_line_stays(server: Server, second: Answer) -> None:
    server.answers = [LOSING, second]
    assert HttpTranslate(url=server.url).translate(LATE, "en", "pt", {}) == [[LONG], CHILDREN]
    assert len(server.asked) == 2


def test_a_reader_that_is_not_here_is_named_before_anything_is_asked(server: Server) -> None:
    with pytest.raises(Missing, match="dubbench models fetch nobody"):
        HttpTranslate(url=server.url, read_back="nobody").translate(LATE, "en", "pt", {})
    assert server.asked == []


@pytest.mark.models
def test_lines_read_back_by_a_model_lose_no_word(server: Server) -> None:
    catalog.load("bergamot").weights.folder()
    whole, lost = "Não vim ontem por causa da neve.", "Não vim ontem."
    server.answers = [chat(("1", [LONG, whole, lost]), ("2", CHILDREN))]
    read = HttpTranslate(url=server.url, read_back="bergamot", wordings=1).translate(LATE, "en", "pt", {})
    assert read == [[LONG, whole], CHILDREN]
    assert HttpTranslate(url=server.url, wordings=1).translate(LATE, "en", "pt", {})[0] == [LONG, whole, lost]


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        (chat(("1", ["Um."]), ("2", ["Dois, três."])), "wanted exactly the ids"),
        (chat(("1", ["Um."]), ("2", ["Dois."]), ("2", ["Três."])), "wanted exactly the ids"),
        (chat(("1", ["Um."]), ("2", ["Dois."]), ("3", ["Três."]), ("4", ["Mais."])), "wanted exactly the ids"),
        (chat(("1", ["Um."]), ("2", ["  "]), ("3", ["Três."])), "line 2 has an empty wording"),
        (chat(("1", ["Um."]), ("2", []), ("3", ["Três."])), "lines.1.wordings"),
        (chat(text="Sorry, I cannot help with that."), "Invalid JSON"),
        (chat(text='{"lines": [{"id": 1, "wordings": ["Um."]}]}'), "lines.0.id"),
    ],
)
def test_a_lost_or_merged_line_is_asked_for_again_and_never_taken(server: Server, bad: Answer, complaint: str) -> None:
    server.answers = [bad, GOOD]
    assert HttpTranslate(url=server.url).translate(LINES, "en", "pt", {})[1] == ["Dois."]
    assert complaint in server.json()["messages"][3]["content"]
    server.answers = [bad]
    with pytest.raises(AdapterFailed, match=r"line 1: no usable answer in 2 tries"):
        HttpTranslate(url=server.url, tries=2, pause=0).translate(LINES, "en", "pt", {})


def test_a_fence_around_the_json_is_no_mistake(server: Server) -> None:
    inner = json.loads(GOOD[1])["choices"][0]["message"]["content"]
    server.answers = [chat(text=f"```json\n{inner}\n```")]
    assert HttpTranslate(url=server.url).translate(LINES, "en", "pt", {})[2] == ["Três."]
    assert len(server.asked) == 1


def test_what_is_no_chat_completion_is_named(server: Server) -> None:
    server.answers = [(200, b'{"object": "list"}')]
    with pytest.raises(AdapterFailed, match="no chat completion"):
        HttpTranslate(url=server.url).translate(LINES, "en", "pt", {})


def shouting(body: bytes) -> Answer:
    question = json.loads(json.loads(body)["messages"][1]["content"])
    return chat(*((line["id"], [line["text"].upper()]) for line in question["lines"]))


def test_a_translating_endpoint_keeps_the_contract(server: Server) -> None:
    server.answers = [shouting]
    check_adapter(catalog.load("http-translate", url=server.url), languages=("en-pt", "pt-en"), interpreters=False)


def test_declared_languages_are_honoured(server: Server) -> None:
    stage = HttpTranslate(url=server.url)
    stage.languages = ("en-pt",)
    with pytest.raises(Unsupported, match="en-pt"):
        stage.translate(LINES, "en", "de", {})
