"""One connection to the mail server for a whole batch: one round trip a letter where the server allows pipelining.

smtplib speaks (EHLO, STARTTLS, log-in, replies); what it lacks is sending the next MAIL, RCPT and DATA together
with the end of the letter before (RFC 2920).
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings

from loa.core.errors import Unavailable

#: seconds to wait for one answer of the server
TIMEOUT = 120
_DOTS = re.compile(rb"(?m)^\.")


class Away(Exception):
    """The server cannot be reached, or refuses to talk to us at all. Nothing was handed over."""


@dataclass(frozen=True)
class Envelope:
    """One letter as it goes over the line."""

    letter: int
    sender: str
    recipient: str
    data: bytes


@dataclass(frozen=True)
class Outcome:
    """What became of a letter. `code` 0: unknown, the line broke between handing over and the answer."""

    letter: int
    code: int
    text: str
    #: the refusal was of the recipient's address, not of the letter
    at_recipient: bool = False


class Line:
    """A connection that is open."""

    def __init__(self, *, timeout: float = TIMEOUT) -> None:
        if not settings.EMAIL_HOST:
            raise Unavailable("LOA_SMTP_HOST")
        try:
            self._smtp = smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=timeout)
            try:
                self._smtp.ehlo_or_helo_if_needed()
                if settings.EMAIL_USE_TLS:
                    self._smtp.starttls(context=ssl.create_default_context())
                    self._smtp.ehlo()
                if settings.EMAIL_HOST_USER:
                    self._smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
            except BaseException:
                self._smtp.close()
                raise
        except (OSError, smtplib.SMTPException) as error:
            raise Away(str(error)[:300]) from error
        self.pipelining = self._smtp.has_extn("pipelining")

    def close(self) -> None:
        """Say good-bye if the line still stands."""
        try:
            self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()

    # — letters ————————————————————————————————————————————————————————————————————————

    def send(
        self,
        letters: Iterator[Envelope],
        *,
        started: Callable[[int], None],
        answered: Callable[[Outcome], None],
    ) -> None:
        """Hand over the letters one after another. `started` is called before a letter can arrive, `answered` with
        what became of it. Returns when there are no more; raises Away when the line broke: every letter of which
        `started` was told has then been `answered` (with code 0 when nobody knows), no other was handed over."""
        current = next(letters, None)
        if current is not None:
            self._write(_opening(current) if self.pipelining else b"")
        while current is not None:
            refused = self._open(current)
            if refused is not None:
                answered(refused)
                current = next(letters, None)
                if current is not None:
                    self._write(_opening(current) if self.pipelining else b"")
                continue
            # Asked for before the letter goes, so that both ride in one packet.
            following = next(letters, None) if self.pipelining else None
            data = current.data
            if b"\n." in data:
                data = _DOTS.sub(b"..", data)
            started(current.letter)
            try:
                self._write(data + b"\r\n.\r\n" + (_opening(following) if following else b""))
                code, text = self._read()
            except Away:
                answered(Outcome(current.letter, 0, ""))
                raise
            answered(Outcome(current.letter, code, text))
            current = following if self.pipelining else next(letters, None)

    def _open(self, letter: Envelope) -> Outcome | None:
        """MAIL, RCPT, DATA: None when the server now waits for the letter, else why not."""
        if self.pipelining:
            mail, rcpt, data = self._read(), self._read(), self._read()
        else:
            mail = self._ask(f"MAIL FROM:<{letter.sender}>")
            rcpt = self._ask(f"RCPT TO:<{letter.recipient}>") if mail[0] == 250 else (0, "")
            data = self._ask("DATA") if rcpt[0] in (250, 251) else (0, "")
        if mail[0] == 250 and rcpt[0] in (250, 251) and data[0] == 354:
            return None
        if data[0] == 354:
            # Without a recipient an empty letter goes nowhere (RFC 2920, 3.1).
            self._write(b".\r\n")
            self._read()
        self._write(b"RSET\r\n")
        self._read()
        if mail[0] != 250:
            return Outcome(letter.letter, *mail)
        if rcpt[0] not in (250, 251):
            return Outcome(letter.letter, *rcpt, at_recipient=True)
        return Outcome(letter.letter, *data)

    def _ask(self, command: str) -> tuple[int, str]:
        self._write(command.encode("ascii") + b"\r\n")
        return self._read()

    def _write(self, data: bytes) -> None:
        if not data:
            return
        try:
            self._smtp.send(data)
        except (OSError, smtplib.SMTPException) as error:
            raise Away(str(error)[:300]) from error

    def _read(self) -> tuple[int, str]:
        try:
            code, text = self._smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise Away(str(error)[:300]) from error
        if code == 421 or code == -1:
            self._smtp.close()
            raise Away(f"{code} {text.decode(errors='replace')[:200]}")
        return code, text.decode(errors="replace")


def _opening(letter: Envelope) -> bytes:
    return f"MAIL FROM:<{letter.sender}>\r\nRCPT TO:<{letter.recipient}>\r\nDATA\r\n".encode("ascii")
