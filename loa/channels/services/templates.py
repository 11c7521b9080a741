"""Writes: templates the channel approved, and one message by one of them to one telephone number.

The number is sealed in the post, masked on every screen, and forgotten as soon as the message went out.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.channels import access as doors
from loa.channels.models import ChannelAccount, Delivery, MessageTemplate, Post
from loa.channels.rules import Intent, Status
from loa.channels.sending import DoorError, Talk
from loa.channels.services.posts import forget_receiver, queue
from loa.channels.texts import reason
from loa.channels.vault import seal
from loa.channels.zalo import templates
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Unavailable
from loa.lib import vi

#: how long the number of a message that did not go out is kept, for another try
KEPT = dt.timedelta(days=7)
READY = "ENABLE"


def templates_sync(*, actor: Any, account_id: int) -> int:
    """Read the templates of an OA anew; what is not listed any more is GONE. Returns how many are listed."""
    account = doors.account_for(actor, account_id, "channel.publish")
    try:
        rows, wrong = templates.listed(Talk(account))
    except DoorError as error:
        raise Unavailable(str(reason(f"door_{error.code}")), code=f"door_{error.code}") from error
    if wrong is not None:
        raise Conflict(str(reason(wrong.code)), code=wrong.code)
    now = clock.now()
    with transaction.atomic():
        for row in rows:
            MessageTemplate.objects.update_or_create(
                account=account,
                template_id=str(row["templateId"])[:40],
                defaults={
                    "name": vi.clean(str(row.get("templateName") or row["templateId"]))[:200],
                    "status": str(row.get("status") or "")[:20],
                    "quality": str(row.get("templateQuality") or "")[:20],
                    "tag": str(row.get("templateTag") or "")[:20],
                    "price": str(row.get("price") or "")[:20],
                    "preview_url": _address(row.get("previewUrl")),
                    "params": [_param(one) for one in row.get("listParams") or [] if one.get("name")],
                    "synced_at": now,
                },
            )
        MessageTemplate.objects.filter(account=account, synced_at__lt=now).update(status="GONE")
        log("channels.templates.synced", actor=actor, obj=account, unit_id=account.unit_id, count=len(rows))
    return len(rows)


def _address(text: Any) -> str:
    found = str(text or "")[:500]
    return found if found.startswith("https://") else ""


def _param(row: Mapping[str, Any]) -> dict[str, Any]:
    longest = row.get("maxLength")
    return {
        "name": str(row["name"])[:60],
        "required": bool(row.get("require")),
        "longest": longest if isinstance(longest, int) and longest > 0 else 200,
    }


@transaction.atomic
def template_send(
    *, actor: Any, template_id: int, phone: str, data: Mapping[str, str], key: str, test: bool = False
) -> Delivery:
    """Queue one message. `test`: reaches administrators of the app alone. The same `key` again gives the same row.

    Raises InvalidInput (number, blanks), Conflict (template not usable).
    """
    row = doors.template_for(actor, template_id)
    account = ChannelAccount.objects.select_for_update().get(pk=row.account_id)
    whole = f"template:{row.pk}:{key}"
    known = Delivery.objects.filter(post__key=whole, intent=Intent.TEMPLATE).first()
    if known is not None:
        return known
    if not 16 <= len(key) <= 40:
        raise InvalidInput(_("Trang này đã mở quá lâu. Hãy tải lại rồi gửi."))
    if row.status != READY:
        raise Conflict(_("Mẫu này chưa được Zalo duyệt hoặc đã ngừng. Hãy đồng bộ lại danh sách mẫu."))
    number = templates.phone_of(phone)
    if not number:
        raise InvalidInput(_("Số điện thoại di động chưa đúng. Ví dụ: 0912 345 678."), field="phone")
    filled = {}
    for param in row.params:
        text = vi.clean(str(data.get(param["name"]) or ""))
        if param["required"] and not text:
            raise InvalidInput(_("Hãy điền “%(name)s”.") % {"name": param["name"]}, field=param["name"])
        if len(text) > param["longest"]:
            raise InvalidInput(
                _("“%(name)s” dài nhất %(n)d ký tự.") % {"name": param["name"], "n": param["longest"]},
                field=param["name"],
            )
        if text:
            filled[param["name"]] = text
    post = Post.objects.create(
        source="channels.template",
        source_id=row.pk,
        unit_id=account.unit_id,
        title=f"{row.name} → {templates.masked(number)}"[:200],
        payload={
            "text": row.name,
            "title": row.name,
            "template_id": row.template_id,
            "data": filled,
            "to": seal({"phone": number}),
            "mask": templates.masked(number),
            "tracking": f"loa-{secrets.token_hex(12)}",
            "test": test,
        },
        key=whole,
        created_by=actor,
    )
    made = queue(post, account, Intent.TEMPLATE, actor, clock.now())
    log(
        "channels.template.sent",
        actor=actor,
        obj=made,
        unit_id=account.unit_id,
        template=row.template_id,
        test=test,
    )
    return made


def forget_receivers() -> int:
    """Empty numbers of messages that will not be sent any more, or did not go out for a week."""
    rows = Delivery.objects.filter(intent=Intent.TEMPLATE).exclude(post__payload__to="")
    over = rows.filter(status__in=(Status.SENT, Status.CANCELLED)) | rows.filter(
        status__in=(Status.FAILED, Status.UNKNOWN), created_at__lt=clock.now() - KEPT
    )
    done = 0
    for row in over.distinct()[:500]:
        with transaction.atomic():
            forget_receiver(row)
        done += 1
    return done
