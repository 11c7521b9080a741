"""Who gets an account's messages: numbers entered with the ground of consent, and taken off again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.channels import access as doors
from loa.channels.models import ChannelAccount
from loa.channels.sms.models import SmsMessage, SmsRecipient
from loa.channels.vault import seal
from loa.channels.zalo.templates import masked, phone_of
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound
from loa.lib import vi

CODE = "sms"
#: numbers of one account, and lines of one paste
MOST, MOST_LINES = 20_000, 2_000
#: errors of lines that are told one by one
TOLD = 20


class WrongLines(InvalidInput):
    """Lines that are no numbers. `lines`: (line number from 1, what is wrong)."""

    def __init__(self, lines: list[tuple[int, str]]) -> None:
        super().__init__(
            _("%(n)d dòng chưa đúng nên chưa thêm số nào. Hãy sửa các dòng dưới đây rồi thêm lại.")
            % {"n": len(lines)},
            field="numbers",
        )
        self.lines = lines


@dataclass(frozen=True)
class Added:
    """What became of a paste."""

    new: int
    known: int


def digest_of(account_id: int, phone: str) -> str:
    """The keyed hash that finds a number without opening any."""
    return salted_hmac("loa.channels.sms", f"{account_id}:{phone}", algorithm="sha256").hexdigest()


def account_for(user: Any, pk: int, *, lock: bool = False) -> ChannelAccount:
    """The SMS account, for who manages it; raises NotFound, Refused."""
    account = doors.account_for(user, pk, "channel.manage", lock=lock)
    if account.kind != CODE:
        raise NotFound(_("Trang này không gửi SMS."), code="channels.sms.404")
    return account


def recipients(account: ChannelAccount) -> QuerySet[SmsRecipient]:
    """Its numbers, newest first, without what is sealed."""
    return SmsRecipient.objects.filter(account=account).select_related("entered_by").defer("sealed")


def _numbers(text: str) -> list[str]:
    """The numbers of a text, one a line. Raises WrongLines, InvalidInput."""
    found: list[str] = []
    wrong: list[tuple[int, str]] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = vi.clean(raw).rstrip(",; ")
        if not line:
            continue
        phone = phone_of(line)
        if phone:
            found.append(phone)
        else:
            what = _("“%(line)s” không phải số di động Việt Nam. Ví dụ đúng: 0912 345 678.")
            wrong.append((number, what % {"line": line[:30]}))
    if wrong:
        raise WrongLines(wrong)
    if not found:
        raise InvalidInput(_("Hãy điền ít nhất một số điện thoại."), field="numbers")
    if len(found) > MOST_LINES:
        raise InvalidInput(_("Mỗi lần thêm được nhiều nhất %(n)d số.") % {"n": MOST_LINES}, field="numbers")
    return list(dict.fromkeys(found))


@transaction.atomic
def recipients_add(*, actor: Any, account_id: int, numbers: str, consent_on: dt.date, consent_how: str) -> Added:
    """Enter numbers, one a line, with the one ground on which their owners agreed; all of them or none.

    A number that is there stays with its ground; one the provider refused is tried again with the new ground.
    Raises NotFound, Refused, WrongLines, InvalidInput, Conflict (list full).
    """
    account = account_for(actor, account_id, lock=True)
    how = vi.clean(consent_how)
    if len(how) < 5:
        raise InvalidInput(
            _("Hãy ghi số này đồng ý nhận tin bằng cách nào, ví dụ: phiếu đăng ký đầu năm học."),
            field="consent_how",
        )
    if consent_on > clock.today():
        raise InvalidInput(_("Ngày đồng ý không thể ở tương lai."), field="consent_on")
    phones = {digest_of(account.pk, phone): phone for phone in _numbers(numbers)}
    there = SmsRecipient.objects.filter(account=account)
    known = dict(there.filter(digest__in=list(phones)).values_list("digest", "active"))
    fresh = {digest: phone for digest, phone in phones.items() if digest not in known}
    if there.count() + len(fresh) > MOST:
        raise Conflict(_("Danh sách đã đủ %(n)d số; hãy gỡ bớt số không còn nhận tin.") % {"n": MOST})
    ground = {"consent_on": consent_on, "consent_how": how[:200], "entered_by": actor, "entered_at": clock.now()}
    SmsRecipient.objects.bulk_create(
        [
            SmsRecipient(
                account=account, sealed=seal({"phone": phone}), digest=digest, mask=masked(phone), **ground
            )
            for digest, phone in fresh.items()
        ],
        batch_size=500,
    )
    again = [digest for digest, active in known.items() if not active]
    there.filter(digest__in=again).update(active=True, code="", **ground)
    added = Added(new=len(fresh) + len(again), known=len(known) - len(again))
    if added.new:
        log("channels.sms.added", actor=actor, obj=account, unit_id=account.unit_id, count=added.new)
    return added


@transaction.atomic
def recipient_remove(*, actor: Any, account_id: int, recipient_id: int) -> None:
    """Take a number off and forget it; what still waits for it is not sent. Raises NotFound, Refused."""
    account = account_for(actor, account_id, lock=True)
    row = SmsRecipient.objects.filter(account=account, pk=recipient_id).first()
    if row is None:
        raise NotFound(_("Số này không còn trong danh sách."), code="channels.sms.404")
    SmsMessage.objects.filter(recipient=row, state=SmsMessage.State.WAITING).update(
        state=SmsMessage.State.SKIPPED, code="sms_removed"
    )
    row.delete()
    log("channels.sms.removed", actor=actor, obj=account, unit_id=account.unit_id)


#: of a number whose request got no clear answer
UNCLEAR = "sms_unclear"


def reached(delivery: Any) -> int:
    """How many telephones a post has gone to, as far as the provider said, or may have (no answer)."""
    there = Q(state__in=(SmsMessage.State.TAKEN, SmsMessage.State.DELIVERED)) | Q(reported_at__isnull=False)
    there |= Q(code=UNCLEAR)
    return SmsMessage.objects.filter(there, delivery=delivery).count()


def ledger(delivery: Any) -> dict[str, Any] | None:
    """How many were meant to get a post, and how many are where; None before the first try."""
    rows = SmsMessage.objects.filter(delivery=delivery)
    counts = dict(rows.values_list("state").annotate(n=Count("pk")).order_by())
    if not counts:
        return None
    why = rows.exclude(code="").values_list("state", "code").annotate(n=Count("pk")).order_by("-n", "code")
    return {
        "meant": sum(counts.values()),
        "states": [(state.label, counts.get(state.value, 0)) for state in SmsMessage.State],
        "why": list(why),
    }
