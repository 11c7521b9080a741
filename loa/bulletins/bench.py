"""`loa bench bulletins`: a whole run through the local mail server against a plain loop over smtplib.

Bounded: LOA_BENCH_LETTERS letters (5,000 unless said otherwise); nothing is left behind. The sending process is a
real one; LOA_BENCH_KILLS of them (1) are ended by SIGKILL in the middle, and another goes on. The time of starting
it anew counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import smtplib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

from django.conf import settings
from django.db import transaction

from config.env import env_int
from loa.bulletins import tokens
from loa.bulletins.engine.mail import LEAVE, PREFERENCES
from loa.bulletins.models import Bulletin, Delivery, MailingList, Subscriber, Subscription, Suppression
from loa.bulletins.rules import Letter, State, Why
from loa.bulletins.services.sending import start_due
from loa.bulletins.services.subscribers import consent_text
from loa.bulletins.sim.server import Sink
from loa.core import clock
from loa.org.models import Unit

#: letters of the baseline
PLAIN = 500
FROM = "Loa <ban-tin@loa-bench.example>"


@contextlib.contextmanager
def listening() -> Iterator[tuple[Sink, int]]:
    """The mail server in a thread; Loa's settings point to it meanwhile."""
    sink, loop, ready = Sink(), asyncio.new_event_loop(), threading.Event()
    ports: list[int] = []

    async def begin() -> None:
        ports.append(await sink.start())
        ready.set()

    def serve() -> None:
        asyncio.set_event_loop(loop)
        task = loop.create_task(begin())
        loop.run_forever()
        del task

    threading.Thread(target=serve, daemon=True).start()
    ready.wait(10)
    before = {
        name: getattr(settings, name)
        for name in ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_HOST_USER", "DEFAULT_FROM_EMAIL")
    }
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", ports[0]
    settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = False, ""
    settings.DEFAULT_FROM_EMAIL = FROM
    try:
        yield sink, ports[0]
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
        loop.call_soon_threadsafe(loop.stop)


def run(out: Callable[..., Any]) -> None:
    """Print letters a second, beside the baseline's."""
    unit = Unit.objects.order_by("pk").first()
    if unit is None:
        out("no unit: build the demo first", "–")
        return
    if Bulletin.objects.filter(state=State.SENDING).exists():
        out("a real bulletin is being sent: not measured", "–")
        return
    count, kills = env_int("LOA_BENCH_LETTERS", 5000), env_int("LOA_BENCH_KILLS", 1)
    html = "<p>Tin của trường, kể lại trong vài dòng cho bạn đọc.</p>" * 300 + LEAVE + PREFERENCES
    with listening() as (sink, port):
        plain = _plain(port, html)
        mailing_list, bulletin = _prepare(unit, count, html)
        try:
            start = time.perf_counter()
            start_due()
            begun = time.perf_counter() - start
            made, busy = _send(bulletin, sink, port, count, kills)
            taken = time.perf_counter() - start
            bulletin.refresh_from_db()
            ledger = Delivery.objects.filter(bulletin=bulletin)
            unknown = ledger.filter(state=Letter.FAILED, why=Why.UNKNOWN).count()
            sent = set(ledger.filter(state=Letter.SENT).values_list("pk", flat=True))
            lost = sum(1 for pk in sent if tokens.message_id(pk) not in sink.seen)
        finally:
            _clear(mailing_list)
        arrived = sink.total - PLAIN
        rate = count / taken
        out(f"size: {count} letters of {sink.counts['bytes'] // sink.total // 1024} KB, one process at a time", "")
        out("writing the ledger", f"{begun * 1000:.0f} ms")
        out(
            "letters through the engine, ledger and journal",
            f"{rate:.0f}/s",
            "plain smtplib loop, no ledger",
            f"{plain:.0f}/s",
            f"{rate / plain:.2f} ×",
        )
        out("letters per second of the senders' processor time, starts included", f"{count / busy:.0f}/s")
        out("senders ended by SIGKILL in the middle", made)
        out("in the ledger as sent, and lost", f"{bulletin.sent}, {lost}")
        out("in the ledger as unknown, for a person", unknown)
        out("arrived, and arrived twice", f"{arrived}, {sink.doubled}")
        summed = bulletin.sent + bulletin.failed + bulletin.skipped == bulletin.intended == count
        whole = summed and lost == sink.doubled == 0 and 0 <= arrived - bulletin.sent <= unknown <= made
        out("none lost, none doubled, the ledger adds up", "yes" if whole else "NO")


