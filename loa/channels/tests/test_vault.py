"""Tokens at rest: unreadable, opened by older keys while they are named, and never by a stranger's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

import loa
from loa.audit.models import LogEntry
from loa.channels import engine, services, vault
from loa.channels.models import Attempt, ChannelSecret, Delivery, Post
from loa.channels.places import places
from loa.channels.rules import Outcome, Result, Status
from loa.channels.sending import Talk, without_tokens
from loa.channels.services.resealing import reseal
from loa.channels.tests.factories import draft, facebook_account, simulators
from loa.channels.vault import make_key, opened, seal
from loa.core.errors import Conflict, Unavailable

ROOT = Path(loa.__file__).parent


def test_a_new_key_opens_what_an_older_one_sealed_and_seals_anew(settings):
    old, new = make_key(), make_key()
    settings.LOA_CHANNEL_KEY = old
    sealed = seal({"access_token": "tuyệt mật"})
    assert "mật" not in sealed
    settings.LOA_CHANNEL_KEY = f"{new},{old}"
    assert opened(sealed) == {"access_token": "tuyệt mật"}
    again = seal(opened(sealed))
    settings.LOA_CHANNEL_KEY = new
    assert opened(again) == {"access_token": "tuyệt mật"}
    with pytest.raises(Unavailable, match="Hãy kết nối lại trang"):
        opened(sealed)


@pytest.mark.parametrize("sealed", ["", "x", "gAAAAA==", "ă"])
def test_what_was_not_sealed_is_not_opened(sealed):
    with pytest.raises(Unavailable):
        opened(sealed)


@pytest.mark.django_db
def test_no_token_stands_in_the_database_or_in_what_is_kept_of_answers(cast, settings):
    with simulators(settings) as (facebook, _zalo):
        page = facebook_account(cast.so)
        token = Talk(page).token()
        services.post_queue(actor=cast.editor, account_id=page.pk, draft=draft(cast.so), key="t" * 20)
        engine.drain()
        facebook.state["dead"][token] = 460
        services.account_check(account=page)
    assert token not in ChannelSecret.objects.get(account=page).sealed
    for body in Attempt.objects.values_list("body", flat=True):
        assert token not in body


@given(st.text(alphabet="abcDEF019._-", min_size=8, max_size=60))
def test_tokens_are_cut_out_of_whatever_shape_an_answer_has(token):
    for text in (
        f'{{"access_token":"{token}","x":1}}',
        f'{{"refresh_token" : "{token}"}}',
        f"access_token={token}&expires_in=5",
        f'"appsecret_proof": "{token}"',
    ):
        assert token not in without_tokens(text)


@pytest.mark.django_db
@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "//evil.example/x"])
def test_only_an_address_of_the_web_becomes_a_link(cast, settings, monkeypatch, link):
    with simulators(settings):
        page = facebook_account(cast.so)
        row = services.post_queue(actor=cast.editor, account_id=page.pk, draft=draft(cast.so), key="l" * 20)
        monkeypatch.setattr(
            engine, "_ask", lambda sending, what: Outcome(Result.SENT, external_id="1_2", permalink=link)
        )
        engine.drain()
    found = Delivery.objects.get(pk=row.pk)
    assert (found.status, found.permalink) == (Status.SENT, "")


# — another key ——————————————————————————————————————————————————————————————————————
def sealed_things(cast) -> tuple:
    """A token, a number in a post, and a token nobody can open."""
    page = facebook_account(cast.so)
    number = Post.objects.create(
        source="x", source_id=1, unit=cast.so, title="Tin mẫu", key="z" * 20, created_by=cast.editor,
        payload={"to": seal({"phone": "84900000001"}), "text": "x"},
    )  # fmt: skip
    sent = Post.objects.create(
        source="x", source_id=2, unit=cast.so, title="Đã gửi", key="y" * 20, created_by=cast.editor,
        payload={"to": "", "text": "x"},
    )  # fmt: skip
    return ChannelSecret.objects.get(account=page), number, sent


@pytest.mark.django_db
def test_everything_is_sealed_anew_at_once(cast, settings):
    old, new = make_key(), make_key()
    settings.LOA_CHANNEL_KEY = old
    secret, number, sent = sealed_things(cast)
    settings.LOA_CHANNEL_KEY = f"{new},{old}"
    before = (secret.sealed, number.payload)
    told = reseal(dry_run=True)
    assert told.done == {"channels.ChannelSecret.sealed": 1, "channels.Post.payload.to": 1}
    secret.refresh_from_db()
    number.refresh_from_db()
    assert (secret.sealed, number.payload) == before
    assert not LogEntry.objects.filter(action="channels.key.resealed").exists()
    assert reseal().done == told.done
    assert reseal().done == {}
    settings.LOA_CHANNEL_KEY = new
    secret.refresh_from_db()
    number.refresh_from_db()
    assert "access_token" in opened(secret.sealed)
    assert opened(number.payload["to"]) == {"phone": "84900000001"}
    assert number.payload["text"] == "x"
    sent.refresh_from_db()
    assert sent.payload["to"] == ""
    assert LogEntry.objects.filter(action="channels.key.resealed").count() == 2


@pytest.mark.django_db
def test_what_no_key_opens_stops_it_and_nothing_is_changed(cast, settings):
    old, new = make_key(), make_key()
    settings.LOA_CHANNEL_KEY = old
    secret, number, _sent = sealed_things(cast)
    Post.objects.filter(pk=number.pk).update(payload={"to": "hỏng"})
    settings.LOA_CHANNEL_KEY = f"{new},{old}"
    with pytest.raises(Conflict, match=r"channels.Post.payload.to \(1\)"):
        reseal()
    assert ChannelSecret.objects.get(pk=secret.pk).sealed == secret.sealed
    told = reseal(leave_lost=True)
    assert (told.done, told.lost) == ({"channels.ChannelSecret.sealed": 1}, {"channels.Post.payload.to": 1})
    assert Post.objects.get(pk=number.pk).payload == {"to": "hỏng"}


@pytest.mark.django_db
def test_the_key_in_the_file_is_changed_by_three_commands(cast, settings, tmp_path, capsys):
    settings.LOA_CHANNEL_KEY, settings.DATA_DIR = "", tmp_path
    secret, _number, _sent = sealed_things(cast)
    first = vault.keys()
    with pytest.raises(CommandError, match="Mới có một khoá"):
        call_command("channelkey", "reseal")
    call_command("channelkey", "add")
    assert vault.keys()[1:] == first
    with pytest.raises(CommandError, match="Còn mục khoá bằng khoá cũ"):
        call_command("channelkey", "drop")
    call_command("channelkey", "reseal", "--dry-run")
    assert ChannelSecret.objects.get(pk=secret.pk).sealed == secret.sealed
    call_command("channelkey", "reseal")
    call_command("channelkey", "drop")
    assert len(vault.keys()) == 1
    assert vault.keys() != first
    assert "access_token" in opened(ChannelSecret.objects.get(pk=secret.pk).sealed)
    said = capsys.readouterr().out
    assert not any(key in said for key in [*first, *vault.keys()])
    assert oct(vault.key_file().stat().st_mode)[-3:] == "600"


def test_every_field_that_is_sealed_is_registered():
    """What calls `seal` puts it into one of these; a new place is registered, or the key cannot be changed."""
    assert {name for name, _place in places.items()} == {
        "channels.ChannelSecret.sealed", "channels.Connection.grants", "channels.Connection.verifier",
        "channels.Live.stream", "channels.Post.payload.to", "channels.SmsRecipient.sealed",
        "feedback.Remark.sealed", "feedback.Ruling.evidence",
        "portal.Comment.mail", "portal.FeedSubscriber.asked_secret", "portal.FeedSubscriber.secret",
    }  # fmt: skip
    for _name, place in places.items():
        apps.get_model(place.model)._meta.get_field(place.field)
    callers = {
        str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py")
        if "tests" not in path.parts and path.name != "vault.py"
        and re.search(r"(?<!\.)\bseal\(", path.read_text())
    }  # fmt: skip
    assert callers == {
        "channels/management/commands/faultrun.py", "channels/services/accounts.py",
        "channels/services/connecting.py", "channels/services/lives.py", "channels/services/templates.py",
        "channels/sms/audience.py", "channels/zalo/tokens.py", "channels/renewing.py",
        "feedback/services/hearing.py", "feedback/services/moderation.py", "portal/comments/services.py",
        "portal/hub.py",
    }  # fmt: skip
