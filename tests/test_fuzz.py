"""Whatever a stranger writes, each of our readers gives a value or one of the five errors, and never hangs."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eval.hostile import fuzz

ENOUGH = settings(
    max_examples=40, deadline=datetime.timedelta(seconds=30), suppress_health_check=list(HealthCheck), database=None
)


@pytest.mark.parametrize("name", fuzz.READERS)
def test_a_reader_gives_a_value_or_a_known_error(name: str) -> None:
    reader = fuzz.READERS[name]

    @ENOUGH
    @given(st.data())
    def asked(data: st.DataObject) -> None:
        fuzz.survived(reader, data.draw(reader.given))

    asked()
