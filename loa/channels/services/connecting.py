"""Writes: connecting pages by the channel's own log-in (OAuth).

A person goes to the channel and comes back with a code that works once. The state that comes back must be that of
a connection the same person began within a quarter of an hour; it is marked as used before the code is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.channels import access as doors
from loa.channels.kinds import Grant, Login, kinds
from loa.channels.models import ChannelAccount, Connection
from loa.channels.sending import DoorError
from loa.channels.services.accounts import account_connect
from loa.channels.services.retiring import account_reuse
from loa.channels.vault import opened, seal
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused, Unavailable
from loa.org import access
from loa.org.models import Unit

#: how long a person may take at the channel and with choosing
LIVES = dt.timedelta(minutes=15)


def back_address(kind: str) -> str:
    """Where the channel sends people back to; entered in the app's settings there."""
    return settings.BASE_URL + reverse("channels:back", args=[kind])


def _login(kind: str) -> Login:
    found = kinds().get(kind)
    if found is None or found.login is None or not found.login.ready():
        raise InvalidInput(
            _("Chưa khai báo ứng dụng của kênh này (mã và khoá ứng dụng). Hãy dán mã truy cập bằng tay."),
            field="kind",
        )
    return found.login


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


@transaction.atomic
def connect_begin(
    *, actor: Any, kind: str, unit_id: int | None = None, account_id: int | None = None
) -> tuple[Connection, str]:
    """(the connection, the channel's address to send the person to). For one page again, or new ones of a unit."""
    account = doors.account_for(actor, account_id, "channel.manage") if account_id else None
    if account is not None:
        kind, unit_id = account.kind, account.unit_id
    unit = Unit.objects.filter(pk=unit_id).first() if unit_id else None
    if unit is None:
        raise InvalidInput(_("Hãy chọn đơn vị của trang."), field="unit")
    access.require(actor, "channel.manage", unit.pk, _("Bạn chưa được giao quản lý trang của đơn vị này."))
    login = _login(kind)
    state, verifier = secrets.token_urlsafe(32), settings.LOA_ZALO_CODE_VERIFIER or secrets.token_urlsafe(32)
    row = Connection.objects.create(
        user=actor,
        kind=kind,
        unit=unit,
        account=account,
        state=_hash(state),
        verifier=seal({"verifier": verifier}),
        begun_at=clock.now(),
    )
    return row, login.begin(state, verifier, back_address(kind))


def connect_finish(*, actor: Any, kind: str, params: Mapping[str, str]) -> Connection:
    """The person is back: use the code, keep what it gave until they have chosen. Raises AppError."""
    state = params.get("state", "")
    login = _login(kind)
    now = clock.now()
    fresh = Connection.objects.filter(
        state=_hash(state), user=actor, kind=kind, back_at=None, begun_at__gt=now - LIVES
    )
    row = fresh.first() if state else None
    # Committed at once: the same address opened twice uses no code twice.
    if row is None or not fresh.update(back_at=now):
        raise Refused(
            _("Lượt kết nối này không do bạn mở, đã dùng rồi hoặc quá 15 phút. Hãy bắt đầu kết nối lại."),
            code="channels.connect.state",
        )
    if params.get("error") or not params.get("code"):
        raise Conflict(_("Bạn đã không đồng ý ở trang của kênh nên chưa kết nối. Hãy bắt đầu lại khi sẵn sàng."))
    verifier = str(opened(row.verifier)["verifier"])
    Connection.objects.filter(pk=row.pk).update(verifier="")
    try:
        grants = login.finish(dict(params), state, verifier, back_address(kind))
    except DoorError as error:
        raise Unavailable(
            _("Kênh không trả lời khi đổi mã kết nối. Mã chỉ dùng được một lần: hãy bắt đầu kết nối lại."),
            code=f"door_{error.code}",
        ) from error
    if not grants:
        raise Conflict(
            _("Tài khoản vừa dùng không quản trị trang nào, hoặc chưa chọn trang khi cho phép. Hãy làm lại.")
        )
    Connection.objects.filter(pk=row.pk).update(
        grants=seal({"grants": [grant.__dict__ for grant in grants], "at": now.isoformat()})
    )
    row.refresh_from_db()
    return row


def connection_for(actor: Any, pk: int, *, lock: bool = False) -> Connection:
    """The person's own connection that waits for a choice; raises NotFound."""
    rows = Connection.objects.select_related("unit", "account")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = (
        rows.filter(pk=pk, user=actor, done_at=None, begun_at__gt=clock.now() - 2 * LIVES)
        .exclude(grants="")
        .first()
    )
    if row is None:
        raise NotFound(
            _("Lượt kết nối này đã xong hoặc quá hạn. Hãy bắt đầu kết nối lại."), code="channels.connect.404"
        )
    return row


def grants_of(row: Connection) -> list[Grant]:
    """What came back, with tokens: never shown."""
    return [Grant(**grant) for grant in opened(row.grants)["grants"]]


@transaction.atomic
def connect_take(*, actor: Any, connection_id: int, chosen: Iterable[str]) -> list[ChannelAccount]:
    """Connect the chosen pages: known ones again, with all their history; others are entered. All or none."""
    row = connection_for(actor, connection_id, lock=True)
    wanted = set(chosen)
    grants = [grant for grant in grants_of(row) if grant.external_id in wanted]
    if not grants:
        raise InvalidInput(_("Hãy chọn ít nhất một trang."), field="page")
    if row.account is not None and {grant.external_id for grant in grants} != {row.account.external_id}:
        raise InvalidInput(
            _("Trang vừa cho phép không phải “%(name)s”. Hãy đăng nhập bằng tài khoản quản trị đúng trang.")
            % {"name": row.account},
            field="page",
        )
    at = dt.datetime.fromisoformat(opened(row.grants)["at"])
    taken = []
    for grant in grants:
        account = ChannelAccount.objects.filter(kind=row.kind, external_id=grant.external_id).first()
        if account is None:
            account = ChannelAccount.objects.create(
                unit=row.unit, kind=row.kind, name=grant.name[:160], external_id=grant.external_id, url=grant.url
            )
            log("channels.account.created", actor=actor, obj=account, unit_id=account.unit_id)
        elif not account.active:
            account_reuse(actor=actor, account_id=account.pk)  # chosen by name: it is used again
        expires = at + dt.timedelta(seconds=grant.lives) if grant.lives else None
        taken.append(account_connect(actor=actor, account_id=account.pk, secret=grant.secret, expires_at=expires))
    row.grants, row.done_at = "", clock.now()
    row.save(update_fields=["grants", "done_at"])
    return taken


def forget_connections() -> int:
    """Remove connections that are over or were never finished, and the tokens in them."""
    return Connection.objects.filter(begun_at__lt=clock.now() - 2 * LIVES).delete()[0]
