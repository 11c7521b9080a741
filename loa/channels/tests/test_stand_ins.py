"""Refusals of the stand-ins, as the connectors take them."""

from __future__ import annotations

import datetime as dt

import httpx
import pytest
from django.core.files.base import ContentFile

from loa.channels import engine, services
from loa.channels.inbound import acting
from loa.channels.inbound.rules import Verb
from loa.channels.models import ChannelSecret, Health, private_storage
from loa.channels.rules import Status
from loa.channels.tests.factories import at, draft, facebook_account, zalo_account
from loa.channels.vault import opened, seal
from loa.channels.zalo import sim as zl
from loa.core import clock

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("why", "code"), [("tier", "oa_tier"), ("quota", "oa_quota"), ("permission", "permission")]
)
def test_an_oa_that_may_make_no_article_says_why(cast, sims, why, code):
    oa = zalo_account(cast.so)
    sims[1].no_articles = zl.NO_ARTICLES[why]
    row = services.post_queue(actor=cast.editor, account_id=oa.pk, draft=draft(cast.so, pictures=1), key="k" * 20)
    engine.drain()
    row.refresh_from_db()
    oa.refresh_from_db()
    # One code with two meanings: a right that is lacking is the account's matter, a quota the post's.
    found = oa.health_code if why == "permission" else row.code
    assert found == code
    assert (oa.health == Health.BROKEN) == (why == "permission")
    assert sims[1].state["articles"] == []


@pytest.mark.parametrize("path", sorted(zl.DEAD))
def test_the_messages_that_ended_are_refused(sims, settings, path):
    url = settings.LOA_CHANNEL_URLS["zalo"] + path
    answer = httpx.post(url, headers={"access_token": zl.ACCESS}, json={}, trust_env=False)
    assert (answer.status_code, answer.json()["error"]) == (200, -233)


def test_a_file_uploaded_too_long_ago_is_uploaded_again(cast, sims):
    oa, zalo = zalo_account(cast.so), sims[1]
    person = zalo.meet("Bình")
    zalo.write(person, "Cho em xin mẫu đơn")
    name = private_storage().save("channels/mau.pdf", ContentFile(b"%PDF-1.4 x"))
    action = acting.queue(
        actor=cast.editor, account=oa, verb=Verb.MESSAGE, target=person,
        payload={"file": name, "file_name": "mau-don.pdf"},
    )  # fmt: skip
    zalo.state["files"]["old"] = {"name": "mau-don.pdf", "dies": zalo.clock() - 1}
    action.steps = {"file_token": "old"}
    action.save()
    acting.drain()
    action.refresh_from_db()
    assert action.status == Status.SENT
    assert action.steps["file_token"] not in ("", "old")
    assert [line["type"] for line in zalo.state["lines"] if line["ours"]] == ["file"]


@pytest.mark.parametrize(("secret", "status"), [("demo-app-secret", Status.SENT), ("wrong", Status.FAILED)])
def test_an_app_that_wants_a_proof_gets_the_right_one(cast, sims, secret, status):
    page = facebook_account(cast.so)
    sims[0].wants_proof = True
    row = ChannelSecret.objects.get(account=page)
    row.sealed = seal({**opened(row.sealed), "app_secret": secret})
    row.save()
    made = services.post_queue(actor=cast.editor, account_id=page.pk, draft=draft(cast.so), key="k" * 20)
    with at(sims, clock.now() + dt.timedelta(seconds=1)):
        engine.drain()
    made.refresh_from_db()
    assert made.status == status
