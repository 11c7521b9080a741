"""On which day of its week, month or quarter something that comes back is due, and what is told of other days."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .plan import read_lines

KEPT = [
    ("Gửi thông cáo báo chí trước 16h00 thứ Sáu hằng tuần", "weekly", None, 5),
    ("Họp giao ban vào thứ Hai hằng tuần", "weekly", None, 1),
    ("Gửi bài chậm nhất 16h00 thứ Năm hằng tuần", "weekly", None, 4),
    ("Hằng tuần gửi điểm tin báo chí về Sở trước Chủ nhật", "weekly", None, 7),
    ("Hằng tuần (chiều T6) gửi tin về Sở", "weekly", None, 5),
    ("Báo cáo tuần gửi trước 15 giờ thứ 5", "weekly", None, 4),
    ("Trước 16 giờ thứ Sáu, tổng hợp tin hằng tuần", "weekly", None, 5),
    ("Hằng tuần tổng hợp dư luận, gửi Giám đốc trước 9 giờ thứ Hai tuần sau", "weekly", -1, None),
    ("Đăng tin hằng tuần", "weekly", None, None),
    ("Gửi báo cáo quý trước ngày 20 của tháng cuối quý", "quarterly", 20, None),
    ("Gửi báo cáo về Sở ngày 25 tháng cuối quý", "quarterly", 25, None),
    ("Báo cáo hằng quý (trước ngày 20 tháng cuối quý)", "quarterly", 20, None),
    ("Gửi báo cáo vào ngày 05 của tháng đầu quý sau", "quarterly", -5, None),
    ("Gửi báo cáo hằng quý", "quarterly", None, None),
    ("Gửi báo cáo hằng tháng trong 05 ngày đầu của tháng sau", "monthly", -5, None),
    ("Gửi báo cáo hằng tháng, trong 10 ngày đầu tháng", "monthly", 10, None),
]


@pytest.mark.parametrize(("line", "word", "day", "weekday"), KEPT, ids=[case[0][:40] for case in KEPT])
def test_the_day_of_what_comes_back_is_kept(line: str, word: str, day: int | None, weekday: int | None) -> None:
    reading = read_lines(f"- {line}.")
    assert [(r.recurrence, r.due_day, r.due_weekday) for r in reading.recurring] == [(word, day, weekday)]
    assert reading.warnings == ()
    printed = reading.recurring[0].to_dict()
    assert {name for name in ("due_day", "due_weekday") if name in printed} == {
        name for name, value in (("due_day", day), ("due_weekday", weekday)) if value
    }


LOST = [
    ("Phát thanh sáng thứ Hai và thứ Năm hằng tuần", "thứ Hai và thứ Năm"),
    ("Đăng tin vào thứ 2, 4 và 6 hằng tuần", "thứ 2, 4 và 6"),
    ("Phát sóng từ thứ Hai đến thứ Sáu hằng tuần", "thứ Hai đến thứ Sáu"),
    ("Hằng tuần tổng hợp tin từ thứ Sáu tuần trước", "thứ Sáu"),
    ("Họp Tổ truyền thông vào chiều thứ Sáu tuần cuối hằng tháng", "thứ Sáu tuần cuối"),
    ("Hằng tuần gửi tin từ sáng thứ Sáu tuần trước", "thứ Sáu"),
    ("Hằng tuần gửi tin đã đăng vào thứ Sáu tuần trước", "thứ Sáu"),
    ("Gửi báo cáo vào thứ Sáu của tuần cuối tháng", "thứ Sáu của tuần cuối"),
    ("Cập nhật số liệu, riêng tuần cuối tháng gửi vào thứ sáu", "tuần cuối tháng gửi vào thứ sáu"),
    ("Họp thường kỳ vào tuần thứ nhất hằng tháng", "tuần thứ nhất"),
    ("Hằng quý công bố kết quả trong tuần đầu của quý", "tuần đầu"),
    ("Hằng tháng gửi báo cáo trong 03 ngày làm việc đầu tháng sau", "03 ngày làm việc đầu"),
    ("Gửi báo cáo quý vào ngày 10 của tháng đầu quý", "ngày 10 của tháng đầu quý"),
]


@pytest.mark.parametrize(("line", "day"), LOST, ids=[case[0][:40] for case in LOST])
def test_a_day_that_cannot_be_kept_is_told_of(line: str, day: str) -> None:
    reading = read_lines(f"- {line}.")
    assert [(r.due_day, r.due_weekday) for r in reading.recurring] == [(None, None)]
    assert [(w.code, w.span.quote) for w in reading.warnings] == [("day_lost", day)]


@pytest.mark.parametrize(
    "line",
    [
        "Hằng tuần phát chuyên mục “Thứ Bảy xanh” trên Fanpage",
        "Hằng tuần đăng tin về Hội thi lần thứ hai",
        "Hằng tháng gửi báo cáo vào tuần cuối tháng",
        "Hằng tháng gửi báo cáo vào ngày làm việc cuối cùng của tháng",
    ],
)
def test_what_is_no_day_and_the_end_of_a_period_need_no_word(line: str) -> None:
    reading = read_lines(f"- {line}.")
    assert {(r.due_day, r.due_weekday) for r in reading.recurring} == {(None, None)}
    assert reading.warnings == ()


COUNTS = [
    ("Mỗi tuần 02 tin, gửi trước thứ Sáu", None, 5),
    ("Gửi 02 tin/tuần về Sở, chậm nhất 16h00 thứ Sáu hằng tuần", None, 5),
    ("Đăng ít nhất 01 bài/tuần vào thứ Tư", None, 3),
    ("Gửi ít nhất 02 tin/tháng trước ngày 25 hằng tháng", 25, None),
    ("Gửi ít nhất 02 tin/quý, trước ngày 25 tháng cuối quý", 25, None),
    ("Gửi 02 tin/tháng trước ngày 10 và ngày 25 hằng tháng", None, None),
    ("Phát thanh 3 buổi/tuần, nộp kịch bản trước thứ Năm hằng tuần", None, None),
    ("Gửi 02 tin/tuần", None, None),
]


@pytest.mark.parametrize(("line", "day", "weekday"), COUNTS, ids=[case[0][:40] for case in COUNTS])
def test_the_day_of_a_count_is_kept(line: str, day: int | None, weekday: int | None) -> None:
    reading = read_lines(f"- {line}.")
    (quota,) = reading.quotas
    assert (quota.due_day, quota.due_weekday) == (day, weekday)
    assert reading.warnings == ()


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Phát thanh 02 lần/tuần, mỗi buổi 15 phút, vào 17h00 thứ Ba và thứ Sáu", "thứ Ba và thứ Sáu"),
        ("Đăng 02 tin/tuần vào thứ Ba", "thứ Ba"),
        ("Phát thanh 3 buổi/tuần, nộp kịch bản trước thứ Năm", "thứ Năm"),
    ],
)
def test_days_of_a_count_that_cannot_be_kept_are_told_of(line: str, day: str) -> None:
    reading = read_lines(f"- {line}.")
    assert [quota.due_weekday for quota in reading.quotas] == [None]
    assert [(w.code, w.span.quote) for w in reading.warnings] == [("day_lost", day)]


PRINTED = {
    1: ("thứ Hai", "thứ hai", "thứ 2", "T2"),
    2: ("thứ Ba", "thứ 3"),
    3: ("thứ Tư", "thứ 4", "T4"),
    4: ("thứ Năm", "thứ năm", "thứ 5"),
    5: ("thứ Sáu", "Thứ Sáu", "thứ 6", "T6"),
    6: ("thứ Bảy", "thứ 7"),
    7: ("Chủ nhật", "chủ nhật", "CN"),
}
WEEKDAY = st.integers(1, 7).flatmap(lambda day: st.tuples(st.just(day), st.sampled_from(PRINTED[day])))


CUES = ("vào ", "trước ", "chậm nhất ", "trước 16h00 ", "chậm nhất là 9 giờ ", "vào sáng ", "vào chiều ")
FORMS = (
    "{what} {day} hằng tuần",
    "{what} {day} hàng tuần",
    "hằng tuần {what} {day}",
    "mỗi tuần, {what} {day}",
    "hằng tuần ({day}) {what}",
)


@given(
    WEEKDAY,
    st.sampled_from(CUES),
    st.sampled_from(("gửi tin, bài về Sở", "họp giao ban", "tổng hợp dư luận", "đăng lịch công tác")),
    st.sampled_from(FORMS),
)
def test_any_one_weekday_comes_back_and_two_are_told_of(printed, cue, what, form) -> None:
    weekday, name = printed
    line = form.format(what=what, day=cue + name)
    (duty,) = read_lines(f"- {line[0].upper()}{line[1:]}.").recurring
    assert (duty.recurrence, duty.due_weekday) == ("weekly", weekday), line
    other = PRINTED[weekday % 7 + 1][0]
    line = form.format(what=what, day=f"{cue}{name} và {other}")
    reading = read_lines(f"- {line[0].upper()}{line[1:]}.")
    assert [duty.due_weekday for duty in reading.recurring] == [None], line
    assert [warning.code for warning in reading.warnings] == ["day_lost"], line
