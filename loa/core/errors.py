"""What can go wrong, as one tree. Every message is a Vietnamese sentence that says what to do.

AppError
├── InvalidInput      400  the data given cannot be used        (form stays filled)
├── Refused           403  this person may not do this
├── NotFound          404  there is no such thing, or not for this person
├── Conflict          409  somebody else was first, or the state moved on
└── Unavailable       503  something outside does not answer; try again later
"""

from __future__ import annotations

from typing import Any


class AppError(Exception):
    """An error a person can read. `code` is stable and greppable, `message` is shown as it is."""

    status = 400

    def __init__(self, message: str, *, code: str = "", field: str = "", **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).__name__.lower()
        #: form field the message belongs to; empty for the whole form
        self.field = field
        self.params = params

    def __str__(self) -> str:
        return str(self.message)


class InvalidInput(AppError):
    """The data given cannot be used; say which and why."""

    status = 400


class Refused(AppError):
    """This person may not do this."""

    status = 403


class NotFound(AppError):
    """There is no such thing, or it must not be known to this person."""

    status = 404


class Conflict(AppError):
    """Somebody else was first, or the state has moved on."""

    status = 409


class Unavailable(AppError):
    """Something outside does not answer; trying again later may help."""

    status = 503
