"""Live broadcasts: unseen until a person begins them; lost answers are settled by looking; keys are sealed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.channels import services
from loa.channels.models import Live
from loa.channels.rules import LiveState
from loa.channels.tests.factories import facebook_account, zalo_account
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused, Unavailable

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(cast, sims):
    return facebook_account(cast.so)


def make(cast, page, *, key="k" * 20, actor=None, **more):
    return services.live_make(
        actor=actor or cast.editor,
        account_id=page.pk,
        title="Lễ tuyên dương",
        text="Mời theo dõi",
        key=key,
        **more,
    )


def status(sims):
    return [row["status"] for row in sims[0].lives.values()]


def test_prepared_begun_and_ended(cast, page, sims):
    row = make(cast, page)
    assert make(cast, page).pk == row.pk
    assert (row.state, status(sims)) == (LiveState.READY, ["UNPUBLISHED"])
    [told] = sims[0].lives.values()
    assert told["key"] not in row.stream  # sealed
    assert "Lễ tuyên dương" not in sims[0].feed()
    row = services.live_begin(actor=cast.editor, live_id=row.pk)
    assert (row.state, status(sims)) == (LiveState.LIVE, ["LIVE"])
    assert row.began_at
    assert row.permalink
    assert "ĐANG PHÁT TRỰC TIẾP" in sims[0].feed()
    row = services.live_end(actor=cast.editor, live_id=row.pk)
    assert (row.state, status(sims), row.stream) == (LiveState.ENDED, ["VOD"], "")
    with pytest.raises(Conflict):
        services.live_begin(actor=cast.editor, live_id=row.pk)


def test_one_that_is_announced_for_an_hour(cast, page, sims):
    make(cast, page, starts_at=clock.now() + dt.timedelta(days=2))
    assert status(sims) == ["SCHEDULED_UNPUBLISHED"]
    for wrong in (dt.timedelta(minutes=2), dt.timedelta(days=8)):
        with pytest.raises(InvalidInput):
            make(cast, page, key="w" * 20, starts_at=clock.now() + wrong)
    assert Live.objects.count() == 1


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "error"])
def test_a_lost_answer_to_the_making_shows_nobody_anything(cast, page, sims, fault):
    sims[0].faults.script = [fault]
    row = make(cast, page)
    assert row.state == LiveState.NEW
    assert row.code
    row = services.live_try(actor=cast.editor, live_id=row.pk)
    assert row.state == LiveState.READY
    assert set(status(sims)) == {"UNPUBLISHED"}


@pytest.mark.parametrize("fault", ["drop_after", "html_after"])
def test_a_lost_answer_to_the_beginning_is_settled_by_looking(cast, page, sims, fault):
    row = make(cast, page)
    sims[0].faults.script = [fault]
    assert services.live_begin(actor=cast.editor, live_id=row.pk).state == LiveState.LIVE
    sims[0].faults.script = [fault]
    assert services.live_end(actor=cast.editor, live_id=row.pk).state == LiveState.ENDED


def test_what_did_not_happen_is_said_and_may_be_tried_again(cast, page, sims):
    row = make(cast, page)
    sims[0].faults.script = ["drop_before"]
    with pytest.raises(Unavailable):
        services.live_begin(actor=cast.editor, live_id=row.pk)
    row.refresh_from_db()
    assert (row.state, status(sims)) == (LiveState.READY, ["UNPUBLISHED"])
    assert services.live_begin(actor=cast.editor, live_id=row.pk).state == LiveState.LIVE


def test_ended_on_the_channel_itself_is_seen_here(cast, page, sims):
    row = services.live_begin(actor=cast.editor, live_id=make(cast, page).pk)
    for told in sims[0].lives.values():
        told["status"] = "VOD"
    assert services.live_look(row).state == LiveState.ENDED


def test_one_that_never_began_is_removed(cast, page, sims):
    row = make(cast, page)
    assert services.live_end(actor=cast.editor, live_id=row.pk).state == LiveState.DROPPED
    assert sims[0].lives == {}


def test_a_page_too_small_is_told_why(cast, page, sims):
    sims[0].followers = 40
    row = make(cast, page)
    assert (row.state, row.code) == (LiveState.NEW, "permission")
    assert "100 followers" in row.detail


def test_who_may(cast, page, sims):
    for who in (cast.owner, cast.lead, cast.outsider, cast.office):
        with pytest.raises((Refused, NotFound)):
            make(cast, page, actor=who)
    row = make(cast, page)
    for who in (cast.owner, cast.lead, cast.outsider):
        for verb in (services.live_begin, services.live_end, services.live_try):
            with pytest.raises((Refused, NotFound)):
                verb(actor=who, live_id=row.pk)
    assert status(sims) == ["UNPUBLISHED"]
    with pytest.raises(InvalidInput):
        make(cast, zalo_account(cast.so), key="z" * 20)


def test_the_screens(cast, client, page, sims):
    client.force_login(cast.editor)
    url = reverse("channels:lives")
    wrong = client.post(url, {"account": page.pk, "title": "", "text": "Lời đã gõ", "key": "k" * 20})
    assert wrong.status_code == 400
    assert "Lời đã gõ" in wrong.content.decode()
    client.post(url, {"account": page.pk, "title": "Lễ tuyên dương", "text": "", "key": "k" * 20, "when": "now"})
    row = Live.objects.get()
    shown = client.get(reverse("channels:live", args=[row.pk])).content.decode()
    [told] = sims[0].lives.values()
    assert told["key"] in shown
    assert "Lên sóng" in shown
    client.post(reverse("channels:live_begin", args=[row.pk]))
    assert "người đang xem" in client.get(reverse("channels:live", args=[row.pk])).content.decode()
    client.post(reverse("channels:live_end", args=[row.pk]))
    assert told["key"] not in client.get(reverse("channels:live", args=[row.pk])).content.decode()
    client.force_login(cast.owner)
    assert client.get(reverse("channels:live", args=[row.pk])).status_code == 403


def test_the_list_costs_the_same_for_one_and_for_many(cast, client, page, sims):
    client.force_login(cast.editor)
    make(cast, page)
    client.get(reverse("channels:lives"))

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("channels:lives")).status_code == 200
        return len(captured)

    one = queries()
    for number in range(6):
        make(cast, page, key=f"number-{number:020}")
    assert queries() == one
