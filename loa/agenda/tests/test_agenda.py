"""Appointments, days, the calendar's screens and the feed: who sees what, and what a reader gets."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from loa.agenda import access, feed, selectors, services, workdays
from loa.agenda.models import CalendarDay, Event, Feed
from loa.agenda.rules import EntryKind
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused
from loa.lib.calendar import add_working_days, is_working_day, set_overrides
from loa.newsroom import services as newsroom
from loa.newsroom.tests.factories import on_board
from loa.org import services as org
from loa.org.rules import Role
from loa.org.tests.factories import make_user
from loa.plans.models import Directive, Plan, Topic
from loa.plans.rules import DirectiveKind, PlanStatus, Proof

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 10)
NOV = dt.date(2026, 11, 1), dt.date(2026, 11, 30)


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen(TODAY):
        yield


def meeting(cast, *, actor=None, unit=None, **values):
    fields = {"title": "Giao ban truyền thông", "kind": "meeting", "on": dt.date(2026, 11, 25), **values}
    return services.event_add(actor=actor or cast.office, unit=unit or cast.so, **fields)


@pytest.fixture
def plan(cast):
    """A plan of the Sở: one story a month from every school, a report by 24/11 from the commune."""
    plan = Plan.objects.create(
        unit=cast.so, title="Kế hoạch 2026", status=PlanStatus.ISSUED,
        starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2026, 12, 31),
    )  # fmt: skip
    topic = Topic.objects.create(plan=plan, number="1", title="Chuyển đổi số")
    base = {"plan": plan, "starts_on": plan.starts_on, "ends_on": plan.ends_on}
    Directive.objects.create(
        kind=DirectiveKind.QUOTA, title="01 bài/tháng", period="month", topic=topic,
        audience={"classes": [], "units": [cast.school.pk], "except": []}, **base,
    )  # fmt: skip
    Directive.objects.create(
        kind=DirectiveKind.DEADLINE, title="Gửi báo cáo", proof=Proof.REPORT, due_on=dt.date(2026, 11, 24),
        audience={"classes": [], "units": [cast.xa.pk], "except": []}, **base,
    )  # fmt: skip
    return plan


def titles(user, unit, kind=None):
    return [entry.title for entry in selectors.entries(user, unit, *NOV) if kind is None or entry.kind == kind]


# — what stands in it ————————————————————————————————————————————————————————————————————


def test_a_school_sees_what_it_owes_and_the_office_what_all_owe(cast, plan):
    (mine,) = [e for e in selectors.entries(cast.owner, cast.school, *NOV) if e.kind is EntryKind.DUE]
    assert (mine.on, mine.state, mine.note) == (dt.date(2026, 11, 30), "open", "đã có 0/1")
    assert titles(cast.commune, cast.xa, EntryKind.DUE) == ["Gửi báo cáo"]
    office = [e for e in selectors.entries(cast.office, cast.so, *NOV) if e.kind is EntryKind.DUE]
    assert [(e.on.day, e.note) for e in office] == [(24, "hạn của các đơn vị"), (30, "hạn của các đơn vị")]
    assert titles(cast.outsider, cast.thpt, EntryKind.DUE) == []


def test_late_and_done_are_told(cast, plan):
    with clock.frozen(dt.date(2026, 12, 3)):
        (mine,) = [e for e in selectors.entries(cast.owner, cast.school, *NOV) if e.kind is EntryKind.DUE]
        assert mine.state == "late"


def test_scheduled_stories_only_for_those_who_read_drafts(cast):
    story = on_board(cast)
    at = dt.datetime(2026, 11, 20, 7, tzinfo=clock.VIETNAM)
    newsroom.story_schedule(actor=cast.editor, story_id=story.pk, version=story.version, at=at)
    (entry,) = [e for e in selectors.entries(cast.editor, cast.so, *NOV) if e.kind is EntryKind.STORY]
    assert (entry.on, entry.at) == (dt.date(2026, 11, 20), at)
    assert titles(cast.owner, cast.school, EntryKind.STORY) == [str(story)]
    assert titles(cast.director, cast.so, EntryKind.STORY) == []
    assert titles(cast.outsider, cast.thpt, EntryKind.STORY) == []


def test_days_of_the_year(cast):
    names = titles(cast.owner, cast.school, EntryKind.DAY)
    assert "Ngày Nhà giáo Việt Nam" in names
    assert names.count("Ngày Văn hóa Việt Nam") == 1
    offs = [e.on for e in selectors.entries(cast.owner, cast.school, *NOV) if e.off]
    assert offs == [dt.date(2026, 11, 24)]
    tet = selectors.days(cast.school, dt.date(2026, 2, 14), dt.date(2026, 2, 22))
    assert [e.on for e in tet if "Tết" in e.title][:1] == [dt.date(2026, 2, 16)]


# — appointments ——————————————————————————————————————————————————————————————————————————


def test_a_unit_and_all_below_see_an_appointment_and_nobody_beside(cast):
    event = meeting(cast, actor=cast.lead, unit=cast.school, title="Họp trường")
    assert titles(cast.owner, cast.school, EntryKind.EVENT) == ["Họp trường"]
    assert titles(cast.office, cast.so, EntryKind.EVENT) == ["Họp trường"]  # from above
    assert titles(cast.outsider, cast.thpt, EntryKind.EVENT) == []
    with pytest.raises(NotFound):
        access.event_for_view(cast.outsider, event.pk)
    top = meeting(cast)
    assert access.event_for_view(cast.outsider, top.pk) == top  # the Sở's own reaches everybody
    with pytest.raises(Refused):
        access.event_for_update(cast.outsider, top.pk)


def test_only_those_who_answer_for_a_unit_enter_and_cancel(cast):
    for actor in (cast.outsider, cast.admin, cast.lead):
        with pytest.raises(Refused):
            meeting(cast, actor=actor)
    assert Event.objects.count() == 0
    event = meeting(cast)
    with pytest.raises(Refused):
        services.event_cancel(actor=cast.outsider, event=event)
    event.refresh_from_db()
    assert event.cancelled_at is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": "  "}, "title"),
        ({"kind": "tiec"}, "kind"),
        ({"until": dt.date(2026, 11, 24)}, "until"),
        ({"until": dt.date(2028, 11, 24)}, "until"),
        ({"end": dt.time(9)}, "start"),
        ({"start": dt.time(9), "end": dt.time(8)}, "end"),
    ],
)
def test_what_cannot_be_entered(cast, values, field):
    with pytest.raises(InvalidInput) as error:
        meeting(cast, **values)
    assert error.value.field == field
    assert Event.objects.count() == 0


def test_hours_are_those_of_viet_nam_and_may_pass_midnight(cast):
    event = meeting(cast, start=dt.time(22), until=dt.date(2026, 11, 26), end=dt.time(1))
    assert event.starts_at == dt.datetime(2026, 11, 25, 15, tzinfo=dt.UTC)
    assert (event.ends_at, event.until) == (dt.datetime(2026, 11, 25, 18, tzinfo=dt.UTC), dt.date(2026, 11, 26))


def test_a_change_counts_up_and_a_cancelled_one_cannot_be_changed(cast):
    event = meeting(cast)
    changed = services.event_change(actor=cast.office, event=event, title="Giao ban", kind="meeting", on=event.on)
    assert (changed.title, changed.revision) == ("Giao ban", 1)
    services.event_cancel(actor=cast.office, event=event)
    with pytest.raises(Conflict):
        services.event_change(actor=cast.office, event=event, title="x", kind="meeting", on=event.on)
    assert titles(cast.office, cast.so, EntryKind.EVENT) == []


# — days the office sets ——————————————————————————————————————————————————————————————————


def test_a_day_off_is_off_for_every_clock(cast):
    set_overrides(workdays.overrides)
    friday, monday = dt.date(2026, 11, 13), dt.date(2026, 11, 16)
    assert is_working_day(friday)
    day = services.day_set(actor=cast.office, unit=cast.so, kind="off", title="Nghỉ bão", on=friday)
    workdays.forget()
    assert not is_working_day(friday)
    assert add_working_days(dt.date(2026, 11, 12), 1) == monday
    assert next(e.title for e in selectors.entries(cast.owner, cast.school, *NOV) if e.off) == "Nghỉ bão"
    services.day_remove(actor=cast.office, day=day)
    workdays.forget()
    assert is_working_day(friday)


def test_a_working_saturday_and_a_holiday_that_is_worked(cast):
    set_overrides(workdays.overrides)
    services.day_set(actor=cast.office, unit=cast.so, kind="work", title="Làm bù", on=dt.date(2026, 11, 14))
    services.day_set(actor=cast.office, unit=cast.so, kind="work", title="Làm việc", on=dt.date(2026, 11, 24))
    assert is_working_day(dt.date(2026, 11, 14))
    assert is_working_day(dt.date(2026, 11, 24))
    assert [e for e in selectors.entries(cast.owner, cast.school, *NOV) if e.off] == []


def test_a_school_sets_days_for_itself_alone(cast):
    set_overrides(workdays.overrides)
    services.day_set(actor=cast.lead, unit=cast.school, kind="off", title="Nghỉ lũ", on=dt.date(2026, 11, 12))
    assert "Nghỉ lũ" in titles(cast.owner, cast.school)
    assert "Nghỉ lũ" not in titles(cast.office, cast.so)
    assert is_working_day(dt.date(2026, 11, 12))  # the Sở's clocks go on
    with pytest.raises(Refused):
        services.day_set(actor=cast.owner, unit=cast.school, kind="off", title="x", on=TODAY)
    with pytest.raises(Conflict):
        services.day_set(actor=cast.lead, unit=cast.school, kind="off", title="Nghỉ lũ", on=dt.date(2026, 11, 12))
    assert CalendarDay.objects.count() == 1


# — the feed ——————————————————————————————————————————————————————————————————————————————


def read(token, **headers):
    return Client().get(reverse("calendar_feed", args=[token]), headers=headers)


def test_what_a_calendar_program_reads(cast, plan):
    meeting(cast, start=dt.time(8), end=dt.time(10), place="Phòng họp 2; tầng 3", note="Mang báo cáo,\nsố liệu")
    token = services.feed_renew(actor=cast.owner)
    answer = read(token)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    # RFC 5545 3.1: CRLF, no line over 75 octets, also where letters have three
    lines = answer.content.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in answer.content.replace(b"\r\n", b"")
    events = {str(event["summary"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}
    met = events["Giao ban truyền thông"]
    assert met.decoded("dtstart") == dt.datetime(2026, 11, 25, 1, tzinfo=dt.UTC)
    assert (str(met["location"]), int(met["sequence"])) == ("Phòng họp 2; tầng 3", 0)
    due = next(event for title, event in events.items() if title.startswith("Hạn: 01 bài/tháng (tháng 11"))
    assert due.decoded("dtstart") == dt.date(2026, 11, 30)
    assert due.decoded("dtend") == dt.date(2026, 12, 1)
    uids = [str(event["uid"]) for event in events.values()]
    assert len(set(uids)) == len(uids)


def test_who_works_for_two_units_reads_both(cast, plan):
    meeting(cast, actor=cast.lead, unit=cast.school, title="Họp tổ ở Sơn Thượng")
    meeting(cast, actor=cast.outsider_lead, unit=cast.thpt, title="Họp tổ ở Lam Giang")
    meeting(cast, title="Giao ban của Sở")
    both = make_user("Lô Văn Hai", (Role.CONTRIBUTOR, cast.school), (Role.CONTRIBUTOR, cast.thpt))
    text = feed.calendar_of(both).replace(b"\r\n ", b"").decode()
    assert "Họp tổ ở Sơn Thượng" in text
    assert "Họp tổ ở Lam Giang" in text
    assert text.count("Giao ban của Sở") == 1
    assert "Lịch Loa – Lô Văn Hai" in text
    dues = [str(one["description"]) for one in Calendar.from_ical(text).walk("VEVENT") if "due-" in one["uid"]]
    assert any(note.endswith(cast.school.short_name) for note in dues)
    assert "Họp tổ ở Lam Giang" not in feed.calendar_of(cast.owner).decode()


def test_the_same_calendar_is_sent_once(cast):
    token = services.feed_renew(actor=cast.owner)
    first = read(token)
    again = read(token, if_none_match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    meeting(cast)
    changed = read(token, if_none_match=first["ETag"])
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_changes_keep_the_uid_and_count_up(cast):
    event = meeting(cast)
    token = services.feed_renew(actor=cast.owner)

    def mine():
        return next(e for e in Calendar.from_ical(read(token).content).walk("VEVENT") if "event-" in str(e["uid"]))

    before = mine()
    services.event_change(actor=cast.office, event=event, title="Giao ban", kind="meeting", on=event.on)
    after = mine()
    assert before["uid"] == after["uid"]
    assert (int(before["sequence"]), int(after["sequence"])) == (0, 1)


def test_an_address_that_was_renewed_or_ended_reads_nothing(cast):
    old = services.feed_renew(actor=cast.owner)
    new = services.feed_renew(actor=cast.owner)
    assert (read(old).status_code, read(new).status_code, read("bịa").status_code) == (404, 200, 404)
    assert old not in Feed.objects.get().token_hash
    services.feed_remove(actor=cast.owner)
    assert read(new).status_code == 404


def test_who_left_reads_an_empty_calendar(cast):
    meeting(cast, actor=cast.lead, unit=cast.school, title="Họp kín")
    token = services.feed_renew(actor=cast.owner)
    assert "Họp kín" in read(token).content.decode()
    org.membership_end(actor=cast.admin, membership=cast.owner.memberships.get(), on=TODAY)
    empty = read(token).content
    assert b"VEVENT" not in empty
    (zone,) = Calendar.from_ical(empty).subcomponents  # RFC 5545 3.6 asks for at least one component
    assert (zone.name, str(zone["tzid"])) == ("VTIMEZONE", "Asia/Ho_Chi_Minh")
    assert dt.datetime(2026, 11, 30, tzinfo=zone.to_tz()).utcoffset() == dt.timedelta(hours=7)
    cast.lead.is_active = False
    cast.lead.save()
    assert b"VEVENT" not in feed.calendar_of(cast.lead)


# — screens ————————————————————————————————————————————————————————————————————————————————


def page(user, name, *args, status=200, **params):
    client = Client()
    if user:
        client.force_login(user)
    answer = client.get(reverse(f"agenda:{name}", args=args), params)
    assert answer.status_code == status, (name, answer.status_code)
    return answer.content.decode()


def test_the_month(cast, plan):
    meeting(cast)
    text = page(cast.owner, "month", thang="2026-11")
    assert "Tháng 11 năm 2026" in text
    assert "Giao ban truyền thông" in text
    assert "còn 10 ngày làm việc" in text  # to the 25th, the 24th being off
    assert "Đặt lịch" in text
    assert page(cast.owner, "month", thang="khong-phai")
    page(cast.owner, "month", status=404, **{"don-vi": cast.thpt.pk})
    page(None, "month", status=302)


def test_the_year_by_topic_and_its_spreadsheet(cast, plan):
    text = page(cast.office, "year")
    assert "Chuyển đổi số" in text
    assert "Chung cả kế hoạch" in text
    assert text.count('class="m"') == 13  # a mark for each month's quota, one for the report all owe
    client = Client()
    client.force_login(cast.office)
    answer = client.get(reverse("agenda:year"), {"tai-ve": "1"})
    from io import BytesIO

    from openpyxl import load_workbook

    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[0][:2] == ("Chủ đề", "T1/2026")
    assert rows[1][0] == "Chung cả kế hoạch"
    assert rows[1][-1] == "24/11/2026: Gửi báo cáo"
    assert rows[2][0] == "Chuyển đổi số"
    assert "30/11/2026: 01 bài/tháng" in rows[2][-1]


def test_forms_keep_what_was_typed_and_say_what_is_wrong(cast):
    client = Client()
    client.force_login(cast.office)
    form = {
        "unit": cast.so.pk,
        "title": "Họp",
        "kind": "meeting",
        "on": "2026-11-25",
        "start": "09:00",
        "end": "08:00",
    }
    answer = client.post(reverse("agenda:event_add"), form)
    assert answer.status_code == 400
    assert "Giờ kết thúc phải sau giờ bắt đầu" in answer.content.decode()
    assert 'value="Họp"' in answer.content.decode()
    answer = client.post(reverse("agenda:event_add"), form | {"end": "10:00"})
    event = Event.objects.get()
    assert answer["Location"] == reverse("agenda:event", args=[event.pk])
    for name in ("event_cancel", "event_change"):
        stranger = Client()
        stranger.force_login(cast.outsider)
        assert stranger.post(reverse(f"agenda:{name}", args=[event.pk]), form).status_code == 403
    event.refresh_from_db()
    assert (event.title, event.cancelled_at) == ("Họp", None)
    page(cast.owner, "days", status=403)
    page(cast.office, "days")
    page(cast.owner, "subscribe")


def test_a_month_asks_the_same_number_of_questions_however_much_is_in_it(cast, plan):
    client = Client()
    client.force_login(cast.office)

    def questions():
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("agenda:month"), {"thang": "2026-11"})
        return len(found)

    questions()
    before = questions()
    for number in range(8):
        meeting(cast, title=f"Họp {number}")
        services.day_set(
            actor=cast.office, unit=cast.so, kind="mark", title=f"Mốc {number}", on=dt.date(2026, 11, 3)
        )
    assert questions() == before
