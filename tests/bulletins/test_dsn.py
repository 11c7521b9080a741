"""Reports as mail servers write them: Postfix, Exim, Exchange, a complaint; and mails that only look like them."""

from __future__ import annotations

import imaplib
import io
import mailbox
import runpy
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from config import schedule
from loa.bulletins import dsn, services, tasks, tokens
from loa.bulletins.models import Delivery
from loa.bulletins.sim.server import Faults
from loa.bulletins.tests.factories import approved, fill
from tests.bulletins.test_sending import send_all, sums


def named(letter: int = 12) -> str:
    return tokens.message_id(letter).strip("<>")


def postfix(
    message_id: str, *, status: str = "5.1.1", action: str = "failed", to: str = "ban-tin@songlam.example"
) -> bytes:
    return f"""Return-Path: <>
Date: Mon, 30 Nov 2026 08:01:02 +0700 (+07)
From: MAILER-DAEMON@mx.songlam.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4C1F12003.1764464462/mx.songlam.example"

--4C1F12003.1764464462/mx.songlam.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.songlam.example.

<lan@truong.edu.vn>: host mail.truong.edu.vn[203.0.113.7] said: 550 {status}
    <lan@truong.edu.vn>: Recipient address rejected (in reply to RCPT TO command)

--4C1F12003.1764464462/mx.songlam.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.songlam.example
X-Postfix-Queue-ID: 4C1F12003
Arrival-Date: Mon, 30 Nov 2026 08:01:01 +0700 (+07)

Final-Recipient: rfc822; lan@truong.edu.vn
Original-Recipient: rfc822;lan@truong.edu.vn
Action: {action}
Status: {status}
Remote-MTA: dns; mail.truong.edu.vn
Diagnostic-Code: smtp; 550 {status} <lan@truong.edu.vn>: Recipient address
    rejected: User unknown

--4C1F12003.1764464462/mx.songlam.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Received: from loa (localhost [127.0.0.1])
From: "Loa" <ban-tin@songlam.example>
To: <lan@truong.edu.vn>
Message-ID: <{message_id}>

--4C1F12003.1764464462/mx.songlam.example--
""".replace("\n", "\r\n").encode()


def exim(message_id: str) -> bytes:
    return f"""Return-path: <>
From: Mail Delivery System <Mailer-Daemon@mail.example.net>
To: ban-tin@songlam.example
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1abc-0001@mail.example.net>

This message was created automatically by mail delivery software.

  hung@truong.edu.vn
    host mx.truong.edu.vn [203.0.113.9]
    SMTP error from remote mail server after RCPT TO:<hung@truong.edu.vn>:
    550 5.1.1 The email account that you tried to reach does not exist.

------ This is a copy of the message, including all the headers. ------

Message-ID: <{message_id}>
Subject: Ban tin tuan
""".encode()


def complaint(message_id: str) -> bytes:
    return f"""From: feedback@mail.example
To: fbl@songlam.example
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an email abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Mail/1.0
Version: 1

--b
Content-Type: message/rfc822

Message-ID: <{message_id}>
Subject: Ban tin

x
--b--
""".encode()


def test_reports_of_real_shape():
    found = dsn.read(postfix(named()))
    assert found == dsn.Report(12, "5.1.1", found.text)
    assert "User unknown" in found.text
    assert dsn.read(exim(named(7))) == dsn.Report(7, "5.1.1", "")
    assert dsn.read(complaint(named(9))) == dsn.Report(9, "", "", complaint=True)
    assert dsn.read(postfix(named(), status="4.2.2", action="delayed")).code == "4.2.2"
    # Only the address it came back to names the letter (the quoted headers were cut off).
    box = f"bounce+thu-tin.{tokens.token('letter', 31)}@songlam.example"
    assert dsn.read(postfix("something@else", to=box)).letter == 31


def test_what_is_no_report_or_names_no_letter_of_ours():
    good = named()
    forged = good.replace(good.split("-")[-1][:4], "0000")
    assert dsn.read(postfix(forged)) is None
    assert dsn.read(postfix("thu-tin.12@songlam.example")) is None
    away = "From: Lan <lan@truong.edu.vn>\r\nReturn-Path: <lan@truong.edu.vn>\r\n"
    away += f"In-Reply-To: <{good}>\r\n\r\n550 5.1.1 nghi phep"
    assert dsn.read(away.encode()) is None
    assert dsn.read(b"") is None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 1500))
def test_broken_reports_break_nothing(noise, at):
    whole = postfix(named())
    dsn.read(whole[:at] + noise + whole[at:])
    dsn.read(noise)


@pytest.mark.django_db(transaction=True)
def test_a_folder_of_reports(town, smtp, tmp_path):
    smtp()
    people = fill(town.list, 4)
    bulletin = approved(town, town.list)
    send_all(bulletin)
    pks = [Delivery.objects.get(subscription=row).pk for row in people]
    box = mailbox.Maildir(tmp_path / "box")
    for data in (
        postfix(named(pks[0])),
        postfix(named(pks[0])),
        exim(named(pks[1])),
        complaint(named(pks[2])),
        b"x",
    ):
        box.add(data)
    out = io.StringIO()
    call_command("bulletins", "bounces", str(tmp_path / "box"), stdout=out)
    assert "đã tính: 3; chỉ ghi nhận: 1; không phải thư báo của bản tin: 1" in out.getvalue()
    assert len(mailbox.Maildir(tmp_path / "box")) == 0
    assert sums(bulletin) == {"sent": 2, "failed": 2}
    with mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO(postfix(named(pks[3]), status="5.7.1")))):
        call_command("bulletins", "bounces", stdout=out)
    assert sums(bulletin) == {"sent": 1, "failed": 3}
    states = [type(row).objects.get(pk=row.pk).state for row in people]
    assert states == ["bounced", "bounced", "left", "active"]  # 5.7.1 speaks of us, not of the address


