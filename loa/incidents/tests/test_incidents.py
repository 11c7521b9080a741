"""A hot issue of what was heard: one tap, everything attached, no words of people; worked on, spoken of, ended."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.incidents import selectors, services
from loa.incidents.handover import matter_of
from loa.incidents.models import Entry, Evidence, Incident
from loa.listening import services as listening
from loa.listening.events import matter_of_case, matter_of_spike
from loa.listening.models import Alert, Case, Item, Spike
from loa.listening.readers.model import Found

pytestmark = pytest.mark.django_db

PRESS = "Phụ huynh phản ánh các khoản thu đầu năm tại Trường THCS Sơn Thượng tăng cao so với năm học trước"
PEOPLE = "Trường THCS Sơn Thượng thu quỹ lớp nhiều quá, phụ huynh bức xúc, 0912345678"


@pytest.fixture
def case(cast):
    sources = [
        listening.source_add(actor=cast.office, unit=cast.so, name=name, kind="hand", outlet=outlet)
        for name, outlet in (("Báo Sông Lam", "local"), ("Nhóm phụ huynh", "social"))
    ]
    add(sources[0], PRESS, "")
    add(sources[1], "", PEOPLE)
    case = Case.objects.create(unit=cast.so, title=PRESS, first_at=clock.now(), last_at=clock.now(), size=2)
    Item.objects.update(case=case)
    return case


def add(source, title, text):
    url = f"https://bao.example/{abs(hash(title))}" if title else ""
    listening.store(source, [Found(external=title or text, title=title, text=text, url=url, author="Chị Hoa")])
    listening.analyse_waiting()


def opened(cast, case):
    return services.incident_open(actor=cast.office, matter=matter_of_case(case))


def call(user, name, *args, status=302, method="post", **data):
    client = Client()
    if user:
        client.force_login(user)
    answer = getattr(client, method)(reverse(name, args=args), {k.replace("_", "-"): v for k, v in data.items()})
    assert answer.status_code == status, answer.status_code
    return answer


def test_one_tap_on_a_case_attaches_everything_but_words_of_people(cast, case):
    page = call(cast.office, "listening:case", case.pk, method="get", status=200).content.decode()
    assert "Lập vấn đề nóng" in page
    answer = call(cast.office, "listening:case_hand_over", case.pk, "van-de-nong")
    incident = Incident.objects.get()
    assert answer.url == reverse("incidents:incident", args=[incident.pk])
    assert (incident.title, incident.case, incident.lead) == (PRESS, case, cast.office)
    figures = incident.figures
    assert (figures["total"], figures["private"], figures["outlets"]) == (2, 1, 2)
    assert figures["units"][0][0] == cast.school.pk
    assert figures["topics"][0][0] == "lam-thu"
    press, people = Evidence.objects.order_by("private")
    assert press.title == PRESS
    assert press.url.startswith("https://bao.example/")
    assert (people.title, people.url, people.private) == ("", "", True)
    # a second tap opens the same
    assert call(cast.office, "listening:case_hand_over", case.pk, "van-de-nong").url == answer.url
    assert Incident.objects.count() == 1
    assert Notice.objects.filter(user=cast.director, code="incidents.opened").count() == 1
    assert LogEntry.objects.filter(action="incidents.opened").count() == 1
    page = call(cast.director, "incidents:incident", incident.pk, method="get", status=200).content.decode()
    assert PRESS in page
    assert "quỹ lớp nhiều quá" not in page
    assert "Hoa" not in page


def test_one_tap_on_an_alert_takes_it_too(cast, case):
    now = clock.now()
    fields = {"unit": cast.so, "began_at": now - dt.timedelta(hours=2), "ended_at": now + dt.timedelta(hours=1)}
    spike = Spike.objects.create(about="t:lam-thu", items=2, expected=0.2, peak=2, strength=6, case=case, **fields)
    alert = Alert.objects.create(unit=cast.so, spike=spike, level=3)
    page = call(cast.office, "listening:alert", alert.pk, method="get", status=200).content.decode()
    assert "Lập vấn đề nóng" in page
    call(cast.lead, "listening:alert_hand_over", alert.pk, "van-de-nong", status=404)
    call(cast.office, "listening:alert_hand_over", alert.pk, "van-de-nong")
    alert.refresh_from_db()
    assert (alert.state, alert.taken_by) == ("taken", cast.office)
    incident = Incident.objects.get()
    assert (incident.level, incident.case) == (3, case)
    # a spike of no case: its own items, each once
    loose = Spike.objects.create(about=f"v:{cast.school.pk}", items=2, expected=0.2, peak=2, strength=6, **fields)
    other = services.incident_open(actor=cast.office, matter=matter_of_spike(loose))
    assert (other.pk != incident.pk, other.figures["total"], other.title) == (True, 2, cast.school.short_name)
    call(cast.office, "listening:alert_hand_over", alert.pk, "khong-co", status=404)


def test_who_sees_and_who_works_on_it(cast, case):
    incident = opened(cast, case)
    for user, status in (
        (cast.office, 200),
        (cast.director, 200),
        (cast.lead, 404),
        (cast.owner, 404),
        (None, 302),
    ):
        call(user, "incidents:incident", incident.pk, method="get", status=status)
    call(cast.owner, "incidents:list", method="get", status=403)
    call(cast.director, "incidents:note", incident.pk, status=403, noi_dung="x")
    call(cast.lead, "incidents:note", incident.pk, status=404, noi_dung="x")
    with pytest.raises(Refused):
        services.incident_open(actor=cast.lead, matter=matter_of_case(case))
    assert selectors.open_count(cast.office) == 1
    assert selectors.open_count(cast.lead) == 0


def test_it_is_worked_on_and_ends_and_may_begin_again(cast, case):
    incident = opened(cast, case)
    call(cast.office, "incidents:note", incident.pk, noi_dung="Đã làm việc với hiệu trưởng")
    call(cast.office, "incidents:change", incident.pk, ten="Thu đầu năm", muc="2", nguoi=cast.chief.pk)
    incident.refresh_from_db()
    assert (incident.title, incident.level, incident.lead) == ("Thu đầu năm", 2, cast.chief)
    assert Notice.objects.filter(user=cast.chief, code="incidents.given").exists()
    for bad in ({"ten": "", "muc": "2"}, {"ten": "x", "muc": "9"}):
        with pytest.raises(InvalidInput):
            services.incident_set(
                actor=cast.office, incident=incident, title=bad["ten"], level=int(bad["muc"]), lead=cast.chief
            )
    with pytest.raises(InvalidInput):
        services.incident_set(actor=cast.office, incident=incident, title="x", level=2, lead=cast.owner)
    with pytest.raises(InvalidInput):  # nothing said of what came of it
        services.incident_move(actor=cast.office, incident=incident, state="closed")
    services.incident_move(actor=cast.office, incident=incident, state="closed", text="Trường đã trả lại tiền")
    with pytest.raises(Conflict):
        services.incident_set(actor=cast.office, incident=incident, title="x", level=2, lead=cast.chief)
    assert (
        "Không có vấn đề nóng nào"
        in call(cast.office, "incidents:list", method="get", status=200).content.decode()
    )
    # the same case flares up: a new issue, or the old one opened again
    assert opened(cast, case).pk != incident.pk
    with pytest.raises(Conflict):
        services.incident_move(actor=cast.office, incident=incident, state="closed", text="x")
    deeds = list(Entry.objects.filter(incident=incident).values_list("deed", flat=True))
    assert deeds == ["state", "given", "level", "note", "opened"]
    page = call(cast.office, "incidents:incident", incident.pk, method="get", status=200).content.decode()
    assert "Trường đã trả lại tiền" in page


def test_a_statement_is_approved_by_another_as_it_was_read(cast, case):
    incident = opened(cast, case)
    text = "Sở đã yêu cầu trường báo cáo.\nKết quả công bố trước 17 giờ ngày mai."
    call(cast.office, "incidents:statement", incident.pk, phat_ngon=text)
    assert Notice.objects.filter(user=cast.director, code="incidents.statement").exists()
    incident.refresh_from_db()
    with pytest.raises(Refused):
        services.statement_approve(actor=cast.office, incident=incident, text=text)
    with pytest.raises(Conflict):
        services.statement_approve(actor=cast.director, incident=incident, text=text + " Khác.")
    page = call(cast.director, "incidents:incident", incident.pk, method="get", status=200).content.decode()
    assert "Duyệt phát ngôn" in page
    call(cast.director, "incidents:approve", incident.pk, phat_ngon=text)
    incident.refresh_from_db()
    assert incident.approved_by == cast.director
    with pytest.raises(Refused):  # approved already
        services.statement_approve(actor=cast.director, incident=incident, text=text)
    # written anew it waits again
    services.statement_write(actor=cast.chief, incident=incident, text="Bản khác")
    incident.refresh_from_db()
    assert incident.approved_at is None


def test_what_comes_later_is_added_once(cast, case):
    incident = opened(cast, case)
    source = Item.objects.filter(outlet="local").get().source
    add(source, "Sở yêu cầu Trường THCS Sơn Thượng trả lại các khoản thu sai", "")
    Item.objects.update(case=case)
    call(cast.office, "incidents:refresh", incident.pk)
    incident.refresh_from_db()
    assert (incident.figures["total"], incident.evidence.count()) == (3, 3)
    call(cast.office, "incidents:refresh", incident.pk)
    assert Entry.objects.filter(deed="added").count() == 1
    case.delete()
    incident.refresh_from_db()
    assert matter_of(incident) is None
    call(cast.office, "incidents:refresh", incident.pk)
    incident.refresh_from_db()
    assert incident.figures["total"] == 3  # what was attached stays


def test_the_pages_ask_the_same_questions_for_few_and_many(cast, case):
    incident = opened(cast, case)

    def asked(name, *args):
        client = Client()
        client.force_login(cast.office)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(name, args=args))
        return len(queries)

    asked("incidents:list")
    few = asked("incidents:list"), asked("incidents:incident", incident.pk)
    for n in range(12):
        Incident.objects.create(
            unit=cast.so, title=f"Việc {n}", key=f"case:{n + 1000}", opened_by=cast.office, lead=cast.chief
        )
        Evidence.objects.create(incident=incident, title=f"Tin {n}", outlet_name="Báo", at=clock.now())
        services.incident_note(actor=cast.office, incident=incident, text=f"Việc {n}")
    assert (asked("incidents:list"), asked("incidents:incident", incident.pk)) == few
