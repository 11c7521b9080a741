"""The report screens: what each person sees and may press, what a mistake leaves standing, what a page costs."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.org.models import Membership
from loa.reporting.models import Report
from loa.reporting.services.evidence import story_counted
from loa.reporting.services.reports import report_approve, report_draft, report_edit, report_submit

from .conftest import make_directive, make_story

pytestmark = pytest.mark.django_db
NOW = "2026-11-25"


@pytest.fixture
def clock(at):
    with at(NOW):
        yield


@pytest.fixture
def directive(plan):
    return make_directive(plan, title="Tin, bài gửi Văn phòng Sở", count=2, period="month")


@pytest.fixture
def draft(clock, directive, cast):
    for day in ("2026-10-03", "2026-11-05"):
        story_counted(story=make_story(cast.school, cast.owner, day), actor=cast.editor)
    return report_draft(actor=cast.owner, unit=cast.school, period="month")


@pytest.fixture
def sent(draft, cast):
    return report_submit(actor=cast.owner, report=draft)


@pytest.fixture
def signed(sent, cast):
    return report_approve(actor=cast.lead, report=sent, number="7")


@pytest.fixture
def browse(client):
    """`browse(user)` → a client logged in as that person."""

    def log_in(user):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return log_in


def url(name, *args):
    return reverse(f"reports:{name}", args=args)


@pytest.mark.parametrize(
    "name", ["index", "start", "report", "autosave", "approve", "evidence", "download", "page"]
)
def test_anonymous_people_are_sent_to_log_in(client, draft, name):
    extra = {"evidence": ("stories",), "download": ("pdf",), "page": (1,)}
    args = () if name in ("index", "start") else (draft.pk, *extra.get(name, ()))
    answer = client.get(url(name, *args))
    assert answer.status_code == 302
    assert "/tai-khoan/" in answer["Location"]


@pytest.mark.parametrize(
    ("name", "method"),
    [("report", "get"), ("report", "post"), ("autosave", "post"), ("submit", "post"), ("recall", "post"),
     ("approve", "post"), ("return", "post"), ("number", "post")],
)  # fmt: skip
def test_an_outsider_meets_nothing_and_changes_nothing(browse, sent, cast, name, method):
    before = Report.objects.values().get(pk=sent.pk)
    answer = getattr(browse(cast.outsider_lead), method)(url(name, sent.pk), {"reason": "x", "proposals": "x"})
    assert answer.status_code == 404
    assert sent.title not in answer.content.decode()
    assert Report.objects.values().get(pk=sent.pk) == before


def test_a_colleague_may_not_sign(browse, sent, cast):
    assert browse(cast.colleague).post(url("approve", sent.pk)).status_code == 403
    sent.refresh_from_db()
    assert sent.status == "submitted"


def test_beginning_a_report_from_the_list(browse, clock, directive, cast):
    client = browse(cast.owner)
    page = client.get(url("index")).content.decode()
    assert "Báo cáo tháng 11" in page
    answer = client.post(url("start"), {"unit": cast.school.pk, "period": "month"})
    report = Report.objects.get()
    assert answer["Location"] == url("report", report.pk)
    assert client.post(url("start"), {"unit": cast.thpt.pk, "period": "month"}).status_code == 404
    assert client.post(url("start"), {"unit": "x", "period": "month"}).status_code == 404
    assert client.post(url("start"), {"unit": cast.school.pk, "period": "week"}).status_code == 400


def test_the_page_is_prefilled_and_every_figure_opens(browse, draft, directive, cast):
    client = browse(cast.owner)
    page = client.get(url("report", draft.pk)).content.decode()
    assert "Đã điền sẵn, gửi được ngay" in page
    links = re.findall(rf'href="({url("report", draft.pk)}so-lieu/[^"]+)"', page)
    assert links == [url("evidence", draft.pk, "stories"), url("evidence", draft.pk, f"directive-{directive.pk}")]
    for link in links:
        opened = client.get(link)
        assert "Bài ngày 2026-11-05" in opened.content.decode()
    assert client.get(url("evidence", draft.pk, "sessions")).status_code == 404
    assert client.get(url("evidence", draft.pk, "x")).status_code == 404


def test_nothing_inline_stands_on_the_pages(browse, sent, cast):
    for user, address in ((cast.lead, url("report", sent.pk)), (cast.owner, url("index"))):
        page = browse(user).get(address).content.decode()
        assert not re.findall(r'\sstyle="|\son[a-z]+="|<script(?![^>]*\bsrc=)', page)


def test_saving_and_sending_in_one_press(browse, draft, cast):
    client = browse(cast.owner)
    answer = client.post(
        url("report", draft.pk),
        {"revision": "0", "proposals": "Tính bài vào tháng 11.", "own-sessions": "1", "then": "submit"},
    )
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.texts["proposals"]) == ("submitted", "Tính bài vào tháng 11.")
    assert draft.texts["own"] == {"sessions": 1}
    assert next(r for r in draft.figures["rows"] if r["own"])["now"] == 1


def test_bodies_that_are_no_more_are_pointed_out(browse, draft, cast):
    texts = {
        "recipients": ["Như trên", "Phòng GD&ĐT (b/c)"],
        "proposals": "Đề nghị Sở Giáo dục và Đào tạo hỗ trợ.",
    }
    report_edit(actor=cast.owner, report=draft, version=0, texts=texts)
    page = browse(cast.owner).get(url("report", draft.pk)).content.decode()
    assert "“Phòng GD&amp;ĐT” không còn từ 01/07/2025" in page
    assert page.count("không còn từ") == 1


def test_autosave_answers_the_script(browse, draft, cast):
    client = browse(cast.owner)
    assert client.post(url("autosave", draft.pk), {"revision": "0", "proposals": "A"}).json() == {
        "saved_at": "09:00",
        "revision": 1,
    }
    stale = client.post(url("autosave", draft.pk), {"revision": "0", "proposals": "B"})
    assert stale.status_code == 409
    assert "vừa sửa" in stale.json()["message"]
    draft.refresh_from_db()
    assert draft.texts["proposals"] == "A"


def test_a_conflict_keeps_what_was_typed_on_the_screen(browse, draft, cast):
    report_edit(actor=cast.colleague, report=draft, version=0, texts={"proposals": "Của cô Hặc"})
    answer = browse(cast.owner).post(url("report", draft.pk), {"revision": "0", "proposals": "Của cô Mến"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Của cô Mến" in page
    assert "data-autosave=" not in page  # the script must not overwrite the other one's text
    draft.refresh_from_db()
    assert draft.texts["proposals"] == "Của cô Hặc"


def test_a_wrong_number_keeps_the_form(browse, draft, cast):
    answer = browse(cast.owner).post(
        url("report", draft.pk), {"revision": "0", "own-sessions": "hai", "proposals": "Giữ tôi"}
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Hãy ghi một số" in page
    assert "Giữ tôi" in page
    assert 'value="hai"' in page


def test_the_lead_signs_in_two_taps(browse, sent, cast):
    client = browse(cast.lead)
    listed = client.get(url("index")).content.decode()
    assert url("report", sent.pk) in listed
    assert "Ký duyệt báo cáo tháng 11?" in client.get(url("report", sent.pk)).content.decode()
    assert client.post(url("approve", sent.pk), {"number": "7"}).status_code == 302
    sent.refresh_from_db()
    assert sent.number == "07/BC-THCSST"


def test_returning_without_a_reason_asks_for_it(browse, sent, cast):
    answer = browse(cast.lead).post(url("return", sent.pk), {"reason": ""})
    assert answer.status_code == 400
    assert "Hãy ghi điều cần sửa" in answer.content.decode()
    assert browse(cast.lead).post(url("return", sent.pk), {"reason": "Thiếu số"}).status_code == 302
    assert "Thiếu số" in browse(cast.owner).get(url("report", sent.pk)).content.decode()


def test_who_wrote_and_sent_it_sees_why_they_cannot_sign(browse, clock, directive, cast):
    report = report_draft(actor=cast.lead, unit=cast.school, period="month")
    report_submit(actor=cast.lead, report=report)
    page = browse(cast.lead).get(url("report", report.pk)).content.decode()
    assert 'aria-disabled="true"' in page
    assert "nhờ một người khác" in page
    answer = browse(cast.lead).post(url("approve", report.pk))
    assert answer.status_code == 403
    assert "do chính anh/chị soạn và gửi" in answer.content.decode()


def test_the_office_reads_what_was_signed_and_takes_the_files(browse, signed, cast):
    client = browse(cast.office)
    listed = client.get(url("index") + "?xem=nhan").content.decode()
    assert "Trường THCS Sơn Thượng" in listed
    assert "Báo cáo tháng 11 năm 2026" in listed
    page = client.get(url("report", signed.pk)).content.decode()
    assert "Gửi báo cáo" not in page
    assert "07/BC-THCSST" in page
    word = client.get(url("download", signed.pk, "docx"))
    assert word.content.startswith(b"PK")
    assert word["Content-Disposition"].startswith("attachment; filename=")
    assert client.get(url("download", signed.pk, "pdf") + "?xem=1")["Content-Disposition"].startswith("inline")
    assert client.get(url("page", signed.pk, 1)).content.startswith(b"\x89PNG")
    assert client.get(url("page", signed.pk, 9)).status_code == 404
    assert client.get(url("download", signed.pk, "exe")).status_code == 400


def test_without_a_signer_sending_waits_with_its_reason(browse, draft, cast):
    Membership.objects.filter(user=cast.lead).delete()
    client = browse(cast.owner)
    page = client.get(url("report", draft.pk)).content.decode()
    assert re.search(r'<button[^>]*aria-disabled="true"[^>]*>.{0,200}Gửi báo cáo', page, re.S)
    assert 'value="submit"' not in page
    answer = client.post(url("report", draft.pk), {"revision": "0", "proposals": "Giữ tôi", "then": "submit"})
    assert answer.status_code == 409
    draft.refresh_from_db()
    assert (draft.status, draft.texts["proposals"]) == ("draft", "Giữ tôi")


def test_the_number_can_follow_later(browse, sent, cast):
    report = report_approve(actor=cast.lead, report=sent)
    client = browse(cast.owner)
    assert "Vào số" in client.get(url("report", report.pk)).content.decode()
    assert client.post(url("number", report.pk), {"number": "0"}).status_code == 400
    assert client.post(url("number", report.pk), {"number": "9"}).status_code == 302
    assert "Vào số" not in client.get(url("report", report.pk)).content.decode()


def cost(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_lists_cost_the_same_for_few_and_many(browse, signed, cast, directive):
    def sign(unit, writer, lead):
        report = report_draft(actor=writer, unit=unit, period="month")
        report_approve(actor=lead, report=report_submit(actor=writer, report=report))

    client = browse(cast.office)
    few = cost(client, url("index") + "?xem=nhan")
    sign(cast.thpt, cast.outsider, cast.outsider_lead)
    for period in ("quarter", "year"):
        report = report_draft(actor=cast.owner, unit=cast.school, period=period)
        report_approve(actor=cast.lead, report=report_submit(actor=cast.owner, report=report))
    assert cost(client, url("index") + "?xem=nhan") == few


def test_evidence_costs_the_same_for_few_and_many(browse, draft, cast, directive):
    """With the portal's own addresses: each story would otherwise ask for its site."""
    client, address = browse(cast.owner), url("evidence", draft.pk, f"directive-{directive.pk}")
    few = cost(client, address)
    for day in range(6, 20):
        story = make_story(cast.school, cast.owner, f"2026-11-{day:02d}")
        story_counted(story=story, actor=cast.editor)
    assert cost(client, address) == few


