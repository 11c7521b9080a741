"""Charts: exact shares, words for those who do not see them, nothing a strict policy forbids."""

from __future__ import annotations

import pytest

from loa.core import charts


def test_meter_shows_the_share_and_never_more_than_all():
    assert 'width="36"' in charts.meter(36, 100)
    assert 'width="92.39"' in charts.meter(85, 92)
    assert 'width="100"' in charts.meter(14, 13)
    assert 'width="0"' in charts.meter(5, 0)


@pytest.mark.parametrize(
    ("done", "target", "future", "css", "words"),
    [
        (3, 3, False, "ok", "đủ chỉ tiêu 3"),
        (5, 3, False, "ok", "đủ chỉ tiêu 3"),
        (1, 2, False, "part", "còn thiếu"),
        (0, 2, False, "gap", "còn trống"),
        (0, 2, True, "next", "Sắp tới, chỉ tiêu"),
        (1, 2, True, "part", "còn thiếu"),
        (0, 0, False, "none", "không giao"),
        (2, 0, False, "ok", "không giao chỉ tiêu"),
    ],
)
def test_cell_says_its_state_in_colour_and_words(done, target, future, css, words):
    drawn = charts.cell(done, target, future=future)
    assert f'class="c {css}"' in drawn
    assert words in drawn


def test_charts_escape_names_and_carry_no_style():
    drawn = (
        charts.bars([("<script>", 3)], title="A & B")
        + charts.columns(["T1", "T2"], [("x<y", [1, 2])], title="t")
        + charts.lines(["T1", "T2"], [("x<y", [1, 2])], title="t")
        + charts.spark([1, 2, 46], title="t", first="01/01", last="hôm nay", usual=4, usual_label="ngày thường: 4")
    )
    assert "<script>" not in drawn
    assert "style=" not in drawn
    assert "A &amp; B" in drawn


def test_stacked_columns_reach_their_sum():
    drawn = charts.columns(["T1"], [("a", [6]), ("b", [4])], title="t")
    assert "T1 6" in drawn  # in words
    assert 'class="s0"' in drawn
    assert 'class="s1"' in drawn
    assert 'height="104.4"' in drawn  # 6/10 of the 174 units of the plot
    assert 'height="69.6"' in drawn


def test_numbers_are_written_as_in_viet_nam():
    assert "1.234,5" in charts.bars([("a", 1234.5)], title="t")


def test_what_is_counted_has_no_halves_on_its_axis():
    for top, middle in ((1, "0,5"), (5, "2,5")):
        assert f">{middle}</text>" not in charts.columns(["a"], [("x", [top])], title="t")
    assert ">5</text>" in charts.columns(["a"], [("x", [10])], title="t")


def test_empty_charts_draw_nothing():
    assert charts.bars([], title="t") == ""
    assert charts.spark([], title="t") == ""


def test_the_present_month_without_a_story_is_worth_a_look_even_without_a_target():
    drawn = charts.cell(0, 0, now=True)
    assert 'class="c part"' in drawn
    assert "chưa có bài tháng này" in drawn
    assert "/0" not in drawn


def test_the_key_of_lines_has_the_colour_of_lines():
    assert charts.keys(["a", "b", "c"], of_lines=True).count("of-line") == 3
    assert "of-line" not in charts.keys(["a", "b", "c"])
