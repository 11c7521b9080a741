"""A page that is used no more: no tokens, nothing that waits, all history; used again, or its unit's heir's."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.channels import engine, selectors, services, standing
from loa.channels.inbound import acting
from loa.channels.inbound.rules import Verb
from loa.channels.models import ChannelAccount, ChannelSecret, Delivery, Health
from loa.channels.rules import Intent, Status
from loa.channels.tests.factories import draft, facebook_account, zalo_account
from loa.channels.tests.test_changes import corrected, published
from loa.core import clock
from loa.core.errors import Conflict, NotFound, Refused
from loa.core.health import State
from loa.org import services as org

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(cast):
    return facebook_account(cast.so)


def queued(cast, page, key, **more):
    return services.post_queue(actor=cast.editor, account_id=page.pk, draft=draft(cast.so), key=key, **more)


def test_retired_it_keeps_no_tokens_and_nothing_waits_but_its_history_stays(cast, page):
    waits = queued(cast, page, "w", at=clock.now() + dt.timedelta(hours=2))
    failed, sent = queued(cast, page, "f"), queued(cast, page, "s")
    Delivery.objects.filter(pk=failed.pk).update(status=Status.FAILED)
    Delivery.objects.filter(pk=sent.pk).update(status=Status.SENT, external_id="1_2")
    action = acting.queue(actor=cast.editor, account=page, verb=Verb.REPLY, target="c1", payload={"text": "Chào"})
    heard = []
    acting.done.register("test", heard.append)
    try:
        services.account_retire(actor=cast.chief, account_id=page.pk)
    finally:
        acting.done._entries.pop("test")
    page.refresh_from_db()
    assert not page.active
    assert not ChannelSecret.objects.exists()
    found = dict(Delivery.objects.values_list("pk", "status"))
    assert found == {waits.pk: Status.CANCELLED, failed.pk: Status.CANCELLED, sent.pk: Status.SENT}
    action.refresh_from_db()
    assert (action.status, action.code) == (Status.CANCELLED, "retired")
    assert [row.pk for row in heard] == [action.pk]  # who asked for it hears of it
    assert LogEntry.objects.filter(action="channels.account.retired", object_id=page.pk).count() == 1
    with pytest.raises(Conflict):
        services.account_retire(actor=cast.chief, account_id=page.pk)


def test_what_is_on_its_way_is_settled_first(cast, page):
    row = queued(cast, page, "w")
    Delivery.objects.filter(pk=row.pk).update(status=Status.CHECKING)
    with pytest.raises(Conflict):
        services.account_retire(actor=cast.chief, account_id=page.pk)
    page.refresh_from_db()
    assert page.active
    # Broken, nothing can be asked any more: a person finds out what became of it.
    ChannelAccount.objects.update(health=Health.BROKEN)
    services.account_retire(actor=cast.chief, account_id=page.pk)
    row.refresh_from_db()
    assert (row.status, row.code) == (Status.UNKNOWN, "page_retired_unknown")
    with pytest.raises(Conflict, match="đã ngừng dùng"):
        services.delivery_decide(actor=cast.editor, delivery_id=row.pk, answer="absent")
    services.delivery_decide(actor=cast.editor, delivery_id=row.pk, answer="there")
    row.refresh_from_db()
    assert row.status == Status.SENT


def test_withdrawn_when_nobody_knows_whether_it_is_on_a_retired_page_a_person_is_asked(cast, page):
    row = queued(cast, page, "w")
    Delivery.objects.filter(pk=row.pk).update(status=Status.CHECKING)
    ChannelAccount.objects.update(health=Health.BROKEN)
    services.account_retire(actor=cast.chief, account_id=page.pk)
    assert not selectors.deliveries(cast.editor, state="ask").exists()
    services.source_withdraw(actor=cast.editor, source=row.post.source, source_id=row.post.source_id)
    assert list(selectors.deliveries(cast.editor, state="ask")) == [row]
    services.delivery_decide(actor=cast.editor, delivery_id=row.pk, answer="there")
    todo = Delivery.objects.get(intent=Intent.WITHDRAW)
    assert (todo.status, todo.code) == (Status.TODO, "page_retired")
    assert list(selectors.deliveries(cast.editor, state="ask")) == [todo]


def test_what_must_be_taken_down_is_not_forgotten(cast, page):
    row = queued(cast, page, "w")
    Delivery.objects.filter(pk=row.pk).update(intent=Intent.WITHDRAW, status=Status.TODO)
    ChannelAccount.objects.update(health=Health.BROKEN)
    with pytest.raises(Conflict):
        services.account_retire(actor=cast.chief, account_id=page.pk)


@pytest.mark.parametrize("health", [Health.GOOD, Health.BROKEN])
@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.CHECKING, Status.SENDING])
def test_a_withdrawal_whose_outcome_is_open_is_not_forgotten(cast, page, status, health):
    row = queued(cast, page, "w")
    Delivery.objects.filter(pk=row.pk).update(intent=Intent.WITHDRAW, status=status)
    ChannelAccount.objects.update(health=health)
    with pytest.raises(Conflict, match="phải gỡ khỏi trang"):
        services.account_retire(actor=cast.chief, account_id=page.pk)
    Delivery.objects.filter(pk=row.pk).update(intent=Intent.PUBLISH, withdraw_wanted=True)
    with pytest.raises(Conflict, match="phải gỡ khỏi trang"):
        services.account_retire(actor=cast.chief, account_id=page.pk)
    page.refresh_from_db()
    assert page.active


def test_what_the_channel_keeps_for_its_hour_is_taken_back_first(cast, page, sims):
    at = clock.now() + dt.timedelta(hours=5)
    queued(cast, page, "k", at=at, hand_over=True)
    engine.drain()
    with pytest.raises(Conflict, match="giao cho kênh hẹn giờ"):
        services.account_retire(actor=cast.chief, account_id=page.pk)


def test_who_put_something_on_the_page_hears_that_it_is_called_off(cast, page):
    queued(cast, page, "a", at=clock.now() + dt.timedelta(hours=2))
    queued(cast, page, "b", at=clock.now() + dt.timedelta(hours=3))
    services.account_retire(actor=cast.chief, account_id=page.pk)
    [notice] = Notice.objects.filter(code="channels.account.retired")
    assert (notice.user, notice.data["n"]) == (cast.editor, "2")


@pytest.mark.parametrize("intent", [Intent.WITHDRAW, Intent.UPDATE])
def test_what_is_out_on_a_retired_page_is_mended_by_hand(cast, client, page, sims, intent):
    made, row = published(cast, page)
    engine.drain()
    services.account_retire(actor=cast.chief, account_id=page.pk)
    if intent == Intent.WITHDRAW:
        services.source_withdraw(actor=cast.editor, source=made.source, source_id=made.source_id)
    else:
        corrected(cast, made)
    todo = Delivery.objects.get(intent=intent)
    assert (todo.status, todo.code) == (Status.TODO, "page_retired")
    assert Notice.objects.filter(code="channels.delivery.todo", cancelled_at=None).count() == 1
    assert list(selectors.deliveries(cast.editor, state="ask")) == [todo]
    assert selectors.waiting_for(cast.editor) == 1
    assert standing.standing().state == State.LOOK
    client.force_login(cast.editor)
    row.refresh_from_db()
    assert row.permalink in client.get(reverse("channels:delivery", args=[todo.pk])).content.decode()
    services.delivery_review(actor=cast.editor, delivery_id=todo.pk, answer="done")
    row.refresh_from_db()
    assert (row.gone_at is not None) == (intent == Intent.WITHDRAW)


def test_it_is_gone_from_where_people_choose_and_from_what_waits(cast, page):
    row = queued(cast, page, "w")
    Delivery.objects.filter(pk=row.pk).update(status=Status.UNKNOWN)
    assert [one.pk for one in selectors.usable(cast.editor)] == [page.pk]
    assert selectors.waiting_for(cast.editor) == 1
    assert standing.standing().state == State.LOOK
    services.account_retire(actor=cast.chief, account_id=page.pk)
    del cast.editor._loa_channels_waiting
    assert selectors.usable(cast.editor) == []
    assert selectors.waiting_for(cast.editor) == 0
    assert list(selectors.deliveries(cast.editor, state="ask")) == []
    assert list(selectors.deliveries(cast.editor)) == [row]
    assert standing.standing().state == State.GOOD
    assert engine.work("w") == 0


def test_used_again_it_is_connected_anew(cast, page):
    services.account_retire(actor=cast.chief, account_id=page.pk)
    with pytest.raises(Conflict):
        services.account_connect(actor=cast.chief, account_id=page.pk, secret={"access_token": "x"})
    services.account_reuse(actor=cast.chief, account_id=page.pk)
    services.account_connect(actor=cast.chief, account_id=page.pk, secret={"access_token": "x"})
    assert [one.pk for one in selectors.usable(cast.editor)] == [page.pk]
    with pytest.raises(Conflict):
        services.account_reuse(actor=cast.chief, account_id=page.pk)


def test_with_the_cast(cast, client, page):
    urls = {
        name: reverse(f"channels:{name}", args=[page.pk])
        for name in ("account", "account_retire", "account_reuse")
    }
    for service in (services.account_retire, services.account_reuse):
        for who, error in (("editor", Refused), ("outsider", NotFound), ("owner", NotFound)):
            with pytest.raises(error):
                service(actor=getattr(cast, who), account_id=page.pk)
    for who, status in (("editor", 403), ("outsider", 403)):
        client.force_login(getattr(cast, who))
        assert client.post(urls["account_retire"]).status_code == status, who
    client.force_login(cast.chief)
    assert "Ngừng dùng trang này" in client.get(urls["account"]).content.decode()
    assert client.post(urls["account_retire"]).status_code == 302
    shown = client.get(urls["account"]).content.decode()
    assert "đã ngừng dùng trên Loa" in shown
    assert "Webhook" not in shown
    assert "Đã ngừng dùng" in client.get(reverse("channels:accounts")).content.decode()
    client.post(reverse("channels:check", args=[page.pk]))
    page.refresh_from_db()
    assert page.health == Health.UNCHECKED  # nothing was asked of the channel
    assert client.post(urls["account_reuse"]).status_code == 302
    assert urls["account_reuse"] not in client.get(urls["account"]).content.decode()


def test_events_of_a_retired_page_are_no_forgeries_and_change_nothing(cast, client, page):
    from loa.channels.inbound.models import HookEvent, HookTally

    oa = zalo_account(cast.so)
    for one in (page, oa):
        services.account_retire(actor=cast.chief, account_id=one.pk)
    bodies = {
        "facebook": {"object": "page", "entry": [{"id": page.external_id, "time": 1, "changes": []}]},
        "zalo": {"event_name": "user_send_text", "recipient": {"id": oa.external_id}, "sender": {"id": "1"}},
    }
    for kind, body in bodies.items():
        url = reverse("channel_hook", args=[kind])
        assert client.post(url, body, content_type="application/json").status_code == 200
    assert not HookEvent.objects.exists()
    assert dict(HookTally.objects.values_list("kind", "code")) == {"facebook": "unknown", "zalo": "unknown"}


def test_the_page_of_a_merged_unit_is_the_heirs(cast):
    page = facebook_account(cast.school)
    org.unit_merge(actor=cast.admin, units=[cast.school], into=cast.primary, on=clock.today(), decision="1/QĐ")
    page.refresh_from_db()
    assert page.unit == cast.primary
    assert page.active
    assert LogEntry.objects.filter(action="channels.account.moved", unit_id=cast.primary.pk).exists()
    # Whoever manages it there may go on with it or retire it.
    services.account_retire(actor=cast.chief, account_id=page.pk)
