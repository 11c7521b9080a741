"""Which of Wagtail's screens are there, for whom, and whose pictures they show."""

from __future__ import annotations

import pytest
from wagtail.images.tests.utils import get_test_image_file

from loa.console.cms import ImagePolicy
from loa.newsroom.models import StoryImage


def picture(unit, title):
    return StoryImage.objects.create(title=title, unit=unit, file=get_test_image_file(filename=f"{title}.png"))


@pytest.mark.parametrize(
    "path",
    [
        "/cms/pages/",
        "/cms/account/",
        "/cms/reports/site-history/",
        "/cms/users/",
        "/cms/images/add/",
        "/cms/images/multiple/add/",
        "/cms/choose-page/",
        "/cms/api/main/pages/",
        "/cms/workflows/list/",
    ],
)
@pytest.mark.parametrize("who", ["chief", "superuser"])
def test_what_we_do_not_show_does_not_exist(client, cast, path, who):
    if who == "superuser":
        cast.chief.is_superuser = True
        cast.chief.save()
    client.force_login(cast.chief)
    assert client.get(path).status_code == 404


def test_the_dashboard_is_our_home(client, cast):
    client.force_login(cast.chief)
    assert client.get("/cms/").headers["Location"] == "/lam-viec/"


def test_a_visitor_is_sent_to_our_log_in(client, db):
    assert client.get("/cms/images/").headers["Location"].startswith("/tai-khoan/dang-nhap/")


def test_a_person_without_stories_stays_out(client, cast):
    client.force_login(cast.director)
    assert client.get("/cms/images/").headers["Location"] == "/lam-viec/"


def test_a_school_chooses_among_its_own_pictures_the_board_among_all(client, cast):
    picture(cast.school, "anh-son-thuong")
    picture(cast.thpt, "anh-lam-giang")
    client.force_login(cast.owner)
    shown = client.get("/cms/images/chooser/").json()["html"]
    assert "anh-son-thuong" in shown
    assert "anh-lam-giang" not in shown
    client.force_login(cast.editor)
    for path in ("/cms/images/chooser/", "/cms/images/"):
        shown = client.get(path).content.decode()
        assert "anh-son-thuong" in shown
        assert "anh-lam-giang" in shown


def test_only_the_board_changes_a_picture(client, cast):
    ours = picture(cast.school, "cua-truong")
    client.force_login(cast.owner)
    answer = client.post(f"/cms/images/{ours.pk}/", {"title": "Đổi tên"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/cms/"  # Wagtail's way of refusing
    client.post(f"/cms/images/{ours.pk}/delete/")
    ours.refresh_from_db()
    assert ours.title == "cua-truong"


def test_a_picture_without_a_unit_is_nobodys(cast, db):
    lost = StoryImage(title="không rõ")
    assert not ImagePolicy(StoryImage).user_has_permission_for_instance(cast.chief, "change", lost)


def test_the_frame_stands_around_wagtail(client, cast):
    client.force_login(cast.editor)
    page = client.get("/cms/images/").content.decode()
    assert 'class="rail"' in page
    assert "data-wagtail-sidebar" not in page
    assert "sidebar.js" not in page
