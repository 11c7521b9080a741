"""Writes about people: accounts, sessions, notices.

Who may make, close or reset whose account is decided above, in org, which knows roles (loa.org.services.members).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from loa.accounts.contact import checked_email, checked_name, checked_phone
from loa.accounts.hooks import kept_open
from loa.accounts.models import LoginSession, Notice, User
from loa.accounts.passwords import one_time_hash, one_time_password
from loa.audit.services import log, log_many
from loa.core import clock
from loa.core.after import enqueue_after_commit
from loa.core.errors import Conflict, InvalidInput
from loa.lib.vi import clean, fold


def notify(*, users: Iterable[User], code: str, url: str = "", key: str = "", **data: Any) -> int:
    """Tell each of `users` once; with a `key`, not again while the same notice is unread. Returns how many."""
    once = {user.pk: user for user in users}
    return tell(Notice(user=user, code=code, key=key, url=url, data=data) for user in once.values())


@transaction.atomic
def tell(notices: Iterable[Notice], *, again_when_read: bool = True) -> int:
    """Tell what stands in these notices, not saved yet, all of one code: many people, each with a cause (`key`)
    and words of their own. Not again while the same is unread, nor (`again_when_read` off) ever. Two statements,
    however many. Returns how many were told.
    """
    rows = {(row.user_id, row.key or str(index)): row for index, row in enumerate(notices) if row.user.is_active}
    keys = {row.key for row in rows.values() if row.key}
    if keys:
        code = next(iter(rows.values())).code
        known = Notice.objects.filter(code=code, key__in=keys, user__in={user for user, _key in rows})
        if again_when_read:
            known = known.filter(read_at=None, cancelled_at=None)
        for told in known.values_list("user_id", "key"):
            rows.pop(told, None)
    # Somebody else may tell the same in this moment; theirs stands, and our deed goes on.
    Notice.objects.bulk_create(rows.values(), batch_size=500, ignore_conflicts=True)
    return len(rows)


def notify_each(people: Iterable[tuple[User, dict[str, Any]]], *, code: str, url: str = "", key: str = "") -> int:
    """Tell each person something of their own; not again while the same is unread. Returns how many."""
    return tell(Notice(user=user, code=code, key=key, url=url, data=data) for user, data in people)


def cancel_notices(*, code: str, key: str) -> int:
    """Take back unread notices whose cause is gone. Returns how many."""
    return Notice.objects.filter(code=code, key=key, read_at=None, cancelled_at=None).update(
        cancelled_at=clock.now()
    )


def mark_read(*, actor: Any, ids: Iterable[int] | None = None) -> int:
    """Mark the person's own unread notices as read (`ids`; None: all of them). Returns how many.

    Not audited: nothing but the person's own bell changes.
    """
    unread = Notice.objects.filter(user=actor, read_at=None, cancelled_at=None)
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    return unread.update(read_at=clock.now())


# — accounts ————————————————————————————————————————————————————————————————————————————

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


def free_username(full_name: str, taken: set[str] | None = None) -> str:
    """ "Lò Thị Ánh" → "anh.lt", "anh.lt2" when there is one already.

    `taken`: all log-in names in lower case, when many are made; the new one is put in.
    """
    words = [re.sub(r"[^a-z0-9]", "", word) for word in fold(clean(full_name)).split()]
    words = [word for word in words if word] or ["nguoi", "dung"]
    base = words[-1] + ("." + "".join(word[0] for word in words[:-1]) if len(words) > 1 else "")
    base = (base if len(base) >= 3 else f"{base}.loa")[:36]
    if taken is None:
        names = User.objects.filter(username__istartswith=base).values_list("username", flat=True)
        taken = {name.lower() for name in names}
    username, number = base, 1
    while username in taken:
        number += 1
        username = f"{base}{number}"
    taken.add(username)
    return username


def _checked_contact(email: str, phone: str, *, but: int = 0) -> tuple[str, str]:
    email = checked_email(email)
    if email and User.objects.filter(email__iexact=email).exclude(pk=but).exists():
        raise Conflict(_("Địa chỉ thư này đã có tài khoản."), field="email")
    return email, checked_phone(phone)


def _give_one_time_password(user: User) -> str:
    password = one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.one_time_until = clock.now() + dt.timedelta(days=settings.LOA_ONE_TIME_DAYS)
    user.invited_at = None
    return password


@transaction.atomic
def account_create(
    *,
    actor: Any,
    full_name: str,
    email: str = "",
    phone: str = "",
    username: str = "",
    unit_id: int | None = None,
) -> tuple[User, str]:
    """Make an account with a one-time password, which is returned and kept nowhere.

    Raises InvalidInput or Conflict naming the field.
    """
    full_name = checked_name(full_name)
    email, phone = _checked_contact(email, phone)
    username = clean(username).lower()
    if username and not _USERNAME.fullmatch(username):
        raise InvalidInput(
            _("Tên đăng nhập gồm 3–40 chữ cái không dấu, chữ số, dấu chấm, gạch ngang; ví dụ anh.lt."),
            field="username",
        )
    if username and User.objects.filter(username__iexact=username).exists():
        raise Conflict(_("Tên đăng nhập này đã có người dùng."), field="username")
    user = User(username=username or free_username(full_name), full_name=full_name, email=email, phone=phone)
    password = _give_one_time_password(user)
    user.save()
    log("accounts.created", actor=actor, obj=user, unit_id=unit_id, username=user.username)
    return user, password


@transaction.atomic
def contact_change(*, actor: Any, user: User, email: str, phone: str, unit_id: int | None = None) -> None:
    """Change address and telephone of an account. Raises InvalidInput or Conflict naming the field."""
    email, phone = _checked_contact(email, phone, but=user.pk)
    before = {"email": user.email, "phone": user.phone}
    if before == {"email": email, "phone": phone}:
        return
    if email != user.email:
        user.invited_at = None  # the link lies in a letter box that is no longer the person's
    user.email, user.phone = email, phone
    user.save(update_fields=["email", "phone", "invited_at"])
    changed = [name for name, value in before.items() if getattr(user, name) != value]
    log("accounts.contact", actor=actor, obj=user, unit_id=unit_id, fields=changed)


@transaction.atomic
def password_renew(*, actor: Any, user: User, unit_id: int | None = None) -> str:
    """A new one-time password; every session of the person ends. Returns the password."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise Conflict(_("Tài khoản đang khoá. Hãy mở lại tài khoản, mật khẩu mới sẽ có ngay khi mở."))
    password = _give_one_time_password(user)
    user.save(update_fields=["password", "long_password", "must_change_password", "one_time_until", "invited_at"])
    end_sessions(user)
    log("accounts.password_renewed", actor=actor, obj=user, unit_id=unit_id)
    return password


