"""A report from the first word to the signed file: who may, what is counted, what is frozen."""

from __future__ import annotations

import datetime as dt
import io
import re

import docx
import pypdfium2 as pdfium
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused
from loa.newsroom.answers import public_addresses
from loa.org.models import Membership, UnitVersion
from loa.org.rules import Role
from loa.org.tests.factories import make_user
from loa.plans.tests.factories import make_plan, make_topic
from loa.reporting.access import report_for_approval, report_for_update, report_for_view
from loa.reporting.models import Evidence, Report
from loa.reporting.selectors.report_document import official_document
from loa.reporting.selectors.reports import count_figures, figures_of, offers, proofs_behind
from loa.reporting.services.evidence import story_counted
from loa.reporting.services.reports import (
    report_approve,
    report_draft,
    report_edit,
    report_export,
    report_number,
    report_recall,
    report_return,
    report_submit,
)

from .conftest import make_directive, make_story

pytestmark = pytest.mark.django_db
NOW = "2026-11-25"


@pytest.fixture(autouse=True)
def _links(monkeypatch):
    """The portal says where a story stands."""

    def addresses(stories):
        return {story.pk: f"https://songlam.edu.vn/tin/{story.pk}" for story in stories}

    monkeypatch.setattr(public_addresses, "_entries", {"test": (1, addresses)})


@pytest.fixture
def school_plan(plan, cast):
    """The plan with its number, a quota of stories and a monthly report."""
    plan.number, plan.signed_on = "128/KH-SGDĐT", dt.date(2026, 1, 14)
    plan.title = "Truyền thông giáo dục và đào tạo năm 2026"
    plan.save()
    plan.quota = make_directive(plan, title="Tin, bài gửi Văn phòng Sở", count=2, period="month")
    plan.monthly = make_directive(
        plan, kind="recurring", title="Báo cáo tháng", period="month", proof="report", noun="báo cáo",
        due_day=25, recipient="Sở Giáo dục và Đào tạo Sông Lam (Văn phòng Sở)",
    )  # fmt: skip
    return plan


def publish(cast, *days: str, **fields):
    for day in days:
        story = make_story(cast.school, cast.owner, day, **fields)
        story_counted(story=story, actor=cast.editor)


@pytest.fixture
def draft(school_plan, cast, at):
    with at(NOW):
        publish(cast, "2026-01-10", "2026-10-03", "2026-11-05", topic=school_plan.topics.first())
        return report_draft(actor=cast.owner, unit=cast.school, period="month")


@pytest.fixture
def sent(draft, cast, at):
    with at(NOW):
        return report_submit(actor=cast.owner, report=draft)


@pytest.fixture
def signed(sent, cast, at):
    Membership.objects.filter(user=cast.lead).update(title="Hiệu trưởng")
    with at("2026-11-26"):
        return report_approve(actor=cast.lead, report=sent, number="7")


def row(figures, code):
    return next(r for r in figures["rows"] if r["code"] == code)


# ---- drafting and figures


def test_a_draft_knows_its_period_plan_directive_and_addressee(draft, school_plan, cast):
    assert (draft.period, draft.starts_on, draft.ends_on) == ("month", dt.date(2026, 11, 1), dt.date(2026, 11, 30))
    assert draft.title == "Báo cáo công tác truyền thông tháng 11 năm 2026"
    assert (draft.plan, draft.directive) == (school_plan, school_plan.monthly)
    assert draft.texts["addressee"] == "Sở Giáo dục và Đào tạo Sông Lam (Văn phòng Sở)"
    assert LogEntry.objects.filter(action="reporting.report.drafted", object_id=draft.pk).exists()


def test_drafting_twice_opens_the_one_begun(draft, cast, at):
    with at(NOW):
        again = report_draft(actor=cast.colleague, unit=cast.school, period="month")
    assert again.pk == draft.pk
    assert Report.objects.count() == 1


