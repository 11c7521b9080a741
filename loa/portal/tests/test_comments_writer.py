"""A reader's comment is its writer's: taken back, forgotten, found by its code, told of by one letter."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from loa.core import clock
from loa.core.relay import Outcome, Result
from loa.feedback import services as inbox
from loa.portal.comments import letters, services, tasks
from loa.portal.comments.rules import code_of, typed_code
from loa.portal.comments.selectors import by_code
from loa.portal.models import CommentAnswer
from loa.portal.tests.readers import HOST, remark_of, send, settle, shown

pytestmark = pytest.mark.usefixtures("quick")


def test_taken_back_it_is_gone_everywhere(town, story):
    row, code = send(story, email="me@thu.vn")
    inbox.thread_reply(actor=town.editor, thread_id=remark_of(row).thread_id, text="Đã rõ.", turn=0)
    settle()
    assert Client().get(f"/y-kien/{code}/go/", **HOST).status_code == 405
    assert "Cơm trưa" in shown(story)
    assert Client().post(f"/y-kien/{code}/go/", **HOST).status_code == 302
    assert "Cơm trưa" not in shown(story)
    row.refresh_from_db()
    assert (row.state, row.name, row.text, row.mail) == ("taken_back", "", "", "")
    assert not CommentAnswer.objects.exists()
    remark = remark_of(row)
    assert (remark.seen, remark.masked, remark.sealed) == ("taken_back", "", "")
    assert "Ông/bà đã gỡ" in Client().get(f"/y-kien/{code}/", **HOST).content.decode()
    assert Client().post("/y-kien/AAAA-AAAA-AAAA/go/", **HOST).status_code == 404


def test_words_are_forgotten_in_both_places(town, story):
    row, code = send(story)
    inbox.thread_show(actor=town.editor, thread_id=remark_of(row).thread_id, done=True)
    settle()
    with clock.frozen(clock.now() + dt.timedelta(days=181)):
        inbox.forget()
        assert "Cơm trưa" not in shown(story)
    row.refresh_from_db()
    assert (row.state, row.text, row.name) == ("forgotten", "", "")
    assert by_code(code) is None


def test_erased_on_request_in_both_places(town, story):
    row, _code = send(story)
    inbox.thread_show(actor=town.editor, thread_id=remark_of(row).thread_id)
    settle()
    inbox.person_erase(actor=town.chief, thread_id=remark_of(row).thread_id, reason="Gọi điện sáng nay")
    assert "Cơm trưa" not in shown(story)
    row.refresh_from_db()
    assert row.state == "forgotten"


def test_codes_are_typed_leniently():
    code = code_of(bytes(range(32)))
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}", code)
    assert typed_code(code.lower().replace("-", " ")) == code
    for wrong in ("", code[:-1], code + "A", code.replace(code[0], "Đ", 1), "0OIl"):
        assert typed_code(wrong) == ""


def test_find_by_code(town, story):
    _row, code = send(story)
    client = Client()
    good = client.get("/y-kien/", {"q": code.lower()}, **HOST)
    assert (good.status_code, good["Location"]) == (302, f"/y-kien/{code}/")
    assert client.get("/y-kien/", {"q": "AAAA-AAAA-AAAA"}, **HOST).status_code == 404
    assert client.get("/y-kien/", **HOST).status_code == 200


def relayed(monkeypatch, *outcomes):
    """Letters that were handed over, the relay answering `outcomes` in turn."""
    sent, left = [], list(outcomes)

    def hand_over(_relay, message):
        sent.append(message)
        return Result(left.pop(0))

    monkeypatch.setattr(letters.Relay, "send", hand_over)
    return sent


@pytest.mark.parametrize("outcome", [Outcome.SENT, Outcome.UNKNOWN, Outcome.REFUSED])
def test_one_letter_and_the_address_is_gone(town, story, monkeypatch, outcome):
    sent = relayed(monkeypatch, outcome)
    row, code = send(story, email="Me@Thu.vn")
    assert letters.tell_writer(row.pk) is (outcome == Outcome.SENT)
    assert letters.tell_writer(row.pk) is False
    [letter] = sent
    assert letter.to == ["me@thu.vn"]
    assert f"https://songlam.example/y-kien/{code}/" in letter.body
    assert "Cơm trưa" not in letter.body
    row.refresh_from_db()
    assert row.mail == ""


def test_a_letter_that_surely_did_not_go_is_tried_again(town, story, monkeypatch):
    sent = relayed(monkeypatch, Outcome.LATER, Outcome.SENT)
    row, _code = send(story, email="me@thu.vn")
    with pytest.raises(letters.Later):
        letters.tell_writer(row.pk)
    assert letters.tell_writer(row.pk) is True
    assert len(sent) == 2


def test_a_letter_is_asked_for_once_there_is_an_answer(
    town, story, monkeypatch, django_capture_on_commit_callbacks
):
    told = []
    monkeypatch.setattr(tasks, "tell_writer", type("Job", (), {"enqueue": staticmethod(told.append)}))
    row, _code = send(story, email="me@thu.vn")
    thread = remark_of(row).thread
    with django_capture_on_commit_callbacks(execute=True):
        inbox.thread_show(actor=town.editor, thread_id=thread.pk)
        settle()
    assert told == []
    with django_capture_on_commit_callbacks(execute=True):
        inbox.thread_reply(actor=town.editor, thread_id=thread.pk, text="Đã rõ.", turn=0)
        settle()
    assert told == [row.pk]
    with clock.frozen(clock.now() + dt.timedelta(days=61)):
        assert services.tidy() == 1
    row.refresh_from_db()
    assert row.mail == ""
