"""Writes: the register of pages and OAs, their tokens, their checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from loa.accounts.models import Notice
from loa.accounts.services import cancel_notices
from loa.audit.services import log
from loa.channels import access as doors
from loa.channels import notices, texts
from loa.channels.kinds import kind_of, kinds
from loa.channels.models import ChannelAccount, ChannelSecret, Delivery, FollowerDay, Health
from loa.channels.rules import Outcome, Result, Status
from loa.channels.sending import DoorError, Talk
from loa.channels.vault import opened, seal
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Unavailable
from loa.lib import vi
from loa.org import access
from loa.org.models import Unit

FIELDS = (
    "name", "external_id", "url", "decision_number", "decided_on", "owner", "first_admin", "second_admin",
    "verified", "expires_on", "monthly_cap", "quiet_from", "quiet_to",
)  # fmt: skip


@transaction.atomic
def account_save(
    *, actor: Any, account_id: int | None, unit_id: int, kind: str, fields: Mapping[str, Any]
) -> ChannelAccount:
    """Enter a page or OA into the register, or change its entry. Its unit and kind stay as they are."""
    if account_id is None:
        access.require(actor, "channel.manage", unit_id, _("Bạn chưa được giao quản lý trang của đơn vị này."))
        if kind not in kinds():
            raise InvalidInput(_("Hãy chọn kênh có trong danh sách."), field="kind")
        account = ChannelAccount(unit=Unit.objects.get(pk=unit_id), kind=kind)
    else:
        account = doors.account_for(actor, account_id, "channel.manage", lock=True)
    quiet = (account.quiet_from, account.quiet_to)
    for name in FIELDS:
        if name in fields:
            setattr(account, name, fields[name])
    account.monthly_cap = account.monthly_cap or 1
    account.name, account.external_id = vi.clean(account.name), account.external_id.strip()
    if not account.name or not account.external_id:
        raise InvalidInput(_("Hãy ghi tên và mã của trang."), field="name")
    twin = ChannelAccount.objects.filter(kind=account.kind, external_id=account.external_id).exclude(pk=account.pk)
    if twin.exists():
        raise InvalidInput(_("Trang có mã này đã có trong danh sách."), field="external_id")
    account.save()
    if quiet != (account.quiet_from, account.quiet_to):
        # What waits for the end of the old ones is asked anew, what stopped half way too.
        stands = (Status.PENDING, Status.RETRY, Status.PROCESSING)
        waiting = Delivery.objects.filter(account=account, status__in=stands, code="quiet")
        waiting.update(next_at=F("due_at"), code="")
    code = "channels.account.created" if account_id is None else "channels.account.changed"
    log(code, actor=actor, obj=account, unit_id=account.unit_id)
    return account


@transaction.atomic
def account_connect(
    *, actor: Any, account_id: int, secret: Mapping[str, str], expires_at: dt.datetime | None = None
) -> ChannelAccount:
    """Keep new tokens of an account, sealed. Empty fields leave what is stored; its history stays.

    Without a new token, what is given is added to the stored one, which goes on living as long as before.
    """
    account = doors.account_for(actor, account_id, "channel.manage", lock=True)
    if not account.active:
        raise Conflict(_("%(name)s đã ngừng dùng. Hãy bấm “Dùng lại” trước khi kết nối.") % {"name": account})
    given = {name: text.strip() for name, text in secret.items() if text and text.strip()}
    kind = kind_of(account)
    first, label = kind.secrets[0]
    row = ChannelSecret.objects.select_for_update().filter(account=account).first()
    try:
        before = opened(row.sealed) if row else {}
    except Unavailable:
        before = {}  # sealed with a key that is gone: connecting again is how that is mended
    if not given.get(first) and not (given and before.get(first)):
        raise InvalidInput(_("Hãy điền “%(label)s”.") % {"label": label}, field=first)
    if row and not given.get(first):
        # Who renews the token at this moment must not find the pair it paid for thrown away.
        if row.lease_until and row.lease_until > clock.now():
            raise Conflict(_("Loa đang gia hạn mã truy cập của trang này. Hãy lưu lại sau một phút."))
        expires_at = row.expires_at
    elif given.get("by_login"):
        # The token is of the installation's app, whichever a token was pasted of before; and the other way round.
        before = {name: text for name, text in before.items() if name not in ("app_id", "app_secret")}
    else:
        before.pop("by_login", None)
    whole = {**before, **given}
    if kind.prepare is not None:
        whole = kind.prepare(whole)
    ChannelSecret.objects.update_or_create(
        account=account,
        defaults={
            "sealed": seal(whole),
            "expires_at": expires_at,
            "lease_owner": "",
            "lease_until": None,
            # Who read what was stored before and wants to renew it reads again.
            "version": row.version + 1 if row else 0,
        },
    )
    if set(given) != {kind.events_key}:
        account.health, account.health_code, account.health_detail = Health.UNCHECKED, "", ""
        account.failures, account.paused_until = 0, None
        account.save()
        cancel_notices(code="channels.account.broken", key=f"account-{account.pk}")
    log("channels.account.connected", actor=actor, obj=account, unit_id=account.unit_id)
    return account


def account_check(*, account: ChannelAccount) -> Outcome:
    """Ask the channel whether the account can be used, and write that down."""
    try:
        outcome = kind_of(account).transport.health(Talk(account))
    except DoorError as error:
        outcome = Outcome(Result.UNKNOWN, f"door_{error.code}", error.detail)
    broken = outcome.result in (Result.ACCOUNT, Result.REFUSED)
    with transaction.atomic():
        row = ChannelAccount.objects.select_for_update().get(pk=account.pk)
        was = row.health
        row.checked_at = clock.now()
        if broken:
            row.health, row.health_code, row.health_detail = Health.BROKEN, outcome.code, outcome.detail[:400]
        elif outcome.result == Result.SENT:
            row.health, row.health_code, row.health_detail = Health.GOOD, "", ""
            facts_kept(row, **outcome.facts)
            _followers(row, outcome.facts.get("followers"))
        row.save(update_fields=["checked_at", "health", "health_code", "health_detail"])
        if broken and was != Health.BROKEN:
            notices.broken(row)
    return outcome


def facts_kept(account: ChannelAccount, **told: Any) -> None:
    """Keep what was found out among the account's facts; None takes one away. What others found stays."""
    if all(account.facts.get(name) == value for name, value in told.items()):
        return
    with transaction.atomic():
        row = ChannelAccount.objects.select_for_update().get(pk=account.pk)
        row.facts = {name: value for name, value in {**row.facts, **told}.items() if value is not None}
        row.save(update_fields=["facts"])
    account.facts = row.facts


