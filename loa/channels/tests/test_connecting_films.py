"""YouTube and TikTok by their own log-in: one use, PKCE, the permissions that are needed, nothing overwritten."""

from __future__ import annotations

import datetime as dt
import html
import re

import httpx
import pytest
from django.urls import reverse

from loa.accounts.models import Notice
from loa.channels import sending, services
from loa.channels.models import ChannelAccount, ChannelSecret, Connection, Health
from loa.channels.sending import Talk
from loa.channels.tiktok import sim as tt
from loa.channels.youtube import sim as yt
from loa.channels.youtube.login import UPLOAD
from loa.core import clock
from loa.core.errors import Conflict, Refused, Unavailable

pytestmark = pytest.mark.django_db
PAGES = {"youtube": (yt.CHANNEL_ID, yt.CHANNEL_NAME), "tiktok": (tt.USERNAME, tt.NICKNAME)}


@pytest.fixture
def films(settings):
    sims = {"youtube": yt.YouTubeSim(), "tiktok": tt.TikTokSim()}
    servers = {name: sim.serve() for name, sim in sims.items()}
    urls = {name: f"http://127.0.0.1:{server.server_address[1]}" for name, server in servers.items()}
    settings.LOA_CHANNEL_URLS = {**settings.LOA_CHANNEL_URLS, **urls, "youtube_oauth": urls["youtube"]}
    settings.LOA_YOUTUBE_CLIENT_ID, settings.LOA_YOUTUBE_CLIENT_SECRET = yt.CLIENT_ID, yt.CLIENT_SECRET
    settings.LOA_TIKTOK_CLIENT_KEY, settings.LOA_TIKTOK_CLIENT_SECRET = tt.CLIENT_KEY, tt.CLIENT_SECRET
    settings.LOA_YOUTUBE_DIALOG_URL, settings.LOA_TIKTOK_DIALOG_URL = urls["youtube"], urls["tiktok"]
    sending.door.cache_clear()
    yield sims
    for server in servers.values():
        server.shutdown()
    sending.door.cache_clear()


def said(there, yes=True):
    """What one comes back with from the channel's page."""
    found = re.findall(r'<a class="link" href="([^"]+)"', httpx.get(there, trust_env=False).text)
    return dict(httpx.URL(html.unescape(found[0 if yes else 1])).params)


def begun(cast, kind, **more):
    return services.connect_begin(actor=cast.chief, kind=kind, **(more or {"unit_id": cast.so.pk}))


def connected(cast, kind, **more):
    row = services.connect_finish(actor=cast.chief, kind=kind, params=said(begun(cast, kind, **more)[1]))
    [account] = services.connect_take(actor=cast.chief, connection_id=row.pk, chosen=[PAGES[kind][0]])
    return account


@pytest.mark.parametrize("kind", ["youtube", "tiktok"])
def test_an_account_is_connected_through_the_screens_and_renewed_later(cast, client, films, kind):
    client.force_login(cast.chief)
    answer = client.post(reverse("channels:connect_start"), {"kind": kind, "unit": cast.so.pk})
    there = html.unescape(re.search(r'class="btn go big" href="([^"]+)"', answer.content.decode())[1])
    picked = client.get(reverse("channels:back", args=[kind]), said(there))
    key, name = PAGES[kind]
    shown = client.get(picked.url).content.decode()
    assert html.escape(name) in shown
    assert films[kind].state["token"] not in shown
    client.post(picked.url, {"page": key})
    account = ChannelAccount.objects.get()
    assert (account.name, account.external_id, account.health) == (name, key, Health.GOOD)
    secret = ChannelSecret.objects.get(account=account)
    assert secret.expires_at is not None
    before = films[kind].state["token"]
    assert Talk(account).token() == before
    ChannelSecret.objects.update(expires_at=clock.now() - dt.timedelta(minutes=1))
    services.account_check(account=account)
    account.refresh_from_db()
    assert account.health == Health.GOOD
    assert films[kind].state["token"] != before


