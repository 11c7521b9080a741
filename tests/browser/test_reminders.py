"""Reminders in a browser: the list with something in it, the settings saved, the mails stopped from a mail."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from loa.core import clock
from loa.plans.tests.factories import make_plan, make_task
from loa.reminders import services
from loa.reminders.models import Preference
from tests.browser.check import check_page

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_the_list_to_the_settings_and_out(open_as, cast):
    cast.lead.email = "toan@truong.example"
    cast.lead.save()
    today = clock.today()
    plan = make_plan(cast.so, starts_on=today - dt.timedelta(days=90), ends_on=today + dt.timedelta(days=90))
    for days, title in ((-2, "Báo cáo sơ kết học kỳ"), (0, "Ngày hội đọc sách"), (9, "Học bạ số")):
        make_task(plan, title, lead=cast.school, due_on=today + dt.timedelta(days=days))
    page = open_as(cast.lead, "/lam-viec/nhac-viec/", width=390)
    check_page(page)
    assert page.get_by_text("trễ 2 ngày").is_visible()
    assert page.get_by_text("hạn hôm nay").is_visible()
    page.get_by_role("link", name="Cách nhắc").first.click()
    page.get_by_label("14 ngày").check()
    page.get_by_label("Khi đã quá hạn hoặc chờ lâu").select_option("1")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Đã lưu cách nhắc việc.").wait_for()
    check_page(page)
    row = Preference.objects.get(user=cast.lead)
    assert (row.before, row.late_every) == ([14, 7, 1], 1)
    page = open_as(None, reverse("reminders_stop", args=[services.unsubscribe_token(row)]), width=390)
    check_page(page)
    page.get_by_role("button", name="Thôi nhận thư").click()
    page.get_by_text("Đã thôi gửi thư nhắc").wait_for()
    check_page(page)
    row.refresh_from_db()
    assert row.by_mail is False
