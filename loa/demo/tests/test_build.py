"""A small demo is built by the real services, and holds what a newcomer should find."""

from __future__ import annotations

import pytest

from loa.accounts.models import Notice, User
from loa.bulletins.models import Bulletin
from loa.core import clock, fts
from loa.demo.build import build
from loa.demo.people import PASSWORD, PERSONAS, login_lines
from loa.newsroom.models import Story
from loa.newsroom.rules import Stage
from loa.org.models import Membership, Unit
from loa.plans.models import Plan
from loa.plans.rules import PlanStatus
from loa.reminders.models import Preference
from loa.reporting.models import Evidence, Report
from loa.reporting.selectors.board import board


@pytest.fixture
def demo(db):
    said: list[str] = []
    build(units=60, stories=25, say=said.append)
    return said


def test_the_demo_shows_every_part_of_the_loop(demo, client):
    so = Unit.objects.get(kind="so")
    issued = Plan.objects.get(status=PlanStatus.ISSUED, parent_plan=None)
    checking = Plan.objects.get(status=PlanStatus.CHECKING)
    assert issued.directives.count() >= 8
    assert 0 < checking.findings.filter(state="confirmed").count() < checking.findings.count()
    assert set(Story.objects.values_list("stage", flat=True)) == set(Stage)
    assert Evidence.objects.filter(kind="story").exists()
    assert Report.objects.filter(status=Report.Status.SUBMITTED).exists()
    assert Notice.objects.filter(code="reminders.digest", user__username="minh").exists()
    assert Preference.objects.count() == Membership.objects.values("user").distinct().count()
    assert not Preference.objects.filter(user__username="anh", by_mail=True).exists()
    result = board(issued, top=so, day=clock.today())
    assert result.late
    assert result.on_track
    shown = Story.objects.filter(live=True, on_main_portal=True).first()
    assert shown is not None
    assert set(Bulletin.objects.values_list("state", flat=True)) == {"sent", "waiting"}
    assert fts.search(shown.title, kinds=["public_story"]).hits
    assert client.get("/").status_code == 200


def test_everybody_who_is_printed_can_log_in(demo, client):
    lines = login_lines(demo=True)
    assert PASSWORD in lines[0]
    for persona in PERSONAS:
        assert any(persona.username in line for line in lines)
        person = User.objects.get(username=persona.username)
        assert person.check_password(PASSWORD)
        client.force_login(person)
        assert client.get("/lam-viec/").status_code == 200, persona.username
