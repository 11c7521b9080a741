"""A public release on the unit's pages: words and pictures, and what becomes of it later follows it there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.channels import engine
from loa.channels.models import ChannelAccount, Delivery
from loa.channels.rules import Intent, Status
from loa.channels.tests.factories import facebook_account, simulators, zalo_account
from loa.core import clock
from loa.press import services
from loa.press.models import Release
from loa.press.rules import State


@pytest.fixture
def page(desk: Any, settings: Any) -> Iterator[ChannelAccount]:
    with simulators(settings) as (facebook, _zalo):
        made = facebook_account(desk.unit)
        made.sim = facebook  # type: ignore[attr-defined]
        zalo_account(desk.unit)
        yield made


def out(desk: Any, **fields: Any) -> Release:
    release: Release = desk.released(**fields)
    return release


def form(page: ChannelAccount, **more: Any) -> dict[str, Any]:
    return {"key": "r" * 24, "account": page.pk, "when": "now", **more}


def share(client: Any, desk: Any, page: ChannelAccount, release: Release, **more: Any) -> Delivery:
    client.force_login(desk.cast.chief)
    answer = client.post(reverse("press:share", args=[release.pk]), form(page, **more))
    assert answer.status_code == 302
    engine.drain()
    return Delivery.objects.get(post__source="press.release", intent=Intent.PUBLISH)


def test_a_public_release_becomes_one_post_with_its_page(desk: Any, client: Any, page: Any) -> None:
    release = out(desk)
    client.force_login(desk.cast.chief)
    shown = client.get(reverse("press:share", args=[release.pk])).content.decode()
    assert "Trang của Sở" in shown
    assert "Zalo dùng ảnh bìa vẽ từ tiêu đề" in shown
    row = share(client, desk, page, release)
    share(client, desk, page, release)  # the same form twice
    [post] = page.sim.state["posts"]
    assert release.title in post["message"]
    assert post["media"] == []
    assert client.get(post["link"][post["link"].index("/k/") :])["Location"].endswith(f"/thong-cao-{release.pk}/")
    body = client.get(reverse("press:release", args=[release.pk])).content.decode()
    assert reverse("channels:delivery", args=[row.pk]) in body
    client.force_login(desk.cast.office)
    body = client.get(reverse("press:release", args=[release.pk])).content.decode()
    assert "xem trên kênh" in body
    assert reverse("channels:delivery", args=[row.pk]) not in body


@pytest.mark.parametrize("who", ["office", "director"])
def test_only_who_publishes_on_pages(desk: Any, client: Any, page: Any, who: str) -> None:
    release = out(desk)
    client.force_login(getattr(desk.cast, who))
    url = reverse("press:share", args=[release.pk])
    assert client.get(url).status_code == 403
    assert client.post(url, form(page)).status_code == 403
    client.force_login(desk.cast.outsider)
    assert client.get(url).status_code == 404
    assert not Delivery.objects.exists()


def test_what_is_not_public_stays_at_home(desk: Any, client: Any, page: Any) -> None:
    early = out(desk, embargo_until=clock.now() + dt.timedelta(hours=5))
    client.force_login(desk.cast.chief)
    for release in (desk.draft(), early):
        client.post(reverse("press:share", args=[release.pk]), form(page))
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("wrong", [{"account": ""}, {"key": "short"}, {"when": "later", "day": "", "hour": ""}])
def test_a_form_that_cannot_be_used_queues_nothing(desk: Any, client: Any, page: Any, wrong: Any) -> None:
    release = out(desk)
    client.force_login(desk.cast.chief)
    answer = client.post(reverse("press:share", args=[release.pk]), form(page, **wrong))
    assert answer.status_code in (409, 422, 400)
    assert not Delivery.objects.exists()


def test_a_correction_changes_the_post_and_a_withdrawal_takes_it_down(desk: Any, client: Any, page: Any) -> None:
    release = out(desk)
    row = share(client, desk, page, release)
    new = services.release_correct(actor=desk.cast.office, release_id=release.pk)
    saved = services.release_save(
        actor=desk.cast.office,
        release_id=new.pk,
        version=new.version,
        title="Công bố lịch thi vào lớp 10, ngày đã sửa",
        lead=new.lead,
        body=new.body,
        contact=new.contact,
        beat_ids=[desk.exams.pk],
        spokesperson_id=desk.person.pk,
        receiver_ids=[desk.desk.pk],
        correction_note="Sai ngày thi",
    )
    services.release_submit(actor=desk.cast.office, release_id=new.pk)
    saved.refresh_from_db()
    corrected = services.release_approve(actor=desk.speaker, release_id=new.pk, version=saved.version)
    services.start_due()
    engine.drain()
    [post] = page.sim.state["posts"]
    assert "ngày đã sửa" in post["message"]
    assert "Sai ngày thi" in post["message"]
    services.release_withdraw(actor=desk.speaker, release_id=corrected.pk, reason="Chưa được phép")
    engine.drain()
    assert page.sim.state["posts"] == []
    row.refresh_from_db()
    assert row.gone_at is not None
    assert Release.objects.get(pk=release.pk).state == State.WITHDRAWN


def test_a_withdrawn_release_that_waits_is_called_off(desk: Any, client: Any, page: Any) -> None:
    release = out(desk)
    later = clock.local(clock.now() + dt.timedelta(days=2))
    row = share(
        client, desk, page, release, when="later", day=later.date().isoformat(), hour=later.strftime("%H:%M")
    )
    assert row.status == Status.PENDING
    services.release_withdraw(actor=desk.speaker, release_id=release.pk, reason="Sai")
    row.refresh_from_db()
    assert (row.status, row.code) == (Status.CANCELLED, "withdrawn")


def test_the_page_costs_the_same_for_many_posts(desk: Any, client: Any, page: Any) -> None:
    release = out(desk)
    share(client, desk, page, release)
    url = reverse("press:release", args=[release.pk])
    client.get(url)

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(url)
        return len(found)

    one = cost()
    for number in range(6):
        client.post(reverse("press:share", args=[release.pk]), form(page, key=f"{number}" * 20))
    assert Delivery.objects.count() == 7
    assert cost() == one
