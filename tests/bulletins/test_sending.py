"""The engine against a mail server: every letter once, every outcome in the ledger, and the sum always right."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import os

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Count

from loa.audit.models import LogEntry
from loa.bulletins import services, tokens
from loa.bulletins.engine import journal as journals
from loa.bulletins.engine import run
from loa.bulletins.models import Bulletin, Delivery, Subscription, Suppression
from loa.bulletins.rules import Letter, State, Why
from loa.bulletins.sim.server import Faults
from loa.bulletins.tests.factories import approved, fill
from loa.core import clock
from loa.core.errors import Conflict, NotFound, Refused

pytestmark = pytest.mark.django_db(transaction=True)


def sums(bulletin: Bulletin) -> dict[str, int]:
    """The ledger counted row by row; checked against the counters of the bulletin on the way."""
    bulletin.refresh_from_db()
    rows = dict(Delivery.objects.filter(bulletin=bulletin).values_list("state").annotate(n=Count("pk")))
    waiting = rows.get("waiting", 0) + rows.get("claimed", 0)
    counted = (rows.get("sent", 0), rows.get("failed", 0), rows.get("skipped", 0), waiting)
    assert counted == (bulletin.sent, bulletin.failed, bulletin.skipped, bulletin.waiting)
    assert sum(counted) == bulletin.intended
    return rows


def send_all(bulletin: Bulletin, *, hours: int = 12) -> None:
    """Send, and come back as often as something waits for another try."""
    services.start_due()
    for step in range(hours * 6):
        with clock.frozen(clock.now() + dt.timedelta(minutes=10 * step)):
            run.recover()
            run.send_for(60)
            sums(bulletin)
        if bulletin.state != State.SENDING:
            break


def test_everybody_gets_one_letter_with_their_own_links(town, smtp):
    running = smtp()
    people = fill(town.list, 45)
    bulletin = approved(town, town.list)
    send_all(bulletin)
    assert bulletin.state == State.SENT
    assert (bulletin.intended, bulletin.sent) == (45, 45)
    assert (running.sink.total, running.sink.doubled) == (45, 0)
    assert running.sink.counts["connections"] == 1
    letter = running.sink.letters[1]
    message = email.message_from_bytes(letter.data, policy=email.policy.default)
    row = people[0]
    assert letter.recipients == [row.subscriber.email]
    delivery = Delivery.objects.get(subscription=row)
    assert message["Message-ID"] == tokens.message_id(delivery.pk)
    assert tokens.letter_of(str(message["Message-ID"])) == delivery.pk
    leave = f"https://songlam.example/nhan-tin/huy/{tokens.token('leave', row.pk)}/"
    assert message["List-Unsubscribe"] == f"<{leave}>"
    assert b"\r\nList-Unsubscribe: <" + leave.encode() + b">\r\n" in letter.data  # one physical line
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = message.get_body(("html",)).get_content()
    text = message.get_body(("plain",)).get_content()
    for body in (html, text):
        assert leave in body
        assert "Chuyến xe sách số 1 lên Sơn Thượng" in body
        assert f"https://songlam.example/nhan-tin/tuy-chon/{tokens.token('prefs', row.subscriber_id)}/" in body
        assert "@@" not in body
    assert "<script" not in html
    assert "<link" not in html
    assert message["From"].addresses[0].display_name == "Sở GD&ĐT Sông Lam"
    assert message["Subject"] == bulletin.subject


def test_without_pipelining_the_same(town, smtp):
    running = smtp(pipelining=False)
    fill(town.list, 12)
    bulletin = approved(town, town.list)
    send_all(bulletin)
    assert (bulletin.state, bulletin.sent, running.sink.total) == (State.SENT, 12, 12)


def test_refusals_for_good_take_the_address_off_every_list(town, smtp):
    running = smtp(Faults(permanent=0.3, seed=3))
    people = fill(town.list, 40)
    bulletin = approved(town, town.list)
    dead = [row for row in people if running.sink.dead(row.subscriber.email)]
    assert 5 < len(dead) < 20
    send_all(bulletin)
    assert bulletin.state == State.SENT  # fewer than fifty outcomes are not judged
    assert (bulletin.sent, bulletin.failed) == (40 - len(dead), len(dead))
    failed = Delivery.objects.filter(bulletin=bulletin, state=Letter.FAILED)
    assert set(failed.values_list("subscription_id", flat=True)) == {row.pk for row in dead}
    assert set(failed.values_list("why", "code")) == {(Why.REFUSED, 550)}
    assert Suppression.objects.filter(reason="bounce").count() == len(dead)
    assert town.list.subscriptions.filter(state="bounced").count() == len(dead)


def test_temporary_refusals_are_tried_again_later(town, smtp):
    running = smtp(Faults(greylist=True))
    fill(town.list, 10)
    bulletin = approved(town, town.list)
    services.start_due()
    run.send_for(60)
    assert sums(bulletin) == {"waiting": 10}
    assert run.send_for(60) == 0  # not before its time
    send_all(bulletin)
    assert (bulletin.state, bulletin.sent) == (State.SENT, 10)
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {2}
    assert running.sink.doubled == 0


def test_who_is_always_put_off_has_failed_in_the_end(town, smtp):
    smtp(Faults(temporary=1.0))
    fill(town.list, 3)
    bulletin = approved(town, town.list)
    send_all(bulletin, hours=24)
    assert sums(bulletin) == {"failed": 3}
    assert set(Delivery.objects.values_list("why", "code", "attempts")) == {(Why.GAVE_UP, 451, 6)}
    assert not Suppression.objects.exists()


def test_a_line_that_breaks_leaves_unknown_letters_and_doubles_none(town, smtp):
    running = smtp(Faults(drop_before=0.05, drop_after=0.05, seed=5))
    fill(town.list, 150)
    bulletin = approved(town, town.list)
    services.start_due()
    for step in range(40):
        with clock.frozen(clock.now() + dt.timedelta(minutes=3 * step)):
            run.send_for(60)
        sums(bulletin)
        if bulletin.state == State.HELD:
            services.bulletin_resume(actor=town.chief, bulletin_id=bulletin.pk)
    dropped = running.sink.counts["dropped_before"] + running.sink.counts["dropped_after"]
    assert dropped > 3
    assert bulletin.state == State.SENT
    assert (bulletin.sent, bulletin.failed) == (150 - dropped, dropped)
    assert Delivery.objects.filter(why=Why.UNKNOWN).count() == dropped
    assert running.sink.doubled == 0
    assert running.sink.total == 150 - running.sink.counts["dropped_before"]
    # A person decides: again. Those that had arrived arrive twice, and the Message-ID shows it.
    running.sink.faults.drop_before = running.sink.faults.drop_after = 0
    twice = running.sink.counts["dropped_after"]
    assert services.unknown_decide(actor=town.chief, bulletin_id=bulletin.pk, again=True) == dropped
    send_all(bulletin)
    assert (bulletin.state, bulletin.sent, running.sink.doubled) == (State.SENT, 150, twice)


def test_taking_the_unknown_as_sent(town, smtp):
    smtp(Faults(drop_after=1.0))
    fill(town.list, 1)
    bulletin = approved(town, town.list)
    send_all(bulletin)
    assert sums(bulletin) == {"failed": 1}
    with pytest.raises(Refused):
        services.unknown_decide(actor=town.editor, bulletin_id=bulletin.pk, again=True)
    assert sums(bulletin) == {"failed": 1}
    services.unknown_decide(actor=town.chief, bulletin_id=bulletin.pk, again=False)
    assert sums(bulletin) == {"sent": 1}


def test_a_server_that_is_away_is_left_alone_for_a_while(town, settings, smtp):
    fill(town.list, 3)
    bulletin = approved(town, town.list)
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 9, False
    services.start_due()
    assert run.send_for(60) == 0
    assert sums(bulletin) == {"waiting": 3}
    assert bulletin.state == State.SENDING
    assert bulletin.away == 1
    assert bulletin.note
    assert set(Delivery.objects.values_list("attempts", "state")) == {(0, "waiting")}
    smtp()
    assert run.send_for(60) == 0
    with clock.frozen(clock.now() + dt.timedelta(minutes=2)):
        assert run.send_for(60) == 3
    assert sums(bulletin) == {"sent": 3}
    assert (bulletin.away, bulletin.note) == (0, "")


def test_who_leaves_during_the_run_gets_nothing(town, smtp, monkeypatch):
    running = smtp()
    people = fill(town.list, 60)
    bulletin = approved(town, town.list)
    late, barred, erased = people[50], people[51], people[52]
    ask = run._ask_again
    asked = []

    def while_running(batch, rows):
        if len(asked) == 1:  # twenty letters are out, forty are held by this process
            services.leave(token=tokens.token("leave", late.pk), how="one_click")
            Suppression.objects.create(fingerprint=barred.subscriber.fingerprint, reason="complaint")
            services.erase(token=tokens.token("prefs", erased.subscriber_id))
        asked.append(len(rows))
        return ask(batch, rows)

    monkeypatch.setattr(run, "_ask_again", while_running)
    send_all(bulletin)
    assert asked == [20, 20, 20]
    got = {letter.recipients[0] for letter in running.sink.letters.values()}
    assert len(got) == 57
    assert not {f"nguoi{n}@thu.example" for n in (51, 52, 53)} & got
    assert sums(bulletin) == {"sent": 57, "skipped": 3}
    assert set(Delivery.objects.filter(state="skipped").values_list("why", flat=True)) == {
        Why.LEFT, Why.SUPPRESSED, Why.ERASED,
    }  # fmt: skip


def test_holding_stops_a_batch_under_way_and_resuming_goes_on(town, smtp, monkeypatch):
    running = smtp()
    fill(town.list, 100)
    bulletin = approved(town, town.list)
    ask = run._ask_again
    asked = []

    def while_running(batch, rows):
        asked.append(1)
        if len(asked) == 3:
            services.bulletin_hold(actor=town.chief, bulletin_id=bulletin.pk)
        return ask(batch, rows)

    monkeypatch.setattr(run, "_ask_again", while_running)
    services.start_due()
    run.send_for(60)
    assert sums(bulletin) == {"sent": 40, "waiting": 60}
    assert bulletin.state == State.HELD
    assert run.send_for(60) == 0
    services.bulletin_resume(actor=town.chief, bulletin_id=bulletin.pk)
    send_all(bulletin)
    assert sums(bulletin) == {"sent": 100}
    assert (running.sink.total, running.sink.doubled) == (100, 0)


def test_cancelling_under_way_skips_the_rest(town, smtp, monkeypatch):
    running = smtp()
    fill(town.list, 250)
    bulletin = approved(town, town.list)
    ask = run._ask_again
    asked = []

    def while_running(batch, rows):
        asked.append(1)
        if len(asked) == 2:
            services.bulletin_cancel(actor=town.chief, bulletin_id=bulletin.pk)
        return ask(batch, rows)

    monkeypatch.setattr(run, "_ask_again", while_running)
    services.start_due()
    run.send_for(60)
    assert sums(bulletin) == {"sent": 20, "skipped": 230}
    assert bulletin.state == State.CANCELLED
    assert running.sink.total == 20
    with pytest.raises(Conflict):
        services.bulletin_resume(actor=town.chief, bulletin_id=bulletin.pk)


def test_sending_stops_by_itself_when_too_much_fails(town, smtp):
    smtp(Faults(permanent=0.4, seed=2))
    fill(town.list, 400)
    bulletin = approved(town, town.list)
    services.start_due()
    run.send_for(60)
    rows = sums(bulletin)
    assert bulletin.state == State.HELD
    assert "10%" in bulletin.note
    assert rows["waiting"] == 200  # one batch
    assert town.chief.notices.filter(code="bulletins.stopped").count() == 1
    services.bulletin_resume(actor=town.chief, bulletin_id=bulletin.pk)
    run.send_for(60)
    sums(bulletin)
    # Judged anew from the resume, and as many fail as before.
    assert bulletin.state in (State.HELD, State.SENT)
    assert bulletin.waiting == 0


def test_a_killed_process_is_settled_from_its_journal(town, smtp, tmp_path):
    """Ten letters of a batch: four answered, one handed over without an answer, five never begun."""
    running = smtp()
    fill(town.list, 10)
    bulletin = approved(town, town.list)
    services.start_due()
    batch = run.claim(bulletin)
    assert batch is not None
    letters = [row.letter for row in batch.rows]
    for letter in letters[:4]:
        batch.journal.started(letter)
        batch.journal.answered(letter, 250, "2.0.0 OK")
    batch.journal.started(letters[4])
    os.write(batch.journal._file, b"R %d 25" % letters[4])  # torn in the middle of the line
    assert run.recover() == 0  # its writer lives
    assert sums(bulletin) == {"claimed": 10}
    batch.journal.abandon()
    assert run.recover() == 10
    assert sums(bulletin) == {"sent": 4, "failed": 1, "waiting": 5}
    assert Delivery.objects.get(pk=letters[4]).why == Why.UNKNOWN
    assert not list(journals.folder().iterdir())
    send_all(bulletin)
    assert sums(bulletin) == {"sent": 9, "failed": 1}
    assert running.sink.total == 5


def test_a_batch_of_a_machine_that_is_gone_is_unknown_and_only_after_its_lease(town, smtp):
    smtp()
    fill(town.list, 4)
    bulletin = approved(town, town.list)
    services.start_due()
    batch = run.claim(bulletin)
    batch.journal.close()  # no journal on this machine
    assert run.recover() == 0
    with clock.frozen(clock.now() + run.lease_time() + run.GRACE + dt.timedelta(seconds=5)):
        assert run.recover() == 4
    assert sums(bulletin) == {"failed": 4}
    assert set(Delivery.objects.values_list("why", flat=True)) == {Why.UNKNOWN}


def test_a_lost_lease_settles_nothing(town, smtp):
    smtp()
    fill(town.list, 4)
    bulletin = approved(town, town.list)
    services.start_due()
    batch = run.claim(bulletin)
    Delivery.objects.filter(lease=batch.lease).update(lease="someone-else")
    line = run.Line()
    run.send_batch(batch, line)
    line.close()
    assert batch.lost
    assert sums(bulletin) == {"claimed": 4}


def test_two_claims_never_hold_the_same_letter(town):
    fill(town.list, 30)
    bulletin = approved(town, town.list)
    services.start_due()
    one, two = run.claim(bulletin, 20), run.claim(bulletin, 20)
    assert len({row.letter for row in one.rows} | {row.letter for row in two.rows}) == 30
    assert run.claim(bulletin, 20) is None
    for batch in (one, two):
        batch.journal.close()


def test_the_sum_cannot_be_wrong(town):
    fill(town.list, 3)
    bulletin = approved(town, town.list)
    services.start_due()
    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin.objects.filter(pk=bulletin.pk).update(sent=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin.objects.filter(pk=bulletin.pk).update(state=State.SENT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin.objects.filter(pk=bulletin.pk).update(approved_by=None)


def test_it_starts_at_its_hour_once_and_with_who_is_on_the_list_then(town, smtp):
    smtp()
    people = fill(town.list, 3)
    at = clock.now() + dt.timedelta(hours=2)
    bulletin = approved(town, town.list, at=at)
    assert services.start_due() == 0
    services.leave(token=tokens.token("leave", people[0].pk))
    with clock.frozen(at + dt.timedelta(seconds=1)):
        assert services.start_due() == 1
        assert services.start_due() == 0
    assert sums(bulletin) == {"waiting": 2}
    assert LogEntry.objects.filter(action="bulletins.started").count() == 1


def test_an_empty_list_is_sent_at_once(town):
    bulletin = approved(town, town.list)
    services.start_due()
    bulletin.refresh_from_db()
    assert (bulletin.state, bulletin.intended) == (State.SENT, 0)


def test_bounces_correct_the_ledger_once(town, smtp):
    smtp()
    people = fill(town.list, 3)
    bulletin = approved(town, town.list)
    send_all(bulletin)
    letter = Delivery.objects.get(subscription=people[0])
    assert services.letter_bounced(letter=letter.pk, code="4.2.2", text="full") == "noted"
    assert services.letter_bounced(letter=letter.pk, code="5.1.1", text="no such user") == "counted"
    assert services.letter_bounced(letter=letter.pk, code="5.1.1", text="no such user") == "noted"
    assert services.letter_bounced(letter=10**9, code="5.1.1", text="") == "unknown"
    assert sums(bulletin) == {"sent": 2, "failed": 1}
    people[0].refresh_from_db()
    assert people[0].state == "bounced"
    other = Delivery.objects.get(subscription=people[1])
    assert services.letter_bounced(letter=other.pk, code="", text="", complaint=True) == "counted"
    people[1].refresh_from_db()
    assert (people[1].state, people[1].ended_how) == ("left", "complaint")
    assert Suppression.objects.filter(reason="complaint").count() == 1


def test_who_may_steer(town, smtp):
    fill(town.list, 3)
    bulletin = approved(town, town.list)
    services.start_due()
    for person, error in ((town.outsider_lead, NotFound), (town.owner, NotFound), (town.editor, Refused)):
        for deed in (services.bulletin_hold, services.bulletin_cancel):
            with pytest.raises(error):
                deed(actor=person, bulletin_id=bulletin.pk)
    bulletin.refresh_from_db()
    assert bulletin.state == State.SENDING
    assert Subscription.objects.filter(state="active").count() == 3
