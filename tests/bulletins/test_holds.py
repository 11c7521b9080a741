"""A hold, for everybody or for a branch: bulletins wait as posts do, nothing is lost or doubled."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from loa.bulletins import selectors, services
from loa.bulletins.engine import run
from loa.bulletins.models import Bulletin, Delivery
from loa.bulletins.rules import State
from loa.bulletins.tests.factories import approved, fill, make_list
from loa.channels import services as channels
from loa.channels.selectors import holds_over
from loa.core import clock

pytestmark = pytest.mark.django_db(transaction=True)


def hold(town, unit=None):
    return channels.hold_begin(actor=town.chief, unit_id=unit and unit.pk, reason="Chờ ý kiến Giám đốc về vụ việc")


def test_under_a_hold_for_all_nothing_starts_and_afterwards_all_goes(town, smtp):
    running = smtp()
    fill(town.list, 3)
    bulletin = approved(town, town.list)
    stop = hold(town)
    with clock.frozen(clock.now() + dt.timedelta(minutes=30)):
        assert services.start_due() == 0
        assert run.send_for(5) == 0
        bulletin.refresh_from_db()
        assert (bulletin.state, running.sink.total, Delivery.objects.count()) == (State.SCHEDULED, 0, 0)
        assert not selectors.overdue().exists()
        channels.hold_end(actor=town.chief, hold_id=stop.pk)
        assert selectors.overdue().get() == bulletin
        assert services.start_due() == 1
        assert run.send_for(5) == 3
    bulletin.refresh_from_db()
    assert (bulletin.state, bulletin.sent, running.sink.total) == (State.SENT, 3, 3)


def test_a_hold_of_a_branch_stops_its_lists_alone(town, smtp):
    smtp()
    own = make_list(town.school, "Tin trường Sơn Thượng")
    fill(own, 1)
    school = Bulletin.objects.create(
        mailing_list=own, subject="Tin trường", period_from=clock.today(), period_to=clock.today(),
        state="scheduled", send_at=clock.now(), approved_by=town.chief, html="<p>Tin</p>", text="Tin",
    )  # fmt: skip
    issue = approved(town, town.list)
    hold(town, town.xa)
    assert services.start_due() == 1
    school.refresh_from_db()
    issue.refresh_from_db()
    assert (school.state, issue.state) == (State.SCHEDULED, State.SENT)
    assert [row.unit for row in holds_over(town.school.pk)] == [town.xa]
    assert holds_over(town.so.pk) == []


def test_a_hold_stops_a_run_under_way_and_lifting_it_goes_on(town, smtp, monkeypatch):
    running = smtp()
    fill(town.list, 100)
    bulletin = approved(town, town.list)
    ask, asked, stops = run._ask_again, [], []

    def while_running(batch, rows):
        asked.append(1)
        if len(asked) == 3:
            stops.append(hold(town, town.so))
        return ask(batch, rows)

    monkeypatch.setattr(run, "_ask_again", while_running)
    services.start_due()
    assert run.send_for(20) == 40
    assert run.send_for(5) == 0
    bulletin.refresh_from_db()
    assert (bulletin.state, bulletin.sent, bulletin.waiting) == (State.SENDING, 40, 60)
    assert set(Delivery.objects.filter(state="waiting").values_list("attempts", "lease")) == {(0, "")}
    channels.hold_end(actor=town.chief, hold_id=stops[0].pk)
    assert run.send_for(20) == 60
    bulletin.refresh_from_db()
    assert (bulletin.state, bulletin.sent) == (State.SENT, 100)
    assert (running.sink.total, running.sink.doubled) == (100, 0)


def test_the_screen_says_who_holds_it_and_what_to_do(town, client: Client):
    fill(town.list, 1)
    bulletin = approved(town, town.list)
    url = reverse("bulletins:bulletin", args=[bulletin.pk])
    client.force_login(town.editor)
    assert "dừng mọi lịch đăng" not in client.get(url).content.decode()
    stop = hold(town)
    body = client.get(url).content.decode()
    assert "Chờ vì đang dừng mọi lịch đăng" in body
    assert "Chờ ý kiến Giám đốc về vụ việc" in body
    assert str(town.chief) in body
    assert "tự gửi" in body
    lifts = reverse("channels:deliveries")
    main = body[body.index("<main") :]
    assert lifts not in main
    client.force_login(town.chief)
    body = client.get(url).content.decode()
    assert lifts in body[body.index("<main") :]
    channels.hold_end(actor=town.chief, hold_id=stop.pk)
    assert "dừng mọi lịch đăng" not in client.get(url).content.decode()
