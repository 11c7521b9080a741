"""Deliveries: the list, one with its attempts and the decision when its result is unknown, holds."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from loa.channels import access, selectors, services, texts
from loa.channels.kinds import kinds
from loa.channels.models import STATUS_LABELS, Delivery, Health
from loa.channels.rules import STOPPABLE, Intent, Status, kept_hour
from loa.channels.ui.common import TONES, deed, staff
from loa.core import charts, clock
from loa.core.errors import Conflict, InvalidInput
from loa.org import access as rights

_TRACE = re.compile(r'"fbtrace_id"\s*:\s*"([\w+/=-]{4,60})"')


def dressed(row: Delivery) -> Delivery:
    """A delivery with what the template shows of it."""
    shown: Any = row
    shown.kind = kinds()[row.account.kind]
    shown.tone = "wait" if row.kept_until else TONES[Status(row.status)]
    shown.reason = texts.reason(row.code, row.intent, row.status)
    shown.stop = selectors.stop_of(row)
    return row


def measured(rows: list[Any]) -> None:
    """Give each delivery its `numbers`: (label, value or None, why it is absent)."""
    known = selectors.measures_of(rows)
    for row in rows:
        mine = known.get(row.pk, [])
        row.numbers = [
            (texts.MEASURE_LABELS.get(one.name, one.name), one.value, texts.ABSENT.get(one.code, ""))
            for one in mine
        ]
        row.numbers_at = max((one.taken_at for one in mine if one.name != "visits"), default=None)
        row.counts_visits = any(one.name == "visits" for one in mine)


def _curve(row: Delivery) -> Any:
    """How its numbers grew, as a chart; empty before the third day."""
    days, series = selectors.measure_days(row)
    whole = [
        (str(texts.MEASURE_LABELS[name]), [value or 0 for value in values])
        for name, values in series.items()
        if None not in values
    ]
    if len(days) < 3 or not whole:
        return None
    labels = [f"{day:%d/%m}" for day in days]
    # Each on a scale of its own: a thousand readers would flatten a hundred reactions.
    drawn = [one for one in whole[:3] if one[1][-1]][:2]
    return {
        "drawn": [
            (charts.lines(labels, [one], title=_("%(what)s tăng theo ngày") % {"what": one[0]}), one[0])
            for one in drawn
        ],
        "rows": [(day, [values[index] for _name, values in whole]) for index, day in enumerate(days)],
        "names": [name for name, _values in whole],
    }


@staff("GET")
def deliveries(request: HttpRequest) -> HttpResponse:
    """Everything that was or will be sent, newest first."""
    state = request.GET.get("trang-thai", "")
    state = state if state == "ask" or state in set(Status) else ""
    wanted = request.GET.get("kenh", "")
    account = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 12 else None
    rows = selectors.deliveries(request.user, state=state, account=account)
    page = Paginator(rows, 30).get_page(request.GET.get("trang"))
    for row in page.object_list:
        dressed(row)
    accounts: list[Any] = list(selectors.accounts(request.user)[:100])
    for one in accounts:
        one.label = kinds()[one.kind].label
    context = {
        "page": page,
        "has_zalo": any(one.kind == "zalo" for one in accounts),
        "state": state,
        "account": account,
        "accounts": accounts,
        "states": [("ask", _("Cần người xem")), *((s.value, STATUS_LABELS[s]) for s in Status)],
        "holds": selectors.holds(),
        "stopped": _stopped(request.user),
        "kept": selectors.kept_under_hold(request.user),
        "may_hold": (may_hold := rights.can(request.user, "channel.hold")),
        "branches": selectors.hold_units(request.user) if may_hold else [],
    }
    return render(request, "channels/deliveries.html", context)


def _stopped(user: Any) -> list[Any]:
    """Pages on which posts wait, with why and whether the person may mend it."""
    rows: list[Any] = selectors.stopped(user)
    managed = access.accounts_for(user, "channel.manage").filter(pk__in=[row.pk for row in rows])
    mine = set(managed.values_list("pk", flat=True)) if rows else set()
    for row in rows:
        _why(row, "broken" if row.health == Health.BROKEN else "resting", row.pk in mine)
    return rows


def _why(account: Any, stop: str, may_mend: bool) -> None:
    """Give an account what `_stopped.html` says of it."""
    account.stop, account.stop_reason, account.may_mend = stop, texts.reason(account.health_code), may_mend
    account.kind_label = kinds()[account.kind].label
    account.admins = ", ".join(filter(None, (account.first_admin, account.second_admin)))


@staff("GET")
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """One delivery: what is sent, where it stands, every try, and what a person can do now."""
    row = dressed(selectors.whole(access.delivery_for(request.user, pk)))
    return render(request, "channels/delivery.html", _context(request, row))


def _context(request: HttpRequest, row: Any) -> dict[str, Any]:
    may = rights.can(request.user, "channel.publish", row.account.unit_id)
    _why(row.account, row.stop, rights.can(request.user, "channel.manage", row.account.unit_id))
    out = row.intent == Intent.PUBLISH and row.status == Status.SENT and not row.gone_at
    changes = [dressed(other) for other in selectors.changes_of(row)]
    measured([row])
    return {
        "row": row,
        "payload": {**row.post.payload, "scheduled_at": kept_hour(row.post.payload)},
        "question": texts.question(row.intent, told=bool(row.kind.audience)),
        "manager": row.account.url or row.kind.manager,
        "ledger": _ledger(row),
        "film": row.post.video if row.post.video and not row.post.video.gone_at else None,
        "pictures": [picture for picture in row.post.pictures.all() if not picture.gone],
        "changes": changes,
        "held_by": selectors.holds_on(row),
        "curve": _curve(row),
        "before": row.follows.post.payload.get("text", "") if row.intent == Intent.UPDATE and row.follows else "",
        "attempts": [_numbered(one) for one in row.attempts.all()],
        "may_cancel": may and row.status in STOPPABLE and row.status != Status.TODO,
        "call_off": texts.CALL_OFF.get(row.intent, texts.CALL_OFF[Intent.PUBLISH]),
        "may_retry": may and row.status in (Status.FAILED, Status.RETRY),
        "may_decide": may and row.status == Status.UNKNOWN,
        "may_hand": may and services.may_be_by_hand(row),
        "may_review": may and row.status == Status.TODO,
        "may_send_words": row.code == "own_words",
        # What telephones got cannot be changed or taken back.
        "may_change": may and out and not row.kind.audience,
        "may_broadcast": may and out and Intent.BROADCAST in row.kind.intents,
        "words": request.POST.get("text") or _words(row, changes),
        "limit": row.kind.limits["text"],
        "key": request.POST.get("key") or secrets.token_urlsafe(18),
    }


def _numbered(attempt: Any) -> Any:
    """An attempt with the number Facebook's support asks for, which stands in the body of its errors."""
    found = _TRACE.search(attempt.body)
    attempt.trace = found[1] if found else ""
    return attempt


