"""What stands in links and headers of a letter, computed from a key and never stored.

A token names a row and carries a MAC of it: short, opaque, the same length for every recipient of a bulletin's
size, and worthless for any other row. Links that start something (confirming) are signed with a time instead.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

_SALT = "loa.bulletins"
#: a link for confirming works for so long, in seconds
CONFIRM_FOR = 3 * 24 * 3600


def _mac(kind: str, text: str, length: int = 24) -> str:
    return salted_hmac(f"{_SALT}.{kind}", text, algorithm="sha256").hexdigest()[:length]


def token(kind: str, pk: int) -> str:
    """ "123-4f…": names row `pk` for one purpose ("leave", "prefs", "letter")."""
    return f"{pk}-{_mac(kind, str(pk))}"


def read(kind: str, text: str) -> int | None:
    """The key in a token of that purpose, None when it is not one of ours."""
    head, _dash, mac = text.partition("-")
    if not (head.isascii() and head.isdigit() and len(head) < 19):
        return None
    return int(head) if constant_time_compare(mac, _mac(kind, head)) else None


def fingerprint(email: str) -> str:
    """How an address is known when it must not be kept."""
    return _mac("address", email, 64)


def place_on_the_net(address: str, day: str) -> str:
    """How a network address is counted for a day without being kept."""
    return _mac("net", f"{day} {address}", 64)


def confirm_token(subscriber_id: int, list_ids: list[int]) -> str:
    """For the link that confirms these lists; works CONFIRM_FOR seconds."""
    return signing.dumps([subscriber_id, *sorted(list_ids)], salt=f"{_SALT}.confirm", compress=True)


def read_confirm(text: str) -> tuple[int, list[int]] | None:
    """(subscriber, lists) of a link for confirming; None when it is wrong or too old."""
    try:
        found: Any = signing.loads(text, salt=f"{_SALT}.confirm", max_age=CONFIRM_FOR)
    except signing.BadSignature:
        return None
    return int(found[0]), [int(pk) for pk in found[1:]]


def mail_domain() -> str:
    """The domain letters come from: of LOA_MAIL_FROM."""
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"


def message_id(delivery_id: int) -> str:
    """The Message-ID of one letter: the same at every try, so that the far end can see a second one."""
    return f"<thu-tin.{token('letter', delivery_id)}@{mail_domain()}>"


def letter_of(message_id_text: str) -> int | None:
    """The letter a Message-ID (or a VERP address) names, when it is one of ours."""
    head, _dot, rest = message_id_text.strip().strip("<>").partition("thu-tin.")
    return read("letter", rest.partition("@")[0]) if rest and not head else None
