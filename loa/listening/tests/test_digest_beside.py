"""What the figures of a digest are laid beside, and how its first sentence says it."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.core import clock
from loa.listening import services
from loa.listening.digest.gather import Span, months_before, opening
from loa.listening.digest.model import Kind
from loa.listening.fetching import Found
from loa.listening.models import Digest, Source
from loa.listening.tests.morning import get, post

pytestmark = pytest.mark.django_db


def at(day, hour=7, minute=5, month=11):
    return dt.datetime(2026, month, day, hour, minute, tzinfo=clock.VIETNAM)


@pytest.fixture
def paper(cast, time_at):
    time_at(at(1, month=10))
    made = services.source_add(actor=cast.office, unit=cast.so, name="Báo Sông Lam", kind="hand", outlet="local")
    Source.objects.update(created_at=clock.now())
    return made


@pytest.fixture
def says(paper, time_at):
    """The paper has `n` articles at noon of a day."""

    def say(n, day, month=11):
        time_at(at(day, 13, month=month))
        rows = [
            Found(external=f"{month}.{day}.{k}", title=f"Học sinh đoạt giải cuộc thi số {month}{day}{k} của tỉnh",
                  published_at=at(day, 12, k, month))
            for k in range(n)
        ]  # fmt: skip
        services.store(paper, rows)
        while services.analyse_waiting():
            pass

    return say


def first_words(day):
    return Digest.objects.get(kind=Kind.DAY, day=day.date()).summary.split(";")[0].removesuffix(".")


def test_a_weekend_stands_beside_the_weekend_before(cast, says, time_at):
    for day, n in ((13, 1), (14, 2), (15, 1), (17, 6), (18, 6)):
        says(n, day)
    time_at(at(19))
    services.draft_due()
    says(6, 19)
    time_at(at(20))
    services.draft_due()
    says(8, 21)
    time_at(at(23))
    services.draft_due()
    # A Friday beside the Friday before, the three days to Monday beside such three days; those between were full.
    assert first_words(at(20)) == "Ghi nhận 6 tin, bài về giáo dục (cùng kỳ tuần trước không có tin nào)"
    assert first_words(at(23)) == "Ghi nhận 8 tin, bài về giáo dục (tăng 4 tin so với cùng kỳ tuần trước)"
    monday = Digest.objects.get(day=at(23).date())
    assert "(cùng kỳ tuần trước 4)" in get(cast.office, "digest", monday.pk).content.decode()


def test_a_day_after_a_holiday_stands_beside_the_same_days(says, time_at):
    for day, n in ((16, 2), (17, 3), (18, 7)):
        says(n, day)
    time_at(at(23))
    services.draft_due()
    says(2, 23)
    says(1, 24)  # Ngày Văn hóa Việt Nam
    time_at(at(25))
    services.draft_due()
    assert first_words(at(25)) == "Ghi nhận 3 tin, bài về giáo dục (giảm 2 tin so với cùng kỳ tuần trước)"


def test_what_nobody_heard_is_laid_beside_nothing(cast, says, paper, time_at):
    Source.objects.filter(pk=paper.pk).update(created_at=at(16))
    says(3, 18)
    time_at(at(19))
    services.draft_due()
    made = Digest.objects.get()
    assert made.figures["before"] is None
    assert first_words(at(19)) == "Ghi nhận 3 tin, bài về giáo dục"
    assert "tuần trước" not in get(cast.office, "digest", made.pk).content.decode()
    # Silence that was listened to is a figure.
    Source.objects.filter(pk=paper.pk).update(created_at=at(10))
    services.digest_renew(actor=cast.office, digest=made)
    assert first_words(at(19)) == "Ghi nhận 3 tin, bài về giáo dục (cùng kỳ tuần trước không có tin nào)"


def test_a_day_without_items_says_what_there_was_the_week_before(says, time_at):
    says(2, 11)
    time_at(at(19))
    services.draft_due()
    assert first_words(at(19)) == "Không ghi nhận tin, bài nào về giáo dục của tỉnh (cùng kỳ tuần trước có 2 tin)"


def test_a_month_stands_beside_the_month_before(says, time_at):
    Source.objects.update(created_at=at(20, month=9))
    for day, n in ((5, 4), (24, 1)):
        says(n, day, month=10)
    time_at(at(26, month=10))
    services.draft_due()
    for day, month, n in ((30, 10, 2), (20, 11, 3)):
        says(n, day, month)
    time_at(at(25))
    services.draft_due()
    month = Digest.objects.filter(kind=Kind.MONTH).latest("day")
    assert (clock.local(month.since).date(), month.figures["back"]) == (at(26, month=10).date(), 1)
    assert month.summary.startswith("Ghi nhận 5 tin, bài về giáo dục (bằng cùng kỳ tháng trước);")


@pytest.mark.parametrize(
    ("kind", "since", "until", "began", "ended"),
    [
        (Kind.DAY, at(18), at(19), at(11), at(12)),
        (Kind.DAY, at(12), at(19, 7, 20), at(5), at(12, 7, 20)),  # a week, drafted a little later
        (Kind.DAY, at(9), at(19), at(26, month=10), at(5)),  # ten days: two weeks
        (Kind.MONTH, at(25, month=10), at(25), at(25, month=9), at(25, month=10)),
        (Kind.MONTH, at(25, month=9), at(26, month=10), at(25, month=8), at(26, month=9)),
        (Kind.MONTH, at(25, month=9), at(25), at(25, month=7), at(25, month=9)),  # one was left out
    ],
)
def test_the_stretch_beside_is_of_the_same_days(kind, since, until, began, ended):
    assert Span(1, kind, since, until).beside == (began, ended)


def test_a_month_before_a_long_months_last_day():
    assert months_before(at(31, month=12), 1) == at(30)
    assert months_before(at(5, month=1), 1) == at(5, month=12).replace(year=2025)


def test_longer_stretches_are_named():
    numbers = {"total": 10, "before": 12, "neg": 4, "back": 2}
    assert "giảm 2 tin so với cùng kỳ 2 tuần trước" in opening(Kind.DAY, numbers)
    assert "giảm 2 tin so với cùng kỳ 2 tháng trước" in opening(Kind.MONTH, numbers)


def test_a_draft_of_before_the_update_keeps_its_words_until_it_is_brought_up_to_now(cast, says, time_at):
    says(4, 18)
    time_at(at(19))
    services.draft_due()
    made = Digest.objects.get(kind=Kind.DAY)
    made.figures = {
        **{name: made.figures[name] for name in ("total", "neg", "pos", "neu", "private")},
        "before": 9,
    }
    old = "Ghi nhận 4 tin, bài về giáo dục (giảm 5 tin so với kỳ trước); 0% mang sắc thái tiêu cực."
    made.summary = f"{old} Dư luận lắng dần."
    made.save()
    assert "(kỳ trước 9)" in get(cast.office, "digest", made.pk).content.decode()
    form = {"nhan-dinh": made.summary, "thay": [line.pk for line in made.lines.all()]}
    post(cast.office, "digest", made.pk, **form, **{"cap-nhat": "1"})
    made.refresh_from_db()
    assert made.summary.startswith("Ghi nhận 4 tin, bài về giáo dục (cùng kỳ tuần trước không có tin nào);")
    assert made.summary.endswith(" Dư luận lắng dần.")
    assert made.summary.count("Ghi nhận") == 1


@pytest.mark.parametrize(
    ("total", "negative", "words"),
    [
        (1, 0, "không tin nào tiêu cực"),
        (1, 1, "tin này tiêu cực"),
        (3, 2, "2 trong 3 tin tiêu cực"),
        (3, 3, "cả 3 tin đều tiêu cực"),
        (9, 1, "1 trong 9 tin tiêu cực"),
        (10, 1, "10% mang sắc thái tiêu cực"),
        (40, 0, "không tin nào tiêu cực"),
        (40, 40, "cả 40 tin đều tiêu cực"),
        # no "0%" of what is there, no "100%" of what is not
        (300, 1, "1 trong 300 tin tiêu cực"),
        (300, 299, "299 trong 300 tin tiêu cực"),
    ],
)
def test_of_few_items_their_number_is_said(total, negative, words):
    numbers = {"total": total, "before": None, "neg": negative, "back": 1}
    assert opening(Kind.DAY, numbers) == f"Ghi nhận {total} tin, bài về giáo dục; {words}."
