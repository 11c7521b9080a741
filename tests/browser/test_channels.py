"""The screens of the channels with something on them: clean on a desk and a telephone."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from loa.channels import engine, services
from loa.channels.facebook import sim_login
from loa.channels.models import Delivery, FollowerDay, Measure
from loa.channels.rules import Status
from loa.channels.tests.factories import draft, facebook_account, simulators, zalo_account
from loa.channels.zalo import sim as zl
from loa.core import clock
from loa.lib.tests.films import film
from loa.newsroom.tests.factories import published
from loa.org.rules import Role
from loa.org.tests.factories import make_user
from tests.browser.check import check_page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sims(settings):
    with simulators(settings) as both:
        settings.LOA_FACEBOOK_APP_ID, settings.LOA_FACEBOOK_APP_SECRET = sim_login.APP_ID, both[0].app_secret
        settings.LOA_FACEBOOK_DIALOG_URL = settings.LOA_CHANNEL_URLS["facebook"]
        settings.LOA_ZALO_APP_ID, settings.LOA_ZALO_APP_SECRET = zl.APP_ID, zl.APP_SECRET
        yield both


def test_the_screens_of_posts_films_live_and_broadcasts(open_as, cast, sims):
    page, oa = facebook_account(cast.so), zalo_account(cast.so)
    post = services.post_queue(actor=cast.editor, account_id=page.pk, draft=draft(cast.so), key="p" * 20)
    article = services.post_queue(
        actor=cast.editor, account_id=oa.pk, draft=draft(cast.so, pictures=1), key="a" * 20
    )
    engine.drain()
    services.measure_due()
    Measure.objects.filter(delivery=post, name="reach").update(value=None, code="metric_gone")
    asked = services.broadcast_ask(
        actor=cast.editor, deliveries=[article.pk], target={"ages": ["3"]}, at=None, note="Bão", key="b" * 20
    )
    live = services.live_make(actor=cast.editor, account_id=page.pk, title="Lễ", text="Mời", key="l" * 20)
    services.video_add(
        actor=cast.editor,
        unit_id=cast.so.pk,
        upload=SimpleUploadedFile("phim.mp4", film()),
        title="Khai giảng",
        description="Đánh trống",
        consent="obtained",
    )
    row = services.post_edit(actor=cast.editor, delivery_id=post.pk, text="Lời mới", key="e" * 20)
    Delivery.objects.filter(pk=row.pk).update(status=Status.TODO, code="own_words")
    shown = None
    for name, key in (
        ("delivery", post.pk),
        ("delivery", row.pk),
        ("broadcast_ask", article.pk),
        ("live", live.pk),
        ("videos", None),
    ):
        path = reverse(f"channels:{name}", args=[key] if key else [])
        if shown is None:
            shown = open_as(cast.editor, path)
        else:
            shown.goto(shown.base + path)
            shown.wait_for_load_state("networkidle")
        check_page(shown)
    second = make_user("Biên tập viên thứ hai", (Role.EDITOR, cast.so))
    shown = open_as(second, reverse("channels:broadcast", args=[asked.pk]))
    check_page(shown)


def test_a_page_is_connected_in_a_browser(open_as, cast, sims, settings):
    shown = open_as(cast.chief, reverse("channels:connect_start"))
    settings.BASE_URL = shown.base
    check_page(shown)
    shown.check("[name=kind][value=facebook]")
    shown.select_option("[name=unit]", str(cast.so.pk))
    shown.click("button:has-text('Tiếp tục')")
    check_page(shown)
    shown.click("a.btn:has-text('Mở Facebook')")
    shown.click("text=Tiếp tục với tên")
    shown.wait_for_load_state("networkidle")
    shown.console_errors.clear()  # the stand-in has no favicon
    check_page(shown)
    shown.click("text=Kết nối trang đã chọn")
    shown.wait_for_load_state("networkidle")
    assert "đã kết nối và đăng bài được" in shown.content()
    check_page(shown)


def test_the_followers_of_a_page_in_a_browser(open_as, cast):
    page = facebook_account(cast.so)
    for day in range(40):
        FollowerDay.objects.create(
            account=page, day=clock.today() - dt.timedelta(days=day), count=9000 - day * day
        )
    shown = open_as(cast.chief, reverse("channels:account", args=[page.pk]))
    check_page(shown)
    shown.click("text=Số liệu từng ngày")
    check_page(shown)
    assert "Thêm 1.521 người" in shown.content()


def test_the_preview_follows_the_film_and_the_words(open_as, cast, sims):
    page, story = facebook_account(cast.so), published(cast)
    video = services.video_add(
        actor=cast.editor,
        unit_id=cast.so.pk,
        upload=SimpleUploadedFile("phim.mp4", film()),
        title="Khai giảng",
        description="Đánh trống",
        consent="obtained",
    )
    shown = open_as(cast.editor, reverse("newsroom:share", args=[story.pk]))
    part = shown.locator(f"#v-{page.pk}")
    assert shown.get_by_role("button", name="Xem trước lại").is_hidden()
    shown.fill(f"#t-{page.pk}", "Lời viết riêng")
    shown.select_option("#phim", str(video.pk))
    part.locator("video").wait_for()
    assert part.locator("[data-preview-text]").inner_text() == "Lời viết riêng"
    check_page(shown)
    shown.get_by_label("Reel (phim dọc ngắn)").check()
    part.get_by_text("Reel cần phim dọc 9:16").wait_for()
    assert part.locator("video").count() == 0
    shown.fill(f"#t-{page.pk}", "Lời sửa tiếp")
    assert part.locator("[data-preview-text]").inner_text() == "Lời sửa tiếp"
    check_page(shown)
    assert not Delivery.objects.exists()
