"""What a person wishes; the address that stops the mails; reminders by an office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from loa.accounts.models import User
from loa.audit.services import log
from loa.core import clock
from loa.core.errors import InvalidInput, NotFound
from loa.org.models import Unit
from loa.plans.models import Plan
from loa.reminders.models import Nudge, Preference, _nonce
from loa.reminders.rules import BEFORE, LATE_EVERY, OPTIONAL, Wish, next_at

_SALT = "loa.reminders.stop"
_FIELDS = (
    "in_app",
    "by_mail",
    "muted",
    "before",
    "on_day",
    "late_every",
    "at",
    "quiet_from",
    "quiet_to",
    "workdays_only",
    "weekly",
    "weekly_on",
)


def preference_of(user: Any) -> Preference:
    """The person's settings, made with the usual values at the first look."""
    row, _made = Preference.objects.get_or_create(
        user=user, defaults={"next_at": next_at(Wish(), clock.local(clock.now()))}
    )
    return row


@transaction.atomic
def preference_change(*, actor: Any, fields: dict[str, Any]) -> Preference:
    """Change one's own settings. Raises InvalidInput naming the field; nothing is then changed.

    `fields` holds some of the names of `Preference`; unknown ones are an error of the caller (KeyError).
    """
    unknown = set(fields) - set(_FIELDS)
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    if not set(fields.get("muted", ())) <= {kind.value for kind in OPTIONAL}:
        raise InvalidInput(_("Hãy chọn loại việc trong danh sách."), field="kinds")
    if not set(fields.get("before", ())) <= set(BEFORE):
        raise InvalidInput(_("Hãy chọn số ngày nhắc trước trong danh sách."), field="before")
    if fields.get("late_every", 0) not in LATE_EVERY:
        raise InvalidInput(_("Hãy chọn cách nhắc việc quá hạn trong danh sách."), field="late_every")
    if not 0 <= fields.get("weekly_on", 0) <= 6:
        raise InvalidInput(_("Hãy chọn một ngày trong tuần."), field="weekly_on")
    if fields.get("by_mail") and not actor.email:
        raise InvalidInput(
            _("Tài khoản chưa có địa chỉ thư. Hãy thêm địa chỉ ở trang Tài khoản rồi bật lại."), field="by_mail"
        )
    preference_of(actor)
    row = Preference.objects.select_for_update().get(user=actor)
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    if not changed:
        return row
    for name in changed:
        value = fields[name]
        setattr(row, name, sorted(value, reverse=name == "before") if name in ("muted", "before") else value)
    row.next_at = next_at(row.wish, clock.local(clock.now()))
    row.save(update_fields=[*changed, "next_at"])
    log("reminders.changed", actor=actor, obj=actor, fields=sorted(changed))
    return row


# — stopping the mails without logging in ————————————————————————————————————————————————


def unsubscribe_token(row: Preference) -> str:
    """What the address in a mail ends in: signed, of this person, worthless once used."""
    return signing.dumps([row.user_id, row.nonce], salt=_SALT, compress=False)


def user_of_token(token: str) -> User:
    """Whose mails the address stops. Raises NotFound for one that is forged, used or of a closed account."""
    try:
        pk, nonce = signing.loads(token, salt=_SALT)
        row = Preference.objects.select_related("user").filter(user=pk, nonce=nonce, user__is_active=True).first()
    except (signing.BadSignature, ValueError, TypeError):
        row = None
    if row is None:
        raise NotFound(
            _("Liên kết này không còn dùng được. Hãy đăng nhập Loa, mở Nhắc việc để đổi cách nhận."),
            code="reminders.token",
        )
    return row.user


@transaction.atomic
def mail_stop(*, token: str) -> User:
    """Stop the mails of the person a token speaks of; reminders inside Loa go on. Raises NotFound."""
    user = user_of_token(token)
    row = Preference.objects.select_for_update().get(user=user)
    row.by_mail = False
    row.nonce = _nonce()
    row.save(update_fields=["by_mail", "nonce"])
    log("reminders.stopped", actor=user, obj=user)
    return user


# — reminders by an office ———————————————————————————————————————————————————————————————


def nudge(*, actor: Any, plan: Plan, units: Iterable[Unit], text: str, day: dt.date) -> None:
    """An office reminded units by hand (reporting has checked that it may, and told them inside Loa): their people
    read it again in their next digest. One a day for each plan and unit."""
    Nudge.objects.bulk_create(
        [Nudge(plan=plan, unit=unit, day=day, text=text, by=actor) for unit in units], ignore_conflicts=True
    )
