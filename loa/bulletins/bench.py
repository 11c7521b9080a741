"""`loa bench bulletins`: a whole run through the local mail server against a plain loop over smtplib.

Bounded: LOA_BENCH_LETTERS letters (5,000 unless said otherwise); nothing is left behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

from django.conf import settings
from django.db import transaction

from config.env import env_int
from loa.bulletins import tokens
from loa.bulletins.engine import run as engine
from loa.bulletins.engine.mail import LEAVE, PREFERENCES
from loa.bulletins.models import Bulletin, Delivery, MailingList, Subscriber, Subscription, Suppression
from loa.bulletins.rules import State
from loa.bulletins.services.sending import start_due
from loa.bulletins.services.subscribers import consent_text
from loa.bulletins.sim.server import Sink
from loa.core import clock
from loa.org.models import Unit

#: letters of the baseline
PLAIN = 500


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
        name: getattr(settings, name) for name in ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_HOST_USER")
    }
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", ports[0]
    settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = False, ""
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
    count = env_int("LOA_BENCH_LETTERS", 5000)
    html = "<p>Tin của trường, kể lại trong vài dòng cho bạn đọc.</p>" * 300 + LEAVE + PREFERENCES
    with listening() as (sink, port):
        plain = _plain(port, html)
        mailing_list, bulletin = _prepare(unit, count, html)
        try:
            start = time.perf_counter()
            start_due()
            begun = time.perf_counter() - start
            while Bulletin.objects.filter(pk=bulletin.pk, state=State.SENDING).exists():
                engine.send_for(60)
            taken = time.perf_counter() - start
            bulletin.refresh_from_db()
        finally:
            _clear(mailing_list)
        rate = count / taken
        whole = (bulletin.sent, sink.total - PLAIN, sink.doubled) == (count, count, 0)
        out(f"size: {count} letters of {sink.counts['bytes'] // sink.total // 1024} KB, one process", "")
        out("writing the ledger", f"{begun * 1000:.0f} ms")
        out(
            "letters through the engine, ledger and journal",
            f"{rate:.0f}/s",
            "plain smtplib loop, no ledger",
            f"{plain:.0f}/s",
            f"{rate / plain:.2f} ×",
        )
        out("every letter arrived once and stands in the ledger", "yes" if whole else "NO")


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
