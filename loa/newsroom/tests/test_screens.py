"""Every address of the newsroom for every member of the cast, and what the screens do."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.core import clock
from loa.newsroom import services
from loa.newsroom.models import Story, StoryPhoto, StoryVersion
from loa.newsroom.rules import Consent, Reason, Stage, VersionKind
from loa.newsroom.tests.factories import TEXT, draft, on_board, picture, published, sent, with_photo
from loa.org.rules import Role
from loa.org.tests.factories import make_unit, make_user

JSON = {"HTTP_ACCEPT": "application/json"}


def as_(user):
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def url(name, *args):
    return reverse(f"newsroom:{name}", args=args)


PEOPLE = ("owner", "colleague", "lead", "editor", "outsider", "outsider_lead", "director", "commune")
#: page → status for each of PEOPLE, on a draft of the owner
DRAFT_PAGES = {
    "story": (200, 200, 200, 200, 404, 404, 404, 404),
    "write": (200, 302, 200, 302, 404, 404, 404, 404),
    "preview": (200, 200, 200, 200, 404, 404, 404, 404),
    "compare": (200, 200, 200, 200, 404, 404, 404, 404),
    "approve": (302, 302, 302, 302, 404, 404, 404, 404),
    "review": (302, 302, 302, 302, 404, 404, 404, 404),
    "correct": (403, 403, 403, 302, 404, 404, 404, 404),
}


@pytest.mark.parametrize("page", DRAFT_PAGES)
def test_who_opens_what_of_a_draft(cast, page):
    story = draft(cast)
    found = tuple(as_(getattr(cast, who)).get(url(page, story.pk)).status_code for who in PEOPLE)
    assert found == DRAFT_PAGES[page]
    answer = as_(None).get(url(page, story.pk))
    assert answer.status_code == 302
    assert "/tai-khoan/" in answer.url


DEEDS = (
    "autosave",
    "recall",
    "delete",
    "approve",
    "return",
    "review_edit",
    "claim",
    "assign",
    "publish",
    "unschedule",
    "withdraw",
    "reopen",
    "correct",
    "comment",
    "photo_add",
    "photo_reorder",
)


@pytest.mark.parametrize("name", DEEDS)
def test_outsiders_do_nothing(cast, name):
    story = on_board(cast)
    for who in (cast.outsider, cast.outsider_lead, cast.director, cast.commune):
        assert as_(who).post(url(name, story.pk), {"version": 1, "text": "x"}).status_code == 404
    assert as_(None).post(url(name, story.pk)).status_code == 302
    after = Story.objects.get()
    assert (after.stage, after.version, after.locked, after.comments.count()) == (Stage.BOARD_REVIEW, 1, False, 0)


def test_outsiders_do_nothing_with_photos_and_remarks(cast):
    story = draft(cast)
    photo = with_photo(cast, story)
    remark = services.story_comment(actor=cast.owner, story_id=story.pk, text="x")
    for name, pk in (
        ("photo", photo.pk),
        ("photo_remove", photo.pk),
        ("photo_consent", photo.pk),
        ("comment_resolve", remark.pk),
    ):
        assert as_(cast.outsider).post(url(name, pk), {"version": 1, "caption": "x"}).status_code == 404
    assert StoryPhoto.objects.get().caption == "Giờ cơm trưa"


def test_drafts_are_in_nobody_elses_lists(cast):
    draft(cast, title="Bản nháp bí mật")
    for who in (cast.outsider, cast.outsider_lead, cast.director, cast.commune):
        for name in ("stories", "all", "inbox", "queue"):
            answer = as_(who).get(url(name), {"q": "bi mat"}, follow=True)
            assert answer.status_code == 200
            assert "Bản nháp bí mật" not in answer.content.decode()
    assert "Bản nháp bí mật" in as_(cast.colleague).get(url("stories") + "?xem=don-vi").content.decode()


# — writing ——————————————————————————————————————————————————————————————————————
def test_beginning(cast):
    client = as_(cast.owner)
    assert client.get(url("new")).status_code == 200
    assert not Story.objects.exists()
    answer = client.post(url("new"), {"unit": cast.school.pk, "genre": "news", "answers": ""})
    story = Story.objects.get()
    assert answer.url == url("write", story.pk)
    assert (story.unit, story.genre, story.byline) == (cast.school, "news", cast.owner.full_name)
    assert client.post(url("new"), {"unit": cast.thpt.pk}).status_code == 403
    assert "chưa được phân công" in as_(cast.director).get(url("new")).content.decode()
    assert Story.objects.count() == 1


def test_writing_without_javascript_and_sending(cast):
    story = draft(cast)
    client = as_(cast.owner)
    page = client.get(url("write", story.pk)).content.decode()
    assert 'name="body_marks"' in page
    form = {
        "version": 1,
        "title": "Tựa mới",
        "lead": TEXT["lead"],
        "body_marks": "Một.\n\n## Hai\n\n> ba",
        "do": "send",
    }
    answer = client.post(url("write", story.pk), form)
    assert answer.url == url("story", story.pk)
    story.refresh_from_db()
    assert (story.stage, story.title) == (Stage.UNIT_REVIEW, "Tựa mới")
    assert story.body == "<p>Một.</p><h2>Hai</h2><blockquote>ba</blockquote>"


def test_what_cannot_be_saved_stays_in_the_form(cast):
    story = draft(cast)
    answer = as_(cast.owner).post(
        url("write", story.pk),
        {"version": 1, "title": "x" * 250, "lead": "Lời tôi vừa viết", "body": "<p>Đoạn mới</p>"},
    )
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Lời tôi vừa viết" in page
    assert "Đoạn mới" in page
    assert "tối đa 200" in page
    assert "alert(1)" not in page


def test_autosave(cast):
    story = draft(cast)
    client = as_(cast.owner)
    answer = client.post(url("autosave", story.pk), {"version": 1, "title": "Tựa tự lưu"}, **JSON)
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert "checks" in answer.json()
    services.story_save(actor=cast.lead, story_id=story.pk, version=2, fields={"title": "Tựa của thầy"})
    answer = client.post(url("autosave", story.pk), {"version": 2, "title": "Tựa của cô"}, **JSON)
    assert answer.status_code == 409
    conflict = answer.json()["conflict"]
    page = client.get(conflict).content.decode()
    assert "Tựa của thầy" in page
    assert "Tựa của cô" in page
    assert as_(cast.colleague).get(conflict).status_code == 302
    assert as_(cast.outsider).get(conflict).status_code == 404
    assert client.post(conflict, {"version": 3, "title": "mine"}).url == url("write", story.pk)
    story.refresh_from_db()
    assert (story.title, story.version) == ("Tựa của cô", 4)
    titles = [v.revision.content["title"] for v in StoryVersion.objects.order_by("number")]
    assert "Tựa của thầy" in titles
    answer = client.post(url("autosave", story.pk), {"version": 4, "title": "x" * 300}, **JSON)
    assert (answer.status_code, answer.json()["field"]) == (400, "title")
    assert as_(cast.outsider).post(url("autosave", story.pk), {"version": 4}, **JSON).status_code == 404


def test_both_bodies_may_be_kept(cast):
    story = draft(cast)
    services.story_save(actor=cast.lead, story_id=story.pk, version=1, fields={"body": "<p>thầy</p>"})
    with pytest.raises(services.EditConflict) as caught:
        services.story_save(actor=cast.owner, story_id=story.pk, version=1, fields={"body": "<p>cô</p>"})
    where = url("conflict", story.pk, caught.value.kept.number)
    as_(cast.owner).post(where, {"version": 2, "body": "both"})
    story.refresh_from_db()
    assert story.body == "<p>thầy</p><p>cô</p>"


def test_a_stale_resolution_is_a_conflict_again(cast):
    story = draft(cast)
    services.story_save(actor=cast.lead, story_id=story.pk, version=1, fields={"title": "thầy"})
    with pytest.raises(services.EditConflict) as caught:
        services.story_save(actor=cast.owner, story_id=story.pk, version=1, fields={"title": "cô"})
    services.story_save(actor=cast.lead, story_id=story.pk, version=2, fields={"title": "thầy lần hai"})
    where = url("conflict", story.pk, caught.value.kept.number)
    answer = as_(cast.owner).post(where, {"version": 2, "title": "mine"})
    assert "/xung-dot/" in answer.url
    story.refresh_from_db()
    assert story.title == "thầy lần hai"


def test_photos_by_script_and_by_form(cast):
    story = draft(cast)
    client = as_(cast.owner)
    answer = client.post(url("photo_add", story.pk), {"photo": picture()}, **JSON)
    assert "data-photo-form" in answer.json()["cards"][0]
    photo = StoryPhoto.objects.get()
    form = {"version": photo.version, "caption": "Giờ cơm", "alt": "", "consent": Consent.PUBLIC_EVENT}
    answer = client.post(url("photo", photo.pk), form, **JSON)
    assert answer.json() == {
        "version": 1,
        "lacks": "Tạm giữ ảnh này: thiếu mô tả cho người không nhìn thấy ảnh.",
        "ok": False,
    }
    answer = client.post(url("photo", photo.pk), {"version": 0, "caption": "Bản cũ"}, **JSON)
    assert answer.status_code == 409
    bad = picture()
    bad.file.seek(0)
    bad.file.write(b"khong phai anh")
    bad.file.seek(0)
    answer = client.post(url("photo_add", story.pk), {"photo": [picture(), bad]})
    assert answer.url.endswith("#anh")
    assert StoryPhoto.objects.count() == 2
    assert client.post(url("photo_add", story.pk), {}, **JSON).status_code == 400
    order = list(story.photos.order_by("sort_order").values_list("pk", flat=True))
    client.post(url("photo_reorder", story.pk), {"move": order[1], "way": "up"})
    assert list(story.photos.order_by("sort_order").values_list("pk", flat=True)) == order[::-1]
    client.post(url("photo_remove", photo.pk))
    assert StoryPhoto.objects.count() == 1
    story.refresh_from_db()
    assert story.body == TEXT["body"]


# — approving ————————————————————————————————————————————————————————————————————
def test_two_taps(cast):
    first, second = sent(cast), sent(cast, title="Bài thứ hai")
    client = as_(cast.lead)
    page = client.get(url("inbox")).content.decode()
    assert first.title in page
    assert "Bài thứ hai" in page
    page = client.get(url("approve", first.pk)).content.decode()
    assert "Bài 1 trong 2" in page
    answer = client.post(url("approve", first.pk), {"version": 1})
    assert answer.url == url("approve", second.pk)
    answer = client.post(
        url("return", second.pk), {"version": 1, "reason": Reason.FIGURES, "text": "Bao nhiêu phụ huynh?"}
    )
    assert answer.url == url("inbox")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.stage, second.stage) == (Stage.BOARD_REVIEW, Stage.RETURNED)
    assert "Bao nhiêu phụ huynh?" in as_(cast.owner).get(url("write", second.pk)).content.decode()


def test_approving_what_was_taken_back_meanwhile(cast):
    story = sent(cast)
    services.story_recall(actor=cast.owner, story_id=story.pk)
    answer = as_(cast.lead).post(url("approve", story.pk), {"version": 1}, follow=True)
    assert "không còn ở bước này" in answer.content.decode()
    story.refresh_from_db()
    assert story.stage == Stage.DRAFT


# — the board ————————————————————————————————————————————————————————————————————
def test_the_editors_day(cast):
    story = on_board(cast)
    client = as_(cast.editor)
    assert story.title in client.get(url("queue")).content.decode()
    assert client.get(url("stories")).url == url("queue")
    page = client.get(url("review", story.pk)).content.decode()
    assert "data-story-form" in page
    answer = client.post(url("review_edit", story.pk), {"version": 1, "title": "Tựa đã biên tập"}, **JSON)
    assert answer.json()["version"] == 2
    page = client.get(url("review", story.pk) + "?cu=2&moi=3").content.decode()
    assert "<ins>" in page
    assert "<del>" in page
    answer = client.post(url("publish", story.pk), {"version": 2, "when": "now"})
    assert answer.url == url("story", story.pk)
    story.refresh_from_db()
    assert (story.live, story.title) == (True, "Tựa đã biên tập")


def test_another_editors_story_is_read_only(cast):
    story = on_board(cast)
    as_(cast.editor).post(url("claim", story.pk), {"do": "claim"})
    client = as_(cast.chief)
    page = client.get(url("review", story.pk)).content.decode()
    assert "Nhận thay" in page
    assert "data-story-form" not in page
    answer = client.post(url("review_edit", story.pk), {"version": 1, "title": "x"}, **JSON)
    assert answer.status_code == 409
    client.post(url("claim", story.pk), {"do": "take_over"})
    assert "data-story-form" in client.get(url("review", story.pk)).content.decode()


def test_scheduling_from_the_screen(cast):
    with clock.frozen(dt.datetime(2026, 11, 18, 9, 0, tzinfo=clock.VIETNAM)):
        story = on_board(cast)
        client = as_(cast.editor)
        form = {"version": 1, "when": "later", "day": "2026-11-19", "hour": "07:30"}
        client.post(url("publish", story.pk), {**form, "day": "31/02"})
        assert Story.objects.get().stage == Stage.BOARD_REVIEW
        client.post(url("publish", story.pk), form)
        story.refresh_from_db()
        assert story.stage == Stage.SCHEDULED
        assert clock.local(story.go_live_at).strftime("%d/%m %H:%M") == "19/11 07:30"
        assert "07:30 19/11/2026" in client.get(url("queue")).content.decode()
        client.post(url("unschedule", story.pk))
        assert Story.objects.get().stage == Stage.BOARD_REVIEW


def test_withdrawing_and_correcting_from_the_screen(cast):
    story = published(cast)
    client = as_(cast.editor)
    answer = client.post(url("correct", story.pk), {"version": 1, "note": "", "title": story.title, "lead": "Sửa"})
    assert answer.status_code == 400
    assert "Sửa" in answer.content.decode()
    client.post(url("correct", story.pk), {"version": 1, "note": "Sai số", "lead": "Lời đã sửa"})
    assert Story.objects.get().correction == "Sai số"
    assert as_(cast.owner).post(url("withdraw", story.pk), {"reason": "x"}).status_code == 403
    client.post(url("withdraw", story.pk), {"reason": "Sai người"})
    assert Story.objects.get().live is False
    assert "Sai người" in as_(cast.owner).get(url("story", story.pk)).content.decode()
    client.post(url("reopen", story.pk))
    assert Story.objects.get().stage == Stage.BOARD_REVIEW


def test_remarks_from_the_screen(cast):
    story = on_board(cast)
    as_(cast.editor).post(
        url("comment", story.pk),
        {"text": "Dẫn nguồn", "quote": "Kho chỉ còn gạo", "next": url("review", story.pk)},
    )
    remark = story.comments.get()
    page = as_(cast.owner).get(url("story", story.pk)).content.decode()
    assert "Kho chỉ còn gạo" in page
    answer = as_(cast.owner).post(url("comment_resolve", remark.pk), {"next": "https://xau.vn/"})
    assert answer.url.startswith(url("stories"))
    assert as_(cast.colleague).post(url("comment_resolve", remark.pk), {"do": "open"}).status_code == 403


def test_the_kept_copy_of_an_editor(cast):
    story = on_board(cast)
    services.story_review_edit(actor=cast.editor, story_id=story.pk, version=1, fields={"lead": "một"})
    answer = as_(cast.editor).post(url("review_edit", story.pk), {"version": 1, "lead": "hai"}, **JSON)
    assert answer.status_code == 409
    assert as_(cast.editor).get(answer.json()["conflict"]).status_code == 200
    assert story.versions.filter(kind=VersionKind.CONFLICT).count() == 1


# — fast ————————————————————————————————————————————————————————————————————————
def queries(client, address):
    client.get(address)  # warm: content types, renditions
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("owner", "stories"),
        ("owner", "all"),
        ("lead", "inbox"),
        ("editor", "queue"),
        ("editor", "all"),
    ],
)
def test_lists_cost_the_same_for_one_and_for_many(cast, who, page):
    for make in (draft, sent, on_board):
        make(cast)
    client = as_(getattr(cast, who))
    few = queries(client, url(page))
    for index in range(8):
        unit = make_unit(parent=cast.so)
        author = make_user("", (Role.CONTRIBUTOR, unit), (Role.CONTRIBUTOR, cast.school))
        for stage in (Stage.DRAFT, Stage.UNIT_REVIEW, Stage.BOARD_REVIEW):
            for place in (unit, cast.school):
                Story.objects.create(
                    unit=place,
                    author=author,
                    stage=stage,
                    live=False,
                    title=f"Bài {index}",
                    board_due_at=clock.now(),
                )
    assert queries(client, url(page)) == few


def test_one_story_costs_the_same_with_many_versions_photos_remarks(cast):
    story = on_board(cast)
    client = as_(cast.editor)
    services.story_comment(actor=cast.owner, story_id=story.pk, text="một")
    services.photo_add(actor=cast.editor, story_id=story.pk, upload=picture())
    few = {page: queries(client, url(page, story.pk)) for page in ("story", "review", "preview")}
    for index in range(5):
        services.story_comment(actor=make_user("", (Role.EDITOR, cast.so)), story_id=story.pk, text=f"{index}")
        services.photo_add(actor=cast.editor, story_id=story.pk, upload=picture())
    many = {page: queries(client, url(page, story.pk)) for page in ("story", "review", "preview")}
    assert many == few


def test_filters_of_the_list_find_the_same_for_wide_and_narrow_readers(cast):
    draft(cast, title="Đường đến trường")
    sent(cast, title="Tiết đọc thứ Hai")
    make = {"editor": as_(cast.editor), "colleague": as_(cast.colleague)}
    for who, client in make.items():
        for query, title in (
            ("q=duong", "Đường đến trường"),
            ("buoc=unit_review", "Tiết đọc thứ Hai"),
            (f"buoc=draft&don-vi={cast.school.pk}", "Đường đến trường"),
        ):
            page = client.get(f"{url('all')}?{query}").content.decode()
            assert title in page, (who, query)
            assert ("Tiết đọc" in page) != ("Đường đến" in page), (who, query)
        assert "Không có bài nào khớp" in client.get(f"{url('all')}?q=xyz&buoc=draft&trang=9").content.decode()


def test_pages_of_a_list(cast):
    for index in range(35):
        Story.objects.create(unit=cast.school, author=cast.owner, live=False, title=f"Bài {index:02d}")
    client = as_(cast.owner)
    first = client.get(url("stories") + "?xem=toi").content.decode()
    second = client.get(url("stories") + "?xem=toi&trang=2").content.decode()
    assert 'rel="next"' in first
    assert 'rel="prev"' in second
    titles = [f"Bài {index:02d}" for index in range(35)]
    assert [title in first for title in titles].count(True) == 30
    assert [title in second for title in titles].count(True) == 5
    assert client.get(url("stories") + "?xem=toi&trang=abc").status_code == 200
