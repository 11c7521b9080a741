"""The inbox with 100,000 threads, the receiving door, hearing. Run by `loa bench inbox`; nothing it makes stays.

Needs a database with a connected page, as the demo has. Seconds are those of the process (`process_time`).
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client

from loa.channels.facebook.sim_comments import sign
from loa.channels.inbound import door, reading
from loa.channels.models import ChannelAccount
from loa.core import clock
from loa.core.bench import median, p95
from loa.feedback.models import Speaker, Thread
from loa.feedback.rules import State

THREADS, EVENTS, PER_DELIVERY = 100_000, 1_000, 50
ADDRESS = "/lam-viec/hop-thu/"


def _spent(function: Callable[[], Any], runs: int) -> list[float]:
    function()
    found = []
    for _run in range(runs):
        start = time.process_time()
        function()
        found.append(time.process_time() - start)
    return found


def run(out: Callable[..., Any]) -> None:
    """Print the figures; everything is rolled back."""
    page = ChannelAccount.objects.filter(kind="facebook").select_related("unit").first()
    editor = get_user_model().objects.filter(username="minh").first()
    if page is None or editor is None:
        out("inbox", "the demo is needed (make run)")
        return
    with transaction.atomic():
        _inbox(out, page, editor)
        transaction.set_rollback(True)
    with transaction.atomic():
        _door(out, page)
        transaction.set_rollback(True)


def _inbox(out: Callable[..., Any], page: ChannelAccount, editor: Any) -> None:
    client = Client()
    client.force_login(editor)

    def look() -> None:
        if client.get(ADDRESS, headers={"host": "localhost"}).status_code != 200:
            raise RuntimeError(ADDRESS)

    few = _spent(look, 10)
    now = clock.now()
    speaker = Speaker.objects.create(account=page, external_id="bench", code="be" * 8)
    for first in range(0, THREADS, 10_000):
        Thread.objects.bulk_create(
            [
                Thread(
                    unit=page.unit,
                    home=page.unit,
                    account=page,
                    what="comment",
                    key=f"bench-{number}",
                    speaker=speaker,
                    excerpt=f"Cho hỏi lịch thi học kỳ của khối 9, câu số {number}",
                    state=State.OPEN if number % 20 == 0 else State.DONE,
                    due_at=now + dt.timedelta(minutes=number % 1440) if number % 20 == 0 else None,
                    last_at=now - dt.timedelta(minutes=number),
                    last_in_at=now - dt.timedelta(minutes=number),
                )
                for number in range(first, first + 10_000)
            ],
            batch_size=1000,
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    many = _spent(look, 20)
    out(
        f"inbox page, {THREADS:,} threads",
        f"{p95(many) * 1000:.0f} ms p95 of CPU",
        "as the demo is",
        f"{p95(few) * 1000:.0f} ms",
        f"{median(many) / median(few):.1f} ×",
    )


def _door(out: Callable[..., Any], page: ChannelAccount) -> None:
    at = int(clock.now().timestamp())
    deliveries = []
    for first in range(0, EVENTS, PER_DELIVERY):
        changes = [
            {
                "field": "feed",
                "value": {
                    "item": "comment",
                    "verb": "add",
                    "comment_id": f"bench_{number}",
                    "post_id": f"{page.external_id}_bench",
                    "parent_id": f"{page.external_id}_bench",
                    "from": {"id": f"be{number % 300}", "name": "Bench"},
                    "message": "Cho hỏi lịch thi học kỳ của khối 9 khi nào có ạ?",
                    "created_time": at,
                },
            }
            for number in range(first, first + PER_DELIVERY)
        ]
        body = {"object": "page", "entry": [{"id": page.external_id, "time": at, "changes": changes}]}
        raw = json.dumps(body, ensure_ascii=False).encode()
        signed = {
            name.lower(): value for name, value in sign(settings.LOA_FACEBOOK_APP_SECRET, raw, False).items()
        }
        deliveries.append((raw, signed))
    start = time.process_time()
    for raw, signed in deliveries:
        if door.receive("facebook", raw, signed) != 200:
            raise RuntimeError("not taken")
    taken = time.process_time() - start
    start = time.process_time()
    for raw, signed in deliveries:
        door.receive("facebook", raw, signed)
    again = time.process_time() - start
    out(
        "events through the door",
        f"{EVENTS / taken:,.0f} a second of CPU",
        "the same once more (all repeated)",
        f"{EVENTS / again:,.0f}",
    )
    start = time.process_time()
    heard = reading.drain()
    spent = time.process_time() - start
    out("events heard into threads", f"{heard / spent:,.0f} a second of CPU", "events", f"{heard:,}")
