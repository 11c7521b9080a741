"""Connecting by the log-in of the channel: state, one use, PKCE, the right page, nothing lost, no token shown."""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import json
import re

import httpx
import pytest
from django.conf import settings as conf
from django.urls import reverse

from loa.accounts.models import Notice
from loa.channels import engine, services
from loa.channels.facebook import sim as fb
from loa.channels.facebook import sim_login
from loa.channels.models import ChannelAccount, ChannelSecret, Connection, Delivery, Health
from loa.channels.rules import Status
from loa.channels.sending import Talk
from loa.channels.tests.factories import draft, facebook_account, zalo_account
from loa.channels.zalo import sim as zl
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused, Unavailable

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def app(settings, sims):
    settings.LOA_FACEBOOK_APP_ID, settings.LOA_FACEBOOK_APP_SECRET = sim_login.APP_ID, fb.APP_SECRET
    settings.LOA_FACEBOOK_DIALOG_URL = conf.LOA_CHANNEL_URLS["facebook"]
    settings.LOA_ZALO_APP_ID, settings.LOA_ZALO_APP_SECRET = zl.APP_ID, zl.APP_SECRET


def links(there):
    """The addresses the channel's page offers."""
    answer = httpx.get(there, trust_env=False)
    return [html.unescape(url) for url in re.findall(r'<a class="link" href="([^"]+)"', answer.text)]


def params(url):
    return dict(httpx.URL(url).params)


def allowed(cast, kind, **more):
    """Begun, gone to the channel, said yes: the parameters one comes back with."""
    row, there = services.connect_begin(actor=cast.chief, kind=kind, **(more or {"unit_id": cast.so.pk}))
    return row, params(links(there)[0])


def connected(cast, kind, **more):
    _row, came = allowed(cast, kind, **more)
    row = services.connect_finish(actor=cast.chief, kind=kind, params=came)
    [grant] = services.grants_of(row)
    [account] = services.connect_take(actor=cast.chief, connection_id=row.pk, chosen=[grant.external_id])
    return account


def event(client, account):
    """A follower's message as Zalo signs it; what our door answers."""
    at = str(int(clock.now().timestamp() * 1000))
    body = {
        "app_id": zl.APP_ID, "sender": {"id": "9"}, "recipient": {"id": account.external_id}, "timestamp": at,
        "event_name": "user_send_text", "message": {"text": "Chào Sở", "msg_id": "m1"},
    }  # fmt: skip
    raw = json.dumps(body).encode()
    mac = hashlib.sha256(zl.APP_ID.encode() + raw + at.encode() + zl.OA_SECRET.encode()).hexdigest()
    url, headers = reverse("channel_hook", args=["zalo"]), {"X-ZEvent-Signature": f"mac={mac}"}
    return client.post(url, raw, content_type="application/json", headers=headers).status_code


def test_a_person_connects_a_page_through_the_screens(cast, client, sims):
    client.force_login(cast.chief)
    answer = client.post(reverse("channels:connect_start"), {"kind": "facebook", "unit": cast.so.pk})
    there = html.unescape(re.search(r'class="btn go big" href="([^"]+)"', answer.content.decode())[1])
    back = httpx.URL(links(there)[0])
    assert back.path == reverse("channels:back", args=["facebook"])
    picked = client.get(back.path, dict(back.params))
    assert picked.status_code == 302
    shown = client.get(picked.url).content.decode()
    assert html.escape(fb.PAGE_NAME) in shown
    assert fb.PAGE_TOKEN not in shown
    client.post(picked.url, {"page": fb.PAGE_ID})
    account = ChannelAccount.objects.get()
    assert (account.name, account.external_id, account.unit) == (fb.PAGE_NAME, fb.PAGE_ID, cast.so)
    assert account.health == Health.GOOD
    assert account.facts["token_until"]
    assert Talk(account).token() == fb.PAGE_TOKEN
    assert not Connection.objects.exclude(grants="").exists()
    assert client.get(picked.url).status_code == 404  # used up


def test_an_oa_is_connected_with_its_refresh_token_and_renewed_later(cast, sims):
    account = connected(cast, "zalo")
    assert account.external_id == zl.OA_ID
    secret = ChannelSecret.objects.get(account=account)
    assert dt.timedelta(hours=24) < secret.expires_at - clock.now() < dt.timedelta(hours=26)
    services.account_check(account=account)
    account.refresh_from_db()
    assert account.health == Health.GOOD
    assert account.facts["package_until"] == "2027-12-31"
    sims[1].state["tokens"][0]["dies"] = 0
    services.account_check(account=account)
    assert sims[1].state["refreshes"] == 1