def _followers(account: ChannelAccount, told: Any) -> None:
    """Keep the day's number; what is not told is not 0."""
    if isinstance(told, int) and told >= 0:
        FollowerDay.objects.update_or_create(account=account, day=clock.today(), defaults={"count": told})


#: a check that is not older than this is believed; also how far ahead of a post its page is checked
FRESH = dt.timedelta(minutes=30)


def check_ahead(*, account_id: int) -> bool:
    """Check a page soon before one of its posts, unless that was just done. Returns whether it was checked."""
    account = ChannelAccount.objects.filter(pk=account_id, active=True, secret__isnull=False).first()
    if account is None or (account.checked_at is not None and account.checked_at > clock.now() - FRESH):
        return False
    account_check(account=account)
    return True


def check_accounts() -> int:
    """Check what was not checked for a day, and what has to send within the next half hour. Returns how many."""
    now = clock.now()
    soon = Delivery.objects.filter(status=Status.PENDING, due_at__gt=now, due_at__lte=now + FRESH).values(
        "account"
    )
    rows = ChannelAccount.objects.filter(active=True, secret__isnull=False)
    stale = rows.filter(checked_at=None) | rows.filter(checked_at__lt=now - dt.timedelta(days=1))
    ahead = rows.filter(pk__in=soon, checked_at__lt=now - FRESH)
    wanted: Iterable[int] = {*stale.values_list("pk", flat=True), *ahead.values_list("pk", flat=True)}
    for account in ChannelAccount.objects.filter(pk__in=wanted):
        account_check(account=account)
        _ending(account.pk)
    return len(list(wanted))


def _ending(account_id: int) -> None:
    """Tell who manages the account what of it ends soon, and that it may not post: once for each, however often it
    is checked."""
    account = ChannelAccount.objects.get(pk=account_id)
    found = texts.nearest_end(account, clock.today())
    if found is not None:
        _tell_once(account, str(texts.expiry(account, clock.today())), found[0].isoformat())
    said = dict(texts.warnings(account))
    if account.facts.get("comments") != "yt_scope":
        said.pop("comments", None)  # passes by itself
    for name in ("articles", "scopes", "untold", "silent", "comments"):
        if name in said:
            _tell_once(account, str(said[name]), name)
        else:
            # Mended: who has not read it need not.
            cancel_notices(code="channels.account.ending", key=notices.ending_key(account, name))


def _tell_once(account: ChannelAccount, words: str, what: str) -> None:
    if not Notice.objects.filter(code="channels.account.ending", key=notices.ending_key(account, what)).exists():
        notices.ending(account, words, what)
