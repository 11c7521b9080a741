"""The contract with the channels, the parts that stand nowhere else; the table is in `loa/channels/README.md`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loa.channels import engine, sending, services
from loa.channels.facebook import sim as fb
from loa.channels.inbound import acting
from loa.channels.inbound.rules import Verb
from loa.channels.kinds import kinds
from loa.channels.models import ChannelAccount, Delivery, Health, Post
from loa.channels.rules import MENDING, Intent, Result, Status
from loa.channels.tests.factories import at, draft, facebook_account, zalo_account
from loa.core import clock

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent


def queue(cast, account, *, key="k" * 20, pictures=0):
    return services.post_queue(
        actor=cast.editor, account_id=account.pk, draft=draft(cast.so, pictures=pictures), key=key
    )


def test_all_fifteen_stand_in_the_table_and_in_the_tests():
    found = {
        int(n)
        for path in HERE.glob("test_*.py")
        for n in re.findall(r"def test_contract_(\d\d)_", path.read_text())
    }
    assert found == set(range(1, 16))
    readme = (HERE.parent / "README.md").read_text()
    named = set(re.findall(r"`(test_contract_\d\d\w*)`", readme))
    known = {
        name
        for path in HERE.glob("test_*.py")
        for name in re.findall(r"def (test_contract_\d\d\w*)", path.read_text())
    }
    assert named == known


def test_contract_08_a_duplicate_after_an_unsure_try_adopts_the_post(cast, sims, monkeypatch):
    page, (facebook, _zalo) = facebook_account(cast.so), sims
    monkeypatch.setattr(engine, "TURN", 1)
    facebook.refuses_twins, facebook.hidden_for = True, 1000
    facebook.faults.only, facebook.faults.script = "/feed", ["drop_after"]
    row = queue(cast, page)
    for _turn in range(3):  # sent and lost; looked, not seen yet; sent again and refused
        engine.work("here")
    row.refresh_from_db()
    assert (row.status, row.code) == (Status.CHECKING, "duplicate")
    facebook.hidden_for = 0
    engine.drain()
    row.refresh_from_db()
    [post] = facebook.state["posts"]
    assert (row.status, row.external_id) == (Status.SENT, post["id"])


def test_contract_10_processing_five_times_and_then_an_id(cast, sims):
    oa = zalo_account(cast.so)
    row = queue(cast, oa, pictures=1)
    sims[1].works_for = 1000.0
    for _turn in range(6):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engine, "TURN", 1)
            engine.work("here")
    row.refresh_from_db()
    assert row.status == Status.PROCESSING
    assert row.attempts.filter(what="poll", result="processing").count() == 5
    for job in sims[1].state["jobs"].values():
        job["ready"] = 0
    engine.drain()
    row.refresh_from_db()
    assert row.status == Status.SENT
    assert row.external_id == sims[1].state["articles"][0]["id"]
    assert sum(path.endswith("/create") for _method, path in sims[1].calls) == 1


def test_contract_11_a_consultation_message_goes_at_night_too(cast, sims):
    oa = zalo_account(cast.so)
    with at(sims, "2026-11-25T22:30:00+07:00"):
        person = sims[1].meet("An")
        sims[1].write(person, "Mai trường có nghỉ không ạ?")
        acting.queue(actor=None, account=oa, verb=Verb.MESSAGE, target=person, payload={"text": "Dạ không ạ."})
        acting.drain()
    assert [line["text"] for line in sims[1].state["lines"] if line["ours"]] == ["Dạ không ạ."]


def test_contract_14_a_lost_role_disables_one_page_only(cast, sims):
    page = facebook_account(cast.so)
    other = ChannelAccount.objects.create(unit=cast.so, kind="facebook", name="Trang khác", external_id="77")
    services.account_connect(actor=cast.chief, account_id=other.pk, secret={"access_token": "other"})
    sims[0].state["pages"]["77"] = {"name": "Trang khác", "token": "other"}
    sims[0].state["dead"][fb.PAGE_TOKEN] = 492
    rows = [queue(cast, one, key=f"{one.pk:020}") for one in (page, other)]
    engine.drain()
    assert ChannelAccount.objects.get(pk=page.pk).health == Health.BROKEN
    assert ChannelAccount.objects.get(pk=other.pk).health == Health.GOOD
    assert [Delivery.objects.get(pk=row.pk).status for row in rows] == [Status.RETRY, Status.SENT]


@pytest.mark.parametrize("kind", ["facebook", "tiktok", "youtube", "sms", "webpush", "zalo"])
def test_what_a_channel_cannot_do_is_never_asked_of_it(cast, settings, kind, monkeypatch):
    """A row of an intent the kind lacks, however it came about, becomes a to-do; its transport refuses it too."""
    monkeypatch.setattr(sending.Talk, "request", lambda *_args, **_more: pytest.fail("something was sent"))
    made = services.account_save(
        actor=cast.chief, account_id=None, unit_id=cast.so.pk, kind=kind,
        fields={"name": "Trang", "external_id": "1"},
    )  # fmt: skip
    post = Post.objects.create(
        source="test", source_id=1, unit=cast.so, title="Bài", payload={"text": "Lời", "title": "Bài"}, key="k"
    )
    for intent in set(Intent) - kinds()[kind].intents:
        now = clock.now()
        row = Delivery.objects.create(
            post=post, account=made, intent=intent, due_at=now, next_at=now, external_id="9"
        )
        engine.drain()
        row.refresh_from_db()
        by_person = row.code == "no_api" or intent in MENDING
        assert (row.status, row.called_at) == (Status.TODO if by_person else Status.FAILED, None)
        assert row.code == ("no_api" if kinds()[kind].recalls else "no_recall")
        attempt = row.attempts.get()
        told = kinds()[kind].transport.send(sending.Sending(row, "w", attempt), intent)
        assert (told.result, told.code) == (Result.REFUSED, row.code)
