"""Writes of reminders."""

from loa.reminders.services.prepare import enrol, prepare_due, prune, withdraw_stale
from loa.reminders.services.send import send_due
from loa.reminders.services.settings import (
    mail_stop,
    nudge,
    preference_change,
    preference_of,
    unsubscribe_token,
    user_of_token,
)

__all__ = [
    "enrol",
    "mail_stop",
    "nudge",
    "preference_change",
    "preference_of",
    "prepare_due",
    "prune",
    "send_due",
    "unsubscribe_token",
    "user_of_token",
    "withdraw_stale",
]
