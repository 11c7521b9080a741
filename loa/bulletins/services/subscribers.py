"""What people do about their own mail: subscribe, confirm, choose, leave, be forgotten.

No account stands behind these: the authority is the link in a letter to that address (tokens.py). None of them
says whether an address is known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.bulletins import tokens
from loa.bulletins.access import list_for_manage
from loa.bulletins.models import ConsentText, FormUse, MailingList, Subscriber, Subscription, Suppression
from loa.core import clock
from loa.core.after import enqueue_after_commit
from loa.core.errors import AppError, InvalidInput, NotFound
from loa.lib.mail import address_of

#: forms one place on the net may send in an hour (a school shares one address)
FORMS_AN_HOUR = 40
#: letters asking to confirm that one address gets: this far apart, and so many a day
ASK_AGAIN = dt.timedelta(minutes=10)
ASK_A_DAY = 3


class TooMany(AppError):
    """The form was used too often from one place."""

    status = 429


def consent_text(at: dt.datetime | None = None) -> ConsentText:
    """The text of today, or of that moment."""
    found = ConsentText.objects.filter(valid_from__lte=at or clock.now()).order_by("-version").first()
    if found is None:
        found, _made = ConsentText.objects.get_or_create(
            version=1,
            defaults={
                "text": _(
                    "Tôi đồng ý nhận bản tin của các danh sách đã chọn qua thư điện tử. Địa chỉ của tôi chỉ dùng "
                    "để gửi các bản tin này, không chuyển cho bên khác, và được xoá khi tôi yêu cầu. Mỗi thư đều "
                    "có đường dẫn để huỷ nhận ngay."
                )
            },
        )
    return found


def count_use(source: str) -> None:
    """Count one use of the public form; raises TooMany over the limit."""
    if not source:
        return
    now = clock.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    key = tokens.place_on_the_net(source, now.date().isoformat())
    FormUse.objects.get_or_create(source=key, hour=hour)
    FormUse.objects.filter(source=key, hour=hour).update(count=F("count") + 1)
    if FormUse.objects.filter(source=key, hour=hour, count__gt=FORMS_AN_HOUR).exists():
        raise TooMany(
            _("Từ mạng này đã có quá nhiều lượt đăng ký trong một giờ. Xin thử lại sau một giờ."),
            code="bulletins.too_many",
        )


def subscribe(*, email: str, list_ids: Iterable[int], agreed: bool, source: str = "") -> None:
    """Ask for the lists; a letter asks back. The same for every address, known or not.

    Raises InvalidInput (field named), TooMany. Not audited: nobody's right changes until it is confirmed.
    """
    count_use(source)
    address = address_of(email)
    if address is None:
        raise InvalidInput(
            _("Địa chỉ thư điện tử chưa đúng. Xin ghi đủ, ví dụ: lan.nguyen@truong.edu.vn."), field="email"
        )
    lists = list(MailingList.objects.filter(pk__in=list(list_ids), active=True, is_open=True))
    if not lists:
        raise InvalidInput(_("Xin chọn ít nhất một danh sách muốn nhận."), field="lists")
    if not agreed:
        raise InvalidInput(_("Xin đánh dấu vào ô đồng ý để chúng tôi được gửi thư."), field="agreed")
    _ask(address, lists)


@transaction.atomic
def _ask(address: str, lists: list[MailingList]) -> None:
    mark = tokens.fingerprint(address)
    if Suppression.objects.filter(fingerprint=mark, reason=Suppression.Reason.COMPLAINT).exists():
        return  # who reported us as spam gets nothing, not even a question
    now = clock.now()
    subscriber, _new = Subscriber.objects.get_or_create(email=address, defaults={"fingerprint": mark})
    subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    text = consent_text()
    for mailing_list in lists:
        row, made = Subscription.objects.get_or_create(
            mailing_list=mailing_list, subscriber=subscriber, defaults={"consent_text": text, "asked_at": now}
        )
        if made:
            continue
        # Anybody can fill in the form: who left has left until they confirm, only the asking is noted.
        own = Subscription.objects.filter(pk=row.pk)
        own.exclude(state=Subscription.State.ACTIVE).update(asked_at=now)
        own.filter(state=Subscription.State.PENDING).update(consent_text=text)
    last = subscriber.asked_at
    today = last is not None and clock.local(last).date() == clock.local(now).date()
    if last is not None and (now - last < ASK_AGAIN or (today and subscriber.asked_today >= ASK_A_DAY)):
        return
    subscriber.asked_today = subscriber.asked_today + 1 if today else 1
    subscriber.asked_at = now
    subscriber.save(update_fields=["asked_at", "asked_today"])
    enqueue_after_commit(
        import_string("loa.bulletins.tasks.send_confirmation"), subscriber.pk, [row.pk for row in lists]
    )


@transaction.atomic
def confirm(*, token: str) -> list[Subscription]:
    """Put the owner of the link on the lists it names. Raises NotFound when the link is wrong or too old.

    A list they have left is theirs again only when it was asked for since.
    """
    found = tokens.read_confirm(token)
    subscriber = Subscriber.objects.select_for_update().filter(pk=found[0]).first() if found else None
    if found is None or subscriber is None:
        raise NotFound(
            _("Đường dẫn xác nhận không đúng hoặc đã quá 3 ngày. Xin đăng ký lại để nhận thư xác nhận mới."),
            code="bulletins.confirm",
        )
    now = clock.now()
    rows = list(
        Subscription.objects.select_for_update(of=("self",))
        .select_related("mailing_list")
        .filter(
            Q(ended_at=None) | Q(asked_at__gt=F("ended_at")),
            subscriber=subscriber,
            mailing_list__in=found[1],
            mailing_list__active=True,
        )
    )
    for row in rows:
        if row.state != Subscription.State.ACTIVE:
            row.state, row.source = Subscription.State.ACTIVE, Subscription.Source.FORM
            row.consent_text, row.consent_at, row.consent_proof = consent_text(row.asked_at), now, ""
            row.ended_at, row.ended_how = None, ""
            row.save()
            log("bulletins.confirmed", actor=None, obj=row.mailing_list, unit_id=row.mailing_list.unit_id)
    if rows:
        _unbar(subscriber, {row.mailing_list_id for row in rows})
    return rows


def _unbar(subscriber: Subscriber, list_ids: set[int]) -> None:
    """Its owner chose these lists: a bounce of long ago no longer counts, nor what they asked before. They stay
    off other lists, and a complaint stands."""
    Suppression.objects.filter(
        Q(mailing_list=None) | Q(mailing_list__in=list_ids), fingerprint=subscriber.fingerprint
    ).exclude(reason=Suppression.Reason.COMPLAINT).delete()


@transaction.atomic
def leave(*, token: str, how: str = "page") -> Subscription | None:
    """End one subscription; committed before anything is answered. None when it is gone already.

    Raises NotFound when the token is none of ours. Can be repeated. A run under way asks before each few letters
    whether the subscription still stands.
    """
    pk = tokens.read("leave", token)
    if pk is None:
        raise NotFound(_("Đường dẫn huỷ nhận không đúng. Xin mở lại từ thư đã nhận."), code="bulletins.leave")
    row = Subscription.objects.select_related("mailing_list", "subscriber").filter(pk=pk).first()
    if row is not None:
        _end(row, how)
    return row


def _end(row: Subscription, how: str) -> None:
    changed = (
        Subscription.objects.filter(pk=row.pk)
        # Leaving again ends what somebody asked for since.
        .exclude(state=Subscription.State.LEFT, asked_at__lte=F("ended_at"))
        .update(state=Subscription.State.LEFT, ended_at=clock.now(), ended_how=how)
    )
    if changed:
        log("bulletins.left", actor=None, obj=row.mailing_list, unit_id=row.mailing_list.unit_id, how=how)
    row.state = Subscription.State.LEFT


def subscriber_of(token: str) -> Subscriber:
    """The owner of a link to preferences. Raises NotFound, also when the data were erased."""
    pk = tokens.read("prefs", token)
    found = Subscriber.objects.filter(pk=pk).first() if pk is not None else None
    if found is None:
        raise NotFound(
            _("Đường dẫn không đúng, hoặc dữ liệu của địa chỉ này đã được xoá."), code="bulletins.prefs"
        )
    return found


@transaction.atomic
def preferences_save(*, token: str, list_ids: Iterable[int]) -> None:
    """Keep exactly these lists. The link came to the address itself, so a list added needs no second letter."""
    subscriber = subscriber_of(token)
    wanted = set(list_ids)
    now = clock.now()
    rows = {
        row.mailing_list_id: row
        for row in Subscription.objects.select_related("mailing_list").filter(subscriber=subscriber)
    }
    for list_id, row in rows.items():
        if list_id not in wanted and row.state == Subscription.State.ACTIVE:
            _end(row, "page")
    added = set()
    for mailing_list in MailingList.objects.filter(pk__in=wanted, active=True):
        known = rows.get(mailing_list.pk)
        if known is not None and known.state == Subscription.State.ACTIVE:
            continue
        if known is None and not mailing_list.is_open:
            continue
        values = {
            "state": Subscription.State.ACTIVE, "source": Subscription.Source.FORM, "consent_text": consent_text(),
            "consent_at": now, "consent_proof": "", "ended_at": None, "ended_how": "",
        }  # fmt: skip
        Subscription.objects.update_or_create(mailing_list=mailing_list, subscriber=subscriber, defaults=values)
        added.add(mailing_list.pk)
        log("bulletins.confirmed", actor=None, obj=mailing_list, unit_id=mailing_list.unit_id)
    if added:
        _unbar(subscriber, added)


@transaction.atomic
def erase(*, token: str) -> None:
    """Forget the person: address and subscriptions go; the ledger keeps counts; the fingerprint stays, so that no
    import brings the address back: to any list, and when they come back to one, to the others they were on."""
    subscriber = subscriber_of(token)
    rows = Subscription.objects.filter(subscriber=subscriber)
    units = set(rows.values_list("mailing_list__unit_id", flat=True))
    Suppression.objects.get_or_create(
        fingerprint=subscriber.fingerprint, mailing_list=None, defaults={"reason": Suppression.Reason.REQUEST}
    )
    _keep_off(rows)
    subscriber.delete()
    for unit_id in units:
        log("bulletins.erased", actor=None, unit_id=unit_id)


def _keep_off(rows: QuerySet[Subscription]) -> None:
    """Rows about to be deleted leave the fingerprint behind: from that list, for good."""
    Suppression.objects.bulk_create(
        [
            Suppression(fingerprint=mark, mailing_list_id=list_id, reason=Suppression.Reason.REQUEST)
            for mark, list_id in rows.values_list("subscriber__fingerprint", "mailing_list")
        ],
        batch_size=500,
        ignore_conflicts=True,
    )


@transaction.atomic
def forget_old() -> None:
    """As little as can be: what was asked for and not confirmed goes after a week, who left a list after a year.

    Who left is kept off it by the fingerprint alone. Not audited: nobody's right changes.
    """
    now = clock.now()
    week, year = now - dt.timedelta(days=7), now - dt.timedelta(days=365)
    State = Subscription.State
    pending = Subscription.objects.filter(state=State.PENDING, asked_at__lt=week)
    # What was asked for after somebody had left, and not confirmed, never was; such rows come of older versions.
    former = pending.filter(ended_at__isnull=False)
    former.filter(ended_how="bounce").update(state=State.BOUNCED)
    former.update(state=State.LEFT)
    pending.delete()
    old = Subscription.objects.filter(state__in=[State.LEFT, State.BOUNCED], ended_at__lt=year, asked_at__lt=week)
    _keep_off(old.filter(state=State.LEFT))
    old.delete()
    Subscriber.objects.filter(subscriptions=None, created_at__lt=week).delete()


@transaction.atomic
def take_off(*, actor: object, list_id: int, email: str) -> bool:
    """A person asked by telephone or letter to be taken off: staff type the address they were told.

    Staff never see addresses. Answers whether it was on the list. Raises InvalidInput, NotFound, Refused.
    """
    mailing_list = list_for_manage(actor, list_id)
    address = address_of(email)
    if address is None:
        raise InvalidInput(_("Địa chỉ thư điện tử chưa đúng."), field="email")
    found = Subscription.objects.filter(mailing_list=mailing_list, subscriber__email=address).exclude(
        state=Subscription.State.LEFT, asked_at__lte=F("ended_at")
    )
    changed = found.update(state=Subscription.State.LEFT, ended_at=clock.now(), ended_how="staff")
    if changed:
        log("bulletins.taken_off", actor=actor, obj=mailing_list, unit_id=mailing_list.unit_id)
    return bool(changed)
