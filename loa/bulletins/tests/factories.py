"""Lists, people on them and bulletins, as far as they are needed; a mail server in a thread."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from loa.bulletins import services, tokens
from loa.bulletins.models import Bulletin, MailingList, Subscriber, Subscription
from loa.bulletins.services.subscribers import consent_text
from loa.bulletins.sim.server import Faults, Sink
from loa.core import clock


def make_list(unit: Any, title: str = "Bản tin tuần", **fields: Any) -> MailingList:
    """An open list."""
    return MailingList.objects.create(unit=unit, title=title, description="Mỗi tuần một thư.", **fields)


def fill(mailing_list: MailingList, count: int, *, start: int = 1) -> list[Subscription]:
    """`count` confirmed people."""
    text, now = consent_text(), clock.now()
    people = Subscriber.objects.bulk_create(
        [
            Subscriber(email=address, fingerprint=tokens.fingerprint(address))
            for address in (f"nguoi{n}@thu.example" for n in range(start, start + count))
        ]
    )
    return Subscription.objects.bulk_create(
        [
            Subscription(
                mailing_list=mailing_list, subscriber=person, state="active", consent_at=now, consent_text=text
            )
            for person in people
        ]
    )


def approved(cast: Any, mailing_list: MailingList, *, html: str = "", at: dt.datetime | None = None) -> Bulletin:
    """A bulletin approved by the chief editor, with the story already chosen."""
    today = clock.today()
    made = services.bulletin_create(
        actor=cast.editor, list_id=mailing_list.pk, first=today - dt.timedelta(days=30), last=today
    )
    services.bulletin_submit(actor=cast.editor, bulletin_id=made.pk)
    return services.bulletin_approve(actor=cast.chief, bulletin_id=made.pk, version=made.version, send_at=at)


class Running:
    """A sink that listens."""

    def __init__(self, sink: Sink, port: int) -> None:
        self.sink, self.port = sink, port


@contextmanager
def sink_running(faults: Faults | None = None, **options: Any) -> Iterator[Running]:
    """The mail server in a thread of its own."""
    sink = Sink(faults or Faults(), **options)
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    found: list[int] = []

    async def begin() -> None:
        found.append(await sink.start())
        ready.set()

    def serve() -> None:
        asyncio.set_event_loop(loop)
        starting = loop.create_task(begin())
        loop.run_forever()
        del starting

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(5)
    try:
        yield Running(sink, found[0])
    finally:

        async def finish() -> None:
            await sink.stop()
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(finish(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