def _ledger(row: Any) -> dict[str, Any] | None:
    """Where each of those stands whom it was meant for, with words for why."""
    found = row.kind.ledger(row) if row.kind.ledger else None
    if found:
        found["reasons"] = [(n, texts.reason(code)) for _state, code, n in found["why"]]
    return found


def _words(row: Any, changes: list[Any]) -> str:
    """The words as the channel has them now."""
    for other in reversed(changes):
        if other.intent == Intent.UPDATE and other.status == Status.SENT:
            return str(other.post.payload.get("text", ""))
    return str(row.post.payload.get("text", ""))


@deed("channels:delivery")
def cancel(request: HttpRequest, pk: int) -> None:
    """Call it off."""
    row = services.delivery_cancel(actor=request.user, delivery_id=pk)
    messages.success(request, texts.called_off(row.intent, services.reached(row)))


@deed("channels:delivery")
def retry(request: HttpRequest, pk: int) -> None:
    """Send it again now."""
    row = services.delivery_retry(actor=request.user, delivery_id=pk)
    if row.status == Status.CANCELLED:
        messages.info(request, texts.reason(row.code))
    else:
        messages.success(request, _what_next(row))


def _what_next(row: Delivery) -> str:
    """When a post that was put back in the queue is really tried."""
    row = selectors.whole(row)
    if selectors.holds_on(row):
        return _("Đã đưa vào hàng chờ. Lịch đăng đang dừng; Loa gửi khi có người cho đăng tiếp.")
    stop = selectors.stop_of(row)
    if stop == "broken":
        return _("Đã đưa vào hàng chờ. Trang đang hỏng kết nối; Loa gửi khi trang được kết nối lại.")
    if stop == "resting" and row.account.paused_until is not None:
        at = clock.local(row.account.paused_until).strftime("%H:%M %d/%m")
        return _("Đã đưa vào hàng chờ. Kênh bảo gửi chậm lại; Loa thử lại lúc %(at)s.") % {"at": at}
    return _("Loa sẽ thử lại trong vài giây.")


