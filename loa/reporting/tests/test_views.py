"""The progress screens: who may see what, what they show, and that nothing is written on refusal."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from loa.accounts.models import Notice
from loa.org.models import Membership
from loa.org.rules import Kind, Role
from loa.org.tests.factories import FOUNDED, make_unit, make_user
from loa.reporting import access
from loa.reporting.models import Evidence
from loa.reporting.selectors.board import forget_boards
from loa.reporting.services.evidence import story_counted
from loa.reporting.tests.conftest import make_directive, make_story


@pytest.fixture(autouse=True)
def may(at):
    with at("2026-05-10"):
        yield


def test_a_visitor_is_sent_to_the_log_in(client, cast, quota):
    for name, args in (("reporting:progress", []), ("reporting:topics", []), ("reporting:unit", [cast.school.pk])):
        answer = client.get(reverse(name, args=args))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


def test_the_office_sees_every_unit_that_owes(client, cast, quota):
    client.force_login(cast.office)
    page = client.get(reverse("reporting:progress")).content.decode()
    assert "Trường THCS Sơn Thượng" in page
    assert "Trường THPT Lam Giang" in page
    assert "Nợ quý I/2026" in page


def test_a_commune_sees_only_its_own(client, cast, quota):
    client.force_login(cast.commune)
    page = client.get(reverse("reporting:progress")).content.decode()
    assert "Trường THCS Sơn Thượng" in page
    assert "Trường THPT Lam Giang" not in page


def test_the_board_of_a_person_of_two_units_is_that_of_the_higher(client, cast, quota):
    # "Ban" stands before "Sở" in the alphabet and below it in the tree.
    Membership.objects.create(
        user=cast.office, unit=make_unit("Ban dự án", Kind.KHAC, cast.xa), role=Role.FOCAL, valid_from=FOUNDED
    )
    assert [unit.short_name for unit in access.tops_for(cast.office)] == ["Sở GD&ĐT Sông Lam", "Ban dự án"]
    client.force_login(cast.office)
    assert "Trường THPT Lam Giang" in client.get(reverse("reporting:progress")).content.decode()


def test_a_past_month_in_which_nothing_was_asked_is_no_gap(client, cast, plan):
    topic = plan.topics.get(number="1")
    make_directive(plan, title="Mỗi tháng 2 bài", count=2, period="month", topic=topic)
    client.force_login(cast.office)
    text = client.get(reverse("reporting:topics")).content.decode()
    asked, free = text.split("<tbody>")[1].split("</tr>")[:2]
    assert asked.count('class="c gap"') == 5, "January to May"
    assert free.count('class="c none"') == 11
    assert free.count('class="c part"') == 1, "the present month is worth a look"
    assert 'class="c gap"' not in free


def test_a_school_comes_to_its_own_page(client, cast, quota):
    client.force_login(cast.owner)
    answer = client.get(reverse("reporting:progress"))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("reporting:unit", args=[cast.school.pk])


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("lead", 200), ("commune", 200), ("office", 200), ("outsider", 404), ("outsider_lead", 404)],
)
def test_who_may_read_what_a_school_owes(client, cast, quota, who, status):
    client.force_login(getattr(cast, who))
    for path in (
        reverse("reporting:unit", args=[cast.school.pk]),
        reverse("reporting:proofs", args=[cast.school.pk, quota.pk, "2026-04-01"]),
    ):
        assert client.get(path).status_code == status


def test_a_clipping_is_added_through_the_page_and_shown(client, cast, plan):
    press = make_directive(plan, title="02 bài/năm trên báo chí", count=2, period="year", proof="press")
    client.force_login(cast.owner)
    path = reverse("reporting:proofs", args=[cast.school.pk, press.pk, "2026-01-01"])
    data = {
        "kind": "clipping",
        "on": "2026-04-02",
        "title": "Tủ sách bên suối",
        "outlet": "Báo Sông Lam",
        "url": "https://baosonglam.example/tu-sach",
    }
    assert client.post(path, data).status_code == 302
    page = client.get(path).content.decode()
    assert "Tủ sách bên suối" in page
    assert "Báo Sông Lam" in page


def test_a_wrong_date_keeps_the_form_filled_and_says_why(client, cast, quota):
    client.force_login(cast.owner)
    path = reverse("reporting:proofs", args=[cast.school.pk, quota.pk, "2026-04-01"])
    answer = client.post(
        path, {"kind": "link", "on": "2026-03-01", "title": "Ngày hội đọc sách", "url": "https://a.example/1"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Hãy chọn đúng kỳ" in page
    assert "Ngày hội đọc sách" in page
    assert not Evidence.objects.exists()


def test_the_office_may_look_but_not_add_for_a_school(client, cast, quota):
    client.force_login(cast.office)
    path = reverse("reporting:proofs", args=[cast.school.pk, quota.pk, "2026-04-01"])
    client.post(path, {"kind": "link", "on": "2026-05-01", "title": "x", "url": "https://a.example/1"})
    assert not Evidence.objects.exists()


def test_a_story_is_opened_where_the_reader_may_read_it(client, cast, quota):
    story = make_story(cast.school, cast.owner, "2026-05-02")
    story_counted(story=story, actor=None)
    path = reverse("reporting:proofs", args=[cast.school.pk, quota.pk, "2026-04-01"])
    inside = reverse("newsroom:story", args=[story.pk])
    admin = make_user("quan-tri", (Role.ADMIN, cast.so))
    for person, there in ((cast.owner, True), (admin, False)):
        client.force_login(person)
        page = client.get(path).content.decode()
        assert story.title in page
        assert (inside in page) is there, person


def test_a_proof_of_another_unit_cannot_be_refused_or_read(client, cast, plan):
    directive = make_directive(plan, proof="press")
    evidence = Evidence.objects.create(
        directive=directive,
        unit=cast.school,
        kind="link",
        slot=dt.date(2026, 4, 1),
        on=dt.date(2026, 4, 2),
        title="Bài báo",
        url="https://a.example",
        fingerprint="url:a",
        added_by=cast.owner,
    )
    client.force_login(cast.outsider_lead)
    assert client.get(reverse("reporting:refuse", args=[evidence.pk])).status_code == 404
    assert client.post(reverse("reporting:refuse", args=[evidence.pk]), {"reason": "x"}).status_code == 404
    assert client.get(reverse("reporting:evidence_file", args=[evidence.pk])).status_code == 404
    client.force_login(cast.office)
    client.post(reverse("reporting:refuse", args=[evidence.pk]), {"reason": "Không nói về trường"})
    evidence.refresh_from_db()
    assert evidence.refused_reason == "Không nói về trường"


def test_reminding_the_late_units(client, cast, quota):
    client.force_login(cast.office)
    client.post(reverse("reporting:remind"), {"ke-hoach": quota.plan_id, "don-vi": cast.so.pk})
    assert Notice.objects.filter(code="reporting.reminder", user=cast.owner).count() == 1
    client.force_login(cast.owner)
    answer = client.post(reverse("reporting:remind"), {"chon": [cast.thpt.pk], "don-vi": cast.school.pk})
    assert answer.status_code == 403
    assert not Notice.objects.filter(code="reporting.reminder", user=cast.outsider, read_at=None).count() > 1


def test_the_workbook_holds_the_board(client, cast, quota):
    story_counted(story=make_story(cast.thpt, cast.outsider, "2026-05-02"), actor=None)
    client.force_login(cast.office)
    answer = client.get(reverse("reporting:export"))
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = {row[1]: row for row in sheet.iter_rows(min_row=5, values_only=True)}
    assert rows["Trường THCS Sơn Thượng"][3:5] == ("0/1", "Quá hạn")


def test_filters_and_states_of_the_board(client, cast, quota):
    client.force_login(cast.office)
    page = client.get(reverse("reporting:progress"), {"q": "son thuong", "tinhtrang": "late"}).content.decode()
    assert "Trường THCS Sơn Thượng" in page
    assert "Trường Tiểu học Sơn Hạ" not in page
    page = client.get(reverse("reporting:progress"), {"q": "khong co truong nay"}).content.decode()
    assert "Không có đơn vị nào khớp bộ lọc" in page


def test_the_page_asks_the_same_number_of_questions_whatever_its_size(client, cast, quota):
    client.force_login(cast.office)

    def count() -> int:
        forget_boards()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("reporting:progress")).status_code == 200
        return len(queries)

    count()
    few = count()
    for number in range(25):
        make_unit(f"Trường Tiểu học {number}", Kind.TIEU_HOC, cast.xa)
    assert count() == few


def test_a_kept_board_gives_way_when_a_proof_is_added(client, cast, quota):
    client.force_login(cast.office)
    path = reverse("reporting:progress")
    assert client.get(path, {"q": "lam giang"}).context["page"].object_list[0].rate == 0
    story_counted(story=make_story(cast.thpt, cast.outsider, "2026-05-02"), actor=None)
    story_counted(story=make_story(cast.thpt, cast.outsider, "2026-02-02"), actor=None)
    assert client.get(path, {"q": "lam giang"}).context["page"].object_list[0].rate == 100
