"""A small demo is built by the real services, and holds what a newcomer should find."""

from __future__ import annotations

import json
import socket
from collections import Counter

import pytest

from loa.accounts.models import Notice, User
from loa.bulletins.models import Bulletin
from loa.channels import sending
from loa.channels.facebook.sim import FacebookSim
from loa.channels.models import Delivery
from loa.channels.youtube.sim import YouTubeSim
from loa.core import clock, fts
from loa.demo.build import build
from loa.demo.people import PASSWORD, PERSONAS, login_lines
from loa.demo.start import building
from loa.feedback.models import Remark, Thread
from loa.incidents.models import Incident
from loa.lib.learn.store import Store
from loa.listening.models import Case, Correction, Item, Source, Theme
from loa.newsroom.models import Story
from loa.newsroom.rules import Stage
from loa.org.models import Membership, Unit
from loa.plans.models import Plan
from loa.plans.rules import PlanStatus
from loa.portal.models import Comment
from loa.reminders.models import Preference
from loa.reporting.models import Evidence, Report
from loa.reporting.selectors.board import board


@pytest.fixture
def models(tmp_path, monkeypatch):
    """Models of the demo stay with it: none answers in another test."""
    found = Store(tmp_path / "models", b"key")
    for room in ("services.learning", "services.analysis", "selectors"):
        monkeypatch.setattr(f"loa.listening.{room}.installed_store", lambda: found)
    return found


@pytest.fixture
def demo(db, settings, tmp_path, models):
    settings.DATA_DIR = tmp_path
    here = {"facebook": _free_port(), "zalo": _free_port()}
    settings.LOA_CHANNEL_URLS = {
        **settings.LOA_CHANNEL_URLS,
        **{name: f"http://127.0.0.1:{port}" for name, port in here.items()},
    }
    sending.door.cache_clear()
    said: list[str] = []
    build(units=60, stories=25, say=said.append)
    assert not building().exists()
    yield said
    sending.door.cache_clear()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def test_the_demo_shows_every_part_of_the_loop_and_lets_everybody_in(demo, client, tmp_path, models):
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
    # Below one article at least; in the usual demo, with its 300 stories, below three.
    assert {"shown", "hidden", "waiting"} <= set(Comment.objects.values_list("state", flat=True))
    below = Comment.objects.select_related("story")[0].story
    assert "y-kien/gui/" in client.get(f"/tin/{below.slug}-{below.pk}/").content.decode()
    assert fts.search(shown.title, kinds=["public_story"]).hits
    assert client.get("/").status_code == 200
    # What Loa says it posted stands on the stand-ins' pages, where its links lead.
    facebook, zalo = (
        json.loads((tmp_path / "sim" / name / "state.json").read_text()) for name in ("facebook", "zalo")
    )
    there = {post["id"] for post in facebook["posts"]} | {row["id"] for row in zalo["articles"]}
    out = Delivery.objects.filter(intent="publish", status="sent", account__kind__in=("facebook", "zalo"))
    assert out.filter(account__kind="zalo").exists()
    assert out.filter(post__key__startswith="demo-old-").exists()
    assert set(out.values_list("external_id", flat=True)) <= there
    page = FacebookSim(folder=tmp_path / "sim" / "facebook").feed()
    for link in out.filter(account__kind="facebook").values_list("permalink", flat=True):
        assert f'id="{link.partition("#")[2]}"' in page
    tube = YouTubeSim(folder=tmp_path / "sim" / "youtube")
    below_films = Remark.objects.filter(account__kind="youtube").exclude(side="note")
    assert set(below_films.values_list("external_id", flat=True)) == {row["id"] for row in tube.said}
    assert {"open", "done"} <= set(Thread.objects.filter(account__kind="youtube").values_list("state", flat=True))
    _what_is_heard_shows_every_part_of_listening(so)
    _what_was_learnt_is_in_use_and_says_from_what(models)
    # Asked of the same demo: it takes most of a minute to build.
    _everybody_who_is_printed_can_log_in(client)


def _what_is_heard_shows_every_part_of_listening(so):
    sources = Source.objects.filter(unit=so, kind__in=("feed", "sitemap", "page"))
    assert sources.count() == 5
    assert all(source.usual_gap and source.fetches.count() == 24 for source in sources)
    assert not sources.filter(next_at__isnull=False).exists()  # no worker is sent to addresses that lead nowhere
    assert Source.objects.get(unit=so, kind="youtube").next_at is not None  # but to the stand-in for YouTube
    silent = sources.get(silent_since__isnull=False)
    assert Notice.objects.filter(code="listening.source_silent", data__name=silent.name).exists()
    press = Item.objects.filter(source__in=sources)
    assert press.exists()
    assert not press.filter(text="").exists()
    assert not press.filter(url__contains="demo.example").exists()
    assert Item.objects.filter(harm="offensive").exists()
    assert Correction.objects.filter(field="tone").count() == 90
    assert Correction.objects.filter(field="relevant", now=False).exists()
    assert Theme.objects.filter(plan_topic__isnull=False).exists()
    assert Incident.objects.filter(case__isnull=False).exists()
    # a case holds what different papers wrote, not one headline again and again
    for case in Case.objects.filter(size__gte=4):
        titles = Counter(case.items.exclude(title="").values_list("title", flat=True))
        assert not titles or max(titles.values()) <= 2, case.title


def _what_was_learnt_is_in_use_and_says_from_what(models):
    [kept] = models.all("relevant")
    about = kept.model.about
    assert kept.live
    assert about["licence"] == "mẫu dựng cho bản dùng thử"
    assert about["comparison"]["better"]
    assert about["comparison"]["before"] == 0
    assert models.all("sentiment") == []


def _everybody_who_is_printed_can_log_in(client):
    lines = login_lines(demo=True)
    assert PASSWORD in lines[0]
    for persona in PERSONAS:
        assert any(persona.username in line for line in lines)
        person = User.objects.get(username=persona.username)
        assert person.check_password(PASSWORD)
        client.force_login(person)
        assert client.get("/lam-viec/").status_code == 200, persona.username


def test_a_demo_that_was_broken_off_is_known_by_its_mark(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path

    def broken_off(text):
        if "đơn vị, tài khoản" in text:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(units=60, stories=5, say=broken_off)
    assert Unit.objects.exists()
    assert building().exists()
