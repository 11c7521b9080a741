"""Writes of the bulletins, one function per verb."""

from loa.bulletins.services.composing import (
    bulletin_approve,
    bulletin_cancel,
    bulletin_create,
    bulletin_return,
    bulletin_save,
    bulletin_submit,
    bulletin_test,
    draft_due_lists,
)
from loa.bulletins.services.lists import list_create, list_update, subscribers_import
from loa.bulletins.services.sending import (
    bulletin_hold,
    bulletin_resume,
    letter_bounced,
    start_due,
    unknown_decide,
)
from loa.bulletins.services.subscribers import (
    confirm,
    erase,
    leave,
    preferences_save,
    subscribe,
    take_off,
)

__all__ = [
    "bulletin_approve",
    "bulletin_cancel",
    "bulletin_create",
    "bulletin_hold",
    "bulletin_resume",
    "bulletin_return",
    "bulletin_save",
    "bulletin_submit",
    "bulletin_test",
    "confirm",
    "draft_due_lists",
    "erase",
    "leave",
    "letter_bounced",
    "list_create",
    "list_update",
    "preferences_save",
    "start_due",
    "subscribe",
    "subscribers_import",
    "take_off",
    "unknown_decide",
]
