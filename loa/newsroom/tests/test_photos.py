"""Uploads are verified and stripped; consent belongs to each photo and is obeyed at once."""

from __future__ import annotations

import io
import unicodedata
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from loa.core.errors import InvalidInput, NotFound, Refused
from loa.newsroom import events, services
from loa.newsroom.checks import Level, run_checks
from loa.newsroom.images import read_upload
from loa.newsroom.models import Story, StoryImage, StoryPhoto
from loa.newsroom.rules import Consent
from loa.newsroom.selectors import public_photos
from loa.newsroom.tests.factories import draft, on_board, picture, published, sent, with_photo


def opened(photo):
    with photo.image.file.open("rb") as file:
        return Image.open(io.BytesIO(file.read()))


def gps_picture():
    image = Image.new("RGB", (800, 600), (1, 2, 3))
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright: to be turned
    exif[0x010F] = "Máy ảnh của cô Mến"
    exif.get_ifd(0x8825)[2] = (20.0, 49.0, 0.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"<script>alert(1)</script>")
    return SimpleUploadedFile("IMG.jpg", out.getvalue() + b"PK\x03\x04 second file", content_type="image/jpeg")


def test_place_camera_and_stowaways_are_gone(cast):
    story = draft(cast)
    photo = services.photo_add(actor=cast.owner, story_id=story.pk, upload=gps_picture())
    image = opened(photo)
    assert dict(image.getexif()) == {}
    assert image.size == (600, 800)
    with photo.image.file.open("rb") as file:
        raw = file.read()
    assert b"script" not in raw
    assert b"PK\x03\x04" not in raw
    assert b"M\xc3\xa1y" not in raw


def test_names_cannot_be_guessed_and_are_nfc(cast):
    story = draft(cast)
    name = unicodedata.normalize("NFD", "../../Ảnh bếp ăn.JPG")
    photo = services.photo_add(actor=cast.owner, story_id=story.pk, upload=picture(name))
    assert photo.image.title == "Ảnh bếp ăn.JPG"
    assert photo.image.file.name.startswith("original_images/")
    assert "bep" not in photo.image.file.name
    assert len(photo.image.file.name) > 38
    assert photo.image.unit == cast.school


def test_large_pictures_are_made_smaller(cast):
    upload = picture(size=(5000, 2000))
    made = read_upload(upload)
    assert (made.width, made.height) == (3200, 1280)


def test_transparent_pictures_stay_transparent():
    out = io.BytesIO()
    Image.new("RGBA", (300, 300), (10, 20, 30, 90)).save(out, "PNG")
    made = read_upload(SimpleUploadedFile("so do.png", out.getvalue()))
    assert made.file.name == "anh.png"


def bomb():
    """A PNG of a few hundred bytes that claims 60,000 × 60,000 pixels."""
    header = b"\x89PNG\r\n\x1a\n"
    body = b"IHDR" + (60000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    chunk = (13).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    data = zlib.compress(b"\0" * 1000)
    idat = len(data).to_bytes(4, "big") + b"IDAT" + data + zlib.crc32(b"IDAT" + data).to_bytes(4, "big")
    return header + chunk + idat


HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 40


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("IMG_0042.HEIC", HEIC, "Tương thích nhất"),
        ("a.jpg", b"", "rỗng"),
        ("a.jpg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "không mở được"),
        ("a.jpg", b"GIF89a/*<script>alert(1)</script>*/", "không mở được"),
        ("a.png", bomb(), "quá lớn"),
        ("a.jpg", picture(size=(900, 600)).read()[:300], "không mở được"),
        ("a.jpg", picture(size=(120, 90)).read(), "quá nhỏ"),
        ("a.php.jpg", b"<?php system('id'); ?>", "không mở được"),
    ],
)
def test_what_is_no_usable_photo_is_refused_with_words(cast, name, content, says):
    story = draft(cast)
    with pytest.raises(InvalidInput, match=says):
        services.photo_add(actor=cast.owner, story_id=story.pk, upload=SimpleUploadedFile(name, content))
    assert not StoryImage.objects.exists()
    assert not StoryPhoto.objects.exists()


def test_too_heavy(cast, settings):
    settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE = 1000
    story = draft(cast)
    with pytest.raises(InvalidInput, match="nặng hơn"):
        services.photo_add(actor=cast.owner, story_id=story.pk, upload=picture())


def test_who_may_add(cast):
    story = draft(cast)
    for actor, error in ((cast.outsider, NotFound), (cast.colleague, Refused), (cast.editor, Refused)):
        with pytest.raises(error):
            services.photo_add(actor=actor, story_id=story.pk, upload=picture())
    waiting = sent(cast)
    with pytest.raises(Refused):
        services.photo_add(actor=cast.owner, story_id=waiting.pk, upload=picture())
    board = on_board(cast)
    assert services.photo_add(actor=cast.editor, story_id=board.pk, upload=picture()).story == board
    assert StoryPhoto.objects.count() == 1


