"""Digests: drafted on working days, edited, approved, printed, mailed once; nothing private persons wrote."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.core.relay import Outcome, Relay, Result
from loa.listening import services
from loa.listening.digest.model import Kind
from loa.listening.fetching import Found
from loa.listening.models import Case, Digest, DigestLine, DigestMail, DigestPlan
from loa.listening.tests.morning import FIRST, MORNING, PRAISE, SECOND, get, post

pytestmark = pytest.mark.django_db


def test_a_draft_every_working_day_from_its_hour(cast, heard, time_at):
    time_at(MORNING.replace(hour=6))
    assert services.draft_due() == 0
    time_at(MORNING)
    assert services.draft_due() == 1
    assert services.draft_due() == 0
    time_at(MORNING + dt.timedelta(days=1))
    assert services.draft_due() == 1
    first, second = Digest.objects.order_by("day")
    assert second.since == first.until
    time_at(MORNING + dt.timedelta(days=3))  # Saturday
    assert services.draft_due() == 0
    services.digest_plan_save(
        actor=cast.office, unit=cast.so, active=False, hour=dt.time(7), monthly=True, recipients=""
    )
    time_at(MORNING + dt.timedelta(days=5))
    assert services.draft_due() == 0


def test_the_opinion_report_drafts_itself_on_the_25th(cast, heard, time_at):
    time_at(dt.datetime(2026, 11, 25, 8, 0, tzinfo=clock.VIETNAM))
    assert services.draft_due() == 2
    month = Digest.objects.get(kind=Kind.MONTH)
    assert clock.local(month.since).date() == dt.date(2026, 10, 25)
    assert month.figures["total"] == 6
    # 25/10/2026 is a Sunday: on Monday
    Digest.objects.all().delete()
    time_at(dt.datetime(2026, 10, 26, 8, 0, tzinfo=clock.VIETNAM))
    assert services.draft_due() == 2


def test_what_a_draft_holds(cast, digest):
    assert {key: digest.figures[key] for key in ("total", "private", "before")} == {
        "total": 5, "private": 1, "before": None,
    }  # fmt: skip
    assert digest.figures["units"][0][:2] == [cast.school.name, 4]
    assert "5 tin" in digest.summary
    story = digest.lines.get(story=True)
    assert story.title == FIRST
    assert "Báo Sông Lam đăng đầu tiên" in story.text
    assert list(digest.lines.filter(story=False).values_list("title", flat=True)) == [PRAISE, SECOND, FIRST]
    assert not DigestLine.objects.filter(title__contains="bức xúc").exists()
    case = Case.objects.get()
    assert story.case == case


def test_edited_and_approved_by_those_who_keep_listening(cast, digest):
    assert FIRST in get(cast.office, "digest", digest.pk).content.decode()
    get(cast.lead, "digest", digest.pk, status=404)  # a draft is not for others
    get(cast.owner, "digests", status=403)
    get(None, "digests", status=302)
    keep = digest.lines.get(title=SECOND)
    story = digest.lines.get(story=True)
    form = {"nhan-dinh": "Dư luận lắng dần.", "de-xuat": "Công khai khoản thu.", "hien": [story.pk, keep.pk]}
    form["thay"] = [line.pk for line in digest.lines.all()]
    form[f"dong-{story.pk}"] = "Nhà trường đã trả lại tiền."
    assert post(cast.lead, "digest", digest.pk, **form).status_code == 404
    post(cast.office, "digest", digest.pk, **form)
    digest.refresh_from_db()
    assert (digest.summary, digest.state, digest.edited_by) == ("Dư luận lắng dần.", "draft", cast.office)
    assert digest.lines.filter(shown=True).count() == 2
    post(cast.office, "digest", digest.pk, duyet="1", **form)
    digest.refresh_from_db()
    assert (digest.state, digest.approved_by) == ("approved", cast.office)
    page = get(cast.office, "digest", digest.pk).content.decode()
    assert "Nhà trường đã trả lại tiền." in page
    assert PRAISE not in page
    with pytest.raises(Conflict):
        services.digest_edit(actor=cast.office, digest=digest, summary="x", proposal="", texts={}, shown=set())
    with pytest.raises(Refused):
        services.digest_approve(actor=cast.lead, digest=digest)
    assert LogEntry.objects.filter(action="listening.digest.approved").count() == 1


def test_enter_saves_and_neither_takes_out_nor_approves(cast, digest):
    clip = {"story": True, "title": "Phóng sự", "on": MORNING.date(), "outlet": "Truyền hình"}
    services.digest_clip(actor=cast.office, digest=digest, **clip)
    page = get(cast.office, "digest", digest.pk).content.decode()
    form = page[page.index('id="diem-bao"') :]
    assert 'name="bo"' in form
    # Enter presses the first button of a form.
    assert "name=" not in re.search(r"<button[^>]*>", form)[0]


def test_the_files_are_official_documents(cast, digest):
    word = b"".join(get(cast.office, "digest_file", digest.pk, "docx").streaming_content)
    text = zipfile.ZipFile(io.BytesIO(word)).read("word/document.xml").decode()
    for part in (
        "BÁO CÁO",
        "Điểm báo về giáo dục ngày 18/11/2026",
        "Vụ việc nổi bật".upper(),
        SECOND,
        "Thầy và Trò",
    ):
        assert part in text or part in text.upper()
    assert "bức xúc" not in text
    pdf = b"".join(get(cast.office, "digest_file", digest.pk, "pdf").streaming_content)
    assert pdf.startswith(b"%PDF")
    get(cast.office, "digest_file", digest.pk, "exe", status=404)
    get(cast.outsider_lead, "digest_file", digest.pk, "pdf", status=404)


def test_recipients_are_checked(cast, heard):
    with pytest.raises(InvalidInput):
        services.digest_plan_save(
            actor=cast.office,
            unit=cast.so,
            active=True,
            hour=dt.time(7),
            monthly=True,
            recipients="không phải thư",
        )
    with pytest.raises(Refused):
        services.digest_plan_save(
            actor=cast.lead, unit=cast.so, active=True, hour=dt.time(7), monthly=True, recipients=""
        )
    assert DigestPlan.objects.count() == 0
    form = {"active": "on", "hour": "07:30", "recipients": "A@so.example\nb@so.example, a@so.example"}
    assert post(cast.office, "digest_plan", **form).status_code == 302
    assert DigestPlan.objects.get().recipients == "a@so.example\nb@so.example"
    assert post(cast.office, "digest_plan", **{**form, "recipients": "x@"}).status_code == 400
    assert post(cast.lead, "digest_plan", **form).status_code == 403


def test_letters_go_once_after_approval(cast, digest, monkeypatch):
    services.digest_plan_save(
        actor=cast.office,
        unit=cast.so,
        active=True,
        hour=dt.time(7),
        monthly=True,
        recipients="a@x.example, b@x.example",
    )
    assert services.send_digest_mails() == 0
    services.digest_approve(actor=cast.office, digest=digest)
    real = Relay.send
    monkeypatch.setattr(
        Relay,
        "send",
        lambda self, letter: (
            Result(Outcome.UNKNOWN, "broke") if "b@x.example" in letter.to else real(self, letter)
        ),
    )
    assert services.send_digest_mails() == 2
    assert services.send_digest_mails() == 0
    assert dict(DigestMail.objects.values_list("address", "mail")) == {
        "a@x.example": "sent",
        "b@x.example": "unknown",
    }
    [letter] = mail.outbox
    assert [name for name, _data, _kind in letter.attachments] == [
        "diem-bao-2026-11-18.docx",
        "diem-bao-2026-11-18.pdf",
    ]


def test_the_list_asks_the_same_questions_for_few_and_many(cast, digest):
    def count():
        client = Client()
        client.force_login(cast.office)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("listening:digests"))
        return len(queries)

    count()
    few = count()
    for n in range(1, 15):
        Digest.objects.create(
            unit=cast.so, kind=Kind.DAY, day=digest.day - dt.timedelta(days=n), since=MORNING, until=MORNING,
            state="approved", approved_by=cast.office, approved_at=MORNING,
        )  # fmt: skip
    assert count() == few


def test_the_months_report_begins_with_what_was_written_in_its_days(cast, heard, time_at):
    made = services.digest_draft(unit_id=cast.so.pk, kind=Kind.DAY, day=MORNING.date())
    story = made.lines.filter(story=True).get()
    words = {
        "summary": made.summary + " Dư luận lo về các khoản thu.",
        "proposal": "Thanh tra trường trong tuần.",
        "texts": {story.pk: story.text + " Trường hứa trả lại trước thứ Sáu."},
    }
    shown = {line.pk for line in made.lines.all()}
    services.digest_edit(actor=cast.office, digest=made, shown=shown, **words)
    month = dt.datetime(2026, 11, 25, 7, 5, tzinfo=clock.VIETNAM)
    time_at(month)
    # a draft nobody approved says nothing
    draft = services.digest_draft(unit_id=cast.so.pk, kind=Kind.MONTH, day=month.date())
    assert "lo về các khoản thu" not in draft.summary
    assert draft.proposal == ""
    draft.lines.all().delete()
    draft.delete()
    services.digest_approve(actor=cast.office, digest=made)
    report = services.digest_draft(unit_id=cast.so.pk, kind=Kind.MONTH, day=month.date())
    assert "Ngày 18/11: Dư luận lo về các khoản thu." in report.summary
    assert report.summary.count("Ghi nhận") == 1
    assert report.proposal == "Thanh tra trường trong tuần."
    text = report.lines.get(story=True).text
    assert text.endswith("Trường hứa trả lại trước thứ Sáu.")
    assert text.count("nguồn") == 1


def test_a_story_no_paper_told_is_named_after_what_it_is_about(cast, heard):
    group = heard[2]
    for number in range(3):
        text = f"Trường THCS Sơn Thượng thu tiền quỹ lớp cao quá các bác ơi, lần {number}"
        at = MORNING - dt.timedelta(hours=2, minutes=number)
        services.store(group, [Found(external=text, url="", title="", text=text, published_at=at)])
    services.analyse_waiting()
    made = services.digest_draft(unit_id=cast.so.pk, kind=Kind.DAY, day=MORNING.date())
    titles = list(made.lines.filter(story=True).values_list("title", flat=True))
    assert len(set(titles)) == len(titles)
    for title in titles:
        assert "quỹ lớp cao quá" not in title


def test_what_comes_late_is_in_the_next_digest_once(cast, heard, time_at):
    first = services.digest_draft(unit_id=cast.so.pk, kind=Kind.DAY, day=MORNING.date())
    titles = {line.title for line in first.lines.all()}
    time_at(MORNING + dt.timedelta(minutes=5))
    late = "Học sinh Trường THCS Sơn Thượng được tặng học bổng, báo đăng trước giờ soạn"
    stale = "Học sinh Trường THCS Sơn Thượng thi đấu thể thao, báo đăng tuần trước"
    comment = "Học sinh Trường THCS Sơn Thượng được học bổng vui quá các bác ạ"
    for source, text, before in (
        (heard[0], late, dt.timedelta(minutes=15)),
        (heard[0], stale, dt.timedelta(days=3, minutes=1)),
        (heard[2], comment, dt.timedelta(minutes=30)),
    ):
        services.store(source, [Found(external=text, title=text, published_at=MORNING - before)])
    services.clipping_add(
        actor=cast.office, source=heard[1], title="Học sinh dự liên hoan, bản tin chiều qua", text="",
        on=MORNING.date() - dt.timedelta(days=1), outlet="Truyền hình",
    )  # fmt: skip
    services.analyse_waiting()
    time_at(MORNING + dt.timedelta(days=1))
    second = services.digest_draft(unit_id=cast.so.pk, kind=Kind.DAY, day=MORNING.date() + dt.timedelta(days=1))
    found = set(second.lines.filter(story=False).values_list("title", flat=True))
    assert found == {late, "Học sinh dự liên hoan, bản tin chiều qua"}
    assert not found & titles
    assert (second.since, second.figures["total"], second.figures["late"]) == (first.until, 3, 3)
    assert first.figures["late"] == 0
    assert "kỳ trước chưa kịp ghi nhận" in get(cast.office, "digest", second.pk).content.decode()
    word = b"".join(get(cast.office, "digest_file", second.pk, "docx").streaming_content)
    text = zipfile.ZipFile(io.BytesIO(word)).read("word/document.xml").decode()
    assert "Có 3 tin đăng trước đó, kỳ trước chưa kịp ghi nhận." in text
    time_at(MORNING + dt.timedelta(days=2))
    third = services.digest_draft(unit_id=cast.so.pk, kind=Kind.DAY, day=MORNING.date() + dt.timedelta(days=2))
    assert (third.lines.count(), third.figures["total"]) == (0, 0)


def test_a_draft_is_brought_up_to_now_and_keeps_the_officers_words(cast, digest, heard, time_at):
    story = digest.lines.get(story=True)
    hidden = digest.lines.get(title=PRAISE)
    form = {
        "nhan-dinh": digest.summary + " Dư luận lắng dần.", "de-xuat": "Công khai khoản thu.",
        "thay": [line.pk for line in digest.lines.all()],
        "hien": [line.pk for line in digest.lines.all() if line != hidden],
        f"dong-{story.pk}": story.text + " Nhà trường đã trả lại tiền.",
    }  # fmt: skip
    later = MORNING + dt.timedelta(minutes=40)
    time_at(later)
    new = "Học sinh Trường Tiểu học Sơn Hạ trồng cây đầu xuân"
    again = FIRST + ", phụ huynh vẫn chờ"
    services.store(heard[0], [Found(external=new, title=new, published_at=MORNING - dt.timedelta(minutes=10))])
    services.store(heard[1], [Found(external=again, title=again, published_at=MORNING)])
    services.analyse_waiting()
    assert "Cập nhật bản nháp" in get(cast.office, "digest", digest.pk).content.decode()
    assert post(cast.lead, "digest", digest.pk, **{**form, "cap-nhat": "1"}).status_code == 404
    post(cast.office, "digest", digest.pk, **{**form, "cap-nhat": "1"})
    digest.refresh_from_db()
    assert (digest.until, digest.gathered_at) == (later, later)
    assert digest.figures["total"] == 7
    assert digest.summary.startswith("Ghi nhận 7 tin")
    assert digest.summary.endswith("Dư luận lắng dần.")
    assert digest.proposal == "Công khai khoản thu."
    titles = list(digest.lines.filter(story=False).values_list("title", flat=True))
    assert titles == [new, PRAISE, SECOND, FIRST]
    assert not digest.lines.get(title=PRAISE).shown
    assert digest.lines.get(title=new).shown
    story.refresh_from_db()
    assert story.text.startswith("5 tin ở")
    assert story.text.endswith(" Nhà trường đã trả lại tiền.")
    assert digest.lines.filter(story=True).count() == 1
    assert list(digest.lines.values_list("number", flat=True)) == list(range(1, digest.lines.count() + 1))
    assert LogEntry.objects.filter(action="listening.digest.renewed").count() == 1
    # Who had the page open before the new lines came does not hide them by saving.
    post(cast.office, "digest", digest.pk, **form)
    assert digest.lines.get(title=new).shown
    # Nothing new: nothing changes, and the next begins where this one ends now.
    assert services.digest_renew(actor=cast.office, digest=digest) == 0
    with pytest.raises(Refused):
        services.digest_renew(actor=cast.lead, digest=digest)
    time_at(MORNING + dt.timedelta(days=1))
    following = services.digest_draft(unit_id=cast.so.pk, kind=Kind.DAY, day=MORNING.date() + dt.timedelta(days=1))
    assert (following.since, following.figures["total"]) == (later, 0)
    with pytest.raises(Conflict):
        services.digest_renew(actor=cast.office, digest=digest)
    assert "Cập nhật bản nháp" not in get(cast.office, "digest", digest.pk).content.decode()
    services.digest_approve(actor=cast.office, digest=following)
    with pytest.raises(Conflict):
        services.digest_renew(actor=cast.office, digest=following)


def test_bringing_up_to_now_costs_the_same_for_few_and_many(cast, digest, heard, time_at):
    def count(n, start):
        time_at(MORNING + dt.timedelta(minutes=start))
        for k in range(start, start + n):
            title = f"Học sinh trường số {k} trồng {k * 7} cây xanh ở xã thứ {k * 3}"
            services.store(heard[0], [Found(external=title, title=title, published_at=MORNING)])
        while services.analyse_waiting():
            pass
        time_at(MORNING + dt.timedelta(minutes=start + 1))
        with CaptureQueriesContext(connection) as queries:
            services.digest_renew(actor=cast.office, digest=digest)
        return len(queries)

    assert count(1, 10) == count(12, 20)
