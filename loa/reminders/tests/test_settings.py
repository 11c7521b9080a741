"""One's own settings, the list, and the address that stops the mails."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from loa.accounts.models import User
from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import InvalidInput
from loa.plans.tests.factories import make_task
from loa.reminders import services
from loa.reminders.models import Preference

LIST, SETTINGS = "/lam-viec/nhac-viec/", "/lam-viec/nhac-viec/cach-nhac/"
GIVEN = {
    "in_app": "on",
    "kinds": ["task", "duty"],
    "before": ["14", "3"],
    "late_every": "3",
    "at": "08:15",
    "quiet_from": "19:00",
    "quiet_to": "07:30",
    "weekly_on": "4",
}


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen("2026-11-18"):
        yield


@pytest.fixture
def lead(cast):
    cast.lead.email = "toan@truong.example"
    cast.lead.save()
    return cast.lead


@pytest.mark.parametrize("path", [LIST, SETTINGS])
def test_a_visitor_must_log_in(client, db, path):
    assert client.get(path).headers["Location"].startswith("/tai-khoan/dang-nhap/")


def test_what_is_saved_is_kept_and_logged(client, lead):
    client.force_login(lead)
    assert client.post(SETTINGS, GIVEN).status_code == 302
    row = Preference.objects.get(user=lead)
    assert (row.in_app, row.by_mail, row.on_day, row.workdays_only, row.weekly) == (
        True,
        False,
        False,
        False,
        False,
    )
    assert row.muted == ["approval", "report", "review"]
    assert row.before == [14, 3]
    assert (row.late_every, row.at, row.weekly_on) == (3, dt.time(8, 15), 4)
    assert clock.local(row.next_at) == dt.datetime(2026, 11, 19, 8, 15, tzinfo=clock.VIETNAM)
    assert LogEntry.objects.get(action="reminders.changed").actor_id == lead.pk
    page = client.get(SETTINGS).content.decode()
    assert 'value="08:15"' in page


@pytest.mark.parametrize(
    ("field", "value"),
    [("before", ["5"]), ("late_every", "2"), ("at", "25:00"), ("weekly_on", "7"), ("kinds", ["office"])],
)
def test_what_cannot_be_is_refused_and_nothing_changes(client, lead, field, value):
    client.force_login(lead)
    before = Preference.objects.filter(user=lead).values().first()
    answer = client.post(SETTINGS, {**GIVEN, field: value})
    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    after = Preference.objects.filter(user=lead).values().first()
    assert before is None or before == after
    assert not LogEntry.objects.filter(action="reminders.changed").exists()
    assert after is None or after["late_every"] == 7


@pytest.mark.parametrize(
    "fields", [{"before": [5]}, {"late_every": 2}, {"weekly_on": 7}, {"muted": ["office"]}, {"by_mail": True}]
)
def test_the_service_refuses_too(cast, fields):
    with pytest.raises(InvalidInput):
        services.preference_change(actor=cast.owner, fields=fields)  # she has no address
    assert not LogEntry.objects.exists()


def test_without_an_address_mail_cannot_be_chosen(client, cast):
    client.force_login(cast.owner)
    assert "chưa có địa chỉ thư" in client.get(SETTINGS).content.decode()
    assert client.post(SETTINGS, {**GIVEN, "by_mail": "on"}).status_code == 302
    assert Preference.objects.get(user=cast.owner).by_mail is False


def test_the_list_shows_ones_own_and_nothing_of_others(client, cast, plan, lead):
    make_task(plan, "Học bạ số", lead=cast.school, due_on=dt.date(2026, 11, 20))
    make_task(plan, "Đã trễ rồi", lead=cast.school, due_on=dt.date(2026, 11, 16))
    client.force_login(lead)
    page = client.get(LIST).content.decode()
    assert "còn 2 ngày làm việc" in page
    assert "trễ 2 ngày" in page
    client.force_login(cast.outsider_lead)
    assert "Học bạ số" not in client.get(LIST).content.decode()
    client.force_login(lead)
    services.preference_change(actor=lead, fields={"muted": ["task"]})
    page = client.get(LIST).content.decode()
    assert "Học bạ số" not in page
    assert "2 việc thuộc loại anh/chị đã chọn không nhắc" in page


def address(user):
    return reverse("reminders_stop", args=[services.unsubscribe_token(services.preference_of(user))])


def test_looking_at_the_address_changes_nothing_and_the_button_stops_the_mails(client, lead):
    path = address(lead)
    page = client.get(path)
    assert "Hà Văn Toàn" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert Preference.objects.get(user=lead).by_mail
    assert client.post(path).status_code == 200
    row = Preference.objects.get(user=lead)
    assert (row.by_mail, row.in_app) == (False, True)
    assert LogEntry.objects.get(action="reminders.stopped").object_id == lead.pk
    # Used once, it is over.
    assert client.post(path).status_code == 404


def test_a_mail_program_stops_them_with_one_click(lead):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    assert client.post(address(lead), {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Preference.objects.get(user=lead).by_mail is False


def test_a_forged_old_or_strange_address_stops_nothing(client, lead, cast):
    path = address(lead)
    forged = path.replace("/nhac-viec/", "/nhac-viec/x", 1)
    Preference.objects.filter(user=lead).update(nonce="khac")
    for one in (forged, path, "/nhac-viec/abc/", "/nhac-viec/a:b:c/"):
        assert client.get(one).status_code == 404
        assert client.post(one).status_code == 404
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    assert client.post(address(cast.owner)).status_code == 404
    assert not Preference.objects.filter(by_mail=False).exists()
