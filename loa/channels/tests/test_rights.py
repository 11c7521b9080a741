"""What the inbox may not do at a channel is said before somebody writes; what stopped coming is noticed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from loa.accounts.models import Notice
from loa.channels import engine, services, texts
from loa.channels.facebook import sim as fb
from loa.channels.facebook import sim_login
from loa.channels.inbound import polling, reading
from loa.channels.inbound.models import HookEvent
from loa.channels.models import Health
from loa.channels.tests.factories import draft, facebook_account, zalo_account
from loa.core import clock
from loa.core.health import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(cast, sims, settings):
    settings.LOA_FACEBOOK_APP_ID, settings.LOA_FACEBOOK_APP_SECRET = sim_login.APP_ID, fb.APP_SECRET
    return facebook_account(cast.so)


def allow(sims, *without):
    sims[0].state["scopes"] = [name for name in sim_login.SCOPES if name not in without]


def warned(account):
    account.refresh_from_db()
    return {name: str(words) for name, words in texts.warnings(account)}


@pytest.mark.parametrize("scope", sim_login.SCOPES[3:])
def test_a_right_the_inbox_lacks_is_a_warning_with_what_to_do_and_stops_no_post(cast, client, page, sims, scope):
    allow(sims, scope)
    services.account_check(account=page)
    words = warned(page)["scopes"]
    assert page.health == Health.GOOD
    assert scope in words
    assert "Kết nối lại qua Facebook" in words
    client.force_login(cast.chief)
    for name, args in (("account", [page.pk]), ("accounts", [])):
        assert scope in client.get(reverse(f"channels:{name}", args=args)).content.decode()
    allow(sims)
    services.account_check(account=page)
    assert warned(page) == {}


def test_who_manages_the_page_is_told_once(cast, page, sims):
    allow(sims, "pages_messaging")
    for _day in range(2):
        services.check_accounts()
        type(page).objects.update(checked_at=None)
    told = Notice.objects.filter(code="channels.account.ending", key=f"account-{page.pk}-scopes")
    assert told.count() == told.values("user").distinct().count() > 0


def test_messages_that_are_refused_cost_no_comments(page, sims):
    allow(sims, "pages_messaging")
    assert polling.subscribe() == 0
    assert sims[0].state["subscribed"] == ["feed"]
    assert "Messenger chưa về hộp thư" in warned(page)["untold"]
    # Asked every day again: given the right, it is mended and no more said.
    allow(sims)
    assert polling.subscribe() == 1
    assert set(sims[0].state["subscribed"]) == {"feed", "messages"}
    assert warned(page) == {}


def test_without_the_right_to_subscribe_both_are_said(page, sims):
    allow(sims, "pages_manage_metadata")
    assert polling.subscribe() == 0
    page.refresh_from_db()
    assert page.facts["untold"] == ["feed", "messages"]
    # One thing to mend is said once.
    services.account_check(account=page)
    assert list(warned(page)) == ["scopes"]


def test_a_busy_channel_tells_nothing_of_its_subscription(page, sims):
    allow(sims, "pages_messaging")
    polling.subscribe()
    sims[0].faults.error = 1.0
    assert polling.subscribe() == 0
    page.refresh_from_db()
    assert page.facts["untold"] == ["messages"]


def test_the_page_says_what_comes_without_a_webhook(cast, client, page):
    client.force_login(cast.chief)
    shown = client.get(reverse("channels:account", args=[page.pk])).content.decode()
    assert "tin nhắn Messenger thì chỉ về khi đã dán" in shown
    oa = client.get(reverse("channels:account", args=[zalo_account(cast.so).pk])).content.decode()
    assert "Messenger" not in oa


def test_events_that_stopped_are_noticed_when_asking_finds_what_none_told(cast, sims):
    oa, zalo = zalo_account(cast.so), sims[1]
    person = zalo.meet("Bình")
    zalo.write(person, "Lời một")
    polling.catch_up()
    assert "silent" not in warned(oa)  # never sent one
    HookEvent.objects.create(kind="zalo", account=oa, key="k", name="user_send_text", at=clock.now(), state="done")
    zalo.write(person, "Lời hai")
    polling.catch_up()
    assert "silent" not in warned(oa)  # told a moment ago
    HookEvent.objects.update(received_at=clock.now() - dt.timedelta(days=3))
    polling.catch_up()
    assert "silent" not in warned(oa)  # nobody wrote
    zalo.write(person, "Lời ba")
    polling.catch_up()
    day = clock.local(clock.now() - dt.timedelta(days=3))
    assert f"từ {day:%d/%m/%Y}" in warned(oa)["silent"]
    assert reading.standing().state == State.LOOK
    # Still silent, nothing new; and when old events are forgotten.
    HookEvent.objects.all().delete()
    polling.catch_up()
    assert "silent" in warned(oa)
    HookEvent.objects.create(kind="zalo", account=oa, key="n", name="user_send_text", at=clock.now(), state="done")
    polling.catch_up()
    assert warned(oa) == {}
    assert reading.standing().state == State.GOOD


def test_the_stand_in_refuses_what_was_not_allowed(cast, page, sims):
    row = services.post_queue(actor=cast.editor, account_id=page.pk, draft=draft(cast.so), key="k" * 20)
    engine.drain()
    row.refresh_from_db()
    sims[0].say(row.external_id, "Bài hay")
    allow(sims, "pages_read_user_content")
    assert polling.catch_up() == 0
    allow(sims)
    assert polling.catch_up() == 1
