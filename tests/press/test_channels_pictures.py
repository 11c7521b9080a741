"""Pictures of a release on the channels: those whose people agreed to more than the press, as long as they do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from loa.channels import engine
from loa.channels.drafts import COVER
from loa.channels.models import ChannelAccount, Delivery, PostPicture
from loa.channels.rules import Intent
from loa.channels.tests.factories import facebook_account, simulators, zalo_account
from loa.newsroom import services as newsroom
from loa.newsroom.tests import factories as stories
from loa.press import services
from loa.press.models import Release
from tests.press.factories import picture


@pytest.fixture
def pages(desk: Any, settings: Any) -> Iterator[dict[str, ChannelAccount]]:
    with simulators(settings) as (facebook, zalo):
        made = {"facebook": facebook_account(desk.unit), "zalo": zalo_account(desk.unit)}
        for name, sim in (("facebook", facebook), ("zalo", zalo)):
            made[name].sim = sim  # type: ignore[attr-defined]
        yield made


def with_photos(desk: Any, **consents: dict[str, Any]) -> Release:
    """A release that is out, with a photo of each colour and what its people agreed to."""
    release = desk.draft()
    for colour, fields in consents.items():
        photo = services.photo_add(actor=desk.cast.office, release_id=release.pk, upload=picture(colour))
        services.photo_save(
            actor=desk.cast.office, release_id=release.pk, photo_id=photo.pk, caption=f"Ảnh {colour}",
            alt=f"Mô tả {colour}", credit="Văn phòng Sở", **fields,
        )  # fmt: skip
    return out(desk, release)


def out(desk: Any, release: Release) -> Release:
    services.release_submit(actor=desk.cast.office, release_id=release.pk)
    release.refresh_from_db()
    services.release_approve(actor=desk.speaker, release_id=release.pk, version=release.version)
    services.start_due()
    release.refresh_from_db()
    return release


PRESS_ONLY = {"consent": "obtained"}
EVERYWHERE = {"consent": "obtained", "on_channels": True}
NOBODY = {"consent": "no_people"}


def share(client: Any, desk: Any, release: Release, pages: dict[str, ChannelAccount], photos: list[int]) -> None:
    client.force_login(desk.cast.chief)
    form = {
        "key": "p" * 24, "account": [page.pk for page in pages.values()], "when": "now", "photo": photos,
    }  # fmt: skip
    assert client.post(reverse("press:share", args=[release.pk]), form).status_code == 302
    for _step in range(3):  # Zalo works on an article
        engine.drain()


def row_of(page: ChannelAccount) -> Delivery:
    return Delivery.objects.get(account=page, intent=Intent.PUBLISH)


def test_the_screen_offers_what_may_go_and_says_why_the_rest_stays(desk: Any, client: Any, pages: Any) -> None:
    release = with_photos(desk, teal=PRESS_ONLY, navy=EVERYWHERE, olive=NOBODY)
    client.force_login(desk.cast.chief)
    shown = client.get(reverse("press:share", args=[release.pk])).content.decode()
    assert "người trong ảnh chỉ đồng ý cho báo chí dùng" in shown
    offered = [photo.pk for photo in release.photos.all() if f'name="photo" value="{photo.pk}"' in shown]
    assert offered == [photo.pk for photo in release.photos.all()[1:]]


def test_the_chosen_pictures_go_to_facebook_and_make_a_zalo_article(desk: Any, client: Any, pages: Any) -> None:
    release = with_photos(desk, teal=PRESS_ONLY, navy=EVERYWHERE, olive=NOBODY)
    only, _both, nobody = release.photos.all()
    share(client, desk, release, pages, [only.pk, nobody.pk])  # a forged form asks for the first one too
    assert [picture.ref for picture in row_of(pages["facebook"]).post.pictures.all()] == [nobody.ref]
    assert row_of(pages["zalo"]).post.pictures.get().caption == "Ảnh olive (Ảnh: Văn phòng Sở)"
    [post] = pages["facebook"].sim.state["posts"]
    assert len(post["media"]) == 1
    [article] = pages["zalo"].sim.state["articles"]
    assert article["body"]["title"] == release.title


def test_without_a_picture_zalo_has_a_drawn_cover(desk: Any, client: Any, pages: Any) -> None:
    release = with_photos(desk, teal=PRESS_ONLY)
    share(client, desk, release, pages, [])
    assert not row_of(pages["facebook"]).post.pictures.exists()
    drawn = row_of(pages["zalo"]).post.pictures.get()
    assert (drawn.ref, drawn.alt) == (COVER, f"Thông cáo báo chí: {release.title}")


def test_an_edition_without_a_picture_takes_it_off_the_channels(desk: Any, client: Any, pages: Any) -> None:
    release = with_photos(desk, navy=EVERYWHERE, olive=NOBODY)
    share(client, desk, release, pages, [photo.pk for photo in release.photos.all()])
    new = services.release_correct(actor=desk.cast.office, release_id=release.pk)
    services.photo_remove(actor=desk.cast.office, release_id=new.pk, photo_id=new.photos.all()[0].pk)
    new.refresh_from_db()
    services.release_save(
        actor=desk.cast.office, release_id=new.pk, version=new.version, title="Tiêu đề đã sửa", lead=new.lead,
        body=new.body, contact=new.contact, beat_ids=[desk.exams.pk], spokesperson_id=desk.person.pk,
        receiver_ids=[desk.desk.pk], correction_note="Bỏ một ảnh",
    )  # fmt: skip
    out(desk, new)
    for _step in range(4):
        engine.drain()
    kept = new.photos.get()
    assert [one.ref for one in row_of(pages["facebook"]).post.pictures.filter(gone=False)] == [kept.ref]
    [post] = pages["facebook"].sim.state["posts"]
    assert "Tiêu đề đã sửa" in post["message"]
    assert len(post["media"]) == 1
    [article] = pages["zalo"].sim.state["articles"]
    assert article["body"]["title"] == "Tiêu đề đã sửa"


def test_consent_taken_back_at_the_story_leaves_the_release_too(desk: Any, client: Any, pages: Any) -> None:
    cast = desk.cast
    story = stories.draft(cast)
    stories.with_photo(cast, story)
    story = newsroom.story_submit(actor=cast.owner, story_id=story.pk, version=story.version)
    story = newsroom.story_approve_unit(actor=cast.lead, story_id=story.pk, version=story.version)
    story = newsroom.story_publish(actor=cast.editor, story_id=story.pk, version=story.version)
    release = services.release_create(actor=cast.office, unit_id=desk.unit.pk, story_id=story.pk)
    photo = release.photos.get()
    services.photo_save(
        actor=cast.office, release_id=release.pk, photo_id=photo.pk, consent="obtained", caption="Giờ cơm",
        alt="Hai cô chia cơm", credit="Lương Mến",
    )  # fmt: skip
    release.refresh_from_db()
    release = services.release_save(
        actor=cast.office, release_id=release.pk, version=release.version, title=release.title,
        lead=release.lead, body=release.body, contact="x", beat_ids=[desk.exams.pk],
        spokesperson_id=desk.person.pk, receiver_ids=[desk.desk.pk],
    )  # fmt: skip
    release = out(desk, release)
    share(client, desk, release, pages, [photo.pk])
    source = story.photos.get()
    # Taken down meanwhile: consent is a fact about the photo, whatever became of the story.
    newsroom.story_withdraw(actor=cast.editor, story_id=story.pk, reason="Soát lại")
    newsroom.photo_consent(actor=cast.editor, photo_id=source.pk, consent="refused", note="Phụ huynh đề nghị")
    for _step in range(4):
        engine.drain()
    assert not PostPicture.objects.filter(ref=photo.ref, gone=False).exists()
    [post] = pages["facebook"].sim.state["posts"]
    assert post["media"] == []
    # The article stands on, with a drawn cover in place of the photo.
    [article] = pages["zalo"].sim.state["articles"]
    assert article["body"]["title"] == release.title
    client.force_login(cast.chief)
    shown = client.get(reverse("press:share", args=[release.pk])).content.decode()
    assert "không đồng ý, hoặc đã rút lại" in shown
