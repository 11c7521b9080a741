"""Processes that send are killed again and again; afterwards every letter has arrived once, or is marked
unknown."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from itertools import accumulate

import pytest
from django.db import connection

from loa.bulletins import services, tokens
from loa.bulletins.models import Delivery
from loa.bulletins.rules import State
from loa.bulletins.tests.factories import approved, fill

pytestmark = pytest.mark.django_db(transaction=True)
LETTERS = 1500


@pytest.fixture
def database_for_all(settings, tmp_path):
    """A database other processes can open: on SQLite the test's own lives in memory."""
    if connection.vendor != "sqlite":
        name = connection.settings_dict["NAME"]
        options = connection.settings_dict
        host = options.get("HOST") or ""
        yield f"postgresql://{options.get('USER') or ''}@{host}/{name}" if host else f"postgresql:///{name}"
        return
    path = tmp_path / "loa.sqlite3"
    yield f"sqlite:///{path}"


def spread(path: str) -> None:
    """Copy the test's database in memory into a file."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [path.removeprefix("sqlite:///")])


def test_killed_again_and_again(town, smtp, settings, database_for_all, tmp_path):
    settings.SECRET_KEY = "bi-mat-chi-dung-de-thu-" * 4
    running = smtp(ids_path=tmp_path / "ids")
    fill(town.list, LETTERS)
    bulletin = approved(town, town.list)
    services.start_due()
    spread(database_for_all)
    environment = {
        **os.environ,
        "DATABASE_URL": database_for_all,
        "LOA_DATA_DIR": str(tmp_path),
        "LOA_SMTP_HOST": "127.0.0.1",
        "LOA_SMTP_PORT": str(running.port),
        "LOA_SMTP_TLS": "false",
        "LOA_MAIL_FROM": "Loa <ban-tin@songlam.example>",
        "LOA_SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
    }
    command = [sys.executable, "-m", "loa.cli", "bulletins", "send", "--until-empty"]
    dice = random.Random(7)
    # After how many letters the next one is killed: counted in letters, not in time, so that a fast machine is
    # not done before the first shot. The last third is left to be finished.
    shots = list(accumulate(dice.randrange(150, 240) for _n in range(4)))
    kills = 0
    workers = [subprocess.Popen(command, env=environment) for _n in range(2)]
    deadline = time.monotonic() + 900  # for what hangs; a slow machine under load took three minutes
    try:
        while any(worker.poll() is None for worker in workers) and time.monotonic() < deadline:
            time.sleep(0.005)
            if kills < len(shots) and running.sink.total >= shots[kills]:
                # Whoever has run longest: it is the one that is sending, the other may still be starting.
                longest = workers.pop(0)
                longest.send_signal(signal.SIGKILL)
                longest.wait()
                kills += 1
                workers.append(subprocess.Popen(command, env=environment))
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    # Whoever was killed last is settled by the next to look.
    subprocess.run(command, env=environment, check=True, timeout=300)
    assert kills == len(shots)
    arrived = Counter((tmp_path / "ids").read_text().split())
    assert max(arrived.values()) == 1
    rows = _rows(database_for_all, bulletin.pk)
    unknown = {tokens.message_id(pk) for pk, state, why in rows if (state, why) == ("failed", "unknown")}
    sent = {tokens.message_id(pk) for pk, state, _why in rows if state == "sent"}
    assert len(rows) == LETTERS
    assert len(sent) + len(unknown) == LETTERS
    assert sent <= set(arrived)  # none lost
    assert set(arrived) <= sent | unknown  # none that the ledger does not know
    assert len(unknown) <= kills  # at most the one on its way


def _rows(database: str, bulletin_id: int) -> list[tuple[int, str, str]]:
    if connection.vendor != "sqlite":
        bulletin_rows = Delivery.objects.filter(bulletin=bulletin_id)
        assert bulletin_rows.first().bulletin.state == State.SENT
        return list(bulletin_rows.values_list("pk", "state", "why"))
    import sqlite3

    with sqlite3.connect(database.removeprefix("sqlite:///")) as opened:
        (state,) = opened.execute("SELECT state FROM bulletins_bulletin WHERE id = ?", [bulletin_id]).fetchone()
        assert state == "sent"
        return opened.execute(
            "SELECT id, state, why FROM bulletins_delivery WHERE bulletin_id = ?", [bulletin_id]
        ).fetchall()
