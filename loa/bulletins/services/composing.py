"""Writing a bulletin, having it approved by a second person, and the drafts that make themselves."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from loa.accounts.services import cancel_notices, notify
from loa.audit.services import log
from loa.bulletins import access, channels, selectors
from loa.bulletins.models import Bulletin, Item, MailingList
from loa.bulletins.rules import State, week_of
from loa.bulletins.services.sending import drop_waiting, freeze, move
from loa.core import clock
from loa.core.after import enqueue_after_commit
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.lib.vi import clean, clean_lines
from loa.org.access import can, users_who_can

LIMITS = {"subject": 150, "preheader": 150, "intro": 3000}
#: stories one letter may hold, and how far ahead it may be scheduled
MOST_ITEMS = 25
FURTHEST = dt.timedelta(days=60)


@transaction.atomic
def bulletin_create(
    *, actor: Any, list_id: int, first: dt.date | None = None, last: dt.date | None = None
) -> Bulletin:
    """A draft with what Loa proposes for the period (the past week). Raises NotFound, Refused, InvalidInput."""
    mailing_list = access.list_for_read(actor, list_id)
    if not can(actor, "bulletin.edit", mailing_list.unit_id):
        raise Refused(_("Ông/bà không soạn bản tin cho danh sách này."), code="bulletin.edit")
    usual = week_of(clock.today())
    first, last = first or usual[0], last or usual[1]
    if first > last or (last - first).days > 366:
        raise InvalidInput(
            _("Khoảng ngày chưa đúng: ngày đầu phải trước ngày cuối, dài nhất một năm."), field="first"
        )
    bulletin = _draft(mailing_list, first, last, actor)
    log("bulletins.created", actor=actor, obj=bulletin, unit_id=mailing_list.unit_id)
    return bulletin


def _draft(mailing_list: MailingList, first: dt.date, last: dt.date, actor: Any) -> Bulletin:
    stories = selectors.proposal(mailing_list, first, last)
    bulletin = Bulletin.objects.create(
        mailing_list=mailing_list,
        subject=_("%(list)s: %(first)s–%(last)s")
        % {"list": mailing_list.title[:110], "first": f"{first:%d/%m}", "last": f"{last:%d/%m/%Y}"},
        preheader=stories[0].title[:150] if stories else "",
        period_from=first,
        period_to=last,
        created_by=actor,
    )
    Item.objects.bulk_create(
        [Item(bulletin=bulletin, story=story, position=number) for number, story in enumerate(stories, 1)]
    )
    if actor is not None:
        bulletin.hands.add(actor)
    return bulletin


def draft_due_lists() -> int:
    """On a list's day, from seven in the morning: the draft of the past week, once. Returns how many were made.

    Nothing is made when there is nothing to tell.
    """
    now = clock.local(clock.now())
    if now.hour < 7:
        return 0
    made = 0
    for pk in MailingList.objects.filter(active=True, draft_on=now.weekday()).values_list("pk", flat=True):
        made += _draft_once(pk, *week_of(now.date()))
    return made


@transaction.atomic
def _draft_once(list_id: int, first: dt.date, last: dt.date) -> bool:
    mailing_list = MailingList.objects.select_for_update(of=("self",)).select_related("unit").get(pk=list_id)
    if Bulletin.objects.filter(mailing_list=mailing_list, period_to=last).exists():
        return False
    if not selectors.stories_of(mailing_list, first, last).exists():
        return False
    bulletin = _draft(mailing_list, first, last, None)
    notify(
        users=users_who_can("bulletin.edit", mailing_list.unit_id),
        code="bulletins.drafted",
        key=str(bulletin.pk),
        url=reverse("bulletins:bulletin", args=[bulletin.pk]),
        title=bulletin.subject,
    )
    log("bulletins.drafted", actor=None, obj=bulletin, unit_id=mailing_list.unit_id)
    return True


@transaction.atomic
def bulletin_save(
    *, actor: Any, bulletin_id: int, version: int, items: list[tuple[int, str]], **fields: str
) -> Bulletin:
    """Save words and stories. `items`: (story id, own lead or "") in order. Raises NotFound, Refused, InvalidInput
    (field named), Conflict when somebody saved in between or it is no longer a draft."""
    bulletin = access.bulletin_for_edit(actor, bulletin_id)
    if bulletin.state != State.DRAFT:
        raise Conflict(
            _("Bản tin không còn là bản nháp nên không sửa được. Hãy rút về nháp trước."), code="bulletins.save"
        )
    if bulletin.version != version:
        raise Conflict(
            _("Trong lúc ông/bà sửa, bản tin đã được người khác lưu. Hãy mở lại, đối chiếu rồi lưu lần nữa."),
            code="bulletins.version",
        )
    for name, text in fields.items():
        value = clean_lines(text) if name == "intro" else clean(text)
        if len(value) > LIMITS[name]:
            raise InvalidInput(
                _("Phần này dài quá %(most)d ký tự (đang có %(have)d). Hãy rút gọn.")
                % {"most": LIMITS[name], "have": len(value)},
                field=name,
            )
        setattr(bulletin, name, value)
    if not bulletin.subject:
        raise InvalidInput(_("Thư cần có tiêu đề."), field="subject")
    if len(items) > MOST_ITEMS:
        raise InvalidInput(_("Một bản tin chứa nhiều nhất %d tin, bài.") % MOST_ITEMS, field="items")
    _set_items(bulletin, items)
    bulletin.version += 1
    bulletin.edited_at = clock.now()
    bulletin.note = ""
    bulletin.save()
    bulletin.hands.add(actor)
    log("bulletins.saved", actor=actor, obj=bulletin, unit_id=bulletin.mailing_list.unit_id)
    return bulletin


def _set_items(bulletin: Bulletin, items: list[tuple[int, str]]) -> None:
    wanted = {story_id: clean(lead)[:600] for story_id, lead in items}
    inside = set(bulletin.items.values_list("story_id", flat=True))
    allowed = set(
        selectors.stories_of(bulletin.mailing_list, bulletin.period_from, bulletin.period_to)
        .filter(pk__in=set(wanted) - inside)
        .values_list("pk", flat=True)
    )
    if set(wanted) - inside - allowed:
        raise InvalidInput(
            _("Có tin, bài không thuộc danh sách này, không trong khoảng ngày hoặc không còn đăng. Hãy chọn lại."),
            field="items",
        )
    bulletin.items.exclude(story_id__in=wanted).delete()
    for position, (story_id, lead) in enumerate(wanted.items(), 1):
        Item.objects.update_or_create(
            bulletin=bulletin, story_id=story_id, defaults={"position": position, "lead": lead}
        )


@transaction.atomic
def bulletin_submit(*, actor: Any, bulletin_id: int) -> Bulletin:
    """Ask for approval. Raises NotFound, Refused, InvalidInput, Conflict."""
    bulletin = access.bulletin_for_edit(actor, bulletin_id)
    if not bulletin.items.filter(story__live=True).exists():
        raise InvalidInput(_("Bản tin chưa có tin, bài nào đang đăng. Hãy chọn ít nhất một."), field="items")
    move(bulletin, State.WAITING, _("Chỉ gửi duyệt được bản nháp."))
    bulletin.sent_for_approval_at, bulletin.note = clock.now(), ""
    bulletin.save()
    bulletin.hands.add(actor)
    unit_id = bulletin.mailing_list.unit_id
    hands = set(bulletin.hands.values_list("pk", flat=True))
    notify(
        users=[user for user in users_who_can("bulletin.approve", unit_id) if user.pk not in hands],
        code="bulletins.to_approve",
        key=str(bulletin.pk),
        url=reverse("bulletins:bulletin", args=[bulletin.pk]),
        title=bulletin.subject,
        who=str(actor),
    )
    log("bulletins.submitted", actor=actor, obj=bulletin, unit_id=unit_id)
    return bulletin


@transaction.atomic
def bulletin_return(*, actor: Any, bulletin_id: int, reason: str = "") -> Bulletin:
    """Back to the draft: by who approves (with a reason), or by who wrote it (taking it back)."""
    bulletin = access.bulletin_for_read(actor, bulletin_id)
    unit_id = bulletin.mailing_list.unit_id
    own = bulletin.hands.filter(pk=actor.pk).exists() and can(actor, "bulletin.edit", unit_id)
    if own:
        bulletin = access.bulletin_for_edit(actor, bulletin_id)
    else:
        bulletin = access.bulletin_for_approve(actor, bulletin_id)
        reason = clean_lines(reason)[:1000]
        if not reason:
            raise InvalidInput(_("Xin ghi lý do trả lại để người soạn biết cần sửa gì."), field="reason")
    move(bulletin, State.DRAFT, _("Bản tin này đã bắt đầu gửi hoặc đang là bản nháp."))
    bulletin.html = bulletin.text = ""
    bulletin.approved_by = bulletin.approved_at = bulletin.send_at = None
    bulletin.note = "" if own else reason
    bulletin.version += 1
    bulletin.save()
    for code in ("bulletins.to_approve", "bulletins.overtaken"):
        cancel_notices(code=code, key=str(bulletin.pk))
    if not own:
        notify(
            users=bulletin.hands.all(),
            code="bulletins.returned",
            key=str(bulletin.pk),
            url=reverse("bulletins:bulletin", args=[bulletin.pk]),
            title=bulletin.subject,
            who=str(actor),
            reason=reason,
        )
    log("bulletins.returned", actor=actor, obj=bulletin, unit_id=unit_id, reason=reason)
    return bulletin


@transaction.atomic
def bulletin_approve(
    *, actor: Any, bulletin_id: int, version: int, send_at: dt.datetime | None = None
) -> Bulletin:
    """Approve what was shown and freeze it; sending begins at `send_at` (now). Raises NotFound, Refused (nobody
    approves what they wrote in), InvalidInput, Conflict when it has changed since it was shown."""
    bulletin = access.bulletin_for_approve(actor, bulletin_id)
    if bulletin.version != version:
        raise Conflict(
            _("Bản tin đã được sửa sau khi ông/bà mở. Xin xem lại rồi duyệt."), code="bulletins.version"
        )
    now = clock.now()
    if send_at is not None and send_at < now - dt.timedelta(minutes=2):
        raise InvalidInput(_("Giờ gửi đã qua. Hãy chọn giờ khác, hoặc để trống để gửi ngay."), field="send_at")
    if send_at is not None and send_at > now + FURTHEST:
        raise InvalidInput(_("Giờ gửi xa quá 60 ngày. Hãy chọn ngày gần hơn."), field="send_at")
    move(bulletin, State.SCHEDULED, _("Chỉ duyệt được bản tin đang chờ duyệt."))
    freeze(bulletin, actor)
    bulletin.send_at = send_at or now
    bulletin.note = ""
    bulletin.save()
    for code in ("bulletins.to_approve", "bulletins.overtaken"):
        cancel_notices(code=code, key=str(bulletin.pk))
    log("bulletins.approved", actor=actor, obj=bulletin, unit_id=bulletin.mailing_list.unit_id)
    return bulletin


@transaction.atomic
def bulletin_cancel(*, actor: Any, bulletin_id: int) -> Bulletin:
    """Never send (the rest of) it. A draft may be cancelled by its writers. Raises NotFound, Refused, Conflict."""
    bulletin = access.bulletin_for_read(actor, bulletin_id)
    writing = bulletin.state in (State.DRAFT, State.WAITING)
    edits = can(actor, "bulletin.edit", bulletin.mailing_list.unit_id)
    bulletin = (
        access.bulletin_for_edit(actor, bulletin_id)
        if writing and edits
        else access.bulletin_for_control(actor, bulletin_id)
    )
    move(bulletin, State.CANCELLED, _("Bản tin này đã gửi xong hoặc đã huỷ."))
    drop_waiting(bulletin)
    channels.withdraw(bulletin, actor)
    bulletin.finished_at = clock.now()
    bulletin.save()
    for code in ("bulletins.to_approve", "bulletins.stopped", "bulletins.overtaken"):
        cancel_notices(code=code, key=str(bulletin.pk))
    log("bulletins.cancelled", actor=actor, obj=bulletin, unit_id=bulletin.mailing_list.unit_id)
    return bulletin


@transaction.atomic
def bulletin_test(*, actor: Any, bulletin_id: int) -> None:
    """Send it as it stands to the person's own address. Raises NotFound, Refused, InvalidInput."""
    bulletin = access.bulletin_for_read(actor, bulletin_id)
    unit_id = bulletin.mailing_list.unit_id
    if not (can(actor, "bulletin.edit", unit_id) or can(actor, "bulletin.approve", unit_id)):
        raise Refused(_("Ông/bà không gửi thử được bản tin này."), code="bulletin.edit")
    if not actor.email:
        raise InvalidInput(_("Tài khoản của ông/bà chưa có địa chỉ thư. Hãy thêm ở trang Tài khoản rồi gửi thử."))
    log("bulletins.tested", actor=actor, obj=bulletin, unit_id=unit_id)
    enqueue_after_commit(import_string("loa.bulletins.tasks.send_test"), bulletin.pk, actor.pk)
