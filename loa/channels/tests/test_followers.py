"""Who follows a page: a number a day, as the channel tells it; what is not told breaks nothing and is not 0."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.channels import selectors, services
from loa.channels.models import FollowerDay, Health
from loa.channels.tests.factories import facebook_account, simulators, zalo_account
from loa.core import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def sims(settings):
    with simulators(settings) as both:
        yield both


def test_a_check_keeps_one_number_a_day(cast, sims):
    page = facebook_account(cast.so)
    start = clock.now()
    for day, count in ((0, 100), (0, 101), (1, 105), (3, 103)):
        sims[0].followers = count
        with clock.frozen(start + dt.timedelta(days=day)):
            services.account_check(account=page)
            told = selectors.follower_days(page)
    assert [count for _day, count in told] == [101, 105, 103]
    page.refresh_from_db()
    assert page.facts["followers"] == 103


def test_a_number_that_is_not_told_breaks_no_check(cast, sims):
    page = facebook_account(cast.so)
    sims[0].faults.script = ["ok", "error"]
    services.account_check(account=page)
    page.refresh_from_db()
    assert page.health == Health.GOOD
    assert not FollowerDay.objects.exists()
    sims[0].followers = None
    services.account_check(account=page)
    assert not FollowerDay.objects.exists()


def test_an_oa_tells_too(cast, sims):
    oa = zalo_account(cast.so)
    services.account_check(account=oa)
    assert [count for _day, count in selectors.follower_days(oa)] == [12_480]


def test_the_page_of_an_account_shows_them_from_the_third_day_at_the_same_cost(cast, client, sims):
    page = facebook_account(cast.so)
    client.force_login(cast.chief)
    url = reverse("channels:account", args=[page.pk])
    assert "tăng thêm" not in client.get(url).content.decode()

    def cost():
        with CaptureQueriesContext(connection) as found:
            body = client.get(url).content.decode()
        return len(found), body

    none, _body = cost()
    for day in range(80):
        FollowerDay.objects.create(account=page, day=clock.today() - dt.timedelta(days=day), count=900 - day)
    many, body = cost()
    assert many == none
    assert "Thêm 79 người" in body
    assert "so với mức thấp nhất 821" in body
    FollowerDay.objects.filter(day=clock.today()).update(count=800)
    assert "Bớt 21 người" in cost()[1]
