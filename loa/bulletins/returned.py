"""The box of reports that came back: fetched by IMAP, read, believed where they can be (`dsn`)."""

from __future__ import annotations

import imaplib
from collections import Counter
from collections.abc import Iterable, Iterator

from django.conf import settings

from loa.bulletins import dsn, services

#: most mails of one visit, so that a flooded box holds up nothing else
MOST = 1000


def count(mails: Iterable[bytes]) -> Counter[str]:
    """Believe what can be believed: "counted", "noted", "unknown", and how many of each."""
    done: Counter[str] = Counter()
    for data in mails:
        found = dsn.read(data)
        if found is None:
            done["unknown"] += 1
            continue
        done[
            services.letter_bounced(
                letter=found.letter, code=found.code, text=found.text, complaint=found.complaint
            )
        ] += 1
    return done


def from_imap() -> Iterator[bytes]:
    """Mails of the box of the settings; each is deleted once its report is in the database.

    Raises OSError or imaplib.IMAP4.error when the server cannot be reached or refuses.
    """
    with imaplib.IMAP4_SSL(settings.LOA_BOUNCE_IMAP_HOST, settings.LOA_BOUNCE_IMAP_PORT, timeout=60) as box:
        box.login(settings.LOA_BOUNCE_IMAP_USER, settings.LOA_BOUNCE_IMAP_PASSWORD)
        box.select("INBOX")
        try:
            for number in box.search(None, "ALL")[1][0].split()[:MOST]:
                parts = box.fetch(number, "(RFC822)")[1]
                if parts and isinstance(parts[0], tuple):
                    yield parts[0][1]
                box.store(number, "+FLAGS", "\\Deleted")
        finally:
            box.expunge()
