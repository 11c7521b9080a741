"""A story or a picture is taken back after an issue was approved: it is mailed to nobody any more."""

from __future__ import annotations

import datetime as dt
import email
import email.policy

import pytest
from django.test import Client
from django.urls import reverse

from loa.audit.models import LogEntry
from loa.bulletins import services
from loa.bulletins.engine import run
from loa.bulletins.models import Bulletin, Delivery
from loa.bulletins.rules import Letter, State, Why
from loa.bulletins.tests.factories import approved, fill
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.newsroom import services as newsroom
from loa.portal.tests.factories import make_photo
from tests.bulletins.test_sending import sums

pytestmark = pytest.mark.django_db(transaction=True)
GONE = "Sai số liệu"


def withdraw(town, story):
    newsroom.story_withdraw(actor=town.editor, story_id=story.pk, reason=GONE)


def correct(town, story, **fields):
    story.refresh_from_db()
    given = {"title": story.title, "lead": story.lead, "body": story.body, "genre": story.genre, **fields}
    newsroom.story_correct(
        actor=town.editor, story_id=story.pk, version=story.version, note="Tên trường ghi nhầm.", fields=given
    )


def told(town):
    return town.chief.notices.filter(code="bulletins.overtaken", cancelled_at=None, read_at=None)


def html_of(letter):
    message = email.message_from_bytes(letter.data, policy=email.policy.default)
    return message.get_body(("html",)).get_content()


def monday(town):
    """Approved now for the day after tomorrow."""
    at = clock.now() + dt.timedelta(days=2)
    return approved(town, town.list, at=at), at


def test_a_story_taken_down_before_the_hour_sends_the_issue_back_for_approval(town, smtp):
    running = smtp()
    fill(town.list, 3)
    issue, at = monday(town)
    before = issue.version
    withdraw(town, town.stories[2])
    issue.refresh_from_db()
    assert (issue.state, issue.approved_by, issue.approved_at, issue.html, issue.text) == (
        State.WAITING, None, None, "", "",
    )  # fmt: skip
    assert (issue.send_at, issue.version) == (at, before + 1)
    assert town.stories[2].title in issue.note
    assert GONE in issue.note
    assert told(town).get().data["reason"] == issue.note
    assert LogEntry.objects.filter(action="bulletins.overtaken").count() == 1
    with clock.frozen(at + dt.timedelta(hours=1)):
        assert services.start_due() == 0
        assert run.send_for(1) == 0
        with pytest.raises(Conflict):  # a page opened before
            services.bulletin_approve(actor=town.chief, bulletin_id=issue.pk, version=before)
        services.bulletin_approve(actor=town.chief, bulletin_id=issue.pk, version=issue.version)
        assert not told(town).exists()
        services.start_due()
        assert run.send_for(5) == 3
    assert sums(issue) == {"sent": 3}
    for letter in running.sink.letters.values():
        assert town.stories[2].title not in html_of(letter)
        assert town.stories[0].title in html_of(letter)


def test_under_way_it_stops_and_an_approver_goes_on_without_it(town, smtp, monkeypatch):
    running = smtp()
    fill(town.list, 100)
    issue = approved(town, town.list)
    ask, asked = run._ask_again, []

    def while_running(batch, rows):
        asked.append(1)
        if len(asked) == 3:
            withdraw(town, town.stories[2])
        return ask(batch, rows)

    monkeypatch.setattr(run, "_ask_again", while_running)
    services.start_due()
    run.send_for(20)
    assert sums(issue) == {"sent": 40, "waiting": 60}
    assert issue.state == State.HELD
    assert GONE in issue.note
    assert told(town).count() == 1
    assert run.send_for(1) == 0
    frozen = issue.html
    for person in (town.office, town.editor):  # one manages lists, one wrote it: neither approves
        with pytest.raises(Refused):
            services.bulletin_resume(actor=person, bulletin_id=issue.pk)
    issue.refresh_from_db()
    assert (issue.state, issue.html, issue.overtaken) == (State.HELD, frozen, True)
    services.bulletin_resume(actor=town.chief, bulletin_id=issue.pk)
    run.send_for(20)
    assert sums(issue) == {"sent": 100}
    assert (issue.state, issue.overtaken) == (State.SENT, False)
    assert (running.sink.total, running.sink.doubled) == (100, 0)
    with_it = [letter for letter in running.sink.letters.values() if town.stories[2].title in html_of(letter)]
    assert len(with_it) == 40
    assert not told(town).exists()


def test_gone_on_with_before_a_worker_asks_again_nobody_gets_the_letter_of_before(town, smtp, monkeypatch):
    running = smtp()
    fill(town.list, 100)
    issue = approved(town, town.list)
    ask, asked = run._ask_again, []

    def while_running(batch, rows):
        asked.append(1)
        if len(asked) == 3:
            withdraw(town, town.stories[2])
            services.bulletin_resume(actor=town.chief, bulletin_id=issue.pk)
        return ask(batch, rows)

    monkeypatch.setattr(run, "_ask_again", while_running)
    services.start_due()
    run.send_for(20)
    assert sums(issue) == {"sent": 100}
    assert (running.sink.total, running.sink.doubled) == (100, 0)
    with_it = [letter for letter in running.sink.letters.values() if town.stories[2].title in html_of(letter)]
    assert len(with_it) == 40