def test_the_frame_shows_reports_to_those_concerned(browse, sent, cast):
    assert Membership.objects.filter(user=cast.lead).exists()
    page = browse(cast.lead).get(url("index")).content.decode()
    assert re.search(r'aria-current="page"[^>]*>.{0,300}Báo cáo', page, re.S)


def test_what_is_cited_is_looked_over_before_it_is_signed_and_found_afterwards(browse, draft, cast):
    from loa.plans.models import LegalDocument
    from loa.reporting.citations import citing

    texts = {"proposals": "Thực hiện Nghị định 42/2022/NĐ-CP. Liên hệ 0912 345 678."}
    report_edit(actor=cast.owner, report=draft, version=0, texts=texts)
    page = browse(cast.owner).get(url("report", draft.pk)).content.decode()
    assert "Hết hiệu lực từ 01/07/2026, trước ngày ký báo cáo, thay bằng Nghị định 224/2026/NĐ-CP." in page
    assert "Có số điện thoại di động “0912 345 678”." in page
    document = LegalDocument.objects.get(number="42/2022/NĐ-CP")
    assert f"/lam-viec/van-ban/{document.pk}/" in page
    assert citing(cast.owner, document, None) == []  # not signed yet
    type(draft).objects.filter(pk=draft.pk).update(status="approved")
    assert [row.title for row in citing(cast.lead, document, None)] == [draft.title]
    assert citing(cast.outsider_lead, document, None) == []
    assert citing(cast.lead, LegalDocument.objects.get(number="30/2020/NĐ-CP"), None) == []
