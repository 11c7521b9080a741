"""What is drafted for whom and when, what stands in it once, and what approving says of the letters."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from loa.core import clock
from loa.core.heard import Heard
from loa.listening import services
from loa.listening.digest.model import Kind
from loa.listening.fetching import Found
from loa.listening.models import Digest, DigestMail
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