@transaction.atomic
def second_factor_remove(*, actor: Any, user: User, unit_id: int | None = None) -> None:
    """Take the second factor off an account whose owner lost telephone and spare codes; all sessions end.

    Raises Conflict when there is none.
    """
    from allauth.mfa.models import Authenticator

    if not Authenticator.objects.filter(user=user).delete()[0]:
        raise Conflict(_("Tài khoản này chưa bật xác thực hai lớp."))
    end_sessions(user)
    log("accounts.second_factor_removed", actor=actor, obj=user, unit_id=unit_id)


@transaction.atomic
def account_disable(*, actor: Any, user: User, reason: str, unit_id: int | None = None) -> None:
    """Close an account: no log-in, all sessions end, everything the person made stays."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise Conflict(_("Tài khoản này đã khoá từ trước."))
    user.is_active = False
    user.disabled_reason = clean(reason)[:200]
    user.save(update_fields=["is_active", "disabled_reason"])
    end_sessions(user)
    log("accounts.closed", actor=actor, obj=user, unit_id=unit_id, reason=user.disabled_reason)


@transaction.atomic
def account_enable(*, actor: Any, user: User, unit_id: int | None = None) -> str:
    """Open a closed account again with a one-time password, which is returned."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active:
        raise Conflict(_("Tài khoản này đang mở."))
    user.is_active = True
    user.disabled_reason = ""
    user.enabled_at = clock.now()
    password = _give_one_time_password(user)
    user.save()
    log("accounts.opened", actor=actor, obj=user, unit_id=unit_id)
    return password


