"""From a public story to the unit's pages, with the words and photos that were chosen."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.channels import services as channels
from loa.channels.models import ChannelAccount, Delivery, Health, PostPicture
from loa.channels.rules import Intent, Status
from loa.channels.tests.factories import facebook_account
from loa.lib.tests.films import film
from loa.newsroom import services
from loa.newsroom.channels import draft_of
from loa.newsroom.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(cast):
    return facebook_account(cast.so)


def form(page, **more):
    return {"key": "k" * 24, "account": page.pk, f"text-{page.pk}": "Lời riêng cho trang", "when": "now", **more}


def test_an_editor_puts_a_public_story_on_a_page(cast, client, page):
    story = factories.published(cast)
    client.force_login(cast.editor)
    url = reverse("newsroom:share", args=[story.pk])
    assert "Bữa cơm bán trú" in client.get(url).content.decode()
    for _twice in range(2):
        assert client.post(url, form(page)).status_code == 302
    row = Delivery.objects.get()
    assert row.post.payload["text"] == "Lời riêng cho trang"
    assert "Trang của Sở" in client.get(reverse("newsroom:story", args=[story.pk])).content.decode()


def test_two_editors_who_share_one_story_at_once_are_told_of_each_other(cast, client, page):
    story = factories.published(cast)
    url, seen = reverse("newsroom:share", args=[story.pk]), f"seen-{page.pk}"
    client.force_login(cast.editor)
    assert f'name="{seen}" value="0"' in client.get(url).content.decode()
    channels.post_queue(actor=cast.chief, account_id=page.pk, draft=draft_of(story), key="other", seen=0)
    first = Delivery.objects.get()
    answer = client.post(url, form(page, **{seen: "0"}))
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert Delivery.objects.count() == 1
    for words in (
        f"{cast.chief} vừa đưa bài này lên Trang của Sở",
        "Bài này đã từng đăng lên trang",
        "Lời riêng cho trang",
        f'name="{seen}" value="{first.pk}"',
        f'value="{page.pk}" checked',
    ):
        assert words in shown
    # Pressed again, it is meant; twice the same form is one post still.
    for _twice in range(2):
        assert client.post(url, form(page, **{seen: str(first.pk)})).status_code == 302
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELLED])
def test_what_is_not_on_the_page_stands_in_nobodys_way(cast, client, page, status):
    story = factories.published(cast)
    channels.post_queue(actor=cast.chief, account_id=page.pk, draft=draft_of(story), key="other")
    Delivery.objects.update(status=status)
    client.force_login(cast.editor)
    answer = client.post(reverse("newsroom:share", args=[story.pk]), form(page, **{f"seen-{page.pk}": "0"}))
    assert (answer.status_code, Delivery.objects.count()) == (302, 2)


def test_the_story_says_that_its_post_waits_for_a_broken_page(cast, client, page):
    story = factories.published(cast)
    client.force_login(cast.editor)
    client.post(reverse("newsroom:share", args=[story.pk]), form(page))
    url, words = reverse("newsroom:story", args=[story.pk]), "Chờ: trang cần kết nối lại"
    assert words not in client.get(url).content.decode()
    ChannelAccount.objects.update(health=Health.BROKEN)
    assert words in client.get(url).content.decode()


@pytest.mark.parametrize("who", ["owner", "lead"])
def test_nobody_else_does(cast, client, page, who):
    story = factories.published(cast)
    client.force_login(getattr(cast, who))
    url = reverse("newsroom:share", args=[story.pk])
    assert client.get(url).status_code == 403
    assert client.post(url, form(page)).status_code == 403
    assert not Delivery.objects.exists()


def test_a_story_that_is_not_public_stays_at_home(cast, client, page):
    story = factories.on_board(cast)
    client.force_login(cast.editor)
    client.post(reverse("newsroom:share", args=[story.pk]), form(page))
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("wrong", [{"account": ""}, {"key": "short"}, {"when": "later", "day": "", "hour": ""}])
def test_a_form_that_cannot_be_used_queues_nothing(cast, client, page, wrong):
    story = factories.published(cast)
    client.force_login(cast.editor)
    answer = client.post(reverse("newsroom:share", args=[story.pk]), form(page, **wrong))
    assert answer.status_code == 400
    assert "Lời riêng cho trang" in answer.content.decode()
    assert not Delivery.objects.exists()


def out(row):
    """As if a worker had put it on the page."""
    Delivery.objects.filter(pk=row.pk).update(
        status=Status.SENT, external_id="1_2", permalink="https://fb.example/2"
    )


def test_a_correction_of_the_story_goes_to_its_pages(cast, client, page):
    story = factories.published(cast)
    channels.post_queue(actor=cast.editor, account_id=page.pk, draft=draft_of(story), key="k" * 20)
    out(Delivery.objects.get())
    fields = {"lead": "Sa-pô đã sửa cho đúng."}
    services.story_correct(
        actor=cast.editor, story_id=story.pk, version=story.version, note="Ghi nhầm ngày.", fields=fields
    )
    update = Delivery.objects.get(intent=Intent.UPDATE)
    assert "Sa-pô đã sửa cho đúng." in update.post.payload["text"]
    assert update.post.payload["text"].endswith("Ghi nhầm ngày.")
    assert (update.status, update.external_id) == (Status.PENDING, "1_2")


def test_a_photo_whose_people_changed_their_mind_leaves_the_posts(cast, page):
    story = factories.draft(cast)
    factories.with_photo(cast, story)
    story = services.story_submit(actor=cast.owner, story_id=story.pk, version=story.version)
    story = services.story_approve_unit(actor=cast.lead, story_id=story.pk, version=story.version)
    story = services.story_publish(actor=cast.editor, story_id=story.pk, version=story.version)
    draft = draft_of(story)
    assert len(draft.pictures) == 1
    channels.post_queue(actor=cast.editor, account_id=page.pk, draft=draft, key="k" * 20)
    photo = story.photos.get()
    services.photo_consent(actor=cast.editor, photo_id=photo.pk, consent="refused", note="Phụ huynh đề nghị")
    assert PostPicture.objects.get().gone


def test_taking_the_story_down_calls_off_what_waits(cast, client, page):
    story = factories.published(cast)
    client.force_login(cast.editor)
    client.post(reverse("newsroom:share", args=[story.pk]), form(page))
    services.story_withdraw(actor=cast.editor, story_id=story.pk, reason="Sai số liệu")
    assert Delivery.objects.get().status == Status.CANCELLED


def a_film(cast, **kwargs):
    return channels.video_add(
        actor=cast.editor,
        unit_id=cast.so.pk,
        upload=SimpleUploadedFile("phim.mp4", film(**kwargs)),
        title="Học bơi an toàn",
        description="Học sinh học bơi, có giáo viên bên cạnh.",
        consent="public_event",
    )


def looked(client, story, page, **more):
    """The screen after "Xem trước lại"."""
    answer = client.post(reverse("newsroom:share", args=[story.pk]), form(page, look="1", **more))
    assert answer.status_code == 200
    assert not Delivery.objects.exists()
    return answer


def test_the_preview_shows_the_film_that_is_chosen(cast, client, page):
    story, video = factories.published(cast), a_film(cast)
    client.force_login(cast.editor)
    answer = looked(client, story, page, video=video.pk, form="video", day="2031-02-03", when="later")
    seen = answer.content.decode()
    assert reverse("channels:video", args=[video.pk]) in seen
    assert "ch-reel" not in seen
    assert "Lời riêng cho trang" in answer.context["picks"][0]["preview"]["text"]
    assert 'value="2031-02-03"' in seen


def test_the_preview_says_why_a_film_is_not_taken(cast, client, page):
    story, video = factories.published(cast), a_film(cast, width=1280, height=720)
    client.force_login(cast.editor)
    seen = looked(client, story, page, video=video.pk, form="reel").content.decode()
    assert "Reel cần phim dọc 9:16" in seen
    assert reverse("channels:video", args=[video.pk]) not in seen


def test_the_preview_holds_the_photos_that_are_ticked(cast, client, page):
    story = factories.draft(cast)
    factories.with_photo(cast, story)
    story = services.story_submit(actor=cast.owner, story_id=story.pk, version=story.version)
    story = services.story_approve_unit(actor=cast.lead, story_id=story.pk, version=story.version)
    story = services.story_publish(actor=cast.editor, story_id=story.pk, version=story.version)
    client.force_login(cast.editor)
    photo = story.photos.get()
    first = client.get(reverse("newsroom:share", args=[story.pk]))
    assert len(first.context["picks"][0]["pictures"]) == 1
    assert len(looked(client, story, page, photo=photo.pk).context["picks"][0]["pictures"]) == 1
    assert looked(client, story, page).context["picks"][0]["pictures"] == []


def test_a_film_that_was_taken_away_is_not_shown(cast, client, page):
    story = factories.published(cast)
    video = a_film(cast)
    channels.video_withdraw(actor=cast.editor, video_id=video.pk, reason="Phụ huynh đề nghị gỡ")
    client.force_login(cast.editor)
    assert (
        reverse("channels:video", args=[video.pk])
        not in looked(client, story, page, video=video.pk).content.decode()
    )


def test_more_pages_ask_no_more_queries(cast, client, page):
    story, video = factories.published(cast), a_film(cast)
    client.force_login(cast.editor)
    looked(client, story, page, video=video.pk)
    with CaptureQueriesContext(connection) as one:
        looked(client, story, page, video=video.pk)
    for number in (2, 3):
        facebook_account(cast.so, external_id=f"10{number}")
    with CaptureQueriesContext(connection) as three:
        looked(client, story, page, video=video.pk)
    assert len(three) == len(one)