def test_when_nothing_is_left_to_tell_the_rest_can_only_be_cancelled(town, smtp):
    smtp()
    fill(town.list, 2)
    issue = approved(town, town.list)
    services.start_due()
    for story in town.stories:
        withdraw(town, story)
    with pytest.raises(InvalidInput):
        services.bulletin_resume(actor=town.chief, bulletin_id=issue.pk)
    assert sums(issue) == {"waiting": 2}
    assert issue.state == State.HELD
    assert len(issue.note.splitlines()) == 3
    assert told(town).count() == 1
    services.bulletin_cancel(actor=town.chief, bulletin_id=issue.pk)
    assert sums(issue) == {"skipped": 2}
    assert not told(town).exists()


def test_one_that_a_person_holds_is_not_gone_on_with_as_it_was(town):
    fill(town.list, 2)
    issue = approved(town, town.list)
    services.start_due()
    services.bulletin_hold(actor=town.office, bulletin_id=issue.pk)
    withdraw(town, town.stories[2])
    with pytest.raises(Refused):
        services.bulletin_resume(actor=town.office, bulletin_id=issue.pk)
    services.bulletin_resume(actor=town.chief, bulletin_id=issue.pk)
    issue.refresh_from_db()
    assert issue.state == State.SENDING
    assert town.stories[2].title not in issue.html


@pytest.mark.parametrize("printed", [True, False])
def test_consent_taken_back_matters_where_the_letter_shows_the_picture(town, printed):
    photo = make_photo(town.stories[2])
    other = make_photo(town.stories[2], after=1)
    issue, _at = monday(town)
    assert photo.alt in issue.html
    assert other.alt not in issue.html
    gone = photo if printed else other
    newsroom.photo_consent(actor=town.editor, photo_id=gone.pk, consent="refused", note="Phụ huynh đề nghị")
    issue.refresh_from_db()
    assert issue.state == (State.WAITING if printed else State.SCHEDULED)
    assert told(town).count() == printed
    assert ("sự đồng ý" in issue.note) is printed


@pytest.mark.parametrize(
    ("fields", "state"), [({"title": "Câu lạc bộ thiên văn"}, State.WAITING), ({}, State.SCHEDULED)]
)
def test_a_correction_matters_where_the_letter_prints_it(town, fields, state):
    issue, _at = monday(town)
    correct(town, town.stories[2], body="<p>Chữ khác trong bài.</p>", **fields)
    issue.refresh_from_db()
    assert issue.state == state
    assert told(town).count() == (state == State.WAITING)


def test_what_waits_for_approval_is_looked_at_again(town):
    issue = services.bulletin_create(
        actor=town.editor, list_id=town.list.pk, first=clock.today() - dt.timedelta(days=30), last=clock.today()
    )
    services.bulletin_submit(actor=town.editor, bulletin_id=issue.pk)
    withdraw(town, town.stories[2])
    with pytest.raises(Conflict):
        services.bulletin_approve(actor=town.chief, bulletin_id=issue.pk, version=issue.version)
    issue.refresh_from_db()
    assert (issue.state, issue.html) == (State.WAITING, "")


def test_unknown_letters_of_a_sent_issue_are_not_sent_again_as_they_were(town):
    fill(town.list, 1)
    issue = approved(town, town.list)
    services.start_due()
    Delivery.objects.update(state=Letter.FAILED, why=Why.UNKNOWN)
    Bulletin.objects.update(state=State.SENT, waiting=0, failed=1)
    withdraw(town, town.stories[2])
    services.unknown_decide(actor=town.chief, bulletin_id=issue.pk, again=True)
    assert sums(issue) == {"waiting": 1}
    assert issue.state == State.HELD
    assert issue.note
    services.bulletin_resume(actor=town.chief, bulletin_id=issue.pk)
    issue.refresh_from_db()
    assert town.stories[2].title not in issue.html


def test_other_issues_and_drafts_are_left_alone(town):
    issue, _at = monday(town)
    issue.items.filter(story=town.stories[2]).delete()
    draft = services.bulletin_create(
        actor=town.editor, list_id=town.list.pk, first=clock.today() - dt.timedelta(days=30), last=clock.today()
    )
    withdraw(town, town.stories[2])
    issue.refresh_from_db()
    draft.refresh_from_db()
    assert (issue.state, draft.state, draft.version) == (State.SCHEDULED, State.DRAFT, 0)
    assert not LogEntry.objects.filter(action="bulletins.overtaken").exists()


def test_the_screens_say_why_and_what_to_do(town, client: Client):
    fill(town.list, 3)
    issue, at = monday(town)
    url = reverse("bulletins:bulletin", args=[issue.pk])
    withdraw(town, town.stories[2])
    client.force_login(town.chief)
    body = client.get(url).content.decode()
    for words in ("Cần duyệt lại", GONE, "chưa gửi cho ai", f"{clock.local(at):%Y-%m-%dT%H:%M}"):
        assert words in body
    issue.refresh_from_db()
    services.bulletin_approve(actor=town.chief, bulletin_id=issue.pk, version=issue.version)
    services.start_due()
    withdraw(town, town.stories[1])
    body = client.get(url).content.decode()
    assert "Duyệt bản mới, gửi tiếp 3 thư" in body
    letter = client.get(reverse("bulletins:letter", args=[issue.pk])).content.decode()
    assert town.stories[1].title not in letter
    assert town.stories[0].title in letter
    client.force_login(town.office)
    body = client.get(url).content.decode()
    assert "Duyệt bản mới" not in body
    assert "cần người duyệt quyết định" in body
