"""Tokens at rest: unreadable, opened by older keys while they are named, and never by a stranger's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.channels import engine, services
from loa.channels.models import Attempt, ChannelSecret, Delivery
from loa.channels.rules import Outcome, Result, Status
from loa.channels.sending import Talk, without_tokens
from loa.channels.tests.factories import draft, facebook_account, simulators
from loa.channels.vault import make_key, opened, seal
from loa.core.errors import Unavailable


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