@pytest.mark.parametrize("kind", ["youtube", "tiktok"])
def test_a_code_works_once_and_only_for_who_asked(cast, films, kind):
    came = said(begun(cast, kind)[1])
    with pytest.raises(Refused):
        services.connect_finish(actor=cast.admin, kind=kind, params=came)
    services.connect_finish(actor=cast.chief, kind=kind, params=came)
    with pytest.raises(Refused):
        services.connect_finish(actor=cast.chief, kind=kind, params=came)
    # The same code under a new state is refused by the channel itself.
    other = said(begun(cast, kind)[1])
    with pytest.raises(Conflict):
        services.connect_finish(actor=cast.chief, kind=kind, params={**other, "code": came["code"]})
    assert not ChannelAccount.objects.exists()


def test_the_verifier_of_another_connection_opens_no_code_of_google(cast, films):
    row, there = begun(cast, "youtube")
    other, _there = begun(cast, "youtube")
    Connection.objects.filter(pk=row.pk).update(verifier=other.verifier)
    with pytest.raises(Conflict, match="Bad Request"):
        services.connect_finish(actor=cast.chief, kind="youtube", params=said(there))


@pytest.mark.parametrize("kind", ["youtube", "tiktok"])
def test_connecting_again_keeps_the_account_and_its_keys(cast, films, kind):
    account = connected(cast, kind)
    again = connected(cast, kind, account_id=account.pk)
    assert again.pk == account.pk
    kept = Talk(again).secret()
    assert kept["refresh_token"] in (yt.REFRESH, tt.REFRESH)
    assert kept["client_secret"] in (yt.CLIENT_SECRET, tt.CLIENT_SECRET)


def test_without_the_permission_to_upload_it_is_said_before_anything_is_sent(cast, films):
    films["youtube"].grants = ["https://www.googleapis.com/auth/youtube"]
    row = services.connect_finish(actor=cast.chief, kind="youtube", params=said(begun(cast, "youtube")[1]))
    assert services.grants_of(row)[0].lacks == "permission"
    films["tiktok"].grants = ["user.info.basic"]
    with pytest.raises(Conflict, match="quyền đăng phim"):
        services.connect_finish(actor=cast.chief, kind="tiktok", params=said(begun(cast, "tiktok")[1]))


def test_a_channel_that_lets_nobody_read_comments_is_connected_and_it_is_said_until_it_does(cast, films):
    films["youtube"].grants = [UPLOAD, "https://www.googleapis.com/auth/youtube"]
    row = services.connect_finish(actor=cast.chief, kind="youtube", params=said(begun(cast, "youtube")[1]))
    assert services.grants_of(row)[0].lacks == "yt_scope"
    [account] = services.connect_take(actor=cast.chief, connection_id=row.pk, chosen=[yt.CHANNEL_ID])
    told = Notice.objects.filter(code="channels.account.ending", key__contains="comments", cancelled_at=None)
    for _day in (1, 2):
        ChannelAccount.objects.update(checked_at=None)
        services.check_accounts()
    account.refresh_from_db()
    assert (account.health, account.facts["comments"]) == (Health.GOOD, "yt_scope")
    assert {one.user for one in told.all()} >= {cast.chief}
    assert told.count() == len({one.user_id for one in told.all()})
    films["youtube"].grants = None
    assert connected(cast, "youtube", account_id=account.pk).pk == account.pk
    ChannelAccount.objects.update(checked_at=None)
    services.check_accounts()
    account.refresh_from_db()
    assert "comments" not in account.facts
    assert not told.all().exists()


@pytest.mark.parametrize("kind", ["youtube", "tiktok"])
@pytest.mark.parametrize(("fault", "error"), [("html", Conflict), ("drop_after", Unavailable)])
def test_a_channel_that_does_not_answer_connects_nothing(cast, films, kind, fault, error):
    there = begun(cast, kind)[1]
    came = said(there)
    films[kind].faults.script = [fault]
    with pytest.raises(error):
        services.connect_finish(actor=cast.chief, kind=kind, params=came)
    assert not Connection.objects.exclude(grants="").exists()


def test_who_says_no_connects_nothing(cast, films):
    with pytest.raises(Conflict, match="không đồng ý"):
        services.connect_finish(actor=cast.chief, kind="tiktok", params=said(begun(cast, "tiktok")[1], yes=False))
