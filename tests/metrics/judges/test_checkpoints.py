"""Where a judge's weights are looked for, what is said where they are not, and what tells them from others."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dubbench.errors import BadInput, Missing
from dubbench.metrics import judges
from dubbench.metrics.judges import checkpoints
from tests.packages import cache  # noqa: F401

COMMIT = "0123456789abcdef" * 2 + "01234567"

pytestmark = pytest.mark.usefixtures("cache")


def test_a_folder_a_file_or_the_persons_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "own" / "syncnet" / "it.model"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"weights")
    monkeypatch.setenv("DUBBENCH_WEIGHTS", str(tmp_path / "own"))
    for place in (file, str(file), file.parent, None):
        assert checkpoints.found("syncnet", place, "it.model") == {"it.model": file}
    with pytest.raises(Missing, match=r"'other' of syncnet is not in .*own/syncnet; put the file at .*/syncnet/other"):
        checkpoints.found("syncnet", None, "it.model", "other")


def test_nothing_named_says_where_to_put_it() -> None:
    with pytest.raises(Missing, match=r"put the file at \$DUBBENCH_WEIGHTS/utmos/it.pt, or name .* hub://owner/"):
        checkpoints.found("utmos", None, "it.pt")


@pytest.mark.parametrize(
    "place", ["hub://owner/model@main", "hub://owner/model", f"hub://model@{COMMIT}", f"hub://owner/model@{COMMIT[1:]}"]
)
def test_the_hub_only_at_a_commit(place: str) -> None:
    with pytest.raises(
        BadInput, match="pins no weights of utmos; write hub://owner/repository@commit, the commit with all 40"
    ):
        checkpoints.found("utmos", place, "it.pt")


def test_one_path_names_no_two_files() -> None:
    with pytest.raises(BadInput, match="pins no weights of comet"):
        checkpoints.found("comet", f"hub://owner/model@{COMMIT}/a", "a", "b")


def test_without_the_hub_the_next_command_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBBENCH_OFFLINE", "1")
    command = f"hf download owner/nowhere deep/it.pt --revision {COMMIT}; .* put it at .*/utmos/deep/it.pt"
    with pytest.raises(Missing, match=f"cannot be fetched .*offline.* run: {command}"):
        checkpoints.found("utmos", f"hub://owner/nowhere@{COMMIT}/deep/it.pt", "it.pt")


def test_what_the_hubs_client_has_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setenv("DUBBENCH_OFFLINE", "1")
    kept = tmp_path / "models--owner--model" / "snapshots" / COMMIT
    kept.mkdir(parents=True)
    (kept / "it.pt").write_bytes(b"weights")
    found = checkpoints.found("utmos", f"hub://owner/model@{COMMIT}", "it.pt")
    assert found["it.pt"].read_bytes() == b"weights"


def test_other_bytes_are_another_judge(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"weights")
    two.write_bytes(b"settings")
    alone = checkpoints.identity("utmos", one)
    # sha256sum of the file.
    assert alone == "9a129038d9a0"
    both = checkpoints.identity("utmos", one, two)
    assert len({alone, both, checkpoints.identity("utmos", two, one)}) == 3
    two.write_bytes(b"Settings")
    assert checkpoints.identity("utmos", one, two) != both


@pytest.mark.parametrize(
    "judge", [judges.comet, judges.cometkiwi, judges.utmos, judges.lse_distance, judges.lse_confidence]
)
def test_without_torch_it_says_how_to_have_it(judge: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(Missing, match=r"wants torch and transformers .*: pip install 'dubbench\[judges\]'"):
        judge("folder")
