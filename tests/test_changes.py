"""A patch turns one document into another, whatever they hold."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dubbench.manifest import changes

VALUES = st.recursive(
    st.one_of(st.integers(), st.text(max_size=3), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abcd"), inner, max_size=4)),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)


@given(OBJECTS, OBJECTS)
def test_a_patch_makes_the_second_document_of_the_first(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert changes.patched(before, changes.patch(before, after)) == after


@given(OBJECTS)
def test_nothing_changed_is_an_empty_patch(document: dict[str, Any]) -> None:
    assert changes.patch(document, document) == {}


def test_what_stayed_is_not_in_the_patch() -> None:
    before = {"lines": {"1": {"text": "a", "start": 1.0}, "2": {"text": "b"}}, "name": "x"}
    after = {"lines": {"1": {"text": "c", "start": 1.0}}, "name": "x"}
    assert changes.patch(before, after) == {"lines": {"1": {"text": "c"}, "2": None}}