def password_was_set(user: User) -> None:
    """The person chose a password of their own: the one-time one is over."""
    user.must_change_password = False
    user.one_time_until = None
    user.invited_at = None
    user.save(update_fields=["must_change_password", "one_time_until", "invited_at"])


# — many at once ————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class NewAccount:
    """What is known of somebody who is to get an account."""

    full_name: str
    email: str = ""
    phone: str = ""
    #: where the deed stands in the log
    unit_id: int | None = None


@transaction.atomic
def accounts_create(*, actor: Any, people: Sequence[NewAccount]) -> list[User]:
    """Make accounts that nobody can enter yet: they have no password until the person is invited or gets a
    one-time one. In the order given, a fixed number of statements.

    Raises InvalidInput or Conflict naming the field, for the first that is wrong.
    """
    checked = [(checked_name(p.full_name), checked_email(p.email), checked_phone(p.phone)) for p in people]
    emails = [email for _name, email, _phone in checked if email]
    if len(set(emails)) < len(emails) or User.objects.annotate(low=Lower("email")).filter(low__in=emails).exists():
        raise Conflict(_("Địa chỉ thư này đã có tài khoản."), field="email")
    taken = {name.lower() for name in User.objects.values_list("username", flat=True)}
    users = []
    for name, email, phone in checked:
        user = User(username=free_username(name, taken), full_name=name, email=email, phone=phone)
        user.set_unusable_password()
        user.must_change_password = True
        user.renew_keys()
        users.append(user)
    User.objects.bulk_create(users, batch_size=500)
    log_many(
        "accounts.created",
        actor=actor,
        deeds=[(user, one.unit_id, {"username": user.username}) for user, one in zip(users, people, strict=True)],
    )
    return users


def _waiting(ids: Collection[int]) -> list[User]:
    """Those whose account is open and was never entered, their rows held."""
    rows = User.objects.select_for_update().filter(pk__in=ids, is_active=True, last_login=None)
    return list(rows.filter(must_change_password=True).order_by("sort_key", "pk"))


@transaction.atomic
def one_time_passwords(*, actor: Any, units: dict[int, int | None]) -> dict[User, str]:
    """A one-time password for each person (id → unit for the log) who never logged in; those who did, or whose
    account is closed, are left out. The passwords are returned and kept nowhere; earlier ones are over.
    """
    made = {}
    until = clock.now() + dt.timedelta(days=settings.LOA_ONE_TIME_DAYS)
    for user in _waiting(units):
        made[user] = password = one_time_password()
        user.password = one_time_hash(password)
        user.one_time_until = until
    User.objects.bulk_update(list(made), ["password", "one_time_until"], batch_size=200)
    log_many("accounts.password_renewed", actor=actor, deeds=[(user, units[user.pk], {}) for user in made])
    return made


@transaction.atomic
def invite(*, actor: Any, units: dict[int, int | None], places: dict[int, str]) -> int:
    """Send people (id → unit for the log) who never logged in a link to choose a password; earlier links are over.
    Who has no address, has logged in or is closed is left out. `places`: id → where the person works, for the
    letter. Returns to how many.

    Raises InvalidInput while no mail server is set.
    """
    if not mail_configured():
        raise InvalidInput(
            _(
                "Chưa cấu hình máy chủ thư nên không gửi được thư mời. Hãy lấy phiếu giao tận tay, hoặc nhờ "
                "quản trị hệ thống."
            )
        )
    users = [user for user in _waiting(units) if user.email]
    now = clock.now()
    User.objects.filter(pk__in=[user.pk for user in users]).update(invited_at=now)
    log_many("accounts.invited", actor=actor, deeds=[(user, units[user.pk], {}) for user in users])
    letters = [[user.pk, places.get(user.pk, "")] for user in users]
    for at in range(0, len(letters), 200):
        enqueue_after_commit(
            import_string("loa.accounts.tasks.send_invitations"), letters[at : at + 200], now.isoformat()
        )
    return len(users)


