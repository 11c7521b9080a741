"""From approval to the last letter: starting, stopping, and what is learnt afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from loa.accounts.services import cancel_notices, notify
from loa.audit.services import log
from loa.bulletins import selectors
from loa.bulletins.access import bulletin_for_control, may_approve
from loa.bulletins.engine.mail import compose
from loa.bulletins.models import Bulletin, Delivery, Subscription, Suppression
from loa.bulletins.rules import MOVES, Letter, State, Why
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.core.transitions import Transitions
from loa.lib.mail import address_is_dead
from loa.org.access import users_who_can

TABLE = Transitions("bulletin", MOVES)


def move(bulletin: Bulletin, target: State, message: str = "") -> None:
    """Move a locked bulletin along the table; the caller saves."""
    TABLE.require(
        bulletin.state, target, message or _("Bản tin đã đổi trạng thái trong lúc này. Xin mở lại để xem.")
    )
    bulletin.state = target


def start_due() -> int:
    """Start every approved bulletin whose hour has come and that no hold stops. Returns how many."""
    due = selectors.not_held().filter(state=State.SCHEDULED, send_at__lte=clock.now()).values_list("pk", flat=True)
    return sum(_start(pk) for pk in list(due))


@transaction.atomic
def _start(pk: int) -> bool:
    """Write the ledger: one row for everybody who is on the list at this moment."""
    bulletin = Bulletin.objects.select_for_update(of=("self",)).select_related("mailing_list").get(pk=pk)
    now = clock.now()
    if bulletin.state != State.SCHEDULED or bulletin.send_at is None or bulletin.send_at > now:
        return False
    meta = Delivery._meta
    # One statement, whatever the length of the list.
    names = [
        "bulletin_id", "subscription_id", "state", "why", "due_at", "attempts", "lease", "lease_until", "code",
        "reply", "settled_at",
    ]  # fmt: skip
    columns = ", ".join(connection.ops.quote_name(name) for name in names)
    source = connection.ops.quote_name(Subscription._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {connection.ops.quote_name(meta.db_table)} ({columns}) "  # noqa: S608 - names of our own
            f"SELECT %s, id, %s, '', %s, 0, '', NULL, 0, '', NULL FROM {source} "
            "WHERE mailing_list_id = %s AND state = %s ORDER BY id",
            [bulletin.pk, Letter.WAITING, connection.ops.adapt_datetimefield_value(now), bulletin.mailing_list_id,
             Subscription.State.ACTIVE],
        )  # fmt: skip
    count = Delivery.objects.filter(bulletin=bulletin).count()
    move(bulletin, State.SENDING)
    bulletin.started_at, bulletin.intended, bulletin.waiting = now, count, count
    bulletin.note = ""
    if count == 0:
        move(bulletin, State.SENT)
        bulletin.finished_at = now
    bulletin.save()
    log("bulletins.started", actor=None, obj=bulletin, unit_id=bulletin.mailing_list.unit_id, count=count)
    return True


@transaction.atomic
def bulletin_hold(*, actor: Any, bulletin_id: int) -> Bulletin:
    """Stop sending; whoever is at it stops within a few letters. Raises NotFound, Refused, Conflict."""
    bulletin = bulletin_for_control(actor, bulletin_id)
    move(bulletin, State.HELD, _("Chỉ tạm dừng được bản tin đang gửi."))
    bulletin.note = _("Do %s tạm dừng.") % actor
    bulletin.save()
    log("bulletins.held", actor=actor, obj=bulletin, unit_id=bulletin.mailing_list.unit_id)
    return bulletin


@transaction.atomic
def bulletin_resume(*, actor: Any, bulletin_id: int) -> Bulletin:
    """Go on. Failures are judged anew from here: a person has looked. Raises NotFound, Refused, Conflict.

    When a story or picture in it was taken back or corrected, the rest gets the letter as it stands now: whoever
    goes on approves that (Refused, when they may not; InvalidInput, when nothing is left to tell).
    """
    bulletin = bulletin_for_control(actor, bulletin_id)
    if bulletin.state != State.HELD:
        raise Conflict(_("Bản tin không ở trạng thái tạm dừng."), code="bulletins.resume")
    if bulletin.overtaken and bulletin.waiting:
        if not may_approve(actor, bulletin):
            raise Refused(
                _("Nội dung thư đã đổi so với bản được duyệt, nên cần người duyệt (không soạn bản tin) gửi tiếp."),
                code="bulletin.approve",
            )
        freeze(bulletin, actor)
    move(bulletin, State.SENDING)
    bulletin.note, bulletin.away, bulletin.wait_until = "", 0, None
    bulletin.judged_sent, bulletin.judged_failed = bulletin.sent, bulletin.failed
    if bulletin.waiting == 0:
        move(bulletin, State.SENT)
        bulletin.finished_at = clock.now()
    bulletin.save()
    for code in ("bulletins.stopped", "bulletins.overtaken"):
        cancel_notices(code=code, key=str(bulletin.pk))
    log("bulletins.resumed", actor=actor, obj=bulletin, unit_id=bulletin.mailing_list.unit_id)
    return bulletin


def freeze(bulletin: Bulletin, actor: Any) -> None:
    """What `actor` approves: the letter as it stands now, of stories that are public; the caller saves.

    Raises InvalidInput when there is none.
    """
    if not bulletin.items.filter(story__live=True).exists():
        raise InvalidInput(
            _("Không còn tin, bài nào trong bản tin đang đăng. Hãy huỷ bản tin, hoặc trả lại nếu chưa gửi."),
            field="items",
        )
    bulletin.html, bulletin.text = compose(bulletin)
    bulletin.approved_by, bulletin.approved_at, bulletin.overtaken = actor, clock.now(), False


def drop_waiting(bulletin: Bulletin) -> None:
    """Letters nobody holds will not go (of a locked bulletin being cancelled); the caller saves."""
    dropped = Delivery.objects.filter(bulletin=bulletin, state=Letter.WAITING).update(
        state=Letter.SKIPPED, why=Why.CANCELLED, settled_at=clock.now()
    )
    bulletin.skipped += dropped
    bulletin.waiting -= dropped


def stopped_by_itself(bulletin: Bulletin) -> None:
    """Too many letters fail: hold and call the people in charge. The (locked) bulletin is saved by the caller."""
    move(bulletin, State.HELD)
    bulletin.note = _(
        "Loa tự dừng vì quá 10%% thư không gửi được (%(failed)d trong %(all)d). "
        "Xin xem lý do ở bảng dưới, sửa rồi gửi tiếp."
    ) % {"failed": bulletin.failed - bulletin.judged_failed, "all": bulletin.settled}
    unit_id = bulletin.mailing_list.unit_id
    notify(
        users=users_who_can("bulletin.manage", unit_id),
        code="bulletins.stopped",
        key=str(bulletin.pk),
        url=reverse("bulletins:bulletin", args=[bulletin.pk]),
        title=bulletin.subject,
    )
    log("bulletins.stopped", actor=None, obj=bulletin, unit_id=unit_id, failed=bulletin.failed)


def bar_dead(subscription_ids: Iterable[int]) -> None:
    """Addresses nobody has: off every list, never written to again."""
    marks = list(
        Subscription.objects.filter(pk__in=list(subscription_ids)).values_list(
            "subscriber__fingerprint", flat=True
        )
    )
    Suppression.objects.bulk_create(
        [Suppression(fingerprint=mark, reason=Suppression.Reason.BOUNCE) for mark in set(marks)],
        ignore_conflicts=True,
    )
    Subscription.objects.filter(
        subscriber__fingerprint__in=marks, state__in=[Subscription.State.ACTIVE, Subscription.State.PENDING]
    ).update(state=Subscription.State.BOUNCED, ended_at=clock.now(), ended_how="bounce")


@transaction.atomic
def letter_bounced(*, letter: int, code: str, text: str, complaint: bool = False) -> str:
    """A report came back about a letter. Returns what was done: "counted", "noted", "unknown".

    `code`: enhanced status of the report ("5.1.1"); a temporary one ("4…") is only noted. A complaint bars the
    address for good. Repeating a report changes nothing.
    """
    known = Delivery.objects.filter(pk=letter).values_list("bulletin_id", flat=True).first()
    if known is None:
        return "unknown"
    bulletin = Bulletin.objects.select_for_update().get(pk=known)
    row = (
        Delivery.objects.select_for_update(of=("self",)).select_related("subscription__subscriber").get(pk=letter)
    )
    if complaint:
        if row.subscription is not None:
            Suppression.objects.update_or_create(
                fingerprint=row.subscription.subscriber.fingerprint,
                mailing_list=None,
                defaults={"reason": Suppression.Reason.COMPLAINT},
            )
            Subscription.objects.filter(subscriber=row.subscription.subscriber).exclude(
                state=Subscription.State.LEFT
            ).update(state=Subscription.State.LEFT, ended_at=clock.now(), ended_how="complaint")
        return "counted"
    if not code.startswith("5"):
        return "noted"
    unknown = row.state == Letter.FAILED and row.why == Why.UNKNOWN
    if row.state != Letter.SENT and not unknown:
        return "noted"
    if row.state == Letter.SENT:
        bulletin.sent -= 1
        bulletin.failed += 1
        bulletin.save(update_fields=["sent", "failed"])
    row.state, row.why, row.reply = Letter.FAILED, Why.BOUNCED, f"{code} {text}"[:300]
    row.save(update_fields=["state", "why", "reply"])
    if row.subscription_id is not None and address_is_dead(550, code):
        bar_dead([row.subscription_id])
    return "counted"


@transaction.atomic
def unknown_decide(*, actor: Any, bulletin_id: int, again: bool) -> int:
    """A person decides about letters whose outcome nobody knows: send them again (some will arrive twice), or take
    them as sent. Returns how many. Raises NotFound, Refused, Conflict."""
    bulletin = bulletin_for_control(actor, bulletin_id)
    if bulletin.state not in (State.SENDING, State.HELD, State.SENT):
        raise Conflict(_("Bản tin này không có thư chưa rõ kết quả."), code="bulletins.unknown")
    rows = Delivery.objects.filter(Q(bulletin=bulletin), state=Letter.FAILED, why=Why.UNKNOWN)
    now = clock.now()
    if again:
        count = rows.update(state=Letter.WAITING, why="", due_at=now, settled_at=None, attempts=0)
        bulletin.waiting += count
        if count and bulletin.state == State.SENT:
            move(bulletin, State.SENDING)
            bulletin.finished_at = None
            if bulletin.overtaken:
                move(bulletin, State.HELD)
                bulletin.note = _("Có tin, bài hoặc ảnh trong bản tin đã gỡ hay đính chính sau khi gửi.")
    else:
        count = rows.update(
            state=Letter.SENT, why="", reply=_("Coi như đã tới, theo quyết định của người phụ trách")
        )
        bulletin.sent += count
    bulletin.failed -= count
    bulletin.save()
    log(
        "bulletins.unknown_again" if again else "bulletins.unknown_sent",
        actor=actor, obj=bulletin, unit_id=bulletin.mailing_list.unit_id, count=count,
    )  # fmt: skip
    return count
