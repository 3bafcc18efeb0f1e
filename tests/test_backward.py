"""A wording is read back as its source by the real model: what lost a word of it is refused, what did not is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import dubbench
from dubbench.translation import guard
from dubbench.translation.backward import CUT, Backward, Loss
from dubbench.translation.beam import Decoder
from dubbench.translation.ladder import Ladder
from dubbench.translation.network import Network
from eval.guard import cases
from eval.sentences import LINES

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def folder() -> Path:
    return dubbench.load("bergamot").weights.folder()


@pytest.fixture(scope="module")
def network(folder: Path) -> Network:
    return Network(folder / "model.pt-en.bin", folder / "vocab.pt-en.spm")


@pytest.fixture(scope="module")
def backward(network: Network) -> Backward:
    return Backward(network, "en")


@pytest.fixture(scope="module")
def forward(folder: Path) -> Decoder:
    return Decoder(folder / "model.en-pt.bin", folder / "vocab.en-pt.spm")


def test_what_the_beam_totals_is_what_a_translation_shown_to_the_network_gets(forward: Decoder) -> None:
    said = "He never came back."
    best = forward.greedy(said)
    [first, *_] = forward.translations(said, best)
    chances = forward.chances(said, first.text)
    assert "".join(piece for piece, _ in chances[:-1]).replace("▁", " ").strip() == first.text
    # The beam looks at some of the vocabulary alone, so it finds everything a little likelier.
    assert sum(chance for _, chance in chances) == pytest.approx(first.total, abs=0.3)


def test_a_sentence_is_looked_at_afresh_after_another(network: Network) -> None:
    alone = network.chances("Ele nunca voltou.", "He never came back.")
    network.chances("Bom dia!", "Good morning!")
    again = network.chances("Ele nunca voltou.", "He never came back.")
    assert np.allclose([chance for _, chance in alone], [chance for _, chance in again])


def test_the_word_that_was_lost_is_named(backward: Backward) -> None:
    source, best = "Let's see how this works in practice.", "Vamos ver como isso funciona na prática."
    whole, lost = backward.losses(source, best, [best, "Vamos ver como isso funciona."])
    assert whole.nats == pytest.approx(0, abs=1e-4)
    assert lost.word in {"in", "practice"}
    assert lost.nats > CUT
    assert backward.losses(source, best, []) == []
    assert Loss() == Loss("", 0.0)


def test_a_word_that_announces_another_speaks_for_it(backward: Backward) -> None:
    source, best = "The city has grown a lot in twenty years.", "A cidade cresceu muito em vinte anos."
    [lost] = backward.losses(source, best, ["A cidade cresceu em vinte anos."])
    assert lost.word == "lot"
    assert lost.nats > CUT


def test_of_mutilations_held_out_nineteen_in_twenty_are_refused(forward: Decoder, backward: Backward) -> None:
    refused = tried = 0
    for line in cases(forward.greedy)[1::4]:
        for kind, source, best, text in line:
            if kind != "honest":
                tried += 1
                near = guard.near(text, best, "pt")
                refused += not (near and backward.kept(source, best, [text]))
    assert tried > 200
    assert refused / tried >= 0.95


def _ladders(folder: Path, pair: str) -> Iterator[tuple[str, list[str]]]:
    ladder, source = Ladder(folder, pair), pair[:2]
    decoder = Decoder(folder / f"model.{pair}.bin", folder / f"vocab.{pair}.spm")
    for text in LINES[source][:12]:
        yield text, ladder.of(text, decoder.greedy(text), decoder.greedy, str)


@pytest.mark.parametrize("pair", ["en-pt", "pt-en"])
def test_no_wording_of_a_ladder_loses_a_number_a_name_or_a_negation(folder: Path, pair: str) -> None:
    found = dict(_ladders(folder, pair))
    assert any(len(ways) > 1 for ways in found.values())
    for best, *others in found.values():
        assert all(guard.faithful(text, best, pair[3:]) and len(text) < len(best) for text in others)
        assert [len(text) for text in others] == sorted((len(text) for text in others), reverse=True)


def test_without_the_way_back_words_go_only_where_rules_let_them(folder: Path, tmp_path: Path) -> None:
    for name in ("model.en-pt.bin", "vocab.en-pt.spm"):
        (tmp_path / name).symlink_to(folder / name)
    said, best = "I did not want to tell her mother the truth.", "Eu não queria dizer à sua mãe a verdade."
    without, with_ = (Ladder(where, "en-pt").of(said, best, str, str) for where in (tmp_path, folder))
    assert "Não queria dizer à sua mãe a verdade." in without
    assert "Eu não queria dizer à mãe a verdade." not in without
    assert "Eu não queria dizer à mãe a verdade." in with_
