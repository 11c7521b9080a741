"""What is drafted for whom and when, what stands in it once, and what approving says of the letters."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from loa.core import clock
from loa.core.heard import Heard
from loa.lib.calendar import workdays
from loa.listening import services
from loa.listening.digest.gather import title_of
from loa.listening.digest.model import Kind
from loa.listening.fetching import Found
from loa.listening.models import Digest, DigestMail, Source
from loa.listening.tests.morning import MORNING, get, post

pytestmark = pytest.mark.django_db

WORDS = "Trường THCS Sơn Thượng thu thêm tiền điều hoà hai triệu đồng mỗi em, phụ huynh bức xúc vì chưa bàn bạc"


def articles(made):
    return [line.title for line in made.lines.filter(story=False)]


def test_a_paper_stands_in_the_list_though_the_words_were_on_a_page_before(cast, heard, time_at):
    for source, hours in ((heard[2], 3), (heard[0], 2), (heard[1], 1)):
        at = MORNING - dt.timedelta(hours=hours)
        services.store(source, [Found(external=f"w{hours}", title=WORDS, published_at=at)])
    services.analyse_waiting()
    services.draft_due()
    lines = Digest.objects.get().lines.filter(story=False, title=WORDS)
    assert [line.outlet for line in lines] == ["Báo Sông Lam"]
    # The next day another paper has the same words: they were told.
    time_at(MORNING + dt.timedelta(days=1))
    late = MORNING + dt.timedelta(hours=20)
    services.store(heard[1], [Found(external="w9", title=WORDS, published_at=late)])
    services.analyse_waiting()
    services.draft_due()
    assert articles(Digest.objects.latest("day")) == []


def test_a_worker_that_stood_still_on_the_25th_makes_up_for_it(cast, heard, time_at):
    time_at(dt.datetime(2026, 11, 26, 8, 0, tzinfo=clock.VIETNAM))
    assert services.draft_due() == 2
    assert Digest.objects.filter(kind=Kind.MONTH, day=dt.date(2026, 11, 26)).count() == 1
    time_at(dt.datetime(2026, 11, 27, 8, 0, tzinfo=clock.VIETNAM))
    assert services.draft_due() == 1
    time_at(dt.datetime(2026, 12, 24, 8, 0, tzinfo=clock.VIETNAM))
    assert services.draft_due() == 1


def at(day, month, hour=8, year=2026):
    return dt.datetime(year, month, day, hour, tzinfo=clock.VIETNAM)


def months():
    return list(Digest.objects.filter(kind=Kind.MONTH).order_by("day").values_list("day", "since", "until"))


def test_a_worker_that_stood_still_past_the_months_end_makes_up_for_it(cast, heard, time_at):
    Source.objects.update(created_at=at(1, 9))
    time_at(at(22, 10))
    assert services.draft_due() == 2  # that of September was not there either
    Digest.objects.all().delete()
    said = at(24, 10)
    services.store(heard[0], [Found(external="w", title=WORDS, published_at=said)])
    time_at(at(2, 11))
    later = "Học sinh Trường Tiểu học Sơn Hạ trồng cây đầu xuân"
    services.store(heard[0], [Found(external="x", title=later, published_at=at(28, 10))])
    services.analyse_waiting()
    assert services.draft_due() == 2
    assert services.draft_due() == 0
    october = (dt.date(2026, 10, 25), at(25, 9, 7), at(25, 10, 7))
    assert months() == [october]
    report = Digest.objects.get(kind=Kind.MONTH)
    assert title_of(report).endswith("tháng 10/2026")
    assert (report.figures["total"], articles(report)) == (1, [WORDS])
    # Brought up to now it stays within its month, and the next begins where it ends.
    services.digest_renew(actor=cast.office, digest=report)
    report.refresh_from_db()
    assert clock.local(report.until).date() == dt.date(2026, 10, 31)
    assert sorted(articles(report)) == sorted([WORDS, later])
    time_at(at(25, 11))
    assert services.draft_due() == 2
    assert [(day, since) for day, since, _until in months()][1:] == [(dt.date(2026, 11, 25), report.until)]


def test_days_off_from_the_25th_to_the_months_end_lose_no_report(cast, heard, time_at, monkeypatch):
    Source.objects.update(created_at=at(1, 9))
    off = {dt.date(2026, 10, day): False for day in range(24, 32)}
    monkeypatch.setattr(workdays, "_provider", lambda: off)
    for day in (26, 30):
        time_at(at(day, 10))
        assert services.draft_due() == 0
    time_at(at(2, 11))
    assert services.draft_due() == 2
    assert [day for day, _since, _until in months()] == [dt.date(2026, 10, 25)]


def test_no_report_is_made_of_a_month_in_which_the_unit_did_not_listen(cast, heard, time_at):
    Source.objects.update(created_at=at(1, 11))
    time_at(at(2, 11))
    assert services.draft_due() == 1
    assert months() == []


def test_the_report_of_the_month_is_made_by_hand(cast, heard, time_at):
    assert "Soạn báo cáo tháng này" in get(cast.office, "digests").content.decode()
    assert post(cast.lead, "digest_draft", ky="thang").status_code == 403
    assert not Digest.objects.exists()
    post(cast.office, "digest_draft", ky="thang")
    assert Digest.objects.get().kind == Kind.MONTH
    assert "Soạn báo cáo tháng này" not in get(cast.office, "digests").content.decode()
    post(cast.office, "digest_draft", ky="thang")
    time_at(MORNING + dt.timedelta(days=1))
    post(cast.office, "digest_draft", ky="thang")
    assert Digest.objects.count() == 1


def test_made_by_hand_a_week_before_it_is_due_the_report_is_not_made_again(cast, heard, time_at):
    post(cast.office, "digest_draft", ky="thang")
    time_at(dt.datetime(2026, 11, 25, 8, 0, tzinfo=clock.VIETNAM))
    assert services.draft_due() == 1
    assert [one.day for one in Digest.objects.filter(kind=Kind.MONTH)] == [MORNING.date()]
    # That of the month before, made up for at the beginning of this one, is another.
    Digest.objects.update(day=dt.date(2026, 11, 3))
    time_at(dt.datetime(2026, 11, 26, 8, 0, tzinfo=clock.VIETNAM))
    assert services.draft_due() == 2


def test_a_school_that_has_its_own_page_alone_gets_no_digest(cast, time_at):
    services.heard_taken(
        Heard(unit_id=cast.school.pk, origin="facebook", place="Trang", key="a", text=WORDS, at=clock.now())
    )
    services.analyse_waiting()
    assert services.draft_due() == 0
    made = services.source_add(actor=cast.office, unit=cast.so, name="Báo", kind="hand", outlet="local")
    Source.objects.update(created_at=MORNING)
    assert services.draft_due() == 1
    assert Digest.objects.get().unit == cast.so
    services.source_pause(actor=cast.office, source=made)
    time_at(MORNING + dt.timedelta(days=1))
    assert services.draft_due() == 0
    services.digest_plan_save(
        actor=cast.office, unit=cast.so, active=True, hour=dt.time(7), monthly=True, recipients=""
    )
    assert services.draft_due() == 1


def test_approving_says_how_many_letters_go_out(cast, digest):
    client = Client()
    client.force_login(cast.office)
    form = {"duyet": "1", "thay": [line.pk for line in digest.lines.all()]}
    answer = client.post(reverse("listening:digest", args=[digest.pk]), form, follow=True)
    text = answer.content.decode()
    assert "Không có thư nào được gửi vì chưa đặt nơi nhận." in text
    assert "Đặt nơi nhận" in text
    assert not DigestMail.objects.exists()


def test_approving_with_recipients_says_their_number(cast, digest):
    services.digest_plan_save(
        actor=cast.office, unit=cast.so, active=True, hour=dt.time(7), monthly=True,
        recipients="a@so.example\nb@so.example",
    )  # fmt: skip
    seen = [line.pk for line in digest.lines.all()]
    post(cast.office, "digest", digest.pk, duyet="1", hien=["9" * 4400], thay=seen)
    assert DigestMail.objects.count() == 2
    digest.refresh_from_db()
    assert digest.state == "approved"
