"""Reactions and reach: each metric by itself, what is not told is absent and not 0, posts are never touched."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.accounts.models import Notice
from loa.channels import engine, services
from loa.channels.models import ChannelAccount, Delivery, Health, Measure, MeasureDay
from loa.channels.rules import ask_again
from loa.channels.tests.factories import at, draft, facebook_account, zalo_account
from loa.core import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(cast):
    return facebook_account(cast.so)


def out(cast, account, *, key="k" * 20, pictures=0):
    row = services.post_queue(
        actor=cast.editor, account_id=account.pk, draft=draft(cast.so, pictures=pictures), key=key
    )
    engine.drain()
    row.refresh_from_db()
    return row


def numbers(row):
    return {one.name: one.value for one in Measure.objects.filter(delivery=row)}


def older(sim, hours):
    for post in (
        sim.state.get("posts", []) + sim.state["articles"] if "articles" in sim.state else sim.state["posts"]
    ):
        post["created"] -= hours * 3600


def test_what_a_page_tells_of_a_post(cast, page, sims):
    row = out(cast, page)
    older(sims[0], 30)
    assert services.measure_due() == 1
    found = numbers(row)
    assert set(found) == {"reach", "reactions", "comments", "shares", "clicks"}
    assert found["reach"] > found["clicks"] > 0
    assert found["comments"] == 0
    assert services.measure_due() == 0  # asked a moment ago


def test_contract_13_one_bad_metric_takes_nothing_from_the_others(cast, page, sims):
    row = out(cast, page)
    older(sims[0], 30)
    sims[0].dead_metrics = {"post_total_media_view_unique"}
    services.measure_due()
    found = numbers(row)
    assert found["reach"] is None
    assert Measure.objects.get(delivery=row, name="reach").code == "metric_gone"
    assert found["clicks"] > 0
    assert found["reactions"] > 0
    assert not MeasureDay.objects.filter(name="reach").exists()  # absent is not 0


def test_a_channel_that_does_not_answer_changes_no_number(cast, page, sims):
    row = out(cast, page)
    older(sims[0], 30)
    services.measure_due()
    before = numbers(row)
    Delivery.objects.update(measured_at=clock.now() - dt.timedelta(hours=2))
    for fault in ("drop_before", "error", "html", "rate"):
        sims[0].faults.script = [fault]
        services.measure_due()
        assert numbers(row) == before
        ChannelAccount.objects.update(paused_until=None)


def test_a_page_that_wants_to_rest_is_left_alone(cast, page, sims):
    out(cast, page)
    sims[0].faults.script = ["rate"]
    services.measure_due()
    page.refresh_from_db()
    assert page.paused_until > clock.now()
    calls = len(sims[0].calls)
    services.measure_due()
    assert len(sims[0].calls) == calls


def test_a_budget_nearly_spent_is_left_to_the_posts(cast, page, sims):
    for number in range(3):
        out(cast, page, key=f"{number:020}")
    sims[0].usage = 95
    assert services.measure_due() == 1
    page.refresh_from_db()
    assert page.paused_until > clock.now()


def test_a_post_somebody_took_down_on_the_page_is_told(cast, client, page, sims):
    row, other = out(cast, page), out(cast, page, key="o" * 20)
    services.measure_due()
    sims[0].state["posts"] = [post for post in sims[0].state["posts"] if post["id"] != row.external_id]
    Delivery.objects.update(measured_at=None)
    assert services.measure_due() == 1  # the other one
    row.refresh_from_db()
    assert (row.gone_at is not None, row.code) == (True, "gone_there")
    assert Notice.objects.filter(user=cast.editor, code="channels.delivery.gone").count() == 1
    other.refresh_from_db()
    assert other.gone_at is None
    client.force_login(cast.editor)
    assert "Đã gỡ khỏi kênh" in client.get(reverse("channels:delivery", args=[row.pk])).content.decode()


def test_a_token_that_died_is_found_and_told(cast, page, sims):
    out(cast, page)
    sims[0].state["dead"]["demo-page-token"] = 460
    services.measure_due()
    page.refresh_from_db()
    assert page.health == Health.BROKEN


def test_zalo_tells_views_and_shares_and_nothing_else(cast, sims):
    oa = zalo_account(cast.so)
    row = out(cast, oa, pictures=1)
    older(sims[1], 40)
    assert services.measure_due() == 1
    assert set(numbers(row)) == {"views", "shares"}
    assert numbers(row)["views"] > 0


def test_an_article_somebody_removed_at_zalo_is_told_and_a_hidden_one_is_not(cast, sims):
    oa = zalo_account(cast.so)
    removed, hidden, stays = (out(cast, oa, key=key * 20, pictures=1) for key in "abc")
    older(sims[1], 30)
    services.measure_due()
    articles = sims[1].state["articles"]
    articles[:] = [row for row in articles if row["id"] != removed.external_id]
    unlisted = next(row for row in articles if row["id"] == hidden.external_id)
    unlisted["unlisted"] = True
    Delivery.objects.update(measured_at=None)
    sims[1].faults.only, sims[1].faults.script = "getdetail", ["html", "html", "html"]
    services.measure_due()
    assert not Delivery.objects.filter(gone_at__isnull=False).exists()  # no answer is no word of it
    sims[1].faults.script = []
    ChannelAccount.objects.update(paused_until=None)
    Delivery.objects.update(measured_at=None)
    services.measure_due()
    for row in (removed, hidden, stays):
        row.refresh_from_db()
    assert (removed.gone_at is not None, removed.code) == (True, "gone_there")
    assert (hidden.gone_at, stays.gone_at) == (None, None)
    assert Notice.objects.filter(user=cast.editor, code="channels.delivery.gone").count() == 1


def test_how_often_a_post_is_asked_about():
    ages = [dt.timedelta(hours=3), dt.timedelta(days=3), dt.timedelta(days=20), dt.timedelta(days=31)]
    assert [ask_again(age) for age in ages] == [dt.timedelta(hours=n) for n in (1, 6, 24)] + [None]


def test_the_days_are_kept_and_shown(cast, client, page, sims):
    now = clock.now()
    with at(sims, now):
        row = out(cast, page)
    for day in range(1, 5):
        with at(sims, now + dt.timedelta(days=day)):
            Delivery.objects.update(measured_at=None)
            services.measure_due()
    grown = list(MeasureDay.objects.filter(name="reach").order_by("day").values_list("value", flat=True))
    assert len(grown) == 4
    assert grown == sorted(set(grown))  # more every day
    client.force_login(cast.editor)
    shown = client.get(reverse("channels:delivery", args=[row.pk])).content.decode()
    assert "Người xem tăng theo ngày" in shown
    Measure.objects.filter(name="reach").update(value=None, code="metric_gone")
    assert "kênh không còn cho biết" in client.get(reverse("channels:delivery", args=[row.pk])).content.decode()


def test_the_page_of_a_post_costs_the_same_for_few_and_many_numbers(cast, client, page, sims):
    row = out(cast, page)
    client.force_login(cast.editor)
    client.get(reverse("channels:delivery", args=[row.pk]))

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("channels:delivery", args=[row.pk]))
        return len(captured)

    none = queries()
    services.measure_due()
    for day in range(40):
        MeasureDay.objects.create(
            delivery=row, name="views", day=clock.today() - dt.timedelta(days=day), value=100 - day
        )
    assert queries() == none