class Box:
    """A mail box by IMAP: what is fetched and marked is told; only what was marked goes at expunging."""

    def __init__(self, mails: list[bytes]) -> None:
        self.mails: dict[bytes, bytes] = {str(number).encode(): data for number, data in enumerate(mails, 1)}
        self.marked: set[bytes] = set()
        self.refuses = False

    def __call__(self, host: str, port: int, timeout: float) -> Box:
        self.asked = (host, port)
        return self

    def __enter__(self) -> Box:
        return self

    def __exit__(self, *_what: object) -> None:
        self.left = True

    def login(self, user: str, password: str) -> None:
        if self.refuses:
            raise imaplib.IMAP4.error("[AUTHENTICATIONFAILED] Invalid credentials")
        self.who = (user, password)

    def select(self, name: str) -> None:
        assert name == "INBOX"

    def search(self, _charset: None, what: str) -> tuple[str, list[bytes]]:
        return "OK", [b" ".join(self.mails)]

    def fetch(self, number: bytes, what: str) -> tuple[str, list[tuple[bytes, bytes]]]:
        return "OK", [(b"%s (RFC822 {1}" % number, self.mails[number])]

    def store(self, number: bytes, _verb: str, flag: str) -> None:
        assert flag == "\\Deleted"
        self.marked.add(number)

    def expunge(self) -> None:
        self.mails = {number: data for number, data in self.mails.items() if number not in self.marked}


@pytest.fixture
def imap(settings, monkeypatch):
    def put(mails: list[bytes]) -> Box:
        box = Box(mails)
        monkeypatch.setattr(imaplib, "IMAP4_SSL", box)
        settings.LOA_BOUNCE_IMAP_HOST, settings.LOA_BOUNCE_IMAP_USER = "imap.songlam.example", "tra-lai"
        settings.LOA_BOUNCE_IMAP_PASSWORD = "hidden"
        return box

    return put


@pytest.mark.django_db(transaction=True)
def test_the_box_is_read_by_the_timetable(town, smtp, imap):
    smtp()
    people = fill(town.list, 3)
    bulletin = approved(town, town.list)
    send_all(bulletin)
    pk = Delivery.objects.get(subscription=people[0]).pk
    box = imap([postfix(named(pk)), b"Nghi phep", postfix(named(pk))])
    tasks.read_returned.func()
    assert (box.asked, box.who) == (("imap.songlam.example", 993), ("tra-lai", "hidden"))
    assert (box.mails, sums(bulletin)) == ({}, {"sent": 2, "failed": 1})
    tasks.read_returned.func()  # an empty box
    assert sums(bulletin) == {"sent": 2, "failed": 1}


@pytest.mark.django_db(transaction=True)
def test_what_was_not_counted_stays_in_the_box(town, imap):
    box = imap([b"x", postfix(named(1)), b"y"])
    with mock.patch.object(services, "letter_bounced", side_effect=RuntimeError), pytest.raises(RuntimeError):
        tasks.read_returned.func()
    assert list(box.mails) == [b"2", b"3"]


def test_a_box_that_refuses_is_said(imap):
    box = imap([])
    box.refuses = True
    with pytest.raises(imaplib.IMAP4.error):
        tasks.read_returned.func()
    with pytest.raises(CommandError, match="Không mở được hộp thư báo lỗi"):
        call_command("bulletins", "bounces", "--imap")


@pytest.mark.parametrize(("host", "stands"), [("", False), ("imap.songlam.example", True)])
def test_the_timetable_reads_a_box_only_where_there_is_one(settings, host, stands):
    settings.LOA_BOUNCE_IMAP_HOST = host
    lines = runpy.run_path(schedule.__file__)["SCHEDULE"]
    assert ("loa.bulletins.tasks.read_returned" in {line.task for line in lines}) == stands


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("box", ["", "tra-lai@songlam.example"])
def test_letters_the_stand_in_took_come_back_as_reports_and_are_counted(town, smtp, tmp_path, settings, box):
    settings.LOA_BULLETIN_BOUNCE = box
    running = smtp(Faults(returned=0.4, seed=3), reports=tmp_path / "box")
    people = fill(town.list, 20)
    bulletin = approved(town, town.list)
    send_all(bulletin)
    assert sums(bulletin) == {"sent": 20}  # every one was taken
    dead = {row.pk for row in people if running.sink.bounces(row.subscriber.email)}
    assert 0 < len(dead) < 20
    assert running.sink.counts["returned"] == len(dead)
    out = io.StringIO()
    call_command("bulletins", "bounces", str(tmp_path / "box"), stdout=out)
    assert f"đã tính: {len(dead)}; chỉ ghi nhận: 0; không phải thư báo của bản tin: 0" in out.getvalue()
    assert sums(bulletin) == {"sent": 20 - len(dead), "failed": len(dead)}
    barred = {row.pk for row in people if type(row).objects.get(pk=row.pk).state == "bounced"}
    assert barred == dead
    if box:
        [first, *_rest] = [letter for letter in running.sink.letters.values() if letter.sender != box]
        assert first.sender.startswith("tra-lai+thu-tin.")
