"""Links of letters to the press, computed from a key and never stored."""

from __future__ import annotations

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac


def _mac(kind: str, pk: int) -> str:
    return salted_hmac(f"loa.press.{kind}", str(pk), algorithm="sha256").hexdigest()[:24]


def token(kind: str, pk: int) -> str:
    """ "123-4f…": names row `pk` for one purpose ("leave", "letter")."""
    return f"{pk}-{_mac(kind, pk)}"


def read(kind: str, text: str) -> int | None:
    """The key in a token of that purpose, None when it is not one of ours."""
    head, _dash, mac = text.partition("-")
    if not (head.isascii() and head.isdigit() and len(head) < 19):
        return None
    return int(head) if constant_time_compare(mac, _mac(kind, int(head))) else None


def message_id(letter_id: int) -> str:
    """The Message-ID of one letter: the same at every try."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    return f"<bao-chi.{token('letter', letter_id)}@{domain}>"
