"""E-mail addresses and what a mail server's refusals say of them. Pure."""

from __future__ import annotations

import re

#: enhanced codes (RFC 3463) that say the address itself is dead; 5.7.x speaks of us, 5.2.2 of a full box, …
_DEAD = re.compile(r"\b5\.(?:1\.[0-36]|2\.1|4\.4)\b")
_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


def address_is_dead(code: int, text: str, *, at_recipient: bool = True) -> bool:
    """Whether a refusal says that nobody has this address, so that it is never written to again.

    With an enhanced code that decides; without one, 550, 551 and 553 at RCPT do.
    """
    if not 500 <= code < 600:
        return False
    if _ENHANCED.search(text):
        return bool(_DEAD.search(text))
    return at_recipient and code in (550, 551, 553)


def masked(address: str) -> str:
    """ "lan.nguyen@truong.edu.vn" → "l••••@truong.edu.vn": enough to recognise one's own, not to write to."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}••••{at}{domain}" if at else "••••"


#: what may stand in an address we send to: plain ASCII, so that it can go into a header and a command as it is
_ADDRESS = re.compile(
    r"(?=.{6,254}$)(?=[^@]{1,64}@)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)


def address_of(text: str) -> str | None:
    """The address in its one form (lower case, ASCII domain); None when it is none we can send to."""
    name, at, domain = text.strip().strip("<>").rpartition("@")
    if not at:
        return None
    try:
        domain = domain.encode("idna").decode("ascii") if not domain.isascii() else domain
    except UnicodeError:
        return None
    address = f"{name}@{domain}".lower()
    return address if _ADDRESS.fullmatch(address) else None
