"""A clue may only be looked for when its pattern cannot match without it: shown on text made from each pattern."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loa.lib.vanban import amounts, channels, due, often, uncounted
from loa.lib.vanban.clues import Clued, clued, folded


def _clued(value: object) -> Iterator[Clued]:
    """The patterns with clues in a value of a module, however deep in its tables."""
    if isinstance(value, Clued):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _clued(part)


PATTERNS = {
    f"{module.__name__.rpartition('.')[2]}.{name}.{number}": pattern
    for module in (amounts, channels, due, often, uncounted)
    for name, value in vars(module).items()
    for number, pattern in enumerate(_clued(value))
}


def test_the_patterns_are_found() -> None:
    assert len(PATTERNS) > 60


@pytest.mark.parametrize("name", PATTERNS)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_what_matches_holds_the_clues(name: str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(PATTERNS[name].pattern))
    assert PATTERNS[name].may_match(folded(text))


def test_of_each_group_one_word_must_stand() -> None:
    each_month = clued(r"(?:hằng|hàng)\s+tháng", "hằng|hàng", "tháng")
    assert each_month.may_match("báo cáo hàng tháng")
    assert not each_month.may_match("báo cáo tháng")
    assert not each_month.may_match("báo cáo hằng quý")


@pytest.mark.parametrize("printed", ["HAİ", "Haı", "ẤN PHẨM", "ấn phẩm"])
def test_folded_is_what_patterns_of_any_case_take_for_the_same(printed: str) -> None:
    pattern = clued("hai|ấn phẩm", "hai|ấn phẩm")
    assert pattern.search(printed, folded(printed))