def invitation_sent(*, user_id: int, stamp: str) -> None:
    """The letter of the invitation of that moment left, perhaps after it had been given up once."""
    User.objects.filter(pk=user_id, unsent_at=stamp).update(unsent_at=None)


def invitation_unsent(*, user_id: int, stamp: str) -> None:
    """The letter of the invitation of that moment was given up, which the lists of accounts say; of an invitation
    that is over there is nothing to say."""
    User.objects.filter(pk=user_id, invited_at=stamp).update(unsent_at=F("invited_at"))


def mail_configured() -> bool:
    """Whether letters really leave: without a server they are only written to files."""
    return bool(settings.EMAIL_HOST)


def close_idle_accounts() -> int:
    """Close accounts that nobody logged in to for LOA_IDLE_DAYS. Returns how many.

    Counted from the last log-in, the making or the opening of the account, whichever is latest; the last
    administrators stay open (loa.accounts.hooks.kept_open).
    """
    if not settings.LOA_IDLE_DAYS or settings.LOA_DEMO:
        return 0
    before = clock.now() - dt.timedelta(days=settings.LOA_IDLE_DAYS)
    kept = {pk for ask in kept_open for pk in ask()}
    idle = (
        User.objects.filter(is_active=True, date_joined__lt=before)
        .filter(Q(last_login=None) | Q(last_login__lt=before))
        .filter(Q(enabled_at=None) | Q(enabled_at__lt=before))
        .exclude(pk__in=kept)
    )
    closed = 0
    for user in idle:
        account_disable(actor=None, user=user, reason="idle")
        closed += 1
    return closed


# — sessions ————————————————————————————————————————————————————————————————————————————


def session_started(*, user: User, session_key: str, address: str, agent: str) -> None:
    """Remember a device; beyond LOA_SESSIONS_PER_PERSON the one not seen for longest is logged out."""
    LoginSession.objects.update_or_create(
        session_key=session_key,
        defaults={
            "user": user,
            "started_at": clock.now(),
            "seen_at": clock.now(),
            "address": address[:64],
            "agent": agent[:255],
        },
    )
    beyond = LoginSession.objects.filter(user=user).order_by("-seen_at", "-pk")[settings.LOA_SESSIONS_PER_PERSON :]
    _end([row.session_key for row in beyond])


def session_seen(*, session_key: str) -> None:
    """The person is at work there."""
    LoginSession.objects.filter(session_key=session_key).update(seen_at=clock.now())


def _end(keys: list[str]) -> int:
    Session.objects.filter(session_key__in=keys).delete()
    return LoginSession.objects.filter(session_key__in=keys).delete()[0]


def end_sessions(user: User, *, but: str | None = None) -> int:
    """Log the person out everywhere (`but`: except there). Returns on how many devices."""
    rows = LoginSession.objects.filter(user=user).exclude(session_key=but or "")
    return _end(list(rows.values_list("session_key", flat=True)))


@transaction.atomic
def session_end(*, actor: User, pk: int) -> bool:
    """End one of the person's own sessions. Returns whether there was one."""
    row = LoginSession.objects.filter(pk=pk, user=actor).first()
    if row is None:
        return False
    _end([row.session_key])
    log("accounts.session_ended", actor=actor, obj=actor, agent=row.agent[:120])
    return True


def prune_sessions() -> int:
    """Forget devices whose session has run out. Returns how many."""
    alive = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    return LoginSession.objects.exclude(session_key__in=alive).delete()[0]