@pytest.mark.parametrize("who", ["outsider", "office", "editor", "commune"])
def test_only_the_unit_drafts_its_report(cast, school_plan, at, who):
    with at(NOW), pytest.raises(Refused):
        report_draft(actor=getattr(cast, who), unit=cast.school, period="month")
    assert not Report.objects.exists()


def test_a_period_nobody_reports_on_is_refused(cast, at):
    with at(NOW), pytest.raises(InvalidInput):
        report_draft(actor=cast.owner, unit=cast.school, period="week")
    with at(NOW), pytest.raises(InvalidInput, match="chưa bắt đầu"):
        report_draft(actor=cast.owner, unit=cast.school, period="month", day=dt.date(2026, 12, 1))


def test_stories_and_directives_are_counted_for_the_period_and_the_year(draft, school_plan, at):
    with at(NOW):
        figures = count_figures(draft)
    stories, quota = row(figures, "stories"), row(figures, f"directive-{school_plan.quota.pk}")
    assert (stories["now"], stories["total"]) == (1, 3)
    assert (quota["now"], quota["now_of"]) == (1, 2)
    assert (quota["total"], quota["total_of"]) == (3, 22)
    assert quota["note"] == "mỗi tháng 2 bài"
    assert (figures["period"], figures["year"]) == ("Tháng 11", "Cả năm")
    assert not [r for r in figures["rows"] if r["label"] == "Báo cáo tháng"]  # the report itself is no figure


def test_topics_stories_and_late_things_are_listed(draft, school_plan, at):
    with at("2026-12-05"):
        figures = count_figures(draft)
    assert [(t["label"], t["now"], t["total"]) for t in figures["topics"]] == [("Giáo dục mầm non", 1, 3)]
    assert [(s["title"], s["on"]) for s in figures["stories"]] == [("Bài ngày 2026-11-05", "2026-11-05")]
    assert figures["stories"][0]["url"].startswith("https://songlam.edu.vn/tin/")
    november = next(item for item in figures["late"] if item["due"] == "2026-11-30")
    assert (november["label"], november["missing"]) == ("Tin, bài gửi Văn phòng Sở", 1)


def test_counted_figures_open_their_evidence(draft, school_plan, at):
    with at(NOW):
        found = proofs_behind(draft, f"directive-{school_plan.quota.pk}")
        assert [(p.on.isoformat(), p.in_period) for p in found] == [
            ("2026-11-05", True),
            ("2026-10-03", False),
            ("2026-01-10", False),
        ]
        assert len(proofs_behind(draft, "stories")) == 3
        assert len(proofs_behind(draft, f"topic-{school_plan.topics.first().pk}")) == 3
        assert list(proofs_behind(draft, "sessions")) == []
        assert list(proofs_behind(draft, "topic-x")) == []
        assert list(proofs_behind(draft, "below")) == []


def test_a_clipping_that_proves_two_things_is_counted_once(draft, school_plan, cast, at):
    for directive in (school_plan.quota, make_directive(school_plan, title="Bài báo chí", proof="press")):
        Evidence.objects.create(
            directive=directive, unit=cast.school, kind="clipping", slot=dt.date(2026, 11, 1),
            on=dt.date(2026, 11, 9), title="Báo Sông Lam", url="https://bao.vn/1", fingerprint="url:bao.vn/1",
        )  # fmt: skip
    with at(NOW):
        assert row(count_figures(draft), "clippings")["now"] == 1
        assert len(proofs_behind(draft, "clippings")) == 1


def test_own_figures_add_up_over_the_year(draft, cast, at):
    with at("2026-10-25"):
        before = report_draft(actor=cast.owner, unit=cast.school, period="month")
        report_edit(actor=cast.owner, report=before, version=0, texts={"own": {"sessions": "3"}})
    with at(NOW):
        draft = report_edit(actor=cast.owner, report=draft, version=0, texts={"own": {"sessions": " 2 "}})
        sessions = row(count_figures(draft), "sessions")
    assert (sessions["now"], sessions["total"]) == (2, 5)


