"""The check finds what would hurt at the hour: the right to articles, the package, what no check can see."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from loa.accounts.models import Notice
from loa.channels import services, texts
from loa.channels.facebook import sim as fb
from loa.channels.facebook import sim_login
from loa.channels.models import ChannelAccount, ChannelSecret, Health
from loa.channels.tests.factories import draft, facebook_account, zalo_account
from loa.channels.vault import opened, seal
from loa.channels.zalo import sim as zl
from loa.core import clock

pytestmark = pytest.mark.django_db

SLICE = "/v2.0/article/getslice"


def checked(account):
    services.account_check(account=account)
    account.refresh_from_db()
    return account


def warned(account):
    return [name for name, _words in texts.warnings(account)]


def refuse(monkeypatch, sim, code, words):
    monkeypatch.setattr(sim, "_slice", lambda request, oa: sim.error(code, words))


def test_an_oa_is_asked_for_its_articles_too(cast, sims):
    oa = checked(zalo_account(cast.so))
    assert [path for _method, path in sims[1].calls] == ["/v2.0/oa/getoa", SLICE]
    assert (oa.health, warned(oa), oa.facts["zca"]) == (Health.GOOD, [], True)


def test_an_oa_without_the_right_to_articles_must_be_connected_again(cast, sims, monkeypatch):
    refuse(monkeypatch, sims[1], -223, "Your OA has not authorized this API")
    oa = checked(zalo_account(cast.so))
    assert (oa.health, oa.health_code) == (Health.BROKEN, "permission")


def test_a_package_without_articles_is_told_once_and_people_are_still_answered(cast, client, sims, monkeypatch):
    oa = zalo_account(cast.so)
    with monkeypatch.context() as patch:
        refuse(patch, sims[1], -224, "OA tier too low")
        for _day in range(2):
            ChannelAccount.objects.update(checked_at=None)
            services.check_accounts()
            Notice.objects.update(read_at=clock.now())
    oa.refresh_from_db()
    assert (oa.health, warned(oa)) == (Health.GOOD, ["articles"])
    [told] = Notice.objects.filter(user=cast.chief, code="channels.account.ending")
    assert "Zalo không cho OA này đăng bài" in told.data["words"]
    client.force_login(cast.chief)
    for url in (reverse("channels:accounts"), reverse("channels:account", args=[oa.pk])):
        assert "Zalo không cho OA này đăng bài" in client.get(url).content.decode()
    assert warned(checked(oa)) == []


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"linked_ZCA": ""}, ["zca"]),
        ({"linked_zca": False}, ["zca"]),
        ({"linked_zca": "123"}, []),
        ({}, []),  # not told is not "no"
    ],
)
def test_a_cloud_account_that_is_not_linked_is_said(cast, sims, monkeypatch, told, found):
    monkeypatch.delitem(zl.PACKAGE, "linked_ZCA")
    for name, value in told.items():
        monkeypatch.setitem(zl.PACKAGE, name, value)
    assert warned(checked(zalo_account(cast.so))) == found


def test_an_oa_that_is_not_verified_is_said(cast, sims):
    sims[1].verified = False
    oa = checked(zalo_account(cast.so))
    assert (oa.health, warned(oa)) == (Health.GOOD, ["verified"])


def test_a_list_that_does_not_answer_breaks_no_check(cast, sims):
    sims[1].faults.only, sims[1].faults.script = SLICE, ["error"]
    oa = checked(zalo_account(cast.so))
    assert (oa.health, warned(oa)) == (Health.GOOD, [])
    assert "articles" not in oa.facts


def test_what_a_pasted_token_may_do_is_said_not_to_be_seen(cast, client, sims, settings):
    page = checked(facebook_account(cast.so))
    assert (page.health, warned(page)) == (Health.GOOD, ["unproven"])
    client.force_login(cast.chief)
    shown = client.get(reverse("channels:account", args=[page.pk])).content.decode()
    assert "Loa không kiểm tra được quyền của mã dán tay" in shown
    # With the app whose token it is, it can be seen; it was another app's: it cannot.
    settings.LOA_FACEBOOK_APP_ID, settings.LOA_FACEBOOK_APP_SECRET = "1", fb.APP_SECRET
    assert warned(checked(page)) == ["unproven"]
    settings.LOA_FACEBOOK_APP_ID = sim_login.APP_ID
    assert warned(checked(page)) == []
    sims[0].state["scopes"] = ["pages_show_list"]
    assert checked(page).health_code == "permission"


def test_a_token_by_log_in_is_never_called_unproven(cast, sims):
    page = facebook_account(cast.so)
    row = ChannelSecret.objects.get(account=page)
    row.sealed = seal({**opened(row.sealed), "by_login": "1"})
    row.save()
    assert warned(checked(page)) == []


@pytest.mark.parametrize(
    ("minutes", "looked", "asked"),
    [(3, 31, 1), (3, None, 1), (3, 5, 0), (14, 31, 1), (40, 31, 0), (None, 31, 0)],
)
def test_a_post_due_before_the_timetable_comes_by_has_its_page_checked(
    cast, sims, django_capture_on_commit_callbacks, minutes, looked, asked
):
    page = facebook_account(cast.so)
    now = clock.now()
    ChannelAccount.objects.update(checked_at=looked and now - dt.timedelta(minutes=looked))
    sims[0].state["dead"][fb.PAGE_TOKEN] = 460
    with django_capture_on_commit_callbacks(execute=True):
        services.post_queue(
            actor=cast.editor, account_id=page.pk, draft=draft(cast.so), key="k" * 20,
            at=minutes and now + dt.timedelta(minutes=minutes),
        )  # fmt: skip
    page.refresh_from_db()
    assert (page.health == Health.BROKEN) == bool(asked)
    assert Notice.objects.filter(code="channels.account.broken").exists() == bool(asked)


def test_what_was_found_out_stays_beside_what_others_found_and_none_takes_it_away(cast):
    page = facebook_account(cast.so)
    mine, theirs = (ChannelAccount.objects.get(pk=page.pk) for _worker in range(2))
    services.facts_kept(theirs, untold=["feed"], heard_at="x")
    services.facts_kept(mine, hook_at="2026-11-01", heard_at=None)
    page.refresh_from_db()
    assert page.facts == mine.facts
    assert (page.facts["untold"], page.facts["hook_at"], "heard_at" in page.facts) == (
        ["feed"],
        "2026-11-01",
        False,
    )
