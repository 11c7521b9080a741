"""One mail out, and what is known of it afterwards: taken, refused, not now, or nobody knows."""

from __future__ import annotations

import contextlib
import smtplib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.mail import EmailMessage, get_connection


class Outcome(StrEnum):
    """What became of a mail."""

    SENT = "sent"
    LATER = "later"  # certainly not taken; may be tried again
    REFUSED = "refused"  # certainly not taken, and would not be if tried again
    UNKNOWN = "unknown"  # perhaps taken: never sent again blindly


@dataclass(frozen=True)
class Result:
    """An outcome with the relay's words."""

    outcome: Outcome
    trouble: str = ""


class Relay:
    """A line to the relay for a few mails; opened again after a failure."""

    def __init__(self) -> None:
        self._line: Any = None

    def __enter__(self) -> Relay:
        return self

    def __exit__(self, *_error: object) -> None:
        self._drop()

    def _drop(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                line.close()

    def send(self, message: EmailMessage) -> Result:
        """Hand one mail over."""
        if self._line is None:
            line = get_connection()
            try:
                line.open()
            except (OSError, smtplib.SMTPException) as error:
                # Nothing was said of the mail yet.
                return Result(Outcome.LATER, _words(error))
            self._line = line
        try:
            self._line.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            self._drop()
            codes = [code for code, _text in error.recipients.values()]
            lasting = bool(codes) and all(code >= 500 for code in codes)
            return Result(Outcome.REFUSED if lasting else Outcome.LATER, _words(error))
        except smtplib.SMTPResponseException as error:
            # The relay answered, and said no.
            self._drop()
            return Result(Outcome.REFUSED if error.smtp_code >= 500 else Outcome.LATER, _words(error))
        except (OSError, smtplib.SMTPException) as error:
            # The line broke: after the last dot the relay may have taken the mail.
            self._drop()
            return Result(Outcome.UNKNOWN, _words(error))
        return Result(Outcome.SENT)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