@deed("channels:delivery")
def done_by_hand(request: HttpRequest, pk: int) -> None:
    """A person did on the channel what Loa cannot do now."""
    services.delivery_by_hand(actor=request.user, delivery_id=pk)
    messages.success(request, _("Đã ghi là làm xong bằng tay."))


@deed("channels:delivery")
def decide(request: HttpRequest, pk: int) -> None:
    """The person's answer to an unknown result."""
    row = services.delivery_decide(
        actor=request.user,
        delivery_id=pk,
        answer=request.POST.get("answer", ""),
        permalink=request.POST.get("permalink", ""),
    )
    if row.status == Status.CANCELLED and row.code:
        messages.info(request, texts.reason(row.code))
    messages.success(request, _("Đã ghi quyết định của bạn."))


@deed("channels:delivery")
def review(request: HttpRequest, pk: int) -> None:
    """The person's answer to a to-do."""
    services.delivery_review(
        actor=request.user,
        delivery_id=pk,
        answer=request.POST.get("answer", ""),
        text=request.POST.get("text", ""),
        permalink=request.POST.get("permalink", ""),
    )
    messages.success(request, _("Đã ghi. Việc này không còn chờ bạn."))


@staff("POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Other words for a post that is out; what was typed is not lost when they are refused."""
    try:
        services.post_edit(
            actor=request.user, delivery_id=pk, text=request.POST.get("text", ""), key=request.POST.get("key", "")
        )
    except (InvalidInput, Conflict) as error:
        messages.error(request, str(error))
        row = dressed(selectors.whole(access.delivery_for(request.user, pk)))
        return render(request, "channels/delivery.html", _context(request, row), status=error.status)
    messages.success(request, _("Loa đang sửa bài trên kênh; kết quả hiện ở trang này."))
    return redirect("channels:delivery", pk=pk)


@deed("channels:delivery")
def take_down(request: HttpRequest, pk: int) -> None:
    """Off this page; the story stays."""
    made = services.post_take_down(actor=request.user, delivery_id=pk, reason=request.POST.get("reason", ""))
    if made.status == Status.TODO:
        messages.warning(request, _("Kênh không gỡ được qua kết nối: phải gỡ bằng tay. Việc ở mục “Sửa và gỡ”."))
    elif made.status == Status.UNKNOWN:
        messages.warning(request, _("Lần gỡ trước chưa rõ kết quả. Hãy mở lần đó ở mục “Sửa và gỡ” để trả lời."))
    else:
        messages.success(request, _("Loa đang gỡ bài khỏi kênh; kết quả hiện ở trang này."))


@staff("POST")
def hold(request: HttpRequest) -> HttpResponse:
    """Stop everything, or one branch."""
    unit = request.POST.get("unit", "")
    try:
        made = services.hold_begin(
            actor=request.user,
            unit_id=int(unit) if unit.isdecimal() and len(unit) < 12 else None,
            reason=request.POST.get("reason", ""),
        )
        if kept := selectors.kept_under_hold(request.user):
            words = _("%(n)d bài đã giao cho kênh giữ lịch vẫn tự lên đúng giờ. Muốn dừng, hãy gỡ từng bài.")
            messages.warning(request, words % {"n": len(kept)})
        if made.unit is None:
            messages.success(request, _("Đã dừng mọi lịch đăng. Loa không gửi bài nào cho đến khi bỏ dừng."))
        else:
            messages.success(
                request, _("Đã dừng lịch đăng của %(unit)s và các đơn vị bên dưới.") % {"unit": made.unit}
            )
    except InvalidInput as error:
        messages.error(request, str(error))
    return redirect("channels:deliveries")


@staff("POST")
def unhold(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on."""
    services.hold_end(actor=request.user, hold_id=pk)
    messages.success(request, _("Đã cho đăng tiếp. Các bài đang chờ được gửi theo thứ tự."))
    return redirect("channels:deliveries")