def test_an_oa_connected_by_log_in_is_given_its_webhook_key_and_its_token_lives_on(cast, client, sims):
    account = connected(cast, "zalo")
    before = ChannelSecret.objects.get(account=account)
    token = Talk(account).token()
    client.force_login(cast.chief)
    page = reverse("channels:account", args=[account.pk])
    assert "Còn một bước: khoá webhook của OA." in client.get(page).content.decode()
    assert event(client, account) == 403
    answer = client.post(
        reverse("channels:connect", args=[account.pk]), {"webhook_secret": zl.OA_SECRET}, follow=True
    )
    shown = answer.content.decode()
    assert "Đã lưu khoá webhook." in shown
    assert "Còn một bước" not in shown
    assert zl.OA_SECRET not in shown
    after = ChannelSecret.objects.get(account=account)
    assert (Talk(account).token(), after.expires_at) == (token, before.expires_at)
    assert event(client, account) == 200


def test_a_key_alone_connects_nothing(cast, client, sims):
    account = ChannelAccount.objects.create(unit=cast.so, kind="zalo", name="OA", external_id=zl.OA_ID)
    for given in ({"webhook_secret": "k"}, {}):
        with pytest.raises(InvalidInput):
            services.account_connect(actor=cast.chief, account_id=account.pk, secret=given)
    assert not ChannelSecret.objects.exists()
    ChannelAccount.objects.all().delete()
    kept = zalo_account(cast.so)
    with pytest.raises(InvalidInput):  # nothing given changes nothing
        services.account_connect(actor=cast.chief, account_id=kept.pk, secret={"webhook_secret": " "})


def test_a_key_is_not_put_between_a_token_and_its_renewal(cast, sims):
    account = zalo_account(cast.so)
    row = ChannelSecret.objects.filter(account=account)
    row.update(lease_owner="w", lease_until=clock.now() + dt.timedelta(seconds=30))
    with pytest.raises(Conflict):
        services.account_connect(actor=cast.chief, account_id=account.pk, secret={"webhook_secret": "k"})
    assert row.get().lease_owner == "w"
    row.update(lease_until=clock.now() - dt.timedelta(seconds=1))
    version = row.get().version
    services.account_connect(actor=cast.chief, account_id=account.pk, secret={"webhook_secret": "k"})
    # Who read the old row finds that it is not the same any more and reads again.
    assert row.get().version == version + 1
    assert Talk(account).secret()["webhook_secret"] == "k"


def test_a_key_mends_no_broken_page(cast, sims):
    account = zalo_account(cast.so)
    ChannelAccount.objects.update(health=Health.BROKEN, health_code="refresh_lost")
    services.account_connect(actor=cast.chief, account_id=account.pk, secret={"webhook_secret": "k"})
    account.refresh_from_db()
    assert (account.health, account.health_code) == (Health.BROKEN, "refresh_lost")


def test_a_token_is_renewed_by_the_app_it_is_of(cast, sims):
    account = zalo_account(cast.so, app_id="another", app_secret="another", webhook_secret="k")
    connected(cast, "zalo", account_id=account.pk)
    kept = Talk(account).secret()
    assert "app_id" not in kept
    assert kept["webhook_secret"] == "k"
    services.account_connect(
        actor=cast.chief, account_id=account.pk, secret={"access_token": "a", "app_id": "another"}
    )
    kept = Talk(account).secret()
    assert "by_login" not in kept
    assert kept["app_id"] == "another"


def test_the_secret_of_pkce_is_checked(cast, sims, settings):
    row, came = allowed(cast, "zalo")
    other = services.connect_begin(actor=cast.chief, kind="zalo", unit_id=cast.so.pk)[0]
    Connection.objects.filter(pk=row.pk).update(verifier=other.verifier)
    with pytest.raises(Conflict):
        services.connect_finish(actor=cast.chief, kind="zalo", params=came)
    assert not Connection.objects.exclude(grants="").exists()


