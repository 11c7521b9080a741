"""Two people with the same draft open: nobody's words vanish, nothing is approved that nobody saw."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from loa.audit.models import LogEntry
from loa.listening import services
from loa.listening.models import Digest, DigestLine, DigestMail
from loa.listening.tests.morning import FIRST, MORNING, PRAISE, SECOND, get, post

pytestmark = pytest.mark.django_db


def opened(user, digest):
    """The form as the page gives it to `user`, line breaks as a browser sends them."""
    page = get(user, "digest", digest.pk).content.decode()
    lines = list(digest.lines.all())
    digest.refresh_from_db()
    return {
        "version": re.search(r'name="version" value="(\d+)"', page)[1],
        "nhan-dinh": digest.summary.replace("\n", "\r\n"), "de-xuat": digest.proposal,
        "hien": [line.pk for line in lines if line.shown], "thay": [line.pk for line in lines],
        **{f"dong-{line.pk}": line.text for line in lines if line.story},
    }  # fmt: skip


def rows():
    return list(Digest.objects.values()), list(DigestLine.objects.order_by("pk").values())


def deeds():
    return LogEntry.objects.filter(action__startswith="listening.digest.").count()


@pytest.fixture
def both(cast, digest):
    """What two people have before them."""
    return opened(cast.office, digest), opened(cast.editor, digest)


def test_what_another_saved_since_is_not_overwritten_nor_approved(cast, digest, both, time_at):
    services.digest_plan_save(
        actor=cast.office, unit=cast.so, active=True, hour=dt.time(7), monthly=True, recipients="a@so.example"
    )
    mine, theirs = both
    story = digest.lines.get(story=True)
    time_at(MORNING + dt.timedelta(minutes=20))
    saved = f"{mine['nhan-dinh']} Dư luận lắng dần."
    assert post(cast.office, "digest", digest.pk, **{**mine, "nhan-dinh": saved}).status_code == 302
    before, done = rows(), deeds()
    typed = {**theirs, "de-xuat": "Công khai khoản thu.", f"dong-{story.pk}": "Trường đã trả lại tiền."}
    for press in ({"duyet": "1"}, {}, {"cap-nhat": "1"}, {"them": "danh-muc"}):
        answer = post(cast.editor, "digest", digest.pk, **{**typed, **press})
        assert answer.status_code == 409
        assert (rows(), deeds()) == (before, done)
    assert not DigestMail.objects.exists()
    page = answer.content.decode()
    assert f"{cast.office} đã lưu điểm báo này lúc 07:25 ngày 18/11" in page
    assert f">{theirs['nhan-dinh']}</textarea>" in page
    assert ">Công khai khoản thu.</textarea>" in page
    assert ">Trường đã trả lại tiền.</textarea>" in page
    # Beside each what is saved; put together, it can be saved from this very page.
    shown = re.findall(r'<p class="pre">(.*?)</p>', page)
    assert shown == [saved, story.text, "(để trống)"]
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    joined = {**typed, "nhan-dinh": saved, "version": version, "duyet": "1"}
    assert post(cast.editor, "digest", digest.pk, **joined).status_code == 302
    digest.refresh_from_db()
    assert (digest.state, digest.summary, digest.proposal) == ("approved", saved, "Công khai khoản thu.")
    assert DigestMail.objects.count() == 1


def test_what_is_typed_into_an_approved_digest_stays_on_the_page(cast, digest, both):
    mine, theirs = both
    theirs = {**theirs, "de-xuat": "Công khai khoản thu. Trả lại tiền.", "duyet": "1"}
    assert post(cast.editor, "digest", digest.pk, **theirs).status_code == 302
    before, done = rows(), deeds()
    story = digest.lines.get(story=True)
    mine["de-xuat"] = "Công khai khoản thu."  # that stands in what was approved
    typed = {**mine, "nhan-dinh": "Dư luận lắng dần.", f"dong-{story.pk}": "Trường đã trả lại tiền."}
    answer = post(cast.office, "digest", digest.pk, **typed)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert f"{cast.editor} đã duyệt điểm báo này lúc 07:05 ngày 18/11" in page
    assert "readonly>Dư luận lắng dần.</textarea>" in page
    assert "readonly>Trường đã trả lại tiền.</textarea>" in page
    assert page.count("readonly") == 2
    assert (rows(), deeds()) == (before, done)


def test_the_same_press_twice_is_no_conflict(cast, digest, both):
    mine, _theirs = both
    typed = {**mine, "nhan-dinh": "Dòng một.\r\nDòng hai."}
    for _time in range(2):
        assert post(cast.office, "digest", digest.pk, **typed).status_code == 302
    digest.refresh_from_db()
    assert (digest.summary, digest.version) == ("Dòng một.\nDòng hai.", 1)
    assert LogEntry.objects.filter(action="listening.digest.edited").count() == 1
    for _time in range(2):
        assert post(cast.office, "digest", digest.pk, **typed, duyet="1").status_code == 302
    # Who opens it and saves nothing new is not named as who saved last.
    assert Digest.objects.get().edited_by == cast.office


def test_a_page_from_before_the_update_saves_unless_somebody_saved_since(cast, digest, both):
    old = {name: value for name, value in both[0].items() if name != "version"}
    assert post(cast.office, "digest", digest.pk, **{**old, "de-xuat": "Một."}).status_code == 302
    before = rows()
    answer = post(cast.office, "digest", digest.pk, **{**old, "de-xuat": "Hai."})
    assert answer.status_code == 409
    assert "Chính bạn đã lưu điểm báo này ở một trang khác" in answer.content.decode()
    assert rows() == before


def test_what_was_put_in_meanwhile_is_seen_before_it_is_approved(cast, digest, both):
    _mine, theirs = both
    clip = {"story": False, "title": "Phóng sự chiều", "on": MORNING.date(), "outlet": "Truyền hình"}
    line = services.digest_clip(actor=cast.office, digest=digest, **clip)
    # It takes nobody's words: they are saved, but what was not seen is not approved.
    typed = {**theirs, "nhan-dinh": "Dư luận lắng dần.", "duyet": "1"}
    answer = post(cast.editor, "digest", digest.pk, **typed)
    assert answer.status_code == 302
    digest.refresh_from_db()
    assert (digest.state, digest.summary) == ("draft", "Dư luận lắng dần.")
    assert line.pk in digest.lines.filter(shown=True).values_list("pk", flat=True)
    again = opened(cast.editor, digest)
    post(cast.editor, "digest", digest.pk, **again, duyet="1")
    digest.refresh_from_db()
    assert digest.state == "approved"


def test_words_about_what_another_took_out_stay_on_the_page(cast, digest):
    clip = {"story": True, "title": "Phóng sự chiều", "on": MORNING.date(), "outlet": "Truyền hình"}
    line = services.digest_clip(actor=cast.office, digest=digest, **clip)
    theirs = opened(cast.editor, digest)
    assert services.digest_take_out(actor=cast.office, digest=digest, line=line.pk)
    before = rows()
    answer = post(cast.editor, "digest", digest.pk, **{**theirs, f"dong-{line.pk}": "Bốn phút, giờ vàng."})
    assert answer.status_code == 409
    assert "readonly>Bốn phút, giờ vàng.</textarea>" in answer.content.decode()
    assert rows() == before


def test_what_another_left_out_is_said(cast, digest, both):
    mine, theirs = both
    praise, second = (digest.lines.get(title=title).pk for title in (PRAISE, SECOND))
    assert digest.lines.filter(title=FIRST, shown=True).exists()
    mine["hien"] = [pk for pk in mine["hien"] if pk != praise]
    post(cast.office, "digest", digest.pk, **mine)
    theirs["hien"] = [pk for pk in theirs["hien"] if pk != second]
    page = post(cast.editor, "digest", digest.pk, **theirs).content.decode()
    assert page.count("Bản đang lưu không in tin này.") == 1
    assert page.count("Bản đang lưu chọn in tin này.") == 1
    assert list(digest.lines.filter(shown=False).values_list("pk", flat=True)) == [praise]


def test_an_old_form_does_not_undo_what_was_brought_up_to_now(cast, digest, both, time_at):
    time_at(MORNING + dt.timedelta(minutes=30))
    services.digest_renew(actor=cast.office, digest=digest)
    before = rows()
    assert post(cast.editor, "digest", digest.pk, **{**both[1], "de-xuat": "Một."}).status_code == 409
    assert rows() == before
