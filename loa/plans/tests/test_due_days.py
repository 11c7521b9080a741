"""By which day of each period something is due: from the words of a plan to what is owed, and by hand."""

from __future__ import annotations

import datetime as dt
import io
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from loa.core import clock
from loa.lib.calendar import WEEKDAYS
from loa.plans import selectors, services, texts
from loa.plans.models import Change, Directive
from loa.plans.rules import DirectiveKind, FindingKind
from loa.plans.rules.directives import due_parts
from loa.plans.rules.drafts import drafts_of
from loa.plans.rules.slots import Terms, slots
from loa.plans.tests.factories import PLAN_TEXT, make_class, make_directive, make_plan, plan_file

D = dt.date
TWO = "2. Các đơn vị, trường học trực thuộc"


def browser(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


# — rules —————————————————————————————————————————————————————————————————————————————


MONTHLY, WEEKLY, QUARTERLY = "mỗi tháng, chậm nhất ", "mỗi tuần, chậm nhất ", "mỗi quý, chậm nhất "
READ = [
    ("quarterly", 20, "trước ngày 20 của tháng cuối quý", "quarter", 19, QUARTERLY + "ngày 19 của tháng cuối"),
    ("quarterly", -5, "trước ngày 05 của tháng đầu quý sau", "quarter", -4, QUARTERLY + "4 ngày sau khi hết kỳ"),
    ("quarterly", -1, "trước ngày 01 của tháng đầu quý sau", "quarter", None, "mỗi quý"),
    ("monthly@25", None, "vào ngày 25 hằng tháng", "month", 25, MONTHLY + "ngày 25"),
    ("monthly@25", None, "trước ngày 25 hằng tháng", "month", 24, MONTHLY + "ngày 24"),
    ("monthly@1", None, "trước ngày 01 hằng tháng", "month", 1, MONTHLY + "ngày 1"),
    ("weekly", 5, "vào thứ Sáu hằng tuần", "week", 5, WEEKLY + "thứ Sáu"),
    ("weekly", 5, "trước thứ Sáu hằng tuần", "week", 4, WEEKLY + "thứ Năm"),
    ("weekly", 5, "trước 16h00 thứ Sáu hằng tuần", "week", 5, WEEKLY + "thứ Sáu"),
    ("weekly", 7, "trước Chủ nhật hằng tuần", "week", 6, WEEKLY + "thứ Bảy"),
    ("weekly", None, "hằng tuần", "week", None, "mỗi tuần"),
    ("weekly", -1, "trước 9 giờ thứ Hai tuần sau", "week", -1, WEEKLY + "thứ Hai tuần sau"),
    ("weekly", -1, "trước thứ Hai tuần sau", "week", None, "mỗi tuần"),
]


@pytest.mark.parametrize(("recurrence", "due", "quote", "period", "day", "words"), READ)
def test_the_last_day_in_time_is_read_as_written(recurrence, due, quote, period, day, words):
    item = {"recurrence": recurrence, "what": "Gửi báo cáo", "quote": quote}
    item["due_weekday" if period == "week" and (due or 0) > 0 else "due_day"] = due
    (draft,) = drafts_of({"recurring": [item]})
    assert (draft.data["period"], draft.data["due_day"]) == (period, day)
    assert texts.recurrence_words(draft.data) == words


def test_a_count_has_its_day_and_is_not_owed_twice():
    quota = {"count": 2, "unit": "tin", "period": "week", "due_weekday": 5, "start": 4, "end": 14, "what": "gửi"}
    duty = {"recurrence": "weekly", "due_weekday": 5, "start": 0, "end": 40, "what": "Gửi tin"}
    (draft,) = drafts_of({"quotas": [quota | {"quote": "02 tin/tuần"}], "recurring": [duty | {"quote": "…"}]})
    assert (draft.kind, draft.data["due_day"]) == (FindingKind.QUOTA, 5)
    assert texts.quota_words(draft.data) == "2 tin mỗi tuần, chậm nhất thứ Sáu"


def test_a_day_the_count_has_not_makes_a_duty_of_its_own_unless_there_are_several():
    quota = {
        "count": 3,
        "unit": "buổi",
        "period": "month",
        "start": 4,
        "end": 14,
        "what": "phát",
        "quote": "03 buổi",
    }
    duties = [
        {"recurrence": f"monthly@{day}", "start": 0, "end": 40, "what": "Nộp kịch bản", "quote": "…"}
        for day in (10, 25)
    ]
    kinds = [draft.kind for draft in drafts_of({"quotas": [quota], "recurring": duties[:1]})]
    assert sorted(kinds) == [FindingKind.QUOTA, FindingKind.RECURRING]
    assert [draft.kind for draft in drafts_of({"quotas": [quota], "recurring": duties})] == [FindingKind.QUOTA]


@given(st.integers(1, 7), st.dates(D(2025, 12, 1), D(2026, 12, 20)), st.integers(0, 400))
def test_every_week_has_its_weekday_once(weekday, first, days):
    last = first + dt.timedelta(days=days)
    found = slots(Terms(1, "recurring", 1, "week", first, last, due_day=weekday))
    for slot in found:
        assert slot.start <= slot.due <= slot.end
        assert (slot.due.isoweekday(), slot.start.isoweekday()) == (weekday, 1)
        assert slot.due >= first
    assert all(later.due - one.due == dt.timedelta(days=7) for one, later in pairwise(found))
    whole = [day for day in range(days + 1) if (first + dt.timedelta(days=day)).isoweekday() == weekday]
    assert abs(len(found) - len(whole)) <= 1


@pytest.mark.parametrize("period", ["month", "quarter", "semester", "year"])
@given(day=st.integers(-31, 31).filter(bool), first=st.dates(D(2026, 1, 1), D(2026, 6, 30)))
def test_nothing_is_due_before_it_was_asked_for(period, day, first):
    for slot in slots(Terms(1, "recurring", 1, period, first, D(2026, 12, 31), due_day=day)):
        assert slot.due >= first


@given(st.sampled_from(["week", "month", "quarter", "year"]), st.integers(1, 31), st.booleans())
def test_what_the_form_shows_it_gives_back(period, day, after):
    due_day = (day - 1) % 7 + 1 if period == "week" else day
    due_day = -due_day if after else due_day
    assert due_parts(period, due_day).due_day(period) == due_day
    assert due_parts(period, None).due_day(period) is None


# — from the plan to what is owed —————————————————————————————————————————————————————


def test_the_weekday_of_a_plan_reaches_what_is_owed(cast, django_capture_on_commit_callbacks):
    duty = "- Gửi thông cáo báo chí về Văn phòng Sở trước 16h00 thứ Sáu hằng tuần."
    count = "- Gửi ít nhất 03 tin/tuần về Văn phòng Sở, chậm nhất thứ Năm hằng tuần."
    text = PLAN_TEXT.replace(TWO, f"{TWO}\n\n{duty}\n\n{count}")
    with clock.frozen("2026-02-01"), django_capture_on_commit_callbacks(execute=True):
        make_class("truc-thuoc")
        plan = services.upload_plan(actor=cast.office, unit=cast.so, upload=plan_file(text))
    weekly = plan.findings.filter(data__period="week").order_by("position")
    assert [(row.kind, row.data["due_day"]) for row in weekly] == [("recurring", 5), ("quota", 4)]
    assert not plan.findings.filter(kind="warning", data__code="day_lost").exists()
    for row in plan.findings.exclude(pk__in=weekly.values("pk")):
        services.dismiss_finding(actor=cast.office, finding=row)
    for row in weekly:
        values = {"audience": {"classes": ["truc-thuoc"]}}
        services.edit_finding(actor=cast.office, finding=row, values=values)
    plan.refresh_from_db()
    with clock.frozen("2026-02-02"), django_capture_on_commit_callbacks(execute=True):
        services.issue_plan(actor=cast.office, plan=plan)
    rows = plan.directives.order_by("kind")
    assert [(row.kind, row.period, row.due_day) for row in rows] == [
        ("quota", "week", 4),
        ("recurring", "week", 5),
    ]
    assert [texts.directive_words(row) for row in rows] == [
        "3 tin mỗi tuần, chậm nhất thứ Năm",
        "mỗi tuần, chậm nhất thứ Sáu",
    ]
    first = slots(selectors.changes.terms_of(rows[1]))[0]
    assert (first.start, first.due) == (D(2025, 12, 29), D(2026, 1, 2))


def test_a_week_has_no_day_of_the_month(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_directive(make_plan(cast.so), kind=DirectiveKind.RECURRING, period="week", due_day=25)


# — by hand ———————————————————————————————————————————————————————————————————————————


def test_an_officer_sets_the_weekday_of_what_was_read(cast, read_plan):
    row = read_plan.findings.get(kind="recurring", data__period="month")
    client = browser(cast.office)
    url = reverse("plans:edit", args=[read_plan.pk, row.position])

    def edit(**values: str) -> str:
        form = {"title": "Điểm tin", "proof": "report", "classes": ["truc-thuoc"]}
        page = client.post(url, form | values, follow=True).content.decode()
        row.refresh_from_db()
        return page

    assert "mỗi tuần, chậm nhất thứ Sáu" in edit(period="week", due_weekday="5", due_day="25")
    assert (row.data["period"], row.data["due_day"]) == ("week", 5)
    assert '<option value="5" selected>thứ Sáu</option>' in client.get(url).content.decode()
    assert "mỗi quý, chậm nhất 5 ngày sau khi hết kỳ" in edit(period="quarter", due_day="5", due_after="on")
    assert (row.data["period"], row.data["due_day"]) == ("quarter", -5)


def test_a_weekly_duty_is_given_by_hand_after_a_preview(cast):
    make_class()
    plan = make_plan(cast.so, year=2099)
    client = browser(cast.office)
    url = reverse("plans:add_directive", args=[plan.pk])
    values = {"loai": "recurring", "title": "Điểm tin", "period": "week", "due_weekday": "3", "proof": "report"}
    values |= {"classes": ["moi-truong"]}
    page = client.post(url, values | {"xem": "1"}).content.decode()
    assert "hạn 07/01/2099" in page  # a Wednesday; that of the first week, begun on a Thursday, is past
    client.post(url, values)
    row = Directive.objects.get()
    assert (row.period, row.due_day) == ("week", 3)
    assert (
        "mỗi tuần, chậm nhất thứ Tư"
        in client.get(reverse("plans:directive", args=[plan.pk, row.pk])).content.decode()
    )


def test_an_amendment_moves_the_weekday_and_says_so(cast):
    make_class()
    plan = make_plan(cast.so)
    row = make_directive(
        plan, kind=DirectiveKind.RECURRING, period="week", due_day=5, title="Điểm tin", noun="báo cáo"
    )
    head = {"number": "9/KH", "title": "Điều chỉnh", "signed_on": D(2026, 5, 14), "effective_on": D(2026, 5, 16)}
    with clock.frozen("2026-05-16"):
        draft = services.amendment_start(actor=cast.office, plan=plan, values=head | {"reason": "Theo Bộ"})
        client = browser(cast.office)
        url = reverse("plans:amend_directive", args=[plan.pk, draft.pk, row.pk])
        assert '<option value="5" selected>thứ Sáu</option>' in client.get(url).content.decode()
        values = {"title": "Điểm tin", "period": "week", "due_weekday": "2", "classes": ["moi-truong"]}
        client.post(url, values)
        change = Change.objects.get()
        assert (change.before, change.after) == ({"due_day": 5}, {"due_day": 2})
        page = client.get(reverse("plans:amendment", args=[plan.pk, draft.pk])).content.decode()
        assert "thứ Sáu" in page
        assert "thứ Ba" in page
        client.post(url, values | {"period": "month", "due_day": "10"})
        page = client.get(reverse("plans:amendment", args=[plan.pk, draft.pk])).content.decode()
        assert "ngày 10" in page


def test_the_table_tells_the_weekday(cast):
    make_class()
    plan = make_plan(cast.so)
    make_directive(plan, kind=DirectiveKind.RECURRING, period="week", due_day=7, title="Điểm tin")
    data = browser(cast.office).get(reverse("plans:table_export", args=[plan.pk])).content
    assert load_workbook(io.BytesIO(data)).worksheets[1]["B2"].value == f"mỗi tuần, chậm nhất {WEEKDAYS[6]}"