def test_counting_costs_the_same_for_few_and_many(draft, school_plan, cast, at):
    def queries():
        with (
            at(NOW),
            CaptureQueriesContext(
                connection,
            ) as captured,
        ):
            count_figures(Report.objects.select_related("unit", "plan__unit").get(pk=draft.pk))
        return len(captured)

    few = queries()
    with at(NOW):
        publish(cast, *[f"2026-11-{day:02d}" for day in range(6, 24)])
    for number in range(8):
        make_directive(school_plan, title=f"Việc {number}", period="quarter")
    assert queries() <= few + 1  # one more only if a second due day comes in


# ---- writing


def test_editing_keeps_lines_and_goes_up_one_version(draft, cast, at):
    with at(NOW):
        report = report_edit(
            actor=cast.colleague, report=draft, version=0,
            texts={"proposals": "  Đề nghị   A.\n\nĐề nghị B. ", "recipients": ["- Như trên;", "", "UBND xã."]},
        )  # fmt: skip
    assert report.texts["proposals"].splitlines()[0] == "Đề nghị A."
    assert report.texts["recipients"] == ["Như trên", "UBND xã"]
    assert report.version == 1


def test_a_stale_edit_overwrites_nothing(draft, cast, at):
    with at(NOW):
        report_edit(actor=cast.owner, report=draft, version=0, texts={"proposals": "Một"})
        with pytest.raises(Conflict) as caught:
            report_edit(actor=cast.colleague, report=draft, version=0, texts={"proposals": "Hai"})
    assert caught.value.code == "report.version"
    draft.refresh_from_db()
    assert draft.texts["proposals"] == "Một"


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        ({"own": {"sessions": "nhiều"}}, "sessions"),
        ({"own": {"sessions": "1000"}}, "sessions"),
        ({"assessment": "x" * 4001}, "assessment"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(draft, cast, at, texts, field):
    with at(NOW), pytest.raises(InvalidInput) as caught:
        report_edit(actor=cast.owner, report=draft, version=0, texts=texts)
    assert caught.value.field == field
    draft.refresh_from_db()
    assert draft.version == 0


@pytest.mark.parametrize("who", ["outsider", "office", "director"])
def test_nobody_else_writes_in_it(draft, cast, at, who):
    with at(NOW), pytest.raises(Refused):
        report_edit(actor=getattr(cast, who), report=draft, version=0, texts={"proposals": "Chen"})
    draft.refresh_from_db()
    assert "proposals" not in draft.texts


# ---- sending, returning, signing


def test_sending_freezes_the_figures_and_tells_the_lead(sent, cast, at):
    assert (sent.status, sent.submitted_by) == ("submitted", cast.owner)
    notice = Notice.objects.get(user=cast.lead, code="reporting.report.to_sign")
    assert notice.url == f"/lam-viec/bao-cao/{sent.pk}/"
    with at(NOW):
        publish(cast, "2026-11-20")
        assert row(figures_of(sent), "stories")["now"] == 1
        assert row(count_figures(sent), "stories")["now"] == 2


def test_a_sent_report_is_not_edited_nor_sent_again(sent, cast, at):
    with at(NOW), pytest.raises(Conflict, match="Hãy lấy lại"):
        report_edit(actor=cast.owner, report=sent, version=sent.version, texts={"proposals": "x"})
    with at(NOW), pytest.raises(Conflict):
        report_submit(actor=cast.owner, report=sent)
    assert LogEntry.objects.filter(action="reporting.report.submitted").count() == 1


def test_without_anybody_to_sign_it_is_not_sent(draft, cast, at):
    Membership.objects.filter(user=cast.lead).delete()
    with at(NOW), pytest.raises(Conflict, match="chưa có người ký duyệt"):
        report_submit(actor=cast.owner, report=draft)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_recalling_takes_the_notice_back(sent, cast, at):
    with at(NOW):
        report = report_recall(actor=cast.owner, report=sent)
    assert (report.status, report.figures) == ("draft", {})
    assert Notice.objects.get(code="reporting.report.to_sign").cancelled_at is not None


def test_returning_needs_a_reason_and_tells_the_writer(sent, cast, at):
    with at(NOW), pytest.raises(InvalidInput):
        report_return(actor=cast.lead, report=sent, reason="  ")
    with at(NOW):
        report = report_return(actor=cast.lead, report=sent, reason="Thiếu số buổi truyền thông.")
    assert (report.status, report.return_reason) == ("returned", "Thiếu số buổi truyền thông.")
    assert Notice.objects.get(user=cast.owner).data["reason"] == "Thiếu số buổi truyền thông."


@pytest.mark.parametrize("who", ["owner", "colleague", "outsider_lead", "office", "chief", "director"])
def test_only_the_head_of_the_unit_signs_or_returns(sent, cast, at, who):
    with at(NOW), pytest.raises(Refused):
        report_approve(actor=getattr(cast, who), report=sent)
    with at(NOW), pytest.raises(Refused):
        report_return(actor=getattr(cast, who), report=sent, reason="x")
    sent.refresh_from_db()
    assert sent.status == "submitted"
    assert not Evidence.objects.filter(kind="report").exists()


def test_a_lead_does_not_sign_what_they_alone_wrote_and_sent(school_plan, cast, at):
    with at(NOW):
        report = report_draft(actor=cast.lead, unit=cast.school, period="month")
        report_submit(actor=cast.lead, report=report)
        with pytest.raises(Refused) as caught:
            report_approve(actor=cast.lead, report=report)
        assert caught.value.code == "report.own"
        report_return(actor=cast.lead, report=report, reason="Nhờ cô Mến đọc lại.")
        report_submit(actor=cast.owner, report=report)
        assert report_approve(actor=cast.lead, report=report).status == "approved"


def test_signing_freezes_header_number_signer_and_counts_as_filed(signed, cast, school_plan):
    assert (signed.status, signed.number) == ("approved", "07/BC-THCSST")
    assert (signed.signer_name, signed.signer_title) == ("Hà Văn Toàn", "Hiệu trưởng")
    assert signed.unit_version == UnitVersion.objects.get(unit=cast.school)
    evidence = Evidence.objects.get(kind="report")
    assert (evidence.directive, evidence.report, evidence.on) == (
        school_plan.monthly,
        signed,
        dt.date(2026, 11, 26),
    )
    assert Notice.objects.filter(user=cast.owner, code="reporting.report.approved").exists()


def test_a_signed_report_stays_as_it_is(signed, cast, at):
    for verb in (report_submit, report_recall):
        with at(NOW), pytest.raises(Conflict):
            verb(actor=cast.owner, report=signed)
    with at(NOW), pytest.raises(Conflict):
        report_return(actor=cast.lead, report=signed, reason="x")


def test_the_header_is_that_of_the_signing_day(signed, cast, at):
    UnitVersion.objects.filter(unit=cast.school).update(valid_to=dt.date(2026, 12, 1))
    UnitVersion.objects.create(
        unit=cast.school, name="Trường THCS Mới", short_name="Mới", kind="thcs", parent=cast.so,
        place="Thành phố", valid_from=dt.date(2026, 12, 1),
    )  # fmt: skip
    with at("2027-01-10"):
        document = official_document(Report.objects.get(pk=signed.pk), signed.figures)
    assert (document.issuer, document.parent) == ("Trường THCS Sơn Thượng", "UBND xã Mường Sai")
    assert (document.number, document.symbol, document.date) == (7, "BC-THCSST", dt.date(2026, 11, 26))


def test_a_number_is_not_given_twice_in_a_year(signed, cast, at):
    with at("2026-12-20"):
        other = report_draft(actor=cast.owner, unit=cast.school, period="month")
        report_submit(actor=cast.owner, report=other)
        with pytest.raises(Conflict, match="Số 07"):
            report_approve(actor=cast.lead, report=other, number="07")
        with pytest.raises(InvalidInput):
            report_approve(actor=cast.lead, report=other, number="bảy")
        other = report_approve(actor=cast.lead, report=other)
        assert other.number == ""
        assert report_number(actor=cast.owner, report=other, number="8").number == "08/BC-THCSST"
        with pytest.raises(Conflict, match="đã có số"):
            report_number(actor=cast.owner, report=other, number="9")


# ---- the document


def test_the_document_says_what_the_screen_says(signed, at):
    with at("2026-11-27"):
        document = official_document(signed, signed.figures)
    texts = [getattr(block, "text", "") or getattr(block, "title", "") for block in document.body]
    assert texts[0] == (
        "Thực hiện Kế hoạch số 128/KH-SGDĐT ngày 14/01/2026 của Sở Giáo dục và Đào tạo Sông Lam về truyền thông "
        "giáo dục và đào tạo năm 2026, Trường THCS Sơn Thượng báo cáo như sau:"
    )
    assert document.addressees == ["Sở Giáo dục và Đào tạo Sông Lam (Văn phòng Sở)"]
    assert document.recipients == ["Như trên"]
    assert document.signature.authority == ("Hiệu trưởng",)
    table = document.body[2]
    assert table.columns == ("STT", "Nội dung", "Tháng 11", "Cả năm")
    assert table.rows[0] == ("01", "Tin, bài đã đăng", "01", "03")
    assert table.rows[1][2:] == ("01/02", "03/22")
    assert document.appendices[0].title == "Danh mục tin, bài đã đăng tháng 11 năm 2026"


def test_the_files_read_back(signed, cast, at):
    with at("2026-11-27"):
        name, word = report_export(actor=cast.owner, report=signed, form="docx")
        _name, pdf = report_export(actor=cast.office, report=signed, form="pdf")
    assert name == f"bao-cao-2026-11-{cast.school.slug}.docx"
    read = docx.Document(io.BytesIO(word))
    header = [cell.text for line in read.tables[0].rows for cell in line.cells]
    assert header[0].split("\n")[:2] == ["UBND XÃ MƯỜNG SAI", "TRƯỜNG THCS SƠN THƯỢNG"]
    assert header[2:] == ["Số: 07/BC-THCSST", "Sông Lam, ngày 26 tháng 11 năm 2026"]
    text = re.sub(r"\s+", " ", " ".join(p.get_textpage().get_text_bounded() for p in pdfium.PdfDocument(pdf)))
    assert "BÁO CÁO Công tác truyền thông tháng 11 năm 2026" in text
    assert "HIỆU TRƯỞNG Hà Văn Toàn" in text
    assert LogEntry.objects.filter(action="reporting.report.exported").count() == 2
    with pytest.raises(InvalidInput):
        report_export(actor=cast.owner, report=signed, form="exe")


@pytest.mark.parametrize("period", ["month", "quarter", "semester", "year", "school_year"])
def test_every_kind_of_report_can_be_printed(school_plan, cast, at, period):
    with at(NOW):
        publish(cast, "2026-10-03", "2026-11-05", topic=school_plan.topics.first())
        report = report_draft(actor=cast.owner, unit=cast.school, period=period)
        report_edit(
            actor=cast.owner,
            report=report,
            version=0,
            texts={"difficulties": "- Mất mạng\nMưa lũ", "own": {"sessions": "2"}},
        )
        report.refresh_from_db()
        _name, data = report_export(actor=cast.owner, report=report, form="pdf")
    text = " ".join(p.get_textpage().get_text_bounded() for p in pdfium.PdfDocument(data))
    assert "Không có./." in re.sub(r"\s+", " ", text)
    assert "- Mất mạng" in text


def test_a_unit_with_others_below_reports_for_them_too(school_plan, cast, at):
    with at(NOW):
        publish(cast, "2026-11-05", topic=school_plan.topics.first())
        report = report_draft(actor=cast.commune, unit=cast.xa, period="month")
        figures = count_figures(report)
        document = official_document(report, figures)
        below = list(proofs_behind(report, "below"))
    assert [proved.title for proved in below] == ["Bài ngày 2026-11-05 (Trường THCS Sơn Thượng)"]
    assert (row(figures, "stories")["now"], row(figures, "below")["now"]) == (0, 1)
    quota = next(line for line in figures["reach"] if line["label"] == "Tin, bài gửi Văn phòng Sở")
    assert (quota["met"], quota["of"], quota["rate"]) == (0, 2, 0)
    assert {line["label"] for line in figures["units"]} == {"Trường THCS Sơn Thượng", "Trường Tiểu học Sơn Hạ"}
    assert (document.parent, document.issuer, document.symbol) == ("", "Ủy ban nhân dân xã Mường Sai", "BC-UBND")
    assert [(t["label"], t["now"]) for t in figures["topics"]] == [("Giáo dục mầm non", 1)]
    assert [a.title for a in document.appendices] == ["Kết quả thực hiện của các đơn vị tháng 11 năm 2026"]


def test_what_is_told_under_a_copy_of_a_topic_stands_in_the_line_of_the_original(school_plan, cast, at):
    topic = school_plan.topics.first()
    own = make_plan(cast.school, number="3/KH-THCSST", parent_plan=school_plan)
    copy = make_topic(own, "Mầm non ở Sơn Thượng", source=topic)
    with at(NOW):
        publish(cast, "2026-11-04", topic=copy)
        publish(cast, "2026-11-05", topic=topic)
        report = report_draft(actor=cast.commune, unit=cast.xa, period="month")
        figures = count_figures(report)
        assert [(line["label"], line["now"]) for line in figures["topics"]] == [("Giáo dục mầm non", 2)]
        assert len(list(proofs_behind(report, f"topic-{topic.pk}"))) == 2
        assert list(proofs_behind(report, f"topic-{copy.pk}")) == [], (
            "a topic of another plan is no figure of this one"
        )


def test_all_that_below_met_is_counted_as_reached(school_plan, cast, at):
    school_plan.quota.starts_on = dt.date(2026, 11, 1)  # nothing owed from before
    school_plan.quota.save()
    with at(NOW):
        publish(cast, "2026-11-05", "2026-11-06")
        figures = count_figures(report_draft(actor=cast.commune, unit=cast.xa, period="month"))
    assert [(line["met"], line["of"], line["rate"], line["slot"]) for line in figures["reach"]] == [
        (1, 2, 50, "tháng 11/2026")
    ]


# ---- who sees what


def test_before_it_is_signed_only_its_unit_knows_of_it(draft, cast):
    for user in (cast.owner, cast.colleague, cast.lead):
        assert report_for_view(user, draft.pk).pk == draft.pk
    for user in (cast.outsider, cast.outsider_lead, cast.office, cast.commune, cast.director, make_user()):
        with pytest.raises(NotFound):
            report_for_view(user, draft.pk)


def test_once_signed_those_above_read_it_but_do_not_write(signed, cast):
    for user in (cast.office, cast.commune, cast.director):
        assert report_for_view(user, signed.pk).pk == signed.pk
        with pytest.raises(Refused):
            report_for_update(user, signed.pk)
        with pytest.raises(Refused):
            report_for_approval(user, signed.pk)
    with pytest.raises(NotFound):
        report_for_view(cast.outsider, signed.pk)


def test_a_school_is_offered_what_is_due(draft, cast, at):
    with at(NOW):
        found = offers(cast.colleague)
    assert next((o.period.code, o.report == draft, o.due) for o in found) == (
        "2026-11",
        True,
        dt.date(2026, 11, 25),
    )
    with at(NOW):
        assert offers(cast.editor) == []


def test_a_leader_signs_for_the_office(cast, school_plan, at):
    make_user("Vũ Chuyên Viên", (Role.FOCAL, cast.so))
    with at(NOW):
        report = report_draft(actor=cast.office, unit=cast.so, period="year")
        assert report.texts["addressee"] == ""
        report_submit(actor=cast.office, report=report)
        Membership.objects.filter(user=cast.director).update(title="Phó Giám đốc")
        report = report_approve(actor=cast.director, report=report, number="12")
        document = official_document(report, report.figures)
    assert report.number == "12/BC-SGDĐT"
    assert document.signature.authority == ("KT. Giám đốc", "Phó Giám đốc")
