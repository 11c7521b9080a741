"""How the demo's people are reminded: each in another way, and the last working day's digest told inside Loa."""

from __future__ import annotations

import datetime as dt
from typing import Any

from loa.core import clock
from loa.demo.people import Cast
from loa.lib.calendar import add_working_days
from loa.reminders.models import Preference
from loa.reminders.services import enrol, preference_change, preference_of, prepare_due

#: username → what differs from the usual
WISHES: dict[str, dict[str, Any]] = {
    "men": {"at": dt.time(6, 45), "before": [3, 1], "weekly_on": 0},
    "toan": {"at": dt.time(7, 0), "before": [7, 1], "late_every": 3},
    "minh": {"before": [1], "late_every": 1, "weekly": False},
    "phuong": {"at": dt.time(8, 0), "before": [14, 7, 1]},
    "anh": {"by_mail": False, "late_every": 1},
    "bao": {"muted": ["duty", "task"], "weekly_on": 4},
}


def remind_people(cast: Cast, today: dt.date) -> int:
    """Set the wishes and tell the digest of the last working day inside Loa. Returns how many people were told."""
    day = add_working_days(today, -1)
    morning = dt.datetime.combine(day, dt.time(8, 30), tzinfo=clock.VIETNAM)
    with clock.frozen(morning - dt.timedelta(days=1)):
        for username, fields in WISHES.items():
            preference_change(actor=cast.personas[username], fields=fields)
    told = [cast.personas[name] for name in WISHES]
    Preference.objects.filter(user__in=told).update(next_at=morning, by_mail=False)
    with clock.frozen(morning):
        prepare_due()
    Preference.objects.filter(user__in=[user for user in told if user.username != "anh"]).update(by_mail=True)
    for username in ("ha", "yen", "tra"):
        preference_of(cast.personas[username])
    enrol(20_000)
    return len(told)
