"""A disk that is full or shut is told to the person; whatever else goes wrong stays what it is."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from dubbench import disk
from dubbench.errors import BadInput


def refused(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize("number", sorted(disk.SHUT))
def test_what_the_system_refuses_is_told_with_the_place_and_what_helps(number: int, tmp_path: Path) -> None:
    place = tmp_path / "not yet there"
    with pytest.raises(BadInput, match="free some space, or else") as told, disk.writing(place, instead="else"):
        raise refused(number)
    assert os.strerror(number) in str(told.value)
    assert "cannot write to /" in str(told.value)


def test_other_errors_stay_what_they_are_unless_they_mean_no_more_than_this(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), disk.writing(tmp_path, instead="go elsewhere"):
        raise refused(errno.ENOENT)
    with pytest.raises(BadInput), disk.writing(tmp_path, instead="go elsewhere", also=frozenset({errno.ENOENT})):
        raise refused(errno.ENOENT)
    with pytest.raises(ZeroDivisionError), disk.writing(tmp_path, instead="go elsewhere"):
        raise ZeroDivisionError


def test_the_fuller_of_two_disks_is_named(tmp_path: Path) -> None:
    assert disk.fullest(tmp_path / "a" / "b", tmp_path) == tmp_path / "a" / "b", "of equals the first"
    assert disk.fullest(tmp_path, Path("/proc")) == Path("/proc"), "it has no room at all"