@pytest.mark.parametrize("kind", ["facebook", "zalo"])
def test_a_state_that_is_not_ones_own_or_used_or_old_is_refused(cast, sims, kind):
    row, came = allowed(cast, kind)
    calls = len(sims[0].calls) + len(sims[1].calls)
    for who, wrong in (
        (cast.admin, came),  # another person's
        (cast.chief, {**came, "state": "x" * 43}),
        (cast.chief, {**came, "state": ""}),
    ):
        with pytest.raises(Refused):
            services.connect_finish(actor=who, kind=kind, params=wrong)
    Connection.objects.update(begun_at=clock.now() - dt.timedelta(minutes=16))
    with pytest.raises(Refused):
        services.connect_finish(actor=cast.chief, kind=kind, params=came)
    assert len(sims[0].calls) + len(sims[1].calls) == calls  # no code was spent
    Connection.objects.update(begun_at=clock.now())
    services.connect_finish(actor=cast.chief, kind=kind, params=came)
    with pytest.raises(Refused):
        services.connect_finish(actor=cast.chief, kind=kind, params=came)
    with pytest.raises(NotFound):
        services.connect_take(actor=cast.admin, connection_id=row.pk, chosen=[fb.PAGE_ID, zl.OA_ID])
    assert not ChannelAccount.objects.exists()


def test_who_says_no_at_the_channel_connects_nothing(cast, client, sims):
    _row, there = services.connect_begin(actor=cast.chief, kind="facebook", unit_id=cast.so.pk)
    back = httpx.URL(links(there)[1])
    client.force_login(cast.chief)
    answer = client.get(back.path, dict(back.params), follow=True)
    assert "Bạn đã không đồng ý ở trang của kênh" in answer.content.decode()
    assert not Connection.objects.exclude(grants="").exists()


@pytest.mark.parametrize("who", ["editor", "owner", "lead", "outsider"])
def test_who_does_not_manage_pages_connects_none(cast, who):
    with pytest.raises(Refused):
        services.connect_begin(actor=getattr(cast, who), kind="facebook", unit_id=cast.so.pk)
    assert not Connection.objects.exists()


def test_without_an_app_one_is_told(cast, settings):
    settings.LOA_FACEBOOK_APP_SECRET = ""
    with pytest.raises(InvalidInput):
        services.connect_begin(actor=cast.chief, kind="facebook", unit_id=cast.so.pk)


def test_a_lost_answer_says_to_begin_anew(cast, sims):
    _row, came = allowed(cast, "zalo")
    sims[1].faults.script = ["drop_after"]
    with pytest.raises(Unavailable):
        services.connect_finish(actor=cast.chief, kind="zalo", params=came)
    assert not Connection.objects.exclude(grants="").exists()


def test_connecting_again_loses_no_history(cast, sims):
    page = facebook_account(cast.so)
    row = services.post_queue(actor=cast.editor, account_id=page.pk, draft=draft(cast.so), key="k" * 20)
    sims[0].state["dead"][fb.PAGE_TOKEN] = 460
    engine.drain()
    page.refresh_from_db()
    assert page.health == Health.BROKEN
    sims[0].state["pages"][fb.PAGE_ID]["token"] = "new-page-token"
    assert connected(cast, "facebook", account_id=page.pk).pk == page.pk
    engine.drain()
    row.refresh_from_db()
    assert (row.status, ChannelAccount.objects.count(), Delivery.objects.count()) == (Status.SENT, 1, 1)
    assert len(sims[0].state["posts"]) == 1


def test_another_page_is_not_taken_for_this_one(cast, client, sims):
    page = facebook_account(cast.so)
    sims[0].state["pages"] = {"7": {"name": "Trang khác", "token": "other"}}
    _row, came = allowed(cast, "facebook", account_id=page.pk)
    row = services.connect_finish(actor=cast.chief, kind="facebook", params=came)
    with pytest.raises(InvalidInput):
        services.connect_take(actor=cast.chief, connection_id=row.pk, chosen=["7"])
    client.force_login(cast.chief)
    assert "Trang khác" in client.get(reverse("channels:connect_pick", args=[row.pk])).content.decode()
    assert Talk(page).token() == fb.PAGE_TOKEN
    assert ChannelAccount.objects.count() == 1


