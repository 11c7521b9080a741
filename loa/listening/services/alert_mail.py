"""Mails of alerts: at once for the first few, gathered when they come in a flood; none twice."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loa.core import clock
from loa.core.relay import Outcome, Relay
from loa.listening.models import Telling
from loa.listening.services.line import helpers_of
from loa.listening.watch.model import LEVEL_LABELS
from loa.listening.watch.rules import FLOOD, FLOOD_SPAN, OLD, Level, MailState, retry_after, usual_words
from loa.listening.watch.texts import names_of

BATCH = 50
LEASE = dt.timedelta(minutes=30)


def send_alert_mails(limit: int = BATCH) -> int:
    """Send what is due. Returns how many rows were looked at. Runs every minute, outside a transaction."""
    now = clock.now()
    Telling.objects.filter(mail=MailState.SENDING, lease_until__lt=now).update(
        mail=MailState.UNKNOWN, settled_at=now, trouble="the worker stopped while sending"
    )
    mine = _claim(limit, now)
    if not mine:
        return 0
    people: dict[int, list[Telling]] = defaultdict(list)
    for telling in mine:
        people[telling.user_id].append(telling)
    charge = helpers_of(telling.alert for telling in mine)
    with Relay() as relay:
        for rows in people.values():
            _send(relay, rows, charge)
    return len(mine)


def _claim(limit: int, now: dt.datetime) -> list[Telling]:
    """Rows that are due. Who had his few mails within the hour waits until it is over: then all come in one."""
    due = Telling.objects.filter(mail__in=(MailState.READY, MailState.LATER), mail_after__lte=now)
    rows = list(due.order_by("mail_after", "pk").values_list("pk", "user")[:limit])
    full = flooded({user for _pk, user in rows}, now)
    for user, until in full.items():
        due.filter(user=user).update(mail_after=until)
    keys = [pk for pk, user in rows if user not in full]
    if not keys:
        return []
    claim = secrets.token_hex(12)
    due.filter(pk__in=keys).update(
        mail=MailState.SENDING, claim=claim, lease_until=now + LEASE, attempts=F("attempts") + 1
    )
    found = Telling.objects.filter(pk__in=keys, claim=claim, mail=MailState.SENDING)
    return list(found.select_related("alert__spike__case", "user").order_by("-alert__level", "pk"))


def flooded(users: set[int], now: dt.datetime, way: str = "mail") -> dict[int, dt.datetime]:
    """People who had FLOOD mails (or, `way` "zalo", messages) within the hour → when the hour of the first of them
    is over."""
    moments: dict[int, set[dt.datetime]] = defaultdict(set)
    at = "settled_at" if way == "mail" else "zalo_at"
    sent = Telling.objects.filter(**{"user__in": users, way: MailState.SENT, f"{at}__gt": now - FLOOD_SPAN})
    for user, moment in sent.values_list("user", at):
        moments[user].add(moment)  # alerts gathered in one mail have one moment
    return {user: min(times) + FLOOD_SPAN for user, times in moments.items() if len(times) >= FLOOD}


def _send(relay: Relay, rows: list[Telling], charge: Mapping[int, Collection[int]]) -> None:
    """One mail to one person about all that is due; `charge`: alert → who sees to it today."""
    now = clock.now()
    # Looked at again at the last moment: what was taken meanwhile is nobody else's business.
    open_ = [row for row in rows if row.wanted]
    _settle([row for row in rows if row not in open_], mail=MailState.DROPPED, settled_at=now)
    # … and so is what is no longer this person's: their role may have ended while the mail waited.
    gone = [row for row in open_ if row.user_id not in charge[row.alert_id]]
    _settle(gone, mail=MailState.GONE, settled_at=now)
    open_ = [row for row in open_ if row not in gone]
    if not open_:
        return
    user = open_[0].user
    if not (user.is_active and user.email):
        _settle(open_, mail=MailState.NONE, settled_at=now)
        return
    subject, body = compose(open_)
    message = EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [user.email])
    result = relay.send(message)
    # The moment of sending marks the mail: alerts that went together are counted as one.
    at = clock.now()
    match result.outcome:
        case Outcome.SENT:
            _settle(open_, mail=MailState.SENT, settled_at=at)
        case Outcome.LATER:
            # As long as the alert is open (looked at above) and news, however long the relay is away.
            old = [row for row in open_ if row.at < at - OLD]
            _settle(old, mail=MailState.REFUSED, settled_at=at, trouble=result.trouble)
            wait = retry_after(open_[0].attempts)
            _settle(open_, mail=MailState.LATER, mail_after=at + wait, trouble=result.trouble)
        case Outcome.UNKNOWN:
            _settle(open_, mail=MailState.UNKNOWN, settled_at=at, trouble=result.trouble)
        case _:
            _settle(open_, mail=MailState.REFUSED, settled_at=at, trouble=result.trouble)


def _settle(rows: list[Telling], **values: object) -> None:
    """Only while they are in our hands."""
    for row in rows:
        Telling.objects.filter(pk=row.pk, claim=row.claim, mail=MailState.SENDING).update(**values)


def compose(rows: list[Telling]) -> tuple[str, str]:
    """Subject and text of a mail about these alerts, the most urgent first. No words of private persons."""
    names = names_of(row.alert.spike.about for row in rows)
    base = settings.BASE_URL.rstrip("/")
    parts = []
    for row in rows:
        spike = row.alert.spike
        level = LEVEL_LABELS[Level(row.alert.level)]
        lines = [
            f"[{level}] {names[spike.about]}",
            _("%(items)d tin từ %(since)s, thường lệ %(usual)s; %(negative)d tin tiêu cực.")
            % {
                "items": spike.items,
                "since": clock.local(spike.began_at).strftime("%H:%M %d/%m"),
                "usual": usual_words(spike.expected),
                "negative": spike.negative,
            },
        ]
        if spike.case is not None and spike.case.outlets > 1:
            lines.append(_("Vụ việc: %(title)s") % {"title": spike.case.title[:160]})
        lines.append(base + reverse("listening:alert", args=[row.alert_id]))
        parts.append("\n".join(lines))
    first = rows[0].alert
    if len(rows) == 1:
        subject = _("[Loa] %(level)s: dư luận tăng bất thường về %(about)s") % {
            "level": LEVEL_LABELS[Level(first.level)],
            "about": names[first.spike.about],
        }
    else:
        subject = ngettext("[Loa] %(n)d cảnh báo dư luận", "[Loa] %(n)d cảnh báo dư luận", len(rows)) % {
            "n": len(rows)
        }
    end = _("Đổi cách nhận cảnh báo: %(url)s") % {"url": base + reverse("listening:alert_wish")}
    return subject, "\n\n".join([*parts, end])