def test_a_lead_who_adds_a_photo_has_written(cast):
    story = draft(cast)
    services.photo_add(actor=cast.lead, story_id=story.pk, upload=picture())
    assert story.written_by(cast.lead)


def test_order_and_removal(cast):
    story = draft(cast)
    first, second, third = (with_photo(cast, story) for _ in range(3))
    services.photo_reorder(actor=cast.owner, story_id=story.pk, order=[third.pk, first.pk, second.pk])
    assert list(story.photos.order_by("sort_order").values_list("pk", flat=True)) == [
        third.pk,
        first.pk,
        second.pk,
    ]
    with pytest.raises(Exception, match="vừa thay đổi"):
        services.photo_reorder(actor=cast.owner, story_id=story.pk, order=[third.pk])
    services.photo_remove(actor=cast.owner, photo_id=third.pk)
    assert not StoryImage.objects.filter(pk=third.image_id).exists()


def test_a_photo_is_held_back_never_the_story(cast):
    story = draft(cast)
    good = with_photo(cast, story)
    with_photo(cast, story, consent=Consent.UNKNOWN)
    with_photo(cast, story, alt="")
    story = Story.objects.get()
    held = [finding for finding in run_checks(story) if finding.level == Level.HOLD]
    assert [finding.code for finding in held] == ["newsroom.photo.held"] * 2
    story = services.story_submit(actor=cast.owner, story_id=story.pk, version=1)
    story = services.story_approve_unit(actor=cast.lead, story_id=story.pk, version=1)
    services.story_publish(actor=cast.editor, story_id=story.pk, version=1)
    (shown,) = Story.objects.prefetch_related(public_photos())
    assert shown.shown_photos == [good]


@pytest.fixture
def changes():
    heard = []
    events.story_changed.register("test", lambda *, story, actor: heard.append(story.pk))
    yield heard
    events.story_changed._entries.pop("test")


def test_consent_withdrawn_takes_the_photo_off_at_once(cast, changes, django_capture_on_commit_callbacks):
    story = draft(cast)
    photo = with_photo(cast, story)
    story = services.story_submit(actor=cast.owner, story_id=story.pk, version=1)
    story = services.story_approve_unit(actor=cast.lead, story_id=story.pk, version=1)
    story = services.story_publish(actor=cast.editor, story_id=story.pk, version=1)
    rendition = photo.image.get_rendition("width-400")
    storage, name = rendition.file.storage, rendition.file.name
    assert storage.exists(name)
    with pytest.raises(NotFound):
        services.photo_consent(actor=cast.outsider, photo_id=photo.pk, consent=Consent.REFUSED)
    with pytest.raises(Refused):
        services.photo_consent(actor=cast.colleague, photo_id=photo.pk, consent=Consent.REFUSED)
    with django_capture_on_commit_callbacks(execute=True):
        services.photo_consent(
            actor=cast.owner, photo_id=photo.pk, consent=Consent.REFUSED, note="Phụ huynh rút lại"
        )
    assert not storage.exists(name)
    assert changes == [story.pk]
    (shown,) = Story.objects.prefetch_related(public_photos())
    assert (shown.live, shown.shown_photos) == (True, [])


def test_consent_that_arrives_lets_the_photo_in(cast, changes):
    story = draft(cast)
    photo = with_photo(cast, story, consent=Consent.UNKNOWN)
    story = services.story_submit(actor=cast.owner, story_id=story.pk, version=1)
    story = services.story_approve_unit(actor=cast.lead, story_id=story.pk, version=1)
    services.story_publish(actor=cast.editor, story_id=story.pk, version=1)
    services.photo_consent(actor=cast.lead, photo_id=photo.pk, consent=Consent.OBTAINED)
    (shown,) = Story.objects.prefetch_related(public_photos())
    assert shown.shown_photos == [photo]
    assert changes == [story.pk]


def test_an_older_revision_does_not_bring_consent_back(cast):
    story = draft(cast)
    photo = with_photo(cast, story)
    story = services.story_submit(actor=cast.owner, story_id=story.pk, version=1)
    services.photo_consent(actor=cast.owner, photo_id=photo.pk, consent=Consent.REFUSED)
    story = services.story_approve_unit(actor=cast.lead, story_id=story.pk, version=1)
    services.story_publish(actor=cast.editor, story_id=story.pk, version=1)
    photo.refresh_from_db()
    assert photo.consent == Consent.REFUSED


def test_publishing_does_not_undo_photos(cast):
    story = published(cast)
    assert not story.photos.exists()
    story = on_board(cast)
    photo = services.photo_add(actor=cast.editor, story_id=story.pk, upload=picture())
    services.story_publish(actor=cast.editor, story_id=story.pk, version=1)
    assert [p.pk for p in Story.objects.get(pk=story.pk).photos.all()] == [photo.pk]