def test_a_page_of_a_unit_one_does_not_manage_is_not_taken_over(cast, sims):
    page = facebook_account(cast.so)
    from loa.org.rules import Role
    from loa.org.tests.factories import make_user

    below = make_user("Quản trị xã", (Role.ADMIN, cast.xa))
    row, there = services.connect_begin(actor=below, kind="facebook", unit_id=cast.xa.pk)
    services.connect_finish(actor=below, kind="facebook", params=params(links(there)[0]))
    with pytest.raises((Refused, NotFound)):
        services.connect_take(actor=below, connection_id=row.pk, chosen=[fb.PAGE_ID])
    page.refresh_from_db()
    assert page.unit == cast.so
    assert Connection.objects.get().done_at is None


def test_pages_come_in_pieces(cast, sims):
    sims[0].accounts_at_once = 2
    sims[0].state["pages"] |= {str(n): {"name": f"Trường {n}", "token": f"t{n}"} for n in range(5)}
    _row, came = allowed(cast, "facebook")
    row = services.connect_finish(actor=cast.chief, kind="facebook", params=came)
    assert len(services.grants_of(row)) == 6
    assert len(services.connect_take(actor=cast.chief, connection_id=row.pk, chosen=["1", "3"])) == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda sim: sim.state.update(scopes=["pages_show_list"]), "permission"),
        (lambda sim: sim.state["dead"].update({fb.PAGE_TOKEN: 463}), "token_expired"),
        (lambda sim: sim.state["dead"].update({fb.PAGE_TOKEN: 458}), "token_revoked"),
    ],
)
def test_a_check_finds_what_would_hurt_at_the_hour(cast, sims, change, code):
    account = connected(cast, "facebook")
    change(sims[0])
    services.account_check(account=account)
    account.refresh_from_db()
    assert (account.health, account.health_code) == (Health.BROKEN, code)


def test_pages_are_checked_every_day_and_before_a_scheduled_post(cast, sims):
    account = connected(cast, "facebook")
    services.check_accounts()
    assert services.check_accounts() == 0
    at = clock.now() + dt.timedelta(minutes=20)
    services.post_queue(actor=cast.editor, account_id=account.pk, draft=draft(cast.so), key="k" * 20, at=at)
    assert services.check_accounts() == 0  # looked at a moment ago
    ChannelAccount.objects.update(checked_at=clock.now() - dt.timedelta(minutes=31))
    assert services.check_accounts() == 1
    Delivery.objects.update(status=Status.CANCELLED)
    ChannelAccount.objects.update(checked_at=clock.now() - dt.timedelta(hours=25))
    assert services.check_accounts() == 1


def test_what_ends_soon_is_said(cast, client, sims):
    account = zalo_account(cast.so)
    soon = clock.today() + dt.timedelta(days=10)
    ChannelAccount.objects.filter(pk=account.pk).update(facts={"package_until": soon.isoformat()}, first_admin="A")
    client.force_login(cast.chief)
    for url in (reverse("channels:accounts"), reverse("channels:account", args=[account.pk])):
        shown = client.get(url).content.decode()
        assert f"Gói của OA hết hạn ngày {soon:%d/%m/%Y}" in shown
        assert "Cần ghi đủ hai người quản trị" in shown


def test_what_ends_soon_is_told_once(cast, sims):
    account = zalo_account(cast.so)
    end = clock.today() + dt.timedelta(days=10)
    ChannelAccount.objects.filter(pk=account.pk).update(expires_on=end)
    for _day in range(3):
        ChannelAccount.objects.update(checked_at=None)
        services.check_accounts()
        Notice.objects.update(read_at=clock.now())
    assert Notice.objects.filter(user=cast.chief, code="channels.account.ending").count() == 1
    ChannelAccount.objects.update(expires_on=end - dt.timedelta(days=3), checked_at=None)
    services.check_accounts()
    assert Notice.objects.filter(user=cast.chief, code="channels.account.ending").count() == 2


def test_connections_are_forgotten(cast, sims):
    allowed(cast, "zalo")
    assert services.forget_connections() == 0
    Connection.objects.update(begun_at=clock.now() - dt.timedelta(hours=1))
    assert services.forget_connections() == 1


def test_connecting_mends_an_account_whose_key_is_gone(cast, sims, settings):
    from cryptography.fernet import Fernet

    account = zalo_account(cast.so)
    settings.LOA_CHANNEL_KEY = Fernet.generate_key().decode()
    assert connected(cast, "zalo", account_id=account.pk).pk == account.pk
    assert Talk(account).token()