def _send(bulletin: Bulletin, sink: Sink, port: int, count: int, kills: int) -> tuple[int, float]:
    """Let processes send until all is done: (how many were ended in the middle, seconds of processor time)."""
    environment = {
        **os.environ,
        "LOA_SMTP_HOST": "127.0.0.1",
        "LOA_SMTP_PORT": str(port),
        "LOA_SMTP_TLS": "false",
        "LOA_SMTP_USER": "",
        "LOA_MAIL_FROM": FROM,
        "LOA_DATA_DIR": str(settings.DATA_DIR),
    }
    command = [sys.executable, "-m", "loa.cli", "bulletins", "send", "--until-empty"]
    ends = [PLAIN + count * (number + 1) // (kills + 1) for number in range(kills)]
    made, before = 0, resource.getrusage(resource.RUSAGE_CHILDREN)
    while Bulletin.objects.filter(pk=bulletin.pk, state=State.SENDING).exists():
        child = subprocess.Popen(command, env=environment)  # noqa: S603 - ourselves
        try:
            while child.poll() is None:
                time.sleep(0.05)
                if made < len(ends) and sink.total >= ends[made]:
                    child.kill()
                    made += 1
                    break
        finally:
            if child.poll() is None:
                child.kill()
            child.wait()
        if child.returncode > 0:
            raise RuntimeError(f"the sending process ended with {child.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return made, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _plain(port: int, html: str) -> float:
    """What one writes first: a message object and sendmail for each recipient, on one connection."""
    start = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as line:
        for number in range(PLAIN):
            message = EmailMessage()
            message["From"], message["To"], message["Subject"] = "a@b.example", f"p{number}@c.example", "Bản tin"
            message["Message-ID"] = f"<plain-{number}@b.example>"
            message.set_content("Bản tin")
            message.add_alternative(html, subtype="html")
            line.send_message(message)
    return PLAIN / (time.perf_counter() - start)


@transaction.atomic
def _prepare(unit: Unit, count: int, html: str) -> tuple[MailingList, Bulletin]:
    from django.contrib.auth import get_user_model

    mailing_list = MailingList.objects.create(
        unit=unit, title="loa bench", description="Đo tốc độ gửi", is_open=False, active=False
    )
    now, text = clock.now(), consent_text()
    for at in range(0, count, 5000):
        people = Subscriber.objects.bulk_create(
            [
                Subscriber(email=address, fingerprint=tokens.fingerprint(address))
                for address in (f"bench-{n}@loa-bench.invalid" for n in range(at, min(at + 5000, count)))
            ]
        )
        Subscription.objects.bulk_create(
            [
                Subscription(
                    mailing_list=mailing_list, subscriber=person, state="active", consent_at=now, consent_text=text
                )
                for person in people
            ]
        )
    someone = get_user_model().objects.order_by("pk").first()
    bulletin = Bulletin.objects.create(
        mailing_list=mailing_list, subject="loa bench", period_from=now.date(), period_to=now.date(),
        state=State.SCHEDULED, approved_by=someone, approved_at=now, send_at=now, html=html, text="Bản tin",
    )  # fmt: skip
    return mailing_list, bulletin


def _clear(mailing_list: MailingList) -> None:
    Delivery.objects.filter(bulletin__mailing_list=mailing_list).delete()
    Bulletin.objects.filter(mailing_list=mailing_list).delete()
    people = Subscriber.objects.filter(email__endswith="@loa-bench.invalid")
    Suppression.objects.filter(fingerprint__in=people.values("fingerprint")).delete()
    Subscription.objects.filter(mailing_list=mailing_list).delete()
    people.delete()
    mailing_list.delete()
