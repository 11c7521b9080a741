"""Photos as the public gets them."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from PIL import Image

from loa.newsroom.rules import Consent
from loa.portal.images import image_path, sources
from loa.portal.selectors.stories import pictures
from loa.portal.tasks import prepare_pictures
from loa.portal.tests.factories import jpeg, make_photo, make_story, withdraw


def get(path: str):
    return Client().get(path, HTTP_HOST="songlam.example")


@pytest.fixture
def story(town):
    return make_story(town.school, town.owner, "Có ảnh")


def shown(story):
    return pictures([story.pk])[story.pk][0]


@pytest.mark.parametrize(("ending", "kind"), [("webp", "WEBP"), ("jpg", "JPEG")])
def test_a_photo_comes_small_and_bare(story, ending, kind):
    exif = Image.Exif()
    exif[0x010F] = "Phone of Hoa"
    make_photo(story, data=jpeg(1500, 1000, exif=exif.tobytes()))
    response = get(image_path(shown(story), "c1", ending))
    assert response.status_code == 200
    picture = Image.open(io.BytesIO(response.content))
    assert (picture.format, picture.size) == (kind, (480, 320))
    assert not picture.getexif()
    assert b"Phone of Hoa" not in response.content
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Content-Type"] == f"image/{'jpeg' if ending == 'jpg' else ending}"


def test_photos_that_may_not_be_shown_are_not_there(story):
    photo = make_photo(story)
    path = image_path(shown(story), "c1", "webp")
    assert get(path).status_code == 200
    for field, value in (("consent", Consent.REFUSED), ("consent", Consent.UNKNOWN), ("alt", ""), ("alt", "  ")):
        before = getattr(photo, field)
        setattr(photo, field, value)
        photo.save()
        assert get(path).status_code == 404, (field, value)
        assert not pictures([story.pk]).get(story.pk)
        setattr(photo, field, before)
        photo.save()
    assert get(path).status_code == 200
    withdraw(story)
    assert get(path).status_code == 404


def test_photos_of_drafts_are_not_there(town):
    draft = make_story(town.school, town.owner, live=False)
    photo = make_photo(draft)
    for version in (photo.image.file_hash[:8], "0"):
        assert get(f"/anh/{photo.pk}-{version}/c1.webp").status_code == 404


def test_only_known_sizes_of_the_present_file_exist(story):
    make_photo(story)
    picture = shown(story)
    good = image_path(picture, "c1", "webp")
    for bad in (good.replace("c1", "c9"), good.replace("webp", "png"), good.replace(picture.version, "deadbeef")):
        assert get(bad).status_code == 404, bad


def test_a_missing_file_is_404_not_500(story):
    photo = make_photo(story)
    picture = shown(story)
    photo.image.file.storage.delete(photo.image.file.name)
    assert get(image_path(picture, "w1", "webp")).status_code == 404


def test_nothing_wider_than_the_original_is_offered(story):
    make_photo(story, data=jpeg(1300, 800))
    assert [source.width for source in sources(shown(story), ("w1", "w2", "w3"), "webp")] == [720, 1200]


def test_pictures_are_ready_before_readers_ask(story, django_assert_max_num_queries):
    photo = make_photo(story)
    make_photo(story, consent=Consent.UNKNOWN)
    assert prepare_pictures.func(story.pk) == 1
    made = photo.image.renditions.count()
    get(image_path(shown(story), "c2", "webp"))
    assert photo.image.renditions.count() == made == 6
