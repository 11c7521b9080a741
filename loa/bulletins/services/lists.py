"""Lists, and bringing in the addresses a unit has already gathered."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.bulletins import selectors, tokens
from loa.bulletins.access import list_for_manage, require_manage
from loa.bulletins.models import MailingList, Subscriber, Subscription
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.lib.mail import address_of
from loa.lib.vi import clean, fold

#: most addresses in one import, and bytes of the file
MOST_ADDRESSES = 200_000
MOST_BYTES = 20 * 1024 * 1024
FIELDS = ("title", "description", "topic_id", "whole_portal", "is_open", "active", "reply_to", "draft_on")


@transaction.atomic
def list_create(*, actor: Any, unit_id: int, **fields: Any) -> MailingList:
    """Open a list of a unit. Raises Refused, InvalidInput, Conflict."""
    if actor is not None:
        require_manage(actor, unit_id)
    made = MailingList(unit_id=unit_id)
    _set(made, fields)
    made.save()
    log("bulletins.list_created", actor=actor, obj=made, unit_id=unit_id)
    return made


@transaction.atomic
def list_update(*, actor: Any, list_id: int, **fields: Any) -> MailingList:
    """Change a list. Raises NotFound, Refused, InvalidInput, Conflict."""
    found = list_for_manage(actor, list_id, lock=True)
    before = {name: getattr(found, name) for name in FIELDS}
    _set(found, fields)
    found.save()
    changed = {name: [old, getattr(found, name)] for name, old in before.items() if getattr(found, name) != old}
    log("bulletins.list_changed", actor=actor, obj=found, unit_id=found.unit_id, changed=changed)
    return found


def _set(row: MailingList, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if name not in FIELDS:
            raise TypeError(f"no such field of a list: {name}")
        setattr(row, name, clean(value) if isinstance(value, str) else value)
    if not row.title:
        raise InvalidInput(_("Danh sách cần một cái tên, ví dụ: Bản tin tuần của Sở."), field="title")
    if not row.description:
        raise InvalidInput(
            _("Xin ghi gửi gì và bao lâu một lần, để người đăng ký biết mình nhận gì."), field="description"
        )
    if len(row.title) > 120 or len(row.description) > 300:
        raise InvalidInput(_("Tên dài quá 120 hoặc mô tả dài quá 300 ký tự. Hãy rút gọn."), field="title")
    if row.reply_to and address_of(row.reply_to) is None:
        raise InvalidInput(_("Địa chỉ nhận thư trả lời chưa đúng."), field="reply_to")
    if MailingList.objects.filter(unit_id=row.unit_id, title=row.title).exclude(pk=row.pk).exists():
        raise Conflict(_("Đơn vị đã có danh sách mang tên này."), field="title")


@dataclass
class Imported:
    """What became of the lines of a file."""

    added: int = 0
    already: int = 0
    left: int = 0
    suppressed: int = 0
    #: numbers of lines without a usable address
    wrong: list[int] = field(default_factory=list)


def read_addresses(data: bytes) -> tuple[list[str], list[int]]:
    """Addresses of a CSV or text file (one a line, or a column named email/thư), and lines without one."""
    if len(data) > MOST_BYTES:
        raise InvalidInput(_("Tệp lớn hơn 20 MB. Hãy chia thành nhiều tệp."), field="file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(
            _("Tệp không phải UTF-8. Trong Excel, chọn Lưu thành → CSV UTF-8 rồi tải lên lại."), field="file"
        ) from None
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if text.count(";") > text.count(",") else ","))
    column, header = 0, bool(rows) and "@" not in "".join(rows[0])
    if header:
        names = [fold(cell).strip() for cell in rows[0]]
        column = next((n for n, name in enumerate(names) if "mail" in name or name.startswith("thu")), 0)
    found: dict[str, None] = {}
    wrong = []
    for number, row in enumerate(rows, 1):
        if (header and number == 1) or not any(cell.strip() for cell in row):
            continue
        address = address_of(row[column]) if column < len(row) else None
        if address:
            found[address] = None
        else:
            wrong.append(number)
    if len(found) > MOST_ADDRESSES:
        raise InvalidInput(_("Tệp có hơn 200.000 địa chỉ. Hãy chia thành nhiều tệp."), field="file")
    return list(found), wrong


@transaction.atomic
def subscribers_import(*, actor: Any, list_id: int, data: bytes, proof: str) -> Imported:
    """Put addresses of a file on a list. `proof`: where their consent is written down.

    Who left, bounced or asked never to be written to is not brought back. Raises NotFound, Refused, InvalidInput.
    """
    mailing_list = list_for_manage(actor, list_id, lock=True)
    proof = clean(proof)
    if len(proof) < 15:
        raise InvalidInput(
            _(
                "Xin ghi rõ sự đồng ý được lưu ở đâu, ví dụ: Phiếu đăng ký họp phụ huynh "
                "05/09/2026, lưu tại văn thư."
            ),
            field="proof",
        )
    if len(proof) > 300:
        raise InvalidInput(_("Phần ghi về sự đồng ý dài quá 300 ký tự. Hãy rút gọn."), field="proof")
    addresses, wrong = read_addresses(data)
    if not addresses:
        raise InvalidInput(_("Không tìm thấy địa chỉ thư nào trong tệp. Mỗi dòng cần một địa chỉ."), field="file")
    result = Imported(wrong=wrong[:50])
    now = clock.now()
    for at in range(0, len(addresses), 500):
        part = addresses[at : at + 500]
        marks = {address: tokens.fingerprint(address) for address in part}
        # Known ones first: of who is being forgotten at this moment either the row or the fingerprint is seen.
        known = dict(
            Subscription.objects.filter(
                mailing_list=mailing_list, subscriber__fingerprint__in=marks.values()
            ).values_list("subscriber__email", "state")
        )
        barred = selectors.barred(mailing_list.pk, marks.values())
        wanted = [address for address in part if marks[address] not in barred]
        result.suppressed += len(part) - len(wanted)
        fresh = [address for address in wanted if address not in known]
        Subscriber.objects.bulk_create(
            [Subscriber(email=address, fingerprint=marks[address]) for address in fresh], ignore_conflicts=True
        )
        new = list(Subscriber.objects.filter(email__in=fresh).values_list("pk", flat=True))
        Subscription.objects.bulk_create(
            [
                Subscription(
                    mailing_list=mailing_list, subscriber_id=pk, state=Subscription.State.ACTIVE, consent_at=now,
                    source=Subscription.Source.IMPORT, consent_proof=proof, asked_at=now,
                )
                for pk in new
            ]
        )  # fmt: skip
        result.added += len(new)
        standing = [known[address] for address in wanted if address in known]
        gone = sum(state in ("left", "bounced") for state in standing)
        result.left += gone
        result.already += len(standing) - gone
    log(
        "bulletins.imported", actor=actor, obj=mailing_list, unit_id=mailing_list.unit_id,
        added=result.added, proof=proof, skipped=result.left + result.suppressed,
    )  # fmt: skip
    return result
