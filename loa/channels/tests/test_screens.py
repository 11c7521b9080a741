"""Screens with the cast; lists cost the same for one delivery and for many."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.channels import engine, services, vault
from loa.channels.inbound import door
from loa.channels.kinds import kinds
from loa.channels.models import Attempt, ChannelAccount, ChannelSecret, Delivery, Health, Hold
from loa.channels.rules import Status
from loa.channels.tests.factories import draft, facebook_account, zalo_account
from loa.core import clock
from loa.core.templatetags.loa import vntime

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(cast):
    page = facebook_account(cast.so)
    return services.post_queue(
        actor=cast.editor, account_id=page.pk, draft=draft(cast.so, pictures=1), key="k" * 20
    )


def test_who_sees_the_channels(cast, client, row):
    urls = [
        reverse("channels:deliveries"),
        reverse("channels:delivery", args=[row.pk]),
        reverse("channels:accounts"),
    ]
    for who, status in (("editor", 200), ("chief", 200), ("owner", 403), ("lead", 403), ("outsider", 403)):
        client.force_login(getattr(cast, who))
        assert [client.get(url).status_code for url in urls] == [status] * 3, who
    client.logout()
    assert [client.get(url).status_code for url in urls] == [302] * 3


def test_only_who_manages_opens_an_account_and_no_token_is_shown(cast, client, row):
    url = reverse("channels:account", args=[row.account_id])
    client.force_login(cast.editor)
    assert client.get(url).status_code == 403
    assert (
        client.post(reverse("channels:connect", args=[row.account_id]), {"access_token": "x"}).status_code == 403
    )
    client.force_login(cast.chief)
    answer = client.get(url)
    assert answer.status_code == 200
    assert b"demo-page-token" not in answer.content


def test_a_list_of_many_costs_what_a_list_of_one_costs(cast, client, row):
    client.force_login(cast.editor)
    client.get(reverse("channels:deliveries"))

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(reverse("channels:deliveries")).status_code == 200
        return len(captured)

    one = queries()
    page = ChannelAccount.objects.get()
    for number in range(12):
        services.post_queue(
            actor=cast.editor, account_id=page.pk, draft=draft(cast.so), key=f"key-number-{number:020}"
        )
    assert queries() == one


def test_an_unknown_result_is_decided_on_its_page(cast, client, row):
    Delivery.objects.filter(pk=row.pk).update(status=Status.UNKNOWN, code="no_answer")
    client.force_login(cast.editor)
    url = reverse("channels:delivery", args=[row.pk])
    assert "Bài đã lên kênh hay chưa?" in client.get(url).content.decode()
    client.post(reverse("channels:decide", args=[row.pk]), {"answer": "what"})
    row.refresh_from_db()
    assert row.status == Status.UNKNOWN
    client.post(reverse("channels:decide", args=[row.pk]), {"answer": "drop"})
    row.refresh_from_db()
    assert row.status == Status.CANCELLED


def shown(client, row):
    return client.get(reverse("channels:delivery", args=[row.pk])).content.decode()


def test_holding_and_going_on(cast, client, row):
    client.force_login(cast.editor)
    assert client.post(reverse("channels:hold"), {"reason": "Bão"}).status_code == 403
    assert not Hold.objects.exists()
    client.force_login(cast.chief)
    client.post(reverse("channels:hold"), {"reason": "Bão"})
    assert "Đang dừng mọi lịch đăng" in client.get(reverse("channels:deliveries")).content.decode()
    assert "Bài này chờ đến khi có người cho đăng tiếp" in shown(client, row)
    assert engine.claim("w") is None
    client.post(reverse("channels:unhold", args=[Hold.objects.get().pk]))
    assert engine.claim("w") is not None


def listed(client):
    return client.get(reverse("channels:deliveries")).content.decode()


def test_a_post_on_a_broken_page_says_so_and_leads_to_mending(cast, client, row):
    ahead = services.post_queue(
        actor=cast.editor, account_id=row.account_id, draft=draft(cast.so), key="b" * 20,
        at=clock.now() + dt.timedelta(days=1),
    )  # fmt: skip
    Delivery.objects.filter(pk=row.pk).update(status=Status.RETRY, code="token_expired")
    client.force_login(cast.chief)
    assert "đang hỏng" not in listed(client) + shown(client, row)
    ChannelAccount.objects.update(health=Health.BROKEN, health_code="token_expired")
    mend = reverse("channels:account", args=[row.account_id])
    for page in (listed(client), shown(client, row), shown(client, ahead)):
        assert "Kết nối với Trang của Sở (Facebook) đang hỏng." in page
        assert "Mã truy cập hết hạn. Hãy kết nối lại trang." in page
        assert f'href="{mend}"' in page
    assert "2 bài đang chờ." in listed(client)
    assert listed(client).count("Chờ kết nối lại trang.") == 2
    assert "Loa làm tiếp lúc" not in shown(client, row)
    client.force_login(cast.editor)  # may not mend it: who can is named
    ChannelAccount.objects.update(first_admin="Trần Thị Hà")
    for page in (listed(client), shown(client, row)):
        assert "Hãy báo người quản trị trang (Trần Thị Hà) kết nối lại" in page
        assert f'href="{mend}"' not in page
    Delivery.objects.update(status=Status.CANCELLED)
    assert "đang hỏng" not in listed(client) + shown(client, row)


def test_a_post_on_a_page_that_rests_says_until_when(cast, client, row):
    until = clock.now() + dt.timedelta(minutes=20)
    ChannelAccount.objects.update(paused_until=until)
    client.force_login(cast.editor)
    for page in (listed(client), shown(client, row)):
        assert f"Trang của Sở (Facebook) tạm nghỉ đến {vntime(until)}." in page
    assert f"Loa làm tiếp lúc {vntime(until)}" in shown(client, row)
    # The one in front says its own hour; a post whose hour comes later waits for nothing.
    Delivery.objects.update(status=Status.RETRY, next_at=until)
    assert "tạm nghỉ" not in shown(client, row)
    Delivery.objects.update(status=Status.PENDING, due_at=until, next_at=until)
    assert "tạm nghỉ" not in listed(client) + shown(client, row)


def test_an_attempt_shows_the_numbers_one_is_asked_for(cast, client, row):
    body = '{"error":{"code":1,"fbtrace_id":"AbC_1-x9"}}'
    one = Attempt.objects.create(delivery=row, number=1, what="send", worker="w", request_id="req-77", body=body)
    Attempt.objects.create(delivery=row, number=2, what="send", worker="w", body="KeyError")
    client.force_login(cast.editor)
    page = shown(client, row)
    assert f"Mã lần gửi: {row.pk}/1 · Mã yêu cầu ở kênh: req-77 · Mã theo dõi của Facebook: AbC_1-x9" in page
    assert f"Mã lần gửi: {row.pk}/2<" in page
    Attempt.objects.filter(pk=one.pk).update(request_id="")
    assert "Mã yêu cầu ở kênh" not in shown(client, row)


def test_one_branch_is_held_on_the_screen(cast, client, row):
    ChannelAccount.objects.create(unit=cast.school, kind="facebook", name="Trường", external_id="9")
    client.force_login(cast.chief)
    assert f"{cast.xa.short_name} và bên dưới" in client.get(reverse("channels:deliveries")).content.decode()
    client.post(reverse("channels:hold"), {"reason": "Xã đề nghị", "unit": cast.xa.pk})
    hold = Hold.objects.get()
    assert hold.unit == cast.xa
    assert (
        f"Đang dừng lịch đăng của {cast.xa.short_name}"
        in client.get(reverse("channels:deliveries")).content.decode()
    )
    assert "Bài này chờ" not in shown(client, row)
    assert engine.claim("w") is not None  # the page of the Sở goes on


def test_a_new_page_is_entered_and_connected(cast, client, sims):
    client.force_login(cast.chief)
    fields = {"kind": "facebook", "unit": cast.so.pk, "name": "Trang Sở", "external_id": "100200300400500"}
    client.post(reverse("channels:account_new"), fields)
    account = ChannelAccount.objects.get()
    client.post(reverse("channels:connect", args=[account.pk]), {"access_token": "demo-page-token"})
    account.refresh_from_db()
    assert account.health == "good"
    assert client.post(reverse("channels:account_new"), fields).status_code == 400  # the same page twice


def test_the_frozen_picture_has_a_public_address_nobody_can_guess(client, cast, row):
    picture = row.post.pictures.get()
    answer = client.get(reverse("channel_picture", args=[picture.key]))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert client.get(reverse("channel_picture", args=["abc"])).status_code == 404


def test_the_preview_of_an_article_holds_its_body(cast, client):
    oa = zalo_account(cast.so)
    made = services.post_queue(actor=cast.editor, account_id=oa.pk, draft=draft(cast.so, pictures=2), key="z" * 20)
    client.force_login(cast.editor)
    page = shown(client, made)
    assert "Đọc cả bài: 2 đoạn, 1 ảnh trong bài" in page
    for words in ("Đoạn một.", "Đoạn hai.", "Đọc trên cổng:"):
        assert words in page
    cover, inside = [reverse("channel_picture", args=[one.key]) for one in made.post.pictures.all()]
    assert page.index(cover) < page.index("Đoạn hai.") < page.index(inside)


def test_a_channel_whose_comments_stay_there_says_where_to_read_them(cast, client):
    # Nobody can answer a notice in the browser or a text message.
    assert set(kinds()) - door.ways_to_comments().keys() - {"webpush", "sms"} == {"tiktok", "zalo"}
    client.force_login(cast.chief)
    for kind, where, comes in (
        ("youtube", "YouTube Studio", True), ("tiktok", "ứng dụng TikTok", False), ("facebook", "", True),
        ("zalo", "trang quản trị OA", False),
    ):  # fmt: skip
        page = ChannelAccount.objects.create(unit=cast.so, kind=kind, name="Kênh", external_id="1")
        ChannelSecret.objects.create(account=page, sealed=vault.seal({"access_token": "x"}))
        shown = client.get(reverse("channels:account", args=[page.pk])).content.decode()
        assert ("không về hộp thư của Loa" in shown) == (not comes)
        assert f"mở {where}" in shown or not where
        assert ("về Hộp thư trong khoảng mười phút" in shown) == (kind == "youtube")


@pytest.mark.parametrize("how", ["", "not connected", "broken", "no right", "retired"])
def test_comments_are_promised_only_where_they_come(cast, client, how):
    page = ChannelAccount.objects.create(unit=cast.so, kind="youtube", name="Kênh", external_id="1")
    if how != "not connected":
        ChannelSecret.objects.create(account=page, sealed=vault.seal({"access_token": "x"}))
    page.health = Health.BROKEN if how == "broken" else Health.GOOD
    page.facts, page.active = {"comments": "yt_scope"} if how == "no right" else {}, how != "retired"
    page.save()
    client.force_login(cast.chief)
    shown = client.get(reverse("channels:account", args=[page.pk])).content.decode()
    assert door.comments_come(page) is not bool(how)
    assert ("về Hộp thư trong khoảng mười phút" in shown) is not bool(how)
    assert ("không về Hộp thư cho tới khi kênh được kết nối lại" in shown) == (how in ("not connected", "broken"))


def test_the_register_lists_thousands_with_ones_own_in_front_and_opens_only_what_one_manages(cast, client, row):
    ChannelAccount.objects.bulk_create(
        ChannelAccount(unit=cast.school, kind="facebook", name=f"Anh {number}", external_id=f"9{number}")
        for number in range(60)
    )
    address, entry = reverse("channels:accounts"), reverse("channels:account", args=[row.account_id])

    def shown(**asked):
        with CaptureQueriesContext(connection) as captured:
            page = client.get(address, asked)
        return page.context["page"].object_list, page.content.decode(), len(captured)

    client.force_login(cast.chief)
    first, page, queries = shown()
    assert (first[0].pk, len(first), first[0].may_open) == (row.account_id, 40, True)
    assert entry in page
    assert len(shown(trang=2)[0]) == 21
    assert {one.unit_id for one in shown(q="son thuong")[0]} == {cast.school.pk}
    assert "Không có trang nào của đơn vị khớp" in shown(q="khong co")[1]
    ChannelAccount.objects.filter(name__startswith="Anh").delete()
    assert shown()[2] <= queries
    client.force_login(cast.editor)
    assert entry not in shown()[1]
